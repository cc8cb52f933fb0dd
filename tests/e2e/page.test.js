// test-presence.html in Chromium: two pages, each sees the other come and go; and what the page says when something is wrong.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launchBrowser, watchPage } from './support/browser.js';
import { closeAll, connect } from './support/client.js';
import { request } from './support/polling.js';
import { startServer } from './support/server.js';
import { nowSeconds, token } from './support/tokens.js';

const [server, browser] = await Promise.all([
  startServer({ env: { ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 200, ROLLCALL_AUTH_LEEWAY_MS: 0 } }),
  launchBrowser(),
]);
after(async () => {
  closeAll();
  await browser.close();
  await server.stop();
});

const kShots = fileURLToPath(new URL('../../build/screenshots/', import.meta.url));
mkdirSync(kShots, { recursive: true });

async function openPage(address = '/', { width = 1100, height = 900, colorScheme, where = server } = {}) {
  const page = await browser.context.newPage();
  page.seen = watchPage(page);
  await page.setViewportSize({ width, height });
  if (colorScheme) await page.emulateMedia({ colorScheme });
  await page.goto(where.url + address);
  return page;
}

async function connectPage(user, address = '/') {
  const page = await openPage(address);
  await page.getByLabel('Token (JWT)').fill(token(user, { email: `${user}@example.org`, role: 'carer' }));
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await state(page, 'Connected');
  return page;
}

const state = (page, words) => page.locator('#state', { hasText: words }).waitFor();
const count = (page, n) => page.waitForFunction((want) => document.getElementById('online-count').textContent === want, String(n));
const logged = (page, name, text) => page.locator('#log li').filter({ hasText: name }).filter({ hasText: text }).first().waitFor();
const listed = (page, user) => page.locator('#online-list li').filter({ hasText: user }).first();

test('two pages: each sees the other come and go', async () => {
  const ada = await connectPage('ada');
  await count(ada, 1);
  const bob = await connectPage('bob', '/test-presence.html');
  await logged(ada, 'user-online', 'bob');
  await Promise.all([count(ada, 2), count(bob, 2)]);
  await listed(ada, 'bob').waitFor();
  await listed(bob, 'ada').waitFor();
  await bob.getByRole('button', { name: 'Disconnect' }).click();
  await logged(ada, 'user-offline', 'bob');
  await count(ada, 1);
  await bob.getByRole('button', { name: 'Connect', exact: true }).click();
  await count(bob, 2);
  await ada.close();
  await logged(bob, 'user-offline', 'ada');
  await count(bob, 1);
  await bob.close();
  for (const page of [ada, bob]) {
    assert.deepEqual(page.seen.errors, []);
    assert.deepEqual([...page.seen.hosts], [`127.0.0.1:${server.port}`], 'no other host is asked for anything');
  }
});

test('checks one user and many, subscribes, and sends heartbeats', async () => {
  const page = await connectPage('checker');
  const guest = await connect(server, 'guest');
  await page.getByLabel('User id', { exact: true }).fill('guest');
  await page.locator('#one-form').getByRole('button', { name: 'Check' }).click();
  await page.locator('#one-result li.online', { hasText: 'guest' }).waitFor();
  await page.getByLabel('User ids').fill('guest, nobody\nchecker');
  await page.locator('#many-form').getByRole('button', { name: 'Check' }).click();
  await page.locator('#many-result li').nth(2).waitFor();
  assert.deepEqual(
    await page.locator('#many-result li').evaluateAll((items) => items.map((item) => [item.dataset.user, item.className])),
    [['guest', 'online'], ['nobody', 'offline'], ['checker', 'online']],
  );
  await page.getByRole('button', { name: 'Subscribe', exact: true }).click();
  await page.locator('#watching', { hasText: 'Subscribed' }).waitFor();
  guest.socket.disconnect();
  await page.locator('#one-result li.offline', { hasText: 'guest' }).waitFor();
  await page.locator('#many-result li.offline', { hasText: 'guest' }).waitFor();
  await page.getByRole('button', { name: 'Unsubscribe' }).click();
  await page.locator('#watching', { hasText: 'Still watching 0' }).waitFor();
  await page.getByRole('button', { name: 'Send heartbeat' }).click();
  await page.locator('#heartbeat-result', { hasText: 'Answered' }).waitFor();
  await logged(page, 'heartbeat-ack', 'lastActive');
  assert.deepEqual(page.seen.errors, []);
  await page.close();
});

