// A planned restart of the real server, with everybody connected: no card turns grey, and no backend hears of anybody.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import { FeedMirror } from '@rollcall/nestjs/feed';
import { connect } from '../../tests/e2e/support/client.js';
import { startServer } from '../../tests/e2e/support/server.js';
import { within } from '../../tests/e2e/support/wait.js';
import { kApiKey } from '../test-support/fake-api.js';
import { connected, make, somebody, until } from '../test-support/real-server.js';

// Long enough for clients to come back, and short enough to wait for.
const env = {
  ROLLCALL_API_KEYS: `tests:admin:${createHash('sha256').update(kApiKey).digest('hex')}`,
  ROLLCALL_PRESENCE_SETTLING_MS: 5000,
  ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100,
};

for (const broadcast of ['everyone', 'watchers']) {
  test(`users who come back are told to nobody, one who does not is told once (${broadcast})`, { timeout: 60_000 }, async () => {
    const more = { ...env, ROLLCALL_PRESENCE_BROADCAST: broadcast };
    let server = await startServer({ env: more });
    after(() => server.stop());
    const { port } = server;
    const crowd = Array.from({ length: 12 }, () => somebody('user'));
    const clients = crowd.map((user) => make(server, { user }));
    for (const client of clients) client.connect();
    await Promise.all(clients.map(connected));
    // This one is not there any more afterwards: a plain socket that does not come back.
    const gone = somebody('gone');
    const leaver = await connect(server, gone, { reconnection: false });
    const viewer = make(server);
    const told = [];
    viewer.watch([...crowd, gone], ({ userId, online }) => told.push(`${online ? '+' : '-'}${userId}`));
    viewer.onlineUsers.subscribe(() => {});
    const all = viewer.presences([...crowd, gone]);
    await until(all, (map) => [...map.values()].every(({ online }) => online), 'everyone online');
    await until(viewer.onlineUsers, ({ count, complete }) => complete && count >= crowd.length + 2, 'the list');
    const mirror = new FeedMirror({ url: server.url, apiKey: kApiKey, backoffMs: { first: 20, longest: 50 } });
    after(() => mirror.stop());
    await mirror.start().ready();
    await within(
      new Promise((resolve) => {
        const look = () => mirror.status.state === 'live' && (stop(), resolve());
        const stop = mirror.onStatus(look);
        look();
      }),
      10_000,
      () => `the mirror to be live; it is ${mirror.status.state}`,
    );
    const heard = [];
    mirror.onUserOnline(({ userId }) => heard.push(`+${userId}`));
    mirror.onUserOffline(({ userId }) => heard.push(`-${userId}`));
    told.length = 0;
    const counts = [];
    viewer.onlineUsers.subscribe(() => counts.push(viewer.onlineUsers.get().count));

    await server.stop();
    leaver.close();
    server = await startServer({ env: more, listen: `127.0.0.1:${port}` });
    await Promise.all([...clients, viewer].map(connected));
    assert.equal(viewer.connection.get().settling, true);
    const gotIt = new Promise((resolve) => mirror.onUserOffline(resolve));
    await until(viewer.connection, ({ settling }) => !settling, 'the end of settling');
    await within(gotIt, 10_000, 'the mirror to hear of the one who is gone');
    assert.deepEqual([told, heard], [[`-${gone}`], [`-${gone}`]]);
    await until(viewer.onlineUsers, ({ users }) => users.every(({ userId }) => userId !== gone), 'the list without the one who is gone');
    assert.ok(counts.every((count) => count >= crowd.length + 1), String(counts));
    assert.deepEqual(mirror.getOnlineUsers().filter((user) => crowd.includes(user)).length, crowd.length);
  });
}
