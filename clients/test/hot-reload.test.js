// Saving a file while Vite serves the READMEs' pages: each page has one connection, however often it is saved.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { createServer } from 'vite';
import { launchBrowser } from '../../tests/e2e/support/browser.js';
import { startServer } from '../../tests/e2e/support/server.js';
import { token } from '../../tests/e2e/support/tokens.js';

const kRoot = fileURLToPath(new URL('../..', import.meta.url));
// Not below node_modules: what is there is not watched.
const kFolder = join(kRoot, 'build/hot-reload');
const kEdits = 4;

const browser = await launchBrowser();
const server = await startServer({ env: { ROLLCALL_CORS_ORIGINS: '*' } });
after(async () => {
  await browser.close();
  await server.stop();
  rmSync(kFolder, { recursive: true, force: true });
  rmSync(join(kRoot, 'node_modules/.rollcall-hot-reload'), { recursive: true, force: true });
});

async function sum(name) {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const rows = [...text.matchAll(new RegExp(`^${name}(?:{[^}]*})? (\\d+)`, 'gm'))];
  return rows.reduce((all, [, value]) => all + Number(value), 0);
}

async function until(name, wanted, what) {
  const deadline = performance.now() + 15_000;
  while ((await sum(name)) !== wanted) {
    assert.ok(performance.now() < deadline, `${what}: ${name} is ${await sum(name)}, not ${wanted}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

// Serves the files, opens the page, and saves `edited` with another text each time.
async function edit(name, files, edited, plugins) {
  const root = join(kFolder, name);
  mkdirSync(root, { recursive: true });
  const write = (file, text) => writeFileSync(join(root, file), text.replaceAll('http://localhost:3000', server.url));
  for (const [file, text] of Object.entries(files)) write(file, text);
  const tokens = {
    name: 'tokens',
    configureServer: ({ middlewares }) => void middlewares.use('/api/presence-token', (_, response) => response.end(token('viewer'))),
  };
  const settings = { host: '127.0.0.1', port: 0, strictPort: false, watch: { usePolling: true, interval: 20 }, fs: { strict: false } };
  // Dependencies that are found late have the page loaded anew.
  const include = ['socket.io-client', ...(plugins.length > 0 ? ['react', 'react-dom/client', 'react/jsx-dev-runtime'] : [])];
  const vite = await createServer({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [...plugins, tokens],
    server: settings,
    optimizeDeps: { include },
    cacheDir: join(kRoot, 'node_modules/.rollcall-hot-reload', String(plugins.length)),
  });
  await vite.listen();
  const page = await browser.context.newPage();
  try {
    const before = await sum('rollcall_joins_total');
    // The first one has to wait for the dependencies to be bundled.
    await page.goto(vite.resolvedUrls.local[0], { timeout: 60_000 });
    await page.evaluate(() => (globalThis.samePage = true));
    await page.getByText('version 0').waitFor();
    await until('rollcall_joins_total', before + 1, 'the first connection');
    for (let i = 1; i <= kEdits; ++i) {
      write(edited, files[edited].replaceAll('version 0', `version ${i}`));
      await page.getByText(`version ${i}`).waitFor();
      await until('rollcall_joins_total', before + 1 + i, `the connection after edit ${i}`);
      await until('rollcall_connections', 1, `after edit ${i}`);
    }
    assert.equal(await page.evaluate(() => globalThis.samePage), true, 'the page was not loaded anew');
  } finally {
    await page.close();
    await vite.close();
  }
  await until('rollcall_connections', 0, 'the page is closed');
}

const html = (body, script) => `<!doctype html><link rel="icon" href="data:,">${body}<script type="module" src="/${script}"></script>`;
const readme = (name) => readFileSync(join(kRoot, 'clients', name, 'README.md'), 'utf8');

test('React: the file of the README that makes the client', { timeout: 120_000 }, async () => {
  const sample = /^```jsx\n(.*?)^```/ms.exec(readme('react'))[1].replace('name="Ada"', 'name="version 0"');
  assert.match(sample, /createRollcall/);
  await edit(
    'react',
    {
      'index.html': html('<div id="root"></div>', 'main.jsx'),
      'App.jsx': sample,
      'main.jsx': `import { StrictMode } from 'react';
        import { createRoot } from 'react-dom/client';
        import App from './App.jsx';
        createRoot(document.getElementById('root')).render(<StrictMode><App /></StrictMode>);`,
    },
    'App.jsx',
    [react()],
  );
});

test('React: a module of its own that makes the client', { timeout: 120_000 }, async () => {
  await edit(
    'react-module',
    {
      'index.html': html('<div id="root"></div>', 'main.jsx'),
      'presence.js': `import { createRollcall } from '@rollcall/client';
        export const text = 'version 0';
        export const rollcall = createRollcall({ url: 'http://localhost:3000', getToken: async () => (await fetch('/api/presence-token')).text() });`,
      'App.jsx': `import { RollcallProvider } from '@rollcall/react';
        import { rollcall, text } from './presence.js';
        export default function App() {
          return <RollcallProvider client={rollcall}><p>{text}</p></RollcallProvider>;
        }`,
      'main.jsx': `import { createRoot } from 'react-dom/client';
        import App from './App.jsx';
        createRoot(document.getElementById('root')).render(<App />);`,
    },
    'presence.js',
    [react()],
  );
});

for (const [what, options, rest] of [
  ['the option `key`', "key: 'app', ", ''],
  ['import.meta.hot.dispose', '', /^import\.meta\.hot\?\.dispose.*$/m.exec(readme('client'))[0]],
]) {
  test(`without a framework: ${what}`, { timeout: 120_000 }, async () => {
    await edit(
      options ? 'key' : 'dispose',
      {
        'index.html': html('<p id="text"></p>', 'main.js'),
        'main.js': `import { createRollcall } from '@rollcall/client';
          const rollcall = createRollcall({ ${options}url: 'http://localhost:3000', getToken: async () => (await fetch('/api/presence-token')).text() });
          rollcall.watch('user-1', () => {});
          document.getElementById('text').textContent = 'version 0';
          ${rest}
          import.meta.hot.accept();`,
      },
      'main.js',
      [],
    );
  });
}
