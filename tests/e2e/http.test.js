// What the HTTP side answers: Engine.IO's refusals, polling, CORS, routes, pipelining and keep-alive.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, describe, test } from 'node:test';
import { closeAll, connect } from './support/client.js';
import { Polling, request } from './support/polling.js';
import { frame, kUpgrade, RawSocket, RawTcp } from './support/raw.js';
import { startServer } from './support/server.js';
import { token } from './support/tokens.js';

const kSpace = '/ws/messages';
const kOrigin = 'https://app.example';
const [server, cors, anyOrigin, wsOnly] = await Promise.all([
  startServer({ env: { ROLLCALL_ENGINEIO_PING_INTERVAL_MS: 500, ROLLCALL_ENGINEIO_PING_TIMEOUT_MS: 2000 } }),
  startServer({ env: { ROLLCALL_CORS_ORIGINS: `${kOrigin},https://other.example`, ROLLCALL_CORS_CREDENTIALS: 'true' } }),
  startServer({ env: { ROLLCALL_CORS_ORIGINS: '*' } }),
  startServer({ env: { ROLLCALL_ENGINEIO_TRANSPORTS: 'websocket' } }),
]);
after(() => {
  closeAll();
  return Promise.all([server, cors, anyOrigin, wsOnly].map((one) => one.stop()));
});

const kMessages = {
  0: 'Transport unknown',
  1: 'Session ID unknown',
  2: 'Bad handshake method',
  3: 'Bad request',
  5: 'Unsupported protocol version',
};

async function isRefused(path, code, options) {
  const answer = await request(`${server.url}/socket.io/${path}`, options);
  assert.equal(answer.status, 400, path);
  assert.match(answer.headers['content-type'], /^application\/json/);
  assert.deepEqual(JSON.parse(answer.text), { code, message: kMessages[code] }, path);
}

describe('Engine.IO refusals', () => {
  test('0: the transport is missing or not on offer', async () => {
    for (const path of ['', '?EIO=4', '?EIO=4&transport=', '?EIO=4&transport=carrier-pigeon', '?transport=__proto__&EIO=4']) await isRefused(path, 0);
    const answer = await request(`${wsOnly.url}/socket.io/?EIO=4&transport=polling`);
    assert.deepEqual([answer.status, JSON.parse(answer.text).code], [400, 0]);
    const raw = new RawSocket(wsOnly);
    assert.match(await raw.take(/^0/), /"upgrades":\[\]/);
    raw.end();
  });

  test('1: the session is unknown', async () => {
    await isRefused('?EIO=4&transport=polling&sid=nobody', 1);
    await isRefused('?EIO=4&transport=polling&sid=nobody', 1, { method: 'POST', body: '4' });
  });

  test('2: a handshake is a GET', async () => {
    await isRefused('?EIO=4&transport=polling', 2, { method: 'POST', body: '' });
    await isRefused('?EIO=4&transport=polling', 2, { method: 'PUT', body: '' });
  });

  test('3: a WebSocket handshake without an upgrade, another transport than the session’s', async () => {
    await isRefused('?EIO=4&transport=websocket', 3);
    const raw = new RawSocket(server);
    const { sid } = JSON.parse((await raw.take(/^0/)).slice(1));
    await isRefused(`?EIO=4&transport=polling&sid=${sid}`, 3);
    raw.end();
  });

  test('5: another protocol version, or none', async () => {
    await isRefused('?EIO=3&transport=polling', 5);
    await isRefused('?transport=polling', 5);
    await isRefused('?EIO=5&transport=polling', 5);
  });

  test('a refused WebSocket gets a plain 400, or is closed', async () => {
    for (const query of ['EIO=3&transport=websocket', 'EIO=4&transport=websocket&sid=nobody', 'EIO=4&transport=abc']) {
      const raw = new RawSocket(server, query);
      await raw.close();
    }
  });
});

