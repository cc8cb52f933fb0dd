// The feed followed through losses, and what a session makes of the server's answers, without a browser: `fetch` is the test's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Api } from './api.js';
import { Feed } from './feed.js';
import { Problem, wordsFor } from './problems.js';
import { Session } from './session.js';

const kText = new TextEncoder();
const kStats = { version: '1', timestamp: '2026-01-04T12:34:56.789Z', online: 1, connections: 1, transports: { polling: 0, websocket: 1 }, workers: 1, ready: true };
const json = (value, status = 200, headers = {}) => new Response(JSON.stringify(value), { status, headers });
const stream = (...pieces) => new Response(new ReadableStream({ start: (out) => (pieces.forEach((piece) => out.enqueue(kText.encode(piece))), out.close()) }));
const change = (n, id) => `event: user-online\nid: e-${n}\ndata: {"userId":"${id}","online":true}\n\n`;
const live = (n) => `event: live\nid: e-${n}\ndata: {"count":0}\n\n`;

// Gives `answers` one after the other: what the feed does with them, until it asks for one more.
async function follow(answers) {
  const seen = { cursors: [], events: [], states: [], pauses: [] };
  await new Promise((resolve) => {
    const feed = new Feed({
      open: (cursor) => {
        seen.cursors.push(cursor);
        if (answers.length > 0) return answers.shift()();
        feed.stop();
        resolve();
        throw new Problem({ status: 0 });
      },
      told: (event, data) => seen.events.push(data.userId ?? event),
      state: (state) => (seen.states.push(state), state === 'refused' && resolve()),
      wait: async (ms) => seen.pauses.push(ms),
    });
    feed.start();
  });
  return seen;
}

test('the feed is taken up at its last cursor, whatever ended it', async () => {
  const broken = new ReadableStream({ pull: (out) => out.error(new TypeError('network error')) });
  const seen = await follow([
    () => stream(live(1), change(2, 'a'), 'event: user-online\nid: e-3\ndata: {"userId":"cut o'),
    () => { throw new Problem({ status: 0 }); },
    () => new Response(broken),
    () => stream(live(2), change(3, 'ü').slice(0, 40), change(3, 'ü').slice(40)),
  ]);
  assert.deepEqual(seen.cursors, [undefined, 'e-2', 'e-2', 'e-2', 'e-3']);
  assert.deepEqual(seen.events, ['live', 'a', 'live', 'ü']);
  assert.deepEqual(seen.states, ['connecting', 'live', 'lost', 'lost', 'lost', 'live', 'lost']);
  assert.deepEqual(seen.pauses, [2000, 2000, 2000, 2000]);
});

test('letters may be cut in the middle', async () => {
  const bytes = kText.encode(change(1, '🦀'));
  const pieces = new ReadableStream({ start: (out) => ([...bytes].forEach((byte) => out.enqueue(new Uint8Array([byte]))), out.close()) });
  assert.deepEqual((await follow([() => new Response(pieces)])).events, ['🦀']);
});

test('it waits as long as it is told to, and gives up only where the key is no good', async () => {
  const seen = await follow([
    () => { throw new Problem({ status: 503, retryAfterMs: 10_000 }); },
    () => { throw new Problem({ status: 401 }); },
  ]);
  assert.deepEqual(seen.pauses, [10_000]);
  assert.deepEqual(seen.states, ['connecting', 'lost', 'refused']);
});

test('an event that is no JSON is a loss like others', async () => {
  const seen = await follow([() => stream('event: live\nid: e-1\ndata: {nonsense\n\n'), () => stream(live(2))]);
  assert.deepEqual(seen.cursors, [undefined, undefined, 'e-2']);
});

test('the key goes in a header, the user id into the path as one step, and refusals are problems', async () => {
  const asked = [];
  const api = new Api('rck_x', { fetch: async (address, options) => {
    asked.push([address, options.headers]);
    return asked.length === 1 ? json({ ok: 1 }) : json({ detail: 'The key x has the scope emit', code: 'FORBIDDEN' }, 403, { 'retry-after': '7' });
  } });
  assert.deepEqual(await api.user('a/b?c#d <img>', 'explain'), { ok: 1 });
  assert.equal(asked[0][0], 'api/v1/users/a%2Fb%3Fc%23d%20%3Cimg%3E/explain');
  assert.equal(asked[0][1].Authorization, 'Bearer rck_x');
  await assert.rejects(api.feed('e-5'), { status: 403, code: 'FORBIDDEN', final: true, retryAfterMs: 7000 });
  assert.equal(asked[1][1]['Last-Event-ID'], 'e-5');
});

