// examples/embed, driven as its README says.
import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { closeAll, connect } from '../e2e/support/client.js';
import { kBinary, run } from '../e2e/support/server.js';

const kExample = process.env.ROLLCALL_EXAMPLE || join(dirname(kBinary), 'notifications');

async function start() {
  const program = run(['127.0.0.1:0'], {}, { binary: kExample, stdin: 'pipe' });
  const [, namespaceUrl] = await program.says(/Presence on (\S+)/);
  return { ...program, namespaceUrl, tell: (line) => program.child.stdin.write(`${line}\n`) };
}

async function end(program) {
  program.child.stdin.end();
  assert.deepEqual(await program.ended, { code: 0, signal: null });
}

describe('the notification service', () => {
  afterEach(closeAll);

  test('sends to who is online at once', async () => {
    const program = await start();
    const anna = await connect(program, 'anna');
    await program.says(/^anna is online, one of 1$/m);
    program.tell('anna Your "parcel" has arrived');
    await program.says(/^sent, realtime$/m);
    assert.deepEqual(await anna.take('notification'), { message: 'Your "parcel" has arrived' });
    anna.close();
    await program.says(/^anna is offline$/m);
    await end(program);
  });

  test('keeps for who is offline, in order, once', async () => {
    const program = await start();
    for (const message of ['one', 'two']) program.tell(`bert ${message}`);
    await program.says(/^sent, queued\nsent, queued$/m);
    const bert = await connect(program, 'bert');
    assert.deepEqual(await bert.take('notification'), { message: 'one' });
    assert.deepEqual(await bert.take('notification'), { message: 'two' });
    const again = await connect(program, 'bert');
    program.tell('bert three');
    assert.deepEqual(await again.take('notification'), { message: 'three' });
    assert.deepEqual(again.held('notification'), []);
    await end(program);
  });

  test('says when as much is waiting as may', async () => {
    const program = await start();
    for (let i = 0; i < 101; ++i) program.tell(`carl ${i}`);
    await program.says(/^not sent: too many are waiting$/m);
    assert.equal(program.output().match(/sent, queued/g).length, 100);
    await end(program);
  });

  test('refuses to start without a secret', async () => {
    const program = run([], { JWT_SECRET: undefined }, { binary: kExample });
    assert.equal((await program.ended).code, 2);
    assert.match(program.output(), /JWT_SECRET must be/);
  });
});
