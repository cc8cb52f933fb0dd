// The mirror of the real server: people come and go by their sockets, connections break, servers are restarted.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, describe, test } from 'node:test';
import { FeedMirror, RollcallApi } from '@rollcall/nestjs/feed';
import { closeAll } from '../../../tests/e2e/support/client.js';
import { within } from '../../../tests/e2e/support/wait.js';
import { kApiKey } from '../../test-support/fake-api.js';
import { realWorld } from '../../test-support/worlds.js';

// As few as there may be, so that a test can have more of them while the mirror is away.
const kChanges = 1000;
const kFew = { env: { ROLLCALL_API_FEED_CHANGES: kChanges } };
let world = await realWorld(kFew);

describe('the mirror of the real server', () => {
  let mirror, heard, told;
  let away = false;
  let breakOff = () => {};
  // Breaks what it has opened when a test says so, and opens nothing while it is away.
  const fetchOrNot = (url, init) => {
    if (away) return Promise.reject(new Error('away'));
    const broken = new AbortController();
    breakOff = () => broken.abort();
    init.signal.addEventListener('abort', breakOff);
    return fetch(url, { ...init, signal: broken.signal });
  };
  const until = (wanted, what) =>
    within(
      new Promise((resolve) => {
        heard = () => wanted() && resolve();
        heard();
      }),
      10000,
      () => `${what}; it knows ${mirror.getOnlineUsers()}, and is ${mirror.status.state}`,
    );
  const knows = (...userIds) => until(() => String(mirror.getOnlineUsers().sort()) === String(userIds), `it to know ${userIds}`);
  const lose = async () => {
    away = true;
    breakOff();
    await until(() => mirror.status.state === 'stale', 'the loss');
  };

  beforeEach(async () => {
    away = false;
    heard = () => {};
    told = [];
    mirror = new FeedMirror({ url: world.url, apiKey: kApiKey, fetch: fetchOrNot, backoffMs: { first: 5, longest: 20 }, settleMs: 0 });
    const tell = ({ userId, online }) => void (told.push(`${online ? '+' : '-'}${userId}`), heard());
    mirror.onUserOnline(tell);
    mirror.onUserOffline(tell);
    mirror.onStatus(() => heard());
    await mirror.start().ready();
  });
  afterEach(async () => {
    mirror.stop();
    closeAll();
    await world.stop();
    world = await realWorld(kFew);
  });
  after(() => world.stop());

  test('it follows who comes and goes, and knows when they were last seen', async () => {
    await world.come('ann');
    await world.come('bob');
    await knows('ann', 'bob');
    const { lastActive } = mirror.getUserOnlineStatus('ann');
    await world.go('ann');
    await knows('bob');
    assert.deepEqual(mirror.getUserOnlineStatus('ann'), { online: false, lastActive, connectedAt: null });
    assert.deepEqual(told, ['+ann', '+bob', '-ann']);
  });

  test('it is told what it missed, one by one', async () => {
    await world.come('ann');
    await knows('ann');
    await lose();
    for (let i = 0; i < 3; ++i) {
      await world.come('bob');
      await world.come(`u${i}`);
    }
    away = false;
    await knows('ann', 'bob', 'u0', 'u1', 'u2');
    assert.deepEqual(told, ['+ann', '+bob', '+u0', '+u1', '+u2']);
  });

  test('it takes a new snapshot if it missed too much, and tells what differs', async () => {
    for (const userId of ['ann', 'bob']) await world.come(userId);
    await knows('ann', 'bob');
    await lose();
    const crowd = Array.from({ length: 100 }, (_, i) => `u${i + 100}`);
    for (let changes = 0; changes < kChanges; changes += 2 * crowd.length) {
      await Promise.all(crowd.map((userId) => world.come(userId)));
      for (const userId of crowd) world.go(userId);
    }
    world.go('ann');
    await world.come('cid');
    const api = new RollcallApi({ url: world.url, apiKey: kApiKey });
    while ((await api.onlineUsersCount()) !== 2);
    away = false;
    await knows('bob', 'cid');
    assert.deepEqual(told.slice(2).sort(), ['+cid', '-ann'], 'none of the crowd, which came and went');
  });

  test('it finds its way to a server that was restarted', async () => {
    for (const userId of ['ann', 'bob']) await world.come(userId);
    await knows('ann', 'bob');
    const { port } = world;
    closeAll();
    await world.stop();
    await until(() => mirror.status.state === 'stale', 'the loss');
    const before = mirror.getOnlineUsersCount();
    world = await realWorld({ ...kFew, listen: `127.0.0.1:${port}` });
    await world.come('cid');
    await knows('cid');
    assert.ok(before <= 2);
    assert.deepEqual(told.slice(-3).sort(), ['+cid', '-ann', '-bob']);
  });
});
