// The mirror against a feed that a test plays: what it knows, and how it begins and ends.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { within } from '../../../tests/e2e/support/wait.js';
import { api, heard, make, mirror, news, state, use } from '../../test-support/mirrored.js';

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
    use({ maxLastSeen: 2 });
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

describe('a start', () => {
  test('that is refused says where, why, and what to do, and does not show the key', async () => {
    use({ apiKey: 'rck_wrong' });
    const error = await mirror.start().ready().then(() => assert.fail(), (reason) => reason);
    assert.match(error.message, /^GET http:\/\/127\.0\.0\.1:\d+\/api\/v1\/presence\/feed: 401 UNAUTHORIZED This key is not known\. Check apiKey\.$/);
    assert.deepEqual([error.code, error.status, mirror.status.state], ['UNAUTHORIZED', 401, 'refused']);
    assert.ok(!error.message.includes('rck_wrong'));
    assert.equal(mirror.status.staleMs, Infinity);
  });

  for (const [what, refuse, words] of [
    ['a key without the scope', { status: 403, detail: 'The key lacks the scope read.' }, /403 FORBIDDEN The key lacks the scope read\.$/],
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
    const attempted = new Promise((resolve) => mirror.onStatus(({ error }) => error && resolve()));
    mirror.start();
    await within(attempted, 10000, 'an attempt to fail');
    await assert.rejects(mirror.ready(30), { code: 'TIMEOUT', message: /no snapshot within 30 ms; the last attempt: .*ECONNREFUSED 127\.0\.0\.1/ });
    const ready = mirror.ready();
    await api.start(port);
    await ready;
    assert.equal(mirror.status.state, 'live');
  });

  test('waits as long as the server asks for', async () => {
    use({ backoffMs: { first: 1, longest: 60 } });
    api.refuse = { status: 503, headers: { 'Retry-After': '3' } };
    const began = Date.now();
    mirror.start();
    await api.taken(() => true, 'the first attempt');
    api.refuse = undefined;
    await mirror.ready();
    assert.ok(Date.now() - began >= 55, 'but not longer than the longest wait');
  });

  test('of a server that does not answer ends in time', async () => {
    use({ requestTimeoutMs: 30 });
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
  use({ onListenerError: (error) => failures.push(error.message) });
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
