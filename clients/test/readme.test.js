// What the READMEs tell a newcomer to write, written and run, while the backend gives no tokens at first: only the address of the server
// is filled in.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import vue from '@vitejs/plugin-vue';
import { launchBrowser, watchPage } from '../../tests/e2e/support/browser.js';
import { closeAll, connect } from '../../tests/e2e/support/client.js';
import { startServer } from '../../tests/e2e/support/server.js';
import { serveBuilt } from '../test-support/site.js';
import { besidesOutages, tokenEndpoint } from '../test-support/token-endpoint.js';

const kRoot = fileURLToPath(new URL('../..', import.meta.url));
// Where the packages are found, as in an application that has installed them.
const kFolder = join(kRoot, 'node_modules/.rollcall-readme');
const server = await startServer({ env: { ROLLCALL_CORS_ORIGINS: '*', ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100 } });
const browser = await launchBrowser();
after(async () => {
  closeAll();
  await browser.close();
  await server.stop();
  rmSync(kFolder, { recursive: true, force: true });
});

const sample = (name, language, which) => sampleOf(join('clients', name, 'README.md'), language, which);

function sampleOf(path, language, which = 0) {
  const readme = readFileSync(join(kRoot, path), 'utf8');
  const code = [...readme.matchAll(/^```(\w+)\n(.*?)^```/gms)].filter(([, kind]) => kind === language)[which][2];
  return code.replaceAll('http://localhost:3000', server.url);
}

async function open(name, files, settings) {
  const root = join(kFolder, name);
  mkdirSync(root, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(root, file), text);
  const endpoint = tokenEndpoint('viewer');
  const routes = { '/api/presence-token': endpoint.answer };
  const site = await serveBuilt(root, { routes, configFile: false, build: { target: 'es2022', emptyOutDir: true }, ...settings });
  const page = await browser.context.newPage();
  const seen = watchPage(page);
  after(() => site.close());
  await page.goto(site.url);
  const complaints = () => {
    assert.ok(endpoint.isUp(), 'a token was asked for until there was one');
    return besidesOutages(seen.errors);
  };
  return { page, complaints };
}

const html = (body, script) => `<!doctype html><link rel="icon" href="data:,">${body}<script type="module" src="/${script}"></script>`;

async function turns(page, words) {
  await page.getByText('⚫ Offline').waitFor();
  const ada = await connect(server, 'user-1');
  await page.getByText('🟢 Online').waitFor();
  ada.close();
  await page.getByText('⚫ Offline').waitFor();
  assert.equal(await page.locator('h3').textContent(), words);
}

test('the client: a page that toggles a class', async () => {
  const { page, complaints } = await open('client', {
    'index.html': html('<p id="user-1"></p><p id="user-2"></p>', 'main.js'),
    'main.js': sample('client', 'js'),
  });
  const ada = await connect(server, 'user-1');
  await page.locator('#user-1.online').waitFor({ state: 'attached' });
  assert.equal(await page.locator('#user-2.online').count(), 0);
  ada.close();
  await page.locator('#user-1:not(.online)').waitFor({ state: 'attached' });
  assert.deepEqual(complaints(), []);
});

test('the React card turns green and grey', async () => {
  const { page, complaints } = await open(
    'react',
    {
      'index.html': html('<div id="root"></div>', 'main.jsx'),
      'App.jsx': sample('react', 'jsx'),
      'main.jsx': `import { createRoot } from 'react-dom/client';
        import App from './App.jsx';
        createRoot(document.getElementById('root')).render(<App />);`,
    },
    { plugins: [react()] },
  );
  await turns(page, 'Ada');
  assert.deepEqual(complaints(), []);
});

const kMounted = (component, file) => `import { createRoot } from 'react-dom/client';
  import { ${component} } from './${file}';
  createRoot(document.getElementById('root')).render(<${component} />);`;

test("the React dot of the project's README works", async () => {
  const { page, complaints } = await open(
    'dot',
    { 'index.html': html('<div id="root"></div>', 'main.jsx'), 'App.jsx': sampleOf('README.md', 'jsx'), 'main.jsx': kMounted('App', 'App.jsx') },
    { plugins: [react()] },
  );
  await page.getByText('⚫').waitFor();
  const bruno = await connect(server, 'user-2');
  await page.getByText('🟢').waitFor();
  bruno.close();
  await page.getByText('⚫').waitFor();
  assert.deepEqual(complaints(), []);
});

// In place of Next.js, which mounts it in the layout; tests/recipes has the real one.
test('React: the client component for Next.js', async () => {
  const { page, complaints } = await open(
    'next',
    {
      'index.html': html('<div id="root"></div>', 'main.jsx'),
      'presence.jsx': sample('react', 'jsx', 1),
      'Page.jsx': `import { useUserPresence } from '@rollcall/react';
        import { Presence } from './presence.jsx';
        const Card = () => <><h3>Ada</h3>{useUserPresence('user-1') ? '🟢 Online' : '⚫ Offline'}</>;
        export const Page = () => <Presence><Card /></Presence>;`,
      'main.jsx': kMounted('Page', 'Page.jsx'),
    },
    { plugins: [react()], define: { 'process.env.NEXT_PUBLIC_ROLLCALL_URL': JSON.stringify(server.url) } },
  );
  await turns(page, 'Ada');
  assert.deepEqual(complaints(), []);
});

test('the Vue card turns green and grey', async () => {
  const { page, complaints } = await open(
    'vue',
    {
      'index.html': html('<div id="app"></div>', 'main.js'),
      'main.js': sample('vue', 'js'),
      'UserCard.vue': sample('vue', 'vue'),
      'App.vue': `<script setup>import UserCard from './UserCard.vue';</script>
        <template><UserCard user-id="user-1" name="Ada" /></template>`,
    },
    { plugins: [vue()] },
  );
  await turns(page, 'Ada');
  assert.deepEqual(complaints(), []);
});
