// Any history of watching, coming, going, breaking and recovering ends in the truth, with no subscription too many.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { createRollcall } from '@rollcall/client';
import { FakeServer, FakeSocket } from '../../test-support/fake-server.js';
import { fakeTimers, pass, realTimers } from '../../test-support/fake-timers.js';

beforeEach(fakeTimers);
afterEach(realTimers);

function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const kUsers = ['a', 'b', 'c', 'd', 'e', 'f'];

class World {
  watchers = new Set();
  log = [];
  faults = [];

  constructor(seed, broadcast) {
    this.dice = random(seed);
    this.socket = new FakeSocket();
    this.server = new FakeServer(this.socket, { broadcast });
    this.client = createRollcall({ socket: this.socket, heartbeat: false, refreshMs: 0, broadcast });
    this.list = { last: undefined };
    this.server.accept();
  }

  watch() {
    const userIds = kUsers.filter(() => this.dice(3) === 0);
    const watcher = { userIds, last: new Map() };
    watcher.stop = this.client.watch(userIds, (presence) => {
      const { userId } = presence;
      if (isDeepStrictEqual(watcher.last.get(userId), presence)) this.faults.push(`${userId} was told twice`);
      watcher.last.set(userId, presence);
    });
    this.watchers.add(watcher);
  }

  unwatch() {
    const watcher = [...this.watchers][this.dice(this.watchers.size)];
    watcher?.stop();
    this.watchers.delete(watcher);
  }

  change() {
    const userId = kUsers[this.dice(kUsers.length)];
    if (this.server.online.has(userId)) this.server.go(userId);
    else this.server.come(userId);
  }

  async step() {
    const choices = {
      watch: () => this.watch(),
      unwatch: () => this.unwatch(),
      change: () => this.change(),
      change2: () => this.change(),
      answer: () => this.socket.sent.length > 0 && this.server.serve(this.socket.sent.shift()),
      answer2: () => this.socket.sent.length > 0 && this.server.serve(this.socket.sent.shift()),
      wait: () => pass(1 + this.dice(4000)),
      cut: () => {
        if (!this.socket.connected) return;
        this.socket.sent.length = 0;
        this.socket.drop();
      },
      back: () => !this.socket.connected && this.server.accept(this.dice(2) === 0),
      listen: () => {
        this.stopList ??= this.client.onlineUsers.subscribe(() => (this.list.last = this.client.onlineUsers.get()));
      },
    };
    const names = Object.keys(choices);
    const name = names[this.dice(names.length)];
    this.log.push(name);
    await choices[name]();
    // Often the next thing happens before any promise has been heard of.
    if (this.dice(3) === 0) await pass(0);
  }

  async end() {
    if (!this.socket.connected) this.server.accept();
    // The list's retry, the linger twice over, whatever waits.
    for (let i = 0; i < 4; ++i) {
      await this.server.serveAll();
      await pass(8000);
    }
    const wanted = new Set([...this.watchers].flatMap(({ userIds }) => userIds));
    assert.deepEqual([...this.server.watched].sort(), [...wanted].sort(), 'subscriptions');
    for (const { userIds, last } of this.watchers) {
      for (const userId of userIds) assert.equal(last.get(userId)?.online, this.server.online.has(userId), userId);
    }
    if (this.stopList && this.server.broadcast === 'everyone') {
      const { users, count, loading, complete } = this.list.last;
      assert.deepEqual(users.map(({ userId }) => userId).sort(), [...this.server.online.keys()].sort(), 'the list');
      assert.deepEqual([count, loading, complete], [this.server.online.size, false, true]);
    }
    assert.deepEqual(this.faults, []);
    this.client.close();
  }
}

for (const broadcast of ['everyone', 'watchers']) {
  test(`400 histories, told to ${broadcast}`, async () => {
    // Others by ROLLCALL_TEST_SEED, which is the first of them.
    const first = Number(process.env.ROLLCALL_TEST_SEED ?? 1);
    for (let seed = first; seed < first + 400; ++seed) {
      const world = new World(seed, broadcast);
      try {
        for (let i = 0; i < 60; ++i) await world.step();
        await world.end();
      } catch (error) {
        error.message += `\nROLLCALL_TEST_SEED=${seed}: ${world.log.join(' ')}`;
        throw error;
      }
    }
  });
}
