// Who comes and goes, and who gets messages: by the real server and its sockets, or as a test says where there is no network.
import { createHash } from 'node:crypto';
import { connect } from '../../tests/e2e/support/client.js';
import { startServer } from '../../tests/e2e/support/server.js';
import { FakeApi, kApiKey } from './fake-api.js';

const kKeys = `tests:admin:${createHash('sha256').update(kApiKey).digest('hex')}`;

export async function playedWorld() {
  const api = await new FakeApi().start();
  return {
    url: api.url,
    come: (userId) => api.come(userId),
    go: (userId) => api.go(userId),
    // The next message to that user.
    received: async (userId, event) => {
      const path = `/api/v1/users/${encodeURIComponent(userId)}/emit`;
      return (await api.taken(({ url, body }) => url === path && body.event === event, `${event} to ${userId}`)).body.data;
    },
    stop: () => api.stop(),
  };
}

export async function realWorld({ env: more = {}, listen } = {}) {
  const env = { ROLLCALL_API_KEYS: kKeys, ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100, ...more };
  const server = await startServer({ env, listen });
  const clients = new Map();
  return {
    url: server.url,
    port: server.port,
    come: async (userId) => void clients.set(userId, await connect(server, userId)),
    go: (userId) => {
      clients.get(userId).close();
      clients.delete(userId);
    },
    received: (userId, event) => clients.get(userId).take(event),
    stop: () => server.stop(),
  };
}
