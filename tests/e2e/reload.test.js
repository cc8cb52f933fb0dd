// SIGHUP: what a running server takes from a changed configuration, what it refuses, and that nobody is cut off.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { renameSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { Client, connect } from './support/client.js';
import { scratch } from './support/files.js';
import { Receiver } from './support/receiver.js';
import { run, startServer } from './support/server.js';
import { rsaKeys, token } from './support/tokens.js';
import { kPatienceMs, within } from './support/wait.js';

const files = scratch();
const kOld = 'the-secret-before-the-reload-0123456789abcdef';
const kNew = 'the-secret-after-the-reload-0123456789abcdefg';
const kHookSecret = '0123456789abcdef0123456789abcdef';
const item = (name, scopes, key) => `"${name}:${scopes}:${createHash('sha256').update(key).digest('hex')}"`;

// As editors and configuration managers write files: a new one takes the place of the old.
function put(name, text) {
  renameSync(files.write(`${name}.new`, text), files.path(name));
  return files.path(name);
}
async function reloaded(server, pattern = /configuration reloaded/) {
  const before = server.output().length;
  server.signal('SIGHUP');
  await server.says(new RegExp(`^[^]{${before}}[^]*?${pattern.source}[^\n]*\n`));
  return server.output().slice(before);
}
const status = async (server, key, path = '/presence/count') =>
  (await fetch(`${server.url}/api/v1${path}`, { headers: { authorization: `Bearer ${key}` } })).status;
const metric = async (server, name) => {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
};

describe('a reload', { concurrency: 1 }, () => {
  const settings = (secret, more = '') => put('rollcall.toml', `[auth]\njwt_secret = "${secret}"\n${more}`);
  let server;
  after(() => server?.stop());

  test('takes a new secret, keys, limits and origins, and cuts nobody off', async () => {
    settings(kOld, `[api]\nkeys = [${item('a', 'read', 'rck_a')}]\n`);
    server = await startServer({ args: ['--config', files.path('rollcall.toml')], env: { JWT_SECRET: undefined } });
    const ann = await connect(server, 'ann', { as: token('ann', {}, { key: kOld }) });
    settings(
      kNew,
      `[api]\nkeys = [${item('b', 'read+emit', 'rck_b')}]\n[limits]\nevents_per_second = 1\nevent_burst = 1\nconnections_per_user = 2\n[cors]\norigins = ["https://app.example"]\n[presence]\nmax_batch_ids = 7\n`,
    );
    const said = await reloaded(server, /need a restart/);
    assert.match(said, /changed=.*auth\.jwt_secret, limits\.events_per_second, limits\.event_burst, limits\.connections_per_user, cors\.origins, api\.keys/);
    assert.match(said, /WARN .*need a restart.*changed=.*presence\.max_batch_ids/);
    assert.doesNotMatch(said, new RegExp(`${kNew}|${kOld}|rck_`));

    assert.equal(ann.socket.connected, true);
    await assert.rejects(connect(server, 'bob', { as: token('bob', {}, { key: kOld }) }), /INVALID_TOKEN/);
    const bob = await connect(server, 'bob', { as: token('bob', {}, { key: kNew }) });
    assert.deepEqual([await status(server, 'rck_a'), await status(server, 'rck_b')], [401, 200]);
    const answer = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`, { headers: { origin: 'https://app.example' } });
    assert.equal(answer.headers.get('access-control-allow-origin'), 'https://app.example');
    const replies = await Promise.all(Array.from({ length: 10 }, () => bob.ask('heartbeat')));
    assert.ok(replies.some(({ code }) => code === 'RATE_LIMITED'), 'one a second by now');
    const second = await connect(server, 'bob', { as: token('bob', {}, { key: kNew }) });
    await assert.rejects(connect(server, 'bob', { as: token('bob', {}, { key: kNew }) }), /TOO_MANY_CONNECTIONS/);
    for (const client of [ann, bob, second]) client.close();
  });

  test('with a mistake changes nothing, names every one, and shows in the metrics', async () => {
    assert.equal(await metric(server, 'rollcall_last_reload_successful'), 1);
    settings(kOld, '[limits]\nevents_per_second = -1\n[cors]\norigins = "*"\n');
    const said = await reloaded(server, /cors\.origins/);
    assert.match(said, /ERROR .*not reloaded: keeping the old one.*mistakes=2/);
    assert.match(said, /rollcall\.toml:4: limits\.events_per_second/);
    assert.match(said, /rollcall\.toml:6: cors\.origins/);
    (await connect(server, 'cem', { as: token('cem', {}, { key: kNew }) })).close();
    assert.equal(await metric(server, 'rollcall_last_reload_successful'), 0);
    assert.equal(await metric(server, 'rollcall_reloads_total{outcome="refused"}'), 1);
  });

  test('begins webhooks, changes them, and a reader of the feed whose key is gone is sent away', async () => {
    const receiver = await Receiver.open();
    const webhooks = `[webhooks]\nurls = ["${receiver.url}"]\nsecret = "${kHookSecret}"\nbatch_wait_ms = 0\n`;
    settings(kNew, `${webhooks}[api]\nkeys = [${item('c', 'read', 'rck_c')}]\n`);
    await reloaded(server);
    await receiver.take('feed.reset');
    const feed = await fetch(`${server.url}/api/v1/presence/feed`, { headers: { authorization: 'Bearer rck_c' } });
    const dan = await connect(server, 'dan', { as: token('dan', {}, { key: kNew }) });
    await receiver.take('user.online', 'dan');
    settings(kNew, webhooks);
    await reloaded(server);
    assert.match(await feed.text(), /"userId":"dan"/, 'and here it ends');
    dan.socket.disconnect();
    await receiver.take('user.offline', 'dan');
    assert.equal(receiver.requests.filter(({ body }) => body.includes('feed.reset')).length, 1, 'it missed nothing');
    settings(kNew);
    await reloaded(server);
    await receiver.close();
  });
});

test('SIGHUP reads key files anew, and a broken one never takes the place of keys that work', async () => {
  const [first, second] = [rsaKeys(), rsaKeys()];
  const jwks = (...keys) => put('keys.json', JSON.stringify({ keys: keys.map(([kid, key]) => ({ ...key.jwk, kid, use: 'sig' })) }));
  jwks(['1', first]);
  put('jwks.toml', '[auth]\nalgorithms = ["RS256"]\njwks_file = "keys.json"\n');
  const server = await startServer({ args: ['--config', files.path('jwks.toml')], env: { JWT_SECRET: undefined } });
  const as = (user, key, keyid) => connect(server, user, { as: token(user, {}, { key: key.private, algorithm: 'RS256', keyid }) });
  await assert.rejects(as('ann', second, '2'), /no key with the token's kid \\?"2\\?"/);
  jwks(['1', first], ['2', second]);
  await reloaded(server);
  const ann = await as('ann', second, '2');
  put('keys.json', '{"keys":');
  assert.match(await reloaded(server, /keys\.json/), /not reloaded/);
  const bob = await as('bob', second, '2');
  jwks(['2', second]);
  await reloaded(server);
  await assert.rejects(as('cem', first, '1'), /no key with the token's kid \\?"1\\?"/);
  for (const client of [ann, bob]) client.close();
  await server.stop();
});

test('SIGHUP changes the limits of addresses, of strangers and of memory, and the proxies that are believed', async () => {
  const settings = (text) => put('limits.toml', text);
  settings('');
  const server = await startServer({ args: ['--config', files.path('limits.toml')], env: { ROLLCALL_SERVER_WORKERS: 1 } });
  const open = async (address) => (await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`, { headers: { 'x-forwarded-for': address } })).status;
  const opened = async (...addresses) => {
    const statuses = [];
    for (const address of addresses) statuses.push(await open(address));
    return statuses;
  };
  assert.deepEqual(await opened('192.0.2.1', '192.0.2.1'), [200, 200]);

  settings('[server]\ntrusted_proxies = ["127.0.0.1"]\n[limits]\nper_address = 1\n');
  assert.match(await reloaded(server), /changed=.*server\.trusted_proxies, limits\.per_address/);
  assert.deepEqual(await opened('192.0.2.1', '192.0.2.1', '192.0.2.2'), [200, 429, 200], 'who came before does not count');

  settings('[server]\ntrusted_proxies = ["127.0.0.1"]\n[limits]\nfailures_per_address = 1\n');
  await reloaded(server);
  const extraHeaders = { 'x-forwarded-for': '192.0.2.9' };
  await assert.rejects(connect(server, 'ann', { as: 'no token', extraHeaders }), /INVALID_TOKEN/);
  const refused = new Client(server, { user: 'ann', extraHeaders });
  await within(new Promise((resolve) => refused.socket.io.once('close', resolve)), kPatienceMs, 'the connection to be closed');
  settings('[limits]\nfailures_per_address = 0\npending_sessions = 1\n');
  await reloaded(server);
  (await connect(server, 'ann')).close();
  await opened('192.0.2.3', '192.0.2.4');
  assert.equal(await metric(server, 'rollcall_pending_sessions'), 1, 'the rest was dropped');

  settings('[limits]\nmemory_bytes = 1000000\n');
  await reloaded(server);
  await server.says(/memory budget used up/);
  assert.equal(await open('192.0.2.5'), 503);
  settings('');
  await reloaded(server);
  await server.says(/memory budget kept again/);
  assert.equal(await open('192.0.2.5'), 200);
  await server.stop();
});

