// Clients that vanish right after they have connected, between two polls or in the middle of an upgrade.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { kPatienceMs, within } from './wait.js';

const kVictims = fileURLToPath(new URL('./victims.js', import.meta.url));
const kProcesses = 4;
const kClientsEach = 15;
// 8 s between two polls, twice what a client took for its last ones, and the grace: far from the 45 s of the heartbeat.
const kBoundMs = 25_000;

const children = new Set();
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));

// Killed as soon as `enough` of its clients are there: the others are wherever they are.
async function vanish(url, users, enough) {
  const child = fork(kVictims, [url, ...users]);
  children.add(child);
  let left = enough;
  try {
    await within(new Promise((resolve, reject) => {
      child.on('message', () => --left === 0 && resolve());
      child.once('exit', (code, signal) => reject(new Error(`the clients ended with ${code ?? signal}`)));
    }), 6 * kPatienceMs, `${enough} clients to connect`);
  } finally {
    child.kill('SIGKILL');
    children.delete(child);
  }
}

// Of clients that connect to `url`; the witness is anybody who can ask.
export async function allAreSoonOffline(url, witness) {
  const groups = Array.from({ length: kProcesses }, (_, i) => Array.from({ length: kClientsEach }, (_, j) => `user-${i}-${j}`));
  const userIds = groups.flat();
  await Promise.all(groups.map((users, i) => vanish(url, users, 1 + 4 * i)));
  const killed = performance.now();
  for (;;) {
    const { statuses } = await witness.data('check-users-status', { userIds });
    const online = statuses.filter((status) => status.online).map((status) => status.userId);
    if (online.length === 0) return;
    assert.ok(performance.now() < killed + kBoundMs, `still online: ${online}`);
    await sleep(50);
  }
}
