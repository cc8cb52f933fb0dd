// The servers that bench/wss measures, each started afresh with its certificate, and what their processes use.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kSecret } from '../../tests/e2e/support/tokens.js';
import { makeCertificate, startHaproxy, startNginx } from '../../tests/proxies/support/proxy.js';
import { kServers } from '../harness/servers.js';
import { start } from '../harness/start.js';

// Proxies as shipped, except for the number of connections.
const kMostConnections = 9000;
const kNoLimitByAddress = [[' 1000', ` ${kMostConnections}`]];

export const kMeasured = {
  ws: { name: 'rollcall' },
  wss: { name: 'rollcall', secure: true },
  nginx: { name: 'rollcall', proxy: startNginx },
  haproxy: { name: 'rollcall', proxy: startHaproxy },
  socketio: { name: 'socketio', secure: true },
  uws: { name: 'uws', secure: true },
};
export const kTitles = {
  ws: 'rollcall, ws', wss: 'rollcall, wss', nginx: 'behind nginx', haproxy: 'behind HAProxy', socketio: 'socket.io on Node', uws: 'socket.io on uWebSockets',
};

// Like the other peers: changes are sent as they come, without damping.
const kEnvironment = { ROLLCALL_PRESENCE_FLAP_AFTER: '0', ROLLCALL_SERVER_LOG_LEVEL: 'error' };

const folder = mkdtempSync(join(tmpdir(), 'rollcall-wss-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const tls = makeCertificate(folder);
let started = 0;

export async function startMeasured(which, { broadcast }) {
  const { name, secure, proxy } = kMeasured[which];
  const { command, env, ready } = kServers[name].start({ broadcast, tls: secure && tls });
  const server = await start({ command, env: { ...env, ...kEnvironment }, ready }, kSecret);
  if (!proxy) return { secure, port: server.port, pids: () => [server.pid], stop: server.stop };
  const front = await proxy(server, join(folder, `proxy${++started}`), kNoLimitByAddress, kMostConnections);
  return {
    secure: true,
    port: Number(new URL(front.url).port),
    pids: () => [server.pid, ...withChildren(front.pid)],
    stop: () => Promise.all([front.stop(), server.stop()]),
  };
}

function withChildren(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return [pid, ...children.split(' ').filter(Boolean).flatMap((child) => withChildren(Number(child)))];
}

const sum = (values) => values.reduce((all, value) => all + value, 0);

export const cpuNs = (server) => sum(server.pids().flatMap((pid) => readdirSync(`/proc/${pid}/task`).map(
  (task) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]))));

export const residentBytes = (server) => sum(server.pids().map(
  (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024));
