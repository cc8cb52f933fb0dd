// The protocols byte by byte, against build/release/bin/protocol_peer: what the official suites of
// Engine.IO v4 and Socket.IO v5 check, and the traps that they do not.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import WebSocket from 'ws';

const PING_INTERVAL = 300;
const PING_TIMEOUT = 1000;
const peer = process.env.ROLLCALL_PEER ?? 'build/release/bin/protocol_peer';
const children = [];
// Most sessions are never pinged: a ping would be among what they are sent, and a machine that is busy might not answer it in time.
let engine;
let socket;
// Where pings are what the test is about.
let pinging;

async function start(...options) {
  const child = spawn(peer, options.map(String));
  children.push(child);
  const [line] = await once(child.stdout, 'data');
  const [, enginePort, socketPort] = /on \S+:(\d+), .* on \S+:(\d+)/.exec(String(line));
  return { engine: `127.0.0.1:${enginePort}/engine.io/`, socket: `127.0.0.1:${socketPort}/socket.io/` };
}

before(async () => {
  ({ engine, socket } = await start());
  pinging = (await start('--ping-interval-ms', PING_INTERVAL, '--ping-timeout-ms', PING_TIMEOUT)).engine;
});
after(() => children.forEach((child) => child.kill()));

const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const poll = (where, sid, init) => fetch(`http://${where}?EIO=4&transport=polling${sid ? `&sid=${sid}` : ''}`, init);
const post = (where, sid, body, headers) => poll(where, sid, { method: 'post', body, headers });
const openSession = async (where) => JSON.parse((await (await poll(where)).text()).slice(1)).sid;

// A poll that the peer has read: every answer takes a turn of its loop, and each turn accepts, or reads, what was there before it.
async function waitingPoll(sid) {
  const tcp = net.connect(new URL(`http://${engine}`).port, '127.0.0.1');
  tcp.on('error', () => {});
  await once(tcp, 'connect');
  await new Promise((resolve) => tcp.write(`GET /engine.io/?EIO=4&transport=polling&sid=${sid} HTTP/1.1\r\nHost: x\r\n\r\n`, resolve));
  for (let turns = 0; turns < 3; ++turns) await (await poll(engine, 'nobody')).text();
  let answer = '';
  tcp.on('data', (chunk) => (answer += chunk));
  const body = async () => {
    while (!/\r\n\r\n./.test(answer)) await once(tcp, 'data');
    tcp.destroy();
    return answer.split('\r\n\r\n')[1];
  };
  return { body, drop: () => tcp.destroy() };
}

// A websocket whose messages are read one by one; pings are left out unless they are asked for.
function connect(where, sid, pings = false) {
  const ws = new WebSocket(`ws://${where}?EIO=4&transport=websocket${sid ? `&sid=${sid}` : ''}`);
  const queue = [];
  const waiting = [];
  ws.on('message', (data, binary) => {
    const message = binary ? data : String(data);
    if (message === '2' && !pings) return;
    waiting.length ? waiting.shift()(message) : queue.push(message);
  });
  ws.on('error', () => {});
  ws.closed = new Promise((resolve) => ws.on('close', resolve));
  ws.opened = new Promise((resolve) => ws.on('open', resolve));
  ws.next = () => (queue.length ? Promise.resolve(queue.shift()) : new Promise((resolve) => waiting.push(resolve)));
  return ws;
}

async function join(payload = '40') {
  const ws = connect(socket);
  await ws.next();
  ws.send(payload);
  await ws.next();
  await ws.next();
  return ws;
}

