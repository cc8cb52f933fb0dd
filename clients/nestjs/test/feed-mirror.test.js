// The mirror against a feed that a test plays: what it knows is always whole, and in the end always true.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { FeedMirror } from '@rollcall/nestjs/feed';
import { within } from '../../../tests/e2e/support/wait.js';
import { FakeApi, kApiKey } from '../../test-support/fake-api.js';

let api, mirror;
const mirrors = [];
beforeEach(async () => {
  api = await new FakeApi().start();
  mirror = make();
});
afterEach(async () => {
  for (const one of mirrors.splice(0)) one.stop();
  await api.stop();
});

function make(options = {}) {
  const made = new FeedMirror({ url: api.url, apiKey: kApiKey, backoffMs: { first: 1, longest: 5 }, ...options });
  mirrors.push(made);
  return made;
}

const state = (wanted, which = mirror) =>
  within(
    new Promise((resolve) => {
      const look = () => {
        if (which.status.state !== wanted) return;
        stop();
        resolve(which.status);
      };
      const stop = which.onStatus(look);
      look();
    }),
    10000,
    () => `the state ${wanted}; it is ${which.status.state}`,
  );

const knows = (userId, online) =>
  within(
    new Promise((resolve) => {
      const look = () => {
        if (mirror.getUserOnlineStatus(userId).online !== online) return;
        for (const stop of stops) stop();
        resolve();
      };
      const stops = [mirror.onUserOnline(look), mirror.onUserOffline(look), mirror.onStatus(look)];
      look();
    }),
    10000,
    () => `the mirror to hear that ${userId} is ${online ? 'online' : 'offline'}; it is ${mirror.status.state}`,
  );

// Until the mirror has heard of all that the server did before.
let marks = 0;
async function heard() {
  const mark = `mark-${(marks += 1)}`;
  api.come(mark);
  await knows(mark, true);
  api.go(mark);
  await knows(mark, false);
}

function news(which = mirror) {
  const list = [];
  which.onUserOnline(({ userId }) => !userId.startsWith('mark') && list.push(`+${userId}`));
  which.onUserOffline(({ userId }) => !userId.startsWith('mark') && list.push(`-${userId}`));
  return list;
}

describe('what it knows', () => {
  test('is a snapshot of many pages, and then every change', async () => {
    for (const userId of ['ann', 'bob', 'cid', 'dan', 'eve']) api.come(userId);
    const told = news();
    assert.deepEqual(mirror.getUserOnlineStatus('ann'), { online: false, lastActive: null, connectedAt: null });
    await mirror.start().ready();
    assert.deepEqual(mirror.getOnlineUsers(), ['ann', 'bob', 'cid', 'dan', 'eve']);
    assert.equal(mirror.getOnlineUsersCount(), 5);
    const { connectedAt, lastActive } = api.online.get('ann');
    assert.deepEqual(mirror.getUserOnlineStatus('ann'), { online: true, lastActive, connectedAt });
    assert.equal(mirror.users.get('bob').email, 'bob@example.com');
    assert.deepEqual(told, [], 'a first snapshot is no news');

    api.go('ann');
    api.come('fay');
    await heard();
    assert.deepEqual(told, ['-ann', '+fay']);
    assert.deepEqual(mirror.getUserOnlineStatus('ann'), { online: false, lastActive, connectedAt: null });
    assert.equal(mirror.getUserOnlineStatus('fay').connectedAt, api.online.get('fay').connectedAt);
    assert.equal(mirror.getOnlineUsersCount(), 5);
  });

  test('of those who are offline is limited', async () => {
    mirror = make({ maxLastSeen: 2 });
    await mirror.start().ready();
    for (const userId of ['ann', 'bob', 'cid']) {
      api.come(userId);
      api.go(userId);
    }
    await heard();
    const known = ['ann', 'bob', 'cid'].filter((userId) => mirror.getUserOnlineStatus(userId).lastActive !== null);
    assert.deepEqual(known, ['cid'], 'the mark was the last one');
  });

  test('is not spoilt by what happens while the snapshot is written', async () => {
    for (const userId of ['ann', 'bob', 'cid', 'dan']) api.come(userId);
    let pages = 0;
    api.betweenPages = () => {
      pages += 1;
      if (pages > 1) return;
      api.go('ann');
      api.go('cid');
      api.come('abe');
    };
    await mirror.start().ready();
    await heard();
    assert.deepEqual(mirror.getOnlineUsers().sort(), ['abe', 'bob', 'dan']);
  });
});

