// Logging in and out, clients that are ended too early or made twice, tokens that are none, and the server's clock.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { createRollcall } from '@rollcall/client';
import { Connection } from '../dist/esm/connection.js';
import { TokenKeeper } from '../dist/esm/token.js';
import { FakeServer, FakeSocket } from '../../test-support/fake-server.js';
import { fakeTimers, pass, realTimers, settled } from '../../test-support/fake-timers.js';

beforeEach(fakeTimers);
afterEach(realTimers);

describe('another user over the same client', () => {
  test('sees nothing of what the one before saw', async () => {
    const socket = new FakeSocket();
    const server = new FakeServer(socket);
    const client = createRollcall({ socket, heartbeat: false, refreshMs: 0 });
    client.onlineUsers.subscribe(() => {});
    server.accept(false, { userId: 'ann' });
    server.come('bob');
    const states = [];
    client.watch('bob', ({ online, known }) => states.push([online, known]));
    await pass(5);
    await server.serveAll();
    assert.deepEqual(states, [[true, true]]);
    socket.drop();
    server.accept(false, { userId: 'eve', settlingMs: 10_000 });
    assert.deepEqual(states.at(-1), [false, false]);
    assert.deepEqual([client.presence('bob').known, client.onlineUsers.get().users, client.onlineUsers.get().loading], [false, [], true]);
    await server.serveAll();
    assert.deepEqual(states.at(-1), [true, true], 'and then what the server tells this one');
    client.close();
  });
});

// A connection of our own, over a socket that the test has in hand.
function own(getToken) {
  const errors = [];
  const socket = new FakeSocket();
  const failed = ({ code, message }) => errors.push([code, message]);
  const tokens = new TokenKeeper(getToken, { refresh: () => {}, failed });
  const ports = { up() {}, greeted() {}, otherUser() {}, settled() {}, down() {}, failed };
  let auth;
  const destination = { url: 'http://127.0.0.1:1', namespace: '/', io: {}, settleMs: 0 };
  const connection = new Connection(undefined, destination, tokens, ports, (_, settings) => ((auth = settings.auth), socket));
  connection.begin();
  const statuses = [];
  connection.state.subscribe(() => {
    const { status } = connection.state.get();
    if (status !== statuses.at(-1)) statuses.push(status);
  });
  return { connection, socket, errors, statuses, authenticate: (give) => auth(give) };
}

describe('disconnect()', () => {
  test('is as before the first use, and connect() begins again', () => {
    const { connection, socket, statuses } = own(() => 'token');
    connection.connect();
    socket.accept();
    connection.disconnect();
    assert.deepEqual([connection.state.get().status, connection.state.get().userId, socket.active], ['idle', null, false]);
    connection.connect();
    socket.accept({ userId: 'eve' });
    assert.equal(connection.state.get().userId, 'eve');
    assert.deepEqual(statuses, ['connecting', 'connected', 'closed', 'idle', 'connecting', 'connected'].filter((one) => statuses.includes(one)));
  });

  test('a token that comes after it is not used for whoever comes next', async () => {
    const waiting = [];
    const { connection, authenticate } = own(() => new Promise((resolve) => waiting.push(resolve)));
    const given = [];
    connection.connect();
    void authenticate(({ token }) => given.push(token));
    connection.disconnect();
    connection.connect();
    void authenticate(({ token }) => given.push(token));
    waiting[1]('of-eve');
    waiting[0]('of-ann');
    await settled();
    assert.deepEqual(given, ['of-eve']);
  });

  test('what was asked before is not asked for the next user; what was known is forgotten', async () => {
    const client = createRollcall({ url: 'http://127.0.0.1:1', token: 'x', heartbeat: false });
    const states = [];
    client.watch('bob', ({ online }) => states.push(online));
    const asked = client.checkUser('bob');
    client.disconnect();
    await assert.rejects(asked, { code: 'DISCONNECTED' });
    assert.equal(client.connection.get().status, 'idle');
    assert.equal(client.closed, false);
    client.close();
  });

  test('leaves a socket alone that is the application’s', () => {
    const socket = new FakeSocket();
    const client = createRollcall({ socket, heartbeat: false });
    socket.accept();
    client.disconnect();
    assert.deepEqual([socket.connected, client.connection.get().status], [true, 'connected']);
    client.close();
  });
});

describe('after close()', () => {
  for (const [what, use] of Object.entries({
    'connect()': (client) => client.connect(),
    'watch()': (client) => client.watch('ann', () => {}),
    'a store': (client) => client.onlineUsers.subscribe(() => {}),
  })) {
    test(`${what} says so, once, instead of doing nothing in silence`, () => {
      const errors = [];
      const client = createRollcall({ url: 'http://127.0.0.1:1', token: 'x', onError: (error) => errors.push(error) });
      client.close();
      use(client);
      use(client);
      assert.deepEqual(errors.map(({ code }) => code), ['CLOSED']);
      assert.match(errors[0].message, /used after close\(\).*disconnect\(\).*StrictMode/);
      assert.equal(client.connection.get().status, 'closed');
    });
  }
});

