// Clients that vanish right after they have connected, between two polls or in the middle of an upgrade: how long
// their users stay online.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeAll, connect } from './support/client.js';
import { startServer } from './support/server.js';
import { kPatienceMs, within } from './support/wait.js';

const kProcesses = 4;
const kClientsEach = 15;
// 8 s between two polls, twice what a client took for its last ones, and the grace: far from the 45 s of the heartbeat.
const kBoundMs = 25_000;

const server = await startServer({ env: { ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100, ROLLCALL_LIMITS_EVENTS_PER_SECOND: 0 } });
const children = new Set();
after(() => {
  for (const child of children) child.kill('SIGKILL');
  closeAll();
  return server.stop();
});

// Killed as soon as `enough` of its clients are there: the others are wherever they are.
async function vanish(users, enough) {
  const child = fork(fileURLToPath(new URL('./support/victims.js', import.meta.url)), [server.namespaceUrl, ...users]);
  children.add(child);
  let left = enough;
  await within(new Promise((resolve, reject) => {
    child.on('message', () => --left === 0 && resolve());
    child.once('exit', (code, signal) => reject(new Error(`the clients ended with ${code ?? signal}`)));
  }), 6 * kPatienceMs, `${enough} clients to connect`);
  child.kill('SIGKILL');
  children.delete(child);
}

test('whoever vanishes right after connecting is offline long before the heartbeat would say so', async () => {
  const witness = await connect(server, 'witness');
  const groups = Array.from({ length: kProcesses }, (_, i) => Array.from({ length: kClientsEach }, (_, j) => `user-${i}-${j}`));
  const userIds = groups.flat();
  await Promise.all(groups.map((users, i) => vanish(users, 1 + 4 * i)));
  const killed = performance.now();
  for (;;) {
    const { statuses } = await witness.data('check-users-status', { userIds });
    const online = statuses.filter((status) => status.online).map((status) => status.userId);
    if (online.length === 0) break;
    assert.ok(performance.now() < killed + kBoundMs, `still online: ${online}`);
    await sleep(50);
  }
});
