// What a frontend's first hour runs into: another origin, a proxy that names its port, a subprotocol, large cookies. What is legal
// is understood, what is refused says what to do, to the client and in the log.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import http from 'node:http';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import WebSocket from 'ws';
import { launchBrowser } from './support/browser.js';
import { scratch } from './support/files.js';
import { scrape } from './support/metrics.js';
import { request } from './support/polling.js';
import { RawSocket, RawTcp } from './support/raw.js';
import { run, startServer } from './support/server.js';

const files = scratch();
const server = await startServer();
after(() => server.stop());

const kPoll = '/socket.io/?EIO=4&transport=polling';
const poll = (headers, where = server) => request(where.url + kPoll, { headers });
async function upgrades(headers, where = server) {
  const raw = new RawSocket(where, undefined, { headers });
  const opened = raw.opened().then(() => true, () => false);
  const result = await Promise.race([opened, raw.closed.then(() => false)]);
  raw.end();
  return result;
}

describe('origins', () => {
  test('a page of the same host and port is of the same origin, however a proxy writes them', async () => {
    for (const [origin, host] of [
      ['https://name.example', 'name.example:443'],
      ['https://name.example', 'name.example'],
      ['https://name.example', 'Name.Example.'],
      ['http://name.example', 'name.example:80'],
      ['https://name.example:8443', 'name.example:8443'],
      ['http://[::1]:3000', '[::1]:3000'],
    ]) {
      assert.equal((await poll({ Origin: origin, Host: host })).status, 200, `${origin} ${host}`);
      assert.equal(await upgrades({ Origin: origin, Host: host }), true, `${origin} ${host}`);
    }
    for (const [origin, host] of [['https://evil.example', 'name.example:443'], ['http://name.example', 'name.example:443'], ['https://name.example', 'name.example:80']]) {
      assert.equal((await poll({ Origin: origin, Host: host })).status, 403, `${origin} ${host}`);
      assert.equal(await upgrades({ Origin: origin, Host: host }), false, `${origin} ${host}`);
    }
  });

  test('what is refused says what to set, and leaves a line in the log, but not one for each', async () => {
    const fresh = await startServer();
    for (let i = 0; i < 30; ++i) {
      const { code, message } = JSON.parse((await poll({ Origin: 'https://foe.example' }, fresh)).text);
      assert.equal(code, 4);
      assert.match(message, /^Forbidden.*cors\.origins/);
    }
    await fresh.stop();
    const lines = fresh.output().split('\n').filter((line) => / origin refused {2}/.test(line));
    assert.ok(lines.length >= 5 && lines.length <= 15, `${lines.length}`);
    assert.match(lines[0], /origin="?https:\/\/foe\.example"? host=127\.0\.0\.1:\d+ address=127\.0\.0\.1 .*cors\.origins/);
    assert.match(fresh.output(), /origin refused, repeated {2}count=\d+ since_s=\d+/);
  });

  test('null, which pages of files and sandboxes send, can be listed', async () => {
    const open = await startServer({ env: { ROLLCALL_CORS_ORIGINS: 'null,https://a.example' } });
    assert.equal((await poll({ Origin: 'null' }, open)).headers['access-control-allow-origin'], 'null');
    assert.equal(await upgrades({ Origin: 'null' }, open), true);
    assert.equal((await poll({ Origin: 'https://A.example:443' }, open)).status, 200);
    assert.equal((await poll({ Origin: 'null' })).status, 403);
    await open.stop();
  });
});

