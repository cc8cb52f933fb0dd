// The guide's applications: their files laid out as the reader would, bundled, served, and looked at in Chromium.
import http from 'node:http';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import jwt from 'jsonwebtoken';
import { compileScript, parse } from '@vue/compiler-sfc';
import { kSecret } from '../../e2e/support/tokens.js';
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
      return { contents: compileScript(descriptor, { id: path, inlineTemplate: true }).content, loader: 'js' };
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

// As strictly as TypeScript can.
export async function typeCheck(folder) {
  const compilerOptions = { strict: true, noEmit: true, target: 'es2022', module: 'es2022', moduleResolution: 'bundler', skipLibCheck: true, types: [] };
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

// The guide's own backend, on a user who is logged in: answers GET /api/presence-token.
export function backendOf(code, user) {
  const routes = new Map();
  const app = { get: (path, ...handlers) => routes.set(path, handlers) };
  const requireLogin = (request, _response, next) => {
    request.user = user;
    next();
  };
  const body = code.replace(/^import jwt from 'jsonwebtoken';$/m, '');
  new Function('app', 'requireLogin', 'jwt', 'process', body)(app, requireLogin, jwt, { env: { JWT_SECRET: kSecret } });
  return (request, response) => {
    const handlers = routes.get(new URL(request.url, 'http://x').pathname);
    if (!handlers) return false;
    response.type = (type) => response.setHeader('Content-Type', type) && response;
    response.send = (text) => response.end(text);
    const [guard, handler] = handlers;
    guard(request, response, () => handler(request, response));
    return true;
  };
}

const kEmptyPage = '<!doctype html><meta charset="utf-8"><div id="root"></div><div id="app"></div><app-root></app-root><script src="/src/main.js"></script>';

// A site of an origin of its own: the page, its script, and the backend. `site.script` may be set later.
export async function serveSite({ page = kEmptyPage, backend = () => false }) {
  const site = { script: '', asked: 0 };
  const server = http.createServer((request, response) => {
    if (request.url.startsWith('/api/')) site.asked += 1;
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
