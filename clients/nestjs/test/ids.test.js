// User ids as backends have them: numbers from databases, and mistakes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PresenceService } from '@rollcall/nestjs';
import { kApiKey } from '../../test-support/fake-api.js';
import { api } from '../../test-support/mirrored.js';

const service = async (t) => {
  const presence = new PresenceService({ url: api.url, apiKey: kApiKey });
  t.after(() => presence.onModuleDestroy());
  await presence.start();
  return presence;
};

test('a number is the user of that text, in every call', async (t) => {
  api.come('42');
  const presence = await service(t);
  assert.equal(presence.getUserOnlineStatus(42).online, true);
  assert.deepEqual([presence.mirror.users.get(42).userId, presence.mirror.users.has(42), presence.mirror.users.has(43)], ['42', true, false]);
  assert.deepEqual(await presence.emitToUser(42, 'x'), { delivered: 1, online: true });
  assert.deepEqual(await presence.disconnectUser(42), { disconnected: 1 });
  assert.equal((await presence.checkUser(42)).userId, '42');
  assert.deepEqual((await presence.checkUsers([42, '7'])).map(({ userId }) => userId), ['42', '7']);
  presence.server.to(42).to([7]).emit('news', 1);
  for (const id of ['42', '7']) await api.taken(({ url, body }) => url === `/api/v1/users/${id}/emit` && body.event === 'news', `news to ${id}`);
});

test('what is no id is an error that names the function and the argument', async (t) => {
  const presence = await service(t);
  for (const wrong of [undefined, null, '', NaN, 1.5, {}, 2 ** 60]) {
    const error = (where) => ({ name: 'TypeError', code: 'INVALID_PAYLOAD', message: new RegExp(`^${where.replace(/[()[\]]/g, '\\$&')} must be (a user id|user ids), `) });
    assert.throws(() => presence.getUserOnlineStatus(wrong), error('getUserOnlineStatus(userId)'));
    assert.throws(() => presence.server.to([wrong]), error('to(userIds[0])'));
    await assert.rejects(presence.emitToUser(wrong, 'x'), error('emitToUser(userId)'));
    await assert.rejects(presence.disconnectUser(wrong), error('disconnectUser(userId)'));
    await assert.rejects(presence.checkUser(wrong), error('checkUser(userId)'));
    await assert.rejects(presence.checkUsers(['a', wrong]), error('checkUsers(userIds[1])'));
    await assert.rejects(presence.api.explain(wrong), error('explain(userId)'));
  }
  assert.throws(() => presence.server.to(undefined), { name: 'TypeError', message: /^to\(userIds\) must be user ids/ });
});
