// Each recipe of the guide, as a stranger follows it: an empty folder, the framework's own starter, the packages installed from
// files, the code copied out of the guide, built with the starter's own checks, and run. Minutes, not seconds: `make test-recipes`.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { kGuide, read } from '../docs/support/text.js';
import { emptyProject, newProject, tell } from './support/project.js';
import { codeOf, layOutRecipe, openWorld, playStory } from './support/story.js';

const kPlain = ['2 src/auth.ts', '2a src/presence.ts'];
const kPackage = ['2 src/auth.ts', '2b src/rollcall.ts'];
const kLocal = ['--host', '127.0.0.1', '--port'];

// What the guide says to write into the configuration of a development server.
function proxySetting(tool, file, world) {
  const [, setting] = new RegExp(`^ {4}${tool} +${file.replaceAll('.', '\\.')} +([^]*?)\\n(?= {4}[A-Z]|\\n| {31}and )`, 'm').exec(read(kGuide)) ?? [];
  assert.ok(setting, `the guide does not say what ${tool} needs in ${file}`);
  return setting.replaceAll('http://localhost:4000', world.site.url);
}

let backendProject;
before(async () => {
  backendProject = await emptyProject();
  await backendProject.install('express', 'jsonwebtoken');
});
after(() => backendProject.remove());

function placeBackend(files) {
  for (const [path, text] of Object.entries(files)) backendProject.write(path, text);
  return { folder: backendProject.folder, remove() {} };
}

// RECIPES=react,vue: only those.
const wanted = process.env.RECIPES?.split(',');

// One project of a starter, and in it one recipe after the other: [name, ids, what is edited].
function recipesOf(starter, { packages, recipes, prepare, placed, start }) {
  if (wanted && !wanted.includes(starter)) return;
  describe(starter, () => {
    let project;
    before(async () => {
      project = await newProject(starter);
      await project.install('socket.io-client', ...packages);
    });
    after(() => project?.remove());

    for (const [name, ids, edit] of recipes) {
      test(name, async () => {
        tell(`${starter}: ${name}`);
        const world = await openWorld(placeBackend);
        let stop;
        try {
          await prepare(project, world, ids);
          layOutRecipe(project, world, ids, placed);
          await project.build();
          stop = await start(project, world, edit);
          await playStory(world, { project, edit });
        } finally {
          await stop?.();
          await world.close();
        }
      });
    }
  });
}

async function prepareVite(project, world) {
  const setting = proxySetting('Vite', 'vite.config.ts', world);
  project.configuration ??= await readFile(project, 'vite.config.ts').catch(() => "import { defineConfig } from 'vite'\nexport default defineConfig({\n  plugins: [],\n})\n");
  project.write('vite.config.ts', project.configuration.replace('plugins:', `${setting},\n  plugins:`));
}
const readFile = async (project, path) => readFileSync(join(project.folder, path), 'utf8');
const startVite = (project, world) => project.start('vite/bin/vite.js', [...kLocal, String(world.port), '--strictPort'], /ready in/);

recipesOf('vanilla', {
  packages: ['@rollcall/client'],
  prepare: prepareVite,
  start: startVite,
  recipes: [
    ['vanilla JavaScript with socket.io-client', ['3 index.html', ...kPlain, '3a src/main.js']],
    ['vanilla JavaScript with @rollcall/client', ['3 index.html', ...kPackage, '3b src/main.js']],
  ],
});

recipesOf('react', {
  packages: ['@rollcall/react', '@rollcall/client'],
  prepare: prepareVite,
  start: startVite,
  recipes: [
    ['React with socket.io-client', [...kPlain, '4a src/useUserPresence.ts', '4a src/UserCard.tsx', '4a src/main.tsx'], { card: 'src/UserCard.tsx', module: 'src/presence.ts' }],
    ['React with @rollcall/react', [...kPackage, '4b src/UserCard.tsx', '4b src/main.tsx'], { card: 'src/UserCard.tsx', module: 'src/rollcall.ts' }],
  ],
});

