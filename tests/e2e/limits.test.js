// Well formed, but too much: size, pace and backlog. The one who is over a limit gets a clear error, and nobody else is harmed.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { closeAll, connect } from './support/client.js';
import { Polling } from './support/polling.js';
import { rawSocket, RawTcp } from './support/raw.js';
import { startServer } from './support/server.js';

const kSpace = '/ws/messages';
const kMaxPayload = 200000;
const kEventBytes = 4096;
const [server, brisk] = await Promise.all([
  startServer({ env: { ROLLCALL_ENGINEIO_MAX_PAYLOAD_BYTES: kMaxPayload } }),
  startServer({
    env: { ROLLCALL_LIMITS_EVENT_BYTES: kEventBytes, ROLLCALL_LIMITS_EVENTS_PER_SECOND: 5, ROLLCALL_LIMITS_EVENT_BURST: 10 },
  }),
]);
after(() => {
  closeAll();
  return Promise.all([server.stop(), brisk.stop()]);
});

let serial = 0;
const newUser = (name) => `${name}-${++serial}`;

describe('too much', () => {
  test('an event over the limit is refused, and the connection stays', async () => {
    const client = await connect(brisk, newUser('large'));
    const answer = await client.ask('check-user-status', { userId: 'ada', padding: 'x'.repeat(kEventBytes) });
    assert.deepEqual([answer.status, answer.code], ['error', 'INVALID_PAYLOAD']);
    assert.equal((await client.ask('heartbeat')).status, 'ok');
    client.close();
  });

  test('a WebSocket message over maxPayload is closed with 1009', async () => {
    const raw = await rawSocket(server, newUser('huge'));
    raw.send(`42${kSpace},["a","${'x'.repeat(kMaxPayload)}"]`);
    assert.equal(await raw.close(), 1009);
  });

  test('so are fragments that add up to it', async () => {
    const raw = await rawSocket(server, newUser('huge'));
    raw.ws.send(`42${kSpace},["a","`, { fin: false });
    for (let i = 0; i < 5; ++i) raw.ws.send('x'.repeat(kMaxPayload / 4), { fin: false });
    assert.equal(await raw.close(), 1009);
  });

  test('a POST over maxPayload gets 413, by its announced length alone', async () => {
    const polling = await Polling.open(server);
    const answer = await polling.post('x'.repeat(kMaxPayload + 1)).catch((error) => error);
    // The server may answer and close while the body is still on its way.
    if (!(answer instanceof Error)) assert.equal(answer.status, 413);
    const tcp = new RawTcp(server);
    const path = polling.url.slice(server.url.length);
    tcp.send(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 999999999999\r\n\r\n4`);
    await tcp.until(/^HTTP\/1\.1 413/);
    tcp.end();
  });

  test('events faster than the limit are refused, and later ones are served', async () => {
    const client = await connect(brisk, newUser('fast'));
    const answers = await Promise.all(Array.from({ length: 40 }, () => client.ask('heartbeat')));
    const refused = answers.filter((answer) => answer.status === 'error');
    assert.ok(refused.length >= 20 && refused.length <= 31, `${refused.length} of 40 refused`);
    for (const answer of refused) {
      assert.equal(answer.code, 'RATE_LIMITED');
      assert.equal(typeof answer.message, 'string');
    }
    assert.equal(answers[0].status, 'ok');
    const other = await connect(brisk, newUser('calm'));
    assert.equal((await other.ask('heartbeat')).status, 'ok', 'nobody else is harmed');
    let again;
    for (const end = Date.now() + 5000; Date.now() < end && again?.status !== 'ok'; ) again = await client.ask('heartbeat');
    assert.equal(again.status, 'ok');
    client.close();
    other.close();
  });
});

test('one who asks and never reads is closed when the backlog is full, and nobody else is harmed', async () => {
  const tight = await startServer({
    env: { ROLLCALL_LIMITS_BACKLOG_BYTES: 65536, ROLLCALL_LIMITS_EVENTS_PER_SECOND: 0, ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100 },
  });
  const observer = await connect(tight, newUser('observer'));
  const user = newUser('deaf');
  const raw = await rawSocket(tight, user);
  await observer.take('user-online', user);
  raw.ws._socket.pause();
  const userIds = Array.from({ length: 1000 }, (_, i) => `somebody-with-quite-a-long-name-${i}`);
  // More answers than the kernel's buffers hold.
  for (let i = 0; i < 300; ++i) raw.send(`42${kSpace},["check-users-status",${JSON.stringify({ userIds })}]`);
  await observer.take('user-offline', user);
  assert.equal((await observer.ask('heartbeat')).status, 'ok');
  assert.match(tight.output(), /WARN.*slow consumer closed/);
  raw.end();
  observer.close();
  await tight.stop();
});
