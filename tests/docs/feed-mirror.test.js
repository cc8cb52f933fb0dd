// docs/feed-and-webhooks.md: the mirror with curl alone is true in the end, whatever ids look like, and whatever is ended meanwhile; and a restart of the server
// is no news of those who come back.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { after, test } from 'node:test';
import { closeAll, connect } from '../e2e/support/client.js';
import { writeSample } from '../e2e/support/docs.js';
import { scratch } from '../e2e/support/files.js';
import { startServer } from '../e2e/support/server.js';
import { token } from '../e2e/support/tokens.js';

const key = 'rck_of-the-mirror-with-curl-0123456789abcd';
const env = {
  ROLLCALL_API_KEYS: `mirror:read:${createHash('sha256').update(key).digest('hex')}`,
  ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 20,
};
const files = scratch();
const script = writeSample(files, 'feed-and-webhooks.md', 'mirror.sh');
const kPatienceMs = 20000;
const running = new Set();
after(() => {
  closeAll();
  for (const one of running) kill(one);
});

function start(server) {
  const options = { cwd: files.folder, detached: true, stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env.PATH, ROLLCALL_URL: server.url, ROLLCALL_API_KEY: key } };
  const child = spawn('sh', [script], options);
  const mirror = { child, complaints: '' };
  child.stderr.setEncoding('utf8').on('data', (text) => (mirror.complaints += text));
  running.add(mirror);
  return mirror;
}

function kill(mirror) {
  running.delete(mirror);
  process.kill(-mirror.child.pid, 'SIGKILL'); // curl, too
}

// The file is renamed into place, so what is read is whole.
async function knows(...ids) {
  const wanted = ids.map((id) => JSON.stringify(id)).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const deadline = performance.now() + kPatienceMs;
  for (;;) {
    const known = existsSync(files.path('online')) ? readFileSync(files.path('online'), 'utf8').split('\n').slice(0, -1) : ['nothing yet'];
    if (String(known) === String(wanted)) return;
    if (performance.now() > deadline) assert.deepEqual(known, wanted);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('mirror.sh follows the feed across restarts and odd ids', async () => {
  const kOdd = ['a/b', 'say "userId":"x"', 'back\\slash', 'Ärztin 🩺', '-v', '.*', 'ann ', 'ann'];
  let server = await startServer({ env });
  let mirror = start(server);
  await knows();
  const clients = new Map();
  const come = async (id) => clients.set(id, await connect(server, id, { as: token(id, { email: '","userId":"false"', role: 'r' }) }));
  const go = (id) => clients.get(id).close();
  for (const id of kOdd) await come(id);
  await knows(...kOdd);
  for (const id of ['-v', '.*', 'ann ']) go(id);
  await knows(...kOdd.filter((id) => !['-v', '.*', 'ann '].includes(id)));

  kill(mirror);
  rmSync(files.path('coming'));
  go('ann');
  await come('.*');
  mirror = start(server);
  await knows('a/b', 'say "userId":"x"', 'back\\slash', 'Ärztin 🩺', '.*');
  assert.equal(existsSync(files.path('coming')), false, 'it went on from its cursor, without a snapshot');
  assert.equal(mirror.complaints, '');

  const { port } = server;
  await server.stop(); // before the clients go: they are not told to have left
  closeAll();
  server = await startServer({ env: { ...env, ROLLCALL_PRESENCE_SETTLING_MS: 6000 }, listen: `127.0.0.1:${port}` });
  for (const id of ['back\\slash', 'new']) await come(id);
  await knows('a/b', 'say "userId":"x"', 'back\\slash', 'Ärztin 🩺', '.*', 'new');
  kill(mirror);
  mirror = start(server);
  await come('.*');
  go('new');
  await knows('.*', 'back\\slash');
  assert.equal(mirror.complaints, '');
  kill(mirror);
  await server.stop();
});