describe('when the feed is lost', () => {
  test('the last state stays, is known to be old, and what was missed is told', async () => {
    api.come('ann');
    await mirror.start().ready();
    const told = news();
    assert.equal(mirror.status.error, undefined);
    await api.taken(({ url }) => url === '/api/v1/presence/feed', 'the first feed');
    api.refuse = { status: 503, detail: 'Too many readers.' };
    api.cut();
    const { error } = await state('stale');
    assert.equal(mirror.getUserOnlineStatus('ann').online, true);
    assert.match(error.message, /^GET http:\/\/127.0.0.1:\d+\/api\/v1\/presence\/feed: /);
    api.go('ann');
    api.come('bob');
    api.refuse = undefined;
    await state('live');
    await heard();
    assert.deepEqual(told, ['-ann', '+bob']);
    const { headers } = await api.taken(({ headers: { 'last-event-id': id } }) => id, 'the feed with a cursor');
    assert.equal(headers['last-event-id'], 'a1-1');
  });

  for (const [what, makeIt] of [
    ['its cursor is too old', () => api.forget()],
    ['the server began anew', () => api.restart()],
  ]) {
    test(`and ${what}, a new snapshot tells what differs`, async () => {
      for (const userId of ['ann', 'bob', 'cid']) api.come(userId);
      await mirror.start().ready();
      await heard();
      const told = news();
      const { lastActive } = api.online.get('bob');
      api.refuse = { status: 503 };
      api.cut();
      await state('stale');
      api.go('bob');
      api.come('dan');
      makeIt();
      api.refuse = undefined;
      await state('live');
      assert.deepEqual(told, ['-bob', '+dan']);
      assert.deepEqual(mirror.getUserOnlineStatus('bob'), { online: false, lastActive, connectedAt: null });
      await heard();
      assert.deepEqual(mirror.getOnlineUsers().sort(), ['ann', 'cid', 'dan']);
    });
  }

  test('in the middle of a snapshot, nobody sees half of it', async () => {
    for (const userId of ['ann', 'bob', 'cid', 'dan', 'eve']) api.come(userId);
    await mirror.start().ready();
    const told = news();
    let pages = 0;
    let seen;
    api.betweenPages = async (reader) => {
      pages += 1;
      if (pages !== 2) return;
      await state('stale');
      seen = mirror.getOnlineUsersCount();
      reader.destroy();
    };
    await api.reset();
    assert.equal(seen, 5);
    await state('live');
    await heard();
    assert.deepEqual(told, []);
    assert.equal(mirror.getOnlineUsersCount(), 5);
  });

  test('and while a reset is under way, the old state answers', async () => {
    for (const userId of ['ann', 'bob', 'cid']) api.come(userId);
    await mirror.start().ready();
    let go;
    api.betweenPages = () => new Promise((resolve) => (go = resolve));
    const reset = api.reset();
    const { error, staleMs } = await state('stale');
    assert.match(error.message, /fell-behind/);
    assert.ok(staleMs >= 0 && staleMs < 10000);
    assert.deepEqual(mirror.getOnlineUsers(), ['ann', 'bob', 'cid']);
    api.betweenPages = () => {};
    go();
    await reset;
    await state('live');
    assert.deepEqual(mirror.getOnlineUsers(), ['ann', 'bob', 'cid']);
  });

  test('silence is a loss', async () => {
    mirror = make({ silenceMs: 30 });
    const lost = state('stale');
    await mirror.start().ready();
    assert.match((await lost).error.message, /nothing was heard for 30 ms/);
    await state('live');
  });

  for (const [what, text] of [
    ['no JSON', 'event: user-online\nid: a1-99\ndata: {"userId"\n\n'],
    ['no user', 'event: user-offline\nid: a1-99\ndata: {"online":false}\n\n'],
    ['no list', 'event: snapshot\ndata: {"users":{}}\n\n'],
    ['a snapshot out of nowhere', 'event: snapshot\ndata: {"users":[]}\n\n'],
  ]) {
    test(`what can't be understood (${what}) ends in a new snapshot`, async () => {
      api.come('ann');
      await mirror.start().ready();
      const refused = state('refused');
      api.say(text);
      assert.equal((await refused).error.code, 'BAD_ANSWER');
      assert.deepEqual(mirror.getOnlineUsers(), ['ann']);
      await state('live');
      await heard();
    });
  }

  test('events of later servers are passed over', async () => {
    await mirror.start().ready();
    api.say('event: user-away\nid: a1-0\ndata: 7\n\n');
    api.come('ann');
    await heard();
    assert.deepEqual(mirror.getOnlineUsers(), ['ann']);
  });
});

test('whatever happens, it ends in the truth, and listeners heard every step of it', async () => {
  const random = ((seed) => () => (seed = (seed * 48271) % 2147483647) / 2147483647)(20260104);
  const users = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const believed = new Set();
  mirror.onUserOnline(({ userId }) => believed.add(userId));
  mirror.onUserOffline(({ userId }) => believed.delete(userId));
  const toggle = () => {
    const userId = users[Math.floor(random() * users.length)];
    if (api.online.has(userId)) api.go(userId);
    else api.come(userId);
  };
  await mirror.start().ready();
  api.betweenPages = async () => {
    if (random() < 0.5) toggle();
    if (random() < 0.1) api.cut();
    await new Promise(setImmediate);
  };
  for (let step = 0; step < 600; ++step) {
    const dice = random();
    if (dice < 0.8) toggle();
    else if (dice < 0.88) api.cut();
    else if (dice < 0.9) api.forget();
    else if (dice < 0.92) api.restart();
    else await new Promise(setImmediate);
    if (step % 50 !== 49) continue;
    api.betweenPages = ((kept) => () => ((api.betweenPages = kept), undefined))(api.betweenPages);
    await state('live');
    await heard();
    assert.deepEqual(mirror.getOnlineUsers().sort(), [...api.online.keys()].sort(), `after step ${step}`);
    assert.deepEqual([...believed].sort(), mirror.getOnlineUsers().sort());
  }
});

