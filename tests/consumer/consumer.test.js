// Someone else's C++ project, built against what `make install` installs (or, with ROLLCALL_PREFIX, against what is
// installed there), and its programs used by the real client.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { afterEach, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { blocksOf, kGuide } from '../docs/support/text.js';
import { Client, closeAll, connect } from '../e2e/support/client.js';
import { scratch } from '../e2e/support/files.js';
import { run } from '../e2e/support/server.js';
import { kSecret, token } from '../e2e/support/tokens.js';

const kHere = fileURLToPath(new URL('.', import.meta.url));
const kRoot = fileURLToPath(new URL('../..', import.meta.url));
const files = scratch();
const kBuild = files.path('build');

async function shell(program, ...args) {
  const env = { ...process.env, CMAKE_CXX_COMPILER_LAUNCHER: 'ccache' };
  try {
    const { stdout } = await promisify(execFile)(program, args, { env, maxBuffer: 1 << 24 });
    return stdout;
  } catch (error) {
    throw new Error(`${program} ${args.join(' ')}:\n${error.stdout}\n${error.stderr}`);
  }
}

// A program of the project, told what to do line by line.
function start(name, env) {
  const program = run([], env, { binary: `${kBuild}/${name}`, stdin: 'pipe' });
  program.child.stdin.on('error', () => {});  // it has ended: that is seen elsewhere
  return { ...program, tell: (line) => program.child.stdin.write(`${line}\n`), end: () => program.child.stdin.end() };
}

async function url(program) {
  const [, address] = await program.says(/listening on (\S+)/);
  return `http://${address}`;
}

