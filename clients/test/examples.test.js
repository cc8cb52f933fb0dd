// The example applications, built as their users would build them, in Chromium: cards that turn green and grey.
// SCREENSHOTS=folder keeps pictures of them.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launchBrowser, watchPage } from '../../tests/e2e/support/browser.js';
import { closeAll, connect } from '../../tests/e2e/support/client.js';
import { startServer } from '../../tests/e2e/support/server.js';
import { token } from '../../tests/e2e/support/tokens.js';
import { serveBuilt } from '../test-support/site.js';

const kExamples = fileURLToPath(new URL('../../examples', import.meta.url));
const kPhone = { width: 375, height: 740 };
const kDesktop = { width: 1100, height: 700 };

const browser = await launchBrowser();
after(() => browser.close());

for (const name of ['react-cards', 'vue-cards']) {
  describe(name, async () => {
    const folder = join(kExamples, name);
    const site = await serveBuilt(folder);
    const env = { ROLLCALL_CORS_ORIGINS: site.url, ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100, ROLLCALL_PRESENCE_SETTLING_MS: 1000 };
    let server = await startServer({ env });
    const page = await browser.context.newPage();
    await page.emulateMedia({ reducedMotion: 'reduce' });
    after(async () => {
      closeAll();
      await page.close();
      site.close();
      await server.stop();
    });
    const seen = watchPage(page);
    const asked = [];
    const note = (packet) => {
      const [, event, data] = /^42[^[]*\["([a-z-]+)",(.*)\]$/.exec(packet) ?? [];
      if (event) asked.push([event, JSON.parse(data)]);
    };
    // By polling before the upgrade, by WebSocket after it.
    page.on('request', (request) => request.postData()?.split('\x1e').forEach(note));
    page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => note(String(payload))));
    const card = (person) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: person }) });
    const turns = (person, online) => card(person).and(page.locator(`[data-online="${online}"]`)).waitFor();
    const dot = (person) => card(person).locator('.face').evaluate((face) => getComputedStyle(face, '::after').backgroundColor);
    const picture = async (words, colorScheme = 'light') => {
      if (!process.env.SCREENSHOTS) return;
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}-${words}.png`) });
    };

    test('one enters with a token, as in a login', async () => {
      await page.setViewportSize(kPhone);
      await page.goto(`${site.url}/#server=${server.url}`);
      await picture('enter');
      await page.getByLabel(/A token for/).fill(token('user-1'));
      await page.getByRole('button', { name: 'Enter' }).click();
      await turns('Ada Moreau', true);
    });

    test('cards turn green when people come, and grey when they go', async () => {
      await page.setViewportSize(kDesktop);
      await page.goto(`${site.url}/?again#token=${token('user-1')}&server=${server.url}`);
      await page.getByText('user-1 · 1 online').waitFor();
      await turns('Bruno Keller', false);
      assert.match(await card('Bruno Keller').textContent(), /Offline/);
      const grey = await dot('Bruno Keller');
      for (let round = 0; round < 2; ++round) {
        const tabs = [await connect(server, 'user-2'), await connect(server, 'user-2')];
        await turns('Bruno Keller', true);
        await page.getByText('user-1 · 2 online').waitFor();
        await page.waitForFunction((before) => {
          const faces = [...document.querySelectorAll('.card[data-online="true"] .face')];
          return faces.length === 2 && faces.every((face) => getComputedStyle(face, '::after').backgroundColor !== before);
        }, grey);
        tabs[0].socket.disconnect();
        assert.equal(await card('Bruno Keller').getAttribute('data-online'), 'true');
        if (round === 0) tabs[1].socket.disconnect();
        else tabs[1].cut();
        await turns('Bruno Keller', false);
        await card('Bruno Keller').getByText('Last seen just now').waitFor();
      }
      const [chiara] = [await connect(server, 'user-3'), await connect(server, 'user-6')];
      await turns('Chiara Rossi', true);
      await turns('Finn Andersen-Lindqvist', true);
      await picture('desktop');
      await picture('desktop-dark', 'dark');
      chiara.close();
      await turns('Chiara Rossi', false);
    });

    test('all its cards and lists cost one subscription', () => {
      const subscriptions = asked.filter(([event]) => event === 'subscribe-presence');
      assert.deepEqual(subscriptions.slice(-1).map(([, { userIds }]) => userIds.length), [6]);
      // One for each of the two pages that were opened.
      assert.equal(subscriptions.length, 2);
      assert.equal(asked.filter(([event]) => event === 'get-online-users').length, 2);
    });

    test('it can be read on a phone, and shows only who is online', async () => {
      await page.setViewportSize(kPhone);
      await page.getByLabel('Only who is online').check();
      await card('Bruno Keller').waitFor({ state: 'detached' });
      assert.equal(await page.getByRole('listitem').count(), 2);
      const bruno = await connect(server, 'user-2');
      await turns('Bruno Keller', true);
      await picture('phone');
      await page.getByLabel('Only who is online').uncheck();
      await picture('phone-all-dark', 'dark');
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0, 'nothing sticks out');
      bruno.close();
      await turns('Bruno Keller', false);
    });

    test('when the server was away, it is right again afterwards', async () => {
      assert.deepEqual(seen.errors, []);
      assert.deepEqual([...seen.hosts].sort(), [new URL(site.url).host, new URL(server.url).host].sort());
      const { port } = server;
      closeAll();
      await server.stop();
      await page.getByText('Connecting…').waitFor();
      await picture('away');
      server = await startServer({ env, listen: `127.0.0.1:${port}` });
      await connect(server, 'user-5');
      await turns('Esi Owusu', true);
      await turns('Finn Andersen-Lindqvist', false);
      await page.getByText('user-1 · 2 online').waitFor();
    });
  });
}
