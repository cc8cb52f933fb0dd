// Watching, when the connection breaks or the server refuses.
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

  test('an answer on an earlier connection is ignored', async () => {
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

test('a subscription whose answer was not waited for is ended with the rest', async () => {
  server.accept();
  const stop = client.watch('ann', () => {});
  await pass(4500);
  stop();
  await pass(6200); // it was given up after ten seconds, and nobody wants it before it is asked for again
  assert.deepEqual(socket.sent.map(({ event }) => event), ['subscribe-presence', 'unsubscribe-presence']);
  await server.serveAll();
  assert.deepEqual([...server.watched], []);
});

test('a subscription of a recovered session whose answer was lost is ended with the rest', async () => {
  server.accept();
  client.watch('ann', () => {})();
  await pass(5);
  server.watched.add(ids(socket.sent.pop())[0]);
  socket.drop();
  await pass(6000);
  server.accept(true);
  await server.serveAll();
  assert.deepEqual([...server.watched], []);
});

describe('a server that answers only after the user was given up, and is watched anew', () => {
  let late;
  beforeEach(async () => {
    server.accept();
    client.watch('ann', () => {})();
    await pass(5);
    await pass(6000);
    late = socket.sent.splice(0);
    assert.deepEqual(late.map(({ event }) => event), ['subscribe-presence', 'unsubscribe-presence']);
  });

  test('is asked again', async () => {
    const { told, listener } = story();
    client.watch('ann', listener);
    for (const request of late) server.serve(request);
    await pass(5);
    await server.serveAll();
    assert.deepEqual([...server.watched], ['ann']);
    server.come('ann');
    assert.deepEqual(told, ['ann off', 'ann on']);
  });

  test('is believed in its last answer alone', async () => {
    const { told, listener } = story();
    client.watch('ann', listener);
    await pass(5);
    server.serve(late[0]);
    server.online.set('ann', server.now()); // as nobody is subscribed, nobody is told
    server.serve(late[1]);
    await server.serveAll();
    assert.deepEqual(told, ['ann on']);
  });

  test('is asked again if what it refused was the first time', async () => {
    client.watch('ann', () => {});
    late[0].refuse('FORBIDDEN');
    server.serve(late[1]);
    await pass(5);
    await server.serveAll();
    assert.deepEqual([...server.watched], ['ann']);
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
