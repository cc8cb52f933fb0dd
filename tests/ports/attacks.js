// What a client may do to an open port. Each attack is one visit: it opens connections, talks, and ends them somehow.
import net from 'node:net';
import { frame } from '../e2e/support/raw.js';
import { backend, reader } from './api-attack.js';
import { framesOf, learn, mutate, payloadOf, someConversation } from './mutate.js';

const kMaxKept = 1 << 20;
const kPath = '/socket.io/?EIO=4';
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const links = new Set();

// A TCP connection that forgives everything.
export class Link {
  constructor(port, { deaf = false } = {}) {
    this.text = '';
    this.socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.socket.setNoDelay(true);
    this.socket.on('error', () => {});
    this.ended = new Promise((resolve) => {
      this.socket.once('end', resolve);
      this.socket.once('close', resolve);
    });
    this.socket.once('close', () => links.delete(this));
    if (deaf) this.socket.pause();
    else this.socket.on('data', (chunk) => this.text.length < kMaxKept && (this.text += chunk.toString('latin1')));
    links.add(this);
  }

  async opened() {
    if (this.socket.readyState === 'opening') await Promise.race([new Promise((resolve) => this.socket.once('connect', resolve)), this.ended]);
    return this;
  }

  // In one piece, in some, or byte by byte; with or without time between them.
  async send(random, data) {
    const bytes = Buffer.from(data);
    const how = random.below(4);
    if (how < 2 || bytes.length < 2) return void this.socket.write(bytes);
    let at = 0;
    for (let pieces = 0; at < bytes.length && pieces < 40; ++pieces) {
      const size = how === 2 ? 1 + random.below(4) : 1 + random.below(bytes.length);
      this.socket.write(bytes.subarray(at, at + size));
      at += size;
      if (random.chance(0.3)) await sleep(random.below(4));
    }
    if (at < bytes.length) this.socket.write(bytes.subarray(at));
  }

  async until(pattern, ms = 1000) {
    const end = Date.now() + ms;
    for (;;) {
      const match = pattern.exec(this.text);
      if (match || Date.now() > end || this.socket.destroyed) return match;
      await Promise.race([sleep(5), this.ended.then(() => sleep(5))]);
    }
  }

  async finish(random) {
    switch (random.below(6)) {
      case 0:
        return void this.socket.destroy();
      case 1:
        return void this.socket.resetAndDestroy();
      case 2:  // half-close: what is on its way is still read
        this.socket.end();
        await Promise.race([this.ended, sleep(random.below(300))]);
        return void this.socket.destroy();
      case 3:  // the server's turn
        await Promise.race([this.ended, sleep(random.below(2500))]);
        return void this.socket.destroy();
      case 4:
        await sleep(random.below(30));
        return void this.socket.resetAndDestroy();
      default:
        this.socket.end();
        await sleep(random.below(20));
        return void this.socket.destroy();
    }
  }
}

