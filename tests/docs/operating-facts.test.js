// What docs/operating.md tells an operator to type, to look at and to reckon with.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { closeAll, connect } from '../e2e/support/client.js';
import { startServer } from '../e2e/support/server.js';
import { number, testConstants } from './support/constants.js';
import { fencesOf, kRoot, read } from './support/text.js';

const kPage = 'docs/operating.md';
const text = read(kPage);
const key = 'rck_of-the-operator-0123456789abcdefghijkl';
const server = await startServer({ env: { ROLLCALL_API_KEYS: `operator:read:${createHash('sha256').update(key).digest('hex')}` } });
after(() => {
  closeAll();
  return server.stop();
});

describe('is it well?', () => {
  const [inside, outside] = text.split('**Is it well?**')[1].match(/```sh\n[^]*?```/g).map((block) => block.split('\n').slice(1, -1));
  const type = (line) =>
    new Promise((resolve) => {
      const command = line.replace('http://127.0.0.1:3000', server.url).replace('https://presence.example.com', server.url);
      const env = { PATH: process.env.PATH, ROLLCALL_API_KEY: key };
      execFile('sh', ['-c', command], { env }, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }));
    });

  test('each command answers, and says what it should', async () => {
    await connect(server, 'somebody');
    const [ready, stats, metrics] = await Promise.all(inside.map(type));
    for (const one of [ready, stats, metrics]) assert.equal(one.code, 0, one.stderr);
    assert.equal(ready.stdout, '{"ready":true}');
    assert.equal(JSON.parse(stats.stdout).ready, true);
    const lines = metrics.stdout.trim().split('\n');
    assert.ok(lines.length >= 6, metrics.stdout);
    for (const line of ['rollcall_ready 1', 'rollcall_users_online 1', 'rollcall_tcp_turned_away_total 0']) assert.ok(lines.includes(line), line);
    for (const name of ['rollcall_worker_hung', 'process_open_fds', 'process_max_fds']) assert.ok(lines.some((line) => line.startsWith(name)), name);
  });

  test('a handshake from outside succeeds', async () => {
    const { code, stdout } = await type(outside[0]);
    assert.equal(code, 0);
    assert.match(stdout, /^0\{"sid":/);
  });
});

test('each metric that it names is exposed', async () => {
  const exposed = await (await fetch(`${server.url}/metrics`)).text();
  const names = new Set([...text.matchAll(/`((?:rollcall|process)_[a-z_]+)/g)].map(([, name]) => name));
  assert.ok(names.size > 20);
  names.delete('rollcall_tls_certificate_not_after_timestamp_seconds'); // of a server with TLS: tests/e2e/tls.test.js
  for (const name of names) assert.match(exposed, new RegExp(`^${name}`, 'm'));
});

test('each line of the log that it names is one that the program writes', () => {
  const sources = readdirSync(join(kRoot, 'src'), { recursive: true }).filter((name) => name.endsWith('.cpp') && !name.endsWith('_test.cpp'));
  const code = sources.map((name) => read(`src/${name}`)).join('\n');
  const lines = [...text.matchAll(/`(?:WARN|INFO|ERROR) ([a-z][^`=]*)`|`(webhook [a-z ]+)`/g)].map(([, one, other]) => one ?? other);
  assert.ok(lines.length >= 6);
  for (const line of lines) assert.ok(code.includes(`"${line}`), `"${line}" is nowhere in src`);
});

describe('sizing', () => {
  const measured = (what) => number(read('bench/results.md').split('\n').find((line) => line.startsWith(`| ${what}`)).split('|')[2]);

  test('what requests cost is what was measured, rounded', () => {
    const said = (words) => number(new RegExp(`^\\| ${words} \\| (\\d+) µs`, 'm').exec(text)[1]);
    assert.equal(said('a new connection with a token'), Math.round(measured('connect')));
    assert.equal(said('`get-online-users`, 900 online'), Math.round(measured('`get-online-users`')));
    const [, one, many] = /^\| `check-user-status`; 100 ids at once \| (\d+) µs; (\d+) µs/m.exec(text);
    assert.deepEqual([number(one), number(many)], [measured('`check-user-status`'), measured('`check-users-status`')].map(Math.round));
  });

  test('a restart takes at least what so many connects take', () => {
    const rows = [...text.matchAll(/^\| ([\d,]+) \| [\d.]+ [MG]B \| .* \| ([\d.]+) s(?: of a core)? \|$/gm)];
    assert.equal(rows.length, 5);
    for (const [row, users, seconds] of rows) {
      const computed = (number(users) * measured('connect')) / 1e6;
      assert.ok(Math.abs(Number(seconds) - computed) / computed < 0.05, `${row}: ${computed}`);
    }
  });

  test('everybody hearing of everybody makes 2N/3600 changes and 2N²/3600 deliveries a second', () => {
    const rows = [...text.matchAll(/^\| ([\d,]+) \| ([\d.]+) \| ([\d,]+) \| ([\d,]+)\/s \|$/gm)];
    assert.equal(rows.length, 4);
    for (const [row, ...cells] of rows) {
      const [users, changes, deliveries, watched] = cells.map(number);
      const near = (said, computed) => assert.ok(Math.abs(said - computed) / computed < 0.08, `${row}: ${computed}`);
      near(changes, (2 * users) / 3600);
      near(deliveries, (2 * users ** 2) / 3600);
      near(watched, (2 * users * 50) / 3600);
    }
  });
});

const [kNginx, kHaproxy, kUnit] = ['packaging/nginx/rollcall.conf', 'packaging/haproxy/haproxy.cfg', 'packaging/systemd/rollcall.service'];
testConstants(kPage, [
  [/(\d+) users are told of in one go/, 'src/presence/announcer.hpp', /kMostAtOnce = (\d+)/],
  [/narrows or ends when for five seconds/, 'src/presence/load_pace.hpp', /kCalm\{5\}/],
  [/a window of (\d+), 200, 400/, 'src/presence/load_pace.hpp', /kLeastWindow\{(\d+)\}/],
  [/stuck for more than (\d+) s/, 'include/rollcall/server.hpp', /hung_after\{(\d+)\}/, 1 / 1000],
  [/`net\.core\.somaxconn` \| (\d+)/, 'src/net/limits.hpp', /kAcceptQueue = (\d+)/],
  [/\(45 s\); (\d+) s there/, kNginx, /proxy_read_timeout (\d+)s;/],
  [/\(45 s\); (\d+) s there/, kHaproxy, /timeout tunnel (\d+)s/],
  [/Both files have a limit of their own \(([\d,]+) connections, answered 429\)/, kNginx, /limit_conn rollcall_by_address (\d+);\s+limit_conn_status 429;/],
  [/Both files have a limit of their own \(([\d,]+) connections, answered 429\)/, kHaproxy, /deny_status 429 if \{ sc0_conn_cur gt (\d+) \}/],
  [/how many are online, every (\d+) s/, 'src/telemetry/supervisor.cpp', /kLongestInterval\{(\d+)'000\}/],
  [/a worker hangs for (\d+) s/, kUnit, /^WatchdogSec=(\d+)$/m],
  [/started again after (\d+) s, for ever/, kUnit, /^RestartSec=(\d+)$/m],
  [/keeps at most (\d+) KB behind the request/, 'src/net/connection.cpp', /kNextRead = (\d+) \* 1024/],
  [/https and wss, TLS 1\.2 and 1\.3/, 'src/net/tls.cpp', /set_min_proto_version\(raw, TLS1_2_VERSION\)/],
]);
