// More changes than can be told one by one: they are told in batches, everyone is told so, and what is told stays true. The
// budget is tiny, so that a few clients are too many.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { closeAll, connect } from './support/client.js';
import { rawSocket } from './support/raw.js';
import { startServer } from './support/server.js';

const kSpace = '/ws/messages';
const kGraceMs = 100;
// Calm for five seconds is what it takes, counted by the second; and what a busy machine may add.
const kLiveAgainMs = 30000;

const start = (env = {}) =>
  startServer({
    env: {
      ROLLCALL_SERVER_WORKERS: 1,
      ROLLCALL_PRESENCE_DELIVERIES_PER_SECOND: 20,
      ROLLCALL_PRESENCE_MAX_WINDOW_MS: 400,
      ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: kGraceMs,
      ROLLCALL_LIMITS_EVENTS_PER_SECOND: 0,
      ...env,
    },
  });
const [server, twoWorkers, tight] = await Promise.all([
  start(),
  start({ ROLLCALL_SERVER_WORKERS: 2, ROLLCALL_PRESENCE_DELIVERIES_PER_SECOND: 10 }),
  start({ ROLLCALL_LIMITS_BACKLOG_BYTES: 65536 }),
]);
after(() => {
  closeAll();
  return Promise.all([server.stop(), twoWorkers.stop(), tight.stop()]);
});

let serial = 0;
const newUser = (name) => `${name}-${++serial}`;
const newUsers = (name, count) => Array.from({ length: count }, () => newUser(name));

// What one client hears and reads of others, and every fault in it.
function listen(client) {
  const heard = new Map();
  const faults = [];
  const note = (online) => ({ userId }) => {
    if (heard.get(userId) === online) faults.push(`${userId} twice ${online}`);
    if (userId === client.user) faults.push('of itself');
    heard.set(userId, online);
  };
  client.socket.on('user-online', note(true));
  client.socket.on('user-offline', note(false));
  return { heard, faults };
}

const enter = (where, users, options) => Promise.all(users.map((user) => connect(where, user, { patienceMs: 30000, ...options })));
const isMode = (mode) => (data) => data.mode === mode;

for (const [title, where] of [['one worker', server], ['two workers', twoWorkers]]) {
  test(`batched under load, the truth at the end, live again when it is calm: ${title}`, { timeout: 120000 }, async () => {
    const observers = [];
    for (const transports of [['polling'], ['websocket'], ['polling', 'websocket']]) observers.push(await connect(where, newUser('observer'), { transports }));
    const stories = observers.map(listen);
    const guests = await enter(where, newUsers('guest', 12));

    for (const observer of observers) {
      const mode = await observer.take('presence-mode', isMode('batched'));
      assert.ok(mode.windowMs >= 100 && mode.windowMs <= 400, JSON.stringify(mode));
      assert.match(mode.timestamp, /^\d{4}-\d\d-\d\dT.*Z$/);
    }
    const late = await connect(where, newUser('late'));
    const lateStory = listen(late);
    assert.equal((await late.take('presence-mode')).mode, 'batched');

    // Half of them blink, while some are looked at: by everyone, by one, by nobody.
    for (let round = 0; round < 3; ++round) {
      for (const guest of guests.slice(0, 6)) guest.socket.disconnect();
      await late.sees(guests[round].user, false);
      if (round === 1) await observers[1].data('get-online-users', {});
      for (const guest of guests.slice(0, 6)) guest.socket.connect();
      await Promise.all(guests.slice(0, 6).map((guest) => guest.connected()));
    }
    for (const guest of guests.slice(9)) guest.cut();
    for (const observer of [...observers, late]) await observer.take('presence-mode', isMode('live'), kLiveAgainMs);
    [...stories, lateStory].forEach(({ heard, faults }, i) => {
      assert.deepEqual(faults, []);
      guests.forEach(({ user }, n) => {
        // The one who came late may not have heard of those who stayed.
        if (i < observers.length || heard.has(user)) assert.equal(heard.get(user), n < 9, `${i} of ${user}`);
      });
    });

    const { statuses } = await late.data('check-users-status', { userIds: guests.map((guest) => guest.user) });
    assert.deepEqual(statuses.map((status) => status.online), guests.map((_, n) => n < 9));
    const last = await connect(where, newUser('last'));
    await observers[0].take('user-online', last.user);
    assert.deepEqual(last.held('presence-mode'), [], 'nothing to say when it is live');
    for (const client of [...observers, ...guests, late, last]) client.close();
  });
}

test('each change of the mode is a line in the log, and there are few', async () => {
  const lines = server.output().split('\n').filter((line) => line.includes('presence mode'));
  assert.match(lines[0], /INFO +presence mode +mode=batched window_ms=\d+ deliveries_per_second=\d+ receivers=\d+/);
  assert.match(server.output(), /presence mode +mode=live window_ms=0/);
  assert.ok(lines.length <= 10, lines.join('\n'));
});

describe('one who does not read', () => {
  test('is closed, and in batched mode too the others are answered and told in time', { timeout: 120000 }, async () => {
    const observers = await enter(tight, newUsers('observer', 3));
    const deaf = await rawSocket(tight, newUser('deaf'));
    const crowd = await enter(tight, newUsers('crowd', 10));
    for (const observer of observers) await observer.take('presence-mode', isMode('batched'));
    deaf.ws._socket.pause();
    const userIds = Array.from({ length: 1000 }, (_, i) => `somebody-with-quite-a-long-name-${i}`);
    const ask = `42${kSpace},["check-users-status",${JSON.stringify({ userIds })}]`;
    const took = [];
    // More answers than the kernel's buffers hold, and changes to tell all the while.
    for (let i = 0; i < 300 && !tight.output().includes('slow consumer closed'); ++i) {
      deaf.send(ask);
      if (i % 10 === 0) crowd[(i / 10) % crowd.length].socket.disconnect();
      if (i % 10 === 5) crowd[((i - 5) / 10) % crowd.length].socket.connect();
      const asked = performance.now();
      await observers[i % 3].data('heartbeat');
      took.push(performance.now() - asked);
    }
    await tight.says(/WARN.*slow consumer closed/);
    took.sort((a, b) => a - b);
    assert.ok(took[Math.floor(took.length * 0.9)] < 500, `90 % of the answers within ${took[Math.floor(took.length * 0.9)]} ms`);
    assert.ok(took[took.length - 1] < 5000, `the slowest after ${took[took.length - 1]} ms`);

    const marker = await connect(tight, newUser('marker'));
    for (const observer of observers) {
      const told = performance.now();
      await observer.take('user-online', marker.user);
      assert.ok(performance.now() - told < 3000);
      assert.equal(observer.socket.connected, true);
    }
    deaf.end();
    for (const client of [...observers, ...crowd, marker]) client.close();
  });
});
