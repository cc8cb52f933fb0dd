// Watching: one subscription for each user, whatever happens to the connection.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import { createRollcall } from '@rollcall/client';
import { FakeServer, FakeSocket, fakeTimers, pass, settled } from '../../test-support/fake-server.js';

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
  mock.timers.reset();
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
    for (const bad of ['', 'é'.repeat(129), '\ud800', 7, null]) {
      assert.throws(() => client.watch(['bob', bad], () => {}), { name: 'RollcallError', code: 'INVALID_PAYLOAD' });
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

describe('when the connection breaks', () => {
  test('what is known stays; afterwards it is asked again, and only what changed is told', async () => {
    server.accept();
    server.come('ann');
    const { told, listener } = story();
    client.watch(['ann', 'bob', 'cid'], listener);
    await pass(5);
    await server.serveAll();
    socket.drop();
    assert.equal(client.presence('ann').online, true);
    server.go('ann');
    server.come('bob');
    told.length = 0;
    server.accept();
    assert.deepEqual(socket.sent.map(ids), [['ann', 'bob', 'cid']]);
    await server.serveAll();
    assert.deepEqual(told, ['ann off', 'bob on']);
  });

  test('a recovered session has its subscriptions: nothing is asked', async () => {
    server.accept();
    const { told, listener } = story();
    client.watch(['ann'], listener);
    await pass(5);
    await server.serveAll();
    socket.drop();
    server.come('ann');
    server.accept(true);
    assert.deepEqual(socket.sent, []);
    assert.deepEqual(told, ['ann off', 'ann on']);
  });

  test('a subscription that was not answered is asked for again, recovered or not', async () => {
    server.accept();
    client.watch('ann', () => {});
    await pass(5);
    assert.equal(socket.take('subscribe-presence').length, 1);
    socket.drop();
    await settled();
    server.accept(true);
    assert.deepEqual(socket.sent.map(ids), [['ann']]);
  });

  test('an unsubscription that was not answered is asked for again if the session is recovered', async () => {
    server.accept();
    client.watch('ann', () => {})();
    client.watch('bob', () => {});
    await pass(5);
    await server.serveAll();
    await pass(6000);
    assert.equal(socket.take('unsubscribe-presence').length, 1);
    socket.drop();
    await settled();
    server.accept(true);
    assert.deepEqual(socket.sent.map((request) => [request.event, ...ids(request)]), [['unsubscribe-presence', 'ann']]);
    socket.drop();
    await settled();
    server.accept(false);
    assert.deepEqual(socket.take('unsubscribe-presence').length, 1, 'only the one of before');
  });

  test('the answer of an earlier connection is none', async () => {
    server.accept();
    const { told, listener } = story();
    client.watch('ann', listener);
    await pass(5);
    const [late] = socket.take('subscribe-presence');
    socket.drop();
    server.accept();
    late.ok({ statuses: [{ ...server.status('ann'), online: true }], timestamp: server.now() });
    await settled();
    assert.deepEqual(told, []);
  });
});

describe('when the server refuses', () => {
  test('a rate limit is waited out, longer each time', async () => {
    server.accept();
    client.watch('ann', () => {});
    await pass(5);
    for (const wait of [1000, 2000, 4000]) {
      socket.take('subscribe-presence')[0].refuse('RATE_LIMITED');
      await pass(wait - 1);
      assert.deepEqual(socket.sent, []);
      await pass(1);
    }
    await server.serveAll();
    assert.equal(client.presence('ann').known, true);
    assert.deepEqual(errors, []);
  });

  test('a server that takes fewer at a time is asked for fewer at a time', async () => {
    server.accept();
    client.watchTogether(numbered(1000), () => {});
    await pass(5);
    let asked = 0;
    for (await settled(); socket.sent.length > 0 && asked < 100; await pass(1)) {
      for (const request of socket.sent.splice(0)) {
        asked += 1;
        if (ids(request).length > 300) request.refuse('TOO_MANY_USERS');
        else server.serve(request);
      }
    }
    assert.equal(server.watched.size, 1000);
    assert.ok(asked <= 8, `${asked} requests`);
    assert.deepEqual(errors, []);
  });

  test('who is beyond what one connection can watch is reported, and the rest are watched', async () => {
    server.accept();
    const stop = client.watchTogether(numbered(10_000), () => {});
    client.watchTogether(numbered(5, 10_000), () => {});
    await pass(5);
    await server.serveAll();
    assert.deepEqual(errors, ['TOO_MANY_USERS']);
    assert.equal(server.watched.size, 10_000);
    stop();
    await pass(6000);
    await server.serveAll();
    assert.deepEqual([...server.watched], numbered(5, 10_000), 'when there is room they are watched');
  });

  test('any other refusal is reported, and the next connection tries again', async () => {
    server.accept();
    client.watch('ann', () => {});
    await pass(5);
    socket.take('subscribe-presence')[0].refuse('UNKNOWN_EVENT');
    await pass(60_000);
    assert.deepEqual([errors, socket.sent], [['UNKNOWN_EVENT'], []]);
    for (const recovered of [false, true]) {
      socket.drop();
      server.accept(recovered);
      const asked = socket.take('subscribe-presence');
      assert.deepEqual(asked.map(ids), [['ann']], `recovered: ${recovered}`);
      asked[0].refuse('UNKNOWN_EVENT');
    }
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
