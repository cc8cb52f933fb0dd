// Socket.IO packets and payloads that are malformed. Each time: the guilty connection gets its due, the server lives, and
// a bystander notices nothing. Below Socket.IO: garbage.test.js; too much of what is well formed: limits.test.js.
import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import { closeAll, connect } from './support/client.js';
import { frame, kUpgrade, rawSocket, RawTcp } from './support/raw.js';
import { startServer } from './support/server.js';
import { token } from './support/tokens.js';

const kSpace = '/ws/messages';
const [server, brisk] = await Promise.all([
  startServer({ env: { ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100 } }),
  startServer({ env: { ROLLCALL_PRESENCE_MAX_BATCH_IDS: 10, ROLLCALL_SOCKETIO_CONNECT_TIMEOUT_MS: 2000 } }),
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
    await raw.close(20000); // by default it is 45 s
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
    test(`${event} is refused with ${JSON.stringify(payload)?.slice(0, 40)}`, async () => {
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
