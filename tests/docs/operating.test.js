// What docs/operating.md says of a restart: what those who are online see of it, and for how long.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createRollcall } from '@rollcall/client';
import { closeAll, connect } from '../e2e/support/client.js';
import { run, startServer } from '../e2e/support/server.js';
import { token } from '../e2e/support/tokens.js';
import { within } from '../e2e/support/wait.js';

const kUsers = 100;
const kDefaults = { reconnection: true, transports: ['polling', 'websocket'] };
const kLongestDelayMs = 1500; // socket.io-client: reconnectionDelay of 1 s, randomized by half
const kWorkMs = 8000; // for connecting everybody, on a machine that is busy
after(closeAll);

// Follows everybody's card in a page that uses @rollcall/client.
function cardsOf(server, ids) {
  const greySince = new Map();
  const greyMs = new Map(ids.map((id) => [id, 0]));
  const green = new Set();
  let changed = () => {};
  const client = createRollcall({ url: server.url, getToken: () => token('viewer'), io: { forceNew: true } });
  after(() => client.close());
  client.watch(ids, ({ userId, online }) => {
    if (online) green.add(userId);
    else green.delete(userId);
    if (!online) greySince.set(userId, performance.now());
    else if (greySince.has(userId)) greyMs.set(userId, performance.now() - greySince.get(userId));
    changed();
  });
  const allGreen = () => within(new Promise((resolve) => {
    changed = () => green.size === ids.length && resolve();
    changed();
  }), 20000, 'all cards to be green');
  return { allGreen, greyMs };
}

test('a restart: nobody is told to be offline, and all are back as soon as their clients try', async (t) => {
  const server = await startServer();
  const users = await Promise.all(Array.from({ length: kUsers }, (_, i) => connect(server, `user-${i}`, kDefaults)));
  await Promise.all(users.map((user) => user.upgraded()));
  const ids = users.map(({ user }) => user);
  const cards = cardsOf(server, ids);
  await cards.allGreen();

  const start = performance.now();
  const since = () => Math.round(performance.now() - start);
  await server.stop();
  const drained = since();
  const next = run(['serve', '--listen', `127.0.0.1:${server.port}`]);
  await next.says(/https?:\/\//);
  const ready = since();
  const back = (await Promise.all(users.map((user) => user.take('connected').then(since)))).sort((a, b) => a - b);
  await cards.allGreen();
  const grey = [...cards.greyMs.values()].sort((a, b) => a - b);
  t.diagnostic(`drained after ${drained} ms, ready after ${ready}; back: half ${back[kUsers / 2]}, all ${back.at(-1)}; ` +
    `cards grey: half ${Math.round(grey[kUsers / 2])}, longest ${Math.round(grey.at(-1))} ms`);

  assert.ok(back.at(-1) < Math.max(ready, kLongestDelayMs) + kLongestDelayMs + kWorkMs, `all are back after ${back.at(-1)} ms`);
  for (const user of users) assert.deepEqual(user.held('user-offline'), [], `what ${user.user} heard`);
  assert.ok(grey.at(-1) < kLongestDelayMs + kWorkMs, `a card was grey for ${grey.at(-1)} ms`);
  const { statuses } = await users[0].data('check-users-status', { userIds: ids });
  assert.equal(statuses.filter(({ online }) => online).length, kUsers);
  assert.ok(statuses.every(({ connectedAt }) => Date.parse(connectedAt) >= Date.now() - since()), 'sessions begin anew');
  closeAll();
  next.child.kill('SIGTERM');
  assert.equal((await next.ended).code, 0);
});
