// Fuzzes the open port of a running server, as a stranger on the network would: see attacks.js.
//   node tests/ports/fuzz.js PROGRAM SECONDS [SEED]
// Throughout, well-behaved clients must be served without undue delay; at the end nobody may be online who is not
// there, descriptors and memory must be back where they were, and the program must end well when it is told to in the
// middle of more (sanitizers included).
// Attackers run side by side, so a seed repeats their choices and not their timing.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { api, kApiEnv } from '../e2e/support/api.js';
import { connect } from '../e2e/support/client.js';
import { kSecret, token } from '../e2e/support/tokens.js';
import { within } from '../e2e/support/wait.js';
import { attack, links, sleep } from './attacks.js';
import { Random } from './random.js';

const [program, seconds, given] = process.argv.slice(2);
const seed = Number(given ?? process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const kSeconds = Number(seconds);
const kAttackers = 24;
const kWorstAnswerMs = 2500;  // under a sanitizer, with this process on the same cores
const kSettleMs = 20000;
const kVisitMs = 30000;
const kMemorySlack = 24 * 1024;  // KiB
const kTimers = {
  ROLLCALL_ENGINEIO_PING_INTERVAL_MS: 3000, ROLLCALL_ENGINEIO_PING_TIMEOUT_MS: 3000, ROLLCALL_ENGINEIO_UPGRADE_TIMEOUT_MS: 500,
  ROLLCALL_ENGINEIO_MAX_PAYLOAD_BYTES: 100000, ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 200, ROLLCALL_SOCKETIO_CONNECT_TIMEOUT_MS: 2000,
  ROLLCALL_SOCKETIO_RECOVERY_MS: 1000, ROLLCALL_LIMITS_CONNECTIONS_PER_USER: 10, ROLLCALL_LIMITS_BACKLOG_BYTES: 262144,
  ROLLCALL_SERVER_LOG_LEVEL: 'error', ROLLCALL_SERVER_DRAIN_MS: 2000, ROLLCALL_API_REQUESTS_PER_SECOND: 0, ROLLCALL_API_FEED_CHANGES: 1000,
  ROLLCALL_LIMITS_FAILURES_PER_ADDRESS: 0,  // the polite come from the same address
  ...kApiEnv,
};

// ROLLCALL_SERVER_WORKERS and ROLLCALL_SERVER_IO_URING are passed on, if they are set.
const kPassedOn = ['ROLLCALL_SERVER_WORKERS', 'ROLLCALL_SERVER_IO_URING'].filter((name) => process.env[name]);

const kBroadcast = seed % 2 ? 'everyone' : 'watchers';
console.log(`fuzz-ports: seed ${seed}, ${kSeconds} s, broadcast to ${kBroadcast}`);
const child = spawn(program, ['serve', '--listen', '127.0.0.1:0'], {
  env: {
    PATH: process.env.PATH, JWT_SECRET: kSecret, ROLLCALL_PRESENCE_BROADCAST: kBroadcast, ...kTimers,
    ...Object.fromEntries(kPassedOn.map((name) => [name, process.env[name]])),
    // Freed memory kept in quarantine would look like growth.
    ASAN_OPTIONS: 'quarantine_size_mb=1:thread_local_quarantine_size_kb=64:allocator_release_to_os_interval_ms=200',
    UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
  },
  stdio: ['ignore', 'pipe', 'pipe'],
});
process.on('exit', () => child.kill('SIGKILL'));
let output = '';
for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk) => (output = (output + chunk).slice(-200000)));
const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));

function fail(why) {
  console.log(`fuzz-ports: FAILED: ${why}\n  repeat with FUZZ_SEED=${seed}\n${output.slice(-8000)}`);
  process.exit(1);
}
process.on('unhandledRejection', (error) => fail(error.stack));
let stopping = false;
ended.then(({ code, signal }) => stopping || fail(`the program ended by itself: ${code ?? signal}`));

async function port() {
  for (const end = Date.now() + 20000; Date.now() < end; await sleep(20)) {
    const match = /ready on http:\/\/[^\s:]+:(\d+)/.exec(output);
    if (match) return Number(match[1]);
  }
  return fail('it did not get ready');
}

const descriptors = () => readdirSync(`/proc/${child.pid}/fd`).length;
const residentKib = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]);

const kPort = await port();
const server = { url: `http://127.0.0.1:${kPort}`, namespaceUrl: `http://127.0.0.1:${kPort}/ws/messages` };
let worst = 0;
let answers = 0;

async function timed(what, promise) {
  const start = Date.now();
  const answer = await within(promise, kWorstAnswerMs, what).catch((error) => fail(error.message));
  worst = Math.max(worst, Date.now() - start);
  ++answers;
  return answer;
}

