// Tokens that run out, against the real server.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startServer } from '../../../tests/e2e/support/server.js';
import { token } from '../../../tests/e2e/support/tokens.js';
import { once } from '../../../tests/e2e/support/wait.js';
import { connected, make, somebody, until } from '../../test-support/real-server.js';

const server = await startServer();
after(() => server.stop());

test('the connection is extended before its token runs out', async () => {
  const user = somebody('me');
  const reasons = [];
  const short = { exp: Math.floor(Date.now() / 1000) + 4 };
  const client = make(server, {
    getToken: (reason) => {
      reasons.push(reason);
      return token(user, reason === 'connect' ? short : {});
    },
  });
  client.connect();
  await connected(client);
  const [refreshed] = await once(
    { once: (event, heard) => client.socket.onAnyOutgoing((name, data) => name === event && heard(data)) },
    'refresh-token',
  );
  assert.ok(refreshed.token);
  assert.deepEqual(reasons, ['connect', 'expiring']);
  assert.deepEqual(client.errors, []);
  assert.ok((await client.refreshToken()).expiresAt > new Date(Date.now() + 3_000_000).toISOString());
});

test('a token that has run out is replaced by one that has not', async () => {
  const user = somebody('me');
  const reasons = [];
  const client = make(server, {
    getToken: async (reason) => {
      reasons.push(reason);
      return token(user, reason === 'refused' ? {} : { exp: 1 });
    },
  });
  client.connect();
  await connected(client);
  assert.deepEqual([reasons, client.errors.map(({ code }) => code)], [['connect', 'refused'], ['TOKEN_EXPIRED']]);
});

test('one that runs out while it is connected ends in a new connection with a new one', async () => {
  const strict = await startServer({ env: { ROLLCALL_AUTH_LEEWAY_MS: 0 } });
  const user = somebody('me');
  const reasons = [];
  const client = make(strict, {
    getToken: (reason) => {
      reasons.push(reason);
      if (reason === 'expiring') throw new Error('the login service is away');
      return token(user, reason === 'refused' ? {} : { exp: Math.floor(Date.now() / 1000) + 3 });
    },
  });
  client.connect();
  await connected(client);
  await until(client.connection, ({ status }) => status !== 'connected', 'the end');
  await connected(client);
  assert.deepEqual(reasons, ['connect', 'expiring', 'refused']);
  assert.deepEqual(client.errors.map(({ code }) => code), ['TOKEN_UNAVAILABLE']);
  client.close();
  await strict.stop();
});

test('getToken that fails is reported, and asked again', async () => {
  const user = somebody('me');
  let tries = 0;
  const client = make(server, {
    getToken: () => {
      tries += 1;
      if (tries === 1) throw new Error('offline');
      return token(user);
    },
  });
  client.connect();
  const { error } = await until(client.connection, ({ status }) => status === 'awaiting-token', 'the failure');
  assert.deepEqual([error.code, error.message], ['TOKEN_UNAVAILABLE', 'getToken failed: offline']);
  await connected(client);
});

test('one fixed token will do for trying things out', async () => {
  const client = make(server, { getToken: undefined, token: token(somebody('me')) });
  assert.ok((await client.getOnlineUsers()).count >= 1);
  const stranger = make(server, { getToken: undefined, token: 'nonsense' });
  stranger.connect();
  const { error } = await until(stranger.connection, ({ status }) => status === 'refused', 'the refusal');
  assert.equal(error.code, 'INVALID_TOKEN');
});