describe('subprotocols', () => {
  const url = `${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;

  test('the first that is offered is taken, as Node’s ws does, and none is named if none was', async () => {
    for (const offered of [[], ['x'], ['v2.chat', 'x']]) {
      const socket = new WebSocket(url, offered);
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
      assert.equal(socket.protocol, offered[0] ?? '');
      socket.terminate();
    }
    const bad = new RawTcp(server);
    bad.send(`GET ${new URL(url).pathname}${new URL(url).search} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: a,,b\r\n\r\n`);
    await bad.until(/^HTTP\/1\.1 400 /);
  });

  test('a browser that offers one connects', async () => {
    const browser = await launchBrowser();
    const page = await browser.context.newPage();
    await page.goto(`${server.url}/test-presence.html`);
    const got = await page.evaluate((where) => new Promise((resolve) => {
      const socket = new window.WebSocket(where, ['x']);
      socket.onmessage = ({ data }) => resolve([socket.protocol, data[0]]);
      socket.onclose = ({ code }) => resolve(code);
    }), url);
    assert.deepEqual(got, ['x', '0']);
    await browser.close();
  });
});

describe('requests', () => {
  test('headers that are too large say which limit, are counted, and leave a line in the log', async () => {
    const answer = await poll({ Cookie: `a=${'x'.repeat(40000)}` });
    assert.equal(answer.status, 431);
    assert.match(answer.text, /limits\.header_bytes/);
    assert.match(answer.text, /cookies/i);
    await server.says(/request refused {2}status=431 reason="[^"]*limits\.header_bytes/);
    const counted = (await scrape(server)).samples.find(({ name, labels }) => name === 'rollcall_http_requests_total' && labels.status === '431');
    assert.ok(counted.value >= 1);
  });

  test('behind a trusted proxy the log names the client, not the proxy', async () => {
    const proxied = await startServer({ env: { ROLLCALL_SERVER_TRUSTED_PROXIES: '127.0.0.1' } });
    assert.equal((await poll({ Origin: 'https://foe.example', 'X-Forwarded-For': '192.0.2.7' }, proxied)).status, 403);
    await proxied.says(/origin refused {2}[^\n]*address=192\.0\.2\.7/);
    const tcp = new RawTcp(proxied);
    tcp.send('POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.8\r\nContent-Length: 99999999\r\n\r\n');
    await tcp.until(/^HTTP\/1\.1 413 /);
    await proxied.says(/request refused {2}status=413 [^\n]*address=192\.0\.2\.8/);
    await proxied.stop();
  });

  test('a target may have scheme and host, as proxies are sent it', async () => {
    for (const target of ['http://some.name/healthz', 'HTTP://some.name:80/healthz']) {
      const tcp = new RawTcp(server);
      tcp.send(`GET ${target} HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n`);
      await tcp.close();
      assert.match(tcp.text(), /^HTTP\/1\.1 200 /, target);
    }
    const answer = await new Promise((resolve, reject) => {
      const { port } = server;
      http.get({ host: '127.0.0.1', port, path: `http://127.0.0.1:${port}${kPoll}` }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
    assert.equal(answer, 200);
  });
});

describe('certificates', () => {
  const openssl = (...args) => execFileSync('openssl', args, { stdio: 'ignore' });
  function chain() {
    const [caKey, ca, key, request, cert] = ['ca.key', 'ca.crt', 'own.key', 'own.csr', 'own.crt'].map((name) => files.path(name));
    const kCurve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    openssl('req', '-x509', ...kCurve, '-days', '30', '-subj', '/CN=ca', '-keyout', caKey, '-out', ca);
    openssl('req', ...kCurve, '-subj', '/CN=own', '-keyout', key, '-out', request);
    openssl('x509', '-req', '-in', request, '-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-days', '30', '-out', cert);
    return { key, cert, ca };
  }
  const tls = (cert, key) => ({ ROLLCALL_SERVER_TLS_CERT: cert, ROLLCALL_SERVER_TLS_KEY: key });

  test('a chain in the wrong order is told as such', async () => {
    const { key, cert, ca } = chain();
    const reversed = files.path('reversed.crt');
    writeFileSync(reversed, readFileSync(ca, 'utf8') + readFileSync(cert, 'utf8'));
    const refused = run(['serve', '--listen', '127.0.0.1:0'], tls(reversed, key));
    assert.equal((await refused.ended).code, 2);
    assert.match(refused.output(), /wrong order.*number 2 of 2/s);
    const right = files.path('right.crt');
    writeFileSync(right, readFileSync(cert, 'utf8') + readFileSync(ca, 'utf8'));
    await (await startServer({ env: tls(right, key) })).stop();
  });

  test('one that has expired, or soon will have, is served with a warning', async () => {
    const key = files.path('short.key');
    const cert = files.path('short.crt');
    openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=x', '-keyout', key, '-out', cert);
    const soon = await startServer({ env: tls(cert, key) });
    assert.match(soon.output(), /WARN {2}TLS certificate {2}file=\S+ warning="it expires at 20/);
    await soon.stop();
  });
});
