// Every exchange, refusal, number and command in the quick reference, against the program.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, closeAll, connect } from '../e2e/support/client.js';
import { request } from '../e2e/support/polling.js';
import { startServer } from '../e2e/support/server.js';
import { nowSeconds, token } from '../e2e/support/tokens.js';
import { kCodes, kReplies, kRequests, kSettings, kTold, says } from './support/program.js';
import { assertShape, exchangesIn, shapeOf } from './support/shape.js';
import { kReference, read } from './support/text.js';

const text = read(kReference);
const [pageOne, pageTwo, pageThree] = text.split(/^(?==+\nREAL-TIME)/m);
const lineOf = (word) => text.split('\n').find((line) => line.startsWith(word));
const exchanges = exchangesIn(pageOne);
const firstHeard = exchanges.findIndex(({ name }) => name === 'connected');
const asked = exchanges.slice(0, firstHeard);
const heard = new Map(exchanges.slice(firstHeard).map((one) => [one.name, one.data]));

const kGrace = { ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 50, ROLLCALL_PRESENCE_SETTLING_MS: 0 };
const [server, tight] = await Promise.all([
  startServer({ env: kGrace }),
  startServer({ env: { ...kGrace, ROLLCALL_LIMITS_EVENTS_PER_SECOND: 1, ROLLCALL_LIMITS_EVENT_BURST: 2, ROLLCALL_LIMITS_CONNECTIONS_PER_USER: 1, ROLLCALL_AUTH_LEEWAY_MS: 0 } }),
]);
after(() => {
  closeAll();
  return Promise.all([server.stop(), tight.stop()]);
});

test('it has three pages', () => {
  for (const page of [pageOne, pageTwo, pageThree]) assert.ok(page.split('\n').length <= 66, 'lines of a printed page');
});

describe('what is asked', () => {
  test('it has every request that the server knows, with its reply', () => {
    assert.deepEqual(asked.filter(({ reply }) => !reply).map(({ name }) => name).sort(), [...kRequests].sort());
    assert.deepEqual(asked.filter(({ reply }) => reply).map(({ name }) => name).sort(), [...kReplies].sort());
  });

  for (let i = 0; i < asked.length; i += 2) {
    const [question, answer] = asked.slice(i, i + 2);
    test(`${question.name}: the answer is as it says, as an acknowledgement and as an event`, async () => {
      const client = await connect(server, 'user-123', { as: token('user-123', { email: 'a@b.c', role: 'carer' }) });
      const other = await connect(server, 'someone');
      await client.take('user-online', 'someone');
      const payload = question.name === 'refresh-token' ? { token: token('user-123') } : question.data;
      assert.deepEqual(Object.keys(payload), Object.keys(question.data));
      const got = await client.ask(question.name, payload);
      assertShape(got, { status: 'ok', event: 'REPLY', data: answer.data }, question.name);
      assert.deepEqual([got.status, got.event], ['ok', answer.name]);
      client.socket.emit(question.name, payload);
      assertShape(await client.take(answer.name), answer.data, answer.name);
      client.close();
      other.close();
    });
  }
});

describe('what is heard', () => {
  test('it has every event that the server tells', () => assert.deepEqual([...heard.keys()].sort(), [...kTold].sort()));

  test('connected, user-online, user-offline, exception', async () => {
    const client = await connect(server, 'listener');
    assertShape(client.hello, heard.get('connected'), 'connected');
    const user = await connect(server, 'passer-by');
    assertShape(await client.take('user-online', 'passer-by'), heard.get('user-online'), 'user-online');
    user.close();
    assertShape(await client.take('user-offline', 'passer-by'), heard.get('user-offline'), 'user-offline');
    client.socket.emit('check-user-status', {});
    assertShape(await client.take('exception'), heard.get('exception'), 'exception');
    assert.deepEqual(client.held('user-online', 'listener'), [], 'nothing of itself');
    client.close();
  });

  test('authentication_error, and the connection comes back with a new token', async () => {
    let exp = nowSeconds() + 3;
    const auth = (give) => give({ token: token('brief', { exp }) });
    const client = await new Client(tight, { auth, reconnection: true, reconnectionDelay: 10 }).connected();
    exp += 3600;
    assertShape(await client.take('authentication_error'), heard.get('authentication_error'), 'authentication_error');
    await client.connected();
    client.close();
  });

  test('presence-mode is sent when changes are batched', async () => {
    const busy = await startServer({ env: { ...kGrace, ROLLCALL_PRESENCE_DELIVERIES_PER_SECOND: 1 } });
    const watcher = await connect(busy, 'watcher');
    for (let i = 0; i < 10; ++i) await connect(busy, `guest-${i}`);
    const mode = await watcher.take('presence-mode');
    assertShape(mode, heard.get('presence-mode'), 'presence-mode');
    assert.equal(mode.mode, 'batched');
    closeAll();
    await busy.stop();
  });
});