describe('a C++ project that has installed rollcall', () => {
  let prefix = process.env.ROLLCALL_PREFIX;

  before(async () => {
    if (!prefix) {
      // Packed under one directory, used under another: nothing may remember where it was built or installed.
      await shell('make', '-s', '-C', kRoot, 'install', `DESTDIR=${files.folder}`, 'PREFIX=/opt/somewhere');
      prefix = files.path('opt/somewhere');
    }
    await build(kHere, kBuild);
  });
  afterEach(closeAll);

  async function build(source, folder) {
    await shell('cmake', '-S', source, '-B', folder, '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Release', `-DCMAKE_PREFIX_PATH=${prefix}`);
    await shell('cmake', '--build', folder, '-j', '2');
  }

  test('finds public headers only, and nothing that knows where it was built', () => {
    const headers = readdirSync(`${prefix}/include/rollcall`).sort();
    const own = readdirSync(`${kRoot}/include/rollcall`).sort();
    assert.deepEqual(headers, own);
    for (const header of headers) {
      const includes = readFileSync(`${prefix}/include/rollcall/${header}`, 'utf8').matchAll(/#include "([^"]+)"/g);
      for (const [, included] of includes) assert.ok(headers.includes(included.replace('rollcall/', '')), `${header} includes ${included}`);
    }
    if (process.env.ROLLCALL_PREFIX) return;
    const [libraries, cmake] = [`${prefix}/lib`, `${prefix}/lib/cmake/rollcall`];
    const installed = readdirSync(libraries).filter((name) => name.endsWith('.a')).map((name) => `${libraries}/${name}`);
    assert.equal(installed.length, 3);
    installed.push(`${prefix}/bin/rollcall`, ...readdirSync(cmake).map((name) => `${cmake}/${name}`));
    for (const file of installed) assert.ok(!readFileSync(file).includes(kRoot), file);
  });

  test('serves presence: the status is asked, an event emitted, changes called back', async () => {
    const program = start('presence');
    const server = { namespaceUrl: `${await url(program)}/ws/messages` };
    program.tell('status anna');
    await program.says(/^anna offline unknown$/m);

    const anna = await connect(server, 'anna', { transports: ['polling', 'websocket'] });
    const bert = await connect(server, 'bert');
    await program.says(/^\+ bert$/m);
    program.tell('status anna');
    await program.says(/^anna online known$/m);
    program.tell('users');
    await program.says(/^2 anna bert$/m);

    program.tell('emit anna {"message":"h\u00e9llo"}');
    assert.deepEqual(await anna.take('notification'), { message: 'h\u00e9llo' });
    assert.deepEqual(bert.held('notification'), []);
    assert.equal(await bert.isOnline('anna'), true);

    anna.close();
    await program.says(/^- anna$/m);
    program.tell('status anna');
    await program.says(/^anna offline known$/m);
    program.end();
    await program.says(/^ended$/m);
    assert.deepEqual(await program.ended, { code: 0, signal: null });
    assert.deepEqual(program.output().match(/^[+-] .*$/gm).slice(0, 3), ['+ anna', '+ bert', '- anna']);
  });

  test('refuses strangers', async () => {
    const program = start('presence');
    const server = { namespaceUrl: `${await url(program)}/ws/messages` };
    const refusal = await new Client(server, { user: 'eve', as: 'no.token.atall' }).refused();
    assert.equal(refusal.data.code, 'INVALID_TOKEN');
    program.end();
    assert.equal((await program.ended).code, 0);
  });

  test('cannot start without a secret', async () => {
    const program = start('presence', { JWT_SECRET: '' });
    assert.equal((await program.ended).code, 2);
    assert.match(program.output(), /There is no key/);
  });

  test('builds the example by itself', async () => {
    await build(`${kRoot}/examples/embed`, files.path('example'));
    const program = run([], { JWT_SECRET: '' }, { binary: files.path('example/notifications') });
    assert.equal((await program.ended).code, 2);
  });

  test('builds and runs what docs/embedding.md shows', async () => {
    const text = readFileSync(`${kRoot}/docs/embedding.md`, 'utf8');
    const shown = (language) => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(text)[1];
    mkdirSync(files.path('shown'));
    files.write('shown/CMakeLists.txt', shown('cmake'));
    files.write('shown/backend.cpp', shown('cpp').replace('127.0.0.1:3000', '127.0.0.1:0'));
    await build(files.path('shown'), files.path('shown/build'));
    const program = run([], {}, { binary: files.path('shown/build/backend') });
    const server = { namespaceUrl: `${await url(program)}/ws/messages` };
    const [anna, bert] = [await connect(server, 'anna'), await connect(server, 'bert')];
    await program.says(/^bert came; 2 are here$/m);
    assert.equal(await anna.ask('chat', { text: 'hello' }), true);
    assert.deepEqual(await bert.take('chat'), { text: 'hello' });
    assert.equal(await bert.ask('chat', 'two', ['arguments']), true);
    assert.deepEqual((await anna.inbox.take((e) => e.event === 'chat', 'chat')).args.slice(0, 2), ['two', ['arguments']]);
    closeAll();
    program.child.kill('SIGTERM');
    assert.deepEqual(await program.ended, { code: 0, signal: null });
  });

  test("builds and runs the guide's notifier, and builds README.md's two lines", async () => {
    const blocks = blocksOf(kGuide);
    mkdirSync(files.path('guide'));
    const readme = 'add_executable(readme readme.cpp)\ntarget_link_libraries(readme PRIVATE rollcall::gateway)\n';
    files.write('guide/CMakeLists.txt', blocks.get('8c CMakeLists.txt').code + readme);
    const [, lines] = /^```cpp\n(.*?)^```/ms.exec(readFileSync(`${kRoot}/README.md`, 'utf8'));
    const around = ['#include <rollcall/gateway.hpp>', '#include <string>', 'void readme(rollcall::Server& server, const std::string& secret) {'];
    files.write('guide/readme.cpp', [...around, `${lines}}`, 'int main() {}', ''].join('\n'));
    files.write('guide/notifier.cpp', blocks.get('8c notifier.cpp').code.replace('127.0.0.1:3000', '127.0.0.1:0'));
    await build(files.path('guide'), files.path('guide/build'));
    const program = start('../guide/build/notifier');
    const server = { namespaceUrl: `${await url(program)}/ws/messages` };
    program.tell('anna Too early');
    await program.says(/^anna is offline$/m);
    const anna = await connect(server, 'anna');
    program.tell('anna Your "parcel" has arrived');
    await program.says(/^sent, one of 1 who are here$/m);
    assert.deepEqual(await anna.take('notification'), { message: 'Your "parcel" has arrived' });
    program.end();
    assert.deepEqual(await program.ended, { code: 0, signal: null });
  });

  test('has the Socket.IO server alone', async () => {
    const program = start('echo');
    const client = new Client({ namespaceUrl: await url(program) }, {});
    assert.deepEqual(await client.ask('echo', { n: 1 }), { n: 1 });
    client.close();
    program.end();
    assert.equal((await program.ended).code, 0);
  });

  test('verifies tokens without a server', async () => {
    const program = start('tokens', { JWT_SECRET: kSecret });
    program.tell(token('anna'));
    await program.says(/^anna$/m);
    program.tell('nonsense');
    await program.says(/^The token/m);
    program.end();
    assert.equal((await program.ended).code, 0);
  });
});
