// The code that the product's users were given, run word for word: only the address and the token are filled in.
import assert from 'node:assert/strict';
import http from 'node:http';
import { createRequire } from 'node:module';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { io } from 'socket.io-client';
import { launchBrowser, watchPage } from './support/browser.js';
import { closeAll, connect } from './support/client.js';
import { startServer } from './support/server.js';
import { token } from './support/tokens.js';
import { Inbox, once } from './support/wait.js';

const server = await startServer({ env: { ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 200 } });
const sockets = [];
after(() => {
  closeAll();
  for (const socket of sockets) socket.disconnect();
  return server.stop();
});

const kConnection = `
const socket = io('http://localhost:3000/ws/messages', {
  auth: { token: 'your-jwt-token' }
});`;

const kCheckOne = `
socket.emit('check-user-status', { userId: 'user-123' }, (response) => {
  console.log(response.data.online); // true or false
});`;

const kCheckMany = `
socket.emit('check-users-status', { 
  userIds: ['user-1', 'user-2', 'user-3'] 
}, (response) => {
  console.log(response.data.statuses);
});`;

const kListOnline = `
socket.emit('get-online-users', {}, (response) => {
  console.log(response.data.users);
  console.log(response.data.count);
});`;

const kListen = `
socket.on('user-online', (data) => {
  console.log(\`User \${data.userId} is now online\`);
});

socket.on('user-offline', (data) => {
  console.log(\`User \${data.userId} is now offline\`);
});`;

const kHeartbeat = `
setInterval(() => {
  if (socket.connected) {
    socket.emit('heartbeat');
  }
}, 30000);`;

const kConsole = `
// Check user status
socket.emit('check-user-status', { userId: 'test-user' }, console.log);

// Get online users
socket.emit('get-online-users', {}, console.log);

// Listen for events
socket.on('user-online', console.log);
socket.on('user-offline', console.log);`;

const kScript = `
const io = require('socket.io-client');
const socket = io('http://localhost:3000/ws/messages', {
  auth: { token: 'your-jwt-token' }
});

socket.on('connect', () => {
  console.log('Connected!');
  socket.emit('get-online-users', {}, console.log);
});`;

const fill = (code, user) => code.replace('http://localhost:3000', server.url).replace('your-jwt-token', token(user));

// Runs a sample with these names in scope; what it gives to console.log can be awaited, what it returns is the socket.
function runSample(code, user, scope) {
  const printed = new Inbox();
  const names = { console: { log: (...values) => printed.put(values.length === 1 ? values[0] : values) }, ...scope };
  const sample = new Function(...Object.keys(names), `${fill(code, user)}\nreturn socket;`);
  const socket = sample(...Object.values(names));
  sockets.push(socket);
  const take = (matches, what) => printed.take(matches, what);
  return { socket, take };
}

test('connection', async () => {
  const { socket } = runSample(kConnection, 'frontend', { io });
  const [hello] = await once(socket, 'connected');
  assert.equal(hello.userId, 'frontend');
  assert.equal(socket.connected, true);
});

test('check user status', async () => {
  const { socket, take } = runSample(kConnection + kCheckOne, 'checker', { io });
  assert.equal(await take(() => true, 'an answer'), false);
  const user = await connect(server, 'user-123');
  const again = runSample(kCheckOne, 'checker', { socket });
  assert.equal(await again.take(() => true, 'an answer'), true);
  user.close();
});

test('check multiple users', async () => {
  const user = await connect(server, 'user-2');
  const { take } = runSample(kConnection + kCheckMany, 'checker', { io });
  const statuses = await take(Array.isArray, 'the statuses');
  assert.deepEqual(statuses.map((one) => [one.userId, one.online]), [['user-1', false], ['user-2', true], ['user-3', false]]);
  user.close();
});

test('get all online users', async () => {
  const { take } = runSample(kConnection + kListOnline, 'lister', { io });
  const users = await take(Array.isArray, 'the users');
  const count = await take((value) => typeof value === 'number', 'the count');
  assert.equal(count, users.length);
  assert.ok(users.some((one) => one.userId === 'lister'));
});

