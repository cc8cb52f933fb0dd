// The composables in a page (jsdom), with a server that a test plays.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { createRollcall } from '@rollcall/client';
import { JSDOM } from 'jsdom';
import { FakeServer, FakeSocket } from '../../test-support/fake-server.js';

// Vue looks for a page when it is loaded.
const { window } = new JSDOM('<div></div>');
for (const name of ['window', 'document', 'Element', 'SVGElement', 'Node', 'ShadowRoot', 'MathMLElement']) {
  globalThis[name] = name === 'window' ? window : window[name];
}
const { createApp, createSSRApp, effectScope, h, nextTick, ref, watchEffect } = await import('vue');
const { renderToString } = await import('vue/server-renderer');
const { rollcall, useConnection, useOnlineUsers, useRollcall, useUserPresence, useUsersPresence, useUserStatus } =
  await import('@rollcall/vue');

let socket, server, client, place;
const apps = [];

beforeEach(() => {
  socket = new FakeSocket();
  server = new FakeServer(socket);
  client = createRollcall({ socket, heartbeat: false, batchMs: 0, lingerMs: 20, broadcast: 'everyone' });
  place = window.document.createElement('div');
});
afterEach(() => {
  for (const app of apps.splice(0)) app.unmount();
  client.close();
});

function show(setup) {
  const app = createApp({ setup });
  app.use(rollcall, client).mount(place);
  apps.push(app);
  return app;
}
const soon = (ms = 5) => new Promise((resolve) => setTimeout(resolve, ms));
async function served() {
  await soon();
  await server.serveAll();
  await nextTick();
}
const text = () => place.textContent;

describe('useUserPresence', () => {
  test('is false until the server says otherwise, and follows the user', async () => {
    show(() => {
      const online = useUserPresence('ann');
      return () => (online.value ? 'on' : 'off');
    });
    assert.equal(text(), 'off');
    assert.equal(socket.active, true, 'the plugin connects');
    server.come('ann');
    server.accept();
    await served();
    assert.equal(text(), 'on');
    server.go('ann');
    await nextTick();
    assert.equal(text(), 'off');
  });

  test('an id may be a number, and 0 is one; what is no id is an error that names the composable', async () => {
    server.accept();
    for (const user of ['42', '0']) server.come(user);
    const id = ref(42);
    const errors = [];
    const app = createApp({
      setup() {
        const cards = [useUserPresence(id), useUserPresence(0), useUserPresence(() => id.value)];
        const all = useUsersPresence(() => [42, 43]);
        for (const wrong of [() => useUserPresence({}), () => useUserStatus(NaN), () => useUsersPresence(['a', id])]) {
          try {
            wrong();
          } catch (error) {
            errors.push(`${error.name}: ${error.message.slice(0, 32)}`);
          }
        }
        return () => `${cards.map(({ value }) => value)} ${all.value.get(42).online} ${all.value.get('43').online} ${useless(all)}`;
      },
    });
    const useless = (all) => all.value.has(44);
    app.use(rollcall, client).mount(place);
    apps.push(app);
    await served();
    assert.equal(text(), 'true,true,true true false false');
    assert.deepEqual(errors, [
      'TypeError: useUserPresence(userId) must be ',
      'TypeError: useUserStatus(userId) must be a ',
      'TypeError: useUsersPresence(userIds[1]) mus',
    ]);
  });

  test('no id and no list yet, while data is loaded, are nobody', async () => {
    server.accept();
    const list = ref(undefined);
    show(() => {
      const all = useUsersPresence(list);
      const none = [useUserPresence(null), useUserPresence('')];
      return () => `${all.value.size} ${none.map(({ value }) => value)}`;
    });
    await served();
    assert.deepEqual([text(), socket.sent], ['0 false,false', []]);
    list.value = ['ann'];
    await served();
    assert.equal(text(), '1 false,false');
  });

  test('takes a ref or a getter, and none is nobody', async () => {
    server.accept();
    server.come('bob');
    const userId = ref(undefined);
    show(() => {
      const byRef = useUserPresence(userId);
      const byGetter = useUserPresence(() => userId.value);
      return () => `${byRef.value} ${byGetter.value}`;
    });
    await served();
    assert.deepEqual([text(), socket.sent], ['false false', []]);
    userId.value = 'bob';
    await served();
    assert.equal(text(), 'true true');
    userId.value = 'ann';
    await served();
    assert.equal(text(), 'false false');
    await socket.sends();
    assert.deepEqual(socket.sent.map(({ event, payload }) => [event, ...payload.userIds]), [['unsubscribe-presence', 'bob']]);
  });

  test('a hundred cards make one request, and leave one behind', async () => {
    server.accept();
    const Card = {
      props: ['userId'],
      setup(props) {
        const online = useUserPresence(() => props.userId);
        return () => h('p', online.value ? 'on' : 'off');
      },
    };
    const users = Array.from({ length: 50 }, (_, i) => `u${i}`);
    const shown = ref(true);
    show(() => () => shown.value && [...users, ...users].map((userId, key) => h(Card, { userId, key })));
    await soon();
    assert.deepEqual(socket.sent.map(({ event, payload }) => [event, payload.userIds.length]), [['subscribe-presence', 50]]);
    await served();
    shown.value = false;
    await socket.sends();
    assert.deepEqual(socket.sent.map(({ event, payload }) => [event, payload.userIds.length]), [['unsubscribe-presence', 50]]);
  });
});

