// A frontend with an origin of its own: built by vite from its sources, as its developers would.
import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { extname, join } from 'node:path';
import { build } from 'vite';

const kTypes = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' };

// `routes`: what the backend of that frontend answers, by path: a text, unless it answers by itself.
export async function serveBuilt(root, { routes = {}, ...settings } = {}) {
  await build({ root, logLevel: 'warn', ...settings });
  const site = http.createServer((request, response) => {
    const path = new URL(request.url, 'http://x').pathname;
    if (routes[path]) {
      const text = routes[path](response);
      return text === undefined ? undefined : response.end(text);
    }
    const file = join(root, 'dist', path === '/' ? 'index.html' : path);
    if (!existsSync(file)) return response.writeHead(404).end();
    response.setHeader('Content-Type', kTypes[extname(file)] ?? 'application/octet-stream');
    response.end(readFileSync(file));
  });
  await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${site.address().port}`, close: () => site.close() };
}
