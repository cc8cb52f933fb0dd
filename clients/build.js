// Builds the packages: TypeScript to ES modules with their types (tsc, or Angular's ngc), those to CommonJS (esbuild), each in
// a folder whose package.json says which of the two it is. What is newer than its sources is left alone.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync, transformSync } from 'esbuild';

const kHere = dirname(fileURLToPath(import.meta.url));
const kRoot = join(kHere, '..');
const kTsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
// Writes what the linker of the application's own Angular turns into code for it.
const kNgc = join(kRoot, 'node_modules/@angular/compiler-cli/bundles/src/bin/ngc.js');
const kPackages = ['client', 'react', 'vue', 'angular', 'nestjs'];

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}

const newest = (files) => Math.max(...files.map((file) => statSync(file).mtimeMs));

function compile(compiler, folder, ...args) {
  const { status } = spawnSync(process.execPath, [compiler, '-p', folder, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`${folder} does not compile`);
}

function toCommonJs(esm, cjs) {
  mkdirSync(cjs, { recursive: true });
  writeFileSync(join(esm, 'package.json'), '{ "type": "module" }\n');
  writeFileSync(join(cjs, 'package.json'), '{ "type": "commonjs" }\n');
  for (const file of filesIn(esm)) {
    const target = join(cjs, file.slice(esm.length));
    if (file.endsWith('.d.ts')) copyFileSync(file, target);
    if (!file.endsWith('.js')) continue;
    const { code } = transformSync(readFileSync(file, 'utf8'), { format: 'cjs', platform: 'node', target: 'es2022' });
    writeFileSync(target, code);
  }
}

// One file for pages without a build: `Rollcall.createRollcall(…)`, socket.io-client inside.
function toScript(esm, file) {
  buildSync({
    entryPoints: [join(esm, 'index.js')],
    outfile: file,
    bundle: true,
    minify: true,
    format: 'iife',
    globalName: 'Rollcall',
    platform: 'browser',
    target: 'es2021',
    legalComments: 'none',
    banner: { js: '/*! rollcall, with socket.io-client: MIT */' },
  });
}

function buildPackage(name, common) {
  const folder = join(kHere, name);
  const dist = join(folder, 'dist');
  const stamp = join(kRoot, 'node_modules', `.rollcall-built-${name}`);
  const sources = [...filesIn(join(folder, 'src')), join(folder, 'tsconfig.json'), join(folder, 'package.json')];
  const since = Math.max(newest(sources), common);
  if (existsSync(stamp) && existsSync(dist) && statSync(stamp).mtimeMs > since) return false;
  rmSync(dist, { recursive: true, force: true });
  compile(name === 'angular' ? kNgc : kTsc, folder, '--outDir', join(dist, 'esm'), '--rootDir', join(folder, 'src'));
  // Angular knows ES modules only.
  if (name !== 'angular') toCommonJs(join(dist, 'esm'), join(dist, 'cjs'));
  if (name === 'client') toScript(join(dist, 'esm'), join(dist, 'rollcall.min.js'));
  copyFileSync(join(kRoot, 'LICENSE'), join(folder, 'LICENSE'));
  writeFileSync(stamp, '');
  return true;
}

let common = newest([fileURLToPath(import.meta.url), join(kHere, 'tsconfig.base.json')]);
for (const name of kPackages) {
  const built = buildPackage(name, common);
  if (built) console.log(`built clients/${name}/dist`);
  // All others are compiled against the types of the first.
  if (built && name === 'client') common = Date.now();
}
