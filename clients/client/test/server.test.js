// The client against the real server.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { io } from 'socket.io-client';
import { io as io_4_0 } from 'socket.io-client-4-0';
import { io as io_4_6 } from 'socket.io-client-4-6';
import { startServer } from '../../../tests/e2e/support/server.js';
import { token } from '../../../tests/e2e/support/tokens.js';
import { closeAll, connect } from '../../../tests/e2e/support/client.js';
import { once, within } from '../../../tests/e2e/support/wait.js';
import { connected, follow, kGrace, make, sockets, somebody, until } from '../../test-support/real-server.js';

const everyone = await startServer({ env: kGrace });
const watchers = await startServer({ env: { ...kGrace, ROLLCALL_PRESENCE_BROADCAST: 'watchers' } });
after(() => Promise.all([everyone.stop(), watchers.stop()]));

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
