// What must hold through any proxy.
import assert from 'node:assert/strict';
import https from 'node:https';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import WebSocket from 'ws';
import { Client, closeAll, connect, kTransports } from '../../e2e/support/client.js';
import { scratch } from '../../e2e/support/files.js';
import { Polling, request } from '../../e2e/support/polling.js';
import { run, startServer } from '../../e2e/support/server.js';
import { token } from '../../e2e/support/tokens.js';
import { allAreSoonOffline } from '../../e2e/support/vanishing.js';
import { kPatienceMs, within } from '../../e2e/support/wait.js';
import { stopAll } from './proxy.js';

after(stopAll);

const kTls = { rejectUnauthorized: false };
const kShortMs = 1000;
const kPingMs = 300;
const kAFew = 5;
const brief = [['60s', `${kShortMs}ms`]];
const few = [[' 1000', ` ${kAFew}`]];

let serial = 0;
const somebody = (name) => `${name}-${++serial}`;
const through = (proxy, user, options) => connect(proxy, user, { ...kTls, ...options });

// The next pings of the server that this client answers.
function pings(client, count) {
  let left = count;
  const enough = new Promise((resolve) => client.socket.io.on('ping', () => (left -= 1) || resolve()));
  return within(enough, kPatienceMs, `${count} pings`);
}

// `strangers`: how to change what the proxy says to who asks for another path, and how that shows.
export async function suite(start, { strangers }) {
  const files = scratch();
  const server = await startServer({ env: { ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100 } });
  const proxy = await start(server, join(files.folder, 'proxy'));
  afterEach(closeAll);
  after(async () => {
    await proxy.stop();
    if (server.child.exitCode === null) await server.stop();
  });
  const where = { server, proxy, startNamed: (name, behind, changes) => start(behind, join(files.folder, name), changes) };
  carriesPresence(where);
  hidesTheRest(where);
  lasts(where);
  limits(where);
  addresses(where);
  survives(where, strangers);
}

function carriesPresence({ server, proxy }) {
  for (const [name, transports] of Object.entries(kTransports)) {
    test(`${name}: presence is told, asked and answered through it`, async () => {
      const observer = await through(proxy, somebody('observer'), { transports });
      if (transports.length === 2) await observer.upgraded();
      assert.equal(observer.transport, transports.at(-1));
      const guest = await through(proxy, somebody('guest'), { transports });
      await observer.take('user-online', guest.user);
      assert.equal(await observer.isOnline(guest.user), true);
      guest.socket.disconnect();
      await observer.take('user-offline', guest.user);
    });
  }

  test('a user behind it whose connection breaks is soon offline for those who are not', async () => {
    const observer = await connect(server, somebody('observer'));
    const guest = await through(proxy, somebody('guest'));
    await observer.take('user-online', guest.user);
    guest.cut();
    await observer.take('user-offline', guest.user);
  });

  test('whoever vanishes behind it right after connecting is offline long before the heartbeat would say so', async () => {
    await allAreSoonOffline(proxy.namespaceUrl, await connect(server, somebody('witness')));
  });

  test('pages of its own host and port are of the same origin; others are not', async () => {
    for (const transports of [['polling'], ['websocket']]) {
      const options = { ...kTls, transports, extraHeaders: { Origin: proxy.url } };
      await connect(proxy, somebody('guest'), options);
      const foreign = new Client(proxy, { user: somebody('foreign'), ...options, extraHeaders: { Origin: 'https://elsewhere.example' } });
      await foreign.refused();
      foreign.close();
    }
    const answer = await request(`${proxy.url}/socket.io/?EIO=4&transport=polling`, { headers: { Origin: 'https://127.0.0.1' } });
    assert.equal(answer.status, 403, 'without the port it is another origin');
  });
}

