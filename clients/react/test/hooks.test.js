// The hooks in a page (jsdom), with a server that a test plays.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { createRollcall } from '@rollcall/client';
import { JSDOM } from 'jsdom';
import { FakeServer, FakeSocket } from '../../test-support/fake-server.js';
import { settled } from '../../test-support/fake-timers.js';

// React looks for a page when it is loaded.
const { window } = new JSDOM('<div id="root"></div>');
Object.assign(globalThis, { window, document: window.document, IS_REACT_ACT_ENVIRONMENT: true });
globalThis.navigator ??= window.navigator;
const { act, createElement: h, StrictMode, useState } = await import('react');
const { createRoot, hydrateRoot } = await import('react-dom/client');
const { renderToString } = await import('react-dom/server');
const { RollcallProvider, useConnection, useOnlineUsers, useRollcall, useUserPresence, useUsersPresence, useUserStatus } =
  await import('@rollcall/react');

let socket, server, client, root, place;

beforeEach(() => {
  socket = new FakeSocket();
  server = new FakeServer(socket);
  client = createRollcall({ socket, heartbeat: false, batchMs: 0, lingerMs: 20, broadcast: 'everyone' });
  place = window.document.createElement('div');
});
afterEach(async () => {
  await act(() => root?.unmount());
  root = undefined;
  client.close();
});

const page = (child) => h(StrictMode, null, h(RollcallProvider, { client }, child));
async function show(child) {
  root ??= createRoot(place);
  await act(() => root.render(page(child)));
}
// The timers of the client run, and the server answers.
async function served() {
  await act(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    await server.serveAll();
  });
}
const text = () => place.textContent;
const Card = ({ userId }) => h('p', null, useUserPresence(userId) ? 'on ' : 'off ');

describe('useUserPresence', () => {
  test('is false until the server says otherwise, and follows the user', async () => {
    await show(h(Card, { userId: 'ann' }));
    assert.equal(text(), 'off ');
    assert.equal(socket.active, true, 'the provider connects');
    server.come('ann');
    await act(() => server.accept());
    await served();
    assert.equal(text(), 'on ');
    await act(() => server.go('ann'));
    assert.equal(text(), 'off ');
  });

  test('a hundred cards under StrictMode make one request, and leave one behind', async () => {
    server.accept();
    const users = Array.from({ length: 50 }, (_, i) => `u${i}`);
    const cards = [...users, ...users].map((userId, key) => h(Card, { userId, key }));
    await show(cards);
    await act(() => new Promise((resolve) => setTimeout(resolve, 5)));
    assert.deepEqual(socket.sent.map(({ event, payload }) => [event, payload.userIds.length]), [['subscribe-presence', 50]]);
    await served();
    await show(null);
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.deepEqual(socket.sent.map(({ event, payload }) => [event, payload.userIds.length]), [['unsubscribe-presence', 50]]);
  });

  test('another user, or none, in the same card', async () => {
    server.accept();
    server.come('bob');
    await show(h(Card, { userId: undefined }));
    await served();
    assert.deepEqual([text(), socket.sent], ['off ', []]);
    await show(h(Card, { userId: 'bob' }));
    await served();
    assert.equal(text(), 'on ');
    await show(h(Card, { userId: 'ann' }));
    assert.equal(text(), 'off ');
  });

  test('only the cards of who changed are drawn again', async () => {
    server.accept();
    const drawn = [];
    const Counted = ({ userId }) => {
      drawn.push(userId);
      return h(Card, { userId });
    };
    const Status = ({ userId }) => {
      drawn.push(userId);
      return useUserStatus(userId).lastActive;
    };
    await show([h(Counted, { userId: 'ann', key: 1 }), h(Status, { userId: 'bob', key: 2 })]);
    await served();
    drawn.length = 0;
    await act(() => server.come('bob'));
    assert.deepEqual([...new Set(drawn)], ['bob']);
  });
});

test('useUserStatus tells what is known, and whether anything is', async () => {
  server.accept();
  const seen = [];
  const Status = ({ userId }) => {
    const status = useUserStatus(userId);
    seen.push(status);
    return status.known ? `since ${status.connectedAt}` : 'unknown';
  };
  await show(h(Status, { userId: 'ann' }));
  assert.equal(text(), 'unknown');
  await served();
  await act(() => server.come('ann'));
  assert.equal(text(), `since ${server.online.get('ann')}`);
  const last = seen.at(-1);
  await show(h(Status, { userId: 'ann' }));
  assert.equal(seen.at(-1), last, 'the same object while nothing changes');
});

test('useUsersPresence takes a new array with every render', async () => {
  server.accept();
  let again;
  const List = () => {
    const [, draw] = useState(0);
    again = () => draw((n) => n + 1);
    const all = useUsersPresence(['ann', 'bob', 'cid']);
    return [...all.values()].filter(({ online }) => online).map(({ userId }) => userId).join(' ');
  };
  await show(h(List));
  await served();
  await act(() => {
    server.come('ann');
    server.come('cid');
  });
  assert.equal(text(), 'ann cid');
  for (let i = 0; i < 5; ++i) await act(again);
  await settled();
  assert.deepEqual(socket.sent, []);
});

test('useOnlineUsers lists everyone, and useConnection tells how we stand', async () => {
  const List = () => {
    const { users, count, loading } = useOnlineUsers();
    return `${useConnection().status}: ${loading ? '…' : `${count} ${users.map(({ userId }) => userId).join(' ')}`}`;
  };
  await show(h(List));
  assert.equal(text(), 'connecting: …');
  server.come('ann');
  await act(() => server.accept());
  await served();
  assert.equal(text(), 'connected: 1 ann');
  await act(async () => {
    server.come('bob');
    await new Promise((resolve) => setTimeout(resolve, 30));
  });
  assert.equal(text(), 'connected: 2 ann bob');
  await act(() => socket.drop());
  assert.equal(text(), 'connecting: 2 ann bob');
});

test('on a server it renders what is known there, nothing, connects to nobody, and the browser agrees', async () => {
  const List = () => {
    const all = useUsersPresence(['ann', 'bob']);
    return h('i', null, `${useOnlineUsers().count} ${[...all.values()].filter(({ online }) => online).length} ${useConnection().status}`);
  };
  const app = page([h(Card, { userId: 'ann', key: 1 }), h(List, { key: 2 })]);
  // Where something is known already, as in a page that has been there for long.
  server.accept();
  server.come('ann');
  client.watch('ann', () => {});
  await served();
  place.innerHTML = renderToString(app);
  assert.equal(text(), 'off 0 0 idle');
  const complaints = [];
  await act(() => {
    root = hydrateRoot(place, app, { onRecoverableError: (error) => complaints.push(error.message) });
  });
  await served();
  assert.deepEqual(complaints, []);
  assert.equal(text(), 'on 1 1 connected');

  const untouched = new FakeSocket();
  const fresh = createRollcall({ socket: untouched });
  renderToString(h(RollcallProvider, { client: fresh }, h(Card, { userId: 'ann' })));
  assert.deepEqual([untouched.active, untouched.sent], [false, []]);
  fresh.close();
});

test('without a provider it says what is missing', () => {
  const Lost = () => (useRollcall(), null);
  assert.throws(() => renderToString(h(Lost)), /There is no <RollcallProvider client=/);
});
