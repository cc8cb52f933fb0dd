// Requests as promises.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { createRollcall, RollcallError } from '@rollcall/client';
import { FakeServer, FakeSocket } from '../../test-support/fake-server.js';
import { fakeTimers, pass, realTimers, settled } from '../../test-support/fake-timers.js';

let socket, server, client;

beforeEach(() => {
  fakeTimers();
  socket = new FakeSocket();
  server = new FakeServer(socket);
  client = createRollcall({ socket, heartbeat: false, onError: () => {} });
});
afterEach(() => {
  client.close();
  realTimers();
});

test('the data of the answer is what is returned', async () => {
  server.accept();
  const answer = client.checkUser('ann');
  await settled();
  assert.deepEqual([socket.sent[0].event, socket.sent[0].payload], ['check-user-status', { userId: 'ann' }]);
  socket.sent[0].ok({ userId: 'ann', online: true });
  assert.deepEqual(await answer, { userId: 'ann', online: true });
});

test('a refusal is an error with the server’s code and words', async () => {
  server.accept();
  const answer = client.getOnlineUsers({ limit: -1 });
  await settled();
  socket.sent[0].answer({ status: 'error', code: 'INVALID_PAYLOAD', message: 'limit must be an integer' });
  await assert.rejects(answer, (error) => {
    assert.ok(error instanceof RollcallError && error instanceof Error);
    assert.deepEqual([error.code, error.message], ['INVALID_PAYLOAD', 'get-online-users: limit must be an integer']);
    return true;
  });
});

test('no answer in time is a TIMEOUT, and an answer after that is ignored', async () => {
  server.accept();
  const failed = assert.rejects(client.heartbeat(), { code: 'TIMEOUT', message: /was not answered within 10000 ms/ });
  await pass(10_000);
  await failed;
  socket.sent[0].ok({});
});

test('it waits for a connection, and is asked again after one that broke', async () => {
  const answer = client.checkUser('ann');
  await settled();
  assert.deepEqual([socket.active, socket.sent.length], [true, 0]);
  server.accept();
  assert.equal(socket.take('check-user-status').length, 1);
  socket.drop();
  server.accept();
  const [again] = socket.take('check-user-status');
  again.ok({ online: true });
  assert.equal((await answer).online, true);
});

test('without a connection in time it says so', async () => {
  const failed = assert.rejects(client.request('heartbeat', {}, 500), {
    code: 'TIMEOUT',
    message: 'heartbeat could not be sent: there was no connection within 500 ms',
  });
  await pass(500);
  await failed;
});

test('more ids than one request takes are asked for in several, and answered in order', async () => {
  server.accept();
  const ids = Array.from({ length: 2100 }, (_, i) => `u${i}`);
  const answer = client.checkUsers(ids);
  await settled();
  assert.deepEqual(socket.sent.map(({ payload }) => payload.userIds.length), [1000, 1000, 100]);
  for (const { payload, ok } of socket.sent.reverse()) ok({ statuses: payload.userIds.map((userId) => ({ userId })) });
  assert.deepEqual((await answer).map(({ userId }) => userId), ids);
});

test('an answer that is none is an error, not a crash', async () => {
  server.accept();
  for (const nonsense of [undefined, null, 'ok', { status: 'what' }]) {
    const answer = client.heartbeat();
    await settled();
    socket.take('heartbeat')[0].answer(nonsense);
    await assert.rejects(answer, { code: 'INTERNAL' });
  }
});