describe('Engine.IO', { concurrency: 4 }, () => {
  test('the open packet has exactly five keys', async () => {
    const text = await (await poll(pinging)).text();
    const { sid, ...rest } = JSON.parse(text.slice(1));
    assert.equal(text[0], '0');
    assert.match(sid, /^[\w-]{20,}$/);
    assert.deepEqual(rest, { upgrades: ['websocket'], pingInterval: PING_INTERVAL, pingTimeout: PING_TIMEOUT, maxPayload: 1000000 });
    const ws = connect(engine);
    assert.deepEqual(JSON.parse((await ws.next()).slice(1)).upgrades, []);
    ws.close();
  });

  test('every refusal has its status, code and message', async () => {
    const sid = await openSession(engine);
    const cases = [
      ['?EIO=4', 'get', 400, 0, 'Transport unknown'],
      ['?EIO=4&transport=abc', 'get', 400, 0, 'Transport unknown'],
      ['?EIO=4&transport=polling&sid=unknown', 'get', 400, 1, 'Session ID unknown'],
      ['?EIO=4&transport=polling', 'post', 400, 2, 'Bad handshake method'],
      ['?EIO=4&transport=polling', 'put', 400, 2, 'Bad handshake method'],
      ['?EIO=4&transport=websocket', 'get', 400, 3, 'Bad request'],
      [`?EIO=3&transport=polling&sid=${sid}`, 'get', 400, 3, 'Bad request'],
      ['?transport=polling', 'get', 400, 5, 'Unsupported protocol version'],
      ['?EIO=abc&transport=polling', 'get', 400, 5, 'Unsupported protocol version'],
    ];
    for (const [query, method, status, code, message] of cases) {
      const response = await fetch(`http://${engine}${query}`, { method });
      assert.equal(response.status, status, query);
      assert.match(response.headers.get('content-type'), /^application\/json/);
      assert.deepEqual(await response.json(), { code, message }, query);
    }
  });

  test('a websocket with a bad query is refused', async () => {
    for (const query of ['?transport=websocket', '?EIO=abc&transport=websocket', '?EIO=4', '?EIO=4&transport=abc']) {
      const ws = new WebSocket(`ws://${engine}${query}`);
      ws.on('error', () => {});
      await new Promise((resolve) => ws.on('close', resolve));
    }
  });

  for (const body of ['4hello', '4test1\x1e4test2\x1e4test3', '4hello\x1ebAQIDBA==']) {
    test(`polling echoes ${JSON.stringify(body)}`, async () => {
      const sid = await openSession(engine);
      const response = await post(engine, sid, body);
      assert.equal(response.status, 200);
      assert.equal(await response.text(), 'ok');
      assert.equal(await (await poll(engine, sid)).text(), body);
    });
  }

  for (const [what, body] of [['an unknown type', 'abc'], ['an empty packet', '4a\x1e'], ['nothing', ''], ['bad base64', 'bA']]) {
    test(`a payload with ${what} closes the session`, async () => {
      const sid = await openSession(engine);
      assert.equal((await post(engine, sid, body)).status, 400);
      assert.equal((await poll(engine, sid)).status, 400);
    });
  }

  test('two polls at once close the session', async () => {
    const sid = await openSession(engine);
    const first = await waitingPoll(sid);
    assert.equal((await poll(engine, `${sid}&t=b`)).status, 400);
    assert.equal(await first.body(), '1');
    assert.equal((await poll(engine, sid)).status, 400);
  });

  test('a poll that is dropped closes the session at once', async () => {
    for (let i = 0; i < 10; ++i) {
      const sid = await openSession(engine);
      const dropped = await waitingPoll(sid);
      dropped.drop();
      assert.equal((await poll(engine, sid)).status, 400);
    }
  });

  test('a body over maxPayload is refused and the session lives', async () => {
    const sid = await openSession(engine);
    const response = await post(engine, sid, `4${'x'.repeat(1000001)}`).catch(() => ({ status: 413 }));
    assert.equal(response.status, 413);
    assert.equal((await post(engine, sid, '4on')).status, 200);
    assert.equal(await (await poll(engine, sid)).text(), '4on');
  });

  test('octet-stream closes the session', async () => {
    const sid = await openSession(engine);
    assert.equal((await post(engine, sid, '4a', { 'content-type': 'application/octet-stream' })).status, 400);
    assert.equal((await poll(engine, sid)).status, 400);
  });

  test('websocket echoes text and binary, and closes on a bad packet', async () => {
    const ws = connect(engine);
    await ws.next();
    ws.send('4hello');
    assert.equal(await ws.next(), '4hello');
    ws.send(Buffer.from([1, 2, 3, 4]));
    assert.deepEqual(await ws.next(), Buffer.from([1, 2, 3, 4]));
    ws.send('abc');
    await ws.closed;
  });

  test('pings come while pongs do', async () => {
    const sid = await openSession(pinging);
    const ws = connect(pinging, undefined, true);
    await ws.next();
    for (let i = 0; i < 3; ++i) {
      assert.equal(await (await poll(pinging, sid)).text(), '2');
      assert.equal((await post(pinging, sid, '3')).status, 200);
      assert.equal(await ws.next(), '2');
      ws.send('3');
    }
    ws.close();
  });

  test('a dead session is gone right after its deadline', async () => {
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        const sid = await openSession(pinging);
        await delay(PING_INTERVAL + PING_TIMEOUT);
        assert.equal((await poll(pinging, sid)).status, 400);
      }),
    );
    await connect(pinging).closed;
  });

  test('a close by POST ends the waiting poll with noop', async () => {
    const sid = await openSession(engine);
    const waiting = await waitingPoll(sid);
    await post(engine, sid, '1');
    assert.equal(await waiting.body(), '6');
    assert.equal((await poll(engine, sid)).status, 400);
  });

  test('an upgrade hands over, and what follows it in the same breath is not lost', async () => {
    const sid = await openSession(engine);
    const ws = connect(engine, sid);
    await ws.opened;
    ws.send('2probe');
    assert.equal(await ws.next(), '3probe');
    assert.equal(await (await poll(engine, sid)).text(), '6');
    ws.send('5');
    ws.send('4hello');
    assert.equal(await ws.next(), '4hello');
    assert.equal((await poll(engine, sid)).status, 400);
    await connect(engine, sid).closed;
    ws.send('4still here');
    assert.equal(await ws.next(), '4still here');
    ws.close();
  });

  test('a second websocket is opened and closed at once, which is no error to its client', async () => {
    for (const finish of [['2probe'], ['2probe', '5']]) {
      const sid = await openSession(engine);
      const ws = connect(engine, sid);
      await ws.opened;
      for (const packet of finish) ws.send(packet);
      assert.equal(await ws.next(), '3probe');
      const second = new WebSocket(`ws://${engine}?EIO=4&transport=websocket&sid=${sid}`);
      const events = [];
      for (const name of ['open', 'message', 'error']) second.on(name, () => events.push(name));
      const [code] = await once(second, 'close');
      assert.deepEqual([events, code], [['open'], 1000]);
      ws.send('5');
      ws.send('4still here');
      if (finish.length === 1) assert.equal(await ws.next(), '4still here');
      ws.terminate();
    }
  });

  test('anything else on the probe closes it, and polling goes on', async () => {
    const sid = await openSession(engine);
    const ws = connect(engine, sid);
    await ws.opened;
    ws.send('4hello');
    await ws.closed;
    await post(engine, sid, '4on');
    assert.equal(await (await poll(engine, sid)).text(), '4on');
  });

  test('no message is lost, doubled or reordered by upgrades', async () => {
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const sid = await openSession(engine);
        const got = [];
        await post(engine, sid, '4a\x1e4b');
        const ws = connect(engine, sid);
        await ws.opened;
        await post(engine, sid, '4c');
        ws.send('2probe');
        await ws.next();
        got.push(...(await (await poll(engine, sid)).text()).split('\x1e'));
        await post(engine, sid, '4d');
        ws.send('5');
        ws.send('4e');
        while (got.filter((packet) => packet[0] === '4').length < 5) got.push(await ws.next());
        assert.deepEqual(got.filter((packet) => packet[0] === '4'), ['4a', '4b', '4c', '4d', '4e']);
        ws.close();
      }),
    );
  });
});

