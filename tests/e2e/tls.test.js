// wss:// and https:// with a certificate of our own making, and its renewal while the server runs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import net from 'node:net';
import { after, test } from 'node:test';
import tls from 'node:tls';
import { closeAll, connect } from './support/client.js';
import { scratch } from './support/files.js';
import { request } from './support/polling.js';
import { run, startServer } from './support/server.js';
import { once } from './support/wait.js';

const files = scratch();

function makeCertificate(name) {
  const key = files.path(`${name}.key`);
  const cert = files.path(`${name}.crt`);
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
    '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { key, cert };
}

const first = makeCertificate('first');
const second = makeCertificate('second');
const [key, cert] = [files.path('server.key'), files.path('server.crt')];
function install(pair) {
  copyFileSync(pair.key, key);
  copyFileSync(pair.cert, cert);
}

install(first);
const server = await startServer({ env: { ROLLCALL_SERVER_TLS_CERT: cert, ROLLCALL_SERVER_TLS_KEY: key, ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100 } });
after(() => {
  closeAll();
  return server.stop();
});

async function certificateName(options = {}) {
  const socket = tls.connect({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  const failed = new Promise((_, reject) => socket.once('error', reject));
  await Promise.race([once(socket, 'secureConnect'), failed]);
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return subject.CN;
}

// First, for it takes ten seconds, and who has shaken hands may wait for thirty.
test('who does not finish the handshake in ten seconds is closed; who has finished it may wait', async () => {
  const begun = Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]);
  const hesitant = net.connect(server.port, '127.0.0.1', () => hesitant.write(begun));
  const quiet = tls.connect({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false });
  await Promise.all([once(hesitant.resume(), 'close', 25_000), once(quiet, 'secureConnect')]);
  quiet.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  const [answer] = await once(quiet, 'data');
  assert.match(String(answer), /^HTTP\/1\.1 200 /);
});

test('the address it prints is https, and the page is served', async () => {
  assert.match(server.url, /^https:/);
  const answer = await request(`${server.url}/test-presence.html`);
  assert.equal(answer.status, 200);
});

for (const [how, transports] of Object.entries({ polling: ['polling'], websocket: ['websocket'], 'the upgrade': ['polling', 'websocket'] })) {
  test(`presence works over TLS by ${how}`, async () => {
    const options = { transports, rejectUnauthorized: false };
    const ada = await connect(server, `ada-${how}`, options);
    if (transports.length > 1) await ada.upgraded();
    const bob = await connect(server, `bob-${how}`, options);
    await ada.take('user-online', bob.user);
    // A large answer, of many TLS records.
    const userIds = Array.from({ length: 1000 }, (_, i) => `somebody-with-a-long-name-${i}`);
    assert.equal((await ada.data('check-users-status', { userIds })).statuses.length, 1000);
    bob.socket.disconnect();
    await ada.take('user-offline', bob.user);
    ada.close();
  });
}

test('only modern versions are spoken', async () => {
  for (const version of ['TLSv1.2', 'TLSv1.3']) assert.equal(await certificateName({ minVersion: version, maxVersion: version }), 'first');
  await assert.rejects(certificateName({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }));
});

test('plain HTTP on the TLS port is not served, and harms nobody', async () => {
  await assert.rejects(request(`http://127.0.0.1:${server.port}/test-presence.html`));
  assert.equal(await certificateName(), 'first');
});

test('a new certificate is taken on SIGHUP, and living connections stay', async () => {
  const client = await connect(server, 'steady', { rejectUnauthorized: false });
  install(second);
  assert.equal(await certificateName(), 'first');
  const before = server.output().length;
  server.signal('SIGHUP');
  // New handshakes show when it has been taken; each is a round trip.
  let name;
  for (let tries = 0; tries < 200 && name !== 'second'; ++tries) name = await certificateName();
  assert.equal(name, 'second', server.output().slice(before));
  assert.equal((await client.ask('heartbeat')).status, 'ok');
  client.close();
});

test('a broken certificate on SIGHUP is told, and the old one is kept', async () => {
  files.write('server.crt', 'not a certificate');
  const before = server.output().length;
  server.signal('SIGHUP');
  await server.says(new RegExp(`^[^]{${before},}(certificate|tls|cert)`, 'i'));
  assert.equal(await certificateName(), 'second');
  install(second);
});

test('when the certificate in use ends is a metric; without TLS there is none', async () => {
  const { text } = await request(`${server.url}/metrics`);
  const [, end] = /^rollcall_tls_certificate_not_after_timestamp_seconds (\S+)$/m.exec(text);
  assert.ok(Number(end) > Date.now() / 1000, end);
  const plain = await startServer();
  assert.doesNotMatch(await (await fetch(`${plain.url}/metrics`)).text(), /rollcall_tls_certificate/);
  await plain.stop();
});

test('a server with a certificate it cannot use does not start', async () => {
  for (const env of [
    { ROLLCALL_SERVER_TLS_CERT: first.cert },
    { ROLLCALL_SERVER_TLS_CERT: files.path('none.crt'), ROLLCALL_SERVER_TLS_KEY: first.key },
    { ROLLCALL_SERVER_TLS_CERT: first.cert, ROLLCALL_SERVER_TLS_KEY: second.key },
  ]) {
    const { code } = await run(['serve', '--listen', '127.0.0.1:0'], env).ended;
    assert.equal(code, 2, JSON.stringify(env));
  }
});
