// /metrics, /readyz and /healthz: the format, and each figure provoked by what it counts.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { api, kApiEnv, kKeys } from './support/api.js';
import { closeAll, connect, Client } from './support/client.js';
import { FeedReader } from './support/feed.js';
import { increase, parsedByPrometheus, scrape } from './support/metrics.js';
import { Polling, request } from './support/polling.js';
import { frame, kUpgrade, RawSocket, rawSocket, RawTcp } from './support/raw.js';
import { Receiver } from './support/receiver.js';
import { startServer } from './support/server.js';
import { nowSeconds, token } from './support/tokens.js';

const kSpace = '/ws/messages';
const [server, hasty, tight] = await Promise.all([
  startServer({ env: { ...kApiEnv, ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 50 } }),
  startServer({
    env: {
      ROLLCALL_ENGINEIO_PING_INTERVAL_MS: 50,
      ROLLCALL_ENGINEIO_PING_TIMEOUT_MS: 1500,
      ROLLCALL_SOCKETIO_CONNECT_TIMEOUT_MS: 1000,
      ROLLCALL_AUTH_LEEWAY_MS: 0,
    },
  }),
  startServer({
    env: {
      ...kApiEnv,
      ROLLCALL_LIMITS_EVENT_BURST: 5,
      ROLLCALL_LIMITS_EVENTS_PER_SECOND: 1,
      ROLLCALL_LIMITS_CONNECTIONS_PER_USER: 1,
      ROLLCALL_PRESENCE_MAX_BATCH_IDS: 2,
    },
  }),
]);
after(() => {
  closeAll();
  return Promise.all([server, hasty, tight].map((one) => one.stop()));
});

const kReadsFeed = `GET /api/v1/presence/feed HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${kKeys.read}\r\n\r\n`;
// Each has opened a session, or was refused one.
async function newcomers(where, count) {
  const crowd = Array.from({ length: count }, () => new RawTcp(where));
  for (const tcp of crowd) tcp.send(kUpgrade);
  await Promise.all(crowd.map((tcp) => tcp.until(/^HTTP\/1\.1 (101|503) /)));
  return crowd;
}

let serial = 0;
const newUser = (name) => `${name}-${++serial}`;

// Asks until the figure is there: what ends a connection may still be on its way.
async function until(where, reached, what) {
  for (const deadline = performance.now() + 30000; ; ) {
    const metrics = await scrape(where);
    if (reached(metrics)) return metrics;
    assert.ok(performance.now() < deadline, `${what}: ${metrics.text}`);
  }
}
// Until it has grown from what it was by that much, and no more.
async function untilCounted(where, before, name, labels, more = 1) {
  const target = before.value(name, labels) + more;
  const metrics = await until(where, (now) => now.value(name, labels) >= target, `${name} ${JSON.stringify(labels)} to be ${target}`);
  assert.equal(metrics.value(name, labels), target, name);
  return metrics;
}