describe('a start', () => {
  test('that is refused says where, why, and what to do, and does not show the key', async () => {
    mirror = make({ apiKey: 'rck_wrong' });
    const error = await mirror.start().ready().then(() => assert.fail(), (reason) => reason);
    assert.match(error.message, /^GET http:\/\/127\.0\.0\.1:\d+\/api\/v1\/presence\/feed: 401 UNAUTHORIZED This key is not known\. Is apiKey /);
    assert.deepEqual([error.code, error.status, mirror.status.state], ['UNAUTHORIZED', 401, 'refused']);
    assert.ok(!error.message.includes('rck_wrong'));
    assert.equal(mirror.status.staleMs, Infinity);
  });

  for (const [what, refuse, words] of [
    ['a key without the scope', { status: 403, detail: 'The key lacks the scope read.' }, /403 FORBIDDEN The key lacks the scope read\. Give the key/],
    ['no rollcall', { status: 404, detail: 'Nothing.' }, /404 NOT_FOUND Nothing\. Is url/],
    ['a redirect', { status: 302, headers: { location: 'http://elsewhere.example/' } }, /: 302/],
    ['a page of something else', (response) => response.setHeader('Content-Type', 'text/html').end('<p>Hi'), /text\/html, not a feed/],
  ]) {
    test(`that meets ${what} fails at once`, async () => {
      api.refuse = refuse;
      await assert.rejects(mirror.start().ready(), { message: words });
    });
  }

  test('waits for a server that is not up yet', async () => {
    const { port } = api;
    await api.stop();
    await assert.rejects(mirror.start().ready(30), { code: 'TIMEOUT', message: /no snapshot within 30 ms; the last attempt: .*ECONNREFUSED 127\.0\.0\.1/ });
    const ready = mirror.ready();
    await api.start(port);
    await ready;
    assert.equal(mirror.status.state, 'live');
  });

  test('waits as long as the server asks for', async () => {
    mirror = make({ backoffMs: { first: 1, longest: 60 } });
    api.refuse = { status: 503, headers: { 'Retry-After': '3' } };
    const began = Date.now();
    mirror.start();
    await api.taken(() => true, 'the first attempt');
    api.refuse = undefined;
    await mirror.ready();
    assert.ok(Date.now() - began >= 55, 'but not longer than the longest wait');
  });

  test('of a server that does not answer ends in time', async () => {
    mirror = make({ requestTimeoutMs: 30 });
    const answers = [];
    api.refuse = (response) => answers.push(response);
    mirror.start();
    await api.taken(() => answers.length > 1, 'a second attempt');
    assert.match(mirror.status.error.message, /no answer in time/);
  });

  test('with settings that cannot work names them', () => {
    for (const url of [undefined, '', 'presence.example.com', 'ftp://x', 'http://x/?a=b', 'http://user@x/']) {
      assert.throws(() => make({ url }), { name: 'TypeError', message: /^url must be the server's address/ });
    }
    for (const apiKey of [undefined, '', 'two words', 'línea', 'a\nb', 7]) {
      assert.throws(() => make({ apiKey }), { name: 'TypeError', message: /^apiKey must be a key of the server's api.keys/ });
    }
    assert.throws(() => make({ apiKey: 'se cret' }), (error) => !error.message.includes('cret'));
  });
});

test('what stops it ends its connection, and a wait for it', async () => {
  await mirror.start().ready();
  await api.taken(() => true, 'the feed');
  const [reader] = api.readers;
  const closed = new Promise((resolve) => reader.on('close', resolve));
  mirror.stop();
  await within(closed, 10000, 'the end of the connection');
  assert.equal(mirror.status.state, 'stopped');
  const other = make();
  api.refuse = { status: 503 };
  const ready = other.start().ready();
  other.stop();
  await assert.rejects(ready, { code: 'CLOSED' });
});

test('it can be started again, and goes on where it was', async () => {
  api.come('ann');
  await mirror.start().ready();
  mirror.stop();
  api.go('ann');
  const told = news();
  mirror.start();
  await state('live');
  await heard();
  assert.deepEqual(told, ['-ann']);
});

test('a listener that fails keeps no other from being told', async () => {
  const failures = [];
  mirror = make({ onListenerError: (error) => failures.push(error.message) });
  mirror.onUserOnline(() => {
    throw new Error('at once');
  });
  mirror.onUserOnline(async () => {
    throw new Error('later');
  });
  const told = news();
  await mirror.start().ready();
  api.come('ann');
  await heard();
  assert.deepEqual(told, ['+ann']);
  assert.deepEqual([...new Set(failures)].sort(), ['at once', 'later']);
});