test('a file of variables is read anew, too: what the environment says is not', async () => {
  put('secrets.env', `# of the service\nJWT_SECRET='${kOld}'\n`);
  const server = await startServer({ args: ['--env-file', files.path('secrets.env')], env: { JWT_SECRET: kOld } });
  put('secrets.env', `JWT_SECRET="${kNew}"\n`);
  await reloaded(server);
  (await connect(server, 'ann', { as: token('ann', {}, { key: kNew }) })).close();
  await server.stop();
});

test('tokens without an end can be refused, and old ones', async () => {
  const server = await startServer({ env: { ROLLCALL_AUTH_REQUIRE_EXP: 'true', ROLLCALL_AUTH_MAX_TOKEN_AGE_MS: '60000' } });
  await assert.rejects(connect(server, 'ann', { as: token('ann', { exp: undefined }) }), /has no end \(exp\)/);
  const iat = Math.floor(Date.now() / 1000) - 120;
  await assert.rejects(connect(server, 'ann', { as: token('ann', { iat }) }), /takes tokens for 60 s only/);
  (await connect(server, 'ann')).close();
  await server.stop();
});

test('webhook test sends a signed event and says what came of it', async () => {
  const receiver = await Receiver.open({ answers: ({ path }) => (path.startsWith('/hook') ? 204 : 500) });
  const env = { ROLLCALL_WEBHOOKS_SECRET: kHookSecret };
  const good = run(['webhook', 'test', '--url', receiver.url], env);
  assert.equal((await good.ended).code, 0, good.output());
  assert.match(good.output(), /: ok: answered 204 after \d+ ms/);
  await receiver.take('webhook.test');
  const bad = run(['webhook', 'test', '--url', receiver.url.replace('/hook', '/elsewhere')], env);
  assert.equal((await bad.ended).code, 1);
  assert.match(bad.output(), /: failed: answered 500 .*receiver's log/);
  await receiver.close();
});
