// A restart of the server: what was known stays until users have had the time to come back, and only what differs is told.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { createRollcall } from '@rollcall/client';
import { FakeServer, FakeSocket } from '../../test-support/fake-server.js';
import { fakeTimers, pass, realTimers } from '../../test-support/fake-timers.js';

let socket, server, client, told;
beforeEach(fakeTimers);
afterEach(() => {
  client.close();
  realTimers();
});

async function begin(options = {}, users = ['ann', 'bob', 'cid']) {
  socket = new FakeSocket();
  server = new FakeServer(socket, options);
  client = createRollcall({ socket, heartbeat: false, refreshMs: 0, ...options });
  server.accept();
  for (const user of users) server.come(user);
  told = [];
  client.watch(['ann', 'bob', 'cid', 'dan'], ({ userId, online }) => told.push(`${online ? '+' : '-'}${userId}`));
  await pass(5);
  await server.serveAll();
  told.length = 0;
}
const settling = () => client.connection.get().settling;
const online = () => ['ann', 'bob', 'cid', 'dan'].filter((id) => client.presence(id).online);

describe('after a restart', () => {
  test('nobody turns grey who comes back in time; who does not is offline when the time is over', async () => {
    await begin();
    server.restart(10_000);
    await server.serveAll();
    assert.deepEqual([told, online(), settling()], [[], ['ann', 'bob', 'cid'], true]);
    server.come('ann');
    server.come('bob');
    await pass(9_999);
    assert.deepEqual([told, settling()], [[], true]);
    await pass(1);
    assert.deepEqual([told, online(), settling()], [['-cid'], ['ann', 'bob'], false]);
    assert.equal(client.presence('ann').connectedAt, server.online.get('ann'), 'what the server says is true');
    assert.ok(client.presence('cid').lastActive, 'who is gone was last seen before');
  });

  test('what really happens meanwhile is told at once', async () => {
    await begin();
    server.restart(10_000);
    await server.serveAll();
    server.come('ann');
    server.go('ann');
    server.come('dan');
    assert.deepEqual(told, ['-ann', '+dan']);
    await pass(10_000);
    assert.deepEqual(told, ['-ann', '+dan', '-bob', '-cid']);
  });

  test('whoever was back before us is no news either', async () => {
    await begin();
    socket.drop();
    server.online.clear();
    server.come('ann');
    server.missed = [];
    server.accept(false, { settlingMs: 500 });
    await server.serveAll();
    await pass(500);
    assert.deepEqual(told, ['-bob', '-cid']);
    assert.equal(client.presence('ann').connectedAt, server.online.get('ann'));
  });

  test('a second restart begins it anew', async () => {
    await begin();
    server.restart(10_000);
    await server.serveAll();
    await pass(9_000);
    server.restart(10_000);
    await server.serveAll();
    for (const user of ['ann', 'bob', 'cid']) server.come(user);
    await pass(10_000);
    assert.deepEqual([told, settling()], [[], false]);
  });

  test('one that was taken up again meanwhile ends as it would have', async () => {
    await begin();
    server.restart(2_000);
    await server.serveAll();
    server.come('ann');
    socket.drop();
    server.accept(true);
    await server.serveAll();
    assert.deepEqual(told, ['-bob', '-cid'], 'the server does not say any more that it waits');
  });

  test('settleMs bounds what the server says, and 0 is never', async () => {
    await begin({ settleMs: 1_000 });
    server.restart(60_000);
    await server.serveAll();
    await pass(1_000);
    assert.deepEqual(told, ['-ann', '-bob', '-cid']);
    client.close();
    await begin({ settleMs: 0 });
    server.restart(60_000);
    await server.serveAll();
    assert.deepEqual([told, settling()], [['-ann', '-bob', '-cid'], false]);
  });

  for (const broadcast of ['everyone', 'watchers']) {
    test(`the list of who is online keeps them, too (${broadcast})`, async () => {
      await begin({ broadcast });
      client.onlineUsers.subscribe(() => {});
      await server.serveAll();
      const counts = [];
      client.onlineUsers.subscribe(() => counts.push(client.onlineUsers.get().count));
      server.restart(10_000);
      await server.serveAll();
      server.come('ann');
      server.come('dan');
      await pass(5_000);
      const { users } = client.onlineUsers.get();
      const seen = broadcast === 'everyone' || client.presence('dan').online ? ['ann', 'bob', 'cid', 'dan'] : [];
      assert.deepEqual(users.map(({ userId }) => userId).sort(), seen);
      await pass(5_000);
      await server.serveAll();
      await pass(100);
      const after = client.onlineUsers.get();
      assert.deepEqual([after.users.map(({ userId }) => userId).sort(), after.count, after.complete], [['ann', 'dan'], 2, true]);
      assert.ok(counts.every((count) => count >= 2), String(counts));
    });
  }
});

describe('after a lost connection', () => {
  test('what is known is settling for a while, then just old', async () => {
    await begin();
    socket.drop();
    assert.deepEqual([settling(), client.connection.get().status, online()], [true, 'connecting', ['ann', 'bob', 'cid']]);
    await pass(10_000);
    assert.deepEqual([settling(), client.connection.get().status, online()], [false, 'connecting', ['ann', 'bob', 'cid']]);
    assert.deepEqual(told, []);
  });

  test('a server that was there all the time knows, and is believed at once', async () => {
    await begin();
    socket.drop();
    server.go('ann');
    server.accept();
    await server.serveAll();
    assert.deepEqual([told, settling()], [['-ann'], false]);
  });
});

test('a page that is opened just after a restart is told that more may be online than is known', async () => {
  socket = new FakeSocket();
  client = createRollcall({ socket, heartbeat: false });
  socket.accept({ settlingMs: 300 });
  assert.equal(settling(), true);
  await pass(300);
  assert.equal(settling(), false);
});
