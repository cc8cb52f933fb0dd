// What a backend sends by HTTP reaches real clients as the text that came, and nothing that it sends breaks them.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { api, kApiEnv, kKeys } from './support/api.js';
import { Client, closeAll, connect, kClients, kTransports } from './support/client.js';
import { startServer } from './support/server.js';
import { token } from './support/tokens.js';

const server = await startServer({ env: kApiEnv });
after(() => {
  closeAll();
  return server.stop();
});

const post = (path, body) => api(server, path, { method: 'POST', key: kKeys.emit, body });
const kTexts = [
  '1e400', '3.14', '18446744073709551616', '0.30000000000000004', '-0', '{"total":1e400,"a":1,"a":2}', '"half \\ud83d"', '"\\ude00\\ud83d"',
  '"\\u001e\\u0000\\u2028"', '"\u2028\u2029"', '[ 1 ,\n {"b" : null } ]', `${'['.repeat(63)}${']'.repeat(63)}`,
];

for (const [version] of Object.entries(kClients)) {
  for (const [name, transports] of Object.entries(kTransports)) {
    test(`socket.io-client ${version} by ${name} reads what any JSON says, and stays connected`, async () => {
      const userId = `reader ${version} ${name}`;
      const client = await connect(server, userId, { version, transports });
      for (const text of kTexts) {
        const { status, body } = await post(`/users/${encodeURIComponent(userId)}/emit`, `{"event":"n","data":${text}}`);
        assert.equal(status, 200, JSON.stringify(body));
        assert.deepEqual(await client.take('n'), JSON.parse(text), text);
      }
      assert.deepEqual(client.held('disconnect'), []);
      client.close();
    });
  }
}

describe('what clients could not read, or would believe, is refused', () => {
  for (const data of ['NaN', 'Infinity', '01', '"\u0001"', "'x'", '[1,]', `${'['.repeat(64)}${']'.repeat(64)}`]) {
    test(`data ${data.slice(0, 20)} is refused`, async () => {
      const { status, body } = await post('/users/ann/emit', `{"event":"n","data":${data}}`);
      assert.equal(status, 400);
      assert.match(body.detail, /not valid JSON: look at byte \d+|nested deeper than 64/);
    });
  }
  test('names of presence and of socket.io', async () => {
    const client = await connect(server, 'believer');
    const events = ['user-online', 'connected', 'authentication_error', 'exception', 'user-status', 'connect', 'disconnect'];
    for (const event of events) {
      for (const [path, whom] of [['/users/believer/emit', {}], ['/emit', { all: true }], ['/emit', { userIds: ['believer'] }]]) {
        const { status, body } = await post(path, JSON.stringify({ event, data: { userId: 'believer' }, ...whom }));
        assert.deepEqual([status, body.code, body.field], [403, 'FORBIDDEN', 'event'], event);
      }
    }
    await post('/users/believer/emit', '{"event":"end"}');
    await client.take('end');
    assert.deepEqual(events.flatMap((event) => client.held(event, 'believer')), []);
    client.close();
  });
});

test('half of an emoji costs nobody a connection: an id is refused by its name, other text is read with U+FFFD', async () => {
  const client = await connect(server, 'cut', { as: token('cut', { name: 'Ann \ud83d' }) });
  const ask = (event, text) => client.ask(event, JSON.parse(text));
  assert.match((await ask('check-users-status', '{"userIds":["a","\\ud83d"]}')).message, /^userIds\[1\] has half of a surrogate pair/);
  assert.equal((await ask('check-user-status', '{"userId":"a","note":"\\ud83d"}')).status, 'ok');
  const { status, body } = await api(server, '/presence/query', { method: 'POST', body: '{"userIds":["\\ud83d"]}' });
  assert.deepEqual([status, body.code, body.field], [400, 'INVALID_PAYLOAD', 'userIds[0]']);
  const refused = await new Client(server, { user: 'x', as: token('a\ud83d') }).refused();
  assert.match(refused.data.details, /sub/);
  await new Client(server, { auth: { token: token('whole'), note: '\ud83d' } }).connected();
  client.close();
});

test('an event goes to many users in one call, or to everyone, each connection once', async () => {
  const some = [await connect(server, 'm1'), await connect(server, 'm1', { transports: ['polling'] }), await connect(server, 'm2')];
  const other = await connect(server, 'm3');
  const many = await post('/emit', JSON.stringify({ userIds: ['m1', 'm2', 'm1', 'nobody'], event: 'n', data: 1 }));
  assert.deepEqual(many.body, { delivered: 3, online: 2 });
  const all = await post('/emit', JSON.stringify({ all: true, event: 'n', data: 2 }));
  assert.ok(all.body.delivered >= 4 && all.body.online >= 3, JSON.stringify(all.body));
  for (const client of some) assert.deepEqual([await client.take('n'), await client.take('n')], [1, 2]);
  assert.equal(await other.take('n'), 2);
  for (const client of [...some, other]) client.close();
});

test('a user whose id is the id of another\'s socket gets nothing of theirs', async () => {
  const victim = await connect(server, 'victim');
  const id = victim.hello.socketId;
  assert.deepEqual((await post(`/users/${id}/emit`, '{"event":"n"}')).body, { delivered: 0, online: false });
  const mallory = await connect(server, id);
  assert.deepEqual((await post(`/users/${id}/emit`, '{"event":"n","data":"for mallory"}')).body, { delivered: 1, online: true });
  assert.equal(await mallory.take('n'), 'for mallory');
  await post('/users/victim/emit', '{"event":"end"}');
  await victim.take('end');
  assert.deepEqual(victim.held('n'), []);
  const { body } = await api(server, `/users/${id}/explain`);
  assert.deepEqual(body.connections.map(({ socketId }) => socketId), [mallory.hello.socketId]);
  victim.close();
  mallory.close();
});