describe('polling', () => {
  test('the handshake says what the server offers', async () => {
    const { handshake } = await Polling.open(server);
    assert.deepEqual(Object.keys(handshake).sort(), ['maxPayload', 'pingInterval', 'pingTimeout', 'sid', 'upgrades']);
    assert.deepEqual([handshake.pingInterval, handshake.pingTimeout, handshake.maxPayload], [500, 2000, 1000000]);
    assert.deepEqual(handshake.upgrades, ['websocket']);
    assert.match(handshake.sid, /^[A-Za-z0-9_-]{20,}$/);
  });

  test('a POST gets ok, a GET all packets at once, with the right headers', async () => {
    const polling = await Polling.open(server);
    const packets = [];
    const readUntil = async (pattern) => {
      while (!packets.some((packet) => pattern.test(packet))) {
        const got = await polling.get();
        assert.equal(got.status, 200);
        assert.match(got.headers['content-type'], /^text\/plain; ?charset=utf-8$/i);
        assert.equal(got.headers['cache-control'], 'no-store');
        for (const packet of got.text.split('\x1e')) {
          if (packet === '2') await polling.post('3');
          else packets.push(packet);
        }
      }
    };
    const posted = await polling.post(`40${kSpace},${JSON.stringify({ token: token('poller') })}`);
    assert.deepEqual([posted.status, posted.text], [200, 'ok']);
    await readUntil(/"connected"/);
    await polling.post(`42${kSpace},1["heartbeat"]\x1e42${kSpace},2["heartbeat"]`);
    await readUntil(/^43.*,2\[/);
    assert.equal(packets.length, 4);
    assert.match(packets[0], /^40\/ws\/messages,\{"sid"/);
    assert.match(packets[1], /^42\/ws\/messages,\["connected"/);
    assert.match(packets[2], /^43\/ws\/messages,1\[/);
    await polling.post('1');
  });

  test('a GET that waits is ended by the ping', async () => {
    const polling = await Polling.open(server);
    const got = await polling.get();
    assert.deepEqual([got.status, got.text], [200, '2']);
    await polling.post('1');
  });

  test('a close packet ends the waiting GET with a noop, and the session', async () => {
    const polling = await Polling.open(anyOrigin);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });
    const waiting = polling.get({ agent });
    assert.equal((await polling.post('1')).text, 'ok');
    const ended = await waiting;
    // Whichever of the two was read first, the session is over.
    if (ended.status === 200) assert.equal(ended.text, '6');
    const later = await polling.get();
    assert.deepEqual([later.status, JSON.parse(later.text).code], [400, 1]);
    agent.destroy();
  });

  test('a second GET while one waits is refused, and the session closed', async () => {
    const polling = await Polling.open(anyOrigin);
    const both = await Promise.all([polling.get(), polling.get()]);
    assert.deepEqual(both.map((one) => one.status).sort(), [200, 400]);
    assert.equal(both.find((one) => one.status === 200).text, '1');
    const later = await polling.get();
    assert.deepEqual([later.status, JSON.parse(later.text).code], [400, 1]);
  });

  test('a POST of application/octet-stream is refused, and the session closed', async () => {
    const polling = await Polling.open(server);
    assert.equal((await polling.post('4', { headers: { 'Content-Type': 'application/octet-stream' } })).status, 400);
    // A close packet may be waiting to be read; then the session is unknown.
    let later = await polling.get();
    if (later.status === 200) later = await polling.get();
    assert.equal(later.status, 400);
  });

  test('a client that hangs up while its GET waits is gone at once', async () => {
    const observer = await connect(anyOrigin, 'observer');
    const polling = await Polling.open(anyOrigin);
    await polling.post(`40${kSpace},${JSON.stringify({ token: token('hanging') })}`);
    await observer.take('user-online', 'hanging');
    await polling.get();
    const tcp = new RawTcp(anyOrigin);
    const path = polling.url.slice(anyOrigin.url.length);
    const waiting = `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
    tcp.send(waiting);
    // Someone else comes: the waiting GET is answered, so it was being read; the next one then waits.
    const guest = await connect(anyOrigin, 'guest');
    await tcp.until(/user-online/);
    tcp.send(waiting);
    await observer.data('heartbeat');
    tcp.end();
    // Well before the 45 s of the ping timeout.
    await observer.take('user-offline', 'hanging');
    guest.close();
    observer.close();
  });
});

describe('CORS', () => {
  const handshake = (where, headers, method) => request(`${where.url}/socket.io/?EIO=4&transport=polling`, { headers, method });

  test('an allowed origin is named, with credentials and Vary', async () => {
    const answer = await handshake(cors, { Origin: kOrigin });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['access-control-allow-origin'], kOrigin);
    assert.equal(answer.headers['access-control-allow-credentials'], 'true');
    assert.match(answer.headers.vary, /origin/i);
  });

  test('errors carry the headers as well', async () => {
    const answer = await request(`${cors.url}/socket.io/?EIO=4&transport=polling&sid=nobody`, { headers: { Origin: kOrigin } });
    assert.equal(answer.status, 400);
    assert.equal(answer.headers['access-control-allow-origin'], kOrigin);
  });

  test('another origin is not named', async () => {
    for (const origin of ['https://evil.example', 'https://app.example.evil.example', 'http://app.example', 'null']) {
      const answer = await handshake(cors, { Origin: origin });
      assert.equal(answer.headers['access-control-allow-origin'], undefined, origin);
    }
  });

  test('by default only the page’s own origin may connect', async () => {
    const own = await handshake(server, { Origin: server.url });
    assert.equal(own.status, 200);
    const foreign = await handshake(server, { Origin: kOrigin });
    assert.equal(foreign.headers['access-control-allow-origin'], undefined);
  });

  test('* is answered by *, without credentials', async () => {
    const answer = await handshake(anyOrigin, { Origin: kOrigin });
    assert.equal(answer.headers['access-control-allow-origin'], '*');
    assert.equal(answer.headers['access-control-allow-credentials'], undefined);
  });

  test('a preflight is answered', async () => {
    const headers = { Origin: kOrigin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization,content-type' };
    const answer = await handshake(cors, headers, 'OPTIONS');
    assert.equal(answer.status, 204);
    assert.equal(answer.headers['access-control-allow-origin'], kOrigin);
    assert.match(answer.headers['access-control-allow-methods'], /GET/);
    assert.match(answer.headers['access-control-allow-methods'], /POST/);
    assert.match(answer.headers['access-control-allow-headers'], /authorization/i);
    assert.match(answer.headers['access-control-allow-headers'], /content-type/i);
    assert.equal(answer.headers['access-control-allow-credentials'], 'true');
    const foreign = await handshake(cors, { ...headers, Origin: 'https://evil.example' }, 'OPTIONS');
    assert.equal(foreign.headers['access-control-allow-origin'], undefined);
  });

  test('a WebSocket of a foreign origin is refused, of an allowed one served', async () => {
    const good = new RawSocket(cors, undefined, { origin: kOrigin });
    await good.take(/^0/);
    good.end();
    const bad = new RawSocket(cors, undefined, { origin: 'https://evil.example' });
    await bad.close();
    assert.deepEqual(bad.inbox.entries, []);
    const any = new RawSocket(anyOrigin, undefined, { origin: 'https://evil.example' });
    await any.take(/^0/);
    any.end();
  });
});

describe('routes', () => {
  test('what there is not gets 404', async () => {
    for (const path of ['/nothing', '/socket.io', '/socket.iox/', '/../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/test-presence.html/x']) {
      const tcp = new RawTcp(server);
      tcp.send(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      await tcp.close();
      assert.match(tcp.text(), /^HTTP\/1\.1 404 /, path);
    }
  });

  test('HEAD is GET without the body', async () => {
    const got = await request(`${server.url}/test-presence.html`);
    const head = await request(`${server.url}/test-presence.html`, { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.equal(head.text, '');
    assert.equal(Number(head.headers['content-length']), Buffer.byteLength(got.text));
    assert.equal(head.headers['content-type'], got.headers['content-type']);
  });

  test('the page cannot be posted to', async () => {
    const answer = await request(`${server.url}/test-presence.html`, { method: 'POST', body: 'x' });
    assert.ok([404, 405].includes(answer.status), String(answer.status));
  });
});

describe('connections', () => {
  const get = (path, extra = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${extra}\r\n`;

  test('one connection serves request after request', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set();
    agent.on('free', (socket) => ports.add(socket.localPort));
    for (let i = 0; i < 5; ++i) assert.equal((await request(`${server.url}/test-presence.css`, { agent })).status, 200);
    assert.equal(ports.size, 1);
    agent.destroy();
  });

  test('pipelined requests are answered in order', async () => {
    const tcp = new RawTcp(server);
    tcp.send(get('/first') + get('/test-presence.css') + get('/socket.io/?EIO=3&transport=polling') + get('/last', 'Connection: close\r\n'));
    await tcp.close();
    const statuses = [...tcp.text().matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]);
    assert.deepEqual(statuses, ['404', '200', '400', '404']);
  });

  test('requests cut anywhere are understood', async () => {
    const text = get('/socket.io/?EIO=3&transport=polling', 'Connection: close\r\n');
    for (const at of [1, 5, 20, text.length - 3, text.length - 1]) {
      const tcp = new RawTcp(server);
      tcp.socket.setNoDelay(true);
      await new Promise((resolve) => tcp.socket.write(text.slice(0, at), resolve));
      tcp.send(text.slice(at));
      await tcp.close();
      assert.match(tcp.text(), /^HTTP\/1\.1 400[^]*"code":5/);
    }
  });

  test('Connection: close and HTTP/1.0 are honoured', async () => {
    for (const text of [get('/nothing', 'Connection: close\r\n'), 'GET /nothing HTTP/1.0\r\n\r\n']) {
      const tcp = new RawTcp(server);
      tcp.send(text);
      await tcp.close();
      assert.match(tcp.text(), /^HTTP\/1\.[01] 404/);
    }
  });

  test('a chunked POST is read', async () => {
    const polling = await Polling.open(server);
    const tcp = new RawTcp(server);
    const path = polling.url.slice(server.url.length);
    tcp.send(`POST ${path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain\r\n\r\n1\r\n4\r\n1\r\n0\r\n0\r\n\r\n`);
    // 40 to the main namespace, which is not served: the answer proves that the body was put together.
    await tcp.until(/^HTTP\/1\.1 200/);
    const got = await polling.get();
    assert.match(got.text, /44\{"message":"Invalid namespace"\}/);
    tcp.end();
  });

  test('a WebSocket handshake with frames right behind it is served', async () => {
    const tcp = new RawTcp(server);
    tcp.send(Buffer.concat([Buffer.from(kUpgrade), frame({ payload: `40${kSpace},${JSON.stringify({ token: token('eager') })}` })]));
    await tcp.until(/\["connected"/);
    assert.match(tcp.text(), /^HTTP\/1\.1 101[^]*sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/i);
    tcp.end();
  });
});
