#!/usr/bin/env node
// How long a well-behaved client waits while a stranger, or a user, attacks. `make bench-attack`
//
//   node bench/attack/measure.js [SECONDS [ROUNDS [WORD]]]      after make build; WORD: only attacks whose name has it
//
// The server, with one worker, has a core to itself. The client shares the other one with the attacker, at a higher priority: this
// measures how long the server makes it wait, not who gets the processor. The attacks are those of tests/e2e/attack.test.js.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeAll, connect } from '../../tests/e2e/support/client.js';
import { floodedKeys, kFloodEnv, kFloods } from '../../tests/e2e/support/floods.js';
import { kSecret } from '../../tests/e2e/support/tokens.js';
import { median } from '../harness/statistics.js';
import { here, kServers } from '../harness/servers.js';
import { start } from '../harness/start.js';

const [seconds, rounds] = [Number(process.argv[2] ?? 5), Number(process.argv[3] ?? 3)];
const floods = Object.keys(kFloods).filter((name) => name.includes(process.argv[4] ?? ''));
const kAttacker = here('../attack/attacker.js');
const kBetweenMs = 5;
const [kServersCore, kOthersCore] = ['0', '1'];

const pinned = (core, command) => ['taskset', ['-c', core, ...command]];
const share = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];

const keys = mkdtempSync(join(tmpdir(), 'rollcall-attack-'));
process.on('exit', () => rmSync(keys, { recursive: true }));
const kKeysEnv = floodedKeys((name, text) => {
  writeFileSync(join(keys, name), text);
  return join(keys, name);
});

async function startServer(flood) {
  const { command, env, ready } = kServers.rollcall.start({ broadcast: Boolean(kFloods[flood]?.listeners) });
  const [program, args] = pinned(kServersCore, command);
  const server = await start({ command: [program, ...args], env: { ...env, ...kFloodEnv, ...kKeysEnv, ROLLCALL_SERVER_LOG_LEVEL: 'error' }, ready }, kSecret);
  return { ...server, namespaceUrl: `http://127.0.0.1:${server.port}/ws/messages` };
}

// In milliseconds: the time from each request to its answer, in order.
async function waits(client) {
  const times = [];
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await sleep(kBetweenMs)) {
    const asked = performance.now();
    const { status } = await client.ask('check-user-status', { userId: 'polite' });
    if (status !== 'ok') throw new Error(`answered with ${status}`);
    times.push(performance.now() - asked);
  }
  return times.sort((a, b) => a - b);
}

async function measure(server, flood) {
  const client = await connect(server, 'polite');
  const attacker = flood && spawn(...pinned(kOthersCore, ['nice', '-n', '19', process.execPath, kAttacker, server.port, flood]), { stdio: 'inherit' });
  if (attacker) await sleep(1000); // until it runs
  try {
    return await waits(client);
  } finally {
    attacker?.kill();
    client.close();
  }
}

execFileSync('taskset', ['-a', '-c', '-p', kOthersCore, String(process.pid)], { stdio: 'ignore' });
const all = new Map();
for (let round = 1; round <= rounds; ++round) {
  for (const flood of [undefined, ...floods]) {
    const server = await startServer(flood);
    const times = await measure(server, flood);
    const name = flood ?? 'nobody attacks';
    all.set(name, [...(all.get(name) ?? []), [share(times, 0.5), share(times, 0.99), times.at(-1)]]);
    console.error(`[${round}/${rounds}] ${name}: ${times.length} answers, p99 ${share(times, 0.99).toFixed(1)} ms`);
    closeAll();
    await server.stop();
  }
}
console.log('| what is sent | p50, ms | p99, ms | the longest, ms |\n| --- | --- | --- | --- |');
for (const [name, found] of all) console.log(`| ${name} | ${[0, 1, 2].map((i) => median(found.map((one) => one[i])).toFixed(1)).join(' | ')} |`);
