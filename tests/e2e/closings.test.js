// How long the users of clients that vanish stay online. Through proxies: tests/proxies.
import { after, test } from 'node:test';
import { closeAll, connect } from './support/client.js';
import { startServer } from './support/server.js';
import { allAreSoonOffline } from './support/vanishing.js';

const server = await startServer({ env: { ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100, ROLLCALL_LIMITS_EVENTS_PER_SECOND: 0 } });
after(() => {
  closeAll();
  return server.stop();
});

test('whoever vanishes right after connecting is offline long before the heartbeat would say so', async () => {
  await allAreSoonOffline(server.namespaceUrl, await connect(server, 'witness'));
});
