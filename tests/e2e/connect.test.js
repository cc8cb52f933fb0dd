// Every event of docs/protocol.md, by every transport, with several versions of socket.io-client,
// with an acknowledgement and without one.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, closeAll, connect, kClients, kTransports } from './support/client.js';
import { startServer } from './support/server.js';
import { token } from './support/tokens.js';

const server = await startServer();
after(() => {
  closeAll();
  return server.stop();
});

const kIso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
let serial = 0;
const newUser = (name) => `${name}-${++serial}`;

function isTime(value, what) {
  assert.match(value, kIso, what);
  assert.ok(Math.abs(Date.parse(value) - Date.now()) < 60000, `${what} is the server's clock`);
}

function isOnline(status, userId) {
  assert.equal(status.userId, userId);
  assert.equal(status.online, true);
  isTime(status.lastActive, 'lastActive');
  isTime(status.connectedAt, 'connectedAt');
}

function isUnknown(status, userId) {
  assert.deepEqual(
    { userId: status.userId, online: status.online, lastActive: status.lastActive, connectedAt: status.connectedAt },
    { userId, online: false, lastActive: null, connectedAt: null },
  );
}

const kUserKeys = ['connectedAt', 'email', 'lastActive', 'role', 'userId'];
const kStatusKeys = ['connectedAt', 'lastActive', 'online', 'userId'];
const keys = (object) => Object.keys(object).sort();

// One request a line: what to send, the reply's name, and what its data must be.
function requests(me, other) {
  return [
    {
      event: 'check-user-status',
      payload: { userId: other },
      reply: 'user-status',
      check(data) {
        assert.deepEqual(keys(data), [...kStatusKeys, 'timestamp'].sort());
        isOnline(data, other);
        isTime(data.timestamp, 'timestamp');
      },
    },
    {
      event: 'check-users-status',
      payload: { userIds: [other, 'never-seen', me, other] },
      reply: 'users-status',
      check(data) {
        assert.deepEqual(keys(data), ['statuses', 'timestamp']);
        assert.equal(data.statuses.length, 4);
        assert.deepEqual(keys(data.statuses[0]), kStatusKeys);
        isOnline(data.statuses[0], other);
        isUnknown(data.statuses[1], 'never-seen');
        isOnline(data.statuses[2], me);
        assert.deepEqual(data.statuses[3], data.statuses[0]);
      },
    },
    {
      event: 'get-online-users',
      payload: {},
      reply: 'online-users',
      check(data) {
        const mine = data.users.find((user) => user.userId === me);
        assert.deepEqual(keys(mine), kUserKeys);
        assert.deepEqual([mine.email, mine.role], [`${me}@example.org`, 'carer']);
        isTime(mine.connectedAt, 'connectedAt');
        assert.equal(data.count, data.users.length);
        isTime(data.timestamp, 'timestamp');
      },
    },
    {
      event: 'heartbeat',
      payload: {},
      reply: 'heartbeat-ack',
      check(data) {
        assert.deepEqual(keys(data), ['lastActive', 'timestamp']);
        isTime(data.timestamp, 'timestamp');
        isTime(data.lastActive, 'lastActive');
      },
    },
    {
      event: 'subscribe-presence',
      payload: { userIds: [other, 'never-seen'] },
      reply: 'presence-subscribed',
      check(data) {
        assert.equal(data.statuses.length, 2);
        isOnline(data.statuses[0], other);
        isUnknown(data.statuses[1], 'never-seen');
        isTime(data.timestamp, 'timestamp');
      },
    },
    {
      event: 'unsubscribe-presence',
      payload: { userIds: [other] },
      reply: 'presence-unsubscribed',
      check(data) {
        assert.deepEqual(keys(data), ['count', 'timestamp']);
        assert.equal(data.count, 1);
      },
    },
    {
      event: 'refresh-token',
      payload: { token: token(me, { exp: Math.floor(Date.now() / 1000) + 7200 }) },
      reply: 'token-refreshed',
      check(data) {
        assert.deepEqual(keys(data), ['expiresAt', 'timestamp']);
        assert.match(data.expiresAt, kIso);
        assert.ok(Date.parse(data.expiresAt) > Date.now() + 7000000, 'the new token counts');
      },
    },
  ];
}

