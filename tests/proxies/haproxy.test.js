// packaging/haproxy/haproxy.cfg, run by HAProxy.
import assert from 'node:assert/strict';
import http2 from 'node:http2';
import { after, test } from 'node:test';
import { scratch } from '../e2e/support/files.js';
import { startServer } from '../e2e/support/server.js';
import { once } from '../e2e/support/wait.js';
import { suite } from './support/suite.js';
import { startHaproxy } from './support/proxy.js';

await suite(startHaproxy, { strangers: [['"Not found"', '"Not here"'], ({ text }) => text === 'Not here'] });

test('a WebSocket inside of HTTP/2, as browsers open it where HAProxy offers that, reaches the server', async () => {
  const server = await startServer();
  const proxy = await startHaproxy(server, scratch().path('http2'));
  after(() => Promise.all([proxy.stop(), server.stop()]));
  const session = http2.connect(proxy.url, { rejectUnauthorized: false });
  await once(session, 'remoteSettings');
  const stream = session.request({
    ':method': 'CONNECT', ':protocol': 'websocket', ':scheme': 'https', ':path': '/socket.io/?EIO=4&transport=websocket',
    ':authority': new URL(proxy.url).host, origin: proxy.url, 'sec-websocket-version': '13',
  });
  const opened = once(stream, 'data');
  const [headers] = await once(stream, 'response');
  assert.equal(headers[':status'], 200);
  const [frame] = await opened;
  assert.match(frame.toString(), /0\{"sid":/);
  session.destroy();
});