recipesOf('vue', {
  packages: ['@rollcall/vue', '@rollcall/client'],
  prepare: prepareVite,
  start: startVite,
  recipes: [
    ['Vue with socket.io-client', [...kPlain, '5a src/useUserPresence.ts', '5a src/UserCard.vue', '5a src/App.vue', '5a src/main.ts'], { card: 'src/UserCard.vue', module: 'src/presence.ts' }],
    ['Vue with @rollcall/vue', [...kPackage, '5b src/UserCard.vue', '5a src/App.vue', '5b src/main.ts'], { card: 'src/UserCard.vue', module: 'src/rollcall.ts' }],
  ],
});

const kNext = [...kPackage, '4c app/presence.tsx', '4c app/layout.tsx', '4c app/user-card.tsx', '4c app/page.tsx'];
recipesOf('next', {
  packages: ['@rollcall/react', '@rollcall/client'],
  placed: (file) => file.replace(/^src\//, 'app/'),
  prepare: (project, world) => project.write('next.config.ts', `export default { ${proxySetting('Next\\.js', 'next.config.ts', world)} };\n`),
  start: (project, world, edit) => project.start('next/dist/bin/next', [edit ? 'dev' : 'start', '-H', '127.0.0.1', '-p', String(world.port)], /Ready/),
  recipes: [
    ['Next.js with @rollcall/react', kNext],
    ['Next.js with @rollcall/react, while it is written', kNext, { card: 'app/user-card.tsx', module: 'app/rollcall.ts' }],
  ],
});

recipesOf('nuxt', {
  packages: ['@rollcall/vue', '@rollcall/client'],
  placed: (file) => file.replace(/^src\//, 'app/').replace('App.vue', 'app.vue'),
  async prepare(project, world) {
    project.configuration ??= await readFile(project, 'nuxt.config.ts');
    project.write('nuxt.config.ts', project.configuration.replace(/\n\}\)/, `,\n  ${proxySetting('Nuxt', 'nuxt.config.ts', world)}$&`));
  },
  start: (project, world) => project.start('nuxt/bin/nuxt.mjs', ['dev', ...kLocal, String(world.port)], /Local:/),
  recipes: [
    ['Nuxt with @rollcall/vue', [...kPackage, '5b src/UserCard.vue', '5a src/App.vue', '5c app/plugins/rollcall.ts'], { card: 'app/UserCard.vue', module: 'app/rollcall.ts' }],
  ],
});

// "Add the client to the providers that `ng new` wrote into src/app/app.config.ts."
async function prepareAngular(project, world, ids) {
  for (const file of ['app.html', 'app.css']) project.delete(`src/app/${file}`);
  project.write('proxy.conf.json', proxySetting('Angular', 'proxy.conf.json', world));
  if (!ids.includes('6b src/app/user-card.ts')) return;
  const recipe = world.fill(codeOf('6b src/app/app.config.ts'));
  const [, provider] = /^ {4}(provideRollcall\(.*\)),$/m.exec(recipe);
  const imports = recipe.split('\n').filter((line) => line.startsWith('import') && !line.includes('@angular/core'));
  const made = await readFile(project, 'src/app/app.config.ts');
  project.write('src/app/app.config.ts', `${imports.join('\n')}\n${made.replace('providers: [', `providers: [\n    ${provider},`)}`);
}

recipesOf('angular', {
  packages: ['@rollcall/angular', '@rollcall/client'],
  placed: (file) => file.replace(/^src\/(?=(auth|presence)\.ts)/, 'src/app/'),
  prepare: prepareAngular,
  start: (project, world) => project.start('@angular/cli/bin/ng.js', ['serve', ...kLocal, String(world.port), '--proxy-config', 'proxy.conf.json'], /Local:/),
  recipes: [
    ['Angular with socket.io-client', [...kPlain, '6a src/app/presence.service.ts', '6a src/app/user-card.ts', '6a src/app/app.ts'], { card: 'src/app/user-card.ts', module: 'src/app/presence.ts' }],
    ['Angular with @rollcall/angular', ['2 src/auth.ts', '6a src/app/app.ts', '6b src/app/user-card.ts'], { card: 'src/app/user-card.ts', module: 'src/app/auth.ts' }],
  ],
});
