// The mirror when its feed is lost, or begins anew: what it knows is always whole, and in the end always true.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seeded } from '../../../tests/e2e/support/seeded.js';
import { api, heard, mirror, news, state, use } from '../../test-support/mirrored.js';

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

  test('half a snapshot is none, whatever the server says next', async () => {
    for (const userId of ['ann', 'bob', 'cid']) api.come(userId);
    await mirror.start().ready();
    const refused = state('refused');
    api.betweenPages = (reader) => {
      api.refuse = (response) => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.write('event: live\nid: a1-3\ndata: {"resumed":true}\n\n');
        response.end('event: live\nid: a1-3\ndata: {}\n\n');
      };
      return state('stale').then(() => reader.destroy());
    };
    await api.reset();
    assert.match((await refused).error.message, /live without a snapshot/);
    assert.equal(mirror.getOnlineUsersCount(), 3);
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
    use({ silenceMs: 30 });
    const lost = state('stale');
    await mirror.start().ready();
    assert.match((await lost).error.message, /nothing was received for 30 ms/);
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
      const feed = ({ url }) => url === '/api/v1/presence/feed';
      await api.taken(feed, 'the first feed');
      const refused = state('refused');
      api.say(text);
      assert.equal((await refused).error.code, 'BAD_ANSWER');
      assert.deepEqual(mirror.getOnlineUsers(), ['ann']);
      await state('live');
      const { headers } = await api.taken(feed, 'the next feed');
      assert.equal(headers['last-event-id'], undefined, 'it does not come back to the same place');
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

test('whatever happens, it ends in the truth, and listeners heard every step of it', () => seeded(20260104, async (random) => {
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
}));
