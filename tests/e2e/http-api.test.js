// The HTTP API against docs/openapi.json: every answer it documents is provoked, and no other comes.
import assert from 'node:assert/strict';
import http from 'node:http';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { kApiEnv, kKeys } from './support/api.js';
import { closeAll, connect } from './support/client.js';
import { FeedReader } from './support/feed.js';
import { at, document, judge, mistakes, operations } from './support/openapi.js';
import { Polling, request } from './support/polling.js';
import { run, startServer } from './support/server.js';
import { token } from './support/tokens.js';

const kMaxReaders = 100;
const kMaxPayload = 4096;
const [server, poor, small] = await Promise.all([
  startServer({ env: kApiEnv }),
  startServer({ env: { ...kApiEnv, ROLLCALL_API_REQUESTS_PER_SECOND: 1, ROLLCALL_API_REQUEST_BURST: 1 } }),
  startServer({ env: { ...kApiEnv, ROLLCALL_ENGINEIO_MAX_PAYLOAD_BYTES: kMaxPayload } }),
]);
after(() => {
  closeAll();
  return Promise.all([server, poor, small].map((one) => one.stop()));
});

const kBodies = { queryPresence: { userIds: ['ann', 'nobody'] }, emitToUser: { event: 'note', data: [1] }, emitToMany: { userIds: ['ann', 'nobody'], event: 'note' } };
const keyFor = ({ operation }) => kKeys[operation.security[0]?.serviceKey[0]];
const wrongKeyFor = (op) => (keyFor(op) === kKeys.read ? kKeys.emit : kKeys.read);

// As it should be, but for what is given.
function ask(one, { on = server, key = keyFor(one), user = 'ann', query = '', body = kBodies[one.id], method = one.method, headers, agent } = {}) {
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  return request(on.url + one.path.replace('{userId}', user) + query, {
    method,
    agent,
    headers: { ...(key && { Authorization: `Bearer ${key}` }), ...(text !== undefined && { 'Content-Length': Buffer.byteLength(text) }), ...headers },
    body: text,
  });
}

// An answer that has no end: what comes first of it.
function beginning(one, { query = '', key = keyFor(one), method = 'GET' } = {}) {
  return new Promise((resolve, reject) => {
    const outgoing = http.request(server.url + one.path + query, { method, headers: { Authorization: `Bearer ${key}` } }, (answer) => {
      answer.on('error', () => {});
      answer.destroy();
      resolve({ status: answer.statusCode, headers: answer.headers, text: '' });
    });
    outgoing.on('error', reject).end();
  });
}

const fine = (one) => (one.id === 'followPresence' ? beginning(one) : ask(one));

async function untilRefused(one) {
  for (let i = 0; i < 20; ++i) {
    const answer = one.id === 'followPresence' ? await ask({ ...one, method: 'HEAD' }, { on: poor }) : await ask(one, { on: poor });
    if (answer.status === 429) return one.id === 'followPresence' ? ask(one, { on: poor }) : answer;
  }
  throw new Error(`${one.id} is never refused`);
}

const tooManyReaders = async (one) => {
  const readers = await Promise.all(Array.from({ length: kMaxReaders }, () => FeedReader.open(server)));
  const answer = await ask(one);
  for (const reader of readers) reader.close();
  return answer;
};

// A session that nobody polls holds the drain up, and a connection that is kept reaches the server meanwhile.
async function whileDraining(one) {
  const ending = await startServer({ env: { ...kApiEnv, ROLLCALL_SERVER_DRAIN_MS: 3000 } });
  await Polling.open(ending);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  await ask(operations.find(({ id }) => id === 'getStats'), { on: ending, agent });
  ending.signal('SIGTERM');
  await ending.says(/draining/);
  const answer = await ask(one, { on: ending, agent });
  agent.destroy();
  await ending.stop();
  return answer;
}

const kBad = {
  getUserPresence: { user: '%FF' },
  queryPresence: { body: { userIds: 'ann' } },
  listOnlineUsers: { query: '?limit=0' },
  emitToUser: { body: { event: '' } },
  emitToMany: { body: { event: 'note' } },
  disconnectUser: { user: '%FF' },
  explainUser: { user: '%FF' },
};
// How each answer comes about, and the codes its problem may have.
const kProvoked = {
  200: [fine],
  400: [(one) => ask(one, kBad[one.id]), 'INVALID_PAYLOAD'],
  401: [(one) => ask(one, { key: 'rck_nobody' }), 'UNAUTHORIZED'],
  403: [(one) => ask(one, { key: wrongKeyFor(one) }), 'FORBIDDEN'],
  413: [(one) => ask(one, { on: small, body: ' '.repeat(kMaxPayload + 1) }), 'PAYLOAD_TOO_LARGE'],
  415: [(one) => ask(one, { headers: { 'Content-Encoding': 'gzip' } }), 'UNSUPPORTED_ENCODING'],
  429: [untilRefused, 'RATE_LIMITED'],
  503: [(one) => (one.id === 'followPresence' ? tooManyReaders(one) : whileDraining(one)), 'UNAVAILABLE'],
};

