// Opening the dashboard, and what it says when something is wrong: the key, the connection, the server's health.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { api, kKeys } from './support/api.js';
import { connect } from './support/client.js';
import { Dashboard, setUp } from './support/dashboard.js';
import { Detour, FeedReader } from './support/feed.js';
import { request } from './support/polling.js';
import { startServer } from './support/server.js';

const { serve, server, browser, open, come } = await setUp();

describe('the key', () => {
  test('is asked for; one that is unknown or may not read is refused, and what to do is said', async () => {
    const dashboard = await open({ key: null });
    await dashboard.enter('rck_unknown');
    await dashboard.problem('does not know this key');
    await dashboard.page.getByText('rollcall key --name dashboard').first().waitFor();
    await dashboard.enter(kKeys.emit);
    await dashboard.problem('The key emit has the scope emit, this call needs read');
    await dashboard.enter('ключ');
    await dashboard.problem('only printable ASCII characters, and no blanks');
    assert.equal(await dashboard.page.locator('#board').isVisible(), false);
    await dashboard.enter(kKeys.read);
    await dashboard.verdict('All is well');
    assert.equal(await dashboard.page.getByRole('alert').isVisible(), false);
    const complaints = dashboard.seen.errors.filter((error) => !/status of 40[13]/.test(error));
    assert.deepEqual(complaints, []);
    await dashboard.close({ checked: true });
  });

  test('stays in this tab, until it is forgotten', async () => {
    const dashboard = await open();
    await dashboard.verdict('All is well');
    assert.equal(dashboard.page.url(), `${server.url}/dashboard`, 'the key has left the address bar');
    await dashboard.page.reload();
    await dashboard.verdict('All is well');
    const other = await open({ key: null });
    assert.equal(await other.page.evaluate(() => localStorage.length + sessionStorage.length + document.cookie.length), 0);
    await dashboard.page.getByRole('button', { name: 'Forget the key' }).click();
    await dashboard.page.getByLabel('API key').waitFor();
    assert.equal(await dashboard.page.evaluate(() => sessionStorage.length), 0);
    await dashboard.page.reload();
    await dashboard.page.getByLabel('API key').waitFor();
    assert.ok(!server.output().includes(kKeys.read));
    await dashboard.close();
    await other.close();
  });

  test('--dev prints a link that opens the dashboard', async () => {
    const dev = await startServer({ args: ['--dev'], env: { JWT_SECRET: undefined } });
    const [, link] = await dev.says(/^Dashboard: (\S+)$/m);
    assert.match(link, /\/dashboard#key=rck_/);
    const dashboard = await Dashboard.open(browser, { address: link });
    await dashboard.verdict('All is well');
    await dashboard.close();
    await dev.stop();
  });

  test('a server that knows no keys says so, and the page how to make one', async () => {
    const keyless = await startServer();
    const dashboard = await open({ server: keyless, key: 'rck_any' });
    await dashboard.problem('This server knows no keys');
    await dashboard.page.getByText('Add that item to the list').waitFor();
    await dashboard.close({ checked: true });
    await keyless.stop();
  });
});

// Each with a server of its own, so that they wait at the same time.
describe('when the connection is lost', { concurrency: 3 }, () => {
  test('the feed is taken up where it broke: what happened meanwhile is told', async () => {
    const cut = await serve();
    const detour = await Detour.open(cut);
    const dashboard = await open({ address: `${detour.url}/dashboard#key=${kKeys.read}` });
    await dashboard.live();
    const before = await come('before', { to: cut });
    await dashboard.told('before', 'came online').waitFor();
    detour.closed = true;
    detour.cut();
    await dashboard.feed('reconnecting…');
    const meanwhile = await come('meanwhile', { to: cut });
    before.close();
    await dashboard.verdict('No answer');
    await dashboard.problem('The server does not answer.');
    await dashboard.count('–');
    detour.closed = false;
    await dashboard.live();
    await dashboard.told('meanwhile', 'came online').waitFor();
    await dashboard.told('before', 'went offline').waitFor();
    await dashboard.count(1);
    await dashboard.verdict('All is well');
    assert.equal(await dashboard.page.getByText('The server restarted').count(), 0);
    assert.equal(await dashboard.page.getByRole('alert').isVisible(), false);
    meanwhile.close();
    await dashboard.close({ checked: true });
    await detour.close();
    await cut.stop();
  });

  test('a server that was started again is read anew, with a word about it', async () => {
    const first = await serve();
    const gone = await come('gone', { to: first });
    const dashboard = await open({ server: first });
    await dashboard.listed('gone').waitFor();
    await first.stop();
    await dashboard.verdict('No answer');
    gone.close();
    const second = await serve({}, { listen: `127.0.0.1:${first.port}` });
    const here = await come('here', { to: second });
    await dashboard.listed('here').waitFor();
    await dashboard.page.getByText('The server restarted').waitFor();
    await dashboard.count(1);
    await dashboard.verdict('All is well');
    here.close();
    await second.stop();
    const third = await startServer({ listen: `127.0.0.1:${first.port}` });
    await dashboard.problem('This server knows no keys');
    await dashboard.page.getByLabel('API key').waitFor();
    await dashboard.close({ checked: true });
    await third.stop();
  });

  test('after a restart nobody flickers: who was online stays until the server has settled, and the page says so', async () => {
    const first = await serve();
    const [stays, leaves] = [await come('stays', { to: first }), await come('leaves', { to: first })];
    const dashboard = await open({ server: first });
    await dashboard.count(2);
    await first.stop();
    await dashboard.verdict('No answer');
    for (const client of [stays, leaves]) client.close();
    const second = await serve({ ROLLCALL_PRESENCE_SETTLING_MS: 6000 }, { listen: `127.0.0.1:${first.port}` });
    await dashboard.feed('settling…');
    await dashboard.page.getByText('users may still be reconnecting').waitFor();
    await dashboard.count(2);
    await dashboard.listed('leaves').waitFor();
    const back = await come('stays', { to: second });
    await dashboard.live();
    await dashboard.count(1);
    await dashboard.told('leaves', 'went offline').waitFor();
    assert.equal(await dashboard.told('stays', '').count(), 0, 'returning is no news');
    back.close();
    await dashboard.close({ checked: true });
    await second.stop();
  });

  test('a server that has all its readers is told as such, and the rest goes on', async () => {
    const busy = await serve();
    const readers = await Promise.all(Array.from({ length: 100 }, () => FeedReader.open(busy)));
    await Promise.all(readers.map((reader) => reader.take('live')));
    const dashboard = await open({ server: busy });
    await dashboard.page.locator('#feed-problem', { hasText: 'as many readers as it may have (100)' }).waitFor();
    const guest = await come('counted', { to: busy });
    await dashboard.count(1);
    await dashboard.verdict('All is well');
    for (const reader of readers) reader.close();
    guest.close();
    await dashboard.close({ checked: true });
    await busy.stop();
  });
});

test('more users than a page can hold are counted, and one is explained by id', async () => {
  const dashboard = await open({ key: null });
  await dashboard.page.route('**/api/v1/stats', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), online: 1234567 } });
  });
  await dashboard.enter(kKeys.read);
  await dashboard.count('1,234,567');
  await dashboard.feed('not followed');
  await dashboard.page.getByText('Too many users are online to list them here.').waitFor();
  await dashboard.page.getByText('Too many users are online to follow their changes here.').waitFor();
  const { feed } = (await api(server, '/stats')).body;
  assert.equal(feed.readers, 0);
  await dashboard.page.getByPlaceholder('Find a user').fill('somebody');
  await dashboard.page.getByRole('button', { name: 'Explain' }).click();
  await dashboard.page.getByRole('dialog').getByText('no connection of this user is remembered').waitFor();
  await dashboard.close();
});

