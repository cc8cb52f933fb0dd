// Who is online, told to others: several connections of one user, goodbyes, losses, grace, silence, watchers.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { closeAll, connect } from './support/client.js';
import { Polling } from './support/polling.js';
import { rawSocket } from './support/raw.js';
import { startServer } from './support/server.js';
import { token } from './support/tokens.js';
import { once } from './support/wait.js';

const kGraceMs = 400;
const kPingMs = 300;
// All clients here have to answer within that, however busy the machine is.
const kPongMs = 1500;
// What a busy machine may add to a deadline.
const kSlackMs = 10000;

const [server, watched, noGrace] = await Promise.all([
  startServer({
    env: {
      ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: kGraceMs,
      ROLLCALL_ENGINEIO_PING_INTERVAL_MS: kPingMs,
      ROLLCALL_ENGINEIO_PING_TIMEOUT_MS: kPongMs,
    },
  }),
  startServer({ env: { ROLLCALL_PRESENCE_BROADCAST: 'watchers', ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: kGraceMs } }),
  startServer({ env: { ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 60000, ROLLCALL_LIMITS_CONNECTIONS_PER_USER: 3 } }),
]);
after(() => {
  closeAll();
  return Promise.all([server.stop(), watched.stop(), noGrace.stop()]);
});

let serial = 0;
const newUser = (name) => `${name}-${++serial}`;

// Someone comes and goes after all that happened so far: when the observer has heard that, it has heard the rest too.
async function settle(where, observer, options) {
  const marker = await connect(where, newUser('marker'), options);
  await observer.take('user-online', marker.user);
  marker.cut();
  await observer.take('user-offline', marker.user);
}

describe('several connections of one user', () => {
  test('the first brings the user online, the last takes it offline, and those between are not heard of', async () => {
    const observer = await connect(server, newUser('observer'));
    const user = newUser('tabs');
    const tabs = await Promise.all([1, 2, 3].map(() => connect(server, user)));
    await observer.take('user-online', user);
    tabs[0].socket.disconnect();
    tabs[1].cut();
    await settle(server, observer);
    assert.deepEqual(observer.story(user), []);
    assert.equal(await observer.isOnline(user), true);
    tabs[2].socket.disconnect();
    await observer.take('user-offline', user);
    assert.equal(await observer.isOnline(user), false);
    observer.close();
  });

  test('the user is counted once, and does not hear of itself in any tab', async () => {
    const observer = await connect(server, newUser('observer'));
    const before = (await observer.data('get-online-users', {})).count;
    const user = newUser('tabs');
    const first = await connect(server, user);
    const second = await connect(server, user);
    const { count, users } = await observer.data('get-online-users', {});
    assert.equal(count, before + 1);
    assert.equal(users.filter((one) => one.userId === user).length, 1);
    second.socket.disconnect();
    await settle(server, first);
    assert.deepEqual(first.story(user), []);
    first.close();
    await observer.take('user-offline', user);
    observer.close();
  });

  test('connectedAt is the start of the session, not of the latest connection', async () => {
    const observer = await connect(server, newUser('observer'));
    const first = await connect(server, newUser('long'));
    const before = await observer.data('check-user-status', { userId: first.user });
    const second = await connect(server, first.user);
    first.socket.disconnect();
    const later = await observer.data('check-user-status', { userId: first.user });
    assert.equal(later.connectedAt, before.connectedAt);
    assert.ok(later.lastActive >= before.lastActive);
    second.close();
    observer.close();
  });

  test('a user may have as many connections as the limit says, and is told when it is reached', async () => {
    const user = newUser('greedy');
    const tabs = [];
    for (let i = 0; i < 3; ++i) tabs.push(await connect(noGrace, user));
    await assert.rejects(connect(noGrace, user), /connect_error/);
    for (const tab of tabs) assert.equal((await tab.ask('heartbeat')).status, 'ok');
    tabs.pop().close();
    const other = await connect(noGrace, newUser('modest'));
    for (const one of [...tabs, other]) one.close();
  });
});

