// The heartbeat tells of the person, not of the page.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { createRollcall } from '@rollcall/client';
import { JSDOM } from 'jsdom';
import { FakeServer, FakeSocket } from '../../test-support/fake-server.js';
import { fakeTimers, pass, realTimers } from '../../test-support/fake-timers.js';

let socket, client, page, visibility;

function make(options) {
  client?.close();
  socket = new FakeSocket();
  client = createRollcall({ socket, ...options });
  new FakeServer(socket).accept();
}

beforeEach(() => {
  fakeTimers();
  page = new JSDOM('<input>').window.document;
  visibility = 'visible';
  Object.defineProperty(page, 'visibilityState', { get: () => visibility });
  globalThis.document = page;
  make();
});
afterEach(() => {
  client.close();
  delete globalThis.document;
  realTimers();
});

const beats = () => socket.take('heartbeat').length;
const act = (type = 'keydown') => page.querySelector('input').dispatchEvent(new page.defaultView.Event(type));
const show = (state) => {
  visibility = state;
  page.dispatchEvent(new page.defaultView.Event('visibilitychange'));
};

test('it beats every half minute while the page is visible', async () => {
  await pass(29_999);
  assert.equal(beats(), 0);
  await pass(1);
  assert.equal(beats(), 1);
  await pass(60_000);
  assert.equal(beats(), 2);
});

test('it does not beat while the page is hidden, and beats at once when it is shown again', async () => {
  show('hidden');
  await pass(300_000);
  assert.equal(beats(), 0);
  show('visible');
  assert.equal(beats(), 1);
  await pass(29_999);
  assert.equal(beats(), 0);
  await pass(1);
  assert.equal(beats(), 1);
});

test('it does not beat while nobody uses the page, and beats at once when somebody does', async () => {
  await pass(330_000);
  assert.equal(beats(), 10, 'five minutes are no absence');
  await pass(600_000);
  assert.equal(beats(), 0);
  act('pointermove');
  act('keydown');
  assert.equal(beats(), 1);
});

test('it does not beat more often for a busy user', async () => {
  for (let i = 0; i < 600; ++i) {
    act();
    await pass(100);
  }
  assert.equal(beats(), 2);
});

test('showing a page for a moment between two beats sends nothing more', async () => {
  await pass(30_000);
  for (let i = 0; i < 20; ++i) show(i % 2 ? 'visible' : 'hidden');
  assert.equal(beats(), 1);
});

test('it does not beat without a connection', async () => {
  socket.drop();
  await pass(120_000);
  act();
  assert.equal(beats(), 0);
  socket.accept();
  await pass(30_000);
  assert.equal(beats(), 1);
});

test('it does not beat when it is switched off, nor where there is no page', async () => {
  make({ heartbeat: false });
  await pass(120_000);
  assert.equal(beats(), 0);
  delete globalThis.document;
  make({});
  await pass(120_000);
  assert.equal(beats(), 0);
});
