// The log and the console under the worst readers: gone, stuck, or of a closed descriptor. And the signals that mean nothing.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { kApiEnv, kKeys } from './support/api.js';
import { closeAll, connect } from './support/client.js';
import { scratch } from './support/files.js';
import { request } from './support/polling.js';
import { RawTcp } from './support/raw.js';
import { kBinary, run, startServer } from './support/server.js';
import { kSecret } from './support/tokens.js';

const files = scratch();
let fifos = 0;
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
    assert.ok(Number(repeated) > 20);
  });

  // A pipe that is full before the server starts, and that nobody ever reads.
  const stuck = (env) =>
    startServer({
      env: { ...kLoud, ...env },
      wrap: ['sh', '-c', 'mkfifo "$0" && exec 3<>"$0" && { dd if=/dev/zero of="$0" oflag=nonblock bs=4096 2>/dev/null; exec "$@" 2>&3; }', files.path(`stuck-${++fifos}`)],
    });

  test('that is full and stuck holds up neither the clients nor /healthz, and what the queue cannot take is counted', async () => {
    const server = await stuck({ ...kApiEnv, ROLLCALL_API_REQUESTS_PER_SECOND: 0 });
    const one = `GET /api/v1/presence/count HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${kKeys.read}\r\n\r\n`;
    await until('lines are lost', async () => {
      const tcp = new RawTcp(server);
      tcp.send(`${one.repeat(400)}GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      await tcp.close();
      assert.match(tcp.text(), /\r\n\r\nok\n$/);
      return (await lost(server)) > 0;
    });
    await connectAndLeave(server, 20);
    await server.stop();
  });

  for (const [how, signals, drain] of [['two SIGTERMs', 2, 20000], ['one SIGTERM and the drain', 1, 1000]]) {
    test(`that is full and stuck does not keep ${how} from ending it`, async () => {
      const server = await stuck({ ROLLCALL_SERVER_DRAIN_MS: drain });
      const client = await connect(server, 'ada', { reconnection: false });
      client.socket.io.engine.transport.ws?._socket.pause(); // or the drain were over at once
      server.signal('SIGTERM');
      if (signals === 2) {
        await until('the port is closed', () => request(`${server.url}/healthz`).then(() => false, () => true));
        server.signal('SIGTERM');
      }
      assert.deepEqual(await server.ended, { code: 0, signal: null });
      client.cut();
    });
  }
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
  const taken = run(['serve', '--listen', `127.0.0.1:${server.port}`], { ROLLCALL_SERVER_LOG_FORMAT: 'json' });
  assert.equal((await taken.ended).code, 1);
  await server.stop();
  const linesOf = (program) => program.output().split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));
  const ready = linesOf(server).find((line) => /^rollcall is ready on /.test(line.event));
  assert.match(ready.event, /^rollcall is ready on http:\/\/127\.0\.0\.1:\d+$/);
  assert.equal(ready.level, 'info');
  assert.match(linesOf(taken).find((line) => line.event === 'not started').reason, /cannot listen on .*Address already in use/);
});
