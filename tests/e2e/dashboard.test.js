// The dashboard in Chromium: what it shows while users come and go, and how it looks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kKeys } from './support/api.js';
import { setUp } from './support/dashboard.js';

const { serve, server, open, come } = await setUp();

test('who comes and goes is counted, listed, told and drawn', async () => {
  const dashboard = await open();
  await dashboard.count(0);
  await dashboard.page.getByText('Nobody is online.').waitFor();
  const ada = await come('ada', { claims: { email: 'ada@example.org', role: 'carer' } });
  await dashboard.count(1);
  await dashboard.listed('ada').filter({ hasText: 'ada@example.org · carer' }).waitFor();
  await dashboard.told('ada', 'came online · ada@example.org · carer').waitFor();
  await dashboard.plot(/highest 1 at/);
  const drawn = await dashboard.curve();
  const bob = await come('bob', { transports: ['polling'] });
  await dashboard.count(2);
  await dashboard.plot(/highest 2 at/);
  assert.notEqual(await dashboard.curve(), drawn);
  await dashboard.transports(/WebSocket\s*1 \(50 %\)\s*Polling\s*1 \(50 %\)/);
  await dashboard.page.waitForFunction(() => document.title === '2 online · rollcall');
  ada.close();
  await dashboard.count(1);
  await dashboard.told('ada', 'went offline · ada@example.org · carer').waitFor();
  await dashboard.listed('ada').waitFor({ state: 'detached' });
  await dashboard.transports(/Polling\s*1 \(100 %\)/);
  bob.close();
  await dashboard.count(0);
  await dashboard.plot(/Lowest 0 at .*, highest 2 at/);
  await dashboard.page.getByRole('button', { name: '1 h' }).click();
  await dashboard.page.locator('#plot text', { hasText: '−1 h' }).waitFor();
  await dashboard.page.locator('#coming', { hasText: 'came' }).waitFor();
  await dashboard.close();
});

test('changes can be filtered, and held while somebody reads', async () => {
  const dashboard = await open();
  await dashboard.live();
  const [kim, lee] = [await come('kim'), await come('lee')];
  await dashboard.told('lee', 'came online').waitFor();
  await dashboard.page.getByPlaceholder('Filter').fill('KIM');
  await dashboard.told('lee', '').waitFor({ state: 'detached' });
  await dashboard.told('kim', 'came online').waitFor();
  await dashboard.page.getByPlaceholder('Filter').fill('');
  await dashboard.page.getByRole('button', { name: 'Pause' }).click();
  kim.close();
  await dashboard.page.getByText('Paused: 1 more since.').waitFor();
  assert.equal(await dashboard.told('kim', 'went offline').count(), 0);
  await dashboard.page.getByRole('button', { name: 'Resume' }).click();
  await dashboard.told('kim', 'went offline').waitFor();
  lee.close();
  await dashboard.close();
});

test('one user is explained: connections, the grace that runs, the last session; and anybody by id', async () => {
  const slow = await serve({ ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 3000 });
  const dashboard = await open({ server: slow });
  const ann = await come('ann/1', { to: slow, claims: { role: 'member' } });
  await dashboard.listed('ann/1').click();
  const user = dashboard.page.getByRole('dialog');
  await user.getByRole('heading', { name: 'ann/1' }).waitFor();
  await user.getByText('1 connection is open, 1 by websocket.').waitFor();
  await user.locator('.socket', { hasText: '127.0.0.0/24' }).waitFor();
  await user.locator('#user-facts div', { hasText: 'Role' }).filter({ hasText: 'member' }).waitFor();
  ann.cut();
  await user.getByText('Online, connection lost').waitFor();
  await user.getByText(/^[1-4] s left to reconnect$/).waitFor();
  await user.locator('#user-state', { hasText: 'Offline' }).waitFor();
  await user.getByText(/ended .* by transport close/).waitFor();
  await dashboard.page.keyboard.press('Escape');
  await user.waitFor({ state: 'hidden' });
  await dashboard.page.getByPlaceholder('Find a user').fill('nobody-ever');
  await dashboard.page.getByText('No matching user is online.').waitFor();
  await dashboard.page.keyboard.press('Enter');
  await user.getByText('no connection of this user is remembered').waitFor();
  await user.getByRole('button', { name: 'Close' }).click();
  await dashboard.close();
  await slow.stop();
});

test('ids, e-mail addresses and roles are text, never markup', async () => {
  const evil = '<img src=x onerror="document.title=\'owned\'"><b>id</b>';
  const dashboard = await open();
  const claims = { email: '<b>mail</b>@example.org', role: '<script>document.title="owned"</script>' };
  const guests = [await come(evil, { claims }), await come('..'), await come('__proto__')];
  await dashboard.count(3);
  await dashboard.listed('<b>mail</b>').click();
  const user = dashboard.page.getByRole('dialog');
  await user.getByRole('heading', { name: '<b>id</b>' }).waitFor();
  await user.getByText('1 connection is open').waitFor();
  await user.getByRole('button', { name: 'Close' }).click();
  await dashboard.listed('..').click();
  await user.getByText('A browser cannot request this id').waitFor();
  await user.getByRole('button', { name: 'Close' }).click();
  await dashboard.page.getByPlaceholder('Find a user').fill(evil);
  await dashboard.listed('<b>id</b>').waitFor();
  for (const guest of guests) guest.close();
  await dashboard.told('<b>id</b>', 'went offline').waitFor();
  await dashboard.page.getByText('No matching user is online. Is “<img').waitFor();
  assert.equal(await dashboard.page.locator('body img, body b, body script').count(), 0);
  assert.doesNotMatch(await dashboard.page.title(), /owned/);
  await dashboard.close();
});