describe('the option `key`', () => {
  const options = { url: 'http://127.0.0.1:1', token: 'x' };
  test('a module that is loaded again leaves one client, and no warning', () => {
    const made = Array.from({ length: 5 }, () => createRollcall({ ...options, key: 'app' }));
    assert.deepEqual(made.map(({ closed }) => closed), [true, true, true, true, false]);
    made[0].close();
    assert.equal(made[4].closed, false);
    made[4].close();
  });

  test('other keys, servers and namespaces are other clients; without a key each is its own', () => {
    const made = [
      createRollcall({ ...options, key: 'a' }),
      createRollcall({ ...options, key: 'b' }),
      createRollcall({ ...options, key: 'a', url: 'http://127.0.0.1:2' }),
      createRollcall({ ...options, key: 'a', namespace: '/other' }),
      createRollcall(options),
      createRollcall(options),
    ];
    assert.ok(made.every(({ closed }) => !closed));
    for (const client of made) client.close();
  });
});

describe('getToken', () => {
  const kSecretText = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln';
  const kWrong = [
    ['\n<!DOCTYPE html><title>App</title>', 'getToken returned an HTML page, not a token: is /api proxied?'],
    ['{"token":"abc"}', 'getToken returned JSON, not a token: return the token inside it'],
    [{ token: 'abc' }, 'getToken returned an object, not a token: return its field token'],
    ['Nobody is logged in\n', 'getToken returned the text "Nobody is logged in", not a token: check response.ok before you read it'],
    ['Bad Gateway', 'getToken returned the text "Bad Gateway", not a token: check response.ok before you read it'],
    ['upstream request timeout while reading headers', /the text "upstream request timeout while reading h…"/],
    [`your token: ${kSecretText}`, 'getToken returned a text, not a token: check response.ok before you read it'],
    [`the text of a failure that is longer than what is shown of it ${kSecretText}`, /^getToken returned a text, not a token/],
    [undefined, 'getToken returned nothing'],
    ['', 'getToken returned nothing'],
    [7, /^getToken returned 7/],
    [new Error('no network'), 'getToken failed: no network'],
  ];
  for (const [given, message] of kWrong) {
    test(`that gives ${String(given?.token ? 'an object' : given).trim().slice(0, 20)} is told what is wrong`, async () => {
      const get = async () => {
        if (given instanceof Error) throw given;
        return given;
      };
      const keeper = new TokenKeeper(get, {});
      await assert.rejects(keeper.get('connect'), { code: 'TOKEN_UNAVAILABLE', message });
    });
  }

  test('a line end around a token does no harm', async () => {
    assert.equal(await new TokenKeeper(() => ' a.b.c\n', {}).get('connect'), 'a.b.c');
  });

  // A Verifier of a C++ server may take any.
  for (const given of ['a.b.c', 'Bearer a.b.c', 'no-jwt']) {
    test(`may give ${given}`, async () => {
      assert.equal(await new TokenKeeper(() => given, {}).get('connect'), given);
    });
  }

  test('that fails for a while is a status of its own, which does not flicker', async () => {
    let failing = true;
    const { connection, socket, statuses, authenticate, errors } = own(async () => {
      if (failing) throw new Error('502');
      return 'token';
    });
    socket.connect = () => {
      socket.active = true;
      void authenticate(() => socket.accept());
      return socket;
    };
    connection.connect();
    await pass(60_000);
    assert.deepEqual(statuses, ['connecting', 'awaiting-token']);
    assert.ok(errors.length > 3);
    assert.deepEqual(errors[0], ['TOKEN_UNAVAILABLE', 'getToken failed: 502']);
    failing = false;
    await pass(75_000); // a minute at most, and a quarter by chance
    assert.deepEqual(statuses, ['connecting', 'awaiting-token', 'connected']);
    assert.equal(connection.state.get().error, null);
    connection.close();
  });
});

test('serverNow() is the server’s time, however wrong ours is', async () => {
  const kAhead = 3 * 3_600_000;
  const near = (at) => assert.ok(Math.abs(client.serverNow() - at) < 1000, `${client.serverNow()} is not ${at}`);
  const socket = new FakeSocket();
  const client = createRollcall({ socket, heartbeat: false });
  near(Date.now());
  socket.accept({ timestamp: new Date(Date.now() - kAhead).toISOString() });
  near(Date.now() - kAhead);
  void client.checkUser('ann');
  socket.sent.pop().ok({ userId: 'ann', online: false, timestamp: new Date(Date.now() + kAhead).toISOString() });
  near(Date.now() + kAhead);
  socket.hear('heartbeat-ack', { timestamp: new Date(Date.now() - 60_000).toISOString() });
  near(Date.now() - 60_000);
  socket.hear('heartbeat-ack', {});
  near(Date.now() - 60_000);
  client.close();
});
