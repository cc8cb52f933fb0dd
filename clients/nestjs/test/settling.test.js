// A restart of the server, as the mirror sees it: who was online stays so until users have had the time to come back.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seeded } from '../../../tests/e2e/support/seeded.js';
import { api, heard, make, mirror, news, state, use } from '../../test-support/mirrored.js';
import { Mirror } from '../dist/esm/mirror.js';

const kUsers = Array.from({ length: 12 }, (_, i) => `user-${i}`);

// The server is there again, knows nobody, and says so.
function restart(settlingMs) {
  api.online.clear();
  api.settling = settlingMs > 0 ? { settlingMs } : {};
  api.restart();
  api.cut();
}

async function begin(options) {
  use(options);
  for (const user of kUsers) api.come(user);
  await mirror.start().ready();
  await heard();
  return news();
}

describe('after a restart', () => {
  test('nothing is told of users who come back in time', async () => {
    const told = await begin({ settleMs: 10_000 });
    const again = state('settling').then(() => state('settling'));
    restart(60_000);
    await again;
    await heard();
    assert.equal(mirror.getOnlineUsersCount(), kUsers.length);
    for (const user of kUsers) api.come(user);
    await heard();
    assert.deepEqual([told, mirror.status.state], [[], 'settling']);
    assert.equal(mirror.users.get('user-3').connectedAt, api.online.get('user-3').connectedAt, 'and what the server says is true');
  });

  test('who did not come back in time is told of, once', async () => {
    const told = await begin({ settleMs: 10_000 });
    const lastActive = api.online.get('user-0').lastActive;
    const states = [];
    mirror.onStatus((status) => states.push(status.state));
    restart(1500);
    await heard();
    for (const user of kUsers.slice(1)) api.come(user);
    await state('live');
    assert.deepEqual(told, ['-user-0']);
    assert.deepEqual(states.filter((one, i) => one !== states[i - 1]), ['settling', 'live']);
    assert.deepEqual(mirror.getUserOnlineStatus('user-0'), { online: false, lastActive, connectedAt: null });
    assert.equal(mirror.getUserOnlineStatus('user-1').online, true);
  });

  test('what really happens meanwhile is told at once', async () => {
    const told = await begin({ settleMs: 10_000 });
    restart(60_000);
    await heard();
    api.come('user-0');
    api.go('user-0');
    api.come('new');
    await heard();
    assert.deepEqual(told, ['-user-0', '+new']);
  });

  test('a feed that breaks meanwhile goes on settling where it stopped', async () => {
    const told = await begin({ settleMs: 10_000 });
    restart(60_000);
    await heard();
    api.come('user-0');
    await heard();
    api.settling = {};
    api.cut();
    await state('live');
    assert.deepEqual(told.sort(), kUsers.slice(1).map((user) => `-${user}`).sort());
  });

  test('a snapshot because the mirror fell behind is of a server that knows, and is believed', async () => {
    const told = await begin({ settleMs: 10_000 });
    api.settling = { settlingMs: 60_000 };
    api.online.delete('user-0');
    await api.reset('fell-behind');
    await heard();
    assert.deepEqual(told, ['-user-0']);
  });

  test('settleMs bounds what the server says, and 0 is never', async () => {
    const told = await begin({ settleMs: 50 });
    restart(60_000);
    await state('settling');
    await state('live');
    assert.equal(told.length, kUsers.length);
    const other = make({ settleMs: 0 });
    await other.start().ready();
    const states = [];
    other.onStatus((status) => states.push(status.state));
    restart(60_000);
    await state('stale', other);
    await state('live', other);
    assert.ok(!states.includes('settling'), String(states));
  });
});

test('a feed that stays away is settling for a while, then stale; its last state stays', async () => {
  const told = await begin({ settleMs: 1000 });
  const states = [];
  mirror.onStatus(({ state: now }) => now !== states.at(-1) && states.push(now));
  api.refuse = { status: 503 };
  api.cut();
  const { error } = await state('stale');
  assert.match(error.message, /503/);
  assert.deepEqual([states, told, mirror.getOnlineUsersCount()], [['settling', 'stale'], [], kUsers.length]);
});

test('a backend that starts with the server is told that more may be online than is known', async () => {
  api.settling = { settlingMs: 100 };
  use({ settleMs: 10_000 });
  await mirror.start().ready();
  assert.equal(mirror.status.state, 'settling');
  await state('live');
});

test('any history of restarts ends in the truth, and so do the events that listeners get', () => seeded(20260105, (random) => {
  const users = ['a', 'b', 'c', 'd', 'e'];
  const at = (n) => new Date(1_767_530_000_000 + n).toISOString();
  for (let round = 0; round < 300; ++round) {
    const mirrored = new Mirror();
    const online = new Set();
    const believed = new Set();
    let toldTwice = false;
    const hear = (changes) => {
      for (const { userId, online: is } of changes) {
        toldTwice ||= believed.has(userId) === is;
        if (is) believed.add(userId);
        else believed.delete(userId);
      }
    };
    const user = (userId) => ({ userId, email: null, role: null, connectedAt: at(0), lastActive: at(0) });
    const snapshot = (settlingMs) => {
      hear(mirrored.apply({ kind: 'reset', reason: 'start' }));
      hear(mirrored.apply({ kind: 'snapshot', users: [...online].map(user) }));
      hear(mirrored.apply({ kind: 'live', timestamp: at(1), resumed: false, settlingMs }));
    };
    snapshot(0);
    for (let step = 0; step < 60; ++step) {
      const userId = users[Math.floor(random() * users.length)];
      const dice = random();
      if (dice < 0.1) {
        if (dice < 0.06) online.clear();
        snapshot(dice < 0.08 ? 1000 : 0);
      } else if (dice < 0.2) {
        hear(mirrored.settled(at(step)));
      } else if (online.has(userId)) {
        online.delete(userId);
        hear(mirrored.apply({ kind: 'change', change: { userId, online: false, timestamp: at(step), lastActive: at(step) } }));
      } else {
        online.add(userId);
        hear(mirrored.apply({ kind: 'change', change: { ...user(userId), online: true, timestamp: at(step) } }));
      }
      assert.deepEqual([...believed].sort(), [...mirrored.users.keys()].sort());
    }
    hear(mirrored.settled(at(99)));
    assert.deepEqual([...mirrored.users.keys()].sort(), [...online].sort());
    assert.equal(toldTwice, false);
  }
}));
