// Webhooks, to real receivers on loopback: what they get, in which order, and what happens when they do not take it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { closeAll, connect } from './support/client.js';
import { writeSample } from './support/docs.js';
import { scratch } from './support/files.js';
import { rawSocket } from './support/raw.js';
import { Receiver } from './support/receiver.js';
import { seeded } from './support/seeded.js';
import { startServer } from './support/server.js';
import { token } from './support/tokens.js';

const files = scratch();
const kHookSecret = 'the-secret-that-signs-webhooks-in-the-tests';
const { isFromRollcall } = await import(writeSample(files, 'feed-and-webhooks.md', 'verify.mjs'));
const opened = [];
after(async () => {
  closeAll();
  await Promise.all(opened.map((one) => one.close()));
});

async function receive(options) {
  const receiver = await Receiver.open(options);
  opened.push(receiver);
  return receiver;
}

const serve = (receivers, env = {}) =>
  startServer({
    env: {
      ROLLCALL_WEBHOOKS_URLS: receivers.map((one) => one.url).join(','),
      ROLLCALL_WEBHOOKS_SECRET: kHookSecret,
      ROLLCALL_WEBHOOKS_BATCH_WAIT_MS: 20,
      ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 50,
      ...env,
    },
  });
const count = (text, pattern) => [...text.matchAll(pattern)].length;

test('what is sent is signed, begins with a reset, and says all that is known', async () => {
  const receiver = await receive();
  const server = await serve([receiver]);
  const reset = await receiver.take('feed.reset');
  assert.equal(reset.reason, 'start');
  const ann = await connect(server, 'ann', { as: token('ann', { email: 'ann@example.org', role: 'member' }) });
  const online = await receiver.take('user.online', 'ann');
  assert.deepEqual(Object.keys(online), ['type', 'cursor', 'userId', 'online', 'timestamp', 'email', 'role', 'connectedAt']);
  const { users } = await ann.data('get-online-users');
  const { connectedAt } = users[0];
  assert.deepEqual(online, { ...online, userId: 'ann', online: true, email: 'ann@example.org', role: 'member', timestamp: connectedAt, connectedAt });
  ann.close();
  const offline = await receiver.take('user.offline', 'ann');
  assert.deepEqual(Object.keys(offline), ['type', 'cursor', 'userId', 'online', 'timestamp', 'lastActive']);
  assert.equal(offline.online, false);

  for (const { signature, body, type, path } of receiver.requests) {
    assert.equal(path, '/hook?key=hush');
    assert.equal(type, 'application/json');
    assert.ok(isFromRollcall(kHookSecret, signature, body));
    const parsed = JSON.parse(body);
    assert.deepEqual(Object.keys(parsed), ['cursor', 'events']);
    assert.equal(parsed.cursor, parsed.events.at(-1).cursor);
  }
  assert.equal(new Set(receiver.requests.map((one) => one.id)).size, receiver.requests.length);
  assert.doesNotMatch(server.output(), /hush|that-signs-webhooks/);
  await server.stop();
});

test('the sample of the documentation refuses what is forged, changed, or old', async () => {
  const receiver = await receive();
  const server = await serve([receiver]);
  const [{ signature, body }] = await receiver.requested(1);
  const now = Date.now() / 1000;
  assert.equal(isFromRollcall(kHookSecret, signature, body, now + 299 - 10), true);
  assert.equal(isFromRollcall(kHookSecret, signature, body, now + 310), false);
  assert.equal(isFromRollcall(kHookSecret, signature, body, now - 310), false);
  assert.equal(isFromRollcall(`${kHookSecret}x`, signature, body), false);
  assert.equal(isFromRollcall(kHookSecret, signature, `${body} `), false);
  assert.equal(isFromRollcall(kHookSecret, signature.replace(/t=\d+/, `t=${Math.floor(now) + 1}`), body), false);
  for (const forged of [undefined, '', 't=1', 'v1=00', `t=${now}`, signature.slice(0, -2), signature.replace(/.$/, (c) => (c === '0' ? '1' : '0')), `${signature}00`]) {
    assert.equal(isFromRollcall(kHookSecret, forged, body), false, String(forged));
  }
  await server.stop();
});

test('all changes, once and in order, of many users on several workers, to each receiver', { timeout: 60000 }, async () => {
  const receivers = [await receive(), await receive()];
  const server = await serve(receivers, { ROLLCALL_WEBHOOKS_BATCH: 7 });
  await Promise.all(receivers.map((one) => one.take('feed.reset')));
  const users = Array.from({ length: 60 }, (_, i) => `crowd-${i}`);
  for (let round = 0; round < 2; ++round) {
    const clients = await Promise.all(users.map((user) => connect(server, user, { patienceMs: 30000 })));
    for (const client of clients) client.close();
    for (const receiver of receivers) for (const user of users) await receiver.take('user.offline', user);
  }
  for (const receiver of receivers) {
    const events = receiver.requests.flatMap((request) => JSON.parse(request.body).events).slice(1);
    assert.equal(events.length, 240);
    assert.deepEqual(events.map((event) => Number(event.cursor.split('-')[1])), Array.from({ length: 240 }, (_, i) => i + 1));
    const online = new Set();
    for (const { userId, type } of events) assert.equal(type === 'user.online', !online.delete(userId) && Boolean(online.add(userId)), userId);
    assert.ok(receiver.requests.every((request) => JSON.parse(request.body).events.length <= 7));
    assert.ok(receiver.requests.length < 200, 'they come together');
  }
  await server.stop();
});

