// The guide's recipes, and its module src/presence.ts, run in Node against the real server.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { closeAll, connect } from '../e2e/support/client.js';
import { startServer } from '../e2e/support/server.js';
import { nowSeconds, token } from '../e2e/support/tokens.js';
import { Inbox, kPatienceMs, once, within } from '../e2e/support/wait.js';
import { bundle, fill, layOut, typeCheck } from './support/app.js';
import { blocksOf, kGuide } from './support/text.js';

const blocks = blocksOf(kGuide);
const server = await startServer({ env: { ROLLCALL_PRESENCE_BROADCAST: 'watchers', ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100 } });
const opened = [];
afterEach(() => {
  for (const { disconnect } of opened.splice(0)) disconnect();
  closeAll();
});
after(() => server.stop());

let serial = 0;
const somebody = (name) => `${name}-${++serial}`;

// The recipe and src/presence.ts as one module, freshly loaded; getToken gives what `tokens` gives.
async function load(id, { tokens, change = (code) => code } = {}) {
  globalThis.docsToken = tokens ?? (() => token('viewer'));
  globalThis.window ??= globalThis; // else it is a server that renders
  const files = { 'src/auth.ts': 'export const getToken = async () => globalThis.docsToken();\n' };
  for (const name of ['2a src/presence.ts', id]) files[blocks.get(name).file] = change(fill(blocks.get(name).code, server));
  files['src/all.js'] = `export * from './presence';\nexport * from './${blocks.get(id).file.slice(4, -3)}';\n`;
  const { folder, remove } = layOut(files);
  try {
    const path = join(folder, 'bundle.mjs');
    writeFileSync(path, await bundle(folder, 'src/all.js', { format: 'esm' }));
    const module = await import(pathToFileURL(path));
    module.socket.sent = [];
    module.socket.onAnyOutgoing((event, payload) => module.socket.sent.push([event, payload?.userIds?.length]));
    opened.push(module);
    return module;
  } finally {
    remove();
  }
}

async function connected(options, id = '2a src/presence.ts') {
  const module = await load(id, options);
  if (!module.socket.connected) await once(module.socket, 'connect');
  return module;
}

// Calls back with the state whenever the user's changes; the states can be awaited one by one.
function follow({ watchUser, stateOf }, userId) {
  const inbox = new Inbox();
  const stop = watchUser(userId, () => inbox.put(stateOf(userId)));
  return { stop, next: (online, ms) => inbox.take((state) => state.online === online, `${userId} to be ${online}`, ms) };
}

// Calls `happened` again and again until it is so.
async function until(happened) {
  while (!(await happened())) await new Promise((resolve) => setImmediate(resolve));
}

const watchedBy = ({ socket }) => within(socket.emitWithAck('unsubscribe-presence', { userIds: [] }), kPatienceMs, 'the count').then(({ data }) => data.count);

test('src/presence.ts: a user comes and goes, for two listeners and one subscription', async () => {
  const module = await connected();
  const user = somebody('ann');
  const [one, two] = [follow(module, user), follow(module, user)];
  const { lastActive } = await one.next(false);
  assert.equal(lastActive, null, 'never seen');
  await two.next(false);
  const client = await connect(server, user);
  for (const who of [one, two]) assert.match((await who.next(true)).lastActive, /^\d{4}-/);
  one.stop();
  client.socket.disconnect();
  assert.match((await two.next(false)).lastActive, /^\d{4}-/);
  assert.equal(module.socket.sent.filter(([event]) => event === 'subscribe-presence').length, 1);
  two.stop();
  await new Promise(queueMicrotask);
  assert.equal(await watchedBy(module), 0);
});

test('src/presence.ts: 2,500 cards cost three requests, and their end three more', async () => {
  const module = await connected();
  const users = Array.from({ length: 2500 }, (_, i) => `card-${i}`);
  const stops = users.map((user) => module.watchUser(user, () => {}));
  await new Promise(queueMicrotask);
  assert.equal(await watchedBy(module), 2500);
  for (const stop of stops) stop();
  await new Promise(queueMicrotask);
  assert.equal(await watchedBy(module), 0);
  const bulk = module.socket.sent.filter(([, length]) => length > 0);
  assert.deepEqual(bulk.map(([event, length]) => [event.slice(0, 3), length]), [
    ['sub', 1000], ['sub', 1000], ['sub', 500], ['uns', 1000], ['uns', 1000], ['uns', 500],
  ]);
});

test('src/presence.ts: who is unmounted and mounted at once, as by StrictMode, stays watched', async () => {
  const module = await connected();
  const user = somebody('strict');
  const first = module.watchUser(user, () => {});
  first();
  first();
  const card = follow(module, user);
  await card.next(false);
  assert.equal(await watchedBy(module), 1);
});

