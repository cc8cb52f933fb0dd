// The HTTP API of the real server, as the package asks it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PresenceService } from '@rollcall/nestjs';
import { RollcallApi } from '@rollcall/nestjs/feed';
import { closeAll, connect } from '../../../tests/e2e/support/client.js';
import { run, startServer } from '../../../tests/e2e/support/server.js';
import { within } from '../../../tests/e2e/support/wait.js';

let server, api, reader, admin, adminKey;
async function key(name, scopes) {
  const made = run(['key', '--name', name, '--scopes', scopes]);
  await made.ended;
  const [apiKey] = /rck_[\w-]+/.exec(made.output());
  const [item] = new RegExp(`${name}:[\\w+]+:[0-9a-f]{64}`).exec(made.output());
  return { apiKey, item };
}
before(async () => {
  const [writes, reads, all] = [await key('backend', 'read,emit'), await key('reports', 'read'), await key('support', 'admin')];
  const keys = [writes, reads, all].map(({ item }) => item).join(',');
  server = await startServer({ env: { ROLLCALL_API_KEYS: keys, ROLLCALL_PRESENCE_MAX_BATCH_IDS: 1000, ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 60000 } });
  api = new RollcallApi({ url: `${server.url}/`, apiKey: writes.apiKey });
  reader = new RollcallApi({ url: server.url, apiKey: reads.apiKey });
  adminKey = all.apiKey;
  admin = new RollcallApi({ url: server.url, apiKey: adminKey });
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

test('messages reach many users, or everyone, each connection once', async () => {
  const tabs = [await connect(server, 'jim'), await connect(server, 'jim'), await connect(server, 'kay')];
  const many = ['jim', 'kay', 'jim', ...Array.from({ length: 1500 }, (_, i) => `nobody-${i}`)];
  assert.deepEqual(await api.emitToUsers(many, 'notice', { n: 1 }), { delivered: 3, online: 2 });
  for (const tab of tabs) assert.deepEqual(await tab.take('notice'), { n: 1 });
  assert.deepEqual(await api.emitToUsers('jim', 'notice', { n: 2 }), { delivered: 2, online: 1 });
  const { delivered, online } = await api.emitToAll('notice', { n: 3 });
  assert.ok(delivered >= 3 && online >= 2, JSON.stringify({ delivered, online }));
  for (const tab of tabs.slice(0, 2)) assert.deepEqual(await tab.take('notice'), { n: 2 });
  for (const tab of tabs) assert.deepEqual(await tab.take('notice'), { n: 3 });
  assert.deepEqual(await api.emitToUsers([], 'notice'), { delivered: 0, online: 0 });
  await assert.rejects(api.emitToAll('user-online', {}), { code: 'FORBIDDEN', status: 403, message: /presence alone sends/ });
});

test('it says why a user is shown online, or offline, whatever the id looks like', async () => {
  for (const userId of ['fay/ä ?#%', '%2f%2e']) {
    const unseen = await reader.explain(userId);
    assert.deepEqual([unseen.userId, unseen.online, unseen.connections], [userId, false, []]);
    const [phone, tab] = [await connect(server, userId, { transports: ['polling'] }), await connect(server, userId)];
    const here = await reader.explain(userId);
    assert.equal(here.online, true);
    assert.match(here.because, /^Online since .*: 2 connections are open, 1 by websocket and 1 by polling/);
    assert.deepEqual(here.connections.map(({ socketId, transport }) => [socketId, transport]).sort(), [
      [phone.hello.socketId, 'polling'], [tab.hello.socketId, 'websocket'],
    ].sort());
    phone.close();
    tab.hangUp();
    let away;
    do away = await reader.explain(userId);
    while (away.connections.length > 0);
    assert.equal(away.online, true, 'the grace of a minute has begun');
    assert.ok(Date.parse(away.grace.endsAt) > Date.now() + 30000);
  }
});

test('it ends all connections of a user, who is offline at once', async () => {
  for (const userId of ['gus', 'gus/ä ?#%']) {
    const tabs = [await connect(server, userId), await connect(server, userId, { transports: ['polling'] })];
    await assert.rejects(api.disconnect(userId), { code: 'FORBIDDEN', status: 403, message: /disconnect: 403 FORBIDDEN .*admin/ });
    assert.equal(await api.userStatus(userId).then(({ online }) => online), true, 'who may not, did not');
    assert.equal(await admin.disconnect(userId), 2);
    for (const tab of tabs) assert.equal(await tab.take('disconnect'), 'io server disconnect');
    assert.equal(await api.userStatus(userId).then(({ online }) => online), false, 'without a grace');
    assert.equal(await admin.disconnect(userId), 0);
    const { online, lastSession } = await reader.explain(userId);
    assert.equal(online, false);
    assert.equal(lastSession.reason, 'server-goodbye');
  }
});

test('the service that is injected passes both on, and its mirror hears of the end', async (t) => {
  const service = new PresenceService({ url: server.url, apiKey: adminKey });
  await service.start();
  t.after(() => service.onModuleDestroy());
  const came = new Promise((resolve) => service.onUserOnline(({ userId }) => userId === 'hal' && resolve()));
  const user = await connect(server, 'hal');
  await within(came, 10000, 'user-online');
  const { connections } = await service.api.explain('hal');
  assert.deepEqual(connections.map(({ socketId }) => socketId), [user.hello.socketId]);
  const told = new Promise((resolve) => service.onUserOffline(resolve));
  assert.deepEqual(await service.disconnectUser('hal'), { disconnected: 1 });
  assert.equal((await within(told, 10000, 'user-offline')).userId, 'hal');
  assert.equal(service.getUserOnlineStatus('hal').online, false);
});

test('what it refuses says why', async () => {
  await assert.rejects(reader.emit('ann', 'notification'), { code: 'FORBIDDEN', status: 403, message: /emit: 403 FORBIDDEN .*emit/ });
  await assert.rejects(api.emit('ann', ''), { code: 'INVALID_PAYLOAD', status: 400, message: /event must be/ });
  await assert.rejects(api.onlineUsers({ limit: 0 }), { code: 'INVALID_PAYLOAD', message: /limit/ });
  const stranger = new RollcallApi({ url: server.url, apiKey: 'rck_stranger' });
  await assert.rejects(stranger.onlineUsersCount(), { code: 'UNAUTHORIZED', status: 401, message: /count: 401 UNAUTHORIZED .*Check apiKey\.$/ });
});