describe('a receiver', () => {
  test('that fails is tried again with the same request, and the log says so once', async () => {
    const receiver = await receive({ answers: (_, number) => [204, 500, 302, 404][number - 1] ?? 200 });
    const server = await serve([receiver]);
    await receiver.take('feed.reset');
    const ann = await connect(server, 'ann');
    await receiver.requested(3);
    const bob = await connect(server, 'bob');
    await receiver.take('user.online', 'ann');
    await receiver.take('user.online', 'bob');
    const [, first, ...others] = receiver.requests;
    for (const again of others.slice(0, 2)) assert.deepEqual([again.id, again.body], [first.id, first.body]);
    assert.ok(receiver.requests.every(({ signature, body }) => isFromRollcall(kHookSecret, signature, body)));
    await server.says(/webhook works again .*failed_attempts=3/);
    assert.equal(count(server.output(), /webhook failing/g), 1);
    assert.match(server.output(), /WARN +webhook failing.* webhook=1 receiver=http:\/\/127\.0\.0\.1:\d+ reason="answered 500"/);
    assert.doesNotMatch(server.output(), /hush|\/hook/);
    ann.close();
    bob.close();
    await server.stop();
  });

  test('that is gone is left alone, and others are not', async () => {
    const [gone, other] = [await receive({ answers: () => 410 }), await receive()];
    const server = await serve([gone, other]);
    await server.says(/webhook ended.*410.* webhook=1/);
    await other.requested(1);
    for (const user of ['ann', 'bob']) {
      const client = await connect(server, user);
      await other.take('user.online', user);
      client.close();
      await other.take('user.offline', user);
    }
    assert.equal(gone.requests.length, 1);
    await server.stop();
  });

  test('that hangs keeps nobody waiting: not other receivers, not the server that ends', async () => {
    let release;
    const hung = new Promise((resolve) => (release = resolve));
    const [hanging, other] = [await receive({ answers: (_, number) => (number < 3 ? hung : 204) }), await receive()];
    const server = await serve([hanging, other], { ROLLCALL_WEBHOOKS_TIMEOUT_MS: 300 });
    await Promise.all([hanging.requested(1), other.requested(1)]);
    const ann = await connect(server, 'ann');
    await other.take('user.online', 'ann');
    await hanging.take('user.online', 'ann');
    assert.equal(new Set(hanging.requests.slice(0, 3).map((one) => one.id)).size, 1);
    await server.says(/webhook failing.*webhook=1.*[Tt]imed? ?out/);
    ann.close();
    await server.stop();

    const patient = await receive({ answers: () => hung });
    const stopping = await serve([patient], { ROLLCALL_WEBHOOKS_TIMEOUT_MS: 300000 });
    await patient.requested(1);
    const begin = Date.now();
    await stopping.stop();
    assert.ok(Date.now() - begin < 20000, `${Date.now() - begin} ms`);
    release(204);
  });

  test('that restarts gets what it missed', async () => {
    const before = await receive();
    const server = await serve([before]);
    await before.take('feed.reset');
    const ann = await connect(server, 'ann');
    await before.take('user.online', 'ann');
    await before.close();
    ann.close();
    const bob = await connect(server, 'bob');
    await server.says(/webhook failing/);
    const again = await receive({ port: before.port });
    await again.take('user.online', 'bob');
    assert.deepEqual(again.requests.flatMap((one) => JSON.parse(one.body).events).map((event) => event.type).sort(), ['user.offline', 'user.online']);
    await server.says(/webhook works again/);
    bob.close();
    await server.stop();
  });

  test('that was away for too long is told to take a snapshot', { timeout: 90000 }, async () => {
    const receiver = await receive({ answers: () => receiver.status });
    receiver.status = 204;
    const server = await serve([receiver], { ROLLCALL_API_FEED_CHANGES: 1000, ROLLCALL_WEBHOOKS_BATCH: 1000, ROLLCALL_PRESENCE_BROADCAST: 'watchers' });
    await receiver.take('feed.reset');
    receiver.status = 503;
    for (let i = 0; i < 1100; i += 50) {
      const some = await Promise.all(Array.from({ length: 50 }, (_, j) => rawSocket(server, `u${i + j}`)));
      for (const one of some) one.end();
    }
    const stays = await connect(server, 'stays');
    await server.says(/webhook fell behind/);
    receiver.status = 204;
    const reset = await receiver.take('feed.reset');
    assert.equal(reset.reason, 'fell-behind');
    const next = await connect(server, 'next');
    const online = await receiver.take('user.online', 'next');
    assert.ok(Number(online.cursor.split('-')[1]) > Number(reset.cursor.split('-')[1]));
    assert.equal(count(server.output(), /webhook failing/g), 1);
    stays.close();
    next.close();
    await server.stop();
  });
});

