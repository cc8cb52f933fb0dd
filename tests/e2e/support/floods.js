// What an attacker sends without end, and how: the attacks of attack.test.js and of bench/attack.
import net from 'node:net';
import { frame, kUpgrade } from './raw.js';
import { ecKeys, token } from './tokens.js';

const kTogether = 2000;
const kNamespace = '/ws/messages';
const get = (target, headers = '') => Buffer.from(`GET ${target} HTTP/1.1\r\nhost: x\r\n${headers}\r\n`.repeat(kTogether));
const frames = (...payloads) => Buffer.concat(payloads.map((payload) => frame({ payload })));
const repeated = (count, ...payloads) => frames(...Array.from({ length: count }, () => payloads).flat());

const connects = (userToken) => `40${kNamespace},${JSON.stringify({ token: userToken })}`;
const emits = (event, data) => `42${kNamespace},${JSON.stringify(data ? [event, data] : [event])}`;
const joins = (user) => Buffer.concat([Buffer.from(kUpgrade), frames(connects(token(user)))]);
const kForged = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

// The well-behaved client asks more than 100 times a second; what a user's connections may send together is as by default. Refused
// tokens are not limited by address, as if the stranger had many.
export const kFloodEnv = { ROLLCALL_LIMITS_EVENTS_PER_SECOND: 1000, ROLLCALL_LIMITS_FAILURES_PER_ADDRESS: 0 };

// What is dearest to verify. A stranger has no key of the server, so signs with one of its own.
const kCurves = { ES256: 'P-256', ES512: 'P-521' };
const forgedBy = (algorithm) => token('x', {}, { key: ecKeys(kCurves[algorithm]).private, algorithm });

// Keys of each of these algorithms for the attacked server, beside its secret. `write` puts a text into a file and returns its path.
export function floodedKeys(write) {
  const keys = Object.entries(kCurves).map(([algorithm, curve]) => write(`${algorithm}.pem`, ecKeys(curve).public));
  return { ROLLCALL_AUTH_ALGORITHMS: ['HS256', ...Object.keys(kCurves)].join(','), ROLLCALL_AUTH_PUBLIC_KEYS: keys.join(',') };
}

// 1,000 ids of this connection alone: each has rooms of its own.
function subscriptions(index) {
  const userIds = Array.from({ length: 1000 }, (_, i) => `${index}-${i}`);
  return frames(emits('subscribe-presence', { userIds }), emits('unsubscribe-presence', { userIds }));
}

// `everyMs`: paced, instead of as fast as the server reads. `listeners`: how many others are told of changes meanwhile.
// `again`: who is closed comes back at once.
const kStrangers = {
  'pipelined requests': { connections: 16, bytes: () => get('/healthz') },
  'pipelined requests on 32 connections': { connections: 32, bytes: () => get('/healthz') },
  'refused requests': { connections: 16, bytes: () => get('/api/v1/stats') },
  'new sessions': { connections: 8, bytes: () => get('/socket.io/?EIO=4&transport=polling') },
  'forged tokens': { connections: 16, bytes: () => repeated(200, connects(kForged)), hello: () => kUpgrade, again: true },
};
for (const algorithm of Object.keys(kCurves)) {
  const forgery = { bytes: () => repeated(200, connects(forgedBy(algorithm))), hello: () => kUpgrade, again: true };
  kStrangers[`forged ${algorithm} tokens on one connection`] = { ...forgery, connections: 1 };
  kStrangers[`forged ${algorithm} tokens on 32 connections`] = { ...forgery, connections: 32 };
}
const kUsers = {
  "a user's events above the limit": { connections: 8, bytes: () => repeated(kTogether, emits('heartbeat')), hello: () => joins('flooder') },
  // 22 events for both: 880 a second, of limits.user_events_per_second (1,000).
  "a user's subscriptions within the limit": { connections: 40, everyMs: 1000, bytes: subscriptions, hello: () => joins('subscriber') },
  "a user's CONNECT and DISCONNECT": {
    connections: 1, listeners: 200, again: true, hello: () => kUpgrade, bytes: () => repeated(100, connects(token('flapper')), `41${kNamespace},`),
  },
};
export const kFloods = { ...kStrangers, ...kUsers };

// Writes the same bytes again and again; answers are read and dropped. Returns what ends it.
export function flood(port, { connections, bytes, hello = () => '', everyMs, listeners = 0, again = false }) {
  const sockets = new Set();
  let ended = false;
  const open = (greeting, repeat) => {
    const socket = net.connect(port, '127.0.0.1');
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.once('connect', () => {
      if (greeting) socket.write(greeting);
      repeat?.(socket);
    });
    return socket;
  };
  const attack = (greeting, sent) => {
    const socket = open(greeting, everyMs ? pace(sent, everyMs) : pour(sent));
    socket.on('close', () => {
      sockets.delete(socket);
      if (again && !ended) attack(greeting, sent);
    });
  };
  for (let i = 0; i < listeners; ++i) open(joins(`listener-${i}`));
  for (let i = 0; i < connections; ++i) attack(hello(i), bytes(i));
  return () => {
    ended = true;
    for (const socket of sockets) socket.destroy();
  };
}

// `bytes` are more than a socket's highWaterMark: then each write waits for `drain`, so that this process goes on with the rest.
const pour = (bytes) => (socket) => {
  const more = () => {
    while (!socket.destroyed && socket.writable && socket.write(bytes)) continue;
  };
  socket.on('drain', more);
  more();
};

const pace = (bytes, everyMs) => (socket) => {
  const timer = setInterval(() => socket.write(bytes), everyMs);
  socket.write(bytes);
  socket.once('close', () => clearInterval(timer));
};
