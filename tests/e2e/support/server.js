// Starts the program under test on a free port, and ends it by its pid. Whatever happens, it does not outlive the test file:
// a test that failed before its stop() is helped by the hooks below, one that hangs by the deadline.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { kSecret } from './tokens.js';
import { within } from './wait.js';

export const kBinary =
  process.env.ROLLCALL_BIN || fileURLToPath(new URL('../../../build/release/bin/rollcall', import.meta.url));
const kReadyMs = 30000;
const kLifeMs = 150000;
const kStopMs = 30000;

const alive = new Map();
process.on('exit', () => {
  for (const child of alive.keys()) child.kill('SIGKILL');
});
after(() => Promise.all([...alive].map(([child, ended]) => end(child, ended))));

async function end(child, ended) {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), kStopMs);
  await ended;
  clearTimeout(hard);
  return ended;
}

// Only what is given here reaches the program, so that the tester's own environment cannot change a result - but for how
// many workers there are and how they send, which must make no difference: `make test-e2e-variants` says. The drain is short
// because a test's polling sessions may be left without anyone to poll.
// What --dev keeps is the test file's own.
const kState = mkdtempSync(join(tmpdir(), 'rollcall-state-'));
process.on('exit', () => rmSync(kState, { recursive: true, force: true }));
const kPassedOn = ['ROLLCALL_SERVER_WORKERS', 'ROLLCALL_SERVER_IO_URING'];
function environment(extra) {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, XDG_STATE_HOME: kState, JWT_SECRET: kSecret, ROLLCALL_SERVER_DRAIN_MS: '1000' };
  for (const name of [...kPassedOn, 'ASAN_OPTIONS', 'UBSAN_OPTIONS', 'TSAN_OPTIONS', 'LSAN_OPTIONS']) {
    if (process.env[name]) env[name] = process.env[name];
  }
  for (const [name, value] of Object.entries(extra)) {
    if (value === undefined) delete env[name];
    else env[name] = String(value);
  }
  return env;
}

// Runs the program (or another) with any arguments; `output()` is all it has said so far, `ended` is {code, signal}.
export function run(args, env = {}, { binary = kBinary, stdin = 'ignore' } = {}) {
  const child = spawn(binary, args, { env: environment(env), stdio: [stdin, 'pipe', 'pipe'] });
  let text = '';
  const listeners = new Set();
  const hear = (chunk) => {
    text += chunk;
    for (const listener of [...listeners]) listener();
  };
  child.stdout.setEncoding('utf8').on('data', hear);
  child.stderr.setEncoding('utf8').on('data', hear);
  const deadline = setTimeout(() => child.kill('SIGKILL'), kLifeMs);
  deadline.unref();
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    // `close`, not `exit`: the last lines it printed have been read by then.
    child.once('close', (code, signal) => {
      alive.delete(child);
      clearTimeout(deadline);
      resolve({ code, signal });
      hear('');
    });
  });
  ended.catch(() => {});
  alive.set(child, ended);
  const says = (pattern, ms = kReadyMs) =>
    within(
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(text);
          if (match || child.exitCode !== null) listeners.delete(look);
          if (match) resolve(match);
          else if (child.exitCode !== null) reject(new Error(`ended with ${child.exitCode}: ${text}`));
        };
        listeners.add(look);
        ended.then(look, reject);
        look();
      }),
      ms,
      () => `the program to print ${pattern}; it printed: ${text}`,
    );
  return { child, pid: child.pid, output: () => text, ended, says };
}

// `wrap`: a command that runs it, such as prlimit.
export async function startServer({ env = {}, args = [], listen = '127.0.0.1:0', wrap = [] } = {}) {
  const [binary, ...command] = [...wrap, kBinary, 'serve', '--listen', listen, ...args];
  const program = run(command, env, { binary });
  const [, scheme, port] = await program.says(/is ready on (https?):\/\/[^\s:/]+:(\d+)/);
  const url = `${scheme}://127.0.0.1:${port}`;
  return {
    ...program,
    url,
    port: Number(port),
    namespaceUrl: `${url}/ws/messages`,
    signal: (name) => program.child.kill(name),
    // A crash, a leak or a sanitizer's complaint fails the file whose server it was.
    async stop() {
      const { code, signal } = await end(program.child, program.ended);
      if (code !== 0 || /runtime error:|Sanitizer/.test(program.output())) {
        throw new Error(`the server ended with ${code ?? signal}: ${program.output().slice(-4000)}`);
      }
    },
  };
}
