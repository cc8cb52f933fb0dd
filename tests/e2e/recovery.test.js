// Connection state recovery: what a client misses while its transport is broken comes when it is back; safely.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { api, kApiEnv, kKeys } from './support/api.js';
import { Client, closeAll, connect } from './support/client.js';
import { startServer } from './support/server.js';
import { token } from './support/tokens.js';
import { kPatienceMs, within } from './support/wait.js';

const kGraceMs = 200;
const [server, watched, off, patient, flapping] = await Promise.all([
  startServer({ env: { ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: kGraceMs } }),
  startServer({ env: { ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: kGraceMs, ROLLCALL_PRESENCE_BROADCAST: 'watchers' } }),
  startServer({ env: { ROLLCALL_SOCKETIO_RECOVERY_MS: 0, ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: kGraceMs } }),
  startServer({ env: { ...kApiEnv, ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 60000 } }),
  startServer({ env: { ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: kGraceMs, ROLLCALL_PRESENCE_FLAP_AFTER: 2 } }),
]);
after(() => {
  closeAll();
  return Promise.all([server.stop(), watched.stop(), off.stop(), patient.stop(), flapping.stop()]);
});

let serial = 0;
const newUser = (name) => `${name}-${++serial}`;

// Cuts the client's transport, and returns when the server has noticed, which another user tells: a client that is
// back sooner than that finds nothing to recover yet.
const witnesses = new Map();
for (const where of [server, watched, off, flapping]) witnesses.set(where, await connect(where, 'witness'));
async function lose(client, where = server) {
  const id = client.socket.id;
  const witness = witnesses.get(where);
  if (where === watched) await witness.data('subscribe-presence', { userIds: [client.user] });
  client.cut();
  await client.take('disconnect');
  await witness.take('user-offline', client.user);
  return id;
}

async function comeBack(client) {
  client.socket.connect();
  await client.connected();
}

for (const version of ['4.8', '4.6']) {
  test(`socket.io-client ${version} comes back with the same id and gets what it missed, in order`, async () => {
    const client = await connect(server, newUser('client'), { version });
    const observer = await connect(server, newUser('observer'));
    await client.take('user-online', observer.user);
    const leaves = await connect(server, newUser('leaves'));
    await client.take('user-online', leaves.user);
    const id = await lose(client);
    const first = await connect(server, newUser('first'));
    await observer.take('user-online', first.user);
    leaves.socket.disconnect();
    await observer.take('user-offline', leaves.user);
    const second = await connect(server, newUser('second'));
    await observer.take('user-online', second.user);
    const missed = [];
    for (const event of ['user-online', 'user-offline']) client.socket.on(event, ({ userId, online }) => missed.push([userId, online]));
    await comeBack(client);
    assert.equal(client.socket.recovered, true);
    assert.equal(client.socket.id, id);
    assert.deepEqual([client.hello.recovered, client.hello.socketId, client.hello.userId], [true, id, client.user]);
    await client.take('user-online', second.user);
    await client.data('heartbeat');
    const story = [[first.user, true], [leaves.user, false], [second.user, true]];
    assert.deepEqual(missed.filter(([user]) => user !== client.user), story, 'each once, in order');
    for (const one of [client, observer, leaves, first, second]) one.close();
  });
}

test('a missed event follows the CONNECT answer', async () => {
  const client = await connect(server, newUser('client'));
  await lose(client);
  const guest = await connect(server, newUser('guest'));
  const order = [];
  client.socket.on('connect', () => order.push('connect'));
  client.socket.on('user-online', (data) => data.userId === guest.user && order.push('user-online'));
  await comeBack(client);
  await client.take('user-online', guest.user);
  assert.deepEqual(order, ['connect', 'user-online']);
  guest.close();
  client.close();
});

test('it recovers time and again', async () => {
  const client = await connect(server, newUser('client'));
  const id = client.socket.id;
  for (let round = 0; round < 3; ++round) {
    await lose(client);
    const guest = await connect(server, newUser('guest'));
    await comeBack(client);
    assert.equal(client.socket.recovered, true, `round ${round}`);
    assert.equal(client.socket.id, id);
    await client.take('user-online', guest.user);
    guest.close();
  }
  client.close();
});

