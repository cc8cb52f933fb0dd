// Who is online by the feed, whatever it says in whatever order; and in which order they are listed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Mirror } from './mirror.js';
import { kOrders, matcher, Ordered } from './ordered.js';

const user = (userId, connectedAt = '2026-01-04T12:00:00.000Z', more = {}) => ({ userId, email: null, role: null, connectedAt, ...more });
const came = (userId, more) => ({ ...user(userId), online: true, timestamp: '2026-01-04T12:34:56.789Z', ...more });
const went = (userId) => ({ userId, online: false, timestamp: '2026-01-04T12:35:00.000Z', lastActive: null });
const idsOf = (mirror) => [...mirror.users.keys()].sort();
const listed = (mirror) => mirror.ordered.page('', 0, 1000).users.map(({ userId }) => userId);

function live(...ids) {
  const mirror = new Mirror();
  mirror.apply('reset', { reason: 'start' });
  mirror.apply('snapshot', { users: ids.map((id) => user(id)) });
  mirror.apply('live', { count: ids.length });
  return mirror;
}

test('a snapshot counts when it is whole, and takes the place of what was known', () => {
  const mirror = live('a', 'b');
  assert.deepEqual(mirror.apply('reset', { reason: 'cursor-unknown' }), { kind: 'reset', reason: 'cursor-unknown' });
  mirror.apply('snapshot', { users: [user('c')] });
  assert.deepEqual(idsOf(mirror), ['a', 'b'], 'not yet');
  mirror.apply('snapshot', { users: [user('d')] });
  assert.deepEqual(mirror.apply('live', { count: 2 }), { kind: 'live', resumed: false, settlingMs: 0 });
  assert.deepEqual(idsOf(mirror), ['c', 'd']);
  assert.deepEqual(listed(mirror), ['c', 'd']);
});

test('what came before a reset that interrupts a snapshot is void', () => {
  const mirror = live('a');
  mirror.apply('reset', { reason: 'fell-behind' });
  mirror.apply('snapshot', { users: [user('ghost')] });
  mirror.apply('reset', { reason: 'fell-behind' });
  mirror.apply('live', { count: 0 });
  assert.deepEqual(idsOf(mirror), []);
});

test('a cursor that was known leaves everything as it was', () => {
  const mirror = live('a', 'b');
  assert.deepEqual(mirror.apply('live', { count: 1, resumed: true }), { kind: 'live', resumed: true, settlingMs: 0 });
  mirror.apply('user-offline', went('b'));
  assert.deepEqual(idsOf(mirror), ['a']);
});

function restarted(mirror, ids, { settlingMs = 9000, reason = 'cursor-unknown' } = {}) {
  mirror.apply('reset', { reason });
  mirror.apply('snapshot', { users: ids.map((id) => user(id)) });
  return mirror.apply('live', { count: ids.length, settlingMs });
}

test('after a start of the server those who were online stay, until they are told of or the time is over', () => {
  const mirror = live('back', 'left', 'returns', 'lost');
  assert.deepEqual(restarted(mirror, ['back', 'new']), { kind: 'live', resumed: false, settlingMs: 9000 });
  assert.deepEqual(idsOf(mirror), ['back', 'left', 'lost', 'new', 'returns']);
  assert.deepEqual(listed(mirror), ['back', 'left', 'lost', 'new', 'returns']);
  assert.equal(mirror.apply('user-online', came('returns')).new, false, 'returning is no news');
  assert.equal(mirror.apply('user-offline', went('left')).new, true);
  const [change, ...more] = mirror.settled('2026-01-04T12:36:00.000Z');
  assert.deepEqual([change.userId, change.online, change.new, change.timestamp, more], ['lost', false, true, '2026-01-04T12:36:00.000Z', []]);
  assert.deepEqual(listed(mirror), ['back', 'new', 'returns']);
  assert.deepEqual(mirror.settled('2026-01-04T12:37:00.000Z'), []);
});