for (const version of Object.keys(kClients)) {
  for (const [how, transports] of Object.entries(kTransports)) {
    describe(`socket.io-client ${version} by ${how}`, () => {
      const options = { version, transports };
      async function pair() {
        const other = await connect(server, newUser('other'), options);
        const me = newUser('me');
        const client = await connect(server, me, { ...options, as: token(me, { email: `${me}@example.org`, role: 'carer' }) });
        if (transports.length > 1) await client.upgraded();
        return { client, other };
      }

      test('is greeted with who it is, and by the transport it asked for', async () => {
        const { client, other } = await pair();
        // And `settlingMs`, while the server has just started.
        assert.deepEqual(keys(client.hello).filter((key) => key !== 'settlingMs'), ['recovered', 'socketId', 'timestamp', 'userId']);
        assert.equal(client.hello.userId, client.user);
        assert.equal(client.hello.socketId, client.socket.id);
        assert.equal(client.hello.recovered, false);
        isTime(client.hello.timestamp, 'timestamp');
        assert.equal(client.transport, transports[transports.length - 1]);
        client.close();
        other.close();
      });

      test('gets every answer through its acknowledgement', async () => {
        const { client, other } = await pair();
        for (const { event, payload, reply, check } of requests(client.user, other.user)) {
          const answer = await client.ask(event, payload);
          assert.deepEqual(keys(answer), ['data', 'event', 'status'], event);
          assert.equal(answer.status, 'ok');
          assert.equal(answer.event, reply);
          check(answer.data);
          assert.equal(client.held(reply).length, 0, `${reply} is not emitted as well`);
        }
        client.close();
        other.close();
      });

      test('gets every answer as an event if it passed no acknowledgement', async () => {
        const { client, other } = await pair();
        for (const { event, payload, reply, check } of requests(client.user, other.user)) {
          client.socket.emit(event, payload);
          check(await client.take(reply));
        }
        client.close();
        other.close();
      });

      test('hears others come and go, and not itself', async () => {
        const { client, other } = await pair();
        const guest = await connect(server, newUser('guest'), options);
        const came = await client.take('user-online', guest.user);
        assert.deepEqual(keys(came), ['online', 'timestamp', 'userId']);
        assert.equal(came.online, true);
        isTime(came.timestamp, 'timestamp');
        guest.socket.disconnect();
        const went = await client.take('user-offline', guest.user);
        assert.deepEqual(keys(went), ['lastActive', 'online', 'timestamp', 'userId']);
        assert.equal(went.online, false);
        isTime(went.lastActive, 'lastActive');
        assert.deepEqual(client.story(client.user), []);
        client.close();
        other.close();
      });
    });
  }
}

test('get-online-users may be asked with nothing at all, and heartbeat too', async () => {
  const client = await connect(server, newUser('bare'));
  assert.equal((await client.ask('get-online-users')).status, 'ok');
  assert.equal((await client.ask('get-online-users', null)).status, 'ok');
  assert.equal((await client.ask('heartbeat')).event, 'heartbeat-ack');
  client.socket.emit('heartbeat');
  await client.take('heartbeat-ack');
  client.close();
});

test('get-online-users by pages gives everyone once, and the true count on each page', async () => {
  const crowd = await Promise.all(Array.from({ length: 7 }, () => connect(server, newUser('page'))));
  const found = [];
  let cursor;
  do {
    const page = await crowd[0].data('get-online-users', { limit: 3, ...(cursor && { cursor }) });
    assert.ok(page.users.length <= 3);
    assert.ok(page.count >= 7, 'the count is of all, not of the page');
    found.push(...page.users.map((user) => user.userId));
    cursor = page.nextCursor;
  } while (cursor);
  assert.equal(new Set(found).size, found.length, 'nobody twice');
  for (const client of crowd) assert.ok(found.includes(client.user));
  for (const client of crowd) client.close();
});