describe('the health', () => {
  test('is of the server’s own figures, with a key or without', async () => {
    const closed = await serve({ ROLLCALL_API_METRICS: 'key', ROLLCALL_SERVER_WORKERS: 2 });
    const dashboard = await open({ server: closed });
    for (const words of ['The server accepts connections', '99 % of turns end within', 'of the time', 'none refused', 'Sent at once', 'MB in use', ' of ']) {
      await dashboard.page.locator('#checks li', { hasText: words }).first().waitFor();
    }
    assert.equal(await dashboard.page.locator('#workers tr').count(), 2);
    await dashboard.page.locator('#about', { hasText: /Version \d+\.\d+\.\d+ · up for .* · 2 workers/ }).waitFor();
    for (let i = 0; i < 6; ++i) await dashboard.stranger(closed);
    await dashboard.check('Sign-in', '6 refused: 6 INVALID_TOKEN', 'Has the key that signs tokens changed?');
    await dashboard.verdict('Have a look: Sign-in');
    await dashboard.close();
    await closed.stop();
  });

  test('a server that is not ready says why, and figures that are kept back are missed', async () => {
    const dashboard = await open({ key: null });
    const problem = { type: 'about:blank', title: 'Service Unavailable', status: 503, code: 'WORKER_HUNG', detail: '1 of 2 workers hang' };
    await dashboard.page.route('**/readyz', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem) }));
    await dashboard.page.route('**/metrics', (route) => route.fulfill({ status: 404, body: 'not for you' }));
    await dashboard.enter(kKeys.read);
    await dashboard.verdict('Act now: Not ready, Figures');
    await dashboard.check('Not ready', '1 of 2 workers hang.', 'Restart the server');
    await dashboard.check('Figures', '/metrics cannot be read', 'incomplete without it');
    await dashboard.close({ checked: true });
  });
});

test('the files are served with their types, under a strict content security policy; and no others', async () => {
  const page = await request(`${server.url}/dashboard`);
  assert.equal(page.status, 200);
  assert.match(page.headers['content-type'], /text\/html/);
  const policy = page.headers['content-security-policy'];
  for (const part of ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"]) assert.ok(policy.includes(part), part);
  assert.doesNotMatch(policy, /unsafe|\*/);
  assert.doesNotMatch(page.text, /<style|<script>|\son[a-z]+=|style=|(src|href)="(https?:)?\/\//);
  for (const [file, type] of [['main.js', /javascript/], ['board.css', /css/]]) {
    const answer = await request(`${server.url}/dashboard/${file}`);
    assert.equal(answer.status, 200);
    assert.match(answer.headers['content-type'], type);
    assert.equal(answer.headers['x-content-type-options'], 'nosniff');
  }
  for (const file of ['none.js', 'health.test.js', '..%2Ftest-presence.js', '%00', 'main.js%00', 'dashboard.html']) {
    assert.equal((await request(`${server.url}/dashboard/${file}`)).status, 404, file);
  }
  const slash = await request(`${server.url}/dashboard/`);
  assert.deepEqual([slash.status, slash.headers.location], [308, '../dashboard']);
});
