// Malformed and oversized input of every kind. Each time: the guilty connection gets its due, the server lives, and a
// bystander notices nothing.
import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import { closeAll, connect } from './support/client.js';
import { Polling } from './support/polling.js';
import { frame, kUpgrade, RawSocket, rawSocket, RawTcp } from './support/raw.js';
import { startServer } from './support/server.js';
import { token } from './support/tokens.js';

const kSpace = '/ws/messages';
const kMaxPayload = 200000;
const kEventBytes = 4096;
const [server, brisk] = await Promise.all([
  startServer({ env: { ROLLCALL_ENGINEIO_MAX_PAYLOAD_BYTES: kMaxPayload, ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100 } }),
  startServer({
    env: {
      ROLLCALL_LIMITS_EVENT_BYTES: kEventBytes,
      ROLLCALL_LIMITS_EVENTS_PER_SECOND: 5,
      ROLLCALL_LIMITS_EVENT_BURST: 10,
      ROLLCALL_PRESENCE_MAX_BATCH_IDS: 10,
      ROLLCALL_SOCKETIO_CONNECT_TIMEOUT_MS: 400,
    },
  }),
]);
const bystander = await connect(server, 'bystander');
after(() => {
  closeAll();
  return Promise.all([server.stop(), brisk.stop()]);
});
afterEach(async () => {
  assert.equal(server.child.exitCode, null, 'the server lives');
  assert.equal((await bystander.ask('heartbeat')).status, 'ok', 'the bystander is answered');
});

let serial = 0;
const newUser = (name) => `${name}-${++serial}`;

describe('Socket.IO packets that do not parse, or are out of place, close the connection', () => {
  const deep = '['.repeat(20000);
  const kConnected = {
    'an unknown packet type': '49',
    'no packet at all': '4',
    'JSON that is not JSON': `42${kSpace},["a",`,
    'trailing garbage': `42${kSpace},["a"]x`,
    'an object where a list is due': `42${kSpace},{}`,
    'an empty list': `42${kSpace},[]`,
    'an event name that is null': `42${kSpace},[null]`,
    'an event name that is an object': `42${kSpace},[{}]`,
    'a reserved name: connect': `42${kSpace},["connect"]`,
    'a reserved name: connect_error': `42${kSpace},["connect_error"]`,
    'a reserved name: disconnect': `42${kSpace},["disconnect"]`,
    'a reserved name: disconnecting': `42${kSpace},["disconnecting"]`,
    'a reserved name: newListener': `42${kSpace},["newListener"]`,
    'a reserved name: removeListener': `42${kSpace},["removeListener"]`,
    'an ack that is an object': `43${kSpace},1{}`,
    'a DISCONNECT with a payload': `41${kSpace},{}`,
    'a second CONNECT': `40${kSpace},${JSON.stringify({ token: token('twice') })}`,
    'a CONNECT_ERROR from a client': `44${kSpace},{"message":"x"}`,
    'an event of a namespace that is not joined': '42/other,["a"]',
    'an event of the main namespace': '42["a"]',
    'a DISCONNECT of a namespace that is not joined': '41/other,',
    'attachments without a number': `45-${kSpace},["a",{"_placeholder":true,"num":0}]`,
    'attachments without a dash': `451${kSpace},["a",{"_placeholder":true,"num":0}]`,
    'a negative number of attachments': `45-1-${kSpace},["a"]`,
    'too many attachments': `45999999999-${kSpace},["a"]`,
    'attachments without end': `45${'9'.repeat(400)}-${kSpace},["a"]`,
    'an ack id of 400 digits': `42${kSpace},${'9'.repeat(400)}["heartbeat"]`,
    'JSON nested 20,000 deep': `42${kSpace},["a",${deep}${']'.repeat(20000)}]`,
    'JSON nested and never closed': `42${kSpace},["a",${deep}`,
    'a lone surrogate cut in half': `42${kSpace},["a","\\u12"]`,
    'a control character in a string': `42${kSpace},["a","\x01"]`,
    'an Engine.IO ping from the client': '2',
    'an Engine.IO open from the client': '0{}',
    'an unknown Engine.IO packet': 'x',
    'an Engine.IO packet of a digit too high': '7',
    'an empty message': '',
    'binary when none is due': Buffer.from([1, 2, 3]),
  };
  for (const [what, packet] of Object.entries(kConnected)) {
    test(what, async () => {
      const raw = await rawSocket(server, newUser('guilty'));
      raw.send(packet);
      await raw.close();
    });
  }

  test('text while binary is due', async () => {
    const raw = await rawSocket(server, newUser('guilty'));
    raw.send(`451-${kSpace},["a",{"_placeholder":true,"num":0}]`);
    raw.send(`42${kSpace},["heartbeat"]`);
    await raw.close();
  });

  test('a placeholder that points nowhere', async () => {
    const raw = await rawSocket(server, newUser('guilty'));
    raw.send(`451-${kSpace},["a",{"_placeholder":true,"num":7}]`);
    raw.send(Buffer.from([1]));
    await raw.close();
  });

  const kFirst = {
    'an event before CONNECT': `42${kSpace},["heartbeat"]`,
    'an ack before CONNECT': `43${kSpace},0[]`,
    'a CONNECT with a list': `40${kSpace},[1]`,
    'a CONNECT with null': `40${kSpace},null`,
    'a CONNECT with a string': `40${kSpace},"x"`,
    'a CONNECT with broken JSON': `40${kSpace},{"token":`,
  };
  for (const [what, packet] of Object.entries(kFirst)) {
    test(what, async () => {
      const raw = await rawSocket(server);
      raw.send(packet);
      await raw.close();
    });
  }

  test('the user whose connection was closed so is taken offline', async () => {
    const user = newUser('guilty');
    const raw = await rawSocket(server, user);
    await bystander.take('user-online', user);
    raw.send('4x');
    await bystander.take('user-offline', user);
  });

  test('nobody joins: the transport is closed when the connect timeout is over', async () => {
    const raw = await rawSocket(brisk);
    await raw.close(5000);
  });
});