test('user ids are text, never markup', async () => {
  const evil = '<img src=x onerror="document.title=\'owned\'"><b>bold</b>';
  const guest = await connect(server, evil);
  const page = await connectPage('reader');
  await listed(page, '<b>bold</b>').waitFor();
  await page.getByLabel('User id', { exact: true }).fill(evil);
  await page.locator('#one-form').getByRole('button', { name: 'Check' }).click();
  await page.locator('#one-result li', { hasText: '<b>bold</b>' }).waitFor();
  guest.socket.disconnect();
  await logged(page, 'user-offline', 'onerror');
  assert.equal(await page.locator('main img, main b').count(), 0);
  assert.doesNotMatch(await page.title(), /owned/);
  assert.deepEqual(page.seen.errors, []);
  await page.close();
});

test('a token in the fragment connects at once, leaves the address bar, and stays in this tab only', async () => {
  const page = await openPage(`/#token=${token('linked')}`);
  await state(page, 'Connected');
  await page.locator('#me', { hasText: 'linked' }).waitFor();
  assert.equal(page.url(), `${server.url}/`);
  await page.reload();
  assert.match(await page.getByLabel('Token (JWT)').inputValue(), /^eyJ/);
  const other = await openPage('/');
  assert.equal(await other.getByLabel('Token (JWT)').inputValue(), '');
  assert.equal(await other.evaluate(() => localStorage.length + document.cookie.length), 0);
  assert.doesNotMatch(server.output(), /eyJ/);
  await page.close();
  await other.close();
});

test('a reload is invisible: the page connects again as it was, and others are told nothing', async () => {
  const patient = await startServer({ env: { ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 10_000 } });
  const witness = await connect(patient, 'witness');
  const page = await openPage('/', { where: patient });
  await page.getByText('More settings').click();
  await page.getByLabel('Transport').selectOption('websocket');
  await page.getByLabel('Token (JWT)').fill(token('reloader'));
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await state(page, 'Connected');
  await witness.take('user-online', 'reloader');
  for (let times = 0; times < 2; ++times) {
    await page.reload();
    await state(page, 'Connected');
    assert.equal(await page.locator('#transport-now').textContent(), 'websocket');
  }
  assert.equal(await witness.isOnline('reloader'), true);
  assert.deepEqual(witness.story('reloader'), []);
  assert.equal(await page.evaluate(() => localStorage.length + document.cookie.length), 0);

  await page.getByRole('button', { name: 'Disconnect' }).click();
  await witness.take('user-offline', 'reloader');
  await page.reload();
  await state(page, 'Not connected');
  assert.match(await page.getByLabel('Token (JWT)').inputValue(), /^eyJ/, 'who disconnects stays so, but has not logged out');

  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await state(page, 'Connected');
  await page.getByRole('button', { name: 'Log out' }).click();
  await state(page, 'Not connected');
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await page.reload();
  await state(page, 'Not connected');
  assert.equal(await page.getByLabel('Token (JWT)').inputValue(), '');
  await page.close();
  witness.close();
  await patient.stop();
});

test('the log shows events, and the list follows them without asking', async () => {
  const page = await connectPage('observer');
  await listed(page, 'observer').waitFor();
  const names = () => page.locator('#log .name').allTextContents();
  for (let times = 0; times < 3; ++times) {
    const guest = await connect(server, 'passer-by');
    await listed(page, 'passer-by').waitFor();
    await count(page, 2);
    guest.socket.disconnect();
    await listed(page, 'passer-by').waitFor({ state: 'detached' });
    await count(page, 1);
  }
  assert.deepEqual((await names()).reverse().filter((name) => name !== 'upgraded'), ['connect', 'connected', ...Array(3).fill(['user-online', 'user-offline']).flat()]);
  await page.getByRole('button', { name: 'Refresh', exact: true }).click();
  await logged(page, 'online-users', 'observer');
  await page.close();
});

test('with more users than it shows, the page counts them all, and shows nobody twice', async () => {
  const crowd = await Promise.all(Array.from({ length: 203 }, (_, i) => connect(server, `crowd-${i}`)));
  const page = await connectPage('counter');
  await count(page, 204);
  await page.locator('#online-list li').nth(199).waitFor();
  const late = await connect(server, 'late');
  await count(page, 205);
  await page.getByRole('button', { name: 'Show more' }).click();
  await listed(page, 'late').waitFor();
  assert.equal(await page.locator('#online-list li').count(), 205);
  for (const one of [...crowd, late]) one.close();
  await count(page, 1);
  await page.close();
});

