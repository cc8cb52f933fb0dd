// Sessions whose clients do not come back: what they may hold, and that they are in nobody's way.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { api, kApiEnv, kKeys } from './support/api.js';
import { closeAll, connect } from './support/client.js';
import { startServer } from './support/server.js';

const server = await startServer({
  env: {
    ...kApiEnv,
    ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100,
    ROLLCALL_PRESENCE_FLAP_AFTER: 0, // the attacker comes and goes, and each time the witness is to hear of it
    ROLLCALL_LIMITS_EVENTS_PER_SECOND: 0,
    ROLLCALL_SERVER_WORKERS: 1,
  },
});
after(() => {
  closeAll();
  return server.stop();
});

const residentMb = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024;

async function watchMany(client, prefix) {
  const asked = [];
  for (let batch = 0; batch < 50; ++batch) {
    const userIds = Array.from({ length: 200 }, (_, i) => `${prefix}-${batch}-${i}-`.padEnd(250, 'x'));
    asked.push(client.data('subscribe-presence', { userIds }));
  }
  await Promise.all(asked);
}

test('a user who abandons one large session after the other holds no more than a few of them', async () => {
  const witness = await connect(server, 'witness');
  const honest = await connect(server, 'honest');
  await honest.data('subscribe-presence', { userIds: ['star'] });
  const honestId = honest.socket.id;
  honest.cut();
  await honest.take('disconnect');
  await witness.take('user-offline', 'honest');
  let afterThree = 0;
  for (let round = 0; round < 15; ++round) {
    const attacker = await connect(server, 'attacker');
    await watchMany(attacker, round);
    attacker.cut();
    await attacker.take('disconnect');
    await witness.take('user-offline', 'attacker');
    attacker.close();
    if (round === 2) afterThree = residentMb();
  }
  const grown = residentMb() - afterThree;
  assert.ok(grown < 12, `twelve more sessions of 3 MB each: ${grown.toFixed(1)} MB more`);
  honest.socket.connect();
  await honest.connected();
  assert.deepEqual([honest.hello.recovered, honest.socket.id], [true, honestId], 'others keep theirs');
  honest.close();
  witness.close();
});

test('requests without end, and answers and refusals to them, push out no message to somebody else', async () => {
  const witness = await connect(server, 'witness-2');
  const away = await connect(server, 'away');
  away.cut();
  await away.take('disconnect');
  await witness.take('user-offline', 'away');
  const told = await api(server, '/users/away/emit', {
    method: 'POST',
    key: kKeys.emit,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ event: 'notification', data: { precious: true } }),
  });
  assert.equal(told.status, 200);
  const noisy = await connect(server, 'noisy');
  const userIds = Array.from({ length: 1000 }, (_, i) => `user-${i}`.padEnd(40, '-'));
  for (let round = 0; round < 70; ++round) {
    for (let i = 0; i < 10; ++i) noisy.socket.emit('check-users-status', { userIds });
    await noisy.data('heartbeat');
  }
  away.socket.connect();
  await away.connected();
  assert.equal(away.hello.recovered, true);
  assert.deepEqual(await away.take('notification'), { precious: true });
  for (const one of [witness, away, noisy]) one.close();
});
