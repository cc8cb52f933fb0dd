// What the READMEs tell a newcomer to write, written and run: only the address of the server is filled in.
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
import { token } from '../../tests/e2e/support/tokens.js';
import { serveBuilt } from '../test-support/site.js';

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

function sample(name, language, which = 0) {
  const readme = readFileSync(join(kRoot, 'clients', name, 'README.md'), 'utf8');
  const code = [...readme.matchAll(/^```(\w+)\n(.*?)^```/gms)].filter(([, kind]) => kind === language)[which][2];
  return code.replaceAll('http://localhost:3000', server.url);
}

async function open(name, files, settings) {
  const root = join(kFolder, name);
  mkdirSync(root, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(root, file), text);
  const routes = { '/api/presence-token': () => token('viewer') };
  const site = await serveBuilt(root, { routes, configFile: false, build: { target: 'es2022', emptyOutDir: true }, ...settings });
  const page = await browser.context.newPage();
  const seen = watchPage(page);
  after(() => site.close());
  await page.goto(site.url);
  return { page, seen };
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
  const { page, seen } = await open('client', {
    'index.html': html('<p id="user-1"></p><p id="user-2"></p>', 'main.js'),
    'main.js': sample('client', 'js'),
  });
  const ada = await connect(server, 'user-1');
  await page.locator('#user-1.online').waitFor({ state: 'attached' });
  assert.equal(await page.locator('#user-2.online').count(), 0);
  ada.close();
  await page.locator('#user-1:not(.online)').waitFor({ state: 'attached' });
  assert.deepEqual(seen.errors, []);
});

test('React: a card', async () => {
  const { page, seen } = await open(
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
  assert.deepEqual(seen.errors, []);
});

test('Vue: a card', async () => {
  const { page, seen } = await open(
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
  assert.deepEqual(seen.errors, []);
});