test('ten thousand users: the page stays small, and answers at once', async () => {
  const users = Array.from({ length: 10_000 }, (_, i) => ({ userId: `user-${String(i).padStart(5, '0')}`, email: null, role: 'many', connectedAt: '2026-01-04T12:00:00.000Z', lastActive: null }));
  const line = (event, data, id = '') => `event: ${event}\n${id}data: ${JSON.stringify(data)}\n\n`;
  const timestamp = '2026-01-04T12:34:56.789Z';
  let feed = line('reset', { reason: 'start', timestamp });
  for (let i = 0; i < users.length; i += 500) feed += line('snapshot', { users: users.slice(i, i + 500) });
  feed += line('live', { count: users.length, timestamp }, 'id: 0000000000000000-1\n');
  for (const [i, { userId }] of users.entries()) if (i % 2) feed += line('user-offline', { userId, online: false, timestamp, lastActive: null });
  const dashboard = await open({ key: null });
  await dashboard.page.route('**/presence/feed', (route) => route.fulfill({ contentType: 'text/event-stream', body: feed }));
  await dashboard.page.route('**/api/v1/stats', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), online: 5000 } });
  });
  await dashboard.page.evaluate(() => {
    globalThis.longest = 0;
    new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => (globalThis.longest = Math.max(globalThis.longest, duration)))).observe({ type: 'longtask' });
  });
  await dashboard.enter(kKeys.read);
  await dashboard.page.locator('#page-words', { hasText: '1–15 of 5,000' }).waitFor();
  await dashboard.page.getByRole('button', { name: 'More' }).click();
  await dashboard.page.locator('#page-words', { hasText: '16–30 of 5,000' }).waitFor();
  await dashboard.page.getByPlaceholder('Find a user').fill('user-0999');
  await dashboard.page.locator('#people-words').waitFor({ state: 'hidden' });
  await dashboard.page.waitForFunction(() => document.querySelectorAll('#people li').length === 5);
  await dashboard.page.waitForFunction(() => document.getElementById('online').textContent === '5,000');
  assert.equal(await dashboard.page.locator('.now').evaluate((part) => part.scrollWidth > part.clientWidth), false, 'the number fits');
  const [elements, longest] = await dashboard.page.evaluate(() => [document.querySelectorAll('*').length, globalThis.longest]);
  assert.ok(elements < 1000, `${elements} elements`);
  assert.ok(longest < 1000, `busy for ${longest} ms at a time`);
  await dashboard.close({ checked: true });
});

test('it can be used by keyboard, and focus stays while others come and go', async () => {
  const dashboard = await open();
  const guest = await come('m-guest');
  await dashboard.listed('m-guest').focus();
  const others = [await come('a-first'), await come('z-last')];
  await dashboard.count(3);
  await dashboard.listed('z-last').waitFor();
  const focused = () => dashboard.page.evaluate(() => document.activeElement.textContent);
  assert.match(await focused(), /m-guest/);
  await dashboard.page.keyboard.press('Enter');
  await dashboard.page.getByRole('dialog').getByText('1 connection is open').waitFor();
  await dashboard.page.keyboard.press('Escape');
  await dashboard.page.getByRole('dialog').waitFor({ state: 'hidden' });
  assert.match(await focused(), /m-guest/);
  for (const one of [guest, ...others]) one.close();
  await dashboard.close();
});

test('it is readable on a phone and at a desk, in light and in dark, without sideways scrolling', async () => {
  const names = ['maria.gonzalez', 'a-user-with-a-very-long-identifier-that-has-no-place-to-break-0123456789', 'li.wei', 'grace'];
  const people = await Promise.all(names.map((name) => come(name, { claims: { email: `${name.slice(0, 14)}@example.org`, role: 'carer' } })));
  for (const colorScheme of ['light', 'dark']) {
    const dashboard = await open({ width: 360, height: 740, colorScheme, reducedMotion: 'reduce' });
    await dashboard.verdict('All is well');
    const late = await come(`late-${colorScheme}`);
    await dashboard.told(`late-${colorScheme}`, 'came online').waitFor();
    await dashboard.page.locator('#coming', { hasText: 'came' }).waitFor();
    await dashboard.fits();
    assert.deepEqual(await dashboard.tooSmall(), [], 'large enough for a finger');
    assert.deepEqual(await dashboard.nameless(), [], 'every field has a label');
    assert.deepEqual(await dashboard.tooFaint(), [], 'enough contrast');
    assert.equal(await dashboard.page.locator('.bar i').first().evaluate((bar) => getComputedStyle(bar).transitionDuration), '0s');
    await dashboard.shot(`dashboard-phone-${colorScheme}`);
    const top = (selector) => dashboard.page.locator(selector).evaluate((part) => part.getBoundingClientRect().top);
    for (const later of ['#changes', '#checks', '#workers']) assert.ok((await top('#search')) < (await top(later)), `the search comes before ${later}`);
    await dashboard.listed('grace').click();
    await dashboard.page.getByRole('dialog').getByText('1 connection is open').waitFor();
    await dashboard.fits();
    await dashboard.shot(`dashboard-user-${colorScheme}`, { fullPage: false });
    await dashboard.page.keyboard.press('Escape');
    for (const [name, width] of [['tablet', 800], ['wide', 1280]]) {
      await dashboard.page.setViewportSize({ width, height: 900 });
      await dashboard.fits();
      await dashboard.shot(`dashboard-${name}-${colorScheme}`);
    }
    await dashboard.page.getByRole('button', { name: 'Forget the key' }).click();
    await dashboard.enter('rck_wrong');
    await dashboard.problem('does not know this key');
    await dashboard.shot(`dashboard-key-${colorScheme}`);
    late.close();
    await dashboard.close({ checked: true });
  }
  for (const person of people) person.close();
});