test('one who recovers within the grace was never offline', async () => {
  const observer = await connect(patient, newUser('observer'));
  const client = await connect(patient, newUser('client'));
  await observer.take('user-online', client.user);
  const before = await observer.data('check-user-status', { userId: client.user });
  client.hangUp();
  await client.take('disconnect');
  await comeBack(client);
  assert.equal(client.socket.recovered, true);
  const after = await observer.data('check-user-status', { userId: client.user });
  assert.equal(after.connectedAt, before.connectedAt);
  client.socket.disconnect();
  await observer.take('user-offline', client.user);
  assert.deepEqual(observer.story(client.user), []);
  observer.close();
});

test('one who recovers after the grace was offline, and is online again', async () => {
  const observer = await connect(server, newUser('observer'));
  const client = await connect(server, newUser('client'));
  await observer.take('user-online', client.user);
  await lose(client);
  await observer.take('user-offline', client.user);
  await comeBack(client);
  assert.equal(client.socket.recovered, true);
  await observer.take('user-online', client.user);
  assert.equal(await observer.isOnline(client.user), true);
  client.socket.disconnect();
  await observer.take('user-offline', client.user);
  assert.deepEqual(observer.story(client.user), []);
  observer.close();
});

test('subscriptions survive, and the changes missed meanwhile arrive', async () => {
  const user = newUser('star');
  const fan = await connect(watched, newUser('fan'));
  const witness = await connect(watched, newUser('witness'));
  for (const one of [fan, witness]) await one.data('subscribe-presence', { userIds: [user] });
  await lose(fan, watched);
  const star = await connect(watched, user);
  await witness.take('user-online', user);
  await comeBack(fan);
  assert.equal(fan.socket.recovered, true);
  await fan.take('user-online', user);
  star.socket.disconnect();
  await fan.take('user-offline', user);
  assert.deepEqual(fan.story(user), []);
  assert.equal((await fan.data('unsubscribe-presence', { userIds: [] })).count, 1);
  fan.close();
  witness.close();
});

test('one that has got nothing that is kept, and so has no offset, recovers all the same', async () => {
  const user = newUser('star');
  const fan = await connect(watched, newUser('fan'));
  const witness = witnesses.get(watched);
  for (const one of [fan, witness]) await one.data('subscribe-presence', { userIds: [user] });
  fan.socket._lastOffset = undefined;
  await lose(fan, watched);
  const star = await connect(watched, user);
  await witness.take('user-online', user);
  await comeBack(fan);
  assert.equal(fan.socket.recovered, true);
  await fan.take('user-online', user);
  for (const one of [fan, star]) one.close();
});

test('what changed and changed back meanwhile is not told', async () => {
  const user = newUser('star');
  const fan = await connect(watched, newUser('fan'));
  const witness = witnesses.get(watched);
  for (const one of [fan, witness]) await one.data('subscribe-presence', { userIds: [user] });
  await lose(fan, watched);
  const star = await connect(watched, user);
  await witness.take('user-online', user);
  star.socket.disconnect();
  await witness.take('user-offline', user);
  await comeBack(fan);
  assert.equal(fan.socket.recovered, true);
  await fan.data('heartbeat');
  assert.deepEqual(fan.story(user), []);
  for (const one of [fan, star]) one.close();
});

test('what changed back meanwhile is told if the connection broke between the change and its mark', async () => {
  const client = await connect(server, newUser('client'));
  const observer = await connect(server, newUser('observer'));
  await client.take('user-online', observer.user);
  await client.take('recovery-offset', (offset) => offset === client.socket._lastOffset);
  const before = client.socket._lastOffset;
  const guest = await connect(server, newUser('guest'));
  await client.take('user-online', guest.user);
  await client.data('heartbeat');
  client.socket._lastOffset = before; // as if it had got the change, and not what follows
  await lose(client);
  guest.socket.disconnect();
  await observer.take('user-offline', guest.user);
  await comeBack(client);
  assert.equal(client.socket.recovered, true);
  await client.take('user-offline', guest.user);
  for (const one of [client, observer]) one.close();
});

test('what a client has read of a user before it was told is put right', async () => {
  const client = await connect(flapping, newUser('client'));
  const witness = witnesses.get(flapping);
  const user = newUser('star');
  let star = await connect(flapping, user);
  for (const one of [client, witness]) await one.take('user-online', user);
  star.close();
  for (const one of [client, witness]) await one.take('user-offline', user);
  star = await connect(flapping, user); // one change too many: held back for a second
  await client.sees(user, true);
  star.close();
  await lose(client, flapping);
  for (const event of ['user-online', 'user-offline']) await witness.take(event, user);
  await comeBack(client);
  assert.equal(client.socket.recovered, true);
  await client.take('user-offline', user);
  client.close();
});