// Who is online for whoever has only what was accepted: the one reset, at the start, needs no snapshot.
function mirrorOf(requests) {
  const online = new Set();
  const seen = new Set();
  for (const { id, status, body } of requests) {
    if (!(status < 300) || seen.has(id)) continue;
    seen.add(id);
    for (const event of JSON.parse(body).events) {
      if (event.type === 'user.online') online.add(event.userId);
      if (event.type === 'user.offline') online.delete(event.userId);
    }
  }
  return [...online].sort();
}

test('a mirror whose receiver fails at random is true in the end', { timeout: 60000 }, () => seeded(7, async (random) => {
  let failures = 0; // never three in a row: each doubles the wait for the next attempt
  const fails = () => (failures = failures < 2 && random() < 0.2 ? failures + 1 : 0) > 0;
  // The second one always, for there may be few: the more slowly they are answered, the more each one has to tell.
  const receiver = await receive({ answers: (_, number) => (number === 2 || fails() ? 500 : 200) });
  const server = await serve([receiver]);
  await receiver.requested(1);
  const observer = await connect(server, 'observer');
  await receiver.take('user.online', 'observer');
  const users = Array.from({ length: 20 }, (_, i) => `mirrored-${i}`);
  let inside = [];
  for (let round = 0; round < 8; ++round) {
    for (const client of inside) if (random() < 0.5) client.close();
    inside = inside.filter((client) => client.socket.connected);
    const away = users.filter((user) => !inside.some((client) => client.user === user) && random() < 0.5);
    inside.push(...(await Promise.all(away.map((user) => connect(server, user)))));
  }
  // Whoever has just gone may still be on the way to be told of.
  for (;;) {
    const heard = receiver.requests.length;
    const truth = (await observer.data('get-online-users')).users.map((user) => user.userId).sort();
    if (isDeepStrictEqual(mirrorOf(receiver.requests), truth)) break;
    await receiver.requested(heard + 1);
  }
  assert.ok(receiver.requests.some((request) => request.status === 500));
  for (const client of [...inside, observer]) client.close();
  await server.stop();
}));

test('a reset says how long users may need to come back after the start', async () => {
  const receiver = await receive();
  const server = await serve([receiver], { ROLLCALL_PRESENCE_SETTLING_MS: 60_000 });
  const { settlingMs } = await receiver.take('feed.reset');
  assert.ok(settlingMs > 0 && settlingMs <= 60_000, String(settlingMs));
  await server.stop();
  const settled = await serve([receiver], { ROLLCALL_PRESENCE_SETTLING_MS: 0 });
  assert.deepEqual(Object.keys(await receiver.take('feed.reset')), ['type', 'cursor', 'reason', 'timestamp']);
  await settled.stop();
});

test('a new start is told by a reset of another epoch', async () => {
  const receiver = await receive();
  const epochs = [];
  for (let start = 0; start < 2; ++start) {
    const server = await serve([receiver]);
    const { reason, cursor } = await receiver.take('feed.reset');
    assert.equal(reason, 'start');
    epochs.push(cursor.split('-')[0]);
    await server.stop();
  }
  assert.notEqual(epochs[0], epochs[1]);
  assert.equal(new Set(receiver.requests.map((one) => one.id)).size, receiver.requests.length);
});

describe('https', () => {
  const key = files.path('receiver.key');
  const cert = files.path('receiver.crt');
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=receiver',
    '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const tls = { key: readFileSync(key), cert: readFileSync(cert) };

  test('a receiver whose certificate nobody vouches for is sent nothing', async () => {
    const receiver = await receive({ tls });
    const server = await serve([receiver]);
    await server.says(/webhook failing.*certificate/i);
    assert.deepEqual(receiver.requests, []);
    await server.stop();
  });

  test('nor is one that has another name', async () => {
    const receiver = await receive({ tls });
    const server = await serve([{ url: receiver.url.replace('127.0.0.1', 'localhost') }], { ROLLCALL_WEBHOOKS_CA_FILE: cert });
    await server.says(/webhook failing/);
    assert.deepEqual(receiver.requests, []);
    await server.stop();
  });

  test('webhooks.ca_file vouches for one', async () => {
    const receiver = await receive({ tls });
    const server = await serve([receiver], { ROLLCALL_WEBHOOKS_CA_FILE: cert });
    await receiver.take('feed.reset');
    await server.stop();
  });
});
