// The client against the real server.
import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import { createRollcall } from '@rollcall/client';
import { io } from 'socket.io-client';
import { io as io_4_0 } from 'socket.io-client-4-0';
import { io as io_4_6 } from 'socket.io-client-4-6';
import { startServer } from '../../../tests/e2e/support/server.js';
import { token } from '../../../tests/e2e/support/tokens.js';
import { closeAll, connect } from '../../../tests/e2e/support/client.js';
import { once, within } from '../../../tests/e2e/support/wait.js';

const kGrace = { ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100 };
const everyone = await startServer({ env: kGrace });
const watchers = await startServer({ env: { ...kGrace, ROLLCALL_PRESENCE_BROADCAST: 'watchers' } });
const clients = [];
const sockets = [];
after(() => Promise.all([everyone.stop(), watchers.stop()]));
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  for (const socket of sockets.splice(0)) socket.disconnect();
  closeAll();
});

let count = 0;
const somebody = (name) => `${name}-${(count += 1)}`;

function make(server, options = {}) {
  const { user = somebody('viewer'), ...rest } = options;
  const errors = [];
  const client = createRollcall({
    url: server.url,
    getToken: () => token(user),
    onError: (error) => errors.push(error),
    lingerMs: 50,
    io: { forceNew: true, reconnectionDelay: 20, reconnectionDelayMax: 50 },
    ...rest,
  });
  clients.push(client);
  return Object.assign(client, { errors });
}

// Waits until the store's value is as wanted.
function until(store, wanted, what) {
  return within(
    new Promise((resolve) => {
      const look = () => {
        if (!wanted(store.get())) return;
        stop();
        resolve(store.get());
      };
      const stop = store.subscribe(look);
      look();
    }),
    10000,
    () => `${what}; it is ${JSON.stringify(store.get())}`,
  );
}
const connected = (client) => until(client.connection, ({ status }) => status === 'connected', 'the connection');

// A user's states in order, to be awaited one by one.
function follow(client, userId) {
  const states = [];
  let wake = () => {};
  client.watch(userId, ({ online }) => {
    states.push(online);
    wake();
  });
  return async (online) => {
    while (states.length === 0) {
      await within(new Promise((resolve) => (wake = resolve)), 10000, () => `${userId} to be ${online}`);
    }
    assert.equal(states.shift(), online);
  };
}

for (const [mode, server] of [['everyone', everyone], ['watchers', watchers]]) {
  describe(`where ${mode} are told`, () => {
    test('a user is seen to come and go', async () => {
      const user = somebody('ann');
      const is = follow(make(server), user);
      await is(false);
      const ann = await connect(server, user);
      await is(true);
      ann.close();
      await is(false);
    });

    test('what happened while the connection was lost is known afterwards', async () => {
      const user = somebody('ann');
      const client = make(server, { io: { forceNew: true, reconnection: false } });
      const is = follow(client, user);
      await is(false);
      // A new session: the server has forgotten the subscription.
      client.socket.disconnect();
      const ann = await connect(server, user);
      client.connect();
      await is(true);
      ann.close();
      await is(false);
    });

    test('a recovered session goes on as if nothing had been', async () => {
      const user = somebody('ann');
      const client = make(server);
      const is = follow(client, user);
      await is(false);
      const asked = [];
      client.socket.onAnyOutgoing((event) => asked.push(event));
      client.socket.io.engine.close();
      const ann = await connect(server, user);
      await is(true);
      assert.equal(client.connection.get().recovered, true);
      ann.close();
      await is(false);
      assert.deepEqual(asked, []);
    });

    test('the list of who is online is kept', async () => {
      const user = somebody('ann');
      const client = make(server, { refreshMs: 100 });
      client.onlineUsers.subscribe(() => {});
      const listed = (wanted) => ({ users }) => users.some(({ userId }) => userId === user) === wanted;
      await until(client.onlineUsers, ({ loading }) => !loading, 'the list');
      const ann = await connect(server, user, { as: token(user, { email: 'ann@x.org', role: 'carer' }) });
      await until(client.onlineUsers, listed(true), 'the newcomer');
      client.refreshOnlineUsers();
      const { users, complete } = await until(
        client.onlineUsers,
        ({ users: all }) => all.some(({ email }) => email === 'ann@x.org'),
        'the details',
      );
      assert.deepEqual([users.find(({ userId }) => userId === user).role, complete], ['carer', true]);
      ann.close();
      await until(client.onlineUsers, listed(false), 'the absence');
    });
  });
}

test('fifty watchers of a hundred users cost one request, and no one is left subscribed', async () => {
  const client = make(watchers, { broadcast: 'watchers' });
  client.connect();
  await connected(client);
  const asked = [];
  client.socket.onAnyOutgoing((event, { userIds }) => asked.push([event, userIds?.length]));
  const users = Array.from({ length: 100 }, () => somebody('user'));
  let told = 0;
  let all;
  const known = new Promise((resolve) => (all = resolve));
  const stops = Array.from({ length: 50 }, () => client.watch(users, () => (told += 1) === 5000 && all()));
  await within(known, 10000, 'all to be told');
  for (const stop of stops) stop();
  const [{ count: left }] = await once(
    { once: (event, heard) => client.socket.onAnyOutgoing((name) => name === event && heard()) },
    'unsubscribe-presence',
  ).then(() => Promise.all([client.request('unsubscribe-presence', { userIds: ['nobody'] })]));
  assert.equal(left, 0);
  assert.deepEqual(asked.slice(0, 2), [['subscribe-presence', 100], ['unsubscribe-presence', 100]]);
});

