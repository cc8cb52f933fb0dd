// The module in applications of NestJS, with a server that a test plays.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FeedMirror, MessagesGateway, PresenceService, RollcallModule } from '@rollcall/nestjs';
import { within } from '../../../tests/e2e/support/wait.js';
import { FakeApi, kApiKey } from '../../test-support/fake-api.js';

let api;
const apps = [];
const logged = [];
const kLogger = Object.fromEntries(['log', 'warn', 'error'].map((level) => [level, (text) => logged.push(`${level} ${text}`)]));
Logger.overrideLogger(kLogger);
beforeEach(async () => {
  api = await new FakeApi().start();
  logged.length = 0;
});
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
  await api.stop();
});

const options = (more = {}) => ({ url: api.url, apiKey: kApiKey, backoffMs: { first: 1, longest: 5 }, ...more });
function moduleOf(metadata) {
  class AppModule {}
  Module(metadata)(AppModule);
  return AppModule;
}
async function start(imports, more = {}) {
  const app = await NestFactory.createApplicationContext(moduleOf({ imports, ...more }), { abortOnError: false, logger: kLogger });
  apps.push(app);
  return app;
}
const startPlain = async (more) => (await start([RollcallModule.forRoot(options(more))])).get(PresenceService);
const changed = (service) =>
  within(
    new Promise((resolve) => {
      const stops = [service.onUserOnline(done), service.onUserOffline(done)];
      function done(change) {
        for (const stop of stops) stop();
        resolve(change);
      }
    }),
    10000,
    'a change',
  );

