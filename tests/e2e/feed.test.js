// The feed, as backends read it: its form, its cursors, what becomes of it when the server goes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, describe, test } from 'node:test';
import { api, kApiEnv, kKeys } from './support/api.js';
import { closeAll, connect } from './support/client.js';
import { writeSample } from './support/docs.js';
import { FeedReader } from './support/feed.js';
import { scratch } from './support/files.js';
import { startServer } from './support/server.js';
import { token } from './support/tokens.js';
import { within } from './support/wait.js';

const files = scratch();
after(closeAll);
const serve = (env = {}, options = {}) => startServer({ env: { ...kApiEnv, ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 50, ROLLCALL_PRESENCE_SETTLING_MS: 0, ...env }, ...options });

test('says after a start for how long users may still be on their way back', async () => {
  const server = await serve({ ROLLCALL_PRESENCE_SETTLING_MS: 60_000 });
  const reader = await FeedReader.open(server);
  const { data } = await reader.take('live');
  assert.deepEqual(Object.keys(data), ['count', 'timestamp', 'settlingMs']);
  assert.ok(data.settlingMs > 0 && data.settlingMs <= 60_000, String(data.settlingMs));
  const client = await connect(server, 'ann');
  const { settlingMs } = (await api(server, '/stats')).body;
  for (const told of [client.hello.settlingMs, settlingMs]) assert.ok(told > 0 && told <= 60_000, String(told));
  client.close();
  reader.close();
  await server.stop();
});

test('is a snapshot, and then every change at once, each with its cursor', async () => {
  const server = await serve({ ROLLCALL_PRESENCE_DELIVERIES_PER_SECOND: 1 });
  const ann = await connect(server, 'ann', { as: token('ann', { email: 'ann@example.org', role: 'member' }) });
  const reader = await FeedReader.open(server);
  assert.equal(reader.headers.get('content-type'), 'text/event-stream');
  assert.equal(reader.headers.get('cache-control'), 'no-store');
  const live = await reader.take('live');
  const [retry, reset, snapshot, ...more] = reader.inbox.entries;
  assert.deepEqual(more, []);
  assert.deepEqual(retry, { names: ['retry'], retry: '2000' });
  assert.deepEqual(reset.names, ['event', 'data']);
  assert.deepEqual(Object.keys(reset.data), ['reason', 'timestamp']);
  assert.equal(reset.data.reason, 'start');
  assert.deepEqual(snapshot.names, ['event', 'data']);
  assert.deepEqual(snapshot.data, { users: (await api(server, '/presence/online')).body.users });
  assert.deepEqual(live.names, ['event', 'id', 'data']);
  assert.match(live.id, /^[0-9a-f]{16}-1$/);
  assert.deepEqual(Object.keys(live.data), ['count', 'timestamp']);
  assert.equal(live.data.count, 1);

  const bob = await connect(server, 'bob', { as: token('bob', { email: 'b@example.org' }) });
  const online = await reader.take('user-online', 'bob');
  assert.deepEqual(online.names, ['event', 'id', 'data']);
  assert.match(online.id, /-2$/);
  const { connectedAt } = (await api(server, '/users/bob/presence')).body;
  assert.deepEqual(online.data, { userId: 'bob', online: true, timestamp: connectedAt, email: 'b@example.org', role: null, connectedAt });
  bob.close();
  const offline = await reader.take('user-offline', 'bob');
  assert.deepEqual(Object.keys(offline.data), ['userId', 'online', 'timestamp', 'lastActive']);
  assert.equal(offline.data.online, false);
  assert.equal((await api(server, '/stats')).body.feed.readers, 1);

  const again = await FeedReader.open(server, { headers: { 'Last-Event-ID': live.id } });
  const resumed = await again.take('live');
  assert.equal(resumed.id, live.id);
  assert.deepEqual(Object.keys(resumed.data), ['count', 'timestamp', 'resumed']);
  assert.deepEqual(await again.take('user-online'), online);
  assert.deepEqual(await again.take('user-offline'), offline);
  reader.close();
  again.close();
  ann.close();
  await server.stop();
});

test('is for keys that may read', async () => {
  const server = await serve();
  for (const [key, status, code] of [['rck_unknown', 401, 'UNAUTHORIZED'], [kKeys.emit, 403, 'FORBIDDEN']]) {
    const refused = await FeedReader.open(server, { key });
    assert.deepEqual([refused.status, (await refused.ended).code], [status, code]);
  }
  const admin = await FeedReader.open(server, { key: kKeys.admin });
  await admin.take('live');
  const post = await api(server, '/presence/feed', { method: 'POST' });
  assert.deepEqual([post.status, post.body.code], [405, 'METHOD_NOT_ALLOWED']);
  admin.close();
  await server.stop();
});