const upgradeRequest = (query) =>
  `GET ${kPath}&transport=websocket${query} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

function pollRequest(random, sid, body) {
  const extra = random.chance(0.1) ? random.pick(['Connection: close\r\n', 'Expect: 100-continue\r\n', 'Cookie: jwt=x; jwt=\r\n', 'Origin: http://evil.example\r\n', `X: ${'y'.repeat(random.below(20000))}\r\n`]) : '';
  const head = `${kPath}&transport=polling${sid ? `&sid=${sid}` : ''} HTTP/1.1\r\nHost: localhost\r\n${extra}`;
  if (body === undefined) return `${random.chance(0.95) ? 'GET' : random.pick(['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE'])} ${head}\r\n`;
  const bytes = Buffer.from(body);
  if (random.chance(0.2)) {
    const cut = random.below(bytes.length + 1);
    const chunks = [bytes.subarray(0, cut), bytes.subarray(cut)].filter((part) => part.length);
    return Buffer.concat([Buffer.from(`POST ${head}Transfer-Encoding: chunked\r\n\r\n`), ...chunks.flatMap((part) => [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]), Buffer.from('0\r\n\r\n')]);
  }
  const length = random.chance(0.95) ? bytes.length : random.pick([0, bytes.length + 10, -1, 1e12, '']);
  const type = random.chance(0.97) ? 'text/plain;charset=UTF-8' : 'application/octet-stream';
  return Buffer.concat([Buffer.from(`POST ${head}Content-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`), bytes]);
}

async function openPolling(random, port) {
  const link = await new Link(port).opened();
  await link.send(random, pollRequest(random));
  const match = await link.until(/"sid":"([^"]+)"/);
  return { link, sid: match?.[1] };
}

async function websocket(random, port) {
  const link = await new Link(port, { deaf: random.chance(0.05) }).opened();
  const request = mutate(random, upgradeRequest(''), 0.1);
  const conversation = someConversation(random);
  const frames = conversation.flatMap((message) => framesOf(random, message));
  if (random.chance(0.3)) {
    await link.send(random, mutate(random, Buffer.concat([request, ...frames]), 0.1));
  } else {
    await link.send(random, request);
    await link.until(/\r\n\r\n/, 300);
    for (const bytes of frames) await link.send(random, bytes);
    if (random.chance(0.3)) link.socket.write(mutate(random, Buffer.concat(frames), 0.5));
  }
  learn(link.text, conversation[0]);
  await link.finish(random);
}

async function polling(random, port) {
  const { link, sid } = await openPolling(random, port);
  if (sid) {
    const messages = someConversation(random);
    for (let turn = 1 + random.below(6); turn > 0; --turn) {
      const part = messages.splice(0, 1 + random.below(messages.length || 1));
      const post = mutate(random, pollRequest(random, sid, mutate(random, payloadOf(random, part), 0.15)), 0.05);
      const get = mutate(random, pollRequest(random, sid), 0.05);
      const where = random.chance(0.6) ? link : await new Link(port).opened();
      const order = random.pick([[post, get], [get, post], [get, get], [post, post], [post], [get]]);
      // Both on one connection (pipelined), or each on its own.
      for (const bytes of order) await (random.chance(0.5) ? where : await new Link(port).opened()).send(random, bytes);
      if (where !== link) void where.finish(random);
      await sleep(random.below(20));
    }
  }
  await link.finish(random);
}

async function upgrade(random, port) {
  const { link, sid } = await openPolling(random, port);
  if (!sid) return link.finish(random);
  const conversation = someConversation(random);
  const probe = await new Link(port).opened();
  const frames = (message) => Buffer.concat(framesOf(random, message));
  const steps = [
    () => link.send(random, pollRequest(random, sid, payloadOf(random, conversation.splice(0, 3)))),
    () => probe.send(random, upgradeRequest(`&sid=${sid}`)),
    () => probe.send(random, frames('2probe')),
    () => new Link(port).send(random, pollRequest(random, sid)),
    () => probe.send(random, frames('5')),
    () => conversation.length && probe.send(random, Buffer.concat(conversation.map(frames))),
  ];
  if (random.chance(0.3)) steps.splice(random.below(steps.length), 0, () => new Link(port).send(random, upgradeRequest(`&sid=${sid}`)));
  if (random.chance(0.3)) steps.splice(random.below(steps.length), 0, () => link.send(random, pollRequest(random, sid, random.pick(['1', '3', '4x', '40/ws/messages,']))));
  if (random.chance(0.2)) steps.splice(random.below(steps.length), 0, () => probe.finish(random));
  if (random.chance(0.2)) steps.splice(random.below(steps.length), 1);
  for (const step of random.chance(0.7) ? steps : random.shuffled(steps)) {
    await step();
    if (random.chance(0.7)) await sleep(random.below(15));
  }
  await Promise.all([probe.finish(random), link.finish(random)]);
}

async function noise(random, port) {
  const link = await new Link(port).opened();
  const start = random.pick(['', 'GET ', 'POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n', upgradeRequest(''), 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '\x16\x03\x01\x02\x00\x01']);
  await link.send(random, Buffer.concat([Buffer.from(start, 'latin1'), random.bytes(random.below(3000))]));
  await link.finish(random);
}

// Says a little now and then, and stays.
async function slow(random, port) {
  const link = await new Link(port, { deaf: random.chance(0.3) }).opened();
  const whole = Buffer.from(random.chance(0.5) ? upgradeRequest('') : pollRequest(random, undefined, 'x'.repeat(500)));
  const end = Date.now() + random.below(4000);
  for (let at = 0; Date.now() < end && !link.socket.destroyed; ++at) {
    if (at < whole.length) link.socket.write(whole.subarray(at, at + 1));
    await sleep(50);
  }
  await link.finish(random);
}

// Asks for much and reads nothing: the backlog must be bounded.
async function greedy(random, port) {
  const link = await new Link(port, { deaf: true }).opened();
  const connect = someConversation(random)[0] ?? '40/ws/messages,';
  link.socket.write(Buffer.concat([Buffer.from(upgradeRequest('')), frame({ payload: connect })]));
  const userIds = Array.from({ length: 900 }, (_, i) => `nobody-${i}`);
  const ask = frame({ payload: `42/ws/messages,1${JSON.stringify(['check-users-status', { userIds }])}` });
  for (let i = 0; i < 150 && !link.socket.destroyed; ++i) {
    link.socket.write(ask);
    if (i % 20 === 0) await sleep(20);
  }
  await sleep(random.below(2000));
  await link.finish(random);
}

const kAttacks = [
  websocket, websocket, websocket, websocket, polling, polling, polling, polling, upgrade, upgrade, upgrade, upgrade,
  backend, backend, backend, reader, noise, slow, greedy,
];

export async function attack(random, port) {
  const chosen = random.pick(kAttacks);
  await chosen(random, port);
  return chosen.name;
}
