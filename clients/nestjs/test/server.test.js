// The HTTP API of the real server, as the package asks it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { RollcallApi } from '@rollcall/nestjs/feed';
import { closeAll, connect } from '../../../tests/e2e/support/client.js';
import { run, startServer } from '../../../tests/e2e/support/server.js';

let server, api, reader;
async function key(name, scopes) {
  const made = run(['key', '--name', name, '--scopes', scopes]);
  await made.ended;
  const [apiKey] = /rck_[\w-]+/.exec(made.output());
  const [item] = new RegExp(`${name}:[\\w+]+:[0-9a-f]{64}`).exec(made.output());
  return { apiKey, item };
}
before(async () => {
  const [writes, reads] = [await key('backend', 'read,emit'), await key('reports', 'read')];
  server = await startServer({ env: { ROLLCALL_API_KEYS: `${writes.item},${reads.item}`, ROLLCALL_PRESENCE_MAX_BATCH_IDS: 1000 } });
  api = new RollcallApi({ url: `${server.url}/`, apiKey: writes.apiKey });
  reader = new RollcallApi({ url: server.url, apiKey: reads.apiKey });
});
after(async () => {
  closeAll();
  await server?.stop();
});

test('it is asked for one user, and for more than fit into a request', async () => {
  await connect(server, 'ann');
  const { online, connectedAt } = await api.userStatus('ann');
  assert.equal(online, true);
  assert.ok(Date.parse(connectedAt) <= Date.now() + 1000);
  assert.deepEqual(await api.userStatus('..'), { userId: '..', online: false, lastActive: null, connectedAt: null });
  const ids = Array.from({ length: 1500 }, (_, i) => (i === 1400 ? 'ann' : `u${i}`));
  const statuses = await api.usersStatus(ids);
  assert.deepEqual(statuses.map(({ userId }) => userId), ids);
  assert.deepEqual(statuses.flatMap((status, i) => (status.online ? [i] : [])), [1400]);
});

test('it lists who is online, page by page', async () => {
  for (const userId of ['bob', 'cid', 'dan']) await connect(server, userId);
  const seen = [];
  let cursor;
  do {
    const page = await api.onlineUsers(cursor === undefined ? { limit: 2 } : { limit: 2, cursor });
    assert.ok(page.users.length <= 2);
    seen.push(...page.users.map(({ userId }) => userId));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  assert.deepEqual(seen.filter((userId) => userId !== 'ann').sort(), ['bob', 'cid', 'dan']);
  assert.equal(await api.onlineUsersCount(), seen.length);
});

test('messages reach every connection of the user in order, whatever the id looks like', async () => {
  for (const userId of ['eve/ä ?#%', '%2e%2e', 'a+b&c=d']) {
    const tabs = [await connect(server, userId), await connect(server, userId)];
    const sent = Array.from({ length: 50 }, (_, n) => api.emit(userId, 'notification', { n }));
    assert.deepEqual(await sent[0], { delivered: 2, online: true });
    for (const tab of tabs) for (let n = 0; n < 50; ++n) assert.deepEqual(await tab.take('notification'), { n });
  }
  assert.deepEqual(await api.emit('nobody', 'notification'), { delivered: 0, online: false });
});

test('what it refuses says why', async () => {
  await assert.rejects(reader.emit('ann', 'notification'), { code: 'FORBIDDEN', status: 403, message: /emit: 403 FORBIDDEN .*emit/ });
  await assert.rejects(api.emit('ann', ''), { code: 'INVALID_PAYLOAD', status: 400, message: /event must be/ });
  await assert.rejects(api.onlineUsers({ limit: 0 }), { code: 'INVALID_PAYLOAD', message: /limit/ });
  const stranger = new RollcallApi({ url: server.url, apiKey: 'rck_stranger' });
  await assert.rejects(stranger.onlineUsersCount(), { code: 'UNAUTHORIZED', status: 401, message: /count: 401 UNAUTHORIZED .*Check apiKey\.$/ });
});