describe('what is odd but allowed leaves the connection up', () => {
  const kOdd = {
    'an unknown event without an ack': `42${kSpace},["no-such-event",1,2]`,
    'an event name that is a number': `42${kSpace},[7]`,
    'a packet without any JSON': `42${kSpace},`,
    'an ack nobody waits for': `43${kSpace},99[]`,
    'a CONNECT to an unknown namespace': '40/other,',
    'a pong nobody asked for': '3',
  };
  for (const [what, packet] of Object.entries(kOdd)) {
    test(what, async () => {
      const raw = await rawSocket(server, newUser('odd'));
      raw.send(packet);
      raw.send(`42${kSpace},5["heartbeat"]`);
      await raw.take(/^43\/ws\/messages,5\[\{.*heartbeat-ack/);
      raw.end();
    });
  }

  test('a binary event is no presence event, but no crime', async () => {
    const raw = await rawSocket(server, newUser('odd'));
    raw.send(`451-${kSpace},3["no-such-event",{"_placeholder":true,"num":0}]`);
    raw.send(Buffer.from([1, 2, 3]));
    await raw.take(/^43\/ws\/messages,3\[\{.*UNKNOWN_EVENT/);
    raw.end();
  });

  test('an ack id beyond 32 bits comes back as it was', async () => {
    const raw = await rawSocket(server, newUser('odd'));
    raw.send(`42${kSpace},9007199254740991["heartbeat"]`);
    await raw.take(/^43\/ws\/messages,9007199254740991\[/);
    raw.end();
  });

  test('an event given twice the payload, in a message of many fragments', async () => {
    const tcp = new RawTcp(server);
    tcp.send(kUpgrade);
    await tcp.until(/0\{"sid"/);
    const text = `40${kSpace},${JSON.stringify({ token: token(newUser('pieces')) })}`;
    for (let i = 0; i < text.length; ++i) {
      tcp.send(frame({ first: (i === 0 ? 0x01 : 0x00) | (i === text.length - 1 ? 0x80 : 0), payload: text[i] }));
      if (i === 5) tcp.send(frame({ first: 0x89, payload: 'ping in between' }));
    }
    await tcp.until(/ping in between/);
    await tcp.until(/\["connected"/);
    tcp.end();
  });
});

describe('payloads that can’t be served are answered with an error that names the field', () => {
  const long = 'x'.repeat(257);
  const kBad = [
    ['check-user-status', undefined, /userId|payload|object/i],
    ['check-user-status', null, /userId|payload|object/i],
    ['check-user-status', 'ada', /userId|payload|object/i],
    ['check-user-status', ['ada'], /userId|payload|object/i],
    ['check-user-status', {}, /userId/],
    ['check-user-status', { userId: 7 }, /userId/],
    ['check-user-status', { userId: null }, /userId/],
    ['check-user-status', { userId: '' }, /userId/],
    ['check-user-status', { userId: ['a'] }, /userId/],
    ['check-user-status', { userId: long }, /userId/],
    ['check-users-status', {}, /userIds/],
    ['check-users-status', { userIds: 'ada' }, /userIds/],
    ['check-users-status', { userIds: { 0: 'ada' } }, /userIds/],
    ['check-users-status', { userIds: ['ada', 7] }, /userIds/],
    ['check-users-status', { userIds: [''] }, /userIds/],
    ['check-users-status', { userIds: [long] }, /userIds/],
    ['get-online-users', 'all', /payload|object/i],
    ['get-online-users', { limit: 'ten' }, /limit/],
    ['get-online-users', { limit: -1 }, /limit/],
    ['get-online-users', { limit: 0 }, /limit/],
    ['get-online-users', { limit: 1.5 }, /limit/],
    ['get-online-users', { limit: 10, cursor: 7 }, /cursor/],
    ['subscribe-presence', {}, /userIds/],
    ['subscribe-presence', { userIds: [null] }, /userIds/],
    ['unsubscribe-presence', { userIds: 7 }, /userIds/],
    ['refresh-token', {}, /token/],
    ['refresh-token', { token: 7 }, /token/],
  ];
  for (const [event, payload, field] of kBad) {
    test(`${event} ${JSON.stringify(payload)?.slice(0, 40)}`, async () => {
      const args = payload === undefined ? [] : [payload];
      const answer = await bystander.ask(event, ...args);
      assert.deepEqual(Object.keys(answer).sort(), ['code', 'message', 'status']);
      assert.deepEqual([answer.status, answer.code], ['error', 'INVALID_PAYLOAD']);
      assert.match(answer.message, field);
      bystander.socket.emit(event, ...args);
      assert.deepEqual(await bystander.take('exception'), answer, 'the same without an acknowledgement');
    });
  }

  test('1,000 ids are served, 1,001 are too many', async () => {
    const ids = (n) => Array.from({ length: n }, (_, i) => `u${i}`);
    for (const event of ['check-users-status', 'subscribe-presence']) {
      assert.equal((await bystander.data(event, { userIds: ids(1000) })).statuses.length, 1000);
      const answer = await bystander.ask(event, { userIds: ids(1001) });
      assert.deepEqual([answer.status, answer.code], ['error', 'TOO_MANY_USERS']);
    }
    await bystander.data('unsubscribe-presence', { userIds: ids(1000) });
    const few = await connect(brisk, newUser('few'));
    assert.equal((await few.ask('check-users-status', { userIds: ids(10) })).status, 'ok');
    assert.equal((await few.ask('check-users-status', { userIds: ids(11) })).code, 'TOO_MANY_USERS');
    few.close();
  });

  test('an unknown event is answered only if an acknowledgement was asked for', async () => {
    const answer = await bystander.ask('no-such-event', { a: 1 });
    assert.deepEqual([answer.status, answer.code], ['error', 'UNKNOWN_EVENT']);
    bystander.socket.emit('no-such-event', { a: 1 });
    await bystander.data('heartbeat');
    assert.deepEqual(bystander.held('exception'), []);
  });

  test('names that are special in JavaScript are ordinary', async () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      assert.equal((await bystander.ask(name)).code, 'UNKNOWN_EVENT');
      assert.equal((await bystander.data('check-user-status', { userId: name })).online, false);
    }
  });

  test('members that nobody knows are ignored', async () => {
    const data = await bystander.data('check-user-status', { userId: 'ada', __proto__x: 1, more: { deep: [[]] } });
    assert.equal(data.userId, 'ada');
  });
});

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
    for (let tries = 0; tries < 400; ++tries) {
      again = await client.ask('heartbeat');
      if (again.status === 'ok') break;
      // Each answer is a round trip; a timer of the pace the limit promises.
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
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
  raw.end();
  observer.close();
  await tight.stop();
});

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
