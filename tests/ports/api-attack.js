// What a service with a key, or somebody who would like one, may do to the HTTP API: requests of every kind, pipelined, cut and
// broken; feeds that nobody reads; users disconnected while they connect.
import { kKeys } from '../e2e/support/api.js';
import { Link } from './attacks.js';
import { mutate } from './mutate.js';

const kUsers = 150;  // of attackers: the polite are left alone
const kOddUsers = ['%00', '%FF', '%', '%zz', 'a%2Fb', '%C3%A4', '', '..', 'x'.repeat(300), '%22', '{userId}', 'fuzz-0/presence'];
const kOddQueries = ['', '', '?', '?limit=1', '?limit=x', '?limit=5&cursor=3', '?cursor=99999999999999999999', '?cursor=%00', `?x=${'y'.repeat(500)}`];
const kOddHeaders = ['', '', '', 'Connection: close\r\n', 'Expect: 100-continue\r\n', 'Last-Event-ID: 0-0\r\n', 'Origin: http://evil.example\r\n', 'Content-Length: 5\r\n', 'Transfer-Encoding: chunked\r\n', `X: ${'y'.repeat(2000)}\r\n`];

const user = (random) => (random.chance(0.8) ? `fuzz-${random.below(kUsers)}` : random.pick(kOddUsers));
const ids = (random) => Array.from({ length: random.below(random.chance(0.9) ? 20 : 1200) }, () => `fuzz-${random.below(kUsers)}`);

function authorization(random) {
  const key = random.chance(0.8) ? kKeys.admin : random.pick([kKeys.read, kKeys.emit, 'rck_', '', 'x'.repeat(3000), `${kKeys.admin}x`]);
  return random.chance(0.95) ? `Authorization: Bearer ${key}\r\n` : random.pick(['', `Authorization: ${key}\r\n`, `authorization: basic ${key}\r\n`, `Authorization: Bearer ${key}\r\nAuthorization: x\r\n`]);
}

function call(random) {
  const one = `/api/v1/users/${user(random)}`;
  const data = random.chance(0.7) ? { text: 'x'.repeat(random.below(300)) } : random.pick([null, 5, [], '\u001e\ud800', { _placeholder: true, num: 0 }]);
  return random.pick([
    ['GET', `${one}/presence`],
    ['GET', `${one}/explain`],
    ['GET', `/api/v1/presence/online${random.pick(kOddQueries)}`],
    ['GET', '/api/v1/presence/count'],
    ['GET', '/api/v1/stats'],
    ['GET', '/api/v1/openapi.json'],
    ['GET', `/api/v1/presence/feed${random.pick(kOddQueries)}`],
    ['POST', '/api/v1/presence/query', JSON.stringify({ userIds: ids(random) })],
    ['POST', `${one}/emit`, JSON.stringify({ event: random.pick(['note', 'note', 'connect', '', 'user-online']), data })],
    ['POST', `${one}/disconnect`, random.chance(0.9) ? undefined : '{}'],
    [random.pick(['HEAD', 'PUT', 'DELETE', 'OPTIONS', 'BREW']), random.pick([one, '/api/v1/presence/count', '/api/v1/presence/feed', '/api/'])],
  ]);
}

function someRequest(random) {
  const [method, path, body] = call(random);
  const head = `${method} ${path} HTTP/1.${random.chance(0.95) ? 1 : 0}\r\nHost: localhost\r\n${authorization(random)}${random.chance(0.1) ? random.pick(kOddHeaders) : ''}`;
  if (body === undefined) return Buffer.from(`${head}\r\n`);
  const bytes = mutate(random, Buffer.from(body), 0.2);
  if (random.chance(0.2)) return Buffer.concat([Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n0\r\n\r\n')]);
  const length = random.chance(0.97) ? bytes.length : random.pick([0, bytes.length + 10, 1e12, -1]);
  return Buffer.concat([Buffer.from(`${head}Content-Length: ${length}\r\n\r\n`), bytes]);
}

export async function backend(random, port) {
  const link = await new Link(port, { deaf: random.chance(0.1) }).opened();
  const requests = Array.from({ length: 1 + random.below(20) }, () => mutate(random, someRequest(random), 0.05));
  if (random.chance(0.5)) await link.send(random, Buffer.concat(requests));
  else for (const bytes of requests) await link.send(random, bytes);
  await link.finish(random);
}

// Follows the feed, for a while or hardly, and reads it or not.
export async function reader(random, port) {
  const link = await new Link(port, { deaf: random.chance(0.4) }).opened();
  await link.send(random, mutate(random, `GET /api/v1/presence/feed${random.pick(kOddQueries)} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${kKeys.read}\r\n\r\n`, 0.05));
  await link.until(/event: live/, random.below(1500));
  if (random.chance(0.3)) await link.send(random, mutate(random, someRequest(random)));
  await link.finish(random);
}