test('an answer that is not the server’s is a problem by its status, no answer is one, too', async () => {
  const page = new Api('k', { fetch: async () => new Response('<h1>Bad gateway</h1>', { status: 502 }) });
  await assert.rejects(page.json('api/v1/stats'), { status: 502, detail: '', final: false });
  const away = new Api('k', { fetch: async () => { throw new TypeError('Failed to fetch'); } });
  await assert.rejects(away.json('api/v1/stats'), { status: 0 });
});

test('each problem has words for what it is and what to do', () => {
  for (const status of [0, 401, 403, 404, 429, 503, 502]) {
    const { what, todo } = wordsFor(new Problem({ status, detail: status === 403 ? 'It has the scope emit' : '' }));
    assert.match(what, /\.$/);
    assert.ok(todo.length > 20 && !/undefined|null|^\s/.test(todo), todo);
  }
  assert.match(wordsFor(new Problem({ status: 403, detail: 'It has the scope emit' })).todo, /^It has the scope emit\. /);
});

// A session whose server answers as `answers` say by path; what the view was told until `enough`.
function session(answers, enough, options = {}) {
  const told = [];
  return new Promise((resolve) => {
    const note = (name) => (...args) => {
      told.push([name, ...args]);
      if (!enough(told, one)) return;
      one.stop();
      resolve({ told, one });
    };
    const view = Object.fromEntries(['refused', 'link', 'stats', 'health', 'feed', 'change', 'note', 'people', 'ticked'].map((name) => [name, note(name)]));
    const fetch = async (address, { headers, signal }) => {
      signal.addEventListener('abort', breakAll);
      const feed = address.endsWith('/feed') && options.feed;
      const answer = await (feed ? feed(headers['Last-Event-ID']) : answers[address]?.());
      if (!answer) throw new TypeError('Failed to fetch');
      return answer;
    };
    const one = new Session({ api: new Api('k', { fetch }), view, everyMs: 5, wait: () => new Promise((again) => setImmediate(again)), ...options });
    one.start(options.stats ?? null);
  });
}
// Answers that do not end until their request is given up.
const unending = new Set();
const breakAll = () => (unending.forEach((out) => out.error(new Error('given up'))), unending.clear());
const forever = (...pieces) => new Response(new ReadableStream({ start: (out) => (pieces.forEach((piece) => out.enqueue(kText.encode(piece))), unending.add(out)) }));
const kFeed = ['event: reset\ndata: {"reason":"start"}\n\n', 'event: snapshot\ndata: {"users":[{"userId":"a"}]}\n\n', live(1)];
const kAnswers = {
  'api/v1/stats': () => json(kStats),
  readyz: () => json({ ready: true }),
  metrics: () => new Response('process_start_time_seconds 1\n'),
  'api/v1/presence/feed': () => forever(...kFeed),
};
const has = (name) => (told) => told.some(([one]) => one === name);

test('a session tells who is online, and whether it is well', async () => {
  const { told, one } = await session(kAnswers, (all) => has('health')(all) && all.some(([name, state]) => name === 'feed' && state === 'live'));
  assert.deepEqual([...one.mirror.users.keys()], ['a']);
  assert.equal(told.find(([name]) => name === 'health')[1].checks[0].level, 'well');
  assert.equal(one.online(), 1);
});

test('a key that is no good, at any time, ends it', async () => {
  let asked = 0;
  const answers = { ...kAnswers, 'api/v1/stats': () => (++asked < 3 ? json(kStats) : json({ detail: 'This key is not known' }, 401)) };
  const { told } = await session(answers, has('refused'));
  assert.equal(told.at(-1)[1].status, 401);
});

test('a server that does not answer is told as such, and nobody knows how many there are', async () => {
  const { told, one } = await session({}, (all) => all.some(([name, problem]) => name === 'link' && problem?.status === 0));
  assert.ok(one.lostAt > 0);
  assert.equal(one.online(), null);
  assert.ok(!has('health')(told));
});