describe('what is refused', () => {
  const kRefusal = shapeOf(/^ {10}(\{ "status": "error".*\})$/m.exec(text)[1], 'the refusal');
  const kRefused = shapeOf(/error\.data: (\{.*\})$/m.exec(text)[1], 'error.data');
  const seen = new Set(['INTERNAL']); // which no client can provoke

  test('requests: each code, and the message that it gives as an example', async () => {
    const client = await connect(server, 'clumsy');
    const refused = async (who, event, payload) => {
      const answer = await who.ask(event, payload);
      assertShape(answer, kRefusal, event);
      seen.add(answer.code);
      return answer;
    };
    const invalid = await refused(client, 'check-user-status', {});
    assert.ok(invalid.message.startsWith(kRefusal.message.replace(' ...', '')), invalid.message);
    assert.match((await refused(client, 'check-users-status', { userIds: 'a,b' })).message, /userIds must be an array/);
    const long = await refused(client, 'check-user-status', { userId: 'x'.repeat(257) });
    assert.equal(long.code, 'INVALID_PAYLOAD', 'a user id of 257 bytes');
    await client.data('check-user-status', { userId: 'x'.repeat(256) });
    await refused(client, 'check-users-status', { userIds: Array(1001).fill('x') });
    await refused(client, 'check-everything', {});
    await refused(client, 'refresh-token', { token: token('somebody-else') });
    for (let i = 0; i < 10; ++i) await client.data('subscribe-presence', { userIds: Array.from({ length: 1000 }, (_, k) => `w-${i}-${k}`) });
    assert.equal((await refused(client, 'subscribe-presence', { userIds: ['one-more'] })).code, 'TOO_MANY_USERS');
    const hasty = await connect(tight, 'hasty');
    await Promise.all([hasty.ask('heartbeat'), hasty.ask('heartbeat'), refused(hasty, 'heartbeat', {})]);
    closeAll();
  });

  test('connections: each code', async () => {
    const keeper = await connect(tight, 'crowded');
    for (const auth of [{}, { token: 'nonsense' }, { token: token('late', { exp: nowSeconds() - 60 }) }, { token: token('crowded') }]) {
      const client = new Client(tight, { auth });
      const error = await client.refused();
      assert.equal(error.message, 'Authentication failed');
      assertShape(error.data, kRefused, 'error.data');
      seen.add(error.data.code);
      client.close();
    }
    const lost = new Client(tight, { url: tight.url, user: 'lost' });
    assert.equal((await lost.refused()).message, 'Invalid namespace');
    lost.close();
    keeper.close();
  });

  test('it names these, and no others', () => {
    const named = kCodes.filter((code) => new RegExp(`\\b${code}\\b`).test(pageOne));
    assert.deepEqual(named.sort(), [...seen].sort());
  });
});

test('the token is taken from each of the places', async () => {
  const places = [
    { auth: { token: `Bearer ${token('auth')}` } },
    { extraHeaders: { Authorization: `Bearer ${token('header')}` } },
    { query: { token: token('query') } },
    { extraHeaders: { Cookie: `jwt=${token('cookie')}` } },
  ];
  for (const place of places) (await new Client(server, place).connected()).close();
});

describe('numbers and commands', () => {
  test('each number is the default of the setting beside it', () => {
    const rows = [...pageTwo.matchAll(/^ {10}(.+?) {2,}(\d+) +([a-z]+\.[a-z_]+|\(fixed\))$/gm)];
    assert.ok(rows.length >= 14, `${rows.length} rows`);
    for (const [, what, number, setting] of rows) {
      if (setting !== '(fixed)') assert.equal(Number(number), kSettings.get(setting), `${what}: ${setting}`);
    }
    const fixed = rows.filter(([, , , setting]) => setting === '(fixed)').map(([, what, number]) => [what, Number(number)]);
    assert.deepEqual(fixed, [['users one connection can watch', 10000], ['bytes of a user id', 256]]);
  });

  test('a token is made as it says, and the server answers GET /healthz', async () => {
    const [, command] = /^ +rollcall (token .*)$/m.exec(pageTwo);
    const { code, output } = says(command.split(' '));
    assert.equal(code, 0, output);
    const { sub, role, exp, iat } = JSON.parse(Buffer.from(output.split('.')[1], 'base64url'));
    assert.deepEqual([sub, role, Math.round(exp - iat)], ['alice', 'carer', 1800]);
    assert.equal((await request(`${server.url}/healthz`)).status, 200);
    assert.match(lineOf('RUN'), /rollcall serve --dev/);
  });
});
