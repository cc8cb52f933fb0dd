// What was told to many and waits for those who do not read is held once for all of them, with TLS as without it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { kApiEnv, kKeys } from './support/api.js';
import { scratch } from './support/files.js';
import { request } from './support/polling.js';
import { RawSocket } from './support/raw.js';
import { startServer } from './support/server.js';
import { token } from './support/tokens.js';

const kReaders = 20;
const kMessages = 24;
const kMessageBytes = 500_000;
const kToEach = kMessages * kMessageBytes;
const kKernelBytes = 8e6;      // of that, at most, in the kernel's buffers
const kKeptBytes = 512 * 1024;  // of each connection alone; what was encrypted and then not taken by the kernel is 64 KiB of it
const kNamespace = '/ws/messages';

const files = scratch();
const [key, cert] = [files.path('key.pem'), files.path('cert.pem')];
execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost',
  '-keyout', key, '-out', cert], { stdio: 'ignore' });
const env = { ...kApiEnv, ROLLCALL_SERVER_WORKERS: 1, ROLLCALL_LIMITS_BACKLOG_BYTES: 2 * kToEach };
const [plain, secure] = await Promise.all([
  startServer({ env }),
  startServer({ env: { ...env, ROLLCALL_SERVER_TLS_KEY: key, ROLLCALL_SERVER_TLS_CERT: cert } }),
]);
after(() => Promise.all([plain.stop(), secure.stop()]));

const resident = (server) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) * 1024;
const waiting = async (server) => Number(/^rollcall_backlog_bytes (\d+)/m.exec((await request(`${server.url}/metrics`)).text)[1]);

async function joined(server, i) {
  const reader = new RawSocket(server, undefined, { rejectUnauthorized: false });
  await reader.take(/^0\{/);
  reader.send(`40${kNamespace},${JSON.stringify({ token: token(`reader-${i}`) })}`);
  await reader.take(/^42\/ws\/messages,\["connected"/);
  reader.ws.pause();
  return reader;
}

async function tellAll(server) {
  const body = JSON.stringify({ all: true, event: 'news', data: 'x'.repeat(kMessageBytes) });
  const headers = { authorization: `Bearer ${kKeys.emit}`, 'content-type': 'application/json' };
  const answer = await request(`${server.url}/api/v1/emit`, { method: 'POST', headers, body });
  assert.equal(answer.status, 200, answer.text);
}

// By how much the server has grown once what the kernel did not take waits for the readers.
async function growthOf(server) {
  const readers = await Promise.all(Array.from({ length: kReaders }, (_, i) => joined(server, i)));
  await tellAll(server);
  const before = resident(server);
  for (let i = 1; i < kMessages; ++i) await tellAll(server);
  const bytes = await waiting(server);
  assert.ok(bytes > kReaders * (kToEach - kKernelBytes), `${bytes} bytes wait`);
  const grown = resident(server) - before;
  for (const reader of readers) reader.end();
  return grown;
}

test(`${kReaders} who do not read take hardly more memory with wss than with ws`, async () => {
  const [withoutTls, withTls] = [await growthOf(plain), await growthOf(secure)];
  console.log(`# ${kReaders} readers of ${kToEach / 1e6} MB: ${withoutTls} bytes more with ws, ${withTls} with wss`);
  const bound = withoutTls + kReaders * kKeptBytes;
  assert.ok(withTls < bound, `${withTls} bytes more with wss, ${withoutTls} with ws`);
});
