// The guide's applications: their files laid out as the reader would, bundled, served, and looked at in Chromium.
import http from 'node:http';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { compileScript, parse } from '@vue/compiler-sfc';
import { run } from '../../e2e/support/server.js';
import { kRoot } from './text.js';

// What the guide's code says, and what it must say here.
export const fill = (code, server, token = '') =>
  code.replaceAll('http://localhost:3000', server.url).replaceAll('your-jwt-token', token);

// Single-file components, as Vite's plugin compiles them.
const vue = {
  name: 'vue',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.vue$/ }, ({ path }) => {
      const { descriptor, errors } = parse(readFileSync(path, 'utf8'), { filename: path });
      if (errors.length > 0) throw errors[0];
      const { content, lang } = compileScript(descriptor, { id: path, inlineTemplate: true });
      return { contents: content, loader: lang ?? 'js' };
    }),
};

// A folder from which the packages are found. `files`: contents by path.
export function layOut(files) {
  const folder = mkdtempSync(join(kRoot, 'node_modules/.rollcall-docs-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

// As strictly as TypeScript can, and with what the templates of Vite ask for.
export async function typeCheck(folder) {
  const compilerOptions = {
    strict: true, noEmit: true, target: 'es2022', lib: ['es2022', 'dom', 'dom.iterable'], module: 'es2022', moduleResolution: 'bundler', jsx: 'react-jsx', skipLibCheck: true, types: [],
    verbatimModuleSyntax: true, isolatedModules: true, erasableSyntaxOnly: true, noUnusedLocals: true, noUnusedParameters: true,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  await tsc(folder);
}

async function tsc(folder) {
  const program = join(kRoot, 'node_modules/typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [program, '-p', folder]).catch(({ stdout, stderr }) => {
    throw new Error(`tsc: ${stdout}${stderr}`);
  });
}

export async function bundle(folder, entry, { format = 'iife' } = {}) {
  const { outputFiles } = await build({
    entryPoints: [join(folder, entry)],
    bundle: true,
    write: false,
    format,
    jsx: 'automatic',
    plugins: [vue],
    platform: format === 'iife' ? 'browser' : 'node',
    packages: format === 'iife' ? 'bundle' : 'external',
    define: { 'process.env.NODE_ENV': '"production"', __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
    logLevel: 'error',
  });
  return outputFiles[0].text;
}

// The guide's own backend, as a program of its own; on a free port, and with `change` made to its code. `answers` passes a
// request under /api/ on to it, as a development server's proxy does. `place` lays the file out where it finds its packages.
export async function startBackend(code, change = (text) => text, place = layOut) {
  const port = await freePort();
  const { folder, remove } = place({ 'backend.mjs': change(code).replaceAll('4000', String(port)) });
  const program = run([join(folder, 'backend.mjs')], {}, { binary: process.execPath });
  await program.says(/listens on http/);
  const url = `http://127.0.0.1:${port}`;
  const answers = (request, response) => {
    if (!request.url.startsWith('/api/')) return false;
    const { method, headers } = request;
    const pass = http.request(url + request.url, { method, headers }, (answer) => answer.pipe(response.writeHead(answer.statusCode, answer.headers)));
    pass.on('error', () => response.destroy());
    request.pipe(pass);
    return true;
  };
  const stop = async () => {
    program.child.kill();
    await program.ended;
    remove();
  };
  return { url, answers, stop };
}

export async function freePort() {
  const probe = http.createServer();
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

const kEmptyPage = '<!doctype html><meta charset="utf-8"><div id="root"></div><div id="app"></div><app-root></app-root><script src="/src/main.js"></script>';

// What a proxy says while the backend is deployed, and what a development server says that knows no /api.
const kOutages = {
  502: [502, 'text/html', '<h1>502 Bad Gateway</h1>'],
  page: [200, 'text/html; charset=utf-8', kEmptyPage],
};

// A site of an origin of its own: the page, its script, and the backend. `site.script` may be set later; `site.outages` is what
// the next requests for a token get instead of one.
export async function serveSite({ page = kEmptyPage, backend = () => false }) {
  const site = { script: '', asked: 0, outages: [] };
  const server = http.createServer((request, response) => {
    if (request.url === '/api/presence-token') {
      site.asked += 1;
      const [status, type, text] = kOutages[site.outages.shift()] ?? [];
      if (status) return void response.writeHead(status, { 'Content-Type': type }).end(text);
    }
    if (backend(request, response)) return;
    const isScript = request.url.endsWith('.js');
    response.setHeader('Content-Type', isScript ? 'text/javascript; charset=utf-8' : 'text/html; charset=utf-8');
    response.end(isScript ? site.script : page);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  site.url = `http://127.0.0.1:${server.address().port}`;
  site.close = () => {
    server.closeAllConnections();
    server.close();
  };
  return site;
}

// A NestJS project, compiled as `nest new` has it, but strict. The code is in `folder/dist`.
export async function compileNest(folder) {
  const compilerOptions = {
    module: 'commonjs', target: 'ES2021', outDir: './dist', rootDir: './src', strict: true, skipLibCheck: true, types: ['node'],
    emitDecoratorMetadata: true, experimentalDecorators: true, allowSyntheticDefaultImports: true,
  };
  writeFileSync(join(folder, 'package.json'), '{}');
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  await tsc(folder);
}