describe('the service', () => {
  test('answers at once, as soon as the application is up', async () => {
    for (const userId of ['ann', 'bob', 'cid']) api.come(userId);
    const presence = await startPlain();
    const { lastActive, connectedAt } = api.online.get('ann');
    assert.deepEqual(presence.getUserOnlineStatus('ann'), { online: true, lastActive, connectedAt });
    assert.deepEqual(presence.getUserOnlineStatus('dan'), { online: false, lastActive: null, connectedAt: null });
    assert.deepEqual(presence.getOnlineUsers(), ['ann', 'bob', 'cid']);
    assert.equal(presence.getOnlineUsersCount(), 3);
    assert.equal(presence.status.state, 'live');
    const next = changed(presence);
    api.go('bob');
    const { userId, online } = await next;
    assert.deepEqual([userId, online, presence.getOnlineUsersCount()], ['bob', false, 2]);
  });

  test('asks the server for what must be exact', async () => {
    api.come('ann');
    const presence = await startPlain();
    assert.equal((await presence.checkUser('ann')).online, true);
    const ids = Array.from({ length: 2500 }, (_, i) => `u${i}`);
    const statuses = await presence.checkUsers(ids);
    assert.deepEqual(statuses.map(({ userId }) => userId), ids);
    const asked = api.requests.filter(({ url }) => url.endsWith('/query')).map(({ body }) => body.userIds.length);
    assert.deepEqual(asked.sort(), [1, 1000, 1000, 500].sort());
    assert.equal((await presence.fetchOnlineUsers({ limit: 1, cursor: 'a&b' })).count, 1);
    assert.ok(api.requests.some(({ url }) => url === '/api/v1/presence/online?limit=1&cursor=a%26b'));
    assert.equal(await presence.api.onlineUsersCount(), 1);
    assert.deepEqual(await presence.api.explain('ann'), { online: true, because: 'the test says so' });
  });

  test('sends messages, and says how many connections got them', async () => {
    api.come('ann/ä');
    const presence = await startPlain();
    assert.deepEqual(await presence.emitToUser('ann/ä', 'notification', { n: 1 }), { delivered: 1, online: true });
    assert.deepEqual(await presence.emitToUser('nobody', 'ping'), { delivered: 0, online: false });
    assert.deepEqual(await presence.disconnectUser('ann/ä'), { disconnected: 1 });
    const posts = api.requests.filter(({ method }) => method === 'POST').map(({ url, body }) => [url, body]);
    assert.deepEqual(posts, [
      ['/api/v1/users/ann%2F%C3%A4/emit', { event: 'notification', data: { n: 1 } }],
      ['/api/v1/users/nobody/emit', { event: 'ping' }],
      ['/api/v1/users/ann%2F%C3%A4/disconnect', undefined],
    ]);
  });

  test('rejects with what the server says, or what is wrong with the request', async () => {
    const presence = await startPlain();
    api.refuse = { status: 429, detail: 'At most 100 requests a second.', headers: { 'Retry-After': '1' } };
    await assert.rejects(presence.emitToUser('ann', 'x'), {
      name: 'RollcallApiError',
      code: 'RATE_LIMITED',
      status: 429,
      retryAfterMs: 1000,
      message: `POST ${api.url}/api/v1/users/ann/emit: 429 RATE_LIMITED At most 100 requests a second.`,
    });
    api.refuse = (response) => response.end('<html>');
    await assert.rejects(presence.checkUser('ann'), { code: 'BAD_ANSWER', message: /the answer is not JSON/ });
    for (const userId of ['', '.', '..', '\ud800', undefined, 0.5]) {
      await assert.rejects(presence.emitToUser(userId, 'x'), { code: 'INVALID_PAYLOAD', message: /userId/ }, String(userId));
      await assert.rejects(presence.disconnectUser(userId), { code: 'INVALID_PAYLOAD', message: /userId/ }, String(userId));
    }
    await assert.rejects(presence.emitToUser('ann', 'x', 1n), TypeError);
    await api.stop();
    await assert.rejects(presence.checkUser('ann'), { code: 'UNREACHABLE', message: /query: .*(ECONNREFUSED|closed)/ });
    await api.start(api.port);
  });

  test('gives up what is not answered in time', async () => {
    const presence = await startPlain({ requestTimeoutMs: 50 });
    api.refuse = () => {};
    await assert.rejects(presence.checkUser('ann'), { code: 'TIMEOUT', message: /query: no answer in time/ });
  });

  test('keeps the order of messages to one user, and lets nobody wait for another', async () => {
    const presence = await startPlain();
    const held = [];
    api.refuse = (response) => held.push(response);
    const data = { n: 1 };
    presence.server.to('ann').emit('a', data);
    data.n = 2;
    presence.server.to('ann').emit('b');
    const other = presence.emitToUser('bob', 'c');
    const posted = ({ method }) => method === 'POST';
    const first = [await api.taken(posted, 'one'), await api.taken(posted, 'another')];
    assert.deepEqual(first.map(({ body }) => body.event).sort(), ['a', 'c'], 'b waits for a');
    assert.deepEqual(first.find(({ body }) => body.event === 'a').body.data, { n: 1 }, 'as it was when it was sent');
    api.refuse = undefined;
    for (const response of held) response.end('{"delivered":0,"online":false}');
    await other;
    assert.equal((await api.taken(posted, 'the third')).body.event, 'b');
  });

  test('server.to() reaches many users, each once; a failure is logged', async () => {
    const presence = await startPlain();
    const { server } = presence;
    assert.equal(server.to(['ann', 'bob']).to('ann').in('cid').emit('news', 7), true);
    const posted = ({ method }) => method === 'POST';
    const urls = [];
    for (let i = 0; i < 3; ++i) urls.push((await api.taken(posted, 'a message')).url.split('/')[4]);
    assert.deepEqual(urls.sort(), ['ann', 'bob', 'cid']);
    api.refuse = { status: 403, detail: 'The key lacks the scope emit.' };
    const failed = new Promise((resolve) => Logger.overrideLogger({ ...kLogger, error: resolve }));
    server.to('ann').emit('news');
    assert.match(await failed, /A message was not sent: RollcallApiError: POST .* The key lacks the scope emit/);
    Logger.overrideLogger(kLogger);
  });

  test('stays up when the server goes, and logs that once', async () => {
    api.come('ann');
    const presence = await startPlain({ settleMs: 20 });
    await within(
      new Promise((resolve) => {
        let attempts = 0;
        presence.mirror.onStatus(({ state }) => state === 'stale' && (attempts += 1) === 3 && resolve());
        api.refuse = { status: 503, detail: 'Draining.' };
        api.cut();
      }),
      10000,
      'several attempts',
    );
    assert.equal(presence.getUserOnlineStatus('ann').online, true);
    const back = new Promise((resolve) => presence.mirror.onStatus(({ state }) => state === 'live' && resolve()));
    api.refuse = undefined;
    await back;
    const ours = logged.filter((line) => /Presence/.test(line)).map((line) => line.replace(/(terminated|other side closed|aborted).*/, '…'));
    assert.equal(ours.length, 3, ours.join('\n'));
    assert.match(ours[0], /^log Presence is live: 1 online/);
    assert.match(ours[1], /^warn Presence may be out of date: GET http/);
    assert.match(ours[2], /^log Presence is live: 1 online/);
  });

  test('does not log a restart from which it is back in time', async () => {
    api.come('ann');
    const presence = await startPlain();
    const told = [];
    for (const listen of ['onUserOnline', 'onUserOffline']) presence[listen](({ userId }) => told.push(userId));
    const states = [];
    const back = new Promise((resolve) => presence.mirror.onStatus(({ state }) => states.push(state) === 2 && resolve()));
    api.settling = { settlingMs: 60_000 };
    api.online.clear();
    api.restart();
    api.cut();
    await back;
    assert.equal(presence.status.state, 'settling');
    assert.equal(presence.getUserOnlineStatus('ann').online, true);
    assert.deepEqual([told, logged.filter((line) => /^warn/.test(line))], [[], []]);
  });
});

