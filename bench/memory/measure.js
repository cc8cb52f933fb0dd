#!/usr/bin/env node
// Is memory returned after a peak? Resident memory and the heap in use: before, at the peak, and afterwards.
//
//   node bench/memory/measure.js [WORKERS[,WORKERS] [SCENARIO...]]      after make build
//
// Meanwhile one client sends a request every 5 ms: its slowest answers show what returning memory costs the others.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ask, client } from './clients.js';
import { kScenarios, kShort } from './scenarios.js';
import { folder, sleep, startServer } from './server.js';

process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
const [workers = '1,3', ...wanted] = process.argv.slice(2);
const kAfterSeconds = 60;
const mb = (bytes) => (bytes / 1e6).toFixed(1);

function certificate() {
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj',
    '/CN=localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { ROLLCALL_SERVER_TLS_CERT: cert, ROLLCALL_SERVER_TLS_KEY: key };
}

function notebook(server) {
  let peak = 0;
  const note = async (what) => {
    const inUse = await server.inUse();
    note.peak();
    console.log(`  ${what}: resident ${mb(server.resident())} MB, in use ${mb(inUse)} MB`);
  };
  note.say = (text) => console.log(`  ${text}`);
  note.peak = () => (peak = Math.max(peak, server.resident()));
  note.highest = () => peak;
  return note;
}

// For the quiet time afterwards: until `over` resolves.
async function askAllTheTime(server, over) {
  const asker = await client(server, 'asker');
  const times = [];
  let going = true;
  over.then(() => (going = false));
  while (going) {
    const begin = performance.now();
    await ask(asker, 'check-user-status', { userId: 'nobody' });
    times.push(performance.now() - begin);
    await sleep(5);
  }
  asker.terminate();
  times.sort((a, b) => a - b);
  return { p99: times[Math.floor(times.length * 0.99)], slowest: times.at(-1) };
}

async function measure(name, { run, secure }, count) {
  const server = await startServer({ ...kShort, ROLLCALL_SERVER_WORKERS: count, ...(secure && certificate()) });
  console.log(`${name}, ${count} worker${count === '1' ? '' : 's'}`);
  const note = notebook(server);
  (await client(server, 'warm')).terminate();
  await note('before');
  await run(server, note);
  await note('over');
  const { p99, slowest } = await askAllTheTime(server, sleep(kAfterSeconds * 1000));
  await note(`${kAfterSeconds} s after`);
  const calls = Object.entries(server.longestCalls()).map(([call, ms]) => `${call} ${ms.toFixed(1)} ms`).join(', ');
  console.log(`  peak: resident ${mb(note.highest())} MB. Afterwards: p99 ${p99.toFixed(1)} ms, slowest ${slowest.toFixed(1)} ms; the longest ${calls}`);
  await server.stop();
}

for (const count of workers.split(',')) {
  for (const [name, scenario] of Object.entries(kScenarios)) {
    if (wanted.length === 0 || wanted.includes(name)) await measure(name, scenario, count);
  }
}
