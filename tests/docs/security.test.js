// What SECURITY.md says can be done and cannot, where no other test shows it.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, closeAll, connect } from '../e2e/support/client.js';
import { request } from '../e2e/support/polling.js';
import { startServer } from '../e2e/support/server.js';
import { token } from '../e2e/support/tokens.js';
import { testConstants } from './support/constants.js';
import { read } from './support/text.js';

after(() => closeAll());

async function busyLife(env) {
  const server = await startServer({ env: { ROLLCALL_LIMITS_EVENTS_PER_SECOND: 1, ROLLCALL_LIMITS_EVENT_BURST: 3, ...env } });
  const secret = token('secretive-user', { email: 'private@example.org', role: 'spy', name: 'Mata Hari' });
  const extraHeaders = { 'X-Forwarded-For': '203.0.113.77' };
  const client = await connect(server, 'secretive-user', { as: secret, transports: ['polling'], extraHeaders });
  await client.ask('check-user-status', { userId: 'person-asked-for' });
  await client.ask('check-user-status', { userId: 5 });
  for (let i = 0; i < 4; ++i) await client.ask('subscribe-presence', { userIds: ['person-watched'] });
  const refused = new Client(server, { user: 'secretive-user', as: `${secret}x`, extraHeaders });
  await refused.refused();
  for (const one of [client, refused]) one.close();
  await server.stop();
  return server.output();
}

describe('the log', () => {
  for (const level of ['info', 'debug']) {
    test(`at ${level} it names nobody, and has the address that connected`, async () => {
      const log = await busyLife({ ROLLCALL_SERVER_LOG_LEVEL: level });
      for (const word of ['secretive-user', 'private@example.org', 'spy', 'Mata Hari', 'person-asked-for', 'person-watched', 'eyJ']) {
        assert.ok(!log.includes(word), `${word} is in the log`);
      }
      assert.match(log, /connection refused .*address=\S*127\.0\.0\.1/);
      assert.doesNotMatch(log, /203\.0\.113\.77/, 'X-Forwarded-For is believed from nobody');
      assert.equal(/ connected .*address=\S*127\.0\.0\.1/.test(log), level === 'debug');
    });
  }
});

test('any user may list all others, with e-mail address and role', async () => {
  const server = await startServer();
  await connect(server, 'ann', { as: token('ann', { email: 'ann@example.org', role: 'nurse' }) });
  const curious = await connect(server, 'curious');
  const { users } = await curious.data('get-online-users', {});
  const { email, role } = users.find(({ userId }) => userId === 'ann');
  assert.deepEqual([email, role], ['ann@example.org', 'nurse']);
  closeAll();
  await server.stop();
});

test('origins of * together with credentials give every page the visitor’s cookies, which is warned of', async () => {
  const server = await startServer({ env: { ROLLCALL_CORS_ORIGINS: '*', ROLLCALL_CORS_CREDENTIALS: 'true' } });
  const { headers } = await request(`${server.url}/socket.io/?EIO=4&transport=polling`, { headers: { Origin: 'https://foe.example' } });
  assert.deepEqual([headers['access-control-allow-origin'], headers['access-control-allow-credentials']], ['https://foe.example', 'true']);
  assert.match(server.output(), /WARN .*cors\.origins has \* and cors\.credentials is true/);
  await server.stop();
});

test('what anybody may read is what is served without a key', async () => {
  const server = await startServer();
  const [row] = read('SECURITY.md').split('\n').filter((line) => line.startsWith('| anybody |'));
  const paths = [...row.matchAll(/`(\/[a-z][\w./]*)`/g)].map(([, path]) => path);
  assert.deepEqual(paths, ['/healthz', '/readyz', '/api/v1/openapi.json', '/metrics']);
  for (const path of ['/', '/socket.io.min.js', ...paths]) assert.equal((await request(`${server.url}${path}`)).status, 200, path);
  await server.stop();
});

const kBits = 8;
testConstants('SECURITY.md', [
  [/(\d+) random bits, unrelated to the ids/, 'src/server/engine/sid.cpp', /kRandomBytes = (\d+)/, kBits],
  [/secret of (\d+) random bits/, 'src/server/sockets/pid.hpp', /then (\d+) random bits/],
  [/keys of (\d+) random bits/, 'src/app/key_command.cpp', /kKeyBytes = (\d+)/, kBits],
  [/a header within (\d+) s/, 'src/server/http/pipe.cpp', /kHeaderTimeout\{(\d+)\}/],
  [/a body within (\d+) s/, 'src/server/http/pipe.cpp', /kBodyTimeout\{(\d+)\}/],
  [/values are cut at (\d+) KB/, 'src/base/log.hpp', /kMaxValueBytes = (\d+)/, 1 / 1024],
  [/a \/(\d+) or a \/48/, 'src/gateway/coarse_address.cpp', /AF_INET, bytes, 3, "\/(\d+)"/],
  [/a \/24 or a \/(\d+)/, 'src/gateway/coarse_address.cpp', /AF_INET6, bytes, 6, "\/(\d+)"/],
  [/TLS 1\.2 and 1\.3 in the server, no renegotiation, no compression/, 'src/net/tls.cpp', /SSL_OP_NO_RENEGOTIATION \|.*SSL_OP_NO_COMPRESSION/],
]);
