// One run: a fresh server on one core, the load on another; both are bounded in time, and neither outlives this process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { kLoad, kServers } from './servers.js';

const kSecret = 'a-secret-for-benchmarks-only-0123456789abcdef';
const kStartMs = 20000;
const kStopMs = 10000;
const kLoadSlack = 150; // seconds to connect and to finish, in addition to the measurement
const kTail = 2000;

const running = new Set();
let stopping = false;

// `timeout` ends the program even if this process cannot.
function launch(core, seconds, command, env) {
  if (stopping) throw new Error('interrupted');
  const child = spawn('taskset', ['-c', `${core}`, 'timeout', '-k', '5', `${seconds}`, ...command], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, JWT_SECRET: kSecret, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const program = { child, out: '', err: '', code: undefined };
  running.add(program);
  child.stdout.setEncoding('utf8').on('data', (chunk) => (program.out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk) => (program.err = (program.err + chunk).slice(-kTail)));
  program.ended = new Promise((resolve) => {
    const end = (code) => {
      running.delete(program);
      program.code = code;
      resolve(code);
    };
    child.on('error', (error) => {
      program.err += error.message;
      end(127);
    });
    child.on('close', (code, signal) => end(code ?? signal));
  });
  return program;
}

// taskset execs timeout, whose only child is the program.
function pidOf({ child }) {
  try {
    return Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ')[0]) || undefined;
  } catch {
    return undefined;
  }
}

async function stop(program, pid) {
  const kill = (target, signal) => {
    try {
      process.kill(target, signal);
    } catch {
      // it has ended
    }
  };
  if (program.code !== undefined) return;
  program.child.kill('SIGTERM');
  const hard = setTimeout(() => {
    if (pid) kill(pid, 'SIGKILL');
    kill(program.child.pid, 'SIGKILL');
  }, kStopMs);
  await program.ended;
  clearTimeout(hard);
}

// Ends everything for good: nothing can be started afterwards.
export function stopAll() {
  stopping = true;
  return Promise.all([...running].map((program) => stop(program, pidOf(program))));
}

// For servers that cannot choose a port themselves.
async function findFreePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function startServer(name, measure, core) {
  const { command, env, ready } = kServers[name].start({ ...measure, freePort: await findFreePort() });
  const program = launch(core, measure.seconds + measure.warmup + kLoadSlack + 30, command, env);
  const match = await new Promise((resolve) => {
    const look = () => {
      const found = ready.exec(program.out) ?? ready.exec(program.err);
      if (found) resolve(found);
    };
    program.child.stdout.on('data', look);
    program.child.stderr.on('data', look);
    program.ended.then(() => resolve(undefined));
    setTimeout(() => resolve(undefined), kStartMs).unref();
  });
  const pid = match && (Number(match.groups.pid) || pidOf(program));
  if (!pid) {
    await stop(program, pidOf(program));
    throw new Error(`${name} did not start: ${(program.out + program.err).slice(-kTail)}`);
  }
  return { program, pid, port: Number(match.groups.port) };
}

async function load(name, measure, server, core) {
  const program = launch(core, measure.seconds + measure.warmup + kLoadSlack, [
    kLoad, measure.mode, ...measure.args, '--target', `127.0.0.1:${server.port}`, '--pid', `${server.pid}`,
    '--dialect', kServers[name].dialect, '--seconds', `${measure.seconds}`, '--warmup', `${measure.warmup}`, '--label', `${measure.name} ${name}`,
  ], {});
  await program.ended;
  const died = server.program.code;
  if (died !== undefined) throw new Error(`the server ended with ${died}: ${server.program.err}`);
  try {
    return JSON.parse(program.out.trim().split('\n').at(-1));
  } catch {
    throw new Error(`rollcall-load ended with ${program.code}: ${program.err}`);
  }
}

// The output of rollcall-load; `ok` is false if anything failed.
export async function run(name, measure, { serverCore, loadCore }) {
  let server;
  try {
    const cores = kServers[name].bothCores ? `${serverCore},${loadCore}` : serverCore;
    server = await startServer(name, measure, cores);
    return await load(name, measure, server, loadCore);
  } catch (error) {
    return { ok: false, failure: error.message };
  } finally {
    if (server) await stop(server.program, server.pid);
  }
}
