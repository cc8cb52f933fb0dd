// The code of README.md and docs/migrating-from-nestjs.md: commands against a server, the React page bundled.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { io } from 'socket.io-client';
import { closeAll, connect } from '../e2e/support/client.js';
import { startServer } from '../e2e/support/server.js';
import { token } from '../e2e/support/tokens.js';
import { Inbox } from '../e2e/support/wait.js';
import { bundle, fill, layOut } from './support/app.js';
import { says } from './support/program.js';
import { blocksOf, fencesOf, kGuide, read } from './support/text.js';

const kMigrating = 'docs/migrating-from-nestjs.md';
const key = 'rck_of-the-documents-0123456789abcdef';
const digest = createHash('sha256').update(key).digest('hex');
const server = await startServer({ env: { ROLLCALL_API_KEYS: `backend:read+emit:${digest}` } });
after(() => {
  closeAll();
  return server.stop();
});

const commandsOf = (path) =>
  fencesOf(path).filter(({ language }) => language === 'sh').flatMap(({ code }) => code.trim().split('\n'));

// A command as a reader types it, with our server's address. A feed ends with the patience for it.
function shell(command) {
  const line = command.replaceAll('http://localhost:3000', server.url).replace(/^curl /, 'curl --max-time 1 ');
  const env = { PATH: process.env.PATH, ROLLCALL_API_KEY: key, ROLLCALL_URL: server.url };
  return new Promise((resolve) => {
    execFile('sh', ['-c', line], { env }, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }));
  });
}

for (const path of ['README.md', kMigrating]) {
  describe(path, () => {
    const curls = commandsOf(path).filter((command) => command.startsWith('curl '));
    assert.ok(curls.length > 0);
    for (const command of curls) {
      test(command, async () => {
        const user = await connect(server, 'user-1');
        const { code, stdout, stderr } = await shell(command);
        assert.match(stdout, /user-1/, stderr);
        if (command.includes('/feed')) assert.match(stdout, /event: live/);
        else assert.equal(code, 0);
        user.close();
      });
    }
  });
}

test('every call of the API that the way from NestJS names is there', async () => {
  const text = read(kMigrating);
  const calls = [...text.matchAll(/`(GET|POST) (\/api\/v1\/[^`]*)`/g)];
  assert.ok(calls.length >= 6);
  for (const [whole, method, path] of calls) {
    const answer = await fetch(`${server.url}${path.replace('{userId}', 'user-1')}`, {
      method, signal: AbortSignal.timeout(5000), headers: { Authorization: `Bearer ${key}` }, ...(method === 'POST' && { body: '{}' }),
    });
    await answer.body.cancel();
    assert.ok([200, 400, 422].includes(answer.status), `${whole}: ${answer.status}`);
  }
});

test('the configuration that the way from NestJS begins with is accepted', () => {
  const [{ code }] = fencesOf(kMigrating).filter(({ language }) => language === 'toml');
  const files = layOut({ 'rollcall.toml': code });
  after(files.remove);
  const { code: status, output } = says(['check-config', '--config', `${files.folder}/rollcall.toml`]);
  assert.equal(status, 0, output);
  assert.match(output, /https:\/\/app\.example\.com/);
});

// The guide's application, which is compiled and run, has them.
test('what the way from NestJS changes in the backend is what the guide has', () => {
  const bare = (code) => code.replace(/\/\/.*$/gm, '').replace(/,(?=\s*\})/g, '').replace(/\s+/g, '');
  const guide = [...blocksOf(kGuide)].filter(([id]) => id.startsWith('8a ')).map(([, { code }]) => bare(code)).join('');
  const changes = fencesOf(kMigrating).filter(({ language }) => language === 'ts');
  assert.equal(changes.length, 2);
  for (const { code } of changes) assert.ok(guide.includes(bare(code).replace(/,$/, '')), code);
});

test("README.md's lines for plain socket.io-client are answered, and told", async (t) => {
  const [{ code }] = fencesOf('README.md').filter(({ language }) => language === 'js');
  const printed = new Inbox();
  const script = fill(code, server, token('reader')).replace(/^import .*$/m, '');
  const socket = new Function('io', 'console', `${script}\nreturn socket;`)(io, { log: (...words) => printed.put(words.join(' ')) });
  t.after(() => socket.disconnect());
  await printed.take((line) => line === 'false', 'the answer');
  const user = await connect(server, 'user-123');
  await printed.take((line) => line === 'user-123 is online', 'the news');
  user.close();
  await printed.take((line) => line === 'user-123 is offline', 'the news');
});

test("README.md's React page is one", async () => {
  const [{ code }] = fencesOf('README.md').filter(({ language }) => language === 'jsx');
  const files = layOut({ 'src/App.jsx': code });
  after(files.remove);
  assert.match(await bundle(files.folder, 'src/App.jsx'), /presence-token/);
});
