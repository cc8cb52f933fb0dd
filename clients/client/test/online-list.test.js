// The list of who is online: pages, changes between them, and what is asked again when.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { createRollcall } from '@rollcall/client';
import { FakeServer, FakeSocket } from '../../test-support/fake-server.js';
import { fakeTimers, pass, realTimers, settled } from '../../test-support/fake-timers.js';

let socket, server, client, visible;

function make(options = {}) {
  socket = new FakeSocket();
  server = new FakeServer(socket);
  const attention = { visible: () => visible, listen: () => () => {} };
  client = createRollcall({ socket, heartbeat: false, attention, onError: () => {}, ...options });
  server.accept();
}

beforeEach(() => {
  fakeTimers();
  visible = true;
  make();
});
afterEach(() => {
  client.close();
  realTimers();
});

const names = () => client.onlineUsers.get().users.map(({ userId }) => userId);
const come = (...userIds) => userIds.forEach((userId) => server.come(userId));

test('it has every page, in the order of the server, and is told once it is whole', async () => {
  come('a', 'b', 'c', 'd', 'e');
  const sizes = [];
  client.onlineUsers.subscribe(() => sizes.push(client.onlineUsers.get().users.length));
  assert.deepEqual(client.onlineUsers.get(), { users: [], count: 0, loading: true, complete: false, error: null });
  await server.serveAll();
  assert.deepEqual(names(), ['a', 'b', 'c', 'd', 'e']);
  assert.deepEqual(sizes, [5]);
  assert.equal(client.onlineUsers.get().users[0].email, 'a@x');
});

test('who comes and goes between the pages is listed as it is', async () => {
  come('a', 'b', 'c', 'd', 'e');
  client.onlineUsers.subscribe(() => {});
  await settled();
  server.serve(socket.sent.shift());
  server.go('a');
  server.go('d');
  server.come('f');
  server.go('b');
  server.come('b');
  await server.serveAll();
  assert.deepEqual(names().sort(), ['b', 'c', 'e', 'f']);
  assert.equal(client.onlineUsers.get().count, 4);
});

test('changes are told together, and who comes back is known by name', async () => {
  come('a', 'b');
  let calls = 0;
  client.onlineUsers.subscribe(() => (calls += 1));
  await server.serveAll();
  server.go('a');
  server.come('z');
  server.come('a');
  assert.equal(calls, 1);
  await pass(20);
  assert.equal(calls, 2);
  assert.deepEqual(
    client.onlineUsers.get().users.map(({ userId, email }) => [userId, email]),
    [['b', 'b@x'], ['z', null], ['a', 'a@x']],
  );
});

test('however many read it, it is fetched once, and forgotten some time after the last', async () => {
  come('a');
  const stops = [1, 2, 3].map(() => client.onlineUsers.subscribe(() => {}));
  await settled();
  assert.equal(socket.sent.length, 1);
  await server.serveAll();
  stops.forEach((stop) => stop());
  stops[0]();
  await pass(2999);
  client.onlineUsers.subscribe(() => {})();
  await settled();
  assert.deepEqual([socket.sent.length, names()], [0, ['a']]);
  await pass(3000);
  assert.equal(client.onlineUsers.get().loading, true);
});

test('beyond what is wanted it counts on: the list is not complete, the count is', async () => {
  client.close();
  make({ maxOnlineUsers: 4 });
  come('a', 'b', 'c', 'd', 'e', 'f', 'g');
  client.onlineUsers.subscribe(() => {});
  await server.serveAll();
  assert.deepEqual([names(), client.onlineUsers.get().count, client.onlineUsers.get().complete], [['a', 'b', 'c', 'd'], 7, false]);
  server.come('h');
  server.go('g');
  server.go('a');
  await pass(20);
  assert.deepEqual([names(), client.onlineUsers.get().count], [['b', 'c', 'd'], 6]);
});

test('a new connection fetches it again, and it stays as it was until then; a recovered one does not', async () => {
  come('a', 'b', 'c');
  client.onlineUsers.subscribe(() => {});
  await server.serveAll();
  socket.drop();
  server.go('a');
  server.accept(true);
  await pass(20);
  assert.deepEqual([socket.sent.length, names()], [0, ['b', 'c']]);
  socket.drop();
  server.go('b');
  server.accept(false);
  assert.deepEqual(names(), ['b', 'c']);
  await server.serveAll();
  assert.deepEqual(names(), ['c']);
});

test('a fetch that broke off is begun anew', async () => {
  come('a', 'b', 'c');
  client.onlineUsers.subscribe(() => {});
  await settled();
  server.serve(socket.sent.shift());
  await settled();
  socket.sent.length = 0;
  socket.drop();
  server.accept(true);
  await server.serveAll();
  assert.deepEqual(names(), ['a', 'b', 'c']);
});

test('a refusal is in the state, and the list is asked for again later', async () => {
  come('a');
  client.onlineUsers.subscribe(() => {});
  await settled();
  socket.sent.shift().refuse('RATE_LIMITED');
  await settled();
  assert.equal(client.onlineUsers.get().error.code, 'RATE_LIMITED');
  await pass(5000);
  await server.serveAll();
  assert.deepEqual([names(), client.onlineUsers.get().error], [['a'], null]);
});

test('where the server tells watchers only, the list is asked for again while somebody looks', async () => {
  come('a');
  client.onlineUsers.subscribe(() => {});
  await server.serveAll();
  visible = false;
  await pass(30_000);
  assert.equal(socket.sent.length, 0);
  visible = true;
  await pass(30_000);
  assert.equal(socket.take('get-online-users').length, 1);
});

test('where the server tells everyone, it is not', async () => {
  client.close();
  make({ broadcast: 'everyone' });
  client.onlineUsers.subscribe(() => {});
  await server.serveAll();
  await pass(300_000);
  assert.equal(socket.sent.length, 0);
});
