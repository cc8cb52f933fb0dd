// Connecting, being refused, and tokens that run out.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { createRollcall, expiryOf } from '@rollcall/client';
import { addressOf, Connection } from '../dist/esm/connection.js';
import { TokenKeeper } from '../dist/esm/token.js';
import { FakeSocket } from '../../test-support/fake-server.js';
import { fakeTimers, pass, realTimers } from '../../test-support/fake-timers.js';

beforeEach(fakeTimers);
afterEach(realTimers);

const jwt = (claims) => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`;
const expiringIn = (seconds, more = {}) => jwt({ exp: Date.now() / 1000 + seconds, ...more });

test('the address may name the namespace or leave it out', () => {
  const cases = {
    'http://localhost:3000': 'http://localhost:3000/ws/messages',
    'https://a.example/': 'https://a.example/ws/messages',
    'https://a.example/other': 'https://a.example/other',
    'wss://a.example': 'wss://a.example/ws/messages',
    '/own': '/own',
  };
  for (const [url, address] of Object.entries(cases)) assert.equal(addressOf(url, '/ws/messages'), address);
  assert.equal(addressOf(undefined, '/ws/messages'), '/ws/messages');
  assert.equal(addressOf(new URL('http://localhost:3000'), '/ws/messages'), 'http://localhost:3000/ws/messages');
});

test('an address without a scheme is refused, and what was meant is named', () => {
  for (const url of ['localhost:3000', 'presence.example.com', '127.0.0.1:3000/x']) {
    const message = `createRollcall({ url }) must begin with http:// or https://, got "${url}": did you mean "http://${url}"?`;
    assert.throws(() => createRollcall({ url }), { name: 'TypeError', message });
  }
  for (const url of ['ftp://a.example', 'http://', 7, {}]) {
    assert.throws(() => createRollcall({ url }), { name: 'TypeError', message: /^createRollcall\(\{ url \}\) must begin with http/ });
  }
});

test('a token says when it runs out, if it does', () => {
  assert.equal(expiryOf(jwt({ exp: 1_700_000_000 })), 1_700_000_000_000);
  assert.equal(expiryOf(jwt({ exp: 1.5, name: 'Zoë ÿ~~~ ???' })), 1500);
  for (const none of ['', 'x', 'a.b.c', jwt({}), jwt({ exp: 'soon' }), jwt(null), jwt({ exp: null })]) {
    assert.equal(expiryOf(none), undefined);
  }
});

test('nothing is connected before the first use', async () => {
  const socket = new FakeSocket();
  const client = createRollcall({ socket, heartbeat: false });
  await pass(10_000);
  assert.deepEqual([socket.active, client.connection.get().status], [false, 'idle']);
  client.watch('ann', () => {});
  assert.deepEqual([socket.active, client.connection.get().status], [true, 'connecting']);
  client.close();
});

test('whoever was sent away is not brought back by the next component, but by connect()', () => {
  const socket = new FakeSocket();
  const errors = [];
  const client = createRollcall({ socket, heartbeat: false, onError: ({ code }) => errors.push(code) });
  client.connect();
  socket.accept();
  assert.deepEqual(client.connection.get(), { status: 'connected', userId: 'me', socketId: 's1', recovered: false, settling: false, error: null });
  socket.drop(false);
  assert.equal(client.connection.get().status, 'closed');
  client.watch('ann', () => {});
  assert.equal(socket.active, false);
  client.connect();
  assert.equal(socket.active, true);
  assert.deepEqual(errors, ['DISCONNECTED']);
  client.close();
});

test('the mode is told, and a new connection begins as live', () => {
  const socket = new FakeSocket();
  const client = createRollcall({ socket, heartbeat: false });
  socket.accept();
  socket.hear('presence-mode', { mode: 'batched', windowMs: 400, timestamp: '2026-01-04T12:00:00.000Z' });
  assert.deepEqual([client.mode.get().mode, client.mode.get().windowMs], ['batched', 400]);
  socket.drop();
  socket.accept({ recovered: true });
  assert.equal(client.mode.get().mode, 'batched');
  socket.drop();
  socket.accept();
  assert.equal(client.mode.get().mode, 'live');
  client.close();
});