describe('the format', () => {
  test('is what Prometheus’ own parser reads, sample for sample', async () => {
    const client = await connect(server, newUser('someone'));
    await client.data('heartbeat');
    await api(server, '/users/some%2Fbody/presence');
    const { text, samples, families } = await scrape(server);
    const parsed = parsedByPrometheus(text);
    assert.deepEqual(Object.values(parsed).flatMap((family) => family.samples), samples);
    const kinds = (all) => all.map(([name, { type, help }]) => [name.replace(/_total$/, ''), type, help]);
    assert.deepEqual(kinds(Object.entries(parsed)), kinds([...families]));
  });

  test('each metric is explained once, typed, and named as Prometheus asks for', async () => {
    const { text, samples, families } = await scrape(server);
    for (const what of ['HELP', 'TYPE']) {
      assert.equal(text.match(new RegExp(`^# ${what} `, 'gm')).length, families.size, what);
    }
    for (const [name, { type, help }] of families) {
      assert.match(name, /^(rollcall|process)(_[a-z]+)+$/);
      assert.match(help, /^[A-Z0-9].{10,}\.$/, name);
      assert.ok(['counter', 'gauge', 'histogram'].includes(type), `${name} ${type}`);
      assert.equal(type === 'counter', name.endsWith('_total'), name);
      assert.doesNotMatch(name, /_(ms|us|milliseconds|microseconds|kb|mb|percent)(_|$)/, 'base units');
    }
    const series = samples.map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`);
    assert.equal(new Set(series).size, series.length, 'no series is there twice');
  });

  test('histograms add up', async () => {
    const { samples, families } = await scrape(server);
    const histograms = [...families].filter(([, { type }]) => type === 'histogram').map(([name]) => name);
    assert.deepEqual(histograms, ['rollcall_loop_lag_seconds', 'rollcall_request_duration_seconds']);
    for (const count of samples.filter(({ name }) => histograms.some((one) => name === `${one}_count`))) {
      const name = count.name.replace(/_count$/, '');
      const same = ({ labels: { le, ...labels } }) => JSON.stringify(labels) === JSON.stringify(count.labels);
      const buckets = samples.filter((sample) => sample.name === `${name}_bucket` && same(sample));
      const values = buckets.map(({ value }) => value);
      assert.deepEqual(values, [...values].sort((a, b) => a - b), `${name} is cumulative`);
      assert.deepEqual([buckets.at(-1).labels.le, buckets.at(-1).value], ['+Inf', count.value]);
      const bounds = buckets.slice(0, -1).map(({ labels }) => Number(labels.le));
      assert.deepEqual(bounds, [...bounds].sort((a, b) => a - b));
      const [sum] = samples.filter((sample) => sample.name === `${name}_sum` && same(sample));
      assert.ok(sum.value > 0 === count.value > 0 || sum.value === 0, `${name} ${sum.value} of ${count.value}`);
    }
  });
});

describe('connections', () => {
  test('are counted by transport, as they open, upgrade and close', async () => {
    const before = await scrape(server);
    const polling = await connect(server, newUser('polling'), { transports: ['polling'] });
    const websocket = await connect(server, newUser('websocket'), { transports: ['websocket'] });
    const upgrading = await connect(server, newUser('upgrading'), { transports: ['polling', 'websocket'] });
    await upgrading.upgraded();
    await upgrading.data('heartbeat');
    const more = await increase(server, before);
    assert.equal(more('rollcall_connections', { transport: 'polling' }), 1);
    assert.equal(more('rollcall_connections', { transport: 'websocket' }), 2);
    assert.equal(more('rollcall_connections_opened_total', { transport: 'polling' }), 2);
    assert.equal(more('rollcall_connections_opened_total', { transport: 'websocket' }), 1);
    assert.equal(more('rollcall_connections_upgraded_total'), 1);
    assert.equal(more('rollcall_joins_total'), 3);
    assert.ok(more('rollcall_tcp_accepted_total') >= 3);
    assert.ok(more('rollcall_tcp_connections') >= 2);

    polling.close();
    websocket.cut();
    upgrading.close();
    await untilCounted(server, before, 'rollcall_disconnects_total', { reason: 'client namespace disconnect' }, 2);
    await untilCounted(server, before, 'rollcall_disconnects_total', { reason: 'transport close' });
    const now = await untilCounted(server, before, 'rollcall_connections_closed_total', { reason: 'transport close' }, 3);
    assert.equal(now.sum('rollcall_connections'), before.sum('rollcall_connections'));
  });

  test('are counted by the reason for which they end', async () => {
    const before = await scrape(hasty);
    const idle = new RawSocket(hasty); // joins nothing
    await idle.close();
    await untilCounted(hasty, before, 'rollcall_connect_timeouts_total');
    await untilCounted(hasty, before, 'rollcall_connections_closed_total', { reason: 'forced close' });
    const silent = await rawSocket(hasty, newUser('silent')); // answers no ping
    await silent.close();
    await untilCounted(hasty, before, 'rollcall_connections_closed_total', { reason: 'ping timeout' });
    await untilCounted(hasty, before, 'rollcall_disconnects_total', { reason: 'ping timeout' });
    const rude = new RawSocket(hasty);
    await rude.take(/^0/);
    rude.send('4nonsense');
    await rude.close();
    await untilCounted(hasty, before, 'rollcall_connections_closed_total', { reason: 'parse error' });
    const polling = await Polling.open(hasty);
    await Promise.all([polling.get(), polling.get()]);
    await untilCounted(hasty, before, 'rollcall_connections_closed_total', { reason: 'transport error' });
  });

  test('that are no Engine.IO are counted by what is wrong', async () => {
    const before = await scrape(server);
    const refused = (query, options) => request(`${server.url}/socket.io/${query}`, options);
    await refused('?EIO=4');
    await refused('?EIO=4&transport=polling&sid=nobody');
    await refused('?EIO=4&transport=polling', { method: 'PUT' });
    await refused('?EIO=4&transport=websocket');
    await refused('?EIO=3&transport=polling');
    const foreign = new RawSocket(server, undefined, { origin: 'https://evil.example' });
    await foreign.close();
    const more = await increase(server, before);
    for (const reason of ['unknown transport', 'unknown session', 'bad handshake method', 'bad request', 'unsupported version', 'forbidden origin']) {
      assert.equal(more('rollcall_handshakes_refused_total', { reason }), 1, reason);
    }
    const tcp = new RawTcp(server);
    tcp.send(Buffer.concat([Buffer.from(kUpgrade), frame({ first: 0xf1 })]));
    await tcp.close();
    await untilCounted(server, before, 'rollcall_websocket_faults_total');
  });

  test('for which no descriptor is left are counted', async () => {
    const poor = await startServer({ wrap: ['prlimit', '--nofile=40:40'], env: { ...kApiEnv, ROLLCALL_SERVER_WORKERS: 1 } });
    const crowd = [];
    while (crowd.length < 60 && !/out of file descriptors/.test(poor.output())) {
      const tcp = new RawTcp(poor);
      crowd.push(tcp);
      tcp.send(kReadsFeed);
      await Promise.race([tcp.closed, new Promise((resolve) => tcp.socket.once('data', resolve))]);
    }
    for (const tcp of crowd) tcp.end();
    await Promise.all(crowd.map((tcp) => tcp.close()));
    const now = await scrape(poor);
    assert.ok(now.value('rollcall_tcp_turned_away_total') > 0);
    assert.equal(now.value('process_max_fds'), 40);
    const unready = await request(`${poor.url}/readyz`);
    assert.deepEqual([unready.status, JSON.parse(unready.text).code], [503, 'NO_DESCRIPTORS']);
    assert.match(JSON.parse(unready.text).detail, /^File descriptors have run out.*LimitNOFILE/);
    await poor.stop();
  });

  test('that make no request are closed and counted when descriptors run short', async () => {
    const poor = await startServer({ wrap: ['prlimit', '--nofile=400:400'] });
    const crowd = Array.from({ length: 400 }, () => new RawTcp(poor));
    await Promise.any(crowd.map((tcp) => tcp.close()));
    const now = await scrape(poor, { agent: false });
    assert.ok(now.value('rollcall_tcp_idle_closed_total') > 0);
    assert.equal(now.value('rollcall_tcp_turned_away_total'), 0);
    assert.equal(now.value('rollcall_ready'), 1);
    for (const tcp of crowd) tcp.end();
    await poor.stop();
  });

  test('for which few descriptors are left are refused until others have left, which is noticed without a new one', async () => {
    const poor = await startServer({ wrap: ['prlimit', '--nofile=400:400'] });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const ready = async () => (await request(`${poor.url}/readyz`, { agent })).status === 200;
    const until = async (wanted) => {
      for (const end = Date.now() + 30000; (await ready()) !== wanted; await sleep(20)) assert.ok(Date.now() < end, `never ready: ${wanted}`);
    };
    await until(true);
    const crowd = await newcomers(poor, 355);
    await until(false);
    assert.equal((await scrape(poor, { agent })).value('rollcall_tcp_turned_away_total'), 0);
    for (const tcp of crowd) tcp.end();
    await until(true);
    agent.destroy();
    await poor.stop();
  });

  test('while few descriptors are left new sessions are refused, and new connections still get health, figures and the API', async () => {
    const poor = await startServer({ wrap: ['prlimit', '--nofile=400:400'], env: kApiEnv });
    const fresh = (path, options) => request(`${poor.url}${path}`, { agent: false, ...options });
    const crowd = await newcomers(poor, 355);
    for (const end = Date.now() + 30000; (await fresh('/readyz')).status === 200; await sleep(20)) assert.ok(Date.now() < end, 'always ready');
    const before = await scrape(poor, { agent: false });
    assert.equal((await fresh('/healthz')).status, 200);
    assert.equal(JSON.parse((await fresh('/readyz')).text).code, 'NO_DESCRIPTORS');
    assert.equal((await fresh('/api/v1/presence/count', { headers: { authorization: `Bearer ${kKeys.read}` } })).status, 200);
    const refused = await fresh('/socket.io/?EIO=4&transport=polling');
    assert.deepEqual([refused.status, refused.text], [503, 'The server has no connections left: come back later.\n']);
    const websocket = new RawTcp(poor);
    websocket.send(kUpgrade);
    await websocket.close();
    assert.match(websocket.text(), /^HTTP\/1\.1 503 [^]*The server has no connections left/);
    const now = await scrape(poor, { agent: false });
    const more = (name, labels) => now.value(name, labels) - before.value(name, labels);
    assert.equal(more('rollcall_newcomers_refused_total', { reason: 'descriptors' }), 2);
    assert.equal(now.value('rollcall_tcp_turned_away_total'), 0);
    for (const tcp of crowd) tcp.end();
    await poor.stop();
  });

  test('taken up again are counted by whether that worked', async () => {
    const before = await scrape(server);
    const user = newUser('returning');
    const client = await connect(server, user);
    const other = await connect(server, newUser('other'));
    await client.take('user-online', other.user);
    const wait = new Promise((resolve) => client.socket.once('connect', resolve));
    client.socket.io.reconnection(true);
    client.cut();
    await wait;
    assert.equal(client.socket.recovered, true);
    const stranger = await rawSocket(server);
    stranger.send(`40${kSpace},${JSON.stringify({ token: token(newUser('stranger')), pid: 'unknown', offset: 'unknown' })}`);
    await stranger.take(/^40/);
    const more = await increase(server, before);
    assert.equal(more('rollcall_recoveries_total', { outcome: 'recovered' }), 1);
    assert.equal(more('rollcall_recoveries_total', { outcome: 'failed' }), 1);
    stranger.end();
  });
});

describe('who is not let in, and what is refused', () => {
  test('by the code they are told', async () => {
    const before = await scrape(tight);
    const refused = async (auth) => (await new Client(tight, { auth }).refused()).data.code;
    const user = newUser('one');
    await connect(tight, user);
    assert.equal(await refused({}), 'MISSING_AUTH_TOKEN');
    assert.equal(await refused({ token: 'nonsense' }), 'INVALID_TOKEN');
    assert.equal(await refused({ token: token(user, { exp: nowSeconds() - 60 }) }), 'TOKEN_EXPIRED');
    assert.equal(await refused({ token: token(user) }), 'TOO_MANY_CONNECTIONS');
    const more = await increase(tight, before);
    for (const code of ['MISSING_AUTH_TOKEN', 'INVALID_TOKEN', 'TOKEN_EXPIRED', 'TOO_MANY_CONNECTIONS']) {
      assert.equal(more('rollcall_auth_failures_total', { code }), 1, code);
    }
  });

  test('connections whose token runs out', async () => {
    const before = await scrape(hasty);
    const client = await connect(hasty, newUser('short'), { as: token(newUser('short'), { exp: nowSeconds() + 2 }) });
    await client.take('authentication_error');
    await untilCounted(hasty, before, 'rollcall_tokens_expired_total');
  });

  test('requests, by event and by the code they are refused with', async () => {
    const before = await scrape(server);
    const client = await connect(server, newUser('asker'));
    const { user } = client;
    await client.data('check-user-status', { userId: user });
    await client.data('check-users-status', { userIds: [user] });
    await client.data('get-online-users');
    await client.data('heartbeat');
    await client.data('subscribe-presence', { userIds: [user] });
    await client.data('unsubscribe-presence', { userIds: [user] });
    await client.data('refresh-token', { token: token(user) });
    assert.equal((await client.ask('refresh-token', { token: 'nonsense' })).code, 'FORBIDDEN');
    assert.equal((await client.ask('check-user-status', {})).code, 'INVALID_PAYLOAD');
    assert.equal((await client.ask('dance')).code, 'UNKNOWN_EVENT');
    const more = await increase(server, before);
    const requests = (event) => more('rollcall_request_duration_seconds_count', { event });
    for (const event of ['check-user-status', 'check-users-status', 'get-online-users', 'heartbeat', 'subscribe-presence', 'unsubscribe-presence']) {
      assert.equal(requests(event), 1, event);
    }
    assert.equal(requests('refresh-token'), 2);
    assert.equal(requests('other'), 2);
    for (const code of ['FORBIDDEN', 'INVALID_PAYLOAD', 'UNKNOWN_EVENT']) assert.equal(more('rollcall_requests_refused_total', { code }), 1, code);
  });

  test('and those that are too many, of users or of events', async () => {
    const before = await scrape(tight);
    const client = await connect(tight, newUser('greedy'));
    assert.equal((await client.ask('check-users-status', { userIds: ['a', 'b', 'c'] })).code, 'TOO_MANY_USERS');
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.ask('heartbeat')));
    const limited = answers.filter(({ code }) => code === 'RATE_LIMITED').length;
    assert.ok(limited > 0);
    const more = await increase(tight, before);
    assert.equal(more('rollcall_requests_refused_total', { code: 'TOO_MANY_USERS' }), 1);
    assert.equal(more('rollcall_requests_refused_total', { code: 'RATE_LIMITED' }), limited);
  });
});

describe('presence', () => {
  test('users, their connections and changes', async () => {
    const before = await scrape(server);
    const observer = await connect(server, newUser('observer'));
    const one = newUser('one');
    const [first, second] = await Promise.all([connect(server, one), connect(server, one)]);
    await observer.take('user-online', one);
    let more = await increase(server, before);
    assert.equal(more('rollcall_users_online'), 2);
    assert.equal(more('rollcall_user_connections'), 3);
    assert.equal(more('rollcall_presence_changes_total', { state: 'online' }), 2);
    assert.equal(more('rollcall_feed_changes_total'), 2);
    assert.ok(more('rollcall_deliveries_total') >= 1);
    first.close();
    second.close();
    await observer.take('user-offline', one);
    more = await increase(server, before);
    assert.equal(more('rollcall_users_online'), 1);
    assert.equal(more('rollcall_presence_changes_total', { state: 'offline' }), 1);
    const now = await scrape(server);
    assert.equal(now.value('rollcall_presence_mode', { mode: 'live' }), 1);
    assert.equal(now.value('rollcall_presence_mode', { mode: 'batched' }), 0);
    assert.equal(now.value('rollcall_presence_window_seconds'), 0);
  });

  test('the mode in which changes are told, and what it holds back', async () => {
    const busy = await startServer({ env: { ROLLCALL_PRESENCE_DELIVERIES_PER_SECOND: 1, ROLLCALL_PRESENCE_MAX_WINDOW_MS: 60000 } });
    for (let i = 0; i < 8; ++i) await connect(busy, newUser('crowd'));
    const now = await scrape(busy);
    assert.equal(now.value('rollcall_presence_mode', { mode: 'batched' }), 1);
    assert.equal(now.value('rollcall_presence_mode', { mode: 'live' }), 0);
    assert.ok(now.value('rollcall_presence_window_seconds') >= 0.1);
    assert.ok(now.value('rollcall_presence_held_changes') > 0);
    closeAll();
    await busy.stop();
  });

  test('messages, bytes, and what waits for those who do not read', async () => {
    const before = await scrape(server);
    const slow = await rawSocket(server, newUser('slow'));
    slow.ws._socket.pause();
    const data = 'x'.repeat(100_000); // its backlog takes ten of them
    const emit = () => api(server, `/users/${encodeURIComponent(slowUser)}/emit`, { method: 'POST', key: kKeys.emit, body: JSON.stringify({ event: 'news', data }), headers: { 'Content-Type': 'application/json' } });
    const slowUser = `slow-${serial}`;
    let most = 0;
    for (let closed = false; !closed; ) {
      await emit();
      const now = await scrape(server);
      most = Math.max(most, now.value('rollcall_backlog_bytes'));
      closed = now.value('rollcall_slow_consumers_total', { kind: 'socket' }) > before.value('rollcall_slow_consumers_total', { kind: 'socket' });
    }
    assert.ok(most > 0, 'bytes were waiting');
    const more = await increase(server, before);
    assert.equal(more('rollcall_connections_closed_total', { reason: 'slow consumer' }), 1);
    assert.equal(more('rollcall_disconnects_total', { reason: 'slow consumer' }), 1);
    assert.ok(more('rollcall_sent_bytes_total') > data.length);
    assert.ok(more('rollcall_received_bytes_total') > data.length);
    assert.ok(more('rollcall_messages_sent_total') >= 3);
    assert.ok(more('rollcall_messages_received_total') >= 1);
    assert.equal((await scrape(server)).value('rollcall_backlog_bytes'), 0);
    slow.end();
  });
});

describe('HTTP', () => {
  test('requests by the route, however the path is filled in, and by status', async () => {
    const before = await scrape(server);
    const path = '/api/v1/users/{userId}/presence';
    await api(server, '/users/somebody/presence');
    await api(server, '/users/some%2Fbody/presence');
    await api(server, '/users/somebody/presence', { key: 'rck_wrong' });
    await api(server, '/users/somebody/emit', { method: 'POST', key: kKeys.emit, body: '{' });
    await request(`${server.url}/nothing/here`);
    await request(`${server.url}/healthz`, { method: 'POST' });
    const more = await increase(server, before);
    assert.equal(more('rollcall_http_requests_total', { method: 'GET', path, status: 200 }), 2);
    assert.equal(more('rollcall_http_requests_total', { method: 'GET', path, status: 401 }), 1);
    assert.equal(more('rollcall_http_requests_total', { method: 'POST', path: '/api/v1/users/{userId}/emit', status: 400 }), 1);
    assert.equal(more('rollcall_http_requests_total', { method: '', path: '', status: 404 }), 1);
    assert.equal(more('rollcall_http_requests_total', { method: '', path: '', status: 405 }), 1);
    assert.equal(more('rollcall_http_requests_total', { method: 'GET', path: '/metrics', status: 200 }), 1);
  });

  test('readers of the feed', async () => {
    const before = await scrape(tight);
    const reader = await FeedReader.open(tight);
    await reader.take('live');
    assert.equal((await scrape(tight)).value('rollcall_feed_readers'), 1);
    reader.close();
    await until(tight, (now) => now.value('rollcall_feed_readers') === before.value('rollcall_feed_readers'), 'the reader to be gone');
    assert.equal((await increase(tight, before))('rollcall_http_requests_total', { path: '/api/v1/presence/feed', status: 200 }), 1);
  });

  test('webhooks: accepted, failed, made again', async () => {
    let failures = 1;
    const receiver = await Receiver.open({ answers: () => (failures-- > 0 ? 500 : 204) });
    const hooked = await startServer({ env: { ROLLCALL_WEBHOOKS_URLS: receiver.url, ROLLCALL_WEBHOOKS_SECRET: 'the-secret-that-signs-webhooks-in-the-tests' } });
    await receiver.take('feed.reset');
    const now = await until(hooked, (metrics) => metrics.value('rollcall_webhook_requests_total', { outcome: 'accepted' }) === 1, 'a webhook to be accepted');
    assert.equal(now.value('rollcall_webhook_requests_total', { outcome: 'failed' }), 1);
    assert.equal(now.value('rollcall_webhook_retries_total'), 1);
    assert.equal(now.value('rollcall_webhook_dropped_changes_total'), 0);
    await hooked.stop();
    await receiver.close();
  });
});

describe('the process and its workers', () => {
  test('memory, descriptors and start are those that the system knows', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const now = await scrape(server, { agent });
    const resident = now.value('process_resident_memory_bytes');
    const pages = Number(readFileSync(`/proc/${server.pid}/statm`, 'utf8').split(' ')[1]);
    assert.ok(Math.abs(resident - pages * 4096) < resident / 4, `${resident} and ${pages} pages`);
    assert.ok(now.value('process_virtual_memory_bytes') > resident);
    const open = readdirSync(`/proc/${server.pid}/fd`).length;
    assert.ok(Math.abs(now.value('process_open_fds') - open) <= 2, `${now.value('process_open_fds')} and ${open}`);
    assert.ok(now.value('process_max_fds') > open);
    assert.ok(now.value('process_cpu_seconds_total') > 0);
    assert.ok(Math.abs(now.value('process_start_time_seconds') - nowSeconds()) < 300);
    assert.match(now.of('rollcall_build_info')[0].labels.version, /^\d+\.\d+\.\d+$/);
    agent.destroy();
  });

  test('each worker turns, and none hangs', async () => {
    const client = await connect(server, newUser('asker'));
    await client.data('heartbeat');
    const now = await scrape(server);
    const workers = now.of('rollcall_worker_turns_total').map(({ labels }) => labels.worker);
    assert.ok(workers.length >= 1);
    assert.ok(now.sum('rollcall_worker_turns_total') > 0);
    assert.ok(now.sum('rollcall_worker_busy_seconds_total') > 0);
    assert.ok(now.value('rollcall_loop_lag_seconds_count') > 0);
    for (const worker of workers) {
      assert.equal(now.value('rollcall_worker_hung', { worker }), 0);
      assert.ok(now.value('rollcall_worker_turn_age_seconds', { worker }) < 5);
      assert.ok(now.value('rollcall_worker_inbox_messages', { worker }) >= 0);
    }
    assert.equal(now.sum('rollcall_worker_connections'), now.value('rollcall_tcp_connections'));
  });
});

describe('readiness', () => {
  test('is said in JSON, and in the metrics', async () => {
    const ready = await request(`${server.url}/readyz`);
    assert.deepEqual([ready.status, JSON.parse(ready.text)], [200, { ready: true }]);
    assert.equal((await request(`${server.url}/healthz`)).text, 'ok\n');
    assert.equal((await scrape(server)).value('rollcall_ready'), 1);
    const { body } = await api(server, '/stats');
    assert.equal(body.ready, true);
  });

  test('ends with a drain, with its reason; the server still lives', async () => {
    const ending = await startServer({ env: { ROLLCALL_SERVER_DRAIN_MS: 20000, ROLLCALL_SERVER_WORKERS: 1 } });
    const polling = await Polling.open(ending); // does not fetch its farewell: the drain waits for it
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    assert.equal((await request(`${ending.url}/readyz`, { agent })).status, 200);
    ending.signal('SIGTERM');
    await ending.says(/draining/);
    const answer = await request(`${ending.url}/readyz`, { agent });
    assert.equal(answer.status, 503);
    assert.match(answer.headers['content-type'], /^application\/problem\+json/);
    const problem = JSON.parse(answer.text);
    assert.deepEqual([problem.status, problem.code], [503, 'DRAINING']);
    assert.match(problem.detail, /no new connections/);
    assert.equal((await request(`${ending.url}/healthz`, { agent })).status, 200);
    assert.equal((await scrape(ending, { agent })).value('rollcall_ready'), 0);
    agent.destroy();
    await polling.get().catch(() => {}); // nobody listens any more; unless the drain is over, its deadline ends it
    ending.signal('SIGTERM');
    await ending.ended;
  });
});

test('metrics are for a key alone, if it is wanted so', async () => {
  const closed = await startServer({ env: { ...kApiEnv, ROLLCALL_API_METRICS: 'key' } });
  const ask = (key) => request(`${closed.url}/metrics`, { headers: key ? { Authorization: `Bearer ${key}` } : {} });
  assert.equal((await ask()).status, 401);
  assert.equal((await ask('rck_wrong')).status, 401);
  assert.equal((await ask(kKeys.emit)).status, 403);
  assert.match((await ask(kKeys.read)).text, /^rollcall_users_online 0$/m);
  assert.equal((await request(`${closed.url}/readyz`)).status, 200);
  await closed.stop();
});