test('src/presence.ts: after a break it asks again, for all that is watched by then', async () => {
  const module = await connected();
  const [before, meanwhile] = [somebody('before'), somebody('meanwhile')];
  const card = follow(module, before);
  await card.next(false);
  module.socket.io.engine.close();
  await connect(server, before);
  const other = follow(module, meanwhile);
  await card.next(true);
  await other.next(false);
  assert.equal(await watchedBy(module), 2);
});

// What it complains of meanwhile, besides.
async function warned(action) {
  const { warn } = console;
  const complaints = [];
  console.warn = (...words) => complaints.push(words);
  try {
    await action();
  } finally {
    console.warn = warn;
  }
  return complaints;
}

const sooner = (code) => code.replaceAll('1000;', '20;').replace('SETTLING_MS = 10_000', 'SETTLING_MS = 300');

test('src/presence.ts: a token that has expired is replaced by asking again', async () => {
  let asked = 0;
  const tokens = () => token('late', (asked += 1) === 1 ? { exp: nowSeconds() - 60 } : {});
  const complaints = await warned(() => connected({ tokens, change: sooner }));
  assert.equal(asked, 2);
  assert.deepEqual(complaints.map(([, { code }]) => code), ['TOKEN_EXPIRED']);
});

test('src/presence.ts: while there is no token it asks again, ever more slowly', async (t) => {
  const failures = 4;
  let asked = 0;
  const tokens = () => {
    if ((asked += 1) <= failures) throw new Error('502');
    return token(somebody('patient'));
  };
  const waits = [];
  const { setTimeout } = globalThis;
  t.mock.method(globalThis, 'setTimeout', (run, ms, ...rest) => {
    if (run.name === 'connect') waits.push(ms);
    return setTimeout(run, run.name === 'connect' ? 1 : ms, ...rest);
  });
  const complaints = await warned(async () => {
    const { socket } = await connected({ tokens });
    assert.equal(socket.connected, true);
  });
  assert.equal(complaints.length, failures);
  for (const [index, wait] of waits.entries()) {
    const meant = 1000 * 2 ** index;
    assert.ok(wait >= meant / 2 && wait < meant * 1.5, `${wait} ms before attempt ${index + 2}`);
  }
  assert.equal(waits.length, failures);
});

test('src/presence.ts: nobody stays online while the page is cut off, and a short break changes nothing', async () => {
  const user = somebody('seen');
  const client = await connect(server, user);
  let broken = false;
  const tokens = () => {
    if (broken) throw new Error('502');
    return token('viewer');
  };
  await warned(async () => {
    const module = await connected({ tokens, change: sooner });
    const states = [];
    const gone = new Promise((resolve) => module.watchUser(user, () => {
      const state = module.stateOf(user);
      states.push([state.online, state.known]);
      if (!state.known) resolve();
    }));
    await within(until(() => states.length === 1), kPatienceMs, 'the first state');
    module.socket.io.engine.close();
    await once(module.socket, 'connect');
    broken = true;
    module.socket.io.engine.close();
    await within(gone, kPatienceMs, 'nobody to be known');
    assert.ok(states.slice(0, -1).every(([online, known]) => online && known), JSON.stringify(states));
    assert.deepEqual(states.at(-1), [false, false]);
    broken = false;
    await once(module.socket, 'connect');
    await within(until(() => states.at(-1)[0]), kPatienceMs, 'the user to be online again');
  });
  client.close();
});

test('src/presence.ts: after a restart of the server, who comes back in time was never offline, and who does not, is', async (t) => {
  let passing = await startServer({ env: { ROLLCALL_PRESENCE_BROADCAST: 'watchers' } });
  t.after(() => passing.stop());
  const [back, gone] = [somebody('back'), somebody('gone')];
  for (const user of [back, gone]) await connect(passing, user);
  const module = await connected({ change: (code) => code.replace('SETTLING_MS = 10_000', 'SETTLING_MS = 6000').replaceAll(server.url, passing.url) });
  const [staying, leaving] = [follow(module, back), follow(module, gone)];
  await staying.next(true);
  await leaving.next(true);
  const states = [];
  module.watchUser(back, () => states.push(module.stateOf(back).online));
  const { port } = passing;
  await passing.stop(); // nobody says goodbye
  passing = await startServer({ env: { ROLLCALL_PRESENCE_BROADCAST: 'watchers' }, listen: `127.0.0.1:${port}` });
  await once(module.socket, 'connect');
  await watchedBy(module); // so it has been told that nobody is there
  await connect(passing, back);
  await leaving.next(false, 30_000);
  assert.ok(states.every(Boolean), JSON.stringify(states));
});