test('a cursor of whatever form is known, or a reason to begin anew', async () => {
  const server = await serve();
  const ann = await connect(server, 'ann');
  const first = await FeedReader.open(server);
  const { id } = await first.take('live');
  const [epoch] = id.split('-');
  const beginning = async (query, headers) => {
    const reader = await FeedReader.open(server, { query, headers });
    const { data } = await reader.take('live');
    const reset = reader.inbox.entries.find((one) => one.event === 'reset');
    reader.close();
    assert.equal(data.resumed, reset ? undefined : true);
    return reset?.data.reason ?? 'resumed';
  };
  assert.equal(await beginning(''), 'start');
  assert.equal(await beginning('?cursor='), 'start');
  assert.equal(await beginning(`?cursor=${epoch}-0`), 'resumed');
  assert.equal(await beginning(`?x=1&cursor=${id}`), 'resumed');
  assert.equal(await beginning('?cursor=nonsense', { 'Last-Event-ID': id }), 'resumed');
  assert.equal(await beginning(`?cursor=${id}`, { 'Last-Event-ID': 'nonsense' }), 'cursor-unknown');
  const wrong = [`${epoch}-2`, `${epoch}-01`, `${epoch}-+1`, `${epoch}--1`, `${epoch}-1 `, `${epoch}-`, epoch, `-${id}`, `${epoch.toUpperCase()}x-1`,
    `${epoch}-18446744073709551616`, '0000000000000000-1', '0', '-', '\0', '🦀', '9'.repeat(9000), `${epoch}-1\n\nevent: live`];
  for (const cursor of wrong) assert.equal(await beginning(`?cursor=${encodeURIComponent(cursor)}`), 'cursor-unknown', cursor);
  first.close();
  ann.close();
  await server.stop();
});

describe('when the server', () => {
  test('drains, the streams end at once', async () => {
    const server = await serve({ ROLLCALL_SERVER_DRAIN_MS: 60000 });
    const readers = await Promise.all(Array.from({ length: 5 }, () => FeedReader.open(server)));
    await Promise.all(readers.map((reader) => reader.take('live')));
    const begin = performance.now();
    server.signal('SIGTERM');
    assert.deepEqual(await Promise.all(readers.map((reader) => within(reader.ended, 20000, 'the end'))), Array(5).fill('ended'));
    await server.stop();
    assert.ok(performance.now() - begin < 20000);
  });

  test('starts again, a cursor of before is none', async () => {
    const before = await serve();
    const first = await FeedReader.open(before);
    const { id } = await first.take('live');
    await before.stop();
    const again = await serve({}, { listen: `127.0.0.1:${before.port}` });
    const reader = await FeedReader.open(again, { headers: { 'Last-Event-ID': id } });
    assert.equal((await reader.take('reset')).data.reason, 'cursor-unknown');
    assert.notEqual((await reader.take('live')).id, id);
    reader.close();
    await again.stop();
  });
});

test("the documentation's curl line shows the feed", async () => {
  const server = await serve();
  const env = { ...process.env, ROLLCALL_URL: server.url, ROLLCALL_API_KEY: kKeys.read, NO_PROXY: '127.0.0.1' };
  const show = (cursor, until) =>
    new Promise((resolve, reject) => {
      let text = '';
      const child = spawn('bash', [writeSample(files, 'feed-and-webhooks.md', 'feed.sh'), cursor].filter(Boolean), { env, detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
      const end = setTimeout(() => process.kill(-child.pid), 10000);
      child.stdout.on('data', (chunk) => {
        text += chunk;
        if (until.test(text)) process.kill(-child.pid);
      });
      child.once('error', reject).once('close', () => {
        clearTimeout(end);
        resolve(text);
      });
    });
  const [, cursor] = /event: live\nid: (\S+)\ndata: \{"count":0,/.exec(await show('', /count.*\n\n/));
  const ann = await connect(server, 'ann');
  assert.match(await show(cursor, /user-online.*\n.*\n.*\n\n/), /"resumed":true\}\n\nevent: user-online\nid: \S+-1\ndata: \{"userId":"ann",/);
  ann.close();
  await server.stop();
});
