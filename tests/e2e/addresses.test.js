// Where the program listens: both families by default, each address alone, several of them, and what it prints.
import assert from 'node:assert/strict';
import net from 'node:net';
import os from 'node:os';
import { describe, test } from 'node:test';
import { request } from './support/polling.js';
import { run } from './support/server.js';
import { launchBrowser } from './support/browser.js';

const kHasIpv6 = Object.values(os.networkInterfaces()).some((all) => all.some(({ family }) => family === 'IPv6'));

async function serve(args, env = {}) {
  const program = run(['serve', ...args], env);
  const [line] = await program.says(/rollcall is ready on [^\n]*\n/);
  const addresses = [...line.matchAll(/https?:\/\/(\S+):(\d+)/g)].map(([, host, port]) => ({ host, port: Number(port) }));
  return {
    ...program,
    line: line.trim(),
    addresses,
    async stop() {
      program.child.kill('SIGTERM');
      assert.equal((await program.ended).code, 0, program.output());
    },
  };
}

function reachable(host, port) {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port }, () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

async function freePort() {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.on('listening', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

describe('without --listen', () => {
  test('it listens on IPv4 and IPv6, on one port, and says so in one line', { skip: !kHasIpv6 && 'no IPv6 here' }, async () => {
    const port = await freePort();
    const server = await serve([], { PORT: port });
    assert.equal(server.line, `rollcall is ready on http://0.0.0.0:${port} and http://[::]:${port}`);
    for (const host of ['127.0.0.1', '::1', 'localhost']) assert.ok(await reachable(host, port), host);
    await server.stop();
  });

  test('the addresses that --dev prints are for clients of either family', { skip: !kHasIpv6 && 'no IPv6 here' }, async () => {
    const server = await serve(['--dev'], { PORT: 0, JWT_SECRET: undefined });
    const [, url] = await server.says(/Test page: (http:\/\/localhost:\d+)\//);
    for (const family of [4, 6]) {
      assert.ok(await reachable(family === 4 ? '127.0.0.1' : '::1', Number(new URL(url).port)));
    }
    const browser = await launchBrowser();
    const page = await browser.context.newPage();
    assert.equal((await page.goto(`${url}/`)).status(), 200);
    await browser.close();
    await server.stop();
  });
});

describe('with --listen', () => {
  test('one address is that alone, and --dev prints an address that works', async () => {
    for (const [given, there, not, printed] of [['0.0.0.0:0', '127.0.0.1', '::1', '127.0.0.1'], ['[::]:0', '::1', '127.0.0.1', '[::1]'], ['127.0.0.1:0', '127.0.0.1', '::1', '127.0.0.1']]) {
      if (given.startsWith('[') && !kHasIpv6) continue;
      const server = await serve(['--dev', '--listen', given], { JWT_SECRET: undefined });
      assert.equal(server.addresses.length, 1);
      const [{ port }] = server.addresses;
      assert.ok(await reachable(there, port), given);
      assert.equal(await reachable(not, port), false, given);
      const [, url] = await server.says(/Test page: (http:\S+)\//);
      assert.equal(url, `http://${printed}:${port}`);
      assert.equal((await request(`${url}/healthz`)).status, 200);
      await server.stop();
    }
  });

  test('several are several, given one by one, with commas or in the file, and port 0 is the same for all', async () => {
    for (const [args, env] of [
      [['--listen', '127.0.0.1:0', '--listen', '127.0.0.2:0'], {}],
      [['--listen', '127.0.0.1:0,127.0.0.2:0'], {}],
      [[], { ROLLCALL_SERVER_LISTEN: '127.0.0.1:0, 127.0.0.2:0' }],
    ]) {
      const server = await serve(args, env);
      assert.deepEqual(server.addresses.map(({ host }) => host), ['127.0.0.1', '127.0.0.2']);
      const [first, second] = server.addresses;
      assert.equal(first.port, second.port);
      for (const { host, port } of server.addresses) assert.ok(await reachable(host, port));
      await server.stop();
    }
  });

  test('one that is taken is named', async () => {
    const server = await serve(['--listen', '127.0.0.1:0']);
    const [{ port }] = server.addresses;
    const second = run(['serve', '--listen', '127.0.0.2:0', '--listen', `127.0.0.1:${port}`]);
    assert.equal((await second.ended).code, 1);
    assert.match(second.output(), new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port}: Address already in use`));
    await server.stop();
  });
});