function hidesTheRest({ server, proxy }) {
  test('nothing but engineio.path is to be had from outside', async () => {
    assert.equal((await request(`${server.url}/healthz`)).status, 200);
    const own = (await request(`${server.url}/healthz`)).text;
    for (const path of ['/', '/healthz', '/readyz', '/metrics', '/dashboard', '/api/v1/presence/count', '/api/v1/openapi.json',
      '/socket.io.min.js', '//healthz', '/%68ealthz', '/socket.io/../healthz', '/socket.io/%2e%2e/healthz', '/socket.io/..%2fhealthz']) {
      const { status, text } = await rawPath(proxy.url, path);
      assert.ok([400, 403, 404].includes(status), `${path}: ${status}`);
      assert.notEqual(text, own, path);
    }
  });

  test('who comes without TLS is sent to https', async () => {
    const { status, headers } = await request(`${proxy.plainUrl}/socket.io/`);
    assert.equal(status, 301);
    assert.match(headers.location, /^https:\/\//);
  });

  test('its log has neither session ids nor tokens', async () => {
    const secret = token(somebody('guest'));
    const client = new Client(proxy, { user: 'guest', ...kTls, transports: ['polling'], auth: {}, query: { token: secret } });
    await client.connected();
    const { sid } = (await Polling.open({ url: proxy.url })).handshake;
    await request(`${proxy.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`, { method: 'POST', body: '1' });
    await client.data('heartbeat');
    const deadline = performance.now() + kPatienceMs;
    while (!/"POST \/socket\.io\/ HTTP\/1\.1" 200/.test(proxy.log())) {
      assert.ok(performance.now() < deadline, `no request is logged: ${proxy.log()}`);
      await request(`${proxy.url}/`);
    }
    for (const word of [sid, secret, client.socket.id, 'token=', 'sid=']) assert.ok(!proxy.log().includes(word), word);
  });
}

function lasts({ server, startNamed }) {
  test('idle clients outlive its timeouts by the pings, and would not without', async () => {
    const quick = await startServer({ env: { ROLLCALL_ENGINEIO_PING_INTERVAL_MS: kPingMs } });
    const lively = await startNamed('lively', quick, brief);
    const idle = await Promise.all([['polling'], ['websocket']].map((transports) => through(lively, somebody('idle'), { transports })));
    await Promise.all(idle.map((client) => pings(client, Math.ceil((2 * kShortMs) / kPingMs))));
    for (const client of idle) assert.deepEqual([client.socket.connected, client.held('disconnect')], [true, []]);
    closeAll();
    await lively.stop();
    await quick.stop();

    const still = await startNamed('still', server, brief);
    const cut = await through(still, somebody('cut'));
    assert.match(await cut.take('disconnect'), /transport/);
    await still.stop();
  });
}

function limits({ server, startNamed }) {
  test('an address gets no more connections than it may have, and is told 429', async () => {
    const strict = await startNamed('strict', server, few);
    const sockets = [];
    const open = () => new Promise((resolve, reject) => {
      const socket = new WebSocket(`${strict.url.replace('https', 'wss')}/socket.io/?EIO=4&transport=websocket`, kTls);
      sockets.push(socket);
      socket.once('open', () => resolve(101)).once('unexpected-response', (_request, response) => resolve(response.statusCode)).once('error', reject);
    });
    const answers = [];
    for (let i = 0; i <= kAFew; ++i) answers.push(await open());
    assert.deepEqual([answers[0], answers.at(-1)], [101, 429]);
    sockets[0].terminate();
    for (const socket of sockets.slice(1)) socket.terminate();
    await strict.stop();
  });
}

// nginx and HAProxy have one address for everybody behind them, unless they say whose request it is.
function addresses({ startNamed }) {
  test('refused tokens lock out nobody else behind it, whether the server trusts it or not', async () => {
    for (const trusted of ['', '127.0.0.1']) {
      const wary = await startServer({ env: { ROLLCALL_LIMITS_FAILURES_PER_ADDRESS: 1, ROLLCALL_SERVER_TRUSTED_PROXIES: trusted || undefined } });
      const front = await startNamed(somebody('wary'), wary);
      for (let i = 0; i < kAFew; ++i) {
        const forger = new Client(front, { ...kTls, auth: { token: 'forged' } });
        assert.equal((await forger.refused()).data.code, 'INVALID_TOKEN');
        forger.close();
      }
      const honest = await through(front, somebody('honest'));
      assert.equal(await honest.isOnline(honest.user), true);
      closeAll();
      await front.stop();
      await wary.stop();
    }
  });

  test('a server that trusts it knows the address of the client, whatever the client says of it', async () => {
    const trusting = await startServer({ env: { ROLLCALL_SERVER_TRUSTED_PROXIES: '127.0.0.1' } });
    const front = await startNamed(somebody('trusted'), trusting);
    const forger = new Client(front, {
      ...kTls, auth: { token: 'forged' }, extraHeaders: { 'X-Forwarded-For': '203.0.113.9' }, localAddress: '127.0.0.7',
    });
    await forger.refused();
    await trusting.says(/connection refused .*address=127\.0\.0\.7$/m);
    closeAll();
    await front.stop();
    await trusting.stop();
  });
}

function survives({ server, proxy }, [change, changed]) {
  test('its reload disturbs nobody, and newcomers get the new configuration', async () => {
    const there = await Promise.all([['polling'], ['websocket']].map((transports) => through(proxy, somebody('there'), { transports })));
    await proxy.reload(change, changed);
    const guest = await through(proxy, somebody('guest'), { transports: ['polling', 'websocket'] });
    for (const client of there) {
      await client.take('user-online', guest.user);
      assert.equal(await client.isOnline(guest.user), true);
      assert.deepEqual(client.held('disconnect'), []);
    }
  });

  test('clients come back through it by themselves after the server was restarted', async () => {
    const reconnecting = { reconnection: true, reconnectionDelay: 100, reconnectionDelayMax: 300 };
    const clients = await Promise.all(Object.values(kTransports).map((transports) => through(proxy, somebody('back'), { transports, ...reconnecting })));
    await clients[2].upgraded();
    await server.stop();
    await Promise.all(clients.map((client) => client.take('disconnect')));
    const refused = new Client(proxy, { user: 'early', ...kTls });
    await refused.refused();
    const next = run(['serve', '--listen', `127.0.0.1:${server.port}`]);
    await next.says(/https?:\/\//);
    for (const client of clients) await client.take('connected');
    for (const client of clients) assert.equal(await clients[0].isOnline(client.user), true);
    closeAll();
    next.child.kill('SIGTERM');
    assert.equal((await next.ended).code, 0);
  });
}

// The path as it stands: URL would tidy it.
function rawPath(url, path) {
  const { hostname, port } = new URL(url);
  const answer = new Promise((resolve, reject) => {
    https.get({ hostname, port, path, ...kTls }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk)).on('end', () => resolve({ status: response.statusCode, text }));
    }).on('error', reject);
  });
  return within(answer, kPatienceMs, `the answer to ${path}`);
}
