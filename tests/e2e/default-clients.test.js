// What others have built on Socket.IO takes the arguments of an event as they come: a handler gets what was sent and
// nothing more, with default settings. (With the offset as one more argument RxJS and Vuex stores got arrays, and Python
// handlers failed.)
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import readline from 'node:readline';
import { after, test } from 'node:test';
import { fromEvent } from 'rxjs';
import vueSocketIo from 'vue-socket.io-extended';
import { createStore } from 'vuex';
import { api, kApiEnv, kKeys } from './support/api.js';
import { Client, closeAll, connect } from './support/client.js';
import { startServer } from './support/server.js';
import { token } from './support/tokens.js';
import { Inbox } from './support/wait.js';

const server = await startServer({ env: kApiEnv });
after(() => {
  closeAll();
  return server.stop();
});

const kNotice = { title: 'hello', unread: 3 };
const notify = (user) =>
  api(server, `/users/${user}/emit`, {
    method: 'POST',
    key: kKeys.emit,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ event: 'notification', data: kNotice }),
  });
const isChange = (user) => (value) => value?.userId === user && value.online === true;

for (const version of ['4.8', '4.6', '4.0']) {
  test(`RxJS's fromEvent emits the data itself (socket.io-client ${version})`, async () => {
    const client = new Client(server, { user: `rx-${version}`, version });
    const values = new Inbox();
    for (const event of ['connected', 'user-online', 'notification', 'heartbeat-ack']) fromEvent(client.socket, event).subscribe((value) => values.put({ event, value }));
    await client.connected();
    const other = await connect(server, `rx-other-${version}`);
    await values.take(({ event, value }) => event === 'user-online' && isChange(other.user)(value), 'the change, as an object');
    await notify(client.user);
    assert.deepEqual((await values.take(({ event }) => event === 'notification', 'the notification')).value, kNotice);
    client.socket.emit('heartbeat');
    assert.equal(typeof (await values.take(({ event }) => event === 'heartbeat-ack', 'the reply')).value.timestamp, 'string');
    assert.equal((await values.take(({ event }) => event === 'connected', 'the greeting')).value.userId, client.user);
    client.close();
    other.close();
  });
}

test('a Vuex store behind vue-socket.io-extended commits the data itself', async () => {
  const client = new Client(server, { user: 'vuex' });
  const commits = new Inbox();
  // The plugin wants Vue 2 beside the store, and of it no more than this.
  function Vue(options) {
    Object.assign(this, options.data());
  }
  Object.assign(Vue, { mixin() {}, config: { optionMergeStrategies: {} } });
  const store = createStore({
    mutations: {
      'SOCKET_USER-ONLINE': (_, data) => commits.put({ mutation: 'SOCKET_USER-ONLINE', data }),
      SOCKET_NOTIFICATION: (_, data) => commits.put({ mutation: 'SOCKET_NOTIFICATION', data }),
    },
    actions: { socket_notification: (_, data) => commits.put({ action: 'socket_notification', data }) },
  });
  vueSocketIo.install(Vue, client.socket, { store });
  await client.connected();
  const other = await connect(server, 'vuex-other');
  await commits.take(({ mutation, data }) => mutation === 'SOCKET_USER-ONLINE' && isChange(other.user)(data), 'the change, as an object');
  await notify(client.user);
  assert.deepEqual((await commits.take(({ mutation }) => mutation === 'SOCKET_NOTIFICATION', 'the mutation')).data, kNotice);
  assert.deepEqual((await commits.take(({ action }) => action === 'socket_notification', 'the action')).data, kNotice);
  client.close();
  other.close();
});

test("the handlers of Debian's python3-socketio take one argument", async () => {
  const script = `
import json, sys, socketio
client = socketio.Client(reconnection=False)
def say(event, data):
    print(json.dumps([event, data]), flush=True)
@client.on('connected', namespace='/ws/messages')
def connected(data):
    say('connected', data)
@client.on('user-online', namespace='/ws/messages')
def user_online(data):
    say('user-online', data)
@client.on('notification', namespace='/ws/messages')
def notification(data):
    say('notification', data)
client.connect(sys.argv[1], auth={'token': sys.argv[2]}, namespaces=['/ws/messages'])
client.wait()
`;
  // Debian's own: another python3 on PATH has not the package.
  const python = spawn('/usr/bin/python3', ['-c', script, server.url, token('python')], { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  python.stderr.on('data', (text) => (errors += text));
  const said = new Inbox();
  readline.createInterface({ input: python.stdout }).on('line', (line) => said.put(JSON.parse(line)));
  try {
    await said.take(([event]) => event === 'connected', 'the greeting');
    const other = await connect(server, 'python-other');
    await said.take(([event, data]) => event === 'user-online' && isChange(other.user)(data), 'the change');
    await notify('python');
    assert.deepEqual((await said.take(([event]) => event === 'notification', 'the notification'))[1], kNotice);
    other.close();
  } catch (error) {
    throw new Error(`${error.message}\n${errors}`);
  } finally {
    python.kill();
  }
  assert.doesNotMatch(errors, /Traceback/);
});

test('who listens to everything sees the mark, an event of its own', async () => {
  const client = await connect(server, 'listener');
  await notify(client.user);
  const notice = await client.inbox.take((e) => e.event === 'notification', 'the notification');
  assert.deepEqual(notice.args, [kNotice]);
  assert.match(await client.take('recovery-offset', (data) => /^~.{4}:[0-9a-z]+$/.test(data)), /^~/);
  client.close();
});
