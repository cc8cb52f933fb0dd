// The symptoms in the guide's section 10 are what one sees, and what it advises helps.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, describe, test } from 'node:test';
import { launchBrowser } from '../e2e/support/browser.js';
import { Client, closeAll, connect } from '../e2e/support/client.js';
import { request } from '../e2e/support/polling.js';
import { startServer } from '../e2e/support/server.js';
import { token } from '../e2e/support/tokens.js';
import { serveSite } from './support/app.js';
import { kCodes, kPackageCodes } from './support/program.js';
import { kGuide, read } from './support/text.js';

const [, section] = read(kGuide).split(/^10 {2}TROUBLESHOOTING$/m);
const said = section.split(/^=+\n11 {2}/m)[0].replace(/\s+/g, ' ');
// What the reader would look for.
function symptom(words) {
  assert.ok(said.includes(words), `the guide does not speak of ${words}`);
  return words;
}

const kGrace = { ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100 };
const server = await startServer({ env: kGrace });
after(() => {
  closeAll();
  return server.stop();
});

async function failure(options, where = server) {
  const client = new Client(where, options);
  const error = await client.take('connect_error');
  client.close();
  return error;
}

test('each code that the server or a package gives has its entry, with a cause', () => {
  const entries = new Map();
  for (const [, names, words] of section.matchAll(/^ {4}((?:[A-Z]+(?:_[A-Z]+)*(?:, )?)+)(?: {2,}|\n {10,})([A-Za-z0-9(].*)$/gm)) {
    for (const name of names.split(', ')) entries.set(name, words);
  }
  // Who sends such a head or such a version is no client of ours.
  const others = ['HEADER_TOO_LARGE', 'NOT_IMPLEMENTED', 'VERSION_NOT_SUPPORTED'];
  const codes = new Set([...kCodes, ...kPackageCodes]);
  assert.deepEqual([...entries.keys()].sort(), [...codes].filter((code) => !others.includes(code)).sort());
});

describe('nothing connects', () => {
  test('nobody listens there', async () => {
    const gone = await startServer();
    await gone.stop();
    for (const [transport, words] of [['polling', '"xhr poll error"'], ['websocket', '"websocket error"']]) {
      const { message } = await failure({ user: 'a', transports: [transport], reconnection: false }, gone);
      assert.equal(`"${message}"`, symptom(words));
    }
  });

  test('the page’s origin is not allowed, until it is configured', async (t) => {
    const [site, browser] = await Promise.all([serveSite({ page: '' }), launchBrowser()]);
    t.after(async () => {
      await browser.close();
      site.close();
    });
    const open = (env) => startServer({ env: { ...kGrace, ...env } });
    const [named, cookies] = await Promise.all([
      open({ ROLLCALL_CORS_ORIGINS: site.url }),
      open({ ROLLCALL_CORS_ORIGINS: site.url, ROLLCALL_CORS_CREDENTIALS: 'true' }),
    ]);
    t.after(() => Promise.all([named.stop(), cookies.stop()]));
    const page = await browser.context.newPage();
    await page.goto(site.url);
    await page.addScriptTag({ url: `${named.url}/socket.io.min.js` });
    const attempt = (where, options) =>
      page.evaluate(
        ([url, settings]) =>
          new Promise((resolve) => {
            const socket = window.io(url, { reconnection: false, forceNew: true, ...settings });
            socket.on('connect', () => resolve('connected'));
            socket.on('connect_error', ({ message }) => resolve(message));
          }),
        [where.namespaceUrl, { auth: { token: token('page') }, ...options }],
      );
    const complaint = page.waitForEvent('console', (message) => message.text().includes(symptom('has been blocked by CORS policy')));
    assert.equal(await attempt(server), 'xhr poll error');
    await complaint;
    symptom('ROLLCALL_CORS_ORIGINS=https://app.example.com');
    assert.equal(await attempt(named), 'connected');
    symptom('it needs cors.credentials = true');
    assert.equal(await attempt(named, { withCredentials: true }), 'xhr poll error');
    assert.equal(await attempt(cookies, { withCredentials: true }), 'connected');
  });

  test('a proxy that changes the Host header makes the server’s own pages strangers', async (t) => {
    symptom('a proxy in between changes the Host header');
    let host = () => '127.0.0.1';
    const proxy = http.createServer((incoming, outgoing) => {
      const headers = { ...incoming.headers, host: host(incoming) };
      incoming.pipe(http.request(`${server.url}${incoming.url}`, { headers }, (answer) => answer.pipe(outgoing.writeHead(answer.statusCode, answer.headers))));
    });
    await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    t.after(() => {
      proxy.closeAllConnections();
      proxy.close();
    });
    const site = `http://127.0.0.1:${proxy.address().port}`;
    const handshake = () => request(`${site}/socket.io/?EIO=4&transport=polling`, { headers: { Origin: site } });
    assert.equal((await handshake()).status, 403);
    host = (incoming) => incoming.headers.host;
    assert.equal((await handshake()).status, 200);
  });

  test('Authentication failed, and after it nothing is tried again', async () => {
    for (const [options, code] of [[{}, 'MISSING_AUTH_TOKEN'], [{ user: 'a', as: 'nonsense' }, 'INVALID_TOKEN'], [{ user: 'a', as: token('a', { exp: 1 }) }, 'TOKEN_EXPIRED']]) {
      const client = new Client(server, { ...options, reconnection: true, reconnectionDelay: 10 });
      const { message, data } = await client.take('connect_error');
      assert.equal(`"${message}"`, symptom('"Authentication failed"'));
      assert.equal(data.code, symptom(code));
      assert.equal(client.socket.active, false, 'it does not try again');
      client.close();
    }
    symptom('without a `sub`');
    assert.equal((await failure({ user: 'a', as: token(undefined) })).data.code, 'INVALID_TOKEN');
  });

  test('an invalid namespace, an old client and a session of another server show the errors it lists', async () => {
    assert.equal(`"${(await failure({ user: 'a', url: server.url })).message}"`, symptom('"Invalid namespace"'));
    const old = await request(`${server.url}/socket.io/?EIO=3&transport=polling`);
    assert.equal(old.text, symptom('{"code":5,"message":"Unsupported protocol version"}'));
    const lost = await request(`${server.url}/socket.io/?EIO=4&transport=polling&sid=of-another-server`);
    assert.equal(`${lost.status} ${lost.text}`, symptom('400 {"code":1,"message":"Session ID unknown"}'));
  });
});

describe('dots are wrong', () => {
  test('with "watchers" clients hear only of users they subscribed to', async () => {
    const watchers = await startServer({ env: { ...kGrace, ROLLCALL_PRESENCE_BROADCAST: 'watchers' } });
    symptom('presence.broadcast = "watchers"');
    const client = await connect(watchers, 'viewer');
    await connect(watchers, 'unheard');
    await client.data('subscribe-presence', { userIds: ['heard'] });
    await connect(watchers, 'heard');
    await client.take('user-online', 'heard');
    assert.deepEqual(client.held('user-online'), []);
    closeAll();
    await watchers.stop();
  });

  test('the user id is the sub, to the letter, and a string', async () => {
    const client = await connect(server, '42');
    assert.equal(await client.isOnline('42'), true);
    assert.equal((await client.ask('check-user-status', { userId: 42 })).code, 'INVALID_PAYLOAD');
    client.close();
  });

  test('one’s own connections are not told of oneself', async () => {
    symptom('everybody but the user’s own connections'.replace('’', "'"));
    const first = await connect(server, 'self');
    const second = await connect(server, 'self');
    const other = await connect(server, 'other');
    await first.take('user-online', 'other');
    assert.deepEqual([first, second].flatMap((one) => one.held('user-online', 'self')), []);
    for (const one of [first, second, other]) one.close();
  });

  test('who vanishes without a word is noticed by the ping', async () => {
    symptom('engineio.ping_interval_ms + engineio.ping_timeout_ms');
    const brisk = await startServer({ env: { ...kGrace, ROLLCALL_ENGINEIO_PING_INTERVAL_MS: 300, ROLLCALL_ENGINEIO_PING_TIMEOUT_MS: 1500 } });
    const witness = await connect(brisk, 'witness');
    const client = await connect(brisk, 'vanishing');
    await witness.take('user-online', 'vanishing');
    client.socket.io.engine.transport.ws._socket.pause();
    await witness.take('user-offline', 'vanishing'); // with the default it were after 45 s
    closeAll();
    await brisk.stop();
  });
});

describe('requests fail', () => {
  test('a callback that would never be called gets an error in time', async () => {
    symptom('socket.timeout(5000).emit(...) calls back with an error');
    const client = await connect(server, 'waiting');
    client.socket.disconnect();
    const error = await new Promise((resolve) => client.socket.timeout(50).emit('heartbeat', resolve));
    assert.ok(error instanceof Error);
  });

  test('the usual mistakes', async () => {
    const client = await connect(server, 'clumsy');
    symptom('{userIds: "a,b"}, not an array');
    assert.match((await client.ask('check-users-status', { userIds: 'a,b' })).message, /^userIds must be an array/);
    for (const code of ['INVALID_PAYLOAD', 'TOO_MANY_USERS', 'RATE_LIMITED', 'UNKNOWN_EVENT', 'FORBIDDEN']) symptom(code);
    const many = await Promise.all(Array.from({ length: 300 }, (_, i) => client.ask('check-user-status', { userId: `u${i}` })));
    const refused = many.filter(({ code }) => code === 'RATE_LIMITED').length;
    assert.ok(refused > 0 && refused <= 110, `"more than some two hundred at once": ${refused} of 300 were refused`);
    client.close();
  });
});

describe('the connection closes by itself', () => {
  test('"transport close" when the server is restarted, "ping timeout" when nothing comes', async () => {
    const passing = await startServer({ env: { ROLLCALL_ENGINEIO_PING_INTERVAL_MS: 200, ROLLCALL_ENGINEIO_PING_TIMEOUT_MS: 1500 } });
    const client = await connect(passing, 'patient');
    passing.signal('SIGSTOP');
    assert.equal(`"${await client.take('disconnect')}"`, symptom('"ping timeout"'));
    passing.signal('SIGCONT');
    const other = await connect(passing, 'other');
    passing.signal('SIGTERM');
    assert.equal(`"${await other.take('disconnect')}"`, symptom('"transport close"'));
    await passing.ended;
  });

  test('each connection counts against what a user may have', async () => {
    symptom('TOO_MANY_CONNECTIONS');
    const tight = await startServer({ env: { ROLLCALL_LIMITS_CONNECTIONS_PER_USER: 2 } });
    await connect(tight, 'clicker');
    await connect(tight, 'clicker');
    assert.equal((await failure({ user: 'clicker' }, tight)).data.code, 'TOO_MANY_CONNECTIONS');
    closeAll();
    await tight.stop();
  });
});
