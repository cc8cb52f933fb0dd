// Tokens: where they may be, what makes them bad, keys of every family, running out and being refreshed.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, closeAll, connect } from './support/client.js';
import { scratch } from './support/files.js';
import { startServer } from './support/server.js';
import { ecKeys, forge, kSecret, nowSeconds, rsaKeys, token, unsigned } from './support/tokens.js';

const files = scratch();
const rsa = rsaKeys();
const otherRsa = rsaKeys();
const ec = ecKeys();
const ec384 = ecKeys('P-384');

const [server, strict, pem, jwks, mixed] = await Promise.all([
  startServer(),
  startServer({
    env: { ROLLCALL_AUTH_LEEWAY_MS: 0, ROLLCALL_AUTH_ISSUER: 'https://issuer.example', ROLLCALL_AUTH_AUDIENCE: 'rollcall', ROLLCALL_AUTH_ALGORITHMS: 'HS256,HS512' },
  }),
  startServer({
    env: {
      JWT_SECRET: undefined,
      ROLLCALL_AUTH_ALGORITHMS: 'RS256,PS256,ES256',
      ROLLCALL_AUTH_PUBLIC_KEYS: [files.write('rsa.pem', rsa.public), files.write('ec.pem', ec.public)].join(','),
    },
  }),
  startServer({
    env: {
      JWT_SECRET: undefined,
      ROLLCALL_AUTH_ALGORITHMS: 'RS256,ES256,ES384',
      ROLLCALL_AUTH_JWKS_FILE: files.write(
        'keys.json',
        JSON.stringify({
          keys: [
            { ...rsa.jwk, kid: 'rsa-1', use: 'sig', alg: 'RS256' },
            { ...ec.jwk, kid: 'ec-1', use: 'sig' },
            { ...ec384.jwk, kid: 'ec-2', use: 'sig' },
          ],
        }),
      ),
    },
  }),
  startServer({ env: { ROLLCALL_AUTH_ALGORITHMS: 'HS256,RS256', ROLLCALL_AUTH_PUBLIC_KEYS: files.path('rsa.pem') } }),
]);
after(() => {
  closeAll();
  return Promise.all([server, strict, pem, jwks, mixed].map((one) => one.stop()));
});

let serial = 0;
const newUser = (name) => `${name}-${++serial}`;

async function whoAmI(where, options) {
  const client = await new Client(where, options).connected();
  client.close();
  return client.hello.userId;
}

