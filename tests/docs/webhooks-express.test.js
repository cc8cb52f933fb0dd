// The Express receiver of docs/feed-and-webhooks.md, before a JSON parser for everything else, sent webhooks by the server.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, test } from 'node:test';
import express from 'express';
import { connect } from '../e2e/support/client.js';
import { writeSample } from '../e2e/support/docs.js';
import { scratch } from '../e2e/support/files.js';
import { startServer } from '../e2e/support/server.js';
import { Inbox } from '../e2e/support/wait.js';

const kSecret = '0123456789abcdef0123456789abcdef';
const files = scratch();
files.write('package.json', '{"type":"module"}');
writeSample(files, 'feed-and-webhooks.md', 'verify.mjs');
// Where it finds express.
const sample = writeSample(files, 'feed-and-webhooks.md', 'receiver.mjs');
const { symlinkSync } = await import('node:fs');
symlinkSync(new URL('../../node_modules', import.meta.url).pathname, files.path('node_modules'));
const { presenceHook } = await import(sample);

const inbox = new Inbox();
const app = express();
app.use(presenceHook(kSecret, (event) => inbox.put(event)));
app.use(express.json());
app.post('/echo', (request, response) => response.json(request.body));
const listening = app.listen(0, '127.0.0.1');
await once(listening, 'listening');
const url = `http://127.0.0.1:${listening.address().port}`;
after(() => listening.close());

test('takes what the server sends, and nothing that is signed by someone else', async () => {
  const server = await startServer({ env: { ROLLCALL_WEBHOOKS_URLS: `${url}/presence`, ROLLCALL_WEBHOOKS_SECRET: kSecret, ROLLCALL_WEBHOOKS_BATCH_WAIT_MS: 0 } });
  const take = (type) => inbox.take((event) => event.type === type, type);
  await take('feed.reset');
  const ann = await connect(server, 'ann');
  assert.equal((await take('user.online')).userId, 'ann');
  ann.close();
  await server.stop();
  const forged = { method: 'POST', headers: { 'content-type': 'application/json', 'rollcall-signature': 't=1,v1=00' }, body: '{"events":[{"type":"user.online"}]}' };
  assert.equal((await fetch(`${url}/presence`, forged)).status, 401);
  const echo = await fetch(`${url}/echo`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' });
  assert.deepEqual(await echo.json(), { a: 1 }, 'the other routes have their parser');
});
