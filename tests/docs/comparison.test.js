// The comparison's figures are those that were measured, and what it says is lacking is lacking.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { closeAll, connect } from '../e2e/support/client.js';
import { request } from '../e2e/support/polling.js';
import { RawTcp } from '../e2e/support/raw.js';
import { startServer } from '../e2e/support/server.js';
import { kSettings } from './support/program.js';
import { read } from './support/text.js';

const text = read('docs/comparison.md');
const server = await startServer();
after(() => {
  closeAll();
  return server.stop();
});

const rowsOf = (page) =>
  page.split('\n').filter((line) => line.startsWith('| ')).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));

test('each figure stands in bench/results.md, in the same row', () => {
  const measured = rowsOf(read('bench/results.md'));
  const heads = measured.find((row) => row.includes('rollcall'));
  const columns = ['rollcall', 'uws', 'bun', 'socketio'];
  const figures = rowsOf(text.split('## Figures')[1]).filter(([, rollcall]) => /^[\d,.]+$/.test(rollcall));
  assert.ok(figures.length >= 7);
  for (const [what, rollcall, uws, bun, node] of figures) {
    const stands = measured.some((row) => isDeepStrictEqual([rollcall, uws, bun, node], columns.map((name) => row[heads.indexOf(name)])));
    assert.ok(stands, `${what}: ${[rollcall, uws, bun, node]} is no row of what was measured`);
  }
});

test('each row has a cell for each system', () => {
  const table = rowsOf(text.split('## What rollcall lacks')[0]);
  for (const row of table) assert.equal(row.length, table[0].length, row[0]);
  const [, batch] = table.find(([what]) => what.startsWith('status of many users'));
  assert.equal(batch, `● ${kSettings.get('presence.max_batch_ids').toLocaleString('en')}`);
});

describe('what it says is lacking', () => {
  test('typing, status, history', async () => {
    const client = await connect(server, 'hopeful');
    for (const event of ['typing-start', 'set-status', 'get-presence-history', 'join-conversation']) {
      assert.equal((await client.ask(event, {})).code, 'UNKNOWN_EVENT', event);
    }
    client.close();
  });

  test('Engine.IO v3 is refused', async () => {
    const { text: answer } = await request(`${server.url}/socket.io/?EIO=3&transport=polling`);
    assert.equal(JSON.parse(answer).code, 5);
  });

  test('compression is not negotiated', async () => {
    const tcp = new RawTcp(server);
    tcp.send('GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n');
    const [head] = await tcp.until(/^HTTP\/1\.1 101[\s\S]*?\r\n\r\n/);
    assert.doesNotMatch(head, /extensions/i);
    tcp.end();
  });

  test('clustering, history: there is nothing to configure', () => {
    const sections = new Set([...kSettings.keys()].map((name) => name.split('.')[0]));
    for (const section of ['cluster', 'redis', 'history', 'store']) assert.ok(!sections.has(section), section);
  });
});
