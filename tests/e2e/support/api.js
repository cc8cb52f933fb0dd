// Keys of the HTTP API, and how backends use them. The server knows the digests.
import { createHash } from 'node:crypto';

const kNames = ['read', 'emit', 'admin'];
export const kKeys = Object.fromEntries(kNames.map((name) => [name, `rck_the-${name}-key-of-the-end-to-end-tests`]));
export const kApiEnv = {
  ROLLCALL_API_KEYS: kNames.map((name) => `${name}:${name}:${createHash('sha256').update(kKeys[name]).digest('hex')}`).join(','),
};

export async function api(server, path, { key = kKeys.read, ...options } = {}) {
  const answer = await fetch(`${server.url}/api/v1${path}`, { ...options, headers: { Authorization: `Bearer ${key}`, ...options.headers } });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

// Everyone who is online, page by page.
export async function everyone(server) {
  const users = [];
  for (let cursor; ; ) {
    const { status, body } = await api(server, `/presence/online?limit=1000${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
    if (status !== 200) throw new Error(`the list of who is online: ${status} ${JSON.stringify(body)}`);
    users.push(...body.users);
    cursor = body.nextCursor;
    if (!cursor) return users;
  }
}
