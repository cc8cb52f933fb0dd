// The client as one file for pages without a build, as its README shows it, in Chromium.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launchBrowser, watchPage } from '../../tests/e2e/support/browser.js';
import { closeAll, connect } from '../../tests/e2e/support/client.js';
import { startServer } from '../../tests/e2e/support/server.js';
import { besidesOutages, tokenEndpoint } from '../test-support/token-endpoint.js';

const kFile = createRequire(import.meta.url).resolve('@rollcall/client/rollcall.min.js');
const kReadme = readFileSync(join(fileURLToPath(new URL('..', import.meta.url)), 'client/README.md'), 'utf8');

test('a page with a <script> shows who is online, though there was no token at first', async () => {
  const server = await startServer({ env: { ROLLCALL_CORS_ORIGINS: '*', ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100 } });
  const sample = /^```html\n(.*?)^```/ms.exec(kReadme)[1].replace('http://localhost:3000', server.url);
  const answers = {
    '/': ['text/html', `<!doctype html><link rel="icon" href="data:,"><p id="user-1"></p>${sample}`],
    '/rollcall.min.js': ['text/javascript', readFileSync(kFile)],
  };
  const endpoint = tokenEndpoint('viewer');
  const site = http.createServer(({ url }, response) => {
    if (url === '/api/presence-token') return endpoint.answer(response);
    const [type, body] = answers[url];
    response.setHeader('Content-Type', type).end(body);
  });
  await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
  const browser = await launchBrowser();
  after(async () => {
    closeAll();
    await browser.close();
    site.close();
    await server.stop();
  });
  const page = await browser.context.newPage();
  const seen = watchPage(page);
  await page.goto(`http://127.0.0.1:${site.address().port}/`);
  await connect(server, 'user-1');
  await page.locator('#user-1.online').waitFor({ state: 'attached' });
  closeAll();
  await page.locator('#user-1:not(.online)').waitFor({ state: 'attached' });
  assert.ok(endpoint.isUp());
  assert.deepEqual(besidesOutages(seen.errors), []);
  assert.deepEqual(await page.evaluate(() => Object.keys(window).filter((name) => /^(rollcall|io)$/i.test(name))), ['Rollcall']);
});