// A client like any: one that stays, whose requests are answered, and one that comes and goes and is seen to.
async function behave(name, transports, attacking) {
  const client = await connect(server, name, { transports });
  client.socket.on('disconnect', (reason) => stopping || fail(`${name} was disconnected: ${reason}`));
  for (let turn = 0; attacking(); ++turn) {
    client.inbox.entries.length = 0;
    const { status } = await timed(`an answer to ${name}`, client.ask('check-user-status', { userId: name }));
    if (status !== 'ok') fail(`${name} got ${status}`);
    if (turn % 20 === 0) {
      const guest = `${name}-guest-${turn}`; // the same one would be held back for coming and going so often
      await client.data('subscribe-presence', { userIds: [guest] });
      const heard = client.take('user-online', guest);
      const visitor = await timed(`${guest} to connect`, connect(server, guest, { transports }));
      await timed(`the news of ${guest}`, heard);
      visitor.close();
      await timed(`the news that ${guest} left`, client.take('user-offline', guest));
      await client.data('unsubscribe-presence', { userIds: [guest] });
    }
    await sleep(40);
  }
  return client;
}

// A backend like any: what it asks is answered, in time and right.
async function serve(attacking) {
  while (attacking()) {
    const { status, body } = await timed('an answer to the backend', api(server, `/users/${kNames[0]}/explain`));
    if (status !== 200 || !body.online || body.connections.length !== 1) fail(`the backend got ${status} ${JSON.stringify(body)}`);
    await sleep(100);
  }
}

const visits = {};
async function attackers(count, until, salt) {
  await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      for (let turn = 0; Date.now() < until; ++turn) {
        const random = new Random(seed ^ Math.imul(salt + i * 7919 + turn * 104729, 2654435761));
        const name = await within(attack(random, kPort), kVisitMs, 'an attack to end').catch((error) => fail(error.stack));
        visits[name] = (visits[name] ?? 0) + 1;
      }
    }),
  );
  for (const link of [...links]) link.socket.destroy();
}

// When all attackers have gone, only the polite are left, and so is what only they need.
async function settled(client, names) {
  let state = '';
  for (const end = Date.now() + kSettleMs; Date.now() < end; await sleep(200)) {
    const { users, count } = await client.data('get-online-users');
    const left = users.map((user) => user.userId).sort();
    const { feed } = (await api(server, '/stats')).body;
    state = `${count} online (${left.slice(0, 10)}), ${feed.readers} readers of the feed, ${descriptors()} descriptors`;
    if (count === names.length && left.join() === names.join() && feed.readers === 0) {
      // Twice the recovery window, with something said in between, and what it kept is gone.
      await sleep(2500);
      await client.data('heartbeat');
      return;
    }
  }
  fail(`not everyone who left is gone: ${state}`);
}

const kNames = ['polite-polling', 'polite-websocket'];
let over = false;
const polite = [behave(kNames[0], ['polling'], () => !over), behave(kNames[1], ['websocket'], () => !over)];
const watcher = await connect(server, 'watcher');
const served = serve(() => !over);
const names = [...kNames, 'watcher'].sort();

// Both polite ones are polling or connected: the number before, and after, may differ by their polls.
const kFewDescriptors = 6;
const before = descriptors();
const start = Date.now();
await attackers(kAttackers, start + kSeconds * 300, 1);
await settled(watcher, names);
const warm = residentKib();
const warmDescriptors = descriptors();
await attackers(kAttackers, Date.now() + kSeconds * 700, 500009);
await settled(watcher, names);
over = true;
await Promise.all([...polite, served]);
const after = descriptors();
let memory = residentKib();
for (const end = Date.now() + 5000; memory > warm + kMemorySlack && Date.now() < end; await sleep(250)) memory = residentKib();
console.log(`fuzz-ports: ${Object.entries(visits).map(([name, n]) => `${n} ${name}`).join(', ')}; ${answers} answers, the slowest after ${worst} ms`);
console.log(`fuzz-ports: descriptors ${before}, ${warmDescriptors}, ${after}; resident ${warm} KiB, then ${memory} KiB`);
if (Math.max(warmDescriptors, after) > before + kFewDescriptors) fail('descriptors leak');
if (memory > warm + kMemorySlack) fail('memory grows');
// The drain comes in the middle of it all.
stopping = true;
const last = attackers(kAttackers, Date.now() + 2000, 900001);
await sleep(1000);
child.kill('SIGTERM');
const { code, signal } = await within(ended, 30000, 'the program to end').catch((error) => fail(error.message));
await last;
for (const client of [watcher, ...(await Promise.all(polite))]) client.close();
if (code !== 0 || /Sanitizer|runtime error:/.test(output)) fail(`the program ended with ${code ?? signal}`);
console.log('fuzz-ports: ok');
process.exit(0);
