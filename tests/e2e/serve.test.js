// The program itself: its command line, configuration mistakes, keys, development mode, and the drain.
import assert from 'node:assert/strict';
import { chmodSync, readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { closeAll, connect } from './support/client.js';
import { scratch } from './support/files.js';
import { request } from './support/polling.js';
import { RawTcp } from './support/raw.js';
import { kBinary, run, startServer } from './support/server.js';
import { kSecret } from './support/tokens.js';

const files = scratch();
after(() => closeAll());

const kListen = ['--listen', '127.0.0.1:0'];
// Root may read every file and take every port, unless it gives its capabilities away.
function endsUnprivileged(args, env) {
  if (process.getuid() !== 0) return ends(args, env);
  return ends(['--bounding-set=-all', kBinary, ...args], env, { binary: 'setpriv' });
}
async function ends(args, env, options) {
  const program = run(args, env, options);
  const { code } = await program.ended;
  return { code, output: program.output() };
}

describe('the command line', () => {
  test('--version and --help say what they should, with status 0', async () => {
    const version = await ends(['--version']);
    assert.equal(version.code, 0);
    assert.match(version.output, /\d+\.\d+\.\d+/);
    const help = await ends(['--help']);
    assert.equal(help.code, 0);
    for (const word of ['serve', 'token', 'check-config']) assert.match(help.output, new RegExp(word));
    const serve = await ends(['serve', '--help']);
    for (const word of ['--dev', '--config', '--listen']) assert.match(serve.output, new RegExp(word));
  });

  test('what is not understood is status 2', async () => {
    for (const args of [['dance'], ['serve', '--fast'], ['serve', '--listen', 'nowhere'], ['serve', '--config', files.path('none.toml')]]) {
      const { code, output } = await ends(args);
      assert.equal(code, 2, args.join(' '));
      assert.notEqual(output, '');
    }
  });

  test('rollcall token makes tokens that the server takes', async () => {
    const { code, output } = await ends(['token', '--sub', 'user-1', '--email', 'u@example.org', '--role', 'carer', '--name', 'U']);
    assert.equal(code, 0);
    const made = output.trim().split(/\s+/).find((word) => word.startsWith('eyJ'));
    const server = await startServer();
    const client = await connect(server, 'user-1', { as: made });
    const { users } = await client.data('get-online-users');
    assert.deepEqual(users.map((user) => [user.userId, user.email, user.role]), [['user-1', 'u@example.org', 'carer']]);
    client.close();
    await server.stop();
  });
});

describe('configuration', () => {
  test('every mistake is named at once, with file, line and key', async () => {
    const path = files.write(
      'bad.toml',
      ['[server]', 'listen = "nowhere"', 'colour = "blue"', '', '[engineio]', 'ping_interval_ms = "soon"', '', '[presence]', 'broadcast = "nobody"', '', '[limits]', 'events_per_second = -1'].join('\n'),
    );
    for (const args of [['serve', '--config', path], ['check-config', '--config', path]]) {
      const { code, output } = await ends(args, { ROLLCALL_AUTH_LEEWAY_MS: 'a bit' });
      assert.equal(code, 2);
      for (const [line, key] of [[2, 'listen'], [3, 'colour'], [6, 'ping_interval_ms'], [9, 'broadcast'], [12, 'events_per_second']]) {
        assert.match(output, new RegExp(`bad\\.toml:${line}\\b.*${key}`), `line ${line}`);
      }
      assert.match(output, /ROLLCALL_AUTH_LEEWAY_MS/);
      assert.match(output, /everyone/, 'what is allowed');
    }
  });

  test('files that are named but no good are told with all other mistakes, with file, line and key', async () => {
    const path = files.write(
      'files.toml',
      ['[server]', 'tls_cert = "/none/cert.pem"', 'tls_key = "/none/key.pem"', '[auth]', 'algorithms = ["RS256"]', `public_keys = ["/none/public.pem", "${files.write('junk.pem', 'junk')}"]`, 'jwks_file = "/none/jwks.json"', '[limits]', 'event_burst = "many"'].join('\n'),
    );
    for (const args of [['serve', '--config', path], ['check-config', '--config', path]]) {
      const { code, output } = await ends(args);
      assert.equal(code, 2);
      for (const [line, key, what] of [[2, 'server.tls_cert', '/none/cert.pem'], [3, 'server.tls_key', '/none/key.pem'], [6, 'auth.public_keys', '/none/public.pem'], [7, 'auth.jwks_file', '/none/jwks.json'], [9, 'limits.event_burst', 'whole number']]) {
        assert.match(output, new RegExp(`files\\.toml:${line}: ${key} .*${what}`));
      }
    }
    const junk = files.write('junk.toml', `[auth]\nalgorithms = ["RS256"]\npublic_keys = ["${files.path('junk.pem')}"]\n`);
    assert.match((await ends(['serve', '--config', junk])).output, /junk\.toml:3: auth\.public_keys .*junk\.pem/);
    assert.match((await ends(['serve', ...kListen], { ROLLCALL_AUTH_JWKS_FILE: '/none/jwks.json' })).output, /ROLLCALL_AUTH_JWKS_FILE .*\/none\/jwks\.json/);
  });

  test('a file that is no TOML is told with its line', async () => {
    const { code, output } = await ends(['serve', '--config', files.write('broken.toml', '[server]\nlisten = "127.0.0.1:0\n')]);
    assert.equal(code, 2);
    assert.match(output, /broken\.toml:2/);
  });

  test('the environment wins over the file, and the flag over both', async () => {
    const path = files.write('good.toml', '[server]\nlisten = "127.0.0.1:1"\n[engineio]\nping_interval_ms = 11000\nping_timeout_ms = 12000\n');
    const server = await startServer({ args: ['--config', path], env: { ROLLCALL_SERVER_LISTEN: '127.0.0.1:2', ROLLCALL_ENGINEIO_PING_INTERVAL_MS: 13000 } });
    const open = JSON.parse((await request(`${server.url}/socket.io/?EIO=4&transport=polling`)).text.slice(1));
    assert.deepEqual([open.pingInterval, open.pingTimeout], [13000, 12000]);
    await server.stop();
  });

  test('an address that is taken is status 1, and says so', async () => {
    const server = await startServer();
    const { code, output } = await ends(['serve', '--listen', `127.0.0.1:${server.port}`]);
    assert.equal(code, 1);
    assert.match(output, new RegExp(String(server.port)));
    await server.stop();
  });
});

describe('without permission', () => {
  const anyPort = Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8')) < 2;
  test('a low port is status 1, and says what gives it', { skip: anyPort && 'everybody may listen on it here' }, async () => {
    const { code, output } = await endsUnprivileged(['serve', '--listen', '127.0.0.1:1']);
    assert.equal(code, 1);
    assert.match(output, /cannot listen on 127\.0\.0\.1:1: Permission denied \(ports below 1024 .*CAP_NET_BIND_SERVICE.*server\.listen/);
  });

  test('a key file that may not be read is a mistake with file and line, and says whose it is', async () => {
    const key = files.write('closed.pem', '');
    chmodSync(key, 0);
    const path = files.write('closed.toml', `[auth]\nalgorithms = ["ES256"]\npublic_keys = ["${key}"]\n`);
    for (const args of [['serve', '--config', path], ['check-config', '--config', path]]) {
      const { code, output } = await endsUnprivileged(args);
      assert.equal(code, 2);
      assert.match(output, /closed\.toml:3: auth\.public_keys .*closed\.pem cannot be read: Permission denied: it is \S+'s with mode 0000, .*: chmod u\+r would let it/);
    }
  });
});

describe('keys', () => {
  test('without a key it does not start, and says what to do', async () => {
    const { code, output } = await ends(['serve', ...kListen], { JWT_SECRET: undefined });
    assert.equal(code, 2);
    assert.match(output, /JWT_SECRET|jwt_secret/);
  });

  test('ROLLCALL_AUTH_JWT_SECRET is the long name of JWT_SECRET', async () => {
    const server = await startServer({ env: { JWT_SECRET: undefined, ROLLCALL_AUTH_JWT_SECRET: kSecret } });
    const client = await connect(server, 'ada');
    client.close();
    await server.stop();
  });

  test('a key file that cannot be read is a mistake in the configuration', async () => {
    for (const env of [
      { ROLLCALL_AUTH_PUBLIC_KEYS: files.path('none.pem'), ROLLCALL_AUTH_ALGORITHMS: 'RS256' },
      { ROLLCALL_AUTH_PUBLIC_KEYS: files.write('junk.pem', 'junk'), ROLLCALL_AUTH_ALGORITHMS: 'RS256' },
      { ROLLCALL_AUTH_JWKS_FILE: files.write('junk.json', '{"keys":7}'), ROLLCALL_AUTH_ALGORITHMS: 'RS256' },
      { ROLLCALL_AUTH_ALGORITHMS: 'none' },
    ]) {
      const { code, output } = await ends(['serve', ...kListen], env);
      assert.equal(code, 2, JSON.stringify(env));
      assert.notEqual(output, '');
    }
  });

  test('--dev makes a key of its own, and prints a token and the page’s address that work', async () => {
    const server = await startServer({ args: ['--dev'], env: { JWT_SECRET: undefined } });
    const [printed] = await server.says(/eyJ[\w-]+\.[\w-]+\.[\w-]+/);
    const client = await connect(server, 'whoever', { as: printed });
    assert.equal(typeof client.hello.userId, 'string');
    client.close();
    await server.stop();
  });

  test('--dev keeps its secret and key for the next start, and says where; --fresh makes new ones', async () => {
    const env = { JWT_SECRET: undefined, XDG_STATE_HOME: files.path('state') };
    const first = await startServer({ args: ['--dev'], env });
    const [token] = await first.says(/eyJ[\w-]+\.[\w-]+\.[\w-]+/);
    const [key] = await first.says(/rck_[\w-]+/);
    await first.says(new RegExp(`kept in ${files.path('state')}/rollcall/dev.env`));
    await first.stop();
    const second = await startServer({ args: ['--dev'], env });
    (await connect(second, 'whoever', { as: token })).close();
    const answer = await fetch(`${second.url}/api/v1/presence/count`, { headers: { authorization: `Bearer ${key}` } });
    assert.equal(answer.status, 200);
    await second.stop();
    const fresh = await startServer({ args: ['--dev', '--fresh'], env });
    await assert.rejects(connect(fresh, 'whoever', { as: token }), /INVALID_TOKEN/);
    await fresh.stop();
  });

  test('--dev without a place to keep its secret says so, and runs', async () => {
    const server = await startServer({ args: ['--dev'], env: { JWT_SECRET: undefined, XDG_STATE_HOME: '/dev/null' } });
    await server.says(/end with this process: .*dev\.env cannot be written/);
    await server.stop();
  });
});

describe('the drain', () => {
  for (const signal of ['SIGTERM', 'SIGINT']) {
    test(`${signal}: clients see "transport close" and come back to the next server; status 0 in time`, async () => {
      const server = await startServer({ env: { ROLLCALL_SERVER_DRAIN_MS: 2000 } });
      const clients = await Promise.all(
        [['polling'], ['websocket'], ['polling', 'websocket']].map((transports, i) =>
          connect(server, `client-${i}`, { transports, reconnection: true, reconnectionDelay: 100, reconnectionDelayMax: 300 }),
        ),
      );
      await clients[2].upgraded();
      const start = Date.now();
      server.signal(signal);
      const reasons = await Promise.all(clients.map((client) => client.take('disconnect')));
      for (const reason of reasons) assert.ok(['transport close', 'transport error'].includes(reason), reason);
      assert.equal(reasons[1], 'transport close');
      for (const client of clients) assert.equal(client.socket.active, true, 'it will try again');
      const { code } = await server.ended;
      assert.equal(code, 0);
      assert.ok(Date.now() - start < 10000, 'within the drain time, and what a busy machine needs');
      const next = run(['serve', '--listen', `127.0.0.1:${server.port}`]);
      await next.says(/https?:\/\//);
      for (const client of clients) {
        await client.take('connected');
        client.close();
      }
      next.child.kill('SIGTERM');
      assert.equal((await next.ended).code, 0);
    });
  }

  test('connections that do nothing, or will not read, do not hold it up', async () => {
    const server = await startServer({ env: { ROLLCALL_SERVER_DRAIN_MS: 1000 } });
    const silent = new RawTcp(server);
    silent.send('GET /socket.io/?EIO=4&tran');
    const deaf = await connect(server, 'deaf', { reconnection: false });
    deaf.socket.io.engine.transport.ws._socket.pause();
    const start = Date.now();
    server.signal('SIGTERM');
    assert.equal((await server.ended).code, 0);
    assert.ok(Date.now() - start < 10000);
    silent.end();
    deaf.cut();
  });

  test('a second signal ends it at once', async () => {
    const server = await startServer({ env: { ROLLCALL_SERVER_DRAIN_MS: 60000 } });
    const nobody = await request(`${server.url}/socket.io/?EIO=4&transport=polling`);
    assert.equal(nobody.status, 200);
    server.signal('SIGTERM');
    await server.says(/draining/);
    const start = Date.now();
    server.signal('SIGTERM');
    assert.equal((await server.ended).code, 0);
    assert.ok(Date.now() - start < 20000, 'long before the drain is over');
  });

  test('new connections are refused once it has begun', async () => {
    const server = await startServer();
    const client = await connect(server, 'ada');
    server.signal('SIGTERM');
    await client.take('disconnect');
    await assert.rejects(request(`${server.url}/test-presence.html`));
    await server.ended;
  });
});

test('the log has no token and no secret, whatever its format and however much it says', async () => {
  for (const format of ['text', 'json']) {
    const server = await startServer({ env: { ROLLCALL_SERVER_LOG_LEVEL: 'debug', ROLLCALL_SERVER_LOG_FORMAT: format } });
    const client = await connect(server, 'ada');
    await assert.rejects(connect(server, 'x', { as: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.AAAA' }));
    await request(`${server.url}/socket.io/?EIO=4&transport=polling&token=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.BBBB`);
    client.close();
    await server.stop();
    assert.doesNotMatch(server.output(), /eyJ[\w-]{6,}/);
    assert.ok(!server.output().includes(kSecret));
    if (format !== 'json') continue;
    const lines = server.output().split('\n').filter((line) => line.startsWith('{'));
    assert.ok(lines.length > 0, 'some lines are JSON');
    for (const line of lines) JSON.parse(line);
  }
});
