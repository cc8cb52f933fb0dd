// Watching: one subscription for each user, and what is told.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import { createRollcall } from '@rollcall/client';
import { FakeServer, FakeSocket } from '../../test-support/fake-server.js';
import { fakeTimers, pass, realTimers, settled } from '../../test-support/fake-timers.js';

let socket, server, client, errors;

beforeEach(() => {
  fakeTimers();
  socket = new FakeSocket();
  server = new FakeServer(socket);
  errors = [];
  client = createRollcall({ socket, heartbeat: false, onError: (error) => errors.push(error.code) });
});
afterEach(() => {
  client.close();
  realTimers();
});

const ids = (request) => request.payload.userIds;
const numbered = (count, from = 0) => Array.from({ length: count }, (_, i) => `user-${from + i}`);
const story = () => {
  const told = [];
  return { told, listener: ({ userId, online }) => told.push(`${userId} ${online ? 'on' : 'off'}`) };
};
const states = (...userIds) => ({ statuses: userIds.map((userId) => server.status(userId)), timestamp: server.now() });

describe('one subscription', () => {
  test('however many watch a user, the server is asked once', async () => {
    server.accept();
    for (let i = 0; i < 50; ++i) client.watch('ann', () => {});
    await pass(5);
    assert.deepEqual(socket.sent.map(ids), [['ann']]);
    socket.take('subscribe-presence')[0].ok(states('ann'));
    client.watch(['ann'], () => {});
    await pass(5);
    assert.deepEqual(socket.sent, []);
  });

  test('who is asked for within a moment goes out together, at most a thousand at a time', async () => {
    server.accept();
    for (const userId of numbered(2500)) client.watch(userId, () => {});
    assert.deepEqual(socket.sent, []);
    await pass(5);
    assert.deepEqual(socket.sent.map((request) => [request.event, ids(request).length]), [
      ['subscribe-presence', 1000], ['subscribe-presence', 1000], ['subscribe-presence', 500],
    ]);
  });

  test('nothing is asked before there is a connection, and all of it when there is one', async () => {
    client.watch('ann', () => {});
    await pass(100);
    assert.equal(socket.active, true, 'watching begins to connect');
    server.accept();
    assert.deepEqual(socket.sent.map(ids), [['ann']]);
  });

  test('one who comes back before the linger is over causes no traffic; one who does not is unsubscribed', async () => {
    server.accept();
    const stop = client.watch(['ann', 'bob'], () => {});
    await pass(5);
    await server.serveAll();
    stop();
    stop();
    await pass(2999);
    const { told, listener } = story();
    client.watch('ann', listener);
    await settled();
    assert.deepEqual(told, ['ann off'], 'what is known is told at once');
    await pass(6000);
    assert.deepEqual(socket.sent.map((request) => [request.event, ...ids(request)]), [['unsubscribe-presence', 'bob']]);
    assert.equal(client.presence('bob'), undefined);
  });

  test('one who is watched again while the server is asked to forget them is subscribed after that', async () => {
    server.accept();
    client.watch('ann', () => {})();
    await pass(5);
    await server.serveAll();
    await pass(6000);
    assert.equal(socket.sent.at(-1).event, 'unsubscribe-presence');
    client.watch('ann', () => {});
    await pass(5);
    assert.deepEqual(socket.sent.map(({ event }) => event), ['unsubscribe-presence', 'subscribe-presence']);
  });

  test('an id that the server would refuse is refused here, and spoils nobody’s batch', async () => {
    server.accept();
    client.watch('ann', () => {});
    for (const bad of ['', 'é'.repeat(129), '\ud800', 0.5, null]) {
      assert.throws(() => client.watch(['bob', bad], () => {}), { name: 'TypeError', code: 'INVALID_PAYLOAD' });
    }
    client.watch('é'.repeat(128), () => {});
    await pass(5);
    assert.deepEqual(socket.sent.map(ids), [['ann', 'é'.repeat(128)]]);
  });
});

describe('what is told', () => {
  test('the snapshot, then the changes, and nothing twice', async () => {
    server.accept();
    server.come('ann');
    const { told, listener } = story();
    client.watch(['ann', 'bob'], listener);
    await pass(5);
    await server.serveAll();
    server.come('bob');
    server.go('ann');
    server.come('stranger');
    assert.deepEqual(told, ['ann on', 'bob off', 'bob on', 'ann off']);
    const { lastActive, connectedAt, known } = client.presence('ann');
    assert.deepEqual([typeof lastActive, connectedAt, known], ['string', null, true]);
  });

  test('an event that says again what the snapshot said changes nothing', async () => {
    server.accept();
    server.come('ann');
    client.watch('ann', () => {});
    await pass(5);
    await server.serveAll();
    const before = client.presence('ann');
    socket.hear('user-online', { userId: 'ann', online: true, timestamp: server.now() });
    assert.equal(client.presence('ann'), before);
  });

  test('all that one answer changed comes in one call to who wants it together', async () => {
    server.accept();
    const calls = [];
    client.watchTogether(numbered(300), (presences) => calls.push(presences.length));
    await pass(5);
    await server.serveAll();
    server.come('user-7');
    assert.deepEqual(calls, [300, 1]);
  });

  test('who is stopped by another listener in the same round is not told', async () => {
    server.accept();
    const { told, listener } = story();
    let stop;
    client.watch('ann', () => stop());
    stop = client.watch('ann', listener);
    await pass(5);
    await server.serveAll();
    assert.deepEqual(told, []);
  });

  test('a listener that throws keeps nobody from being told, and its error is not swallowed', async () => {
    server.accept();
    const thrown = [];
    const microtask = mock.method(globalThis, 'queueMicrotask', (run) => {
      try {
        run();
      } catch (error) {
        thrown.push(error.message);
      }
    });
    const { told, listener } = story();
    client.watch(['ann', 'bob'], ({ userId }) => {
      throw new Error(`cannot draw ${userId}`);
    });
    client.watch('ann', listener);
    await pass(5);
    await server.serveAll();
    microtask.mock.restore();
    assert.deepEqual(told, ['ann off']);
    assert.deepEqual(thrown, ['cannot draw ann', 'cannot draw bob']);
  });

  test('a store gives the same object until something changes', async () => {
    server.accept();
    const store = client.presences(['ann', 'bob']);
    const blank = store.get();
    assert.equal(store.get(), blank);
    assert.deepEqual(blank.get('ann'), { userId: 'ann', online: false, lastActive: null, connectedAt: null, known: false });
    let calls = 0;
    const stop = store.subscribe(() => (calls += 1));
    await pass(5);
    await server.serveAll();
    const known = store.get();
    assert.notEqual(known, blank);
    assert.equal(store.get(), known);
    server.come('bob');
    assert.equal(store.get().get('bob').online, true);
    assert.equal(store.get().get('ann'), known.get('ann'));
    stop();
    server.go('bob');
    assert.equal(calls, 2);
  });
});

test('after close() nothing is left: no handlers, no timers, no listeners told', async () => {
  server.accept();
  const { told, listener } = story();
  client.watch('ann', listener)();
  client.watch('bob', listener);
  client.onlineUsers.subscribe(() => {});
  await pass(5);
  client.close();
  client.close();
  assert.equal(socket.handlers(), 0);
  const asked = socket.sent.length;
  await pass(600_000);
  assert.equal(socket.sent.length, asked);
  assert.deepEqual(told, []);
  assert.equal(socket.connected, true, 'the socket is the application’s own');
  await assert.rejects(client.checkUser('ann'), { code: 'CLOSED' });
  assert.deepEqual(errors, []);
});