test('listen for presence changes', async () => {
  const { socket, take } = runSample(kConnection + kListen, 'listener', { io });
  await once(socket, 'connected');
  const guest = await connect(server, 'user-9');
  await take((line) => line === 'User user-9 is now online', 'the line');
  guest.close();
  await take((line) => line === 'User user-9 is now offline', 'the line');
});

test('send heartbeat', async () => {
  let beat;
  const { socket } = runSample(kConnection + kHeartbeat, 'beating', { io, setInterval: (f, ms) => (beat = { f, ms }) });
  await once(socket, 'connected');
  assert.equal(beat.ms, 30000);
  const answered = once(socket, 'heartbeat-ack');
  beat.f();
  const [ack] = await answered;
  assert.ok(ack.timestamp);
});

test('what METHOD 2 says to type into a browser’s console', async () => {
  const { socket } = runSample(kConnection, 'console', { io });
  await once(socket, 'connected');
  const { take } = runSample(kConsole, 'console', { socket });
  const isAnswer = (event) => (value) => value && value.event === event;
  assert.equal((await take(isAnswer('user-status'), 'the status')).data.online, false);
  assert.ok((await take(isAnswer('online-users'), 'the list')).data.count >= 1);
  const about = (online) => (data) => data && data.userId === 'test-user' && data.online === online;
  const guest = await connect(server, 'test-user');
  await take(about(true), 'online');
  guest.close();
  await take(about(false), 'offline');
});

test('what METHOD 3 says to put into a script', async () => {
  const { take } = runSample(kScript, 'script', { require: createRequire(import.meta.url) });
  await take((value) => value === 'Connected!', 'Connected!');
  const answer = await take((value) => value && value.event === 'online-users', 'the list');
  assert.ok(answer.data.users.some((one) => one.userId === 'script'));
});

describe('the React hook, in Chromium', () => {
  test('the card turns green when the user comes, and grey when it goes', async () => {
    const bundle = await build({
      entryPoints: [fileURLToPath(new URL('seed/react-page.jsx', import.meta.url))],
      bundle: true,
      write: false,
      define: { 'process.env.NODE_ENV': '"production"' },
      logLevel: 'error',
    });
    // The frontend has an origin of its own, as it would in production.
    let settings = {};
    const site = http.createServer((request, response) => {
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.end(
        `<!doctype html><div id="root"></div><script>window.settings=${JSON.stringify(settings)}</script><script>${bundle.outputFiles[0].text.replaceAll('</script', '<\\/script')}</script>`,
      );
    });
    await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${site.address().port}`;
    const [open, browser] = await Promise.all([
      startServer({ env: { ROLLCALL_CORS_ORIGINS: origin, ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 200 } }),
      launchBrowser(),
    ]);
    after(async () => {
      await browser.close();
      site.close();
      await open.stop();
    });
    settings = { url: open.namespaceUrl, token: token('viewer'), userId: 'carer-7', name: 'Maria' };
    const page = await browser.context.newPage();
    const seen = watchPage(page);
    await page.goto(origin);
    const card = (words) => page.locator('span', { hasText: words }).waitFor();
    await page.getByRole('heading', { name: 'Maria' }).waitFor();
    await card('⚫ Offline');
    for (let round = 0; round < 2; ++round) {
      const tabs = [await connect(open, 'carer-7'), await connect(open, 'carer-7')];
      await card('🟢 Online');
      tabs[0].socket.disconnect();
      assert.equal(await page.locator('span').textContent(), '🟢 Online');
      if (round === 0) tabs[1].socket.disconnect();
      else tabs[1].cut();
      await card('⚫ Offline');
    }
    // Someone who is online already when the card appears.
    const tab = await connect(open, 'carer-7');
    await page.reload();
    await card('🟢 Online');
    tab.close();
    await card('⚫ Offline');
    assert.deepEqual(seen.errors, []);
  });
});
