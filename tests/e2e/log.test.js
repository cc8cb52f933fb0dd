// The log and the console under the worst readers: gone, stuck, or of a closed descriptor. And the signals that mean nothing.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, describe, test } from 'node:test';
import { closeAll, connect } from './support/client.js';
import { request } from './support/polling.js';
import { kBinary, run, startServer } from './support/server.js';
import { kSecret } from './support/tokens.js';

after(() => closeAll());

const kBadToken = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.AAAA';

async function lost(server) {
  const { text } = await request(`${server.url}/metrics`);
  return Number(/^rollcall_log_lines_lost_total (\d+)/m.exec(text)[1]);
}

async function until(what, holds) {
  const end = Date.now() + 20000;
  while (!(await holds())) assert.ok(Date.now() < end, `never: ${what}`);
}

// Each a line of its own kind, so that none is only counted: the log level debug has one for each connection.
async function connectAndLeave(server, times) {
  for (let i = 0; i < times; i += 20) {
    await Promise.all(
      Array.from({ length: 20 }, async (_, k) => (await connect(server, `user-${i + k}`, { transports: ['websocket'] })).close()),
    );
  }
}

const kLoud = { ROLLCALL_SERVER_LOG_LEVEL: 'debug' };

describe('stderr', () => {
  test('whose reader has gone costs lines, which are counted, and not the server', async () => {
    const server = await startServer({ env: kLoud });
    server.child.stderr.destroy();
    await connectAndLeave(server, 20);
    await until('lines are lost', async () => (await lost(server)) > 0);
    await connectAndLeave(server, 20);
    assert.equal(server.child.exitCode, null);
    assert.equal(server.child.signalCode, null);
    await server.stop();
  });

  test('that nobody reads holds up neither the clients nor the end, and a flood of refusals is a few lines', async () => {
    const server = await startServer({ env: { ROLLCALL_SERVER_DRAIN_MS: 500 } });
    server.child.stderr.pause();
    const client = await connect(server, 'ada');
    for (let i = 0; i < 1000; i += 50) {
      await Promise.all(Array.from({ length: 50 }, () => assert.rejects(connect(server, 'x', { as: kBadToken, transports: ['websocket'] }))));
    }
    assert.equal((await request(`${server.url}/healthz`)).status, 200);
    assert.equal((await client.data('get-online-users')).users.length, 1);
    assert.equal(await lost(server), 0, 'none was too much for the queue');
    server.child.stderr.resume();
    client.close();
    await server.stop();
    const lines = server.output().split('\n');
    const refused = lines.filter((line) => /connection refused {2}/.test(line)).length;
    assert.ok(refused >= 5 && refused <= 30, `${refused} lines`);
    const [, repeated] = /connection refused, repeated {2}code=INVALID_TOKEN count=(\d+) since_s=\d+/.exec(server.output());
    assert.ok(Number(repeated) > 300);
  });

  // The pipe is filled before the server starts, and read by nobody while it runs.
  test('that is full and stuck does not keep two SIGTERMs, or one and the drain, from ending it', async () => {
    for (const signals of [2, 1]) {
      const child = spawn('sh', ['-c', 'exec 3>&1; { yes | head -c 1000000 >&2 & sleep 0.5; exec "$0" serve --listen 127.0.0.1:0 --dev; }', kBinary], {
        env: { PATH: process.env.PATH, ROLLCALL_SERVER_LOG_LEVEL: 'debug', ROLLCALL_SERVER_DRAIN_MS: signals === 2 ? '20000' : '1000' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stderr.pause();
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      await until('it is ready', async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return text.includes('is ready on');
      });
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      if (signals === 2) child.kill('SIGTERM');
      assert.deepEqual(await ended, [0, null]);
      child.stderr.destroy();
    }
  });
});

describe('stdout', () => {
  test('that is closed does not keep the server from running, and is told', async () => {
    const server = run(['serve', '--listen', '127.0.0.1:0']);
    server.child.stdout.destroy();
    await server.says(/stdout cannot be written {2}reason="Broken pipe"/);
    await server.says(/started {2}address=/);
    server.child.kill('SIGTERM');
    assert.equal((await server.ended).code, 0);
  });

  for (const command of [['key', '--name', 'a', '--scopes', 'read'], ['token', '--sub', 'u'], ['check-config']]) {
    test(`that cannot be written makes rollcall ${command[0]} fail and say so`, async () => {
      for (const [where, reason] of [['>&-', /Bad file descriptor/], ['>/dev/full', /No space left on device/]]) {
        const failed = run(['-c', `exec "$0" "$@" ${where}`, kBinary, ...command], { JWT_SECRET: kSecret }, { binary: 'sh' });
        assert.equal((await failed.ended).code, 1, where);
        assert.match(failed.output(), /rollcall: stdout cannot be written/);
        assert.match(failed.output(), reason);
      }
    });
  }
});

test('signals that mean nothing to it do nothing', async () => {
  const server = await startServer();
  const client = await connect(server, 'ada');
  for (const signal of ['SIGUSR1', 'SIGUSR2', 'SIGPIPE', 'SIGALRM', 'SIGVTALRM', 'SIGPROF', 'SIGIO', 'SIGPWR', 'SIGSTKFLT', 'SIGXFSZ', 'SIGWINCH']) {
    server.signal(signal);
    assert.equal((await client.data('get-online-users')).users.length, 1, signal);
  }
  client.close();
  await server.stop();
});

test('with log_format json, every line of stdout and stderr is JSON, the ready line among them', async () => {
  const server = await startServer({ env: { ...kLoud, ROLLCALL_SERVER_LOG_FORMAT: 'json' } });
  await connectAndLeave(server, 20);
  await server.stop();
  const lines = server.output().split('\n').filter((line) => line !== '');
  const events = lines.map((line) => JSON.parse(line));
  const ready = events.find((line) => /^rollcall is ready on /.test(line.event));
  assert.match(ready.event, /^rollcall is ready on http:\/\/127\.0\.0\.1:\d+$/);
  assert.equal(ready.level, 'info');
  const taken = run(['serve', '--listen', `127.0.0.1:1`], { ROLLCALL_SERVER_LOG_FORMAT: 'json', ROLLCALL_SERVER_TLS_CERT: undefined });
  await taken.ended;
  for (const line of taken.output().split('\n').filter((one) => one !== '')) JSON.parse(line);
});
