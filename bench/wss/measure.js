#!/usr/bin/env node
// What TLS costs this server: wss beside ws, a fresh server each, in turn. Prints medians of the rounds.
//
//   node bench/wss/measure.js [CONNECTIONS [ROUNDS]]      after make build
//
// The server's CPU (from /proc/PID/task/*/schedstat) and resident memory; the clients share the machine and are not counted.
import { execFileSync, spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';

const [connections, rounds] = [Number(process.argv[2] ?? 2000), Number(process.argv[3] ?? 3)];
const kBinary = fileURLToPath(new URL('../../build/release/bin/rollcall', import.meta.url));
const kSecret = randomBytes(32).toString('hex');
const kNamespace = '/ws/messages';
const kWindow = 16;
const kResumed = 300;
const kDeliveries = 40;
const kRequests = 4000;

const folder = mkdtempSync(join(tmpdir(), 'rollcall-wss-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj',
  '/CN=localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' });

const base64 = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
function token(sub) {
  const signed = `${base64({ alg: 'HS256' })}.${base64({ sub, exp: Math.floor(Date.now() / 1000) + 3600 })}`;
  return `${signed}.${createHmac('sha256', kSecret).update(signed).digest('base64url')}`;
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

function cpuNs(pid) {
  let sum = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) sum += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
  return sum;
}
const residentBytes = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;

async function startServer(secure) {
  const child = spawn(kBinary, ['serve', '--listen', '127.0.0.1:0'], {
    env: {
      PATH: process.env.PATH, JWT_SECRET: kSecret, ROLLCALL_SERVER_WORKERS: '1', ROLLCALL_SERVER_DRAIN_MS: '200',
      ROLLCALL_LIMITS_EVENTS_PER_SECOND: '0', ROLLCALL_PRESENCE_BROADCAST: 'watchers', ROLLCALL_PRESENCE_FLAP_AFTER: '0',
      ...(secure && { ROLLCALL_SERVER_TLS_CERT: cert, ROLLCALL_SERVER_TLS_KEY: key }),
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let said = '';
  for await (const chunk of child.stdout) {
    said += chunk;
    const port = /ready on https?:\/\/[^\s:/]+:(\d+)/.exec(said)?.[1];
    if (port) return { child, pid: child.pid, url: `${secure ? 'wss' : 'ws'}://127.0.0.1:${port}`, port: Number(port) };
  }
  throw new Error(`the server did not start: ${said}`);
}

// A client of Socket.IO, as little of one as will do.
function client(server, user, options = {}) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${server.url}/socket.io/?EIO=4&transport=websocket`, { rejectUnauthorized: false, perMessageDeflate: false, ...options });
    socket.hear = () => {};
    socket.on('error', reject).on('message', (data) => {
      const text = data.toString();
      if (text[0] === '0') socket.send(`40${kNamespace},${JSON.stringify({ token: token(user) })}`);
      else if (text === '2') socket.send('3');
      else if (text.includes('["connected"')) resolve(socket);
      else socket.hear(text);
    });
  });
}

async function inWindows(count, start) {
  let next = 0;
  await Promise.all(Array.from({ length: kWindow }, async () => {
    while (next < count) await start(next++);
  }));
}

const answered = (socket, count, send) => new Promise((resolve) => {
  let left = count;
  socket.hear = (text) => {
    if (!text.startsWith(`43${kNamespace}`)) return;
    if (--left === 0) resolve();
    else send();
  };
  send();
});

async function costOf(server, count, work) {
  const before = cpuNs(server.pid);
  await work();
  await sleep(300);
  return (cpuNs(server.pid) - before) / 1000 / count;
}

async function session(server) {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false }, () => socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'));
    socket.once('session', (ticket) => (resolve(ticket), socket.destroy())).on('error', reject);
  });
}

async function measure(secure) {
  const server = await startServer(secure);
  const sockets = [];
  const warm = await client(server, 'warm');
  await sleep(300);
  const resident = residentBytes(server.pid);
  const connect = await costOf(server, connections, () => inWindows(connections, async (i) => sockets.push(await client(server, `user${i}`))));
  await sleep(1500);
  const bytes = (residentBytes(server.pid) - resident) / connections;
  const request = await costOf(server, kRequests, () => Promise.all(sockets.slice(0, 20).map((socket) =>
    answered(socket, kRequests / 20, () => socket.send(`42${kNamespace},1["check-user-status",{"userId":"user7"}]`)))));
  for (const socket of sockets) {
    await answered(socket, 1, () => socket.send(`42${kNamespace},2["subscribe-presence",{"userIds":["famous"]}]`));
  }
  let told = 0;
  for (const socket of sockets) socket.hear = (text) => (told += text.includes('"user-o') ? 1 : 0);
  const delivery = await costOf(server, kDeliveries * connections, async () => {
    for (let i = 0; i < kDeliveries / 2; ++i) {
      const famous = await client(server, 'famous');
      for (const due = (2 * i + 1) * connections; told < due;) await sleep(2);
      famous.send(`41${kNamespace},`);
      for (const due = (2 * i + 2) * connections; told < due;) await sleep(2);
      famous.close();
    }
  });
  let resumed = 0;
  if (secure) {
    const ticket = await session(server);
    resumed = await costOf(server, kResumed, () => inWindows(kResumed, async (i) => {
      const socket = await client(server, `again${i}`, { session: ticket });
      if (!socket._socket.isSessionReused()) throw new Error('a session was not resumed');
      sockets.push(socket);
    }));
  }
  for (const socket of [warm, ...sockets]) socket.terminate();
  server.child.kill();
  await new Promise((resolve) => server.child.once('exit', resolve));
  return { bytes, connect, resumed, delivery, request };
}

const runs = { ws: [], wss: [] };
for (let round = 0; round < rounds; ++round) {
  for (const scheme of round % 2 ? ['wss', 'ws'] : ['ws', 'wss']) {
    runs[scheme].push(await measure(scheme === 'wss'));
    console.error(`round ${round + 1}, ${scheme}: ${JSON.stringify(runs[scheme].at(-1), (_, value) => (typeof value === 'number' ? Math.round(value * 100) / 100 : value))}`);
  }
}
console.log(`${connections} connections, medians of ${rounds} rounds, ECDSA P-256`);
for (const [what, name] of [['bytes', 'bytes an idle connection'], ['connect', 'us of CPU a connect, full handshake'], ['resumed', 'us of CPU a connect, resumed'],
  ['request', 'us of CPU a request'], ['delivery', 'us of CPU a delivery']]) {
  const of = (scheme) => median(runs[scheme].map((run) => run[what]));
  console.log(`${name}: ws ${of('ws') ? of('ws').toFixed(2) : '-'}, wss ${of('wss').toFixed(2)}`);
}
