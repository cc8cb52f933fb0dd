// The signals in an application without a page of its own, with a server that a test plays.
import '@angular/compiler';
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { JSDOM } from 'jsdom';
import { FakeServer, FakeSocket } from '../../test-support/fake-server.js';

const { window } = new JSDOM('<div></div>');
Object.assign(globalThis, { window, document: window.document });
const { createEnvironmentInjector, inject, InjectionToken, provideExperimentalZonelessChangeDetection, signal, runInInjectionContext } =
  await import('@angular/core');
const { createApplication } = await import('@angular/platform-browser');
const { provideRollcall, RollcallService } = await import('@rollcall/angular');
const { createRollcall } = await import('@rollcall/client');

let socket, server;
const apps = [];
beforeEach(() => {
  socket = new FakeSocket();
  server = new FakeServer(socket);
});
afterEach(() => {
  for (const app of apps.splice(0)) app.destroy();
});

const options = () => ({ socket, heartbeat: false, batchMs: 0, lingerMs: 20, broadcast: 'everyone' });

async function start(source = options(), ...providers) {
  const app = await createApplication({ providers: [provideExperimentalZonelessChangeDetection(), ...providers, provideRollcall(source)] });
  apps.push(app);
  return Object.assign(app, { rollcall: app.injector.get(RollcallService) });
}

// What a component is to its signals: it has an injector, and ends.
function component(app, make) {
  const injector = createEnvironmentInjector([], app.injector);
  return { value: runInInjectionContext(injector, () => make(app.rollcall)), injector, destroy: () => injector.destroy() };
}

const soon = (ms = 5) => new Promise((resolve) => setTimeout(resolve, ms));
// Effects run, what they ask for is asked and answered.
async function served(app) {
  app.tick();
  await soon();
  await server.serveAll();
}
const sent = () => socket.sent.map(({ event, payload }) => [event, ...payload.userIds]);

describe('userPresence', () => {
  test('is false until the server says otherwise, and follows the user', async () => {
    const app = await start();
    assert.equal(socket.active, true, 'the application connects when it starts');
    const { value: online } = component(app, (rollcall) => rollcall.userPresence('ann'));
    assert.equal(online(), false);
    server.come('ann');
    server.accept();
    await served(app);
    assert.equal(online(), true);
    server.go('ann');
    assert.equal(online(), false, 'at once, without another turn');
  });

  test('an id may be a number, and 0 is one; what is no id is an error that names the method', async () => {
    const app = await start();
    server.accept();
    for (const user of ['42', '0']) server.come(user);
    const list = signal(undefined);
    const { value } = component(app, (rollcall) => ({
      cards: [rollcall.userPresence(42), rollcall.userPresence(() => 0), rollcall.userPresence(null), rollcall.userPresence('')],
      all: rollcall.usersPresence(list),
      wrong: [rollcall.userPresence({}), rollcall.userStatus(() => NaN), rollcall.usersPresence(['a', null])],
    }));
    assert.throws(value.wrong[0], { name: 'TypeError', message: /^userPresence\(userId\) must be a user id/ });
    assert.throws(value.wrong[1], { name: 'TypeError', message: /^userStatus\(userId\) .* got NaN/ });
    assert.throws(value.wrong[2], { name: 'TypeError', message: /^usersPresence\(userIds\[1\]\) .* got null/ });
    assert.equal(value.all().size, 0, 'there is no list yet');
    list.set([42, 43]);
  });

  test('a number and its text are the same user', async () => {
    const app = await start();
    server.accept();
    server.come('42');
    const { value: all } = component(app, (rollcall) => rollcall.usersPresence([42, 0]));
    await served(app);
    assert.deepEqual([all().get(42).online, all().get('42').online, all().get(0).online], [true, true, false]);
  });

  test('takes a signal or a function, read no sooner than needed, and none is nobody', async () => {
    const app = await start();
    server.accept();
    server.come('bob');
    const userId = signal(undefined);
    let ready = false;
    const { value: signals } = component(app, (rollcall) => [
      rollcall.userPresence(userId),
      rollcall.userPresence(() => {
        // As an input that is required, before it is there.
        if (!ready) throw new Error('too early');
        return userId();
      }),
    ]);
    ready = true;
    await served(app);
    assert.deepEqual([signals.map((online) => online()), socket.sent], [[false, false], []]);
    userId.set('bob');
    await served(app);
    assert.deepEqual(signals.map((online) => online()), [true, true]);
    userId.set('ann');
    assert.deepEqual(signals.map((online) => online()), [false, false], 'never what another one was');
    await served(app);
    await socket.sends();
    assert.deepEqual(sent(), [['unsubscribe-presence', 'bob']]);
  });

  test('a hundred cards make one request, and leave one behind', async () => {
    const app = await start();
    server.accept();
    const users = Array.from({ length: 50 }, (_, i) => `u${i}`);
    const cards = [...users, ...users].map((userId) => component(app, (rollcall) => rollcall.userPresence(userId)));
    app.tick();
    await soon();
    assert.deepEqual(socket.sent.map(({ event, payload }) => [event, payload.userIds.length]), [['subscribe-presence', 50]]);
    await served(app);
    for (const card of cards.slice(0, 50)) card.destroy();
    await soon(60);
    assert.deepEqual(sent(), []);
    for (const card of cards.slice(50)) card.destroy();
    await socket.sends();
    assert.deepEqual(socket.sent.map(({ event, payload }) => [event, payload.userIds.length]), [['unsubscribe-presence', 50]]);
  });

  test('elsewhere wants an injector', async () => {
    const app = await start();
    server.accept();
    server.come('ann');
    assert.throws(() => app.rollcall.userPresence('ann'), /inject\(\)/);
    const { injector } = component(app, () => undefined);
    const online = app.rollcall.userPresence('ann', { injector });
    await served(app);
    assert.equal(online(), true);
    injector.destroy();
    server.go('ann');
    assert.equal(online(), true, 'it is not followed any more');
  });
});

