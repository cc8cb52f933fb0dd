import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventParser } from './events.js';

const kFeed = 'retry: 2000\n\nevent: reset\ndata: {"reason":"start"}\n\nevent: live\nid: e-1\ndata: {"count":0}\n\n: keep-alive\n\nevent: user-online\nid: e-2\ndata: {"userId":"a: b"}\n\n';
const kEvents = [
  { event: 'reset', id: undefined, data: '{"reason":"start"}' },
  { event: 'live', id: 'e-1', data: '{"count":0}' },
  { event: 'user-online', id: 'e-2', data: '{"userId":"a: b"}' },
];

test('events are read, comments and retry left out', () => {
  assert.deepEqual(new EventParser().push(kFeed), kEvents);
});

test('events are the same wherever the text is cut', () => {
  for (let cut = 0; cut <= kFeed.length; ++cut) {
    const parser = new EventParser();
    assert.deepEqual([...parser.push(kFeed.slice(0, cut)), ...parser.push(kFeed.slice(cut))], kEvents, `at ${cut}`);
  }
  const parser = new EventParser();
  assert.deepEqual([...kFeed].flatMap((letter) => parser.push(letter)), kEvents);
});

test('data of several lines is one text, and fields without a colon or a name are nothing', () => {
  assert.deepEqual(new EventParser().push('data: a\ndata:b\nnonsense\n: x\nother: y\n\n'), [{ event: 'message', id: undefined, data: 'a\nb' }]);
});

test('an event that does not end is not collected for ever', () => {
  const parser = new EventParser();
  const piece = 'x'.repeat(1 << 20);
  assert.throws(() => {
    for (let i = 0; i < 20; ++i) parser.push(piece);
  }, /is too long/);
});