test('many requests at once are each answered with their own data, in order', async () => {
  const client = await connect(server, newUser('busy'));
  const order = [];
  const answers = Array.from({ length: 100 }, (_, i) =>
    client.ask('check-user-status', { userId: `nobody-${i}` }).then((answer) => order.push(answer.data.userId)),
  );
  await Promise.all(answers);
  assert.deepEqual(order, Array.from({ length: 100 }, (_, i) => `nobody-${i}`));
  client.close();
});

test('nothing is lost, doubled or reordered while the transport is upgraded', async () => {
  const client = await connect(server, newUser('upgrading'), { transports: ['polling', 'websocket'] });
  const order = [];
  const answers = [];
  let upgraded = false;
  client.upgraded().then(() => (upgraded = true));
  // Request after request, each sent when the one before was answered, and a few beyond the upgrade.
  for (let i = 0, after = 0; after < 20 && i < 180; ++i) {
    answers.push(client.ask('check-user-status', { userId: `n-${i}` }).then((answer) => order.push(answer.data.userId)));
    answers.push(client.ask('check-user-status', { userId: `m-${i}` }).then((answer) => order.push(answer.data.userId)));
    await answers[answers.length - 1];
    if (upgraded) ++after;
  }
  await Promise.all(answers);
  assert.equal(client.transport, 'websocket');
  assert.deepEqual(order, Array.from({ length: order.length / 2 }, (_, i) => [`n-${i}`, `m-${i}`]).flat());
  client.close();
});

test('beyond max_online_list the list says where to go on', async () => {
  const small = await startServer({ env: { ROLLCALL_PRESENCE_MAX_ONLINE_LIST: 3 } });
  const clients = [];
  for (let i = 0; i < 5; ++i) clients.push(await connect(small, `u${i}`));
  const first = await clients[0].data('get-online-users', {});
  assert.deepEqual([first.users.length, first.count, typeof first.nextCursor], [3, 5, 'string']);
  const rest = await clients[0].data('get-online-users', { cursor: first.nextCursor });
  assert.deepEqual([rest.users.length, rest.count, rest.nextCursor], [2, 5, undefined]);
  assert.equal(new Set([...first.users, ...rest.users].map((user) => user.userId)).size, 5);
  for (const client of clients) client.close();
  await small.stop();
});

test('user ids of any script come back as they were', async () => {
  const names = ['Жанна', '李雷', '👩‍⚕️', 'a"b\\c', 'line\nbreak', '\u001e', '<b>', ' '];
  const client = await connect(server, newUser('reader'));
  const { statuses } = await client.data('check-users-status', { userIds: names });
  assert.deepEqual(statuses.map((status) => status.userId), names);
  const guest = await connect(server, '👩‍⚕️');
  assert.equal(guest.hello.userId, '👩‍⚕️');
  await client.take('user-online', '👩‍⚕️');
  guest.close();
  client.close();
});

test('a namespace that is not served is refused, and the others on the same transport live', async () => {
  const stranger = new Client(server, { user: newUser('x'), url: `${server.url}/nowhere` });
  const error = await stranger.refused();
  assert.equal(error.message, 'Invalid namespace');
  const root = new Client(server, { user: newUser('x'), url: server.url });
  assert.equal((await root.refused()).message, 'Invalid namespace');
  const client = await connect(server, newUser('ok'));
  const second = client.socket.io.socket('/nowhere');
  const refused = new Promise((resolve) => second.once('connect_error', resolve));
  second.connect();
  assert.equal((await refused).message, 'Invalid namespace');
  assert.equal((await client.ask('heartbeat')).status, 'ok');
  for (const one of [stranger, root, client]) one.close();
});

test('a client that says goodbye and comes back is a new connection', async () => {
  const client = await connect(server, newUser('back'));
  const first = client.socket.id;
  client.socket.disconnect();
  client.socket.connect();
  await client.connected();
  assert.notEqual(client.socket.id, first);
  assert.equal(client.hello.recovered, false);
  client.close();
});
