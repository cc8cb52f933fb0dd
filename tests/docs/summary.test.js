// The code in the summary, as it stands there: only the address and the token are filled in.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { NestFactory } from '@nestjs/core';
import { io } from 'socket.io-client';
import { launchBrowser, watchPage } from '../e2e/support/browser.js';
import { closeAll, connect } from '../e2e/support/client.js';
import { startServer } from '../e2e/support/server.js';
import { token } from '../e2e/support/tokens.js';
import { Inbox, once } from '../e2e/support/wait.js';
import { bundle, compileNest, fill, layOut, serveSite } from './support/app.js';
import { blocksOf, kSummary, read } from './support/text.js';

const blocks = blocksOf(kSummary);
const apiKey = 'rck_of-the-summary-0123456789abcdefghijklm';
const server = await startServer({
  env: {
    ROLLCALL_API_KEYS: `summary:read+emit:${createHash('sha256').update(apiKey).digest('hex')}`,
    ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100,
    ROLLCALL_CORS_ORIGINS: '*',
  },
});
const sockets = [];
after(() => {
  closeAll();
  for (const socket of sockets) socket.disconnect();
  return server.stop();
});

// Runs blocks as one script, with these names in scope. What it gives to console.log can be awaited.
function run(names, user, scope) {
  const printed = new Inbox();
  const code = names.map((name) => fill(blocks.get(name).code, server, token(user))).join('\n').replace(/^import .*$/m, '');
  const given = { console: { log: (...values) => printed.put(values.length > 1 ? values : values[0]) }, ...scope };
  const socket = new Function(...Object.keys(given), `${code}\nreturn socket;`)(...Object.values(given));
  sockets.push(socket);
  return { socket, prints: (matches, what) => printed.take(matches, what) };
}

test('the code that checks one user, checks many and lists users works', async () => {
  await connect(server, 'user-123');
  await connect(server, 'user-2');
  const one = run(['connection', 'check one'], 'asker', { io });
  assert.equal(await one.prints((value) => typeof value === 'boolean', 'the answer'), true);
  const many = run(['connection', 'check many'], 'asker', { io });
  const statuses = await many.prints(Array.isArray, 'the statuses');
  assert.deepEqual(statuses.map(({ userId, online }) => [userId, online]), [['user-1', false], ['user-2', true], ['user-3', false]]);
  const list = run(['connection', 'list'], 'asker', { io });
  const users = await list.prints(Array.isArray, 'the list');
  assert.equal(await list.prints((value) => typeof value === 'number', 'the count'), users.length);
  assert.ok(users.some(({ userId }) => userId === 'asker'));
});

test('the code that listens works', async () => {
  const { socket, prints } = run(['connection', 'listen'], 'listener', { io });
  await once(socket, 'connected');
  const guest = await connect(server, 'user-9');
  await prints((line) => line === 'User user-9 is now online', 'the line');
  guest.close();
  await prints((line) => line === 'User user-9 is now offline', 'the line');
});

test('the code of the heartbeat works', async () => {
  let beat;
  const { socket } = run(['connection', 'heartbeat'], 'beating', { io, setInterval: (send, ms) => (beat = { send, ms }) });
  await once(socket, 'connected');
  assert.equal(beat.ms, 30000);
  const answered = once(socket, 'heartbeat-ack');
  beat.send();
  await answered;
});

test('console, which shows an event as its data', async () => {
  const { socket } = run(['connection'], 'console', { io });
  await once(socket, 'connected');
  const { prints } = run(['console'], 'console', { socket });
  await prints((value) => value.event === 'user-status', 'the status');
  await prints((value) => value.event === 'online-users', 'the list');
  const guest = await connect(server, 'test-user');
  const data = await prints((value) => value.userId === 'test-user', 'the event');
  assert.equal(data.online, true);
  guest.close();
});

test('the script works', async () => {
  const { prints } = run(['script'], 'script', { require: createRequire(import.meta.url) });
  await prints((value) => value === 'Connected!', 'Connected!');
  const { data } = await prints((value) => value.event === 'online-users', 'the list');
  assert.ok(data.users.some(({ userId }) => userId === 'script'));
});

test('the hook and the card work in Chromium', async () => {
  const head = `import { useEffect, useState } from 'react';\nimport { createRoot } from 'react-dom/client';\n`;
  const foot = `createRoot(document.getElementById('root')).render(<UserCard userId="carer-7" name="Maria" />);\n`;
  const code = ['connection', 'hook', 'card'].map((name) => fill(blocks.get(name).code, server, token('viewer'))).join('\n');
  const { folder, remove } = layOut({ 'main.jsx': `${head}${code}${foot}` });
  const [site, browser] = await Promise.all([serveSite({}), launchBrowser()]);
  try {
    site.script = await bundle(folder, 'main.jsx');
    const page = await browser.context.newPage();
    const seen = watchPage(page);
    await page.goto(site.url);
    await page.getByText('⚫ Offline').waitFor();
    const guest = await connect(server, 'carer-7');
    await page.getByText('🟢 Online').waitFor();
    guest.close();
    await page.getByText('⚫ Offline').waitFor();
    assert.deepEqual(seen.errors, []);
  } finally {
    remove();
    site.close();
    await browser.close();
  }
});

test('notifications.service.ts is the one of before, with one changed import, and works', async (t) => {
  const { code } = blocks.get('notifications.service.ts');
  const before = read('clients/nestjs/test/notifications.service.txt').replace(/^\/\/ .*\n/, '');
  const own = code.replace(/\n  \/\/ Your own code[^]*?\{\}\n/, '').replace('@rollcall/nestjs', '../messages/messages.gateway');
  assert.equal(own, before);
  const module = `import { Module } from '@nestjs/common';
import { RollcallModule } from '@rollcall/nestjs';
import { NotificationsService } from './notifications.service';
@Module({ imports: [RollcallModule.forRoot({ url: '${server.url}', apiKey: '${apiKey}' })], providers: [NotificationsService] })
export class AppModule {}
`;
  const files = layOut({ 'src/notifications.service.ts': code, 'src/app.module.ts': module });
  t.after(files.remove);
  await compileNest(files.folder);
  const load = createRequire(import.meta.url);
  const { AppModule } = load(join(files.folder, 'dist/app.module.js'));
  const { NotificationsService } = load(join(files.folder, 'dist/notifications.service.js'));
  const user = await connect(server, 'notified');
  const app = await NestFactory.createApplicationContext(AppModule, { abortOnError: false, logger: false });
  t.after(() => app.close());
  const service = app.get(NotificationsService);
  assert.deepEqual(await service.sendNotification('notified', 'Hello'), { sent: true, method: 'realtime' });
  assert.deepEqual(await user.take('notification'), { message: 'Hello' });
  assert.deepEqual(await service.sendNotification('nobody', 'Hello'), { sent: true, method: 'queued' });
  assert.ok((await service.getActiveUsersCount()) >= 1);
});
