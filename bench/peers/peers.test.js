// Each peer really serves the gateway, as seen by the real client.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import jwt from 'jsonwebtoken';
import { io } from 'socket.io-client';
import { makeCertificate } from '../../tests/proxies/support/proxy.js';

const kPeers = ['socketio', 'nestjs', 'uws', 'bun'];
const kPeersWithTls = ['socketio', 'uws'];
const kSecret = 'a-secret-for-the-tests-of-the-peers-0123456789';
const kGraceMs = 300;
const kPatienceMs = 10000;
const kLifeMs = 120000;
const kTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${kPatienceMs} ms for ${what}`)), kPatienceMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function start(name, more = []) {
  const program = fileURLToPath(new URL(`${name}.js`, import.meta.url));
  const child = spawn('timeout', ['-k', '5', `${kLifeMs / 1000}`, process.execPath, program, '--port', '0', '--grace-ms', `${kGraceMs}`, ...more], {
    env: { ...process.env, JWT_SECRET: kSecret },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const ready = new Promise((resolve, reject) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      const match = /^listening (\d+) pid (\d+)$/m.exec((text += chunk));
      if (match) resolve({ port: Number(match[1]), pid: Number(match[2]) });
    });
    ended.then((code) => reject(new Error(`${name} ended with ${code}: ${text}`)));
  });
  const stop = () => {
    child.kill('SIGTERM');
    return within(ended, `${name} to end`);
  };
  return { ready: within(ready, `${name} to listen`), stop };
}

const tokenOf = (sub, claims = {}) => jwt.sign({ sub, ...claims }, kSecret, { expiresIn: 600 });

for (const peer of kPeers) {
  describe(peer, () => {
    let server;
    let address;
    const sockets = new Set();
    let serial = 0;
    const newUser = (name) => `${name}-${++serial}`;

    // Events are kept until taken.
    function open(options) {
      const socket = io(`http://127.0.0.1:${address.port}/ws/messages`, { forceNew: true, reconnection: false, ...options });
      sockets.add(socket);
      const heard = [];
      const waiting = [];
      const hear = (event, data) => {
        const index = waiting.findIndex((w) => w.wants({ event, data }));
        if (index < 0) heard.push({ event, data });
        else waiting.splice(index, 1)[0].resolve(data);
      };
      socket.onAny(hear);
      socket.on('connect_error', (error) => hear('connect_error', error));
      const take = (event, userId) => {
        const wants = (entry) => entry.event === event && (userId === undefined || entry.data.userId === userId);
        const index = heard.findIndex(wants);
        if (index >= 0) return Promise.resolve(heard.splice(index, 1)[0].data);
        return within(new Promise((resolve) => waiting.push({ wants, resolve })), `${event} ${userId ?? ''}`);
      };
      const ask = (event, ...args) => within(socket.emitWithAck(event, ...args), `the answer to ${event}`);
      return { socket, take, ask, heard };
    }
    async function join(user, { transports = ['websocket'], ...claims } = {}) {
      const client = open({ auth: { token: tokenOf(user, claims) }, transports });
      client.hello = await client.take('connected');
      return client;
    }

    before(async () => {
      server = start(peer);
      address = await server.ready;
    });
    after(async () => {
      for (const socket of sockets) socket.disconnect();
      await server.stop();
    });

    test('the ready line tells the pid of the server itself', () => {
      assert.doesNotThrow(() => process.kill(address.pid, 0));
      assert.notEqual(address.pid, process.pid);
    });

    for (const transports of [['websocket'], ['polling'], ['polling', 'websocket']]) {
      test(`a client joins over ${transports.join(' and ')}, and others hear it come and go`, async () => {
        const observer = await join(newUser('observer'));
        const user = newUser('user');
        const client = await join(user, { transports });
        assert.equal(client.hello.userId, user);
        assert.equal(client.hello.socketId, client.socket.id);
        assert.match(client.hello.timestamp, kTime);
        const online = await observer.take('user-online', user);
        assert.deepEqual(Object.keys(online), ['userId', 'online', 'timestamp']);
        assert.equal(online.online, true);

        const other = newUser('other');
        await join(other);
        await client.take('user-online', other);

        client.socket.disconnect();
        const offline = await observer.take('user-offline', user);
        assert.equal(offline.online, false);
        assert.match(offline.lastActive, kTime);
        assert.deepEqual(client.heard, [], 'it heard nothing of itself');
      });
    }

    test('the token may be in the query, and a bad one is refused', async () => {
      const user = newUser('query');
      const client = open({ query: { token: tokenOf(user) }, transports: ['websocket'] });
      assert.equal((await client.take('connected')).userId, user);
      for (const [auth, code] of [
        [{}, 'MISSING_AUTH_TOKEN'],
        [{ token: 'no token' }, 'INVALID_TOKEN'],
        [{ token: jwt.sign({ sub: 'x' }, 'another secret') }, 'INVALID_TOKEN'],
        [{ token: jwt.sign({ sub: 'x' }, kSecret, { expiresIn: -60 }) }, 'TOKEN_EXPIRED'],
      ]) {
        const error = await open({ auth, transports: ['websocket'] }).take('connect_error');
        assert.equal(error.message, 'Authentication failed');
        assert.equal(error.data.code, code);
      }
    });

    test('each request is acknowledged in rollcall\'s shape', async () => {
      const user = newUser('asker');
      const client = await join(user, { email: 'a@b.c', role: 'carer' });
      const one = await client.ask('check-user-status', { userId: user });
      assert.equal(one.status, 'ok');
      assert.equal(one.event, 'user-status');
      assert.deepEqual(Object.keys(one.data), ['userId', 'online', 'lastActive', 'connectedAt', 'timestamp']);
      assert.equal(one.data.online, true);

      const many = await client.ask('check-users-status', { userIds: ['nobody', user, 'nobody'] });
      assert.equal(many.event, 'users-status');
      assert.deepEqual(many.data.statuses.map((s) => [s.userId, s.online]), [['nobody', false], [user, true], ['nobody', false]]);
      assert.equal(many.data.statuses[0].lastActive, null);

      const list = await client.ask('get-online-users', {});
      assert.equal(list.event, 'online-users');
      assert.equal(list.data.count, list.data.users.length);
      const self = list.data.users.find((u) => u.userId === user);
      assert.deepEqual([self.email, self.role], ['a@b.c', 'carer']);

      for (const args of [[], [{}]]) {
        const beat = await client.ask('heartbeat', ...args);
        assert.equal(beat.event, 'heartbeat-ack');
        assert.match(beat.data.lastActive, kTime);
      }
      const bad = await client.ask('check-user-status', { userId: 5 });
      assert.deepEqual([bad.status, bad.code], ['error', 'INVALID_PAYLOAD']);
      const tooMany = await client.ask('check-users-status', { userIds: Array(1001).fill('x') });
      assert.equal(tooMany.code, 'TOO_MANY_USERS');
    });

    test('without an acknowledgement the reply event comes', async () => {
      const client = await join(newUser('plain'));
      client.socket.emit('check-user-status', { userId: 'nobody' });
      assert.equal((await client.take('user-status')).online, false);
      client.socket.emit('heartbeat');
      assert.match((await client.take('heartbeat-ack')).timestamp, kTime);
      client.socket.emit('check-users-status', { userIds: 'no list' });
      assert.equal((await client.take('exception')).code, 'INVALID_PAYLOAD');
    });

    test('a user is online from the first connection to the last, and broken ones have a grace', async () => {
      const observer = await join(newUser('observer'));
      const user = newUser('tabs');
      const first = await join(user);
      const second = await join(user);
      first.socket.disconnect();
      assert.equal((await observer.ask('check-user-status', { userId: user })).data.online, true);
      const broken = Date.now();
      second.socket.io.engine.transport.ws.terminate();
      await observer.take('user-offline', user);
      assert.ok(Date.now() - broken >= kGraceMs - 20, 'not before the grace is over');
      await observer.take('user-online', user);
      assert.deepEqual(observer.heard.filter((e) => e.data.userId === user), [], 'each was told once');
      const seen = (await observer.ask('check-user-status', { userId: user })).data;
      assert.equal(seen.online, false);
      assert.match(seen.lastActive, kTime);
    });

    test('who comes back within the grace was never gone', async () => {
      const observer = await join(newUser('observer'));
      const user = newUser('train');
      const first = await join(user);
      first.socket.io.engine.transport.ws.terminate();
      await join(user);
      const marker = newUser('marker');
      (await join(marker)).socket.io.engine.transport.ws.terminate();
      await observer.take('user-offline', marker);
      assert.deepEqual(observer.heard.filter((e) => e.event === 'user-offline'), []);
    });
  });
}

for (const peer of kPeersWithTls) {
  for (const transport of ['websocket', 'polling']) {
    test(`${peer} serves over TLS and ${transport}, and over nothing else`, async () => {
      const folder = mkdtempSync(joinPath(tmpdir(), 'rollcall-peers-'));
      const { cert, key } = makeCertificate(folder);
      const server = start(peer, ['--tls-cert', cert, '--tls-key', key]);
      const { port } = await server.ready;
      const connect = (scheme) => io(`${scheme}://127.0.0.1:${port}/ws/messages`, {
        forceNew: true, reconnection: false, rejectUnauthorized: false, transports: [transport], auth: { token: tokenOf('secured') },
      });
      const secured = connect('https');
      const [hello] = await within(once(secured, 'connected'), 'the greeting');
      assert.equal(hello.userId, 'secured');
      const plain = connect('http');
      await within(once(plain, 'connect_error'), 'the refusal');
      secured.disconnect();
      plain.disconnect();
      await server.stop();
      rmSync(folder, { recursive: true });
    });
  }
}