describe('the module', () => {
  test('is global, takes its options from others, and is the gateway under its old name', async () => {
    api.come('ann');
    class Feature {
      constructor(gateway) {
        this.gateway = gateway;
      }
    }
    const feature = moduleOf({ providers: [{ provide: Feature, inject: [MessagesGateway], useFactory: (gateway) => new Feature(gateway) }], exports: [Feature] });
    const settings = moduleOf({ providers: [{ provide: 'KEY', useValue: kApiKey }], exports: ['KEY'] });
    const app = await start([
      RollcallModule.forRootAsync({ imports: [settings], inject: ['KEY'], useFactory: async (apiKey) => options({ apiKey }) }),
      feature,
    ]);
    assert.equal(app.get(Feature, { strict: false }).gateway, app.get(PresenceService));
    assert.equal(app.get(MessagesGateway).getOnlineUsersCount(), 1);
  });

  test('is not global if that is wanted', async () => {
    const feature = moduleOf({ providers: [{ provide: 'X', inject: [PresenceService], useFactory: (presence) => presence }] });
    await assert.rejects(start([RollcallModule.forRoot({ ...options(), isGlobal: false }), feature]), /PresenceService/);
  });

  test('is up before those who use it are', async () => {
    api.come('ann');
    const counts = [];
    class Early {
      onModuleInit() {
        counts.push(this.presence.getOnlineUsersCount());
      }
    }
    const early = {
      provide: Early,
      inject: [PresenceService],
      useFactory: (presence) => Object.assign(new Early(), { presence }),
    };
    await start([RollcallModule.forRoot(options()), moduleOf({ providers: [early] })]);
    await start([moduleOf({ imports: [moduleOf({ providers: [early] })] }), RollcallModule.forRoot(options())]);
    await start([moduleOf({ imports: [RollcallModule.forRoot(options())], providers: [early] })]);
    assert.deepEqual(counts, [1, 1, 1]);
  });

  test('keeps the application from starting, and says where and why', async () => {
    const started = (more) => start([RollcallModule.forRoot(options(more))]);
    await assert.rejects(started({ apiKey: 'rck_wrong' }), {
      message: `Rollcall is not available. GET ${api.url}/api/v1/presence/feed: 401 UNAUTHORIZED This key is not known. Check apiKey.`,
    });
    const { port } = api;
    await api.stop();
    await assert.rejects(started({ startTimeoutMs: 1000 }), {
      message: new RegExp(`^Rollcall is not available\\. GET http://127.0.0.1:${port}/api/v1/presence/feed: no snapshot within 1000 ms; the last attempt: .*ECONNREFUSED`),
    });
    await api.start(port);
    await assert.rejects(started({ url: undefined }), /^TypeError: url must be the server's address/);
    assert.equal(api.readers.size, 0, 'none of them goes on');
  });

  test('lets it start without presence if that is wanted, and gets it later', async () => {
    api.come('ann');
    api.refuse = { status: 503 };
    const presence = await startPlain({ requireOnStart: false, startTimeoutMs: 20 });
    assert.equal(presence.getOnlineUsersCount(), 0);
    assert.ok(logged.some((line) => /^warn Starting without presence, all users are offline: GET http/.test(line)), logged.join('\n'));
    const live = new Promise((resolve) => presence.mirror.onStatus(({ state }) => state === 'live' && resolve()));
    api.refuse = undefined;
    await live;
    assert.deepEqual(presence.getOnlineUsers(), ['ann']);
  });

  test('ends the feed with the application', async () => {
    const presence = await startPlain();
    await api.taken(({ url }) => url.endsWith('/feed'), 'the feed');
    const [reader] = api.readers;
    const closed = new Promise((resolve) => reader.on('close', resolve));
    await apps.pop().close();
    await within(closed, 10000, 'the end of the feed');
    assert.equal(presence.status.state, 'stopped');
  });

  test('is not needed for the mirror', () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['-e', `const { FeedMirror } = require('@rollcall/nestjs/feed');
        if (Object.keys(require.cache).some((file) => /node_modules.@?(nestjs|rxjs|reflect)/.test(file.replace('@rollcall', '')))) process.exit(3);
        new FeedMirror({ url: 'http://x', apiKey: 'k' });`],
      { cwd: fileURLToPath(new URL('..', import.meta.url)), encoding: 'utf8' },
    );
    assert.equal(status, 0, stdout + stderr);
    assert.equal(typeof FeedMirror, 'function');
  });
});
