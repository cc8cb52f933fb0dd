// docs/http-api.md: each command is run, and answers what stands below it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { closeAll, connect } from '../e2e/support/client.js';
import { document } from '../e2e/support/openapi.js';
import { startServer } from '../e2e/support/server.js';
import { token } from '../e2e/support/tokens.js';
import { layOut } from './support/app.js';
import { says } from './support/program.js';
import { fencesOf, read } from './support/text.js';

const kPage = 'docs/http-api.md';
const key = 'rck_of-docs-http-api-0123456789abcdefghijk';
const digest = createHash('sha256').update(key).digest('hex');
const server = await startServer({ env: { ROLLCALL_API_KEYS: `docs:admin:${digest}`, ROLLCALL_PRESENCE_SETTLING_MS: 0 } });
after(() => {
  closeAll();
  return server.stop();
});

const fences = fencesOf(kPage);
const examples = fences
  .map(({ language, code }, i) => ({ language, command: code.trim(), next: fences[i + 1] }))
  .filter(({ language, command }) => language === 'sh' && command.startsWith('curl '));

const run = (command) =>
  new Promise((resolve, reject) => {
    const env = { PATH: process.env.PATH, ROLLCALL_API_KEY: key, ROLLCALL_URL: server.url };
    execFile('sh', ['-c', command], { env }, (error, stdout, stderr) => (error ? reject(new Error(`${error}\n${stderr}`)) : resolve(JSON.parse(stdout))));
  });

// What differs from one server, moment or client to the next, but for its type.
const kTime = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;
const kChanging = ['nextCursor', 'socketId', 'network'];
function plain(value, name = '') {
  if (Array.isArray(value)) return value.map((one) => plain(one));
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([field, part]) => [field, plain(part, field)]));
  if (kChanging.includes(name)) return typeof value;
  return typeof value === 'string' ? value.replace(kTime, 'TIME') : value;
}
const withoutNumbers = (value) => JSON.parse(JSON.stringify(value, (_, part) => (typeof part === 'number' ? 'number' : part)));

describe('each command answers what the page says', () => {
  test('there are as many as there are calls, but for the feed', () => {
    const calls = new Set(examples.map(({ command }) => /\/api\/v1(\/[^"?]*)/.exec(command)[1].replace('/ann/', '/{userId}/')));
    const documented = Object.keys(document.paths).map((path) => path.replace('/api/v1', ''));
    assert.deepEqual([...calls].sort(), documented.filter((path) => !/feed|openapi/.test(path)).sort());
  });

  for (const { command, next } of examples) {
    test(command, async () => {
      assert.equal(next.language, 'json');
      const ann = await connect(server, 'ann', { as: token('ann', { email: 'ann@example.com', role: 'member' }) });
      const other = await connect(server, 'somebody');
      const answer = await run(command);
      const said = JSON.parse(next.code);
      const look = command.includes('/stats') ? (value) => withoutNumbers(plain(value)) : plain;
      assert.deepEqual(look(answer), look(said));
      if (command.includes('/emit')) assert.deepEqual(await ann.take('notification'), { text: 'Your parcel has arrived' });
      if (command.includes('/disconnect')) assert.equal(await ann.take('disconnect'), 'io server disconnect');
      ann.close();
      other.close();
      for (const user of ['ann', 'somebody']) await untilOffline(user);
    });
  }
});

async function untilOffline(user) {
  for (;;) {
    const { online } = await run(`curl -sS --fail-with-body -H "Authorization: Bearer $ROLLCALL_API_KEY" "$ROLLCALL_URL/api/v1/users/${user}/presence"`);
    if (!online) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('the command that makes a key prints what the configuration takes', async () => {
  const [{ code }] = fences.filter(({ language, code: text }) => language === 'sh' && text.startsWith('rollcall '));
  const { code: status, output } = says(code.trim().split(' ').slice(1));
  assert.equal(status, 0, output);
  const made = /rck_[\w-]{43}/.exec(output)[0];
  const item = /"(billing:read\+emit:[0-9a-f]{64})"/.exec(output)[1];
  const own = await startServer({ env: { ROLLCALL_API_KEYS: item } });
  const answer = await fetch(`${own.url}/api/v1/presence/count`, { headers: { Authorization: `Bearer ${made}` } });
  assert.equal(answer.status, 200);
  assert.ok(!own.output().includes(made));
  await own.stop();
});

test('the configuration on the page is accepted', () => {
  const [{ code }] = fences.filter(({ language }) => language === 'toml');
  const files = layOut({ 'rollcall.toml': `[auth]\njwt_secret = "0123456789abcdef0123456789abcdef"\n${code}` });
  after(files.remove);
  const { code: status, output } = says(['check-config', '--config', `${files.folder}/rollcall.toml`]);
  assert.equal(status, 0, output);
});

test('the table of errors has every code that the document has, with its status', () => {
  const table = new Map();
  for (const [, status, codes] of read(kPage).matchAll(/^\| (\d{3}) \| (.*?) \|/gm)) {
    for (const [, name] of codes.matchAll(/`(\w+)`/g)) table.set(name, Number(status));
  }
  const codes = document.components.schemas.Problem.properties.code.enum.filter((name) => name !== 'INTERNAL');
  assert.deepEqual([...table.keys()].sort(), [...codes].sort());
  for (const { content } of Object.values(document.components.responses)) {
    const { code, status } = content['application/problem+json'].example;
    assert.equal(table.get(code), status);
  }
});
