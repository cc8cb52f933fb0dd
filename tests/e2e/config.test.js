// The configuration as an operator has it: files in a directory of their own, checked from somewhere else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scratch } from './support/files.js';
import { run, startServer } from './support/server.js';
import { kSecret, rsaKeys } from './support/tokens.js';

const files = scratch();
const kNone = { JWT_SECRET: undefined };
async function ends(args, env = kNone) {
  const program = run(args, env);
  const { code } = await program.ended;
  return { code, output: program.output() };
}

test('a service is checked with its own files, from wherever one is', async () => {
  files.write('key.pem', rsaKeys().public);
  const config = files.write('rollcall.toml', '[auth]\nalgorithms = ["HS256", "RS256"]\npublic_keys = ["key.pem"]\n');
  const secrets = files.write('secrets.env', `# of the service\nJWT_SECRET=${kSecret}\nROLLCALL_SERVER_WORKERS="3"\n`);
  const bare = await ends(['check-config', config]);
  assert.equal(bare.code, 2, bare.output);
  assert.match(bare.output, /auth\.algorithms lists HS256: set auth\.jwt_secret/);
  const { code, output } = await ends(['check-config', config, '--env-file', secrets]);
  assert.equal(code, 0, output);
  assert.match(output, /^workers = 3$/m);
  assert.doesNotMatch(output, new RegExp(kSecret));
});

test('every mistake is told at once, each with its place and what to do', async () => {
  files.write('junk.json', '{"keys":7}');
  const config = files.write(
    'bad.toml',
    '[server]\nlisten = 0.0.0.0:3000\ntls_cert = "none.crt"\ntls_key = "none.key"\n[auth]\nalgorithms = ["RS256"]\npublic_keys = ["none.pem"]\njwks_file = "junk.json"\n[webhooks]\nurls = ["https://a.example/"]\nsecret = "short"\n',
  );
  const { code, output } = await ends(['serve', '--config', config]);
  assert.equal(code, 2);
  assert.match(output, /There are 6 mistakes/);
  for (const [line, key] of [[2, 'server.listen'], [3, 'server.tls_cert'], [4, 'server.tls_key'], [7, 'auth.public_keys'], [8, 'auth.jwks_file'], [11, 'webhooks.secret']]) {
    assert.match(output, new RegExp(`bad\\.toml:${line}: ${key.replace('.', '\\.')} `), output);
  }
  assert.match(output, /listen = "0\.0\.0\.0:3000"/);
});

test('what backends are told to export does not keep the server from starting', async () => {
  const server = await startServer({ env: { ROLLCALL_API_KEY: 'rck_0123', ROLLCALL_URL: 'http://localhost:3000', ROLLCALL_API_URL: 'http://localhost:3000' } });
  await server.stop();
});

test('a taken port is told in words that fit the program', async () => {
  const server = await startServer();
  const { code, output } = await ends(['serve', '--listen', `127.0.0.1:${server.port}`], {});
  assert.equal(code, 1);
  assert.match(output, /another program has this port/);
  assert.match(output, /server\.listen of the configuration, --listen, or PORT/);
  await server.stop();
});