test('figures that cannot be read are said to be so, and readiness is taken from elsewhere if need be', async () => {
  const answers = { ...kAnswers, metrics: () => json({ detail: 'keep out' }, 403), readyz: () => new Response('', { status: 404 }) };
  const { told } = await session(answers, has('health'));
  const [, { checks }] = told.find(([name]) => name === 'health');
  assert.deepEqual(checks.map(({ name, level }) => [name, level]), [['Ready', 'well'], ['Figures', 'look']]);
  assert.match(checks[1].says, /keep out/);
});

test('a server that cannot answer now is told, with its health', async () => {
  const answers = { ...kAnswers, 'api/v1/stats': () => json({ detail: 'Too many' }, 429), readyz: () => json({ code: 'DRAINING', detail: 'It ends' }, 503) };
  const { told } = await session(answers, has('health'));
  assert.equal(told.find(([name, problem]) => name === 'link' && problem)[1].status, 429);
  assert.equal(told.find(([name]) => name === 'health')[1].checks[0].name, 'Not ready');
});

test('a page that nobody looks at lets the feed go, counts by the figures, and takes the feed up again', async () => {
  const cursors = [];
  const answers = { ...kAnswers, 'api/v1/stats': () => json({ ...kStats, online: 7 }) };
  const states = [];
  const counts = [];
  await session(answers, (all, one) => {
    const [name, state] = all.at(-1);
    if (name === 'feed') {
      states.push(state);
      if (state === 'live' && states.length === 2) one.hide(true);
      if (state === 'paused') counts.push(one.online());
      if (state === 'paused') one.hide(false);
    }
    return states.length === 5;
  }, { feedWhileHiddenMs: 5, stats: { ...kStats, online: 7 }, feed: (cursor) => (cursors.push(cursor), forever(...(cursor ? [live(1).replace('}', ',"resumed":true}')] : kFeed))) });
  assert.deepEqual(states, ['connecting', 'live', 'paused', 'connecting', 'live']);
  assert.deepEqual(counts, [7]);
  assert.deepEqual(cursors, [undefined, 'e-1']);
});

test('more users than a page can hold are counted, not followed; fewer are followed again', async () => {
  let online = 11;
  const answers = { ...kAnswers, 'api/v1/stats': () => json({ ...kStats, online }), 'api/v1/presence/feed': () => forever(...kFeed) };
  const { one } = await session(answers, (all) => {
    if (all.some(([name, state]) => name === 'feed' && state === 'many')) online = 4;
    return all.some(([name, state]) => name === 'feed' && state === 'live') && online === 4;
  }, { most: 10, stats: { ...kStats, online: 11 } });
  assert.equal(one.online(), 1);
});

// The feed of a server that is started again, once for each of `lives`: 'a' is online at first, and then nobody yet.
// `lives` says for how long it settles.
function restarting(...lives) {
  const snapshot = (settlingMs) => `event: live\nid: f-1\ndata: ${JSON.stringify({ count: 0, settlingMs })}\n\n`;
  const anew = (settlingMs) => ['event: reset\ndata: {"reason":"cursor-unknown"}\n\n', snapshot(settlingMs)];
  const answers = [stream(...kFeed), ...lives.map((settlingMs, i) => (i < lives.length - 1 ? stream : forever)(...anew(settlingMs)))];
  return () => answers.shift();
}
const states = (told) => told.filter(([name]) => name === 'feed').map(([, state]) => state);
const isLast = (all, state) => all.at(-1)[0] === 'feed' && all.at(-1)[1] === state;

test('after a start of the server it settles: who was online is held, and told to have left when the time is over', async () => {
  const counts = [];
  const { told, one } = await session(kAnswers, (all, self) => {
    if (isLast(all, 'settling')) counts.push(self.online());
    return isLast(all, 'live') && counts.length > 0;
  }, { feed: restarting(20) });
  assert.deepEqual(states(told), ['connecting', 'live', 'lost', 'settling', 'live']);
  assert.deepEqual(counts, [1]);
  assert.equal(one.online(), 0);
  assert.deepEqual(told.filter(([name]) => name === 'change').map(([, { userId, online }]) => [userId, online]), [['a', false]]);
});

test('a connection that is lost while it settles decides nothing: the next snapshot does', async () => {
  const { told, one } = await session(kAnswers, (all) => isLast(all, 'settling') && states(all).length === 6, { feed: restarting(1, 60_000) });
  assert.deepEqual(states(told), ['connecting', 'live', 'lost', 'settling', 'lost', 'settling']);
  assert.deepEqual([...one.mirror.users.keys()], ['a']);
});