async function refusal(where, options) {
  const client = new Client(where, options);
  const error = await client.refused();
  client.close();
  assert.equal(error.message, 'Authentication failed');
  assert.deepEqual(Object.keys(error.data).sort(), ['code', 'details', 'timestamp']);
  assert.equal(typeof error.data.details, 'string');
  assert.match(error.data.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  return error.data.code;
}

const bearer = (value) => ({ extraHeaders: { Authorization: `Bearer ${value}` } });
const cookie = (value) => ({ extraHeaders: { Cookie: `theme=dark; jwt=${value}; jwt2=x` } });

describe('where the token may be', () => {
  for (const transports of [['polling'], ['websocket']]) {
    const by = { transports };
    test(`auth.token, the header, the query and the cookie, by ${transports}`, async () => {
      assert.equal(await whoAmI(server, { auth: { token: token('in-auth') }, ...by }), 'in-auth');
      assert.equal(await whoAmI(server, { auth: { token: `Bearer ${token('with-bearer')}` }, ...by }), 'with-bearer');
      assert.equal(await whoAmI(server, { ...bearer(token('in-header')), ...by }), 'in-header');
      assert.equal(await whoAmI(server, { query: { token: token('in-query') }, ...by }), 'in-query');
      assert.equal(await whoAmI(server, { ...cookie(token('in-cookie')), ...by }), 'in-cookie');
    });
  }

  test('auth given as a function works like an object', async () => {
    assert.equal(await whoAmI(server, { auth: (give) => give({ token: token('by-function') }) }), 'by-function');
  });

  test('the first place that has a token decides', async () => {
    const [a, h, q, c] = ['auth', 'header', 'query', 'cookie'].map((name) => token(name));
    const headers = { extraHeaders: { Authorization: `Bearer ${h}`, Cookie: `jwt=${c}` } };
    assert.equal(await whoAmI(server, { auth: { token: a }, query: { token: q }, ...headers }), 'auth');
    assert.equal(await whoAmI(server, { query: { token: q }, ...headers }), 'header');
    assert.equal(await whoAmI(server, { query: { token: q }, extraHeaders: { Cookie: `jwt=${c}` } }), 'query');
    assert.equal(await refusal(server, { auth: { token: 'bad' }, ...bearer(h) }), 'INVALID_TOKEN');
  });

  test('a header of another scheme is no token', async () => {
    const basic = { extraHeaders: { Authorization: 'Basic YTpi' } };
    assert.equal(await whoAmI(server, { ...basic, query: { token: token('in-query') } }), 'in-query');
    assert.equal(await refusal(server, basic), 'MISSING_AUTH_TOKEN');
  });
});

describe('bad tokens', () => {
  const good = token('someone');
  const [head, , signature] = good.split('.');
  const other = Buffer.from(JSON.stringify({ sub: 'admin', exp: nowSeconds() + 3600 })).toString('base64url');
  const kBad = {
    'no token': [undefined, 'MISSING_AUTH_TOKEN'],
    'not a token': ['hello', 'INVALID_TOKEN'],
    'two parts': [good.split('.').slice(0, 2).join('.'), 'INVALID_TOKEN'],
    'four parts': [`${good}.x`, 'INVALID_TOKEN'],
    'a number': [42, 'INVALID_TOKEN'],
    'an object': [{ a: 1 }, 'INVALID_TOKEN'],
    'another secret': [token('someone', {}, { key: 'another-secret-another-secret-another' }), 'INVALID_TOKEN'],
    'another payload under the signature': [`${head}.${other}.${signature}`, 'INVALID_TOKEN'],
    'a signature cut short': [good.slice(0, -4), 'INVALID_TOKEN'],
    'alg none': [unsigned({ alg: 'none', typ: 'JWT' }, { sub: 'someone', exp: nowSeconds() + 3600 }), 'INVALID_TOKEN'],
    'alg None': [unsigned({ alg: 'None' }, { sub: 'someone', exp: nowSeconds() + 3600 }), 'INVALID_TOKEN'],
    'an algorithm that is not on the list': [token('someone', {}, { algorithm: 'HS512' }), 'INVALID_TOKEN'],
    'alg missing': [forge({ typ: 'JWT' }, { sub: 'someone', exp: nowSeconds() + 3600 }), 'INVALID_TOKEN'],
    'a critical extension': [forge({ alg: 'HS256', crit: ['x'], x: 1 }, { sub: 'someone', exp: nowSeconds() + 3600 }), 'INVALID_TOKEN'],
    'a payload that is not JSON': [forge({ alg: 'HS256' }, 'hello'), 'INVALID_TOKEN'],
    'a payload that is a list': [forge({ alg: 'HS256' }, [1]), 'INVALID_TOKEN'],
    'run out': [token('someone', { exp: nowSeconds() - 60 }), 'TOKEN_EXPIRED'],
    'run out and signed by another': [token('someone', { exp: nowSeconds() - 60 }, { key: 'another-secret-another-secret-another' }), 'INVALID_TOKEN'],
    'not valid yet': [token('someone', { nbf: nowSeconds() + 60 }), 'INVALID_TOKEN'],
    'exp of the wrong type': [forge({ alg: 'HS256' }, { sub: 'someone', exp: 'tomorrow' }), 'INVALID_TOKEN'],
    'no sub': [token(undefined), 'INVALID_TOKEN'],
    'an empty sub': [token(''), 'INVALID_TOKEN'],
    'a sub that is a number': [forge({ alg: 'HS256' }, { sub: 7, exp: nowSeconds() + 3600 }), 'INVALID_TOKEN'],
    'a sub of 257 bytes': [token('x'.repeat(257)), 'INVALID_TOKEN'],
  };
  for (const [what, [bad, code]] of Object.entries(kBad)) {
    test(`${what}: ${code}`, async () => {
      assert.equal(await refusal(server, { auth: bad === undefined ? {} : { token: bad } }), code);
    });
  }

  test('a sub of 256 bytes is taken', async () => {
    assert.equal(await whoAmI(server, { auth: { token: token('x'.repeat(256)) } }), 'x'.repeat(256));
  });

  test('a clock that is a little off is forgiven', async () => {
    assert.equal(await whoAmI(server, { auth: { token: token('late', { exp: nowSeconds() - 1 }) } }), 'late');
    assert.equal(await whoAmI(server, { auth: { token: token('early', { nbf: nowSeconds() + 3 }) } }), 'early');
  });

  test('they are told by polling as well, and nobody hears of them', async () => {
    const observer = await connect(server, newUser('observer'));
    const user = newUser('expired');
    const options = { transports: ['polling'], auth: { token: token(user, { exp: nowSeconds() - 60 }) } };
    assert.equal(await refusal(server, options), 'TOKEN_EXPIRED');
    const marker = await connect(server, newUser('marker'));
    await observer.take('user-online', marker.user);
    assert.deepEqual(observer.story(user), []);
    const { users } = await observer.data('get-online-users', {});
    assert.ok(!users.some((one) => one.userId === user));
    marker.close();
    observer.close();
  });

  test('a refused client may try again with a better token on the same transport', async () => {
    const auth = { token: 'bad' };
    const client = new Client(server, { user: 'again', auth });
    await client.refused();
    auth.token = token('again');
    client.socket.connect();
    await client.connected();
    assert.equal(client.hello.userId, 'again');
    client.close();
  });
});

test('issuer and audience are asked for when they are configured', async () => {
  const right = { iss: 'https://issuer.example', aud: 'rollcall' };
  assert.equal(await whoAmI(strict, { auth: { token: token('ok', right) } }), 'ok');
  assert.equal(await whoAmI(strict, { auth: { token: token('list', { ...right, aud: ['x', 'rollcall'] }) } }), 'list');
  assert.equal(await whoAmI(strict, { auth: { token: token('long', right, { algorithm: 'HS512' }) } }), 'long');
  for (const wrong of [{}, { iss: 'x' }, { aud: 'x' }, { iss: undefined }, { aud: undefined }, { aud: ['x'] }, { aud: 7 }]) {
    if (Object.keys(wrong).length === 0) continue;
    const claims = { ...right, ...wrong };
    for (const name of Object.keys(claims)) if (claims[name] === undefined) delete claims[name];
    const bad = forge({ alg: 'HS256' }, { sub: 'x', exp: nowSeconds() + 60, ...claims });
    assert.equal(await refusal(strict, { auth: { token: bad } }), 'INVALID_TOKEN', JSON.stringify(wrong));
  }
});

describe('public keys', () => {
  const auth = (...args) => ({ auth: { token: token(...args) } });

  test('PEM files: RS256, PS256 and ES256, and none but these keys', async () => {
    assert.equal(await whoAmI(pem, auth('rs', {}, { key: rsa.private, algorithm: 'RS256' })), 'rs');
    assert.equal(await whoAmI(pem, auth('ps', {}, { key: rsa.private, algorithm: 'PS256' })), 'ps');
    assert.equal(await whoAmI(pem, auth('es', {}, { key: ec.private, algorithm: 'ES256' })), 'es');
    assert.equal(await refusal(pem, auth('x', {}, { key: otherRsa.private, algorithm: 'RS256' })), 'INVALID_TOKEN');
    assert.equal(await refusal(pem, auth('x', {}, { key: rsa.private, algorithm: 'RS512' })), 'INVALID_TOKEN');
    assert.equal(await refusal(pem, auth('x', {}, { key: ecKeys().private, algorithm: 'ES256' })), 'INVALID_TOKEN');
    assert.equal(await refusal(pem, auth('x', { exp: nowSeconds() - 60 }, { key: rsa.private, algorithm: 'RS256' })), 'TOKEN_EXPIRED');
  });

  test('a JWKS file verifies tokens with a kid and without one', async () => {
    assert.equal(await whoAmI(jwks, auth('rs', {}, { key: rsa.private, algorithm: 'RS256', keyid: 'rsa-1' })), 'rs');
    assert.equal(await whoAmI(jwks, auth('es', {}, { key: ec.private, algorithm: 'ES256', keyid: 'ec-1' })), 'es');
    assert.equal(await whoAmI(jwks, auth('es384', {}, { key: ec384.private, algorithm: 'ES384', keyid: 'ec-2' })), 'es384');
    assert.equal(await whoAmI(jwks, auth('no-kid', {}, { key: ec.private, algorithm: 'ES256' })), 'no-kid');
    assert.equal(await refusal(jwks, auth('x', {}, { key: otherRsa.private, algorithm: 'RS256', keyid: 'rsa-1' })), 'INVALID_TOKEN');
    assert.equal(await refusal(jwks, auth('x', {}, { key: otherRsa.private, algorithm: 'RS256', keyid: 'rsa-9' })), 'INVALID_TOKEN');
  });

  test('a public key is never taken for a secret', async () => {
    const claims = { sub: 'admin', exp: nowSeconds() + 3600 };
    const der = Buffer.from(rsa.public.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    for (const where of [pem, jwks, mixed]) {
      for (const key of [rsa.public, rsa.public.trim(), der, ec.public, JSON.stringify(rsa.jwk), rsa.jwk.n, '']) {
        assert.equal(await refusal(where, { auth: { token: forge({ alg: 'HS256', typ: 'JWT' }, claims, key) } }), 'INVALID_TOKEN');
        assert.equal(await refusal(where, { auth: { token: forge({ alg: 'HS256', kid: 'rsa-1' }, claims, key) } }), 'INVALID_TOKEN');
      }
    }
  });

  test('keys that come inside a token are not believed', async () => {
    const claims = { sub: 'admin', exp: nowSeconds() + 3600 };
    const jwk = { kty: 'oct', k: Buffer.from('mine').toString('base64url') };
    for (const where of [server, mixed]) {
      assert.equal(await refusal(where, { auth: { token: forge({ alg: 'HS256', jwk }, claims, 'mine') } }), 'INVALID_TOKEN');
      assert.equal(await refusal(where, { auth: { token: forge({ alg: 'HS256', jku: 'http://127.0.0.1/keys' }, claims, 'mine') } }), 'INVALID_TOKEN');
    }
  });

  test('a secret and a public key side by side each verify their own', async () => {
    assert.equal(await whoAmI(mixed, auth('hs')), 'hs');
    assert.equal(await whoAmI(mixed, auth('rs', {}, { key: rsa.private, algorithm: 'RS256' })), 'rs');
    assert.equal(await refusal(mixed, { auth: { token: forge({ alg: 'RS256' }, { sub: 'x', exp: nowSeconds() + 60 }, kSecret) } }), 'INVALID_TOKEN');
  });
});

describe('a token that runs out while its connection lives', () => {
  const claims = (seconds) => ({ exp: nowSeconds() + seconds, iss: 'https://issuer.example', aud: 'rollcall' });
  const shortLived = (user, seconds = 3) => connect(strict, user, { as: token(user, claims(seconds)) });

  for (const transports of [['polling'], ['websocket']]) {
    test(`the connection is told and closed, by ${transports}`, async () => {
      const user = newUser('short');
      const client = await connect(strict, user, { as: token(user, claims(3)), transports });
      const told = await client.take('authentication_error');
      assert.equal(told.code, 'TOKEN_EXPIRED');
      const reason = await client.take('disconnect');
      assert.ok(['io server disconnect', 'transport close'].includes(reason), reason);
      const observer = await shortLived(newUser('observer'), 60);
      assert.equal((await observer.data('check-user-status', { userId: newUser('nobody') })).online, false);
      observer.close();
    });
  }

  test('refresh-token before that extends it', async () => {
    const client = await shortLived(newUser('refreshed'));
    const witness = await shortLived(newUser('witness'), 4);
    const until = claims(3600);
    const data = await client.data('refresh-token', { token: token(client.user, until) });
    assert.equal(data.expiresAt, new Date(until.exp * 1000).toISOString());
    // The witness's token, which ran out later than the client's first one, has had its effect.
    await witness.take('authentication_error');
    assert.equal((await client.ask('heartbeat')).status, 'ok');
    assert.equal(client.held('authentication_error').length, 0);
    client.close();
  });

  test('a token of another user, or a bad one, is refused and changes nothing', async () => {
    const client = await shortLived(newUser('stubborn'), 4);
    const other = await client.ask('refresh-token', { token: token('someone-else', claims(3600)) });
    assert.deepEqual([other.status, other.code], ['error', 'FORBIDDEN']);
    for (const bad of ['nonsense', token(client.user, claims(-60)), forge({ alg: 'HS256' }, claims(60), 'wrong')]) {
      const answer = await client.ask('refresh-token', { token: bad });
      assert.equal(answer.status, 'error');
      assert.equal(typeof answer.code, 'string');
      assert.ok(!JSON.stringify(answer).includes(bad), 'a token is not repeated');
    }
    for (const payload of [{}, { token: 7 }, null, 'x']) {
      assert.equal((await client.ask('refresh-token', payload)).code, 'INVALID_PAYLOAD');
    }
    assert.equal((await client.ask('heartbeat')).status, 'ok', 'still connected');
    assert.equal((await client.take('authentication_error')).code, 'TOKEN_EXPIRED');
    client.close();
  });
});

test('no token, and no part of one, is in any log', () => {
  for (const where of [server, strict, pem, jwks, mixed]) {
    assert.doesNotMatch(where.output(), /eyJ[A-Za-z0-9_-]{8,}/);
    assert.ok(!where.output().includes(kSecret));
  }
});