test('userStatus and usersPresence tell what is known, and change only if that does', async () => {
  const app = await start();
  server.accept();
  const users = signal(['ann', 'bob']);
  const { value } = component(app, (rollcall) => ({ ann: rollcall.userStatus('ann'), all: rollcall.usersPresence(users) }));
  assert.equal(value.ann().known, false);
  await served(app);
  assert.equal(value.ann().known, true);
  server.come('ann');
  server.come('cid');
  const online = () => [...value.all().values()].filter((one) => one.online).map(({ userId }) => userId);
  assert.deepEqual(online(), ['ann']);
  users.set(['cid', 'ann']);
  await served(app);
  assert.deepEqual(online(), ['cid', 'ann']);
  const before = value.all();
  users.set(['cid', 'ann']);
  await served(app);
  assert.equal(value.all(), before);
});

test('onlineUsers lists everyone, and connection tells how we stand', async () => {
  const app = await start();
  const { value: online } = component(app, (rollcall) => rollcall.onlineUsers());
  app.tick();
  assert.deepEqual([app.rollcall.connection().status, online().loading], ['connecting', true]);
  server.come('ann');
  server.accept();
  await served(app);
  assert.deepEqual([app.rollcall.connection().status, online().users.map(({ userId }) => userId)], ['connected', ['ann']]);
  server.come('bob');
  await soon(40);
  assert.deepEqual([online().users.map(({ userId }) => userId), online().count], [['ann', 'bob'], 2]);
});

test('options may come from a function that injects; the client ends with the application', async () => {
  const kOptions = new InjectionToken('options');
  const app = await start(() => inject(kOptions), { provide: kOptions, useFactory: options });
  server.accept();
  app.tick();
  assert.ok(socket.handlers() > 0);
  apps.splice(0)[0].destroy();
  assert.equal(socket.handlers(), 0);
});

test('a client that is given stays as it is', async () => {
  const client = createRollcall(options());
  const app = await start(client);
  assert.equal(app.rollcall.client, client);
  server.accept();
  apps.splice(0)[0].destroy();
  assert.equal(client.connection.get().status, 'connected');
  client.close();
});
