// Limits of the operating system. Too low to start: one clear line and status 1, never an abort. Used up by a stranger's
// idle connections: others are served.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { kApiEnv, kKeys } from './support/api.js';
import { closeAll, connect } from './support/client.js';
import { scratch } from './support/files.js';
import { request } from './support/polling.js';
import { RawTcp } from './support/raw.js';
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

const kDescriptors = 400;
const kIdle = 450;
const kReopenMs = 100;
const kAsked = 50;
const kSoonMs = 200; // of nine in ten; it was two seconds, or no answer
const kGet = 'GET /healthz HTTP/1.1\r\nHost: x\r\n';
const kPolling = '/socket.io/?EIO=4&transport=polling';

async function pollAsStranger(tcp) {
  tcp.send(`GET ${kPolling} HTTP/1.1\r\nHost: x\r\n\r\n`);
  const [, sid] = await tcp.until(/"sid":"([^"]+)"/);
  tcp.send(`GET ${kPolling}&sid=${sid} HTTP/1.1\r\nHost: x\r\n\r\n`);
}

const kHeld = {
  'that send nothing': () => {},
  'that send half a head': (tcp) => tcp.send(kGet),
  'that send half a body': (tcp) => tcp.send('POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf'),
  'that have made a request': (tcp) => tcp.send(`${kGet}\r\n`),
  'that poll for sessions of nobody': (tcp) => pollAsStranger(tcp).catch(() => {}),
};

// Holds as many connections as the server lets it have, and reopens those that it closes.
function hold(server, use) {
  let over = false;
  const held = new Set();
  const open = () => {
    const tcp = new RawTcp(server);
    held.add(tcp);
    use(tcp);
    tcp.closed.then(async () => {
      held.delete(tcp);
      await sleep(kReopenMs);
      if (!over) open();
    });
  };
  for (let i = 0; i < kIdle; ++i) open();
  return () => {
    over = true;
    for (const tcp of held) tcp.end();
  };
}

// What somebody asks for who has just come, each on a connection of its own.
const kAsks = [
  ...['/healthz', '/readyz', '/metrics', '/api/v1/presence/count'].map((path) => async (server) => {
    const answer = await request(`${server.url}${path}`, { agent: false, headers: { Authorization: `Bearer ${kKeys.read}` } });
    assert.equal(answer.status, 200, path);
  }),
  async (server) => {
    const client = await connect(server, 'newcomer');
    client.close();
  },
];

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

describe('while a stranger holds more connections than there are descriptors', () => {
  after(closeAll);
  for (const [what, use] of Object.entries(kHeld)) {
    test(`${what}, everybody else is served at once`, async () => {
      const server = await startServer({ wrap: ['prlimit', `--nofile=${kDescriptors}:${kDescriptors}`], env: { ...kApiEnv, ROLLCALL_SERVER_LOG_LEVEL: 'error' } });
      const members = await Promise.all(['polling', 'websocket'].map((by) => connect(server, `by-${by}`, { transports: [by] })));
      await sleep(kReopenMs); // their polls are on their way
      const release = hold(server, use);
      await sleep(kReopenMs);
      const times = [];
      for (let i = 0; i < kAsked; ++i) times.push(await timed(() => kAsks[i % kAsks.length](server)));
      for (const member of members) {
        assert.equal(await member.isOnline(member.user), true);
        assert.deepEqual(member.held('disconnect'), []);
        member.close();
      }
      release();
      times.sort((a, b) => a - b);
      console.log(`# ${what}: median ${times[kAsked / 2].toFixed(1)} ms, worst ${times.at(-1).toFixed(1)} ms`);
      assert.ok(times[0.9 * kAsked - 1] < kSoonMs, times.join());
      await server.stop();
    });
  }
});