describe('the document', () => {
  test('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    assert.ok(valid, JSON.stringify(errors));
    assert.match(document.openapi, /^3\.1\./);
    assert.equal(document.info.license.identifier, 'MIT'); // optional, so the validator does not miss it
  });

  test('is what the server gives, without a key, and of its version', async () => {
    const answer = await request(`${server.url}/api/v1/openapi.json`);
    assert.deepEqual(JSON.parse(answer.text), document);
    const program = run(['--version']);
    await program.ended;
    assert.equal(program.output().trim(), `rollcall ${document.info.version}`);
  });

  test('has examples that are as its schemas say', () => {
    let count = 0;
    const look = (path, value) => {
      if (!value || typeof value !== 'object') return;
      if (value.schema && value.example !== undefined) {
        assert.equal(mistakes([...path, 'schema'], value.example), '', path.join(' '));
        ++count;
      }
      for (const [key, part] of Object.entries(value)) look([...path, key], part);
    };
    look([], document);
    assert.ok(count > 15, `${count}`);
  });

  test('knows every path under /api that the server has, and no other', () => {
    const root = new URL('../../src/', import.meta.url);
    const routes = readdirSync(root, { recursive: true })
      .filter((name) => /\.cpp$/.test(name) && !/_test\.cpp$/.test(name))
      .flatMap((name) => readFileSync(new URL(name, root), 'utf8').match(/"\/api\/v1\/[^"]*"/g) ?? [])
      .map((text) => text.slice(1, -1))
      .filter((path) => !path.startsWith('/api/v1/presence/online\\n'));
    assert.deepEqual([...new Set(routes)].sort(), Object.keys(document.paths).sort());
  });
});

describe('each documented answer is given', () => {
  before(async () => {
    await connect(server, 'ann', { as: token('ann', { email: 'ann@example.com' }) });
  });
  for (const one of operations) {
    for (const status of Object.keys(one.operation.responses)) {
      test(`${one.method} ${one.path}: ${status}`, async () => {
        const [provoke, code] = kProvoked[status];
        const answer = await provoke(one);
        assert.equal(answer.status, Number(status), answer.text);
        assert.deepEqual(judge(one, answer), []);
        if (code) assert.equal(JSON.parse(answer.text).code, code);
      });
    }
  }
});

describe('no other answer is given', () => {
  const paths = [...new Set(operations.map(({ path }) => path))];
  for (const path of paths) {
    test(`${path} knows its methods only`, async () => {
      const known = operations.filter((one) => one.path === path).map(({ method }) => method);
      const allowed = known.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'BREW'].filter((one) => !allowed.includes(one))) {
        const answer = await request(server.url + path.replace('{userId}', 'ann'), { method, headers: { Authorization: `Bearer ${kKeys.admin}` } });
        assert.equal(answer.status, 405, method);
        assert.equal(answer.headers.allow, allowed.join(', '));
        if (method === 'HEAD') continue;
        assert.equal(answer.headers['content-type'], 'application/problem+json');
        assert.equal(mistakes(['components', 'schemas', 'Problem'], JSON.parse(answer.text)), '');
        assert.equal(JSON.parse(answer.text).code, 'METHOD_NOT_ALLOWED');
      }
    });
  }

  test('paths that are not there are not found', async () => {
    for (const path of ['/api/', '/api/v1', '/api/v1/', '/api/v2/presence/count', '/api/v1/users//presence', '/api/v1/users/a/b/presence', '/api/v1/presence/count/', '/api/v1/users/a%2Fpresence']) {
      const answer = await request(server.url + path, { headers: { Authorization: `Bearer ${kKeys.admin}` } });
      assert.equal(answer.status, 404, path);
      assert.equal(JSON.parse(answer.text).code, 'NOT_FOUND');
      assert.equal(mistakes(['components', 'schemas', 'Problem'], JSON.parse(answer.text)), '');
    }
  });

  const kUsers = ['ann', '%00', 'a%2Fb', '%C3%A4', '%FF', '%', '%zz', '%2', 'x'.repeat(257), 'x'.repeat(256), '%22%5C', "'", '*', 'null', '%20', '{userId}'];
  const kQueries = ['', '?', '?limit', '?limit=', '?limit=1', '?limit=-1', '?limit=1.0', '?limit=99999999999999999999', '?limit=1&limit=x', '?cursor', '?cursor=0', '?cursor=1', '?cursor=%00', `?cursor=${'9'.repeat(65)}`, '?%zz=%&&=&', '?__proto__=1'];
  const kTexts = [
    '', ' ', 'null', '[]', '{', '{}', '5', '"x"', 'true', '{"userIds":[]}', '{"userIds":[""]}', '{"userIds":[null,1,{}]}', '{"userIds":{"length":2}}',
    `{"userIds":[${Array(1001).fill('"x"')}]}`, '{"userIds":["\\ud800"]}', '{"userIds":["a"]}{}', '{"event":""}', '{"event":5}', '{"event":"e","data":NaN}',
    '{"event":"e"}', '{"event":"e","data":null}', `{"event":"${'e'.repeat(257)}"}`, `{"event":"e","data":${'['.repeat(100)}${']'.repeat(100)}}`, '{"event":"e","event":"disconnect"}', '{"event":"user-online","all":true}', '{"event":"e","all":true,"data":1e400}', '{"event":"e","userIds":[]}', '\u0000', '\ufeff{}',
  ];
  for (const one of operations) {
    test(`${one.method} ${one.path} to whatever it is asked`, async () => {
      const asked = [
        ...(one.path.includes('{userId}') ? kUsers.map((user) => ({ user })) : []),
        ...kQueries.map((query) => ({ query })),
        ...(one.method === 'POST' ? kTexts.map((body) => ({ body })) : []),
        { headers: { 'Content-Type': 'text/nonsense', Accept: 'image/png', 'If-Match': '*', Range: 'bytes=1-' } },
      ];
      const answers = await Promise.all(asked.map((what) => (one.id === 'followPresence' ? beginning(one, what) : ask(one, what))));
      answers.forEach((answer, i) => assert.deepEqual(judge(one, answer), [], JSON.stringify(asked[i]).slice(0, 200)));
    });
  }
});