test('src/presence.ts: loaded anew by a development server, it leaves one connection', async () => {
  const user = somebody('editor');
  const tokens = () => token(user);
  const witness = await connect(server, 'witness');
  for (let edit = 0; edit < 4; ++edit) await connected({ tokens });
  const last = opened.at(-1);
  assert.equal(opened.filter(({ socket }) => socket.connected).length, 1);
  assert.equal(await witness.isOnline(user), true);
  last.disconnect();
  await until(async () => !(await witness.isOnline(user)));
});

test('src/presence.ts: where a server renders the page, it connects to nothing', async () => {
  const { window } = globalThis;
  delete globalThis.window;
  try {
    const files = { 'auth.ts': 'export const getToken = () => { throw new Error("asked"); };', 'presence.ts': fill(blocks.get('2a src/presence.ts').code, server) };
    const { folder, remove } = layOut(files);
    const path = join(folder, 'bundle.mjs');
    writeFileSync(path, await bundle(folder, 'presence.ts', { format: 'esm' }));
    const { socket, stateOf } = await import(pathToFileURL(path));
    remove();
    assert.deepEqual([socket.active, stateOf('somebody').known], [false, false]);
  } finally {
    globalThis.window = window;
  }
});

test('src/auth.ts: gives what the backend gives, if it is a token', async (t) => {
  const { folder, remove } = layOut({ 'auth.mjs': blocks.get('2 src/auth.ts').code });
  t.after(remove);
  const { getToken } = await import(pathToFileURL(join(folder, 'auth.mjs')));
  const answer = (text, status = 200) => t.mock.method(globalThis, 'fetch', async () => new Response(text, { status }));
  const good = token('somebody');
  answer(good);
  assert.equal(await getToken(), good);
  for (const [text, status] of [['<!doctype html>', 200], ['', 200], [good, 403], ['Bad Gateway', 502]]) {
    answer(text, status);
    await assert.rejects(getToken(), { message: `/api/presence-token answered ${status}, text/plain;charset=UTF-8: not a token` });
  }
});

test('src/auth.ts, for now: does without a backend', async (t) => {
  const { folder, remove } = layOut({ 'auth.mjs': fill(blocks.get('2 src/auth.ts, for now').code, server, token('early')) });
  t.after(remove);
  const { getToken } = await import(pathToFileURL(join(folder, 'auth.mjs')));
  const { socket } = await connected({ tokens: getToken });
  const other = await connect(server, 'other');
  assert.equal(await other.isOnline('early'), true);
  assert.equal(socket.connected, true);
});

test('lastSeen says when a user was last active', async () => {
  const { lastSeen } = await load('7 src/lastSeen.ts');
  const now = Date.parse('2026-01-04T12:00:00.000Z');
  const ago = (ms) => lastSeen({ online: false, lastActive: new Date(now - ms).toISOString() }, now);
  assert.equal(lastSeen({ online: true, lastActive: null }, now), 'Online');
  assert.equal(lastSeen({ online: false, lastActive: null }, now), 'Offline');
  assert.deepEqual([ago(1000), ago(5 * 60000), ago(3 * 3600000), ago(26 * 3600000)], [
    'Last seen just now', 'Last seen 5 minutes ago', 'Last seen 3 hours ago', 'Last seen yesterday',
  ]);
});

test('last seen, by the server’s clock, whatever the visitor’s says', async (t) => {
  const { now } = Date;
  t.mock.method(Date, 'now', () => now() + 3 * 3600_000);
  const module = await connected({ tokens: () => token('viewer', { exp: nowSeconds() + 8 * 3600 }) }, '7 src/lastSeen.ts');
  if (Math.abs(module.serverNow() - now()) > 5000) await once(module.socket, 'connected');
  assert.ok(Math.abs(module.serverNow() - now()) < 5000);
  assert.equal(module.lastSeen({ online: false, lastActive: new Date(now() - 1000).toISOString() }), 'Last seen just now');
});

test('everybody who is online, page by page', async () => {
  const module = await connected({}, '7 src/everybodyOnline.ts');
  const users = Array.from({ length: 5 }, () => somebody('lot'));
  for (const user of users) await connect(server, user);
  const pages = (await module.everybodyOnline(2)).map(({ userId }) => userId);
  assert.deepEqual(pages, ['viewer', ...users]);
  assert.equal(module.socket.sent.filter(([event]) => event === 'get-online-users').length, 3);
  assert.deepEqual((await module.everybodyOnline()).map(({ userId }) => userId), pages);
  await assert.rejects(module.everybodyOnline(0), /INVALID_PAYLOAD: limit/);
});