test('whoever was held through two starts is still held, and a snapshot that is believed ends it', () => {
  const mirror = live('a', 'b');
  restarted(mirror, ['b']);
  restarted(mirror, []);
  assert.deepEqual(idsOf(mirror), ['a', 'b']);
  restarted(mirror, ['b'], { settlingMs: 0 });
  assert.deepEqual(idsOf(mirror), ['b']);
  assert.deepEqual(mirror.settled('2026-01-04T12:36:00.000Z'), []);
});

test('a server that started no later than we knew is believed at once', () => {
  const mirror = live('a');
  restarted(mirror, [], { reason: 'fell-behind' });
  assert.deepEqual(idsOf(mirror), []);
});

test('nobody is held after a clear', () => {
  const mirror = live('a');
  restarted(mirror, []);
  mirror.clear();
  assert.deepEqual(idsOf(mirror), []);
  assert.deepEqual(mirror.settled('2026-01-04T12:36:00.000Z'), []);
});

test('changes that say what is known already are no news', () => {
  const mirror = live('a');
  assert.equal(mirror.apply('user-online', came('a')).new, false);
  assert.equal(mirror.apply('user-online', came('b')).new, true);
  assert.equal(mirror.apply('user-offline', went('b')).new, true);
  assert.equal(mirror.apply('user-offline', went('b')).new, false);
  assert.deepEqual(listed(mirror), ['a']);
});

test('who leaves is told with what was known of them', () => {
  const mirror = live();
  mirror.apply('user-online', came('a', { email: 'a@example.org', role: 'carer' }));
  const news = mirror.apply('user-offline', went('a'));
  assert.deepEqual([news.email, news.role, news.online, news.timestamp], ['a@example.org', 'carer', false, went('a').timestamp]);
});

test('ids that are names of JavaScript are users like others', () => {
  const ids = ['__proto__', 'constructor', 'toString', '', ' '];
  const mirror = live(...ids);
  assert.deepEqual(idsOf(mirror), [...ids].sort());
  for (const id of ids) mirror.apply('user-offline', went(id));
  assert.equal(mirror.users.size + mirror.ordered.size, 0);
});

test('events of later versions are passed over', () => {
  assert.equal(live('a').apply('something-new', { users: 5 }), null);
});

// A generator that gives the same numbers each time.
function numbers(seed) {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return (state >>> 12) % below;
  };
}

test('the list has the same users in the same order as sorting them anew, in any order, after any changes', () => {
  for (const order of Object.keys(kOrders)) {
    const next = numbers(7);
    const mirror = live();
    mirror.sortBy(order);
    for (let i = 0; i < 3000; ++i) {
      const id = `user-${next(200)}`;
      if (next(3) === 0) mirror.apply('user-offline', went(id));
      else mirror.apply('user-online', came(id, { connectedAt: new Date(1.7e12 + next(50) * 1000).toISOString() }));
    }
    const anew = [...mirror.users.values()].sort(kOrders[order]).map(({ userId }) => userId);
    assert.deepEqual(listed(mirror), anew, order);
    assert.ok(anew.length > 50);
  }
});

test('pages: the one asked for, the last if there are fewer, and only those with the letters', () => {
  const ordered = new Ordered();
  ordered.reset(Array.from({ length: 45 }, (_, i) => user(`u${String(i).padStart(2, '0')}`, undefined, { role: i % 2 ? 'Odd' : null })));
  const page = (text, from) => {
    const { users, begin, of } = ordered.page(text, from, 20);
    return [users[0]?.userId, users.length, begin, of];
  };
  assert.deepEqual(page('', 0), ['u00', 20, 0, 45]);
  assert.deepEqual(page('', 40), ['u40', 5, 40, 45]);
  assert.deepEqual(page('', 400), ['u40', 5, 40, 45]);
  assert.deepEqual(page('', -20), ['u00', 20, 0, 45]);
  assert.deepEqual(page(' ODD ', 20), ['u41', 2, 20, 22]);
  assert.deepEqual(page('nobody', 20), [undefined, 0, 0, 0]);
});

test('letters are looked for in id, e-mail and role', () => {
  assert.ok(matcher('ANN')(user('joanne')));
  assert.ok(matcher('@example')(user('x', '', { email: 'x@Example.org' })));
  assert.ok(!matcher('null')(user('x')));
  assert.ok(matcher('')(user('x')));
});
