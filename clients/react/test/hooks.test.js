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
const { act, createElement: h, StrictMode, useEffect, useState } = await import('react');
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
    await socket.sends();
    assert.deepEqual(socket.sent.map(({ event, payload }) => [event, payload.userIds.length]), [['unsubscribe-presence', 50]]);
  });

  test('a card may change to another user, or to none', async () => {
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

  test('an id may be a number, and 0 is one; what is no id is an error that names the hook', async () => {
    server.accept();
    for (const user of ['42', '0']) server.come(user);
    const All = () => [...useUsersPresence([42, 43]).values()].map(({ userId, online }) => `${userId}${online}`).join() + useUsersPresence([42]).get(42).online;
    await show([h(Card, { userId: 42, key: 1 }), h(Card, { userId: 0, key: 2 }), h(All, { key: 3 })]);
    await served();
    assert.equal(text(), 'on on 42true,43falsetrue');
    const wrong = (Component) => () => renderToString(page(h(Component)));
    assert.throws(wrong(() => h(Card, { userId: {} })), { name: 'TypeError', message: /^useUserPresence\(userId\) must be a user id/ });
    assert.throws(wrong(() => useUserStatus(NaN).userId), { name: 'TypeError', message: /^useUserStatus\(userId\) .* got NaN/ });
    assert.throws(wrong(() => useUsersPresence(['a', null]).size), { name: 'TypeError', message: /^useUsersPresence\(userIds\[1\]\) .* got null/ });
  });

  test('no id and no list yet, while data is loaded, are nobody', async () => {
    const Loading = () => `${useUserPresence(null)} ${useUserPresence('')} ${useUserStatus(undefined).known} ${useUsersPresence(undefined).size} ${useUsersPresence(null).size}`;
    await show(h(Loading));
    await served();
    assert.deepEqual([text(), socket.sent], ['false false false 0 0', []]);
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

describe('the provider', () => {
  const own = () => createRollcall({ url: 'http://127.0.0.1:1', token: 'x', onError: () => {} });
  const provide = (which) => h(StrictMode, null, h(RollcallProvider, { client: which }, h(Card, { userId: 'ann' })));
  const draw = async (...clients) => {
    root ??= createRoot(place);
    await act(() => root.render(clients.map((one, key) => h('div', { key }, provide(one)))));
  };
  const statuses = (clients) => clients.map((one) => one.connection.get().status);

  test('disconnects the client that it replaces, as hot reloads do, and no other', async (t) => {
    const clients = Array.from({ length: 5 }, own);
    t.after(() => clients.forEach((one) => one.close()));
    for (const one of clients) await draw(one);
    assert.deepEqual(statuses(clients), ['idle', 'idle', 'idle', 'idle', 'connecting']);
    await draw(clients[0], clients[0]);
    await draw(clients[1], clients[0]);
    assert.deepEqual(statuses(clients.slice(0, 2)), ['connecting', 'connecting'], 'another provider still gives it');
    await act(() => root.unmount());
    root = undefined;
    assert.deepEqual(statuses(clients.slice(0, 2)), ['connecting', 'connecting'], 'a client outlives its provider');
  });

  test('a client that an effect’s clean-up closed under StrictMode is not silent about it', async () => {
    const errors = [];
    const closing = createRollcall({ url: 'http://127.0.0.1:1', token: 'x', onError: ({ code, message }) => errors.push([code, message]) });
    const Closer = () => {
      useEffect(() => () => closing.close(), []);
      return null;
    };
    root = createRoot(place);
    await act(() => root.render(h(StrictMode, null, h(RollcallProvider, { client: closing }, h(Closer)))));
    assert.deepEqual(errors.map(([code]) => code), ['CLOSED']);
    assert.match(errors[0][1], /StrictMode/);
  });

  test('a client that an effect’s clean-up disconnected is connected again', async (t) => {
    const one = own();
    t.after(() => one.close());
    const Leaver = () => {
      useEffect(() => () => one.disconnect(), []);
      return null;
    };
    root = createRoot(place);
    await act(() => root.render(h(StrictMode, null, h(RollcallProvider, { client: one }, h(Leaver)))));
    assert.equal(one.connection.get().status, 'connecting');
  });
});

test('without a provider it says what is missing', () => {
  const Lost = () => (useRollcall(), null);
  assert.throws(() => renderToString(h(Lost)), /There is no <RollcallProvider client=/);
});
