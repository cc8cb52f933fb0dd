// The guide's own backend as it stands; and its section on backends: its NestJS application, compiled as NestJS projects are and run; its commands, typed into a
// shell. (Its C++ program: tests/consumer.)
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { closeAll, connect } from '../e2e/support/client.js';
import { run, startServer } from '../e2e/support/server.js';
import { compileNest, layOut, startBackend } from './support/app.js';
import { blocksOf, kGuide } from './support/text.js';

const blocks = blocksOf(kGuide);
const key = 'rck_of-the-guide-0123456789abcdefghijklmno';
const digest = createHash('sha256').update(key).digest('hex');
const server = await startServer({ env: { ROLLCALL_API_KEYS: `guide:read+emit:${digest}`, ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100 } });
afterEach(closeAll);
after(() => server.stop());

describe('backend.mjs', () => {
  const code = blocks.get('2 backend.mjs (Node 18 or later; npm install express jsonwebtoken)').code;

  test('gives a token to who is logged in, whatever type the id has, and none before or after', async (t) => {
    const backend = await startBackend(code, (text) => text.replace("{ id: 'user-1'", '{ id: 42'));
    t.after(backend.stop);
    const ask = (path, options) => fetch(backend.url + path, { redirect: 'manual', ...options });
    assert.equal((await ask('/api/presence-token')).status, 401);
    assert.equal((await ask('/api/login/nobody')).status, 404);
    const login = await ask('/api/login/user-1');
    assert.deepEqual([login.status, login.headers.get('location')], [302, '/']);
    const headers = { cookie: login.headers.get('set-cookie').split(';')[0] };
    const answer = await ask('/api/presence-token', { headers });
    assert.match(answer.headers.get('content-type'), /^text\/plain/);
    const user = await connect(server, '42', { as: await answer.text() });
    assert.equal(user.hello.userId, '42');
    assert.equal((await ask('/api/logout', { method: 'POST', headers })).status, 204);
    assert.equal((await ask('/api/presence-token', { headers })).status, 401);
  });

  test('says what is missing when there is no secret', async (t) => {
    const { folder, remove } = layOut({ 'backend.mjs': code });
    t.after(remove);
    const program = run([join(folder, 'backend.mjs')], { JWT_SECRET: undefined }, { binary: process.execPath });
    assert.equal((await program.ended).code, 1);
    assert.match(program.output(), /Set JWT_SECRET to the secret that the presence server has/);
  });
});

describe('NestJS', () => {
  test('a notification is sent at once to who is online, and kept for who is not', async (t) => {
    const uses = ['8a src/app.module.ts', '8a src/notifications/notifications.service.ts'];
    const files = layOut(Object.fromEntries(uses.map((id) => [blocks.get(id).file, blocks.get(id).code])));
    t.after(files.remove);
    await compileNest(files.folder);
    Object.assign(process.env, { ROLLCALL_URL: server.url, ROLLCALL_API_KEY: key });
    const load = createRequire(import.meta.url);
    const { AppModule } = load(join(files.folder, 'dist/app.module.js'));
    const { NotificationsService } = load(join(files.folder, 'dist/notifications/notifications.service.js'));
    const ann = await connect(server, 'ann');
    const app = await NestFactory.createApplicationContext(AppModule, { abortOnError: false, logger: false });
    t.after(() => app.close());
    const service = app.get(NotificationsService);

    assert.equal(await service.getActiveUsersCount(), 1);
    assert.deepEqual(await service.sendNotification('ann', 'Hello'), { sent: true, method: 'realtime' });
    assert.deepEqual(await ann.take('notification'), { message: 'Hello' });
    for (const message of ['one', 'two']) assert.deepEqual(await service.sendNotification('bob', message), { sent: true, method: 'queued' });
    const bob = await connect(server, 'bob');
    assert.deepEqual(await bob.take('notification'), { message: 'one' });
    assert.deepEqual(await bob.take('notification'), { message: 'two' });
    assert.equal(await service.getActiveUsersCount(), 2);
  });
});

describe('HTTP', () => {
  // As typed into a shell, behind the lines that set its environment.
  const environment = () => blocks.get('8b environment').code.replace('http://localhost:3000', server.url).replace('rck_...', key);
  async function answer(id) {
    const { stdout } = await promisify(execFile)('sh', ['-c', environment() + blocks.get(id).code], { env: { PATH: process.env.PATH } });
    return JSON.parse(stdout);
  }

  test('answers for one user, for many, for everybody, and with their number', async () => {
    const user = await connect(server, 'user-1');
    const one = await answer('8b is user-1 online?');
    const { data } = await user.ask('check-user-status', { userId: 'user-1' });
    assert.deepEqual(Object.keys(one), Object.keys(data), '"the very answer that check-user-status gives"');
    assert.deepEqual([one.userId, one.online, one.connectedAt], ['user-1', true, data.connectedAt]);
    const { statuses } = await answer('8b many users');
    assert.deepEqual(statuses.map(({ userId, online }) => [userId, online]), [['user-1', true], ['user-2', false]]);
    const { users, count } = await answer('8b everybody who is online');
    assert.equal(count, users.length);
    assert.ok(users.some(({ userId }) => userId === 'user-1'));
    assert.equal((await answer('8b how many')).count, count);
  });

  test('delivers a notification', async () => {
    const user = await connect(server, 'user-1');
    assert.deepEqual(await answer('8b a notification'), { delivered: 1, online: true });
    assert.deepEqual(await user.take('notification'), { message: 'Your parcel has arrived' });
  });

  test('explains why a user is online', async () => {
    await connect(server, 'user-1');
    const { because, connections } = await answer('8b why?');
    assert.match(because, /^Online since .* 1 connection is open/);
    assert.equal(connections.length, 1);
  });

  test('the feed: everybody, and then every change', async () => {
    await connect(server, 'user-1');
    const feed = run(['-c', `${environment()}exec ${blocks.get('8b the feed').code}`], {}, { binary: 'sh' });
    await feed.says(/event: snapshot\ndata: .*"user-1"/);
    await feed.says(/event: live\n/);
    await connect(server, 'user-2');
    await feed.says(/event: user-online\nid: .*\ndata: \{"userId":"user-2"/);
    feed.child.kill();
    await feed.ended;
  });
});
