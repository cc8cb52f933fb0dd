// For each test of a file a feed that it plays, and a mirror of it; and what to wait for.
import { afterEach, beforeEach } from 'node:test';
import { FeedMirror } from '@rollcall/nestjs/feed';
import { kPatienceMs, within } from '../../tests/e2e/support/wait.js';
import { FakeApi, kApiKey } from './fake-api.js';

export let api, mirror;
const mirrors = [];
beforeEach(async () => {
  api = await new FakeApi().start();
  use();
});
afterEach(async () => {
  for (const one of mirrors.splice(0)) one.stop();
  await api.stop();
});

export function make(options = {}) {
  const made = new FeedMirror({ url: api.url, apiKey: kApiKey, backoffMs: { first: 1, longest: 5 }, settleMs: 0, ...options });
  mirrors.push(made);
  return made;
}

// Another one than that with which each test begins.
export function use(options) {
  mirror = make(options);
}

export const state = (wanted, which = mirror) =>
  within(
    new Promise((resolve) => {
      const look = () => {
        if (which.status.state !== wanted) return;
        stop();
        resolve(which.status);
      };
      const stop = which.onStatus(look);
      look();
    }),
    kPatienceMs,
    () => `the state ${wanted}; it is ${which.status.state}`,
  );

const knows = (userId, online) =>
  within(
    new Promise((resolve) => {
      const look = () => {
        if (mirror.getUserOnlineStatus(userId).online !== online) return;
        for (const stop of stops) stop();
        resolve();
      };
      const stops = [mirror.onUserOnline(look), mirror.onUserOffline(look), mirror.onStatus(look)];
      look();
    }),
    kPatienceMs,
    () => `the mirror to hear that ${userId} is ${online ? 'online' : 'offline'}; it is ${mirror.status.state}`,
  );

// Until the mirror has heard of all that the server did before.
let marks = 0;
export async function heard() {
  const mark = `mark-${(marks += 1)}`;
  api.come(mark);
  await knows(mark, true);
  api.go(mark);
  await knows(mark, false);
}

export function news(which = mirror) {
  const list = [];
  which.onUserOnline(({ userId }) => !userId.startsWith('mark') && list.push(`+${userId}`));
  which.onUserOffline(({ userId }) => !userId.startsWith('mark') && list.push(`-${userId}`));
  return list;
}
