// The compared servers, and how to start them: on 127.0.0.1, on a port that they choose and print. `tls`: the files `cert` and
// `key`, for servers that support it: rollcall, socketio and uws.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const kBin = process.env.ROLLCALL_BIN_DIR || here('../../build/release/bin');
export const kLoad = `${kBin}/rollcall-load`;

const versionOf = (name) => {
  const file = here(`../peers/node_modules/${name}/package.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : '?';
};

// A bare loop takes part in measures that it can do; `groups`: only in these, where its way of sending matters.
const floor = (title, short, sender, groups) => ({
  title,
  short,
  dialect: 'floor',
  groups,
  needs: `${kBin}/rollcall-floor`,
  missing: 'run make build',
  version: () => 'this commit',
  start: ({ freePort }) => ({
    command: [`${kBin}/rollcall-floor`, '--listen', `127.0.0.1:${freePort}`, '--sender', sender],
    env: {},
    ready: /ready on [^\s:]+:(?<port>\d+)/,
  }),
});

const peer = (file, title, packages) => ({
  title,
  dialect: 'rollcall',
  needs: here(`../peers/node_modules/${packages[0]}`),
  missing: 'run make bench-deps',
  version: () => [...packages.map((name) => `${name} ${versionOf(name)}`), ...(file === 'bun' ? [] : [`node ${process.versions.node}`])].join(', '),
  start: ({ broadcast, tls }) => ({
    command: [process.execPath, here(`../peers/${file}.js`), '--port', '0', '--broadcast', broadcast ? 'everyone' : 'none',
      ...(tls ? ['--tls-cert', tls.cert, '--tls-key', tls.key] : [])],
    env: {},
    ready: /^listening (?<port>\d+) pid (?<pid>\d+)$/m,
  }),
});

// `bothCores`: it may also use the load's core, as a second worker would be pointless otherwise.
const rollcall = (title, workers, more) => ({
  title,
  dialect: 'rollcall',
  needs: `${kBin}/rollcall`,
  missing: 'run make build',
  version: () => 'this commit',
  start: ({ broadcast, tls }) => ({
    command: [`${kBin}/rollcall`, 'serve', '--listen', '127.0.0.1:0'],
    env: {
      ROLLCALL_SERVER_WORKERS: `${workers}`,
      ROLLCALL_SERVER_DRAIN_MS: '200',
      ROLLCALL_LIMITS_EVENTS_PER_SECOND: '0', // no limit: the load is one
      ROLLCALL_PRESENCE_BROADCAST: broadcast ? 'everyone' : 'watchers',
      ...(tls && { ROLLCALL_SERVER_TLS_CERT: tls.cert, ROLLCALL_SERVER_TLS_KEY: tls.key }),
    },
    ready: /https?:\/\/[^\s:/]+:(?<port>\d+)/,
  }),
  ...more,
});

export const kServers = {
  rollcall: rollcall('rollcall', 1),
  'rollcall-2': rollcall('rollcall, two workers', 2, { bothCores: true, groups: ['fanout', 'many', 'deep'] }),
  floor: floor('bare epoll loop, a send a frame', 'bare loop', 'send'),
  'floor-ring': floor('bare epoll loop, io_uring', 'bare loop, io_uring', 'ring', ['fanout']),
  'floor-merged': floor('bare epoll loop, io_uring, merged', 'bare loop, merged', 'ring-merged', ['many', 'deep']),
  uws: peer('uws', 'socket.io on uWebSockets', ['@btc-vision/uwebsockets.js', 'socket.io']),
  bun: peer('bun', 'socket.io on Bun', ['@socket.io/bun-engine', 'bun', 'socket.io']),
  socketio: peer('socketio', 'socket.io on Node', ['socket.io', 'ws']),
  nestjs: peer('nestjs', 'NestJS', ['@nestjs/core', '@nestjs/platform-socket.io', 'socket.io']),
};

export const kPeers = ['uws', 'bun', 'socketio', 'nestjs'];
export const kFloors = ['floor', 'floor-ring', 'floor-merged'];

export function takesPart(name, measure) {
  const { dialect, groups } = kServers[name];
  return (dialect !== 'floor' || measure.floor) && (!groups || groups.includes(measure.group));
}
