// The guide's recipes, and its module src/presence.js, run in Node against the real server.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { closeAll, connect } from '../e2e/support/client.js';
import { startServer } from '../e2e/support/server.js';
import { nowSeconds, token } from '../e2e/support/tokens.js';
import { Inbox, once, within } from '../e2e/support/wait.js';
import { bundle, fill, layOut, typeCheck } from './support/app.js';
import { blocksOf, kGuide } from './support/text.js';

const blocks = blocksOf(kGuide);
const server = await startServer({ env: { ROLLCALL_PRESENCE_BROADCAST: 'watchers', ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100 } });
const opened = [];
afterEach(() => {
  for (const { socket } of opened.splice(0)) socket.disconnect();
  closeAll();
});
after(() => server.stop());

let serial = 0;
const somebody = (name) => `${name}-${++serial}`;

// The recipe and src/presence.js as one module, freshly loaded; getToken gives what `tokens` gives.
async function load(id, { tokens, change = (code) => code } = {}) {
  globalThis.docsToken = tokens ?? (() => token('viewer'));
  const files = { 'src/auth.js': 'export const getToken = async () => globalThis.docsToken();\n' };
  for (const name of ['2a src/presence.js', id]) files[blocks.get(name).file] = change(fill(blocks.get(name).code, server));
  files['src/all.js'] = `export * from './presence.js';\nexport * from './${blocks.get(id).file.slice(4)}';\n`;
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

async function connected(options, id = '2a src/presence.js') {
  const module = await load(id, options);
  if (!module.socket.connected) await once(module.socket, 'connect');
  return module;
}

// Calls back with the state whenever the user's changes; the states can be awaited one by one.
function follow({ watchUser, stateOf }, userId) {
  const inbox = new Inbox();
  const stop = watchUser(userId, () => inbox.put(stateOf(userId)));
  return { stop, next: (online) => inbox.take((state) => state.online === online, `${userId} to be ${online}`) };
}

const watchedBy = ({ socket }) => within(socket.emitWithAck('unsubscribe-presence', { userIds: [] }), 5000, 'the count').then(({ data }) => data.count);

test('src/presence.js: a user comes and goes, for two listeners and one subscription', async () => {
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

test('src/presence.js: 2,500 cards cost three requests, and their end three more', async () => {
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

test('src/presence.js: who is unmounted and mounted at once, as by StrictMode, stays watched', async () => {
  const module = await connected();
  const user = somebody('strict');
  const first = module.watchUser(user, () => {});
  first();
  first();
  const card = follow(module, user);
  await card.next(false);
  assert.equal(await watchedBy(module), 1);
});

test('src/presence.js: after a break it asks again, for all that is watched by then', async () => {
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

test('src/presence.js: a token that has run out is replaced by asking again', async () => {
  let asked = 0;
  const tokens = () => token('late', (asked += 1) === 1 ? { exp: nowSeconds() - 60 } : {});
  const { error } = console;
  const complaints = [];
  console.error = (...words) => complaints.push(words);
  try {
    const sooner = (code) => code.replace('5000', '50');
    const { socket } = await load('2a src/presence.js', { tokens, change: sooner });
    await once(socket, 'connect');
  } finally {
    console.error = error;
  }
  assert.equal(asked, 2);
  assert.deepEqual(complaints.map(([, message, data]) => [message, data.code]), [['Authentication failed', 'TOKEN_EXPIRED']]);
});

test('src/presence.js: where there is no token, the server is asked all the same, and says so', async () => {
  const { error } = console;
  const complaint = new Promise((resolve) => (console.error = (...words) => resolve(words)));
  try {
    await load('2a src/presence.js', { tokens: () => { throw new Error('logged out'); } });
    const [, message, data] = await within(complaint, 5000, 'the complaint');
    assert.deepEqual([message, data.code], ['Authentication failed', 'MISSING_AUTH_TOKEN']);
  } finally {
    console.error = error;
  }
});

test('src/auth.js: gives what the backend gives, if it is a token', async (t) => {
  const { folder, remove } = layOut({ 'auth.mjs': blocks.get('2 src/auth.js').code });
  t.after(remove);
  const { getToken } = await import(pathToFileURL(join(folder, 'auth.mjs')));
  const answer = (text, status = 200) => t.mock.method(globalThis, 'fetch', async () => new Response(text, { status }));
  const good = token('somebody');
  answer(good);
  assert.equal(await getToken(), good);
  for (const [text, status] of [['<!doctype html>', 200], ['', 200], [good, 403]]) {
    answer(text, status);
    await assert.rejects(getToken(), { message: `/api/presence-token gave no token, but ${status}` });
  }
});

test('src/auth.js, for now: does without a backend', async (t) => {
  const { folder, remove } = layOut({ 'auth.mjs': fill(blocks.get('2 src/auth.js, for now').code, server, token('early')) });
  t.after(remove);
  const { getToken } = await import(pathToFileURL(join(folder, 'auth.mjs')));
  const { socket } = await connected({ tokens: getToken });
  const other = await connect(server, 'other');
  assert.equal(await other.isOnline('early'), true);
  assert.equal(socket.connected, true);
});

test('last seen', async () => {
  const { lastSeen } = await load('7 src/lastSeen.js');
  const now = Date.parse('2026-01-04T12:00:00.000Z');
  const ago = (ms) => lastSeen({ online: false, lastActive: new Date(now - ms).toISOString() }, now);
  assert.equal(lastSeen({ online: true, lastActive: null }, now), 'Online');
  assert.equal(lastSeen({ online: false, lastActive: null }, now), 'Offline');
  assert.deepEqual([ago(1000), ago(5 * 60000), ago(3 * 3600000), ago(26 * 3600000)], [
    'Last seen just now', 'Last seen 5 minutes ago', 'Last seen 3 hours ago', 'Last seen yesterday',
  ]);
});

test('everybody who is online, page by page', async () => {
  const module = await connected({}, '7 src/everybodyOnline.js');
  const users = Array.from({ length: 5 }, () => somebody('lot'));
  for (const user of users) await connect(server, user);
  const pages = (await module.everybodyOnline(2)).map(({ userId }) => userId);
  assert.deepEqual(pages, ['viewer', ...users]);
  assert.equal(module.socket.sent.filter(([event]) => event === 'get-online-users').length, 3);
  assert.deepEqual((await module.everybodyOnline()).map(({ userId }) => userId), pages);
  await assert.rejects(module.everybodyOnline(0), /INVALID_PAYLOAD: limit/);
});

test('online first', async () => {
  const module = await connected({}, '7 src/onlineFirst.js');
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
  const { heartbeat, socket } = await connected({}, '7 src/heartbeat.js');
  assert.equal(heartbeat.ms, 30000);
  const beats = () => socket.sent.filter(([event]) => event === 'heartbeat').length;
  const answered = once(socket, 'heartbeat-ack');
  heartbeat.beat();
  await answered;
  globalThis.document.visibilityState = 'hidden';
  heartbeat.beat();
  assert.equal(beats(), 1);
});

test('the note shows while there is no connection', async () => {
  const { connectionNote, socket } = await load('7 src/connectionNote.js');
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

test('logging out is seen at once, and logging in asks for a token', async () => {
  const user = somebody('leaver');
  let asked = 0;
  const tokens = () => token(user, { n: (asked += 1) });
  const patient = await connect(server, 'patient');
  await patient.data('subscribe-presence', { userIds: [user] });
  const { logOut, logInAgain } = await connected({ tokens }, '7 src/logOut.js');
  await patient.take('user-online', user);
  logOut();
  await patient.take('user-offline', user);
  logInAgain();
  await patient.take('user-online', user);
  assert.equal(asked, 2);
});

test('the types', async () => {
  const { folder, remove } = layOut({ 'src/typed.ts': blocks.get('7 src/typed.ts').code });
  try {
    await typeCheck(folder);
    writeFileSync(join(folder, 'src/typed.ts'), blocks.get('7 src/typed.ts').code.replace("'user-123'", '123'));
    await assert.rejects(typeCheck(folder), /not assignable/);
  } finally {
    remove();
  }
});
