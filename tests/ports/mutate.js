// Valid things, and what may become of them: bytes, WebSocket frames, Socket.IO packets.
import { frame } from '../e2e/support/raw.js';
import { token } from '../e2e/support/tokens.js';

const kUsers = 150;
const kOddBytes = [0x00, 0x1e, 0x0a, 0x0d, 0x22, 0x2c, 0x2d, 0x5b, 0x7b, 0x7f, 0x80, 0xc0, 0xed, 0xff];
const kOddText = ['', '0', '-', '1e999', '99999999999999999999', '\\ud800', '\u0000', '"', '[', '{}', '[[[[[[[[', 'null', '__proto__', '_placeholder', '\x1e', ',', '/', 'é'];

const tokens = new Map();
export function someToken(random) {
  if (random.chance(0.1)) return random.pick(['', 'x', 'a.b.c', token('fuzz-late', { exp: 1 }), token('fuzz-0').slice(0, -3)]);
  const user = `fuzz-${random.below(kUsers)}`;
  if (!tokens.has(user)) tokens.set(user, token(user));
  return tokens.get(user);
}

// What clients were told for their recovery, so that others, or the same twice, may try it.
const secrets = [];
export function learn(text, connect) {
  const pid = /"pid":"([^"]+)"/.exec(text)?.[1];
  const offset = [...text.matchAll(/"(~[^"]*)"\]/g)].at(-1)?.[1];
  const by = /"token":"([^"]+)"/.exec(connect)?.[1];
  if (pid && offset && by && secrets.push({ pid, offset, by }) > 50) secrets.shift();
}

function connectPacket(random, space) {
  const known = random.chance(0.3) && secrets.length ? random.pick(secrets) : undefined;
  const auth = known ? { token: random.chance(0.9) ? known.by : someToken(random), pid: known.pid, offset: known.offset } : { token: someToken(random) };
  return `40${space},${JSON.stringify(auth)}`;
}

function mutateOnce(random, bytes) {
  const at = random.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + random.below(random.chance(0.8) ? 8 : 2000));
  switch (random.below(7)) {
    case 0: {
      const copy = Buffer.from(bytes);
      if (at < copy.length) copy[at] ^= 1 << random.below(8);
      return copy;
    }
    case 1: {
      const copy = Buffer.from(bytes);
      if (at < copy.length) copy[at] = random.pick(kOddBytes);
      return copy;
    }
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
    case 4:
      return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.below(20)), bytes.subarray(at)]);
    case 5:
      return bytes.subarray(0, at);
    default:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from(random.pick(kOddText)), bytes.subarray(at)]);
  }
}

export function mutate(random, data, probability = 0.3) {
  let bytes = Buffer.from(data);
  if (!random.chance(probability)) return bytes;
  for (let i = 1 + random.below(3); i > 0; --i) bytes = mutateOnce(random, bytes);
  return bytes;
}

const ids = (random, most) => Array.from({ length: random.below(most) }, () => `fuzz-${random.below(kUsers)}`);

// One Engine.IO message with a Socket.IO packet, perhaps followed by its attachments (Buffers).
export function somePacket(random, space = '/ws/messages') {
  const ack = random.chance(0.6) ? random.below(random.chance(0.9) ? 1000 : 2 ** 53) : '';
  const event = (...args) => `42${space},${ack}${JSON.stringify(args)}`;
  // Most packets keep the connection: what ends it would hide all that follows.
  const deadly = random.chance(0.1) ? random.below(5) : 5 + random.below(11);
  switch (deadly) {
    case 0:
    case 1:
      return [connectPacket(random, space)];
    case 2:
      return [`40${random.pick(['', '/', '/nope', '/ws/messages', '/a,b', '/x?y=1'])},`];
    case 3:
      return [`41${space},`];
    case 4:
      return [random.pick(['2', '1', '6', '5', '2probe', '3probe', '0{}', '7', ''])];
    case 13:
      return [event('check-user-status', { userId: `fuzz-${random.below(kUsers)}` })];
    case 5:
      return [event('check-users-status', { userIds: ids(random, random.chance(0.9) ? 20 : 1500) })];
    case 6:
      return [event('get-online-users', random.chance(0.5) ? {} : { limit: random.below(20), cursor: String(random.below(500)) })];
    case 7:
      return [event('subscribe-presence', { userIds: ids(random, 40) })];
    case 8:
      return [event('unsubscribe-presence', { userIds: ids(random, 40) })];
    case 9:
      return [event('refresh-token', { token: someToken(random) })];
    case 10:
      return [event('heartbeat')];
    case 11: {
      const n = 1 + random.below(4);
      const parts = Array.from({ length: n }, (_, num) => ({ _placeholder: true, num: random.chance(0.9) ? num : random.below(20) - 3 }));
      const wrong = random.chance(0.1) ? random.below(12) : n;
      return [`45${wrong}-${space},${ack}${JSON.stringify(['up', ...parts])}`, ...parts.map(() => random.bytes(random.below(300)))];
    }
    case 12:
      return [`43${space},${random.below(50)}${JSON.stringify(ids(random, 3))}`];
    case 14:
      return [event(random.pick(['x', 'connect', 'disconnect', '__proto__', 'y'.repeat(random.below(3000))]), random.next(), null, [[[]]])];
    default:
      return [event('heartbeat', { padding: 'p'.repeat(random.below(random.chance(0.9) ? 500 : 120000)) })];
  }
}

export function someConversation(random) {
  const packets = random.chance(0.9) ? [[connectPacket(random, '/ws/messages')]] : [];
  for (let i = random.below(random.chance(0.9) ? 12 : 120); i > 0; --i) packets.push(somePacket(random));
  return packets.flat();
}

// The frames of a message: whole or in fragments with control frames between, now and then against the rules.
export function framesOf(random, message) {
  const odd = random.chance(0.05);
  const payload = typeof message === 'string' ? mutate(random, message, 0.12) : message;
  const opcode = typeof message === 'string' ? 1 : 2;
  if (odd) {
    return [frame({ first: random.below(256), payload, masked: random.chance(0.8), ...(random.chance(0.3) && { length: random.below(70000) }) })];
  }
  if (!random.chance(0.3)) return [frame({ first: 0x80 | opcode, payload })];
  const frames = [];
  for (let at = 0, first = true; first || at < payload.length; first = false) {
    const end = Math.min(payload.length, at + random.below(payload.length + 2));
    const last = end >= payload.length && !random.chance(0.05);
    frames.push(frame({ first: (last ? 0x80 : 0) | (first ? opcode : 0), payload: payload.subarray(at, end) }));
    if (random.chance(0.2)) frames.push(frame({ first: 0x80 | random.pick([8, 9, 9, 9, 10, 10]), payload: random.bytes(random.below(130)) }));
    at = end;
    if (last || frames.length > 60) break;
  }
  return frames;
}

export function payloadOf(random, messages) {
  return messages
    .map((message) => (typeof message === 'string' ? message : `b${message.toString('base64')}`))
    .join(random.chance(0.95) ? '\x1e' : random.pick(['', '\x1e\x1e', '\n']));
}
