// User ids as they come from applications: numbers from databases, and mistakes.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { createRollcall } from '@rollcall/client';
import { FakeServer, FakeSocket } from '../../test-support/fake-server.js';
import { fakeTimers, pass, realTimers } from '../../test-support/fake-timers.js';

let socket, server, client;
beforeEach(() => {
  fakeTimers();
  socket = new FakeSocket();
  server = new FakeServer(socket);
  client = createRollcall({ socket, heartbeat: false });
  server.accept();
});
afterEach(() => {
  client.close();
  realTimers();
});

test('a number is the user of that text, wherever an id is taken', async () => {
  server.come('42');
  const told = [];
  client.watch([42, '42', 0], ({ userId, online }) => told.push([userId, online]));
  client.watch(42, () => {});
  await pass(5);
  assert.deepEqual(socket.sent.map(({ payload }) => payload), [{ userIds: ['42', '0'] }]);
  await server.serveAll();
  assert.deepEqual(told, [['42', true], ['0', false]]);
  assert.equal(client.presence(42).online, true);
  const presences = client.presences([42, -7]).get();
  assert.deepEqual([...presences.keys()], ['42', '-7']);
  assert.deepEqual([presences.get(42).online, presences.get('42').online, presences.has(42), presences.has(43)], [true, true, true, false]);
  const asked = Promise.allSettled([client.checkUser(42), client.checkUsers([1, '2']), client.checkUsers('alone')]);
  assert.deepEqual(socket.sent.map(({ payload }) => payload), [{ userId: '42' }, { userIds: ['1', '2'] }, { userIds: ['alone'] }]);
  await server.serveAll();
  await asked;
});

test('one id given alone is one user, not its letters', () => {
  assert.deepEqual([...client.presences('ann').get().keys()], ['ann']);
});

describe('what is no id', () => {
  const kWrong = {
    undefined: [undefined, 'undefined'],
    null: [null, 'null'],
    'an empty text': ['', '""'],
    'what is too long': ['x'.repeat(257), `"${'x'.repeat(40)}…"`],
    'half a character': ['\ud800', JSON.stringify('\ud800')],
    'not a number': [NaN, 'NaN'],
    'a fraction': [1.5, '1.5'],
    'a number too large to be exact': [2 ** 53, "9007199254740992, which a number can't hold exactly: keep such ids as strings"],
    'a bigint': [7n, '7n: pass String(id)'],
    'an object': [{ id: 7 }, 'an object'],
    'an array': [['a'], 'an array'],
    'a boolean': [true, 'true'],
    'a function': [() => 'a', 'a function'],
  };
  for (const [what, [wrong, got]] of Object.entries(kWrong)) {
    const error = (where) => ({
      name: 'TypeError',
      code: 'INVALID_PAYLOAD',
      message: `${where} must be a user id, a non-empty string of at most 256 bytes or an integer; got ${got}`,
    });
    test(`${what} is an error that names the function and the argument`, async () => {
      assert.throws(() => client.watch(['ann', wrong], () => {}), error('watch(userIds[1])'));
      assert.throws(() => client.watchTogether([wrong], () => {}), error('watchTogether(userIds[0])'));
      assert.throws(() => client.presences([wrong]), error('presences(userIds[0])'));
      assert.throws(() => client.presence(wrong), error('presence(userId)'));
      await assert.rejects(client.checkUser(wrong), error('checkUser(userId)'));
      await assert.rejects(client.checkUsers(['a', 'b', wrong]), error('checkUsers(userIds[2])'));
      assert.deepEqual(socket.sent, []);
    });
  }

  test('a missing list of ids or listener is an error that names the argument', () => {
    for (const wrong of [undefined, null, {}, true]) {
      assert.throws(() => client.watch(wrong, () => {}), { name: 'TypeError', message: /^watch\(userIds\) must be user ids, an array for example; got / });
    }
    assert.throws(() => client.watch('ann'), { name: 'TypeError', message: /^watch\(userIds, listener\) must have a function as listener; got undefined/ });
  });
});