describe('back before the loss was noticed', () => {
  // The old connection stays open, and answers nothing any more: a phone that went from Wi-Fi to its network.
  const vanish = (client) => {
    const { engine } = client.socket.io;
    const { ws } = engine.transport;
    ws._socket.pause();
    engine.transport.doClose = () => {}; // else it says goodbye
    const lost = engine._onClose ?? engine.onClose; // as versions since 4.8, and those before, call it
    lost.call(engine, 'transport close');
    return ws;
  };
  const emit = (user, data) =>
    api(patient, `/users/${user}/emit`, {
      method: 'POST',
      key: kKeys.emit,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ event: 'notification', data }),
    });

  for (const version of ['4.8', '4.6']) {
    test(`the session is taken over, what was sent into the void comes again, and nobody saw a change (socket.io-client ${version})`, async () => {
      const observer = await connect(patient, newUser('observer'));
      const client = await connect(patient, newUser('client'), { version });
      await observer.take('user-online', client.user);
      await emit(client.user, 'got it');
      await client.take('notification', (data) => data === 'got it');
      await client.take('recovery-offset');
      const id = client.socket.id;
      const old = vanish(client);
      await client.take('disconnect');
      assert.equal((await emit(client.user, 'into the void')).body.delivered, 1);
      await comeBack(client);
      assert.equal(client.socket.recovered, true);
      assert.equal(client.socket.id, id);
      await client.take('notification', (data) => data === 'into the void');
      assert.deepEqual(client.held('notification'), [], 'nothing twice');
      // The old connection's worker hears of it a moment later.
      const soon = Date.now() + 30000;
      while ((await emit(client.user, 'anybody twice?')).body.delivered > 1) assert.ok(Date.now() < soon, 'the old connection is counted');
      assert.equal((await emit(client.user, 'later')).body.delivered, 1, 'the old connection is none any more');
      await client.take('notification', (data) => data === 'later');
      await observer.data('heartbeat');
      assert.deepEqual(observer.story(client.user), []);
      old.terminate();
      client.close();
      observer.close();
    });
  }
});

