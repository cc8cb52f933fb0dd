// New projects, made from nothing by the frameworks' own starters, with what the guide says to install; and the programs that
// run in them. What takes long is told as it goes.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { kRoot } from '../../docs/support/text.js';

// Of the days when the guide was last read against them. All of them ask for this Node.
export const kStarters = {
  vanilla: ['create-vite@9.3.0', 'app', '--template', 'vanilla', '--no-interactive'],
  react: ['create-vite@9.3.0', 'app', '--template', 'react-ts', '--no-interactive'],
  vue: ['create-vite@9.3.0', 'app', '--template', 'vue-ts', '--no-interactive'],
  next: ['create-next-app@16.4.3', 'app', '--ts', '--app', '--no-eslint', '--no-tailwind', '--no-src-dir', '--no-import-alias', '--use-npm', '--skip-install', '--disable-git', '--yes'],
  angular: ['@angular/cli@21.2.27', 'new', 'app', '--defaults', '--skip-git', '--skip-install', '--skip-tests', '--ssr=false', '--style=css', '--ai-config=none'],
};
// What Nuxt's starter would write (its minimal template), which it copies from elsewhere than npm.
const kWritten = {
  nuxt: {
    'package.json': JSON.stringify({
      name: 'nuxt-app',
      type: 'module',
      private: true,
      scripts: { build: 'nuxt build', dev: 'nuxt dev', postinstall: 'nuxt prepare' },
      dependencies: { nuxt: '4.4.5', vue: '^3.5.0', 'vue-router': '^5.0.0' },
    }),
    'nuxt.config.ts': "export default defineNuxtConfig({\n  compatibilityDate: '2025-07-15',\n  devtools: { enabled: true }\n})\n",
    'tsconfig.json': JSON.stringify({ files: [], references: ['app', 'server', 'shared', 'node'].map((name) => ({ path: `./.nuxt/tsconfig.${name}.json` })) }),
  },
};
const kNode = [20, 19];
const kEnvironment = { ...process.env, CI: '1', NEXT_TELEMETRY_DISABLED: '1', NG_CLI_ANALYTICS: 'false', NUXT_TELEMETRY_DISABLED: '1' };
const kPatienceMs = 900_000;

const began = Date.now();
export const tell = (words) => console.error(`${String(Math.round((Date.now() - began) / 1000)).padStart(5)} s  ${words}`);

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const enough = major > kNode[0] || (major === kNode[0] && minor >= kNode[1]);
  assert.ok(enough, `the starters need Node ${kNode.join('.')} or later; this is ${process.versions.node}`);
}

async function execute(cwd, program, args) {
  tell(`${[program, ...args].join(' ').slice(0, 110)}`);
  await promisify(execFile)(program, args, { cwd, env: kEnvironment, timeout: kPatienceMs, maxBuffer: 2 ** 26 }).catch(({ stdout, stderr, message }) => {
    throw new Error(`${program} ${args.join(' ')}: ${message}\n${stdout}\n${stderr}`);
  });
}

// The packages as `make packages` writes them, by name.
function packed(name) {
  const file = readdirSync(join(kRoot, 'build/npm')).find((one) => one.startsWith(`rollcall-${name}-`));
  assert.ok(file, `build/npm has no ${name}: make packages`);
  return join(kRoot, 'build/npm', file);
}

// An empty folder, in which `npm init` has been run.
export async function emptyProject() {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-recipe-'));
  await execute(folder, 'npm', ['init', '-y']);
  return project(folder, folder);
}

export async function newProject(starter) {
  checkNode();
  const parent = mkdtempSync(join(tmpdir(), 'rollcall-recipe-'));
  const made = project(parent, join(parent, 'app'));
  if (kWritten[starter]) for (const [path, text] of Object.entries(kWritten[starter])) made.write(path, text);
  else await execute(parent, 'npx', ['--yes', ...kStarters[starter]]);
  return made;
}

function project(parent, folder) {
  const running = new Set();
  return {
    folder,
    // Names of packages; ours from the files.
    install(...names) {
      const what = names.map((name) => (name.startsWith('@rollcall/') ? packed(name.slice('@rollcall/'.length)) : name));
      return execute(folder, 'npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', ...what]);
    },
    build: () => execute(folder, 'npm', ['run', 'build']),
    write(path, text) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
    delete: (path) => rmSync(join(folder, path), { force: true }),
    // Runs a script of a package until it is stopped; resolves once it has printed `ready`.
    async start(script, args, ready) {
      tell(`${script.split('/')[0]} ${args.join(' ')}`);
      const child = spawn(process.execPath, [join(folder, 'node_modules', script), ...args], { cwd: folder, env: kEnvironment, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      const ended = new Promise((resolve) => child.once('close', resolve));
      const stop = async () => {
        running.delete(stop);
        if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
        await ended;
      };
      running.add(stop);
      await new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`${script} did not print ${ready}: ${output}`)), kPatienceMs / 5);
        const hear = (chunk) => {
          output += chunk;
          if (!ready.test(output)) return;
          clearTimeout(late);
          resolve();
        };
        child.stdout.on('data', hear);
        child.stderr.on('data', hear);
        ended.then((code) => reject(new Error(`${script} ended with ${code}: ${output}`)));
      });
      return stop;
    },
    async remove() {
      for (const stop of running) await stop();
      rmSync(parent, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