test('onlineFirst lists online users first', async () => {
  const module = await connected({}, '7 src/onlineFirst.ts');
  const people = ['a', 'b', 'c', 'd'].map((name) => ({ userId: somebody(name) }));
  for (const index of [1, 3]) await connect(server, people[index].userId);
  const [first, last] = [people[1], people[2]].map(({ userId }) => follow(module, userId));
  module.watchUser(people[3].userId, () => {});
  await first.next(true);
  await last.next(false);
  assert.deepEqual(module.onlineFirst(people), [people[1], people[3], people[0], people[2]]);
});

test('the heartbeat is sent while the page is looked at', async (t) => {
  t.mock.method(globalThis, 'setInterval', (beat, ms) => ({ beat, ms }));
  globalThis.document = { visibilityState: 'visible' };
  t.after(() => delete globalThis.document);
  const { heartbeat, socket } = await connected({}, '7 src/heartbeat.ts');
  assert.equal(heartbeat.ms, 30000);
  const beats = () => socket.sent.filter(([event]) => event === 'heartbeat').length;
  const answered = once(socket, 'heartbeat-ack');
  heartbeat.beat();
  await answered;
  globalThis.document.visibilityState = 'hidden';
  heartbeat.beat();
  assert.equal(beats(), 1);
});

test('the dot that is not known yet, and the note that shows while there is no connection', async () => {
  const { connectionNote, dot, socket } = await load('7 src/unknown.ts');
  assert.deepEqual([{ known: false, online: false }, { known: true, online: false }, { known: true, online: true }].map(dot), ['⚪ Not known yet', '⚫ Offline', '🟢 Online']);
  socket.disconnect();
  const element = {};
  connectionNote(element);
  assert.deepEqual([element.hidden, element.textContent.split('…')[0]], [false, 'Connecting']);
  socket.connect();
  await once(socket, 'connect');
  assert.equal(element.hidden, true);
  const broken = once(socket, 'disconnect');
  socket.io.engine.close();
  await broken;
  assert.equal(element.hidden, false);
});

test('logging out is seen at once, also while the token endpoint is down; the next user sees nothing of the one before', async (t) => {
  const posted = [];
  t.mock.method(globalThis, 'fetch', async (path, { method }) => posted.push(`${method} ${path}`));
  const [first, second, other] = [somebody('first'), somebody('second'), somebody('other')];
  let [who, asked, broken] = [first, 0, false];
  const tokens = () => {
    asked += 1;
    if (broken) throw new Error('502');
    return token(who);
  };
  const witness = await connect(server, 'witness');
  await connect(server, other);
  await witness.data('subscribe-presence', { userIds: [first, second] });
  await warned(async () => {
    const module = await connected({ tokens, change: sooner }, '7 src/session.ts');
    const card = follow(module, other);
    await card.next(true);
    await witness.take('user-online', first);
    await module.logOut();
    await witness.take('user-offline', first);
    assert.deepEqual([posted, module.stateOf(other).known], [['POST /api/logout'], false]);
    who = second;
    module.loggedIn();
    await witness.take('user-online', second);
    await card.next(true);
    broken = true;
    module.socket.io.engine.close();
    await until(() => asked >= 4);
    await module.logOut();
    broken = false;
    await once(module.socket, 'connect', 200).then(() => assert.fail('it came back'), () => {});
    assert.equal(module.socket.active, false);
  });
});

test('all of it is TypeScript, as strict as the templates of Vite have it', async (t) => {
  const files = {};
  for (const section of ['2a', '4a', '4b', '4c', '5a', '7']) {
    for (const [id, { file, code }] of blocks) {
      const belongs = [section, '2', '2b', ...(section === '4c' ? [] : ['2a'])].includes(id.split(' ')[0]) && /\.tsx?$/.test(file) && !id.endsWith('for now');
      if (belongs) files[`${section}/${section === '4c' ? file.replace(/^src/, 'app') : file}`] = code;
    }
  }
  delete files['5a/src/main.ts']; // it imports .vue, which `make test-recipes` checks
  const { folder, remove } = layOut(files);
  t.after(remove);
  await typeCheck(folder);
});

test('the types', async () => {
  const own = "socket.on('notification', ({ message }) => console.log(message.length));\n";
  const code = blocks.get('7 src/typed.ts').code + own;
  const { folder, remove } = layOut({ 'src/typed.ts': code, 'src/events.ts': blocks.get('7 src/events.ts').code });
  try {
    await typeCheck(folder);
    for (const wrong of [code.replace("'user-123'", '{}'), code.replace("'notification'", "'notifications'")]) {
      writeFileSync(join(folder, 'src/typed.ts'), wrong);
      await assert.rejects(typeCheck(folder), /not assignable/);
    }
  } finally {
    remove();
  }
});
