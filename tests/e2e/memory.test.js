// What a spike took goes back to the system when it is over.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Polling } from './support/polling.js';
import { startServer } from './support/server.js';
import { token } from './support/tokens.js';
import { within } from './support/wait.js';

const server = await startServer({ env: { ROLLCALL_SERVER_WORKERS: 1 } });
after(() => server.stop());

const kSoonMs = 8000;  // before the server looks for what it can give back
const kBodies = 50;
const kBodyBytes = 900_000;
const kNamespace = '/ws/messages';
const resident = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) * 1024;

// Of what nobody tells: looked at again and again.
function until(holds, what) {
  let given = false;
  const looking = (async () => {
    while (!given && !holds()) await pause(20);
  })();
  return within(looking, kSoonMs, what).finally(() => (given = true));
}

async function member(user) {
  const polling = await Polling.open(server);
  await polling.post(`40${kNamespace},${JSON.stringify({ token: token(user) })}`);
  await polling.get();
  return polling;
}

const crowd = (name) => Promise.all(Array.from({ length: kBodies }, (_, i) => member(name + i)));

// All of a large body but its last byte; `finish` sends that, and resolves with the answer.
function beginPost(polling) {
  const body = Buffer.alloc(kBodyBytes, 'x');
  body.write(`42${kNamespace},["nonsense","`);
  body.write('"]', kBodyBytes - 2);
  const outgoing = http.request(polling.url, { method: 'POST', agent: false, headers: { 'Content-Type': 'text/plain', 'Content-Length': kBodyBytes } });
  const answered = new Promise((resolve, reject) => {
    outgoing.on('error', reject).on('response', (answer) => answer.resume().on('end', () => resolve(answer.statusCode)));
  });
  outgoing.write(body.subarray(0, -1));
  return () => (outgoing.end(body.subarray(-1)), answered);
}

test('large bodies', async () => {
  const members = await crowd('poster');
  assert.equal(await beginPost(members[0])(), 200);
  const before = resident();
  for (let round = 0; round < 3; ++round) {
    const finish = members.map(beginPost);
    await until(() => resident() > before + (kBodies * kBodyBytes) / 2, 'the bodies to be there');
    await crowd(`newcomer ${round} `);  // what they take may lie behind the bodies
    const statuses = await Promise.all(finish.map((end) => end()));
    assert.deepEqual(new Set(statuses), new Set([200]));
  }
  await until(() => resident() < before + 8e6, () => `memory to come back: ${resident() - before} bytes more than before`);
});