test('an answer in a cut connection, or a request in pieces, makes no difference', async () => {
  const one = operations.find(({ id }) => id === 'queryPresence');
  const whole = await ask(one);
  const pieces = await new Promise((resolve, reject) => {
    const outgoing = http.request(server.url + one.path, { method: 'POST', headers: { Authorization: `Bearer ${kKeys.read}` } }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += chunk)).on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
    });
    outgoing.on('error', reject);
    for (const character of JSON.stringify(kBodies.queryPresence)) outgoing.write(character); // each a chunk
    outgoing.end();
  });
  assert.deepEqual(judge(one, pieces), []);
  assert.deepEqual(JSON.parse(pieces.text).statuses, JSON.parse(whole.text).statuses);
});

test('the log has the names of keys, and neither keys nor users', async () => {
  const telling = await startServer({ env: { ...kApiEnv, ROLLCALL_SERVER_LOG_LEVEL: 'debug' } });
  for (const one of operations.filter(({ id }) => id !== 'followPresence')) await ask(one, { on: telling, user: 'someone-private', key: kKeys.admin });
  const count = operations.find(({ id }) => id === 'countOnlineUsers');
  await ask(count, { on: telling, key: 'rck_hush-hush' });
  await ask(count, { on: telling, key: kKeys.emit });
  await telling.stop();
  const log = telling.output();
  for (const call of ['presence', 'query', 'online', 'count', 'stats', 'emit', 'emit_many', 'explain']) assert.match(log, new RegExp(`DEBUG api call  key=admin call=${call}\\b`));
  assert.match(log, /INFO {2}api call {2}key=admin call=disconnect/);
  assert.match(log, /api call refused {2}code=UNAUTHORIZED call=count address=127\.0\.0\.1/);
  assert.match(log, /api call refused {2}code=FORBIDDEN key=emit call=count/);
  for (const secret of [...Object.values(kKeys), 'hush', 'someone-private']) assert.ok(!log.includes(secret), secret);
});

test('the judge itself notices what is wrong', () => {
  const one = operations.find(({ id }) => id === 'countOnlineUsers');
  const good = { status: 200, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' }, text: '{"count":1,"timestamp":"2026-01-04T12:34:56.789Z"}' };
  assert.deepEqual(judge(one, good), []);
  for (const bad of [
    { status: 404 },
    { headers: { ...good.headers, 'content-type': 'text/plain' } },
    { headers: { 'content-type': 'application/json' } },
    { text: '{"count":-1,"timestamp":"2026-01-04T12:34:56.789Z"}' },
    { text: '{"count":1}' },
    { text: '{"count":1,"timestamp":"2026-01-04T12:34:56Z"}' },
    { text: '{"count":1,"timestamp":"2026-01-04T12:34:56.789Z","more":1}' },
  ]) {
    assert.notDeepEqual(judge(one, { ...good, ...bad }), [], JSON.stringify(bad));
  }
  assert.ok(at(['paths', one.path, 'get', 'responses', '401']).value.content);
});