test('2,500 users are watched in three requests', async () => {
  const client = make(watchers);
  client.connect();
  await connected(client);
  const asked = [];
  client.socket.onAnyOutgoing((event, { userIds }) => asked.push(userIds.length));
  const users = Array.from({ length: 2500 }, () => somebody('user'));
  const store = client.presences(users);
  store.subscribe(() => {});
  await until(store, (all) => [...all.values()].every(({ known }) => known), 'all to be known');
  assert.deepEqual(asked, [1000, 1000, 500]);
  const last = await connect(watchers, users.at(-1));
  await until(store, (all) => all.get(users.at(-1)).online, 'the last to be online');
  last.close();
});

test('the typed requests say what the server says', async () => {
  const user = somebody('me');
  const client = make(everyone, { user });
  const me = await client.checkUser(user);
  assert.deepEqual([me.userId, me.online, typeof me.connectedAt], [user, true, 'string']);
  assert.deepEqual((await client.checkUsers(['x', user, 'x'])).map(({ online }) => online), [false, true, false]);
  assert.ok((await client.getOnlineUsers({ limit: 1 })).count >= 1);
  assert.ok((await client.heartbeat()).lastActive);
  await assert.rejects(client.request('get-online-users', { limit: 0 }), {
    name: 'RollcallError',
    code: 'INVALID_PAYLOAD',
    message: /limit must be an integer from 1/,
  });
});

describe('tokens', () => {
  test('the connection is extended before its token runs out', async () => {
    const user = somebody('me');
    const reasons = [];
    const short = { exp: Math.floor(Date.now() / 1000) + 3 };
    const client = make(everyone, {
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
    const client = make(everyone, {
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
        return token(user, reason === 'refused' ? {} : { exp: Math.floor(Date.now() / 1000) + 2 });
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
    const client = make(everyone, {
      getToken: () => {
        tries += 1;
        if (tries === 1) throw new Error('offline');
        return token(user);
      },
    });
    client.connect();
    const { error } = await until(client.connection, ({ status }) => status === 'refused', 'the refusal');
    assert.deepEqual([error.code, error.message], ['TOKEN_UNAVAILABLE', 'getToken failed: offline']);
    await connected(client);
  });

  test('one fixed token will do for trying things out', async () => {
    const client = make(everyone, { getToken: undefined, token: token(somebody('me')) });
    assert.ok((await client.getOnlineUsers()).count >= 1);
    const stranger = make(everyone, { getToken: undefined, token: 'nonsense' });
    stranger.connect();
    const { error } = await until(stranger.connection, ({ status }) => status === 'refused', 'the refusal');
    assert.equal(error.code, 'INVALID_TOKEN');
  });
});

test('a server that goes away and comes back is found again', async () => {
  const user = somebody('ann');
  let server = await startServer({ env: kGrace });
  const { port } = server;
  const client = make(server);
  client.watch(user, () => {});
  const ann = await connect(server, user);
  await until(client.presences([user]), (all) => all.get(user).online, 'ann');
  ann.close();
  await server.stop();
  await until(client.connection, ({ status, error }) => status === 'connecting' && error, 'the loss');
  server = await startServer({ env: kGrace, listen: `127.0.0.1:${port}` });
  await connected(client);
  await until(client.presences([user]), (all) => !all.get(user).online, 'ann to be gone');
  const again = await connect(server, user);
  await until(client.presences([user]), (all) => all.get(user).online, 'ann to be back');
  again.close();
  client.close();
  await server.stop();
});

for (const [version, open] of [['4.8', io], ['4.6', io_4_6], ['4.0', io_4_0]]) {
  test(`a socket that the application has already serves as well: socket.io-client ${version}`, async () => {
    const user = somebody('ann');
    const socket = open(everyone.namespaceUrl, { forceNew: true, auth: { token: token(somebody('app')) } });
    sockets.push(socket);
    await once(socket, 'connected');
    const client = make(everyone, { socket, getToken: undefined });
    assert.equal(client.connection.get().status, 'connected');
    const is = follow(client, user);
    await is(false);
    const ann = await connect(everyone, user);
    await is(true);
    socket.io.engine.close();
    await once(socket, 'connected');
    ann.close();
    await is(false);
    client.close();
    assert.equal(socket.connected, true);
  });
}

test('when the changes are too many, it is known that they come late', async () => {
  const crowd = await startServer({ env: { ROLLCALL_PRESENCE_DELIVERIES_PER_SECOND: 20 } });
  const client = make(crowd);
  client.connect();
  await connected(client);
  const batched = until(client.mode, ({ mode }) => mode === 'batched', 'the mode');
  for (let i = 0; i < 30; ++i) await connect(crowd, somebody('many'));
  assert.ok((await batched).windowMs >= 100);
  client.close();
  closeAll();
  await crowd.stop();
});