describe('goodbyes and losses', () => {
  for (const transport of ['polling', 'websocket']) {
    test(`a goodbye by ${transport} is heard at once, however long the grace`, async () => {
      const observer = await connect(noGrace, newUser('observer'));
      const guest = await connect(noGrace, newUser('polite'), { transports: [transport] });
      await observer.take('user-online', guest.user);
      guest.socket.disconnect();
      const went = await observer.take('user-offline', guest.user, 20000);
      const status = await observer.data('check-user-status', { userId: guest.user });
      assert.deepEqual([status.online, status.connectedAt, status.lastActive], [false, null, went.lastActive]);
      observer.close();
    });
  }

  test('a lost connection is heard of after the grace, and not before', async () => {
    const observer = await connect(server, newUser('observer'));
    const guest = await connect(server, newUser('lost'));
    await observer.take('user-online', guest.user);
    const start = Date.now();
    guest.cut();
    await observer.take('user-offline', guest.user);
    const took = Date.now() - start;
    assert.ok(took >= kGraceMs - 50 && took < kGraceMs + kSlackMs, `after ${took} ms`);
    observer.close();
  });

  test('a user who is back within the grace was never away', async () => {
    const observer = await connect(noGrace, newUser('observer'));
    const guest = await connect(noGrace, newUser('blinking'));
    await observer.take('user-online', guest.user);
    const before = await observer.data('check-user-status', { userId: guest.user });
    guest.cut();
    await guest.take('disconnect');
    assert.equal(await observer.isOnline(guest.user), true);
    const again = await connect(noGrace, guest.user);
    const after = await observer.data('check-user-status', { userId: guest.user });
    assert.equal(after.connectedAt, before.connectedAt, 'it is the same session');
    again.socket.disconnect();
    await observer.take('user-offline', guest.user);
    assert.deepEqual(observer.story(guest.user), []);
    observer.close();
  });

  for (const transport of ['polling', 'websocket']) {
    test(`a client process killed by SIGKILL is missed, by ${transport}`, async () => {
      const observer = await connect(server, newUser('observer'));
      const user = newUser('killed');
      const script = fileURLToPath(new URL('support/client-process.js', import.meta.url));
      const child = spawn(process.execPath, [script, server.namespaceUrl, token(user), transport], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      await observer.take('user-online', user);
      child.kill('SIGKILL');
      const went = await observer.take('user-offline', user, kPingMs + kPongMs + kGraceMs + kSlackMs);
      assert.equal(went.online, false);
      observer.close();
    });
  }

  test('a websocket client that goes silent is missed after the ping timeout and the grace', async () => {
    const observer = await connect(server, newUser('observer'));
    const user = newUser('silent');
    const start = Date.now();
    const raw = await rawSocket(server, user);
    await observer.take('user-online', user);
    await raw.take(/^2$/);
    await raw.close(kPingMs + kPongMs + kSlackMs);
    const closed = Date.now() - start;
    assert.ok(closed >= kPingMs + kPongMs - 50, `closed after ${closed} ms`);
    await observer.take('user-offline', user, kGraceMs + kSlackMs);
    observer.close();
  });

  test('a polling client that stops polling is missed too', async () => {
    const observer = await connect(server, newUser('observer'));
    const user = newUser('silent');
    const polling = await Polling.open(server);
    await polling.post(`40/ws/messages,${JSON.stringify({ token: token(user) })}`);
    await observer.take('user-online', user);
    await observer.take('user-offline', user, kPingMs + kPongMs + kGraceMs + kSlackMs);
    const later = await polling.get();
    assert.deepEqual([later.status, JSON.parse(later.text).code], [400, 1]);
    observer.close();
  });

  test('clients that answer the pings stay', async () => {
    const observer = await connect(server, newUser('observer'));
    const guests = await Promise.all([['polling'], ['websocket'], ['polling', 'websocket']].map((transports) => connect(server, newUser('steady'), { transports })));
    const silent = await rawSocket(server, newUser('silent'));
    await silent.close(kPingMs + kPongMs + kSlackMs);
    for (const guest of guests) {
      assert.equal(await observer.isOnline(guest.user), true);
      assert.equal(guest.socket.connected, true);
      guest.close();
    }
    observer.close();
  });
});

test('lastActive moves with heartbeats and events, and not with pongs', async () => {
  const observer = await connect(server, newUser('observer'));
  const guest = await connect(server, newUser('active'), { transports: ['websocket'] });
  const lastActive = async () => (await observer.data('check-user-status', { userId: guest.user })).lastActive;
  const connected = await lastActive();
  await once(guest.socket.io, 'ping');
  await once(guest.socket.io, 'ping');
  assert.equal(await lastActive(), connected, 'pongs are the browser’s');
  const beat = await guest.data('heartbeat', {});
  assert.ok(beat.lastActive > connected);
  assert.equal(await lastActive(), beat.lastActive);
  await once(guest.socket.io, 'ping');
  await guest.ask('get-online-users', {});
  const asked = await lastActive();
  assert.ok(asked > beat.lastActive);
  guest.socket.disconnect();
  const went = await observer.take('user-offline', guest.user);
  assert.equal(went.lastActive, asked);
  assert.equal(await lastActive(), asked, 'last seen is kept');
  observer.close();
});

test('online and offline alternate for every observer, whatever the order of comings, goodbyes and losses', async () => {
  const observers = await Promise.all([['polling'], ['websocket'], ['polling', 'websocket']].map((transports) => connect(server, newUser('observer'), { transports })));
  const user = newUser('restless');
  const stories = observers.map(() => []);
  observers.forEach((observer, i) => {
    observer.socket.on('user-online', (data) => data.userId === user && stories[i].push(true));
    observer.socket.on('user-offline', (data) => data.userId === user && stories[i].push(false));
  });
  for (let round = 0; round < 12; ++round) {
    const tabs = await Promise.all(Array.from({ length: 1 + (round % 3) }, () => connect(server, user)));
    await Promise.all(tabs.map((tab, i) => {
      const gone = tab.take('disconnect');
      if ((round + i) % 2) tab.cut();
      else tab.socket.disconnect();
      return gone;
    }));
  }
  const last = await connect(server, user);
  for (const observer of observers) await settle(server, observer);
  for (const story of stories) {
    assert.ok(story.length >= 1);
    story.forEach((online, i) => assert.equal(online, i % 2 === 0, JSON.stringify(story)));
    assert.equal(story[story.length - 1], true, 'the last one heard is the truth');
  }
  last.close();
  for (const observer of observers) observer.close();
});

describe('presence.broadcast = "watchers"', () => {
  test('only those who subscribed hear of a user, from the snapshot on', async () => {
    const user = newUser('star');
    const fan = await connect(watched, newUser('fan'));
    const other = await connect(watched, newUser('other'));
    const { statuses } = await fan.data('subscribe-presence', { userIds: [user] });
    assert.deepEqual(statuses.map((status) => [status.userId, status.online]), [[user, false]]);
    const star = await connect(watched, user);
    await fan.take('user-online', user);
    star.socket.disconnect();
    await fan.take('user-offline', user);
    // The other one's next answer comes after anything it would have been told.
    await other.data('heartbeat');
    assert.deepEqual(other.story(user), []);
    fan.close();
    other.close();
  });

  test('subscriptions add up, and each is ended by itself', async () => {
    const fan = await connect(watched, newUser('fan'));
    const [a, b, c] = ['a', 'b', 'c'].map(newUser);
    await fan.data('subscribe-presence', { userIds: [a, b] });
    await fan.data('subscribe-presence', { userIds: [b, c] });
    assert.equal((await fan.data('unsubscribe-presence', { userIds: [b, 'never-watched'] })).count, 2);
    const stars = await Promise.all([a, b, c].map((user) => connect(watched, user)));
    await fan.take('user-online', a);
    await fan.take('user-online', c);
    await fan.data('heartbeat');
    assert.deepEqual(fan.story(b), []);
    assert.equal((await fan.data('unsubscribe-presence', { userIds: [a, c] })).count, 0);
    for (const star of stars) star.close();
    fan.close();
  });

  test('a subscription ends with the connection', async () => {
    const fan = await connect(watched, newUser('fan'));
    const user = newUser('star');
    await fan.data('subscribe-presence', { userIds: [user] });
    fan.socket.disconnect();
    fan.socket.connect();
    await fan.connected();
    assert.equal((await fan.data('unsubscribe-presence', { userIds: [] })).count, 0);
    const star = await connect(watched, user);
    await fan.data('heartbeat');
    assert.deepEqual(fan.story(user), []);
    star.close();
    fan.close();
  });
});

test('the SIGKILLed, silent and lost are all gone from the count at the end', async () => {
  const observer = await connect(server, newUser('last'));
  const { users, count } = await observer.data('get-online-users', {});
  assert.equal(count, users.length);
  for (const { userId } of users) assert.doesNotMatch(userId, /^(lost|killed|silent|tabs|polite)-/);
  observer.close();
});