// A connection as of our own, but with a socket that the test has in hand.
function own(getToken) {
  const errors = [];
  const tokens = new TokenKeeper(getToken, { refresh: () => {}, failed: ({ code }) => errors.push(code) });
  const ports = { up() {}, greeted() {}, otherUser() {}, settled() {}, down() {}, failed: ({ code }) => errors.push(code) };
  const socket = new FakeSocket();
  const connection = new Connection(undefined, { url: 'http://127.0.0.1:1', namespace: '/', io: {}, settleMs: 0 }, tokens, ports, () => socket);
  connection.begin();
  return { connection, socket, errors, status: () => connection.state.get().status };
}

test('a token that is refused is replaced at once, then ever more rarely', async () => {
  const { connection, socket, errors, status } = own(() => 'token');
  connection.connect();
  socket.refuse('TOKEN_EXPIRED');
  assert.equal(status(), 'refused');
  await pass(1);
  assert.deepEqual([socket.active, status()], [true, 'refused'], 'it does not flicker');
  for (const most of [1250, 2500, 5000]) {
    socket.refuse('TOKEN_EXPIRED');
    await pass(most / 2);
    assert.equal(socket.active, false, `before ${most / 2} ms`);
    await pass(most / 2);
    assert.equal(socket.active, true, `after ${most} ms`);
  }
  assert.deepEqual(errors, Array(4).fill('TOKEN_EXPIRED'));
  connection.close();
});

test('without getToken a refusal is final, and says why', async () => {
  const { connection, socket, status } = own(undefined);
  connection.connect();
  socket.refuse('INVALID_TOKEN', 'The signature does not match');
  await pass(600_000);
  assert.deepEqual([socket.active, status()], [false, 'refused']);
  const { code, message } = connection.state.get().error;
  assert.deepEqual([code, message], ['INVALID_TOKEN', 'Authentication failed: The signature does not match']);
});

test('a transport that cannot be opened is shown, and socket.io-client goes on trying', () => {
  const { connection, socket, status, errors } = own(undefined);
  connection.connect();
  socket.hear('connect_error', new Error('xhr poll error'));
  assert.deepEqual([status(), connection.state.get().error.code, errors.length], ['connecting', 'CONNECTION_REFUSED', 0]);
  socket.accept();
  assert.equal(connection.state.get().error, null);
});

function keeper(tokens, refresh = () => Promise.resolve({ expiresAt: null })) {
  const log = [];
  const keeping = new TokenKeeper(
    (reason) => {
      log.push(reason);
      return tokens.shift();
    },
    {
      refresh: (token) => {
        log.push(`refresh ${token}`);
        return refresh(token);
      },
      failed: ({ code }) => log.push(code),
    },
  );
  return { keeping, log };
}

test('a minute before a token runs out it is replaced', async () => {
  const { keeping, log } = keeper(['second']);
  keeping.used(expiringIn(600));
  keeping.connected(new Date().toISOString());
  await pass(530_000); // by a clock that does not stand still while this runs
  assert.deepEqual(log, []);
  await pass(10_000);
  assert.deepEqual(log, ['expiring', 'refresh second']);
  await pass(600_000);
  assert.equal(log.length, 2, 'the new one does not run out');
});

test('the server’s clock counts, not ours', async () => {
  const { keeping, log } = keeper(['second']);
  keeping.used(expiringIn(600));
  keeping.connected(new Date(Date.now() + 300_000).toISOString());
  await pass(230_000);
  assert.deepEqual(log, []);
  await pass(10_000);
  assert.equal(log.length, 2);
});

test('what fails is reported and tried again, as long as the connection lives', async () => {
  const { keeping, log } = keeper([undefined, 'third'], () => Promise.reject(new Error('no')));
  keeping.used(expiringIn(100));
  keeping.connected(new Date().toISOString());
  await pass(81_000);
  assert.deepEqual(log, ['expiring', 'TOKEN_UNAVAILABLE']);
  keeping.stop();
  await pass(100_000);
  assert.equal(log.length, 2);
});

test('a token that is good for years sets no timer that overflows', async () => {
  const { keeping, log } = keeper(['second']);
  keeping.used(expiringIn(10 * 365 * 86_400));
  keeping.connected(new Date().toISOString());
  await pass(1000);
  assert.deepEqual(log, []);
  keeping.stop();
});