test('each refusal says what to do', async () => {
  const page = await openPage('/');
  const tryIt = async (value, words) => {
    await page.getByLabel('Token (JWT)').fill(value);
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: words }).waitFor();
    await state(page, 'Refused');
  };
  await tryIt('', 'got no token');
  await tryIt('nonsense', 'does not accept this token');
  await tryIt(token('late', { exp: nowSeconds() - 3600 }), 'has expired');
  await logged(page, 'connect_error', 'TOKEN_EXPIRED');
  await page.getByText('More settings').click();
  await page.getByLabel('Namespace').fill('/elsewhere');
  await tryIt(token('lost'), 'no such namespace');
  await page.getByLabel('Namespace').fill('/ws/messages');
  await page.getByLabel('Token (JWT)').fill(token('found'));
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await state(page, 'Connected');
  assert.equal(await page.getByRole('alert').isVisible(), false);
  await page.close();
});

test('a token that runs out is told, and can be refreshed before', async () => {
  const page = await openPage('/');
  await page.getByLabel('Token (JWT)').fill(token('brief', { exp: nowSeconds() + 6 }));
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await state(page, 'Connected');
  await page.getByLabel('Token (JWT)').fill(token('brief', { exp: nowSeconds() + 9 }));
  await page.getByRole('button', { name: 'Refresh token' }).click();
  await logged(page, 'token-refreshed', 'expiresAt');
  await page.getByRole('alert').filter({ hasText: 'has expired' }).waitFor();
  await logged(page, 'authentication_error', 'TOKEN_EXPIRED');
  await page.close();
});

test('on a phone, too, what is wrong comes into view when it happens', async () => {
  const page = await openPage('/', { width: 360, height: 640 });
  await page.getByText('More settings').click();
  await page.getByLabel('Token (JWT)').fill('nonsense');
  const button = page.getByRole('button', { name: 'Connect', exact: true });
  await button.evaluate((one) => one.scrollIntoView({ block: 'start' }));
  const inView = () =>
    page.getByRole('alert').evaluate((one) => {
      const { top, bottom } = one.getBoundingClientRect();
      return top >= 0 && bottom <= window.innerHeight;
    });
  for (const words of ['does not accept this token', 'got no token']) {
    await button.evaluate((one) => one.scrollIntoView({ block: 'start' }));
    await button.click();
    await page.getByRole('alert').filter({ hasText: words }).waitFor();
    assert.equal(await inView(), true, words);
    await page.screenshot({ path: `${kShots}test-presence-phone-refused.png` });
    await page.getByLabel('Token (JWT)').fill('');
  }
  await page.close();
});

test('it is readable on a phone, in light and in dark, without sideways scrolling', async () => {
  const friends = await Promise.all(
    ['maria.gonzalez', 'a-user-with-a-very-long-identifier-that-has-no-place-to-break-0123456789', 'li.wei'].map((user) => connect(server, user)),
  );
  for (const colorScheme of ['light', 'dark']) {
    const page = await openPage(`/#token=${token('you')}`, { width: 360, height: 740, colorScheme });
    await state(page, 'Connected');
    await listed(page, 'li.wei').waitFor();
    await page.getByLabel('User ids').fill('li.wei\nnobody');
    await page.locator('#many-form').getByRole('button', { name: 'Check' }).click();
    await page.locator('#many-result li').nth(1).waitFor();
    const widths = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    assert.equal(widths[0], widths[1]);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('button, input, select, textarea')]
        .filter((one) => one.offsetParent && one.type !== 'checkbox' && one.getBoundingClientRect().height < 40)
        .map((one) => one.id || one.textContent),
    );
    assert.deepEqual(small, [], 'large enough for a finger');
    const nameless = await page.evaluate(() =>
      [...document.querySelectorAll('input, select, textarea')].filter((one) => one.labels.length === 0).map((one) => one.id),
    );
    assert.deepEqual(nameless, [], 'every field has a label');
    await page.screenshot({ path: `${kShots}test-presence-phone-${colorScheme}.png`, fullPage: true });
    await page.setViewportSize({ width: 1100, height: 900 });
    await page.screenshot({ path: `${kShots}test-presence-wide-${colorScheme}.png`, fullPage: true });
    await page.close();
  }
  for (const friend of friends) friend.close();
});

test('the files are served with their types, and work under a strict content security policy', async () => {
  const kTypes = { '/': /text\/html/, '/test-presence.html': /text\/html/, '/test-presence.js': /javascript/, '/test-presence.css': /text\/css/, '/socket.io.min.js': /javascript/ };
  for (const [path, type] of Object.entries(kTypes)) {
    const answer = await request(server.url + path);
    assert.equal(answer.status, 200, path);
    assert.match(answer.headers['content-type'], type);
    if (/html/.test(answer.headers['content-type'])) {
      assert.match(answer.headers['content-security-policy'] ?? '', /default-src 'self'/);
      assert.doesNotMatch(answer.text, /<style|<script>|\son[a-z]+=|(src|href)="(https?:)?\/\//);
    }
  }
});
