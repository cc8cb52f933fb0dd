// Mirrors of who is online, kept by the documentation's program on the feed: whatever is done to them and however fast things
// change, they are true in the end, and harm nobody.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { everyone, kApiEnv, kKeys } from './support/api.js';
import { writeSample } from './support/docs.js';
import { Detour, FeedReader } from './support/feed.js';
import { scratch } from './support/files.js';
import { RawSocket, RawTcp } from './support/raw.js';
import { seeded } from './support/seeded.js';
import { startServer } from './support/server.js';
import { token } from './support/tokens.js';
import { once } from './support/wait.js';

const files = scratch();
const kProgram = fileURLToPath(new URL('support/mirror-process.js', import.meta.url));
const kMirror = writeSample(files, 'feed-and-webhooks.md', 'mirror.mjs');
const running = new Set();
const detours = [];
after(async () => {
  for (const one of running) one.child.kill('SIGKILL');
  await Promise.all(detours.map((one) => one.close()));
});

class Mirror {
  static async open(server) {
    const mirror = new Mirror();
    mirror.detour = await Detour.open(server);
    detours.push(mirror.detour);
    mirror.start();
    return mirror;
  }
  start() {
    this.child = fork(kProgram, [kMirror, this.detour.url, kKeys.read]);
    running.add(this);
  }
  kill() {
    this.child.kill('SIGKILL');
    running.delete(this);
  }
  async ask() {
    const answer = once(this.child, 'message', 30000);
    this.child.send('?');
    return (await answer)[0];
  }
}

const serve = (env = {}) =>
  startServer({
    env: {
      ...kApiEnv,
      ROLLCALL_SERVER_WORKERS: 3,
      ROLLCALL_API_FEED_CHANGES: 1000,
      ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 20,
      ROLLCALL_PRESENCE_BROADCAST: 'watchers',
      ...env,
    },
  });

// Users who are there, and whose details are long.
class Crowd {
  here = new Map();
  tokens = new Map();
  changes = 0;

  constructor(server) {
    this.server = server;
  }
  #token(user) {
    if (!this.tokens.has(user)) this.tokens.set(user, token(user, { email: `${'e'.repeat(200)}@example.org`, role: 'r'.repeat(250) }));
    return this.tokens.get(user);
  }
  async toggle(users) {
    await Promise.all(
      users.map(async (user) => {
        ++this.changes;
        const there = this.here.get(user);
        if (there) {
          this.here.delete(user);
          there.send('41/ws/messages,');
          there.end();
          return;
        }
        const raw = new RawSocket(this.server);
        this.here.set(user, raw);
        await raw.take(/^0\{/);
        raw.send(`40/ws/messages,${JSON.stringify({ token: this.#token(user) })}`);
        await raw.take(/^42\/ws\/messages,\["connected"/);
      }),
    );
  }
  leave() {
    for (const raw of this.here.values()) raw.end();
  }
}

const truth = async (server) => (await everyone(server)).map((user) => [user.userId, user.connectedAt]).sort();

// The server may still be hearing of who has gone, and mirrors of what has happened.
async function becomesTrue(server, mirror, ms = 30000) {
  const end = performance.now() + ms;
  for (;;) {
    const [online, known] = [await truth(server), await mirror.ask()];
    if (isDeepStrictEqual(known.online, online)) return known;
    if (performance.now() > end) assert.deepEqual(known.online, online);
    await sleep(20); // or it would be refused for asking too often, while the mirror settles
  }
}

test('mirrors that are cut off, killed, held up and outrun are true in the end', { timeout: 120000 }, () => seeded(11, async (chance) => {
  const random = (below) => Math.floor(chance() * below);
  const server = await serve();
  const crowd = new Crowd(server);
  const names = Array.from({ length: 400 }, (_, i) => `user-${i}`);
  const [steady, cut, killed, away] = await Promise.all(Array.from({ length: 4 }, () => Mirror.open(server)));
  await becomesTrue(server, cut);
  for (let round = 0; round < 48; ++round) {
    await crowd.toggle(names.filter(() => random(5) === 0));
    if (round % 12 === 4 + random(3)) cut.detour.cut();
    if (round % 12 === 11) await becomesTrue(server, cut);
    if (random(8) === 0) {
      killed.kill();
      killed.start();
    }
    if (round === 5) await becomesTrue(server, away);
    if (round === 6) {
      away.detour.closed = true;
      away.detour.cut();
    }
    if (round === 40) away.detour.closed = false;
  }
  assert.ok(crowd.changes > 3000, `${crowd.changes}`);
  const known = {};
  for (const [name, mirror] of Object.entries({ steady, cut, killed, away })) known[name] = (await becomesTrue(server, mirror)).counts;
  assert.deepEqual([known.steady.reset, known.steady.live], [1, 1]);
  assert.equal(known.cut.reset, 1, 'it came back with its cursor, and was told what it had missed');
  assert.ok(known.cut.live > 2, `${known.cut.live}`);
  assert.equal(known.away.reset, 2, 'it was away for longer than the feed remembers');
  assert.ok(known.steady.changes > 3000);
  crowd.leave();
  await becomesTrue(server, steady);
  for (const mirror of [...running]) mirror.kill();
  await server.stop();
}));

const residentMiB = (server) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024;

test('readers that take nothing cost neither memory nor anybody time', { timeout: 120000 }, async () => {
  const server = await serve();
  const crowd = new Crowd(server);
  const names = Array.from({ length: 100 }, (_, i) => `user-${i}-${'n'.repeat(240)}`);
  const quick = await FeedReader.open(server);
  await quick.take('live');
  const held = await Mirror.open(server);
  const stuck = Array.from({ length: 30 }, () => {
    const tcp = new RawTcp(server);
    tcp.socket.on('connect', () => tcp.socket.pause());
    tcp.send(`GET /api/v1/presence/feed HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${kKeys.read}\r\n\r\n`);
    return tcp;
  });
  await crowd.toggle(names);
  await becomesTrue(server, held);
  held.detour.hold();
  const before = residentMiB(server);
  for (let round = 0; round < 100; ++round) {
    await crowd.toggle(names);
    const event = round % 2 ? 'user-online' : 'user-offline';
    for (const name of names) await quick.take(event, name);
  }
  const grown = residentMiB(server) - before;
  // If all of it waited for each of them it were 30 times as much.
  assert.ok(quick.bytes > 6e6, `${quick.bytes}`);
  assert.ok(grown < 25, `${grown} MiB more`);
  held.detour.release();
  const { counts } = await becomesTrue(server, held);
  assert.equal(counts.reset, 2, 'it was too slow');
  for (const tcp of stuck) tcp.end();
  quick.close();
  held.kill();
  crowd.leave();
  await server.stop();
});

test('a mirror outlives the server', { timeout: 60000 }, async () => {
  const before = await serve();
  const mirror = await Mirror.open(before);
  const crowd = new Crowd(before);
  await crowd.toggle(['ann', 'bob']);
  await becomesTrue(before, mirror);
  crowd.leave();
  await before.stop();
  const again = await serve();
  mirror.detour.target = again;
  const others = new Crowd(again);
  await others.toggle(['bob', 'eve']);
  const { counts } = await becomesTrue(again, mirror);
  assert.equal(counts.reset, 2);
  others.leave();
  mirror.kill();
  await again.stop();
});