describe('Socket.IO', { concurrency: 4 }, () => {
  for (const [sent, begins, auth] of [
    ['40', '40{', '42["auth",{}]'],
    ['40{"token":"123"}', '40{', '42["auth",{"token":"123"}]'],
    ['40/custom,', '40/custom,{', '42/custom,["auth",{}]'],
    ['40/custom,{"token":"abc"}', '40/custom,{', '42/custom,["auth",{"token":"abc"}]'],
  ]) {
    test(`connects with ${sent}`, async () => {
      const ws = connect(socket);
      await ws.next();
      ws.send(sent);
      const answer = await ws.next();
      assert.ok(answer.startsWith(begins));
      assert.deepEqual(Object.keys(JSON.parse(answer.slice(begins.length - 1))), ['sid']);
      assert.equal(await ws.next(), auth);
      ws.close();
    });
  }

  test('a client that listens for one message at a time, as the official suite does, misses none', async () => {
    const hears = async () => {
      const ws = new WebSocket(`ws://${socket}?EIO=4&transport=websocket`);
      const next = async (options) => String((await once(ws, 'message', options))[0]);
      await next();
      ws.send('40');
      assert.match(await next(), /^40\{/);
      const event = await next({ signal: AbortSignal.timeout(1000) }).catch(() => 'missed');
      ws.terminate();
      return event;
    };
    // A client that is late itself gets both at once: what it misses is not the peer's fault, unless it always does.
    let event = await hears();
    for (let tries = 0; tries < 9 && event === 'missed'; ++tries) event = await hears();
    assert.equal(event, '42["auth",{}]');
  });

  test('an unknown namespace is refused and may be followed by another', async () => {
    const ws = connect(socket);
    await ws.next();
    ws.send('40/random');
    assert.equal(await ws.next(), '44/random,{"message":"Invalid namespace"}');
    ws.send('40');
    assert.ok((await ws.next()).startsWith('40{"sid"'));
    ws.close();
  });

  test('without CONNECT the connection is closed after the connect timeout', async () => {
    const ws = connect(socket, undefined, true);
    ws.on('message', (data) => String(data) === '2' && ws.send('3'));
    await ws.closed;
  });

  test('leaving a namespace leaves the others', async () => {
    const ws = await join();
    ws.send('40/custom');
    await ws.next();
    await ws.next();
    ws.send('41/custom');
    ws.send('42["message","message to main namespace"]');
    assert.equal(await ws.next(), '42["message-back","message to main namespace"]');
    ws.close();
  });

  for (const [sent, answer] of [
    ['42["message",1,"2",{"3":[true]}]', '42["message-back",1,"2",{"3":[true]}]'],
    ['42["message","\\ud800"]', '42["message-back","\\ud800"]'],
    ['42456["message-with-ack",1,"2",{"3":[false]}]', '43456[1,"2",{"3":[false]}]'],
    ['429007199254740991["message-with-ack"]', '439007199254740991[]'],
  ]) {
    test(`answers ${sent}`, async () => {
      const ws = await join();
      ws.send(sent);
      assert.equal(await ws.next(), answer);
      ws.close();
    });
  }

  test('binary goes both ways, in events and acknowledgements', async () => {
    const args = '{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}';
    for (const [sent, answer] of [
      [`452-["message",${args}]`, `452-["message-back",${args}]`],
      [`452-789["message-with-ack",${args}]`, `462-789[${args}]`],
    ]) {
      const ws = await join();
      ws.send(sent);
      ws.send(Buffer.from([1, 2, 3]));
      ws.send(Buffer.from([4, 5, 6]));
      assert.equal(await ws.next(), answer);
      assert.deepEqual(await ws.next(), Buffer.from([1, 2, 3]));
      assert.deepEqual(await ws.next(), Buffer.from([4, 5, 6]));
      ws.close();
    }
  });

  test('what breaks a rule closes the connection', async () => {
    const faults = ['4abc', '42{}', '42[]', '42[null]', '43{}', '41{}', '42["connect"]', '44{}', '45["a"]', '450-["a"]',
      '4511-["a"]', '451-["a",{"_placeholder":true,"num":1}]', '40', '42/custom,["a"]', '42["a"', Buffer.from([1])];
    await Promise.all(
      faults.map(async (fault) => {
        const ws = await join();
        ws.send(fault);
        await ws.closed;
      }),
    );
    for (const first of ['42["a"]', '40[1]', '40null', '41', '43[]']) {
      const ws = connect(socket);
      await ws.next();
      ws.send(first);
      await ws.closed;
    }
  });
});
