// Below Socket.IO: WebSocket frames, HTTP and polling payloads that are none. The server lives, and a bystander notices nothing.
import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import { closeAll, connect } from './support/client.js';
import { Polling } from './support/polling.js';
import { frame, kUpgrade, RawSocket, rawSocket, RawTcp } from './support/raw.js';
import { startServer } from './support/server.js';
import { token } from './support/tokens.js';

const kSpace = '/ws/messages';
const server = await startServer({ env: { ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100 } });
const bystander = await connect(server, 'bystander');
after(() => {
  closeAll();
  return server.stop();
});
afterEach(async () => {
  assert.equal(server.child.exitCode, null, 'the server lives');
  assert.equal((await bystander.ask('heartbeat')).status, 'ok', 'the bystander is answered');
});

let serial = 0;
const newUser = (name) => `${name}-${++serial}`;

describe('WebSocket frames against RFC 6455', () => {
  const hello = `40${kSpace},{}`;
  const kFrames = {
    'an unmasked frame': [frame({ payload: hello, masked: false }), 1002],
    'a reserved bit': [frame({ first: 0xc1, payload: hello }), 1002],
    'a reserved opcode': [frame({ first: 0x83, payload: hello }), 1002],
    'a reserved control opcode': [frame({ first: 0x8b, payload: '' }), 1002],
    'a ping of 126 bytes': [frame({ first: 0x89, payload: 'x'.repeat(126) }), 1002],
    'a ping in fragments': [frame({ first: 0x09, payload: 'x' }), 1002],
    'a continuation of nothing': [frame({ first: 0x80, payload: 'x' }), 1002],
    'a new message inside another': [Buffer.concat([frame({ first: 0x01, payload: '4' }), frame({ first: 0x81, payload: '4' })]), 1002],
    'a close of one byte': [frame({ first: 0x88, payload: '\x03' }), 1002],
    'a close code nobody may send': [frame({ first: 0x88, payload: Buffer.from([0x03, 0xed]) }), 1002],
    'text that is not UTF-8': [frame({ payload: Buffer.from([0x34, 0xff, 0xfe]) }), 1007],
    'an overlong UTF-8 sequence': [frame({ payload: Buffer.from([0x34, 0xc0, 0xaf]) }), 1007],
    'a length of 2^62': [frame({ payload: 'x', length: 2 ** 62 }), 1009],
    'a length with the top bit set': [Buffer.from([0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]), null],
  };
  for (const [what, [bytes, code]] of Object.entries(kFrames)) {
    test(what, async () => {
      const tcp = new RawTcp(server);
      tcp.send(kUpgrade);
      await tcp.until(/0\{"sid".*\}/);
      tcp.send(bytes);
      await tcp.close();
      const tail = Buffer.from(tcp.text(), 'latin1');
      const at = tail.lastIndexOf(0x88);
      if (code !== null) assert.equal(at < 0 ? undefined : tail.readUInt16BE(at + 2), code);
    });
  }

  test('a proper close is answered with the same code', async () => {
    const raw = await rawSocket(server, newUser('polite'));
    raw.ws.close(1000);
    assert.equal(await raw.close(), 1000);
  });

  test('bytes that stop in the middle of a frame harm nobody', async () => {
    const tcp = new RawTcp(server);
    tcp.send(kUpgrade);
    await tcp.until(/0\{"sid"/);
    tcp.send(frame({ payload: `40${kSpace},{"token":"` }).subarray(0, 9));
    tcp.end();
    await tcp.close();
  });

  test('a frame of one byte at a time is understood', async () => {
    const tcp = new RawTcp(server);
    tcp.socket.setNoDelay(true);
    tcp.send(kUpgrade);
    await tcp.until(/0\{"sid"/);
    for (const byte of frame({ payload: `40${kSpace},${JSON.stringify({ token: token(newUser('slow')) })}` })) tcp.send(Buffer.from([byte]));
    await tcp.until(/\["connected"/);
    tcp.end();
  });
});

describe('HTTP that is none', () => {
  const kGarbage = {
    'random bytes': Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 197 + 31) & 255)),
    'a TLS hello': Buffer.from('16030100c8010000c40303', 'hex'),
    'a request line without a version': 'GET /\r\n\r\n',
    'HTTP/9.9': 'GET / HTTP/9.9\r\nHost: x\r\n\r\n',
    'a header without a colon': 'GET / HTTP/1.1\r\nHost x\r\n\r\n',
    'a space before the colon': 'GET / HTTP/1.1\r\nHost : x\r\n\r\n',
    'two lengths that differ': 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    'a negative length': 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
    'a length and chunks': 'POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'a header of 64 KiB': `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(65536)}\r\n\r\n`,
    'a path of 64 KiB': `GET /${'x'.repeat(65536)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    'ten thousand headers': `GET / HTTP/1.1\r\nHost: x\r\n${'A: b\r\n'.repeat(10000)}\r\n`,
    'a null in a header': 'GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n',
  };
  for (const [what, bytes] of Object.entries(kGarbage)) {
    test(`${what}: 4xx or 5xx at most, then closed`, async () => {
      const tcp = new RawTcp(server);
      tcp.send(bytes);
      tcp.socket.end();
      await tcp.close();
      assert.doesNotMatch(tcp.text().slice(0, 200), /^HTTP\/1\.[01] [123]/);
    });
  }

  test('a WebSocket request that is not one', async () => {
    for (const broken of [
      kUpgrade.replace('Version: 13', 'Version: 8'),
      kUpgrade.replace(/Sec-WebSocket-Key: .*\r\n/, ''),
      kUpgrade.replace('dGhlIHNhbXBsZSBub25jZQ==', 'short'),
    ]) {
      const tcp = new RawTcp(server);
      tcp.send(broken);
      await tcp.until(/^HTTP\/1\.1 4\d\d/);
      tcp.end();
    }
  });
});

describe('polling payloads', () => {
  const kPayloads = {
    'an empty body': '',
    'a doubled separator': `40${kSpace},{}\x1e\x1e40`,
    'a trailing separator': '3\x1e',
    'an unknown packet': 'x',
    'base64 that is none': 'b$$$$',
    'a ping from the client': '2',
    'text that is not UTF-8': Buffer.from([0x34, 0xff]),
  };
  for (const [what, body] of Object.entries(kPayloads)) {
    test(`${what} closes the session`, async () => {
      const polling = await Polling.open(server);
      const posted = await polling.post(body).catch((error) => error);
      if (!(posted instanceof Error)) assert.ok([200, 400].includes(posted.status), String(posted.status));
      // What is left to read may be the close packet, once; then the session is unknown.
      let answer = await polling.get();
      if (answer.status === 200) answer = await polling.get();
      assert.deepEqual([answer.status, JSON.parse(answer.text).code], [400, 1]);
    });
  }

  test('a session id that is nobody’s, of any shape, is unknown', async () => {
    for (const sid of ['x', 'x'.repeat(500), '%00', '../../etc/passwd', '%f0%9f%92%a9']) {
      const raw = new RawSocket(server, `EIO=4&transport=websocket&sid=${sid}`);
      await raw.close();
    }
  });
});
