// Limits of the operating system that are too low to start: one clear line and status 1, never an abort.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { scratch } from './support/files.js';
import { request } from './support/polling.js';
import { kBinary, run, startServer } from './support/server.js';

const files = scratch();
const kGiB = 2 ** 30;
const kMiB = 2 ** 20;
const kWorkers = 4;
// Each thread takes a whole GiB of addresses for its stack, so that the limit says how many there may be.
const kGreedyThreads = `--stack=${kGiB}`;

// Status and last line of a server that ends, null of one that serves.
async function start(limits, env = {}) {
  const program = run([...limits, kBinary, 'serve', '--listen', '127.0.0.1:0'], { ROLLCALL_SERVER_LOG_LEVEL: 'error', ...env }, { binary: 'prlimit' });
  const serves = await program.says(/is ready on/).then(() => true, () => false);
  if (serves) program.child.kill('SIGTERM');
  const { code, signal } = await program.ended;
  if (serves) assert.equal(code, 0, program.output());
  else assert.deepEqual({ code, signal }, { code: 1, signal: null }, program.output());
  return serves ? null : program.output();
}

// Below that it is the dynamic linker that complains.
function leastToLoad() {
  for (let limit = 8 * kMiB; ; limit += kMiB) {
    assert.ok(limit < kGiB, 'it never loads');
    if (spawnSync('prlimit', [`--as=${limit}`, kBinary, '--version']).status === 0) return limit;
  }
}

for (const format of ['text', 'json']) {
  test(`a thread that cannot be started is named in one line, as ${format}`, async () => {
    const failed = new Set();
    for (let most = 0; ; ++most) {
      assert.ok(most < 16, 'it never serves');
      const said = await start([kGreedyThreads, `--as=${most * kGiB + kGiB / 2}`], { ROLLCALL_SERVER_WORKERS: kWorkers, ROLLCALL_SERVER_LOG_FORMAT: format });
      if (said === null) break;
      assert.match(said, /^.*rollcall: the thread of [a-z0-9 ]+ cannot be started \(lower server\.workers, or raise .*\): Resource temporarily unavailable.*\n$/);
      if (format === 'json') assert.ok(JSON.parse(said).reason, said);
      failed.add(/the thread of ([a-z0-9 ]+) cannot/.exec(said)[1]);
    }
    assert.deepEqual([...failed].filter((name) => name.startsWith('worker')), ['worker 2 of 4', 'worker 3 of 4', 'worker 4 of 4']);
    assert.ok(failed.has('the log writer'), [...failed].join());
  });
}

const kOutOfMemory = 'rollcall: out of memory: raise the limit (RLIMIT_AS, MemoryMax=), or lower limits.memory_bytes\n';

test('memory that does not suffice to start is one line', async () => {
  const said = new Set();
  for (let limit = leastToLoad(); ; limit += 2 * kMiB) {
    assert.ok(limit < kGiB, 'it never serves');
    const output = await start([`--as=${limit}`], { ROLLCALL_SERVER_WORKERS: kWorkers });
    if (output === null) break;
    said.add(output);
  }
  for (const output of said) {
    if (output !== kOutOfMemory) assert.match(output, /^rollcall: the thread of [a-z0-9 ]+ cannot be started .*\n$/);
  }
  assert.ok(said.has(kOutOfMemory), [...said].join(''));
});

test('a reload that asks for a thread too many is refused, and the server goes on', async () => {
  const config = files.write('rollcall.toml', '');
  const server = await startServer({ args: ['--config', config], wrap: ['prlimit', kGreedyThreads] });
  const [, used] = /^VmSize:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'));
  execFileSync('prlimit', [`--pid=${server.pid}`, `--as=${used * 1024 + kGiB / 2}:`]);
  files.write('rollcall.toml', '[webhooks]\nurls = ["http://127.0.0.1:9/"]\nsecret = "0123456789abcdef0123456789abcdef"\n');
  const reload = async (answer) => {
    server.signal('SIGHUP');
    await server.says(answer);
  };
  await reload(/webhooks\.urls.*the thread of the webhook sender cannot be started/);
  assert.equal((await request(`${server.url}/healthz`)).status, 200);
  execFileSync('prlimit', [`--pid=${server.pid}`, '--as=unlimited:']);
  await reload(/configuration reloaded.*changed=.*webhooks\.urls/);
  await server.stop();
});