test('useUserStatus and useUsersPresence tell what is known', async () => {
  server.accept();
  const users = ref(['ann', 'bob']);
  let drawn = 0;
  show(() => {
    const ann = useUserStatus('ann');
    const all = useUsersPresence(users);
    return () => {
      drawn += 1;
      return `${ann.value.known} ${[...all.value.values()].filter(({ online }) => online).map(({ userId }) => userId)}`;
    };
  });
  assert.equal(text(), 'false ');
  await served();
  server.come('ann');
  server.come('cid');
  await nextTick();
  assert.equal(text(), 'true ann');
  users.value = ['cid', 'ann'];
  await served();
  assert.equal(text(), 'true cid,ann');
  const before = drawn;
  users.value = ['cid', 'ann'];
  await nextTick();
  assert.equal(drawn, before, 'another array of the same users changes nothing');
});

test('useOnlineUsers lists everyone, and useConnection tells how we stand', async () => {
  show(() => {
    const online = useOnlineUsers();
    const connection = useConnection();
    return () => `${connection.value.status}: ${online.value.loading ? '…' : online.value.users.map(({ userId }) => userId)}`;
  });
  assert.equal(text(), 'connecting: …');
  server.come('ann');
  server.accept();
  await served();
  assert.equal(text(), 'connected: ann');
  server.come('bob');
  await soon(40);
  assert.equal(text(), 'connected: ann,bob');
});

test('in a scope of its own it follows until the scope ends', async () => {
  server.accept();
  const app = show(() => () => null);
  const scope = effectScope();
  const seen = [];
  app.runWithContext(() =>
    scope.run(() => {
      const online = useUserPresence('ann');
      watchEffect(() => seen.push(online.value), { flush: 'sync' });
    }),
  );
  await served();
  server.come('ann');
  scope.stop();
  server.go('ann');
  assert.deepEqual(seen, [false, true]);
});

test('on a server nothing is watched and nobody connected to', async () => {
  const Card = { setup: () => ((online) => () => h('p', online.value ? 'on' : 'off'))(useUserPresence('ann')) };
  const html = await renderToString(createSSRApp({ render: () => h(Card) }).provide(keyOf(), client));
  assert.equal(html, '<p>off</p>');
  assert.deepEqual([socket.active, socket.sent, client.presence('ann')], [false, [], undefined]);
});

// The plugin connects where there is a window, and here there is one for the other tests.
function keyOf() {
  const { window: page } = globalThis;
  delete globalThis.window;
  let key;
  rollcall.install({ provide: (symbol) => (key = symbol) }, client);
  globalThis.window = page;
  return key;
}

test('without the plugin it says what is missing', () => {
  assert.throws(() => useRollcall(), /There is no rollcall client: app.use\(rollcall, client\)/);
});