describe('what may not be recovered', () => {
  // The library keeps these to itself; an attacker would not.
  const secrets = ({ socket }) => ({ pid: socket._pid, offset: socket._lastOffset });

  test('another user who knows the secret gets a new connection, and the owner can still come back', async () => {
    const owner = await connect(server, newUser('owner'));
    const id = await lose(owner);
    const user = newUser('thief');
    const thief = new Client(server, { user, auth: { token: token(user), ...secrets(owner) } });
    await thief.connected();
    assert.equal(thief.hello.recovered, false);
    assert.equal(thief.hello.userId, user);
    assert.notEqual(thief.socket.id, id);
    await comeBack(owner);
    assert.equal(owner.hello.recovered, true);
    thief.close();
    owner.close();
  });

  test('a bad token is refused, whatever the secret', async () => {
    const owner = await connect(server, newUser('owner'));
    await lose(owner);
    const expired = token(owner.user, { exp: Math.floor(Date.now() / 1000) - 3600 });
    const late = new Client(server, { user: owner.user, auth: { token: expired, ...secrets(owner) } });
    assert.equal((await late.refused()).data.code, 'TOKEN_EXPIRED');
    const nobody = new Client(server, { auth: secrets(owner) });
    assert.equal((await nobody.refused()).data.code, 'MISSING_AUTH_TOKEN');
    for (const one of [owner, late, nobody]) one.close();
  });

  test('one whose session was taken over by the same user is let go, and the copy has it', async () => {
    const owner = await connect(server, newUser('owner'));
    const known = secrets(owner);
    const id = await lose(owner);
    await comeBack(owner);
    assert.equal(owner.hello.recovered, true);
    const copy = new Client(server, { user: owner.user, auth: { token: token(owner.user), ...known } });
    await copy.connected();
    assert.equal(copy.hello.recovered, true);
    assert.equal(copy.socket.id, id);
    await owner.take('disconnect');
    copy.close();
    owner.close();
  });

  test('at limits.connections_per_user a client may come back in place of its own living connection, and nothing else', async () => {
    const narrow = await startServer({ env: { ROLLCALL_LIMITS_CONNECTIONS_PER_USER: 2, ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 0, ROLLCALL_PRESENCE_BROADCAST: 'watchers' } });
    const user = newUser('narrow');
    const one = await connect(narrow, user);
    const two = await connect(narrow, user);
    const other = await connect(narrow, newUser('other'));
    await other.data('subscribe-presence', { userIds: [user] });
    const known = secrets(two);
    const attempt = (auth) => new Client(narrow, { user, auth: { token: token(user), ...auth } });
    for (const auth of [{}, { ...known, pid: `${known.pid.slice(0, -4)}0000` }, secrets(other)]) {
      const refused = attempt(auth);
      assert.equal((await refused.refused()).data.code, 'TOO_MANY_CONNECTIONS');
      refused.close();
    }
    for (let i = 0, last = two; i < 6; ++i) {
      const back = attempt(known);
      await back.connected();
      assert.equal(back.hello.recovered, true);
      await last.take('disconnect');
      last.close();
      last = back;
    }
    assert.equal(one.socket.connected, true);
    assert.deepEqual(other.story(user), [], 'nobody saw them go');
    const last = attempt({});
    assert.equal((await last.refused()).data.code, 'TOO_MANY_CONNECTIONS');
    await narrow.stop();
  });

  test('two at the same time: in the end one of them has the session', async () => {
    const owner = await connect(server, newUser('owner'));
    const known = secrets(owner);
    const id = await lose(owner);
    const both = [1, 2].map(() => new Client(server, { user: owner.user, auth: { token: token(owner.user), ...known } }));
    await Promise.all(both.map((one) => one.connected()));
    const had = both.filter((one) => one.hello.recovered);
    assert.notEqual(had.length, 0);
    for (const one of both) assert.equal(one.hello.socketId === id, one.hello.recovered, 'it is the old session, or a new one');
    // If both did, the later one took it from the other, which is let go.
    const letGo = ({ socket }) => new Promise((resolve) => (socket.connected ? socket.once('disconnect', resolve) : resolve()));
    if (had.length === 2) await within(Promise.race(both.map(letGo)), kPatienceMs, 'the earlier one to be let go');
    const alive = both.filter((one) => one.socket.connected);
    assert.equal(alive.length, had.length === 2 ? 1 : 2);
    for (const one of alive) await one.data('heartbeat');
    assert.equal(alive.filter((one) => one.socket.id === id).length, 1, 'one has it');
    for (const one of [...both, owner]) one.close();
  });

  test('after a goodbye there is nothing to recover', async () => {
    const client = await connect(server, newUser('client'));
    const id = client.socket.id;
    const known = secrets(client);
    client.socket.disconnect();
    const again = new Client(server, { user: client.user, auth: { token: token(client.user), ...known } });
    await again.connected();
    assert.equal(again.hello.recovered, false);
    assert.notEqual(again.socket.id, id);
    again.close();
    client.close();
  });

  test('an offset of another start of the server counts as none', async () => {
    const owner = await connect(server, newUser('owner'));
    const id = await lose(owner);
    const auth = { token: token(owner.user), ...secrets(owner), offset: '~zzzz:zz' };
    const other = await new Client(server, { user: owner.user, auth }).connected();
    assert.equal(other.socket.id, id);
    other.close();
    owner.close();
  });

  for (const [what, fake] of Object.entries({
    'an unknown pid': { pid: 'nobody-has-this-one', offset: 'x' },
    'an unknown offset': { offset: 'nonsense' },
    'a pid of the wrong type': { pid: 7 },
    'an offset of the wrong type': { offset: { $gt: '' } },
  })) {
    test(`${what} gets a new connection, not an error`, async () => {
      const owner = await connect(server, newUser('owner'));
      await lose(owner);
      const auth = { token: token(owner.user), ...secrets(owner), ...fake };
      const other = new Client(server, { user: owner.user, auth });
      await other.connected();
      assert.equal(other.hello.recovered, false);
      other.close();
      owner.close();
    });
  }

  test('with recovery off there is no secret and no extra argument', async () => {
    const client = await connect(off, newUser('client'));
    assert.equal(client.socket._pid, undefined);
    const guest = await connect(off, newUser('guest'));
    const { args } = await client.inbox.take((e) => e.event === 'user-online' && e.data.userId === guest.user, 'user-online');
    assert.equal(args.length, 1);
    await lose(client, off);
    await comeBack(client);
    assert.equal(client.hello.recovered, false);
    client.close();
    guest.close();
  });
});
