// A thousand clients at once: everyone hears of everyone, the count is true, and when they have left it is one.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeAll, connect } from './support/client.js';
import { startServer } from './support/server.js';

const kCrowd = 1000;
const server = await startServer({ env: { ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 300 } });
after(() => {
  closeAll();
  return server.stop();
});

test(`${kCrowd} clients at once, a true count, then all leave`, { timeout: 120000 }, async () => {
  const observer = await connect(server, 'observer');
  const state = new Map();
  const faults = [];
  let settled = () => {};
  const note = (online) => ({ userId }) => {
    if (!online && !state.get(userId)) faults.push(`${userId} went without having come`);
    if (online && state.get(userId)) faults.push(`${userId} came twice`);
    state.set(userId, online);
    settled();
  };
  observer.socket.on('user-online', note(true));
  observer.socket.on('user-offline', note(false));
  const all = (online) =>
    new Promise((resolve) => {
      settled = () => {
        if (state.size < kCrowd) return;
        for (const one of state.values()) if (one !== online) return;
        resolve();
      };
      settled();
    });

  const crowd = await Promise.all(
    Array.from({ length: kCrowd }, (_, i) =>
      connect(server, `crowd-${i}`, { transports: i % 10 === 0 ? ['polling'] : ['websocket'], patienceMs: 60000 }),
    ),
  );
  await all(true);
  const full = await observer.data('get-online-users', {});
  assert.equal(full.count, kCrowd + 1);
  assert.equal(full.users.length, kCrowd + 1);
  assert.equal(new Set(full.users.map((user) => user.userId)).size, kCrowd + 1);
  const { statuses } = await observer.data('check-users-status', { userIds: crowd.map((client) => client.user) });
  assert.ok(statuses.every((status) => status.online));

  // Half say goodbye, half just break off.
  crowd.forEach((client, i) => {
    if (i % 2 && client.transport === 'websocket') client.cut();
    else client.close();
  });
  await all(false);
  const empty = await observer.data('get-online-users', {});
  assert.equal(empty.count, 1);
  assert.deepEqual(empty.users.map((user) => user.userId), ['observer']);
  assert.deepEqual(faults, []);
});
