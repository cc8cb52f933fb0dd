// Clients of the real server, ended after each test; and what they show, to be awaited.
import assert from 'node:assert/strict';
import { afterEach } from 'node:test';
import { createRollcall } from '@rollcall/client';
import { closeAll } from '../../tests/e2e/support/client.js';
import { token } from '../../tests/e2e/support/tokens.js';
import { kPatienceMs, within } from '../../tests/e2e/support/wait.js';

// So that whoever breaks off, or does not come back after a restart, is soon offline.
export const kGrace = { ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100, ROLLCALL_PRESENCE_SETTLING_MS: 500 };

const clients = [];
export const sockets = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  for (const socket of sockets.splice(0)) socket.disconnect();
  closeAll();
});

let count = 0;
export const somebody = (name) => `${name}-${(count += 1)}`;

export function make(server, options = {}) {
  const { user = somebody('viewer'), ...rest } = options;
  const errors = [];
  const client = createRollcall({
    url: server.url,
    getToken: () => token(user),
    onError: (error) => errors.push(error),
    lingerMs: 50,
    io: { forceNew: true, reconnectionDelay: 20, reconnectionDelayMax: 50 },
    ...rest,
  });
  clients.push(client);
  return Object.assign(client, { errors });
}

// Waits until the store's value is as wanted.
export function until(store, wanted, what) {
  return within(
    new Promise((resolve) => {
      const look = () => {
        if (!wanted(store.get())) return;
        stop();
        resolve(store.get());
      };
      const stop = store.subscribe(look);
      look();
    }),
    kPatienceMs,
    () => `${what}; it is ${JSON.stringify(store.get())}`,
  );
}
export const connected = (client) => until(client.connection, ({ status }) => status === 'connected', 'the connection');

// A user's states in order, to be awaited one by one.
export function follow(client, userId) {
  const states = [];
  let wake = () => {};
  client.watch(userId, ({ online }) => {
    states.push(online);
    wake();
  });
  return async (online) => {
    while (states.length === 0) {
      await within(new Promise((resolve) => (wake = resolve)), kPatienceMs, () => `${userId} to be ${online}`);
    }
    assert.equal(states.shift(), online);
  };
}
