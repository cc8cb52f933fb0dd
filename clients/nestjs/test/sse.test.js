// The stream's parser, fed in pieces cut anywhere.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventStreamParser } from '../dist/esm/sse.js';

const read = (chunks, parser = new EventStreamParser()) => chunks.flatMap((chunk) => parser.push(chunk));
const event = (name, data, id) => ({ event: name, data, id });

const kStream = [
  '\uFEFFretry: 2000\n\n: a comment\n\nevent: user-online\nid: a-1\ndata: {"userId":"ann"}\n\n',
  'data:no space\r\ndata: two\r\ndata\r\n\r\n',
  'event: lost, for it has no data\nid: a-2\n\n: keep-alive\rdata:  x\r\rid: n\0l\ndata: "ä 😀"\nother: field\nretry: soon\n\n',
  'data: has no end\n',
].join('');
const kEvents = [
  event('user-online', '{"userId":"ann"}', 'a-1'),
  event('message', 'no space\ntwo\n', undefined),
  event('message', ' x', undefined),
  event('message', '"ä 😀"', undefined),
];

test('a stream is read as the standard says', () => {
  const parser = new EventStreamParser();
  assert.deepEqual(read([kStream], parser), kEvents);
  assert.equal(parser.retryMs, 2000);
});

test('wherever it is cut', () => {
  for (let at = 0; at <= kStream.length; ++at) assert.deepEqual(read([kStream.slice(0, at), kStream.slice(at)]), kEvents, `cut at ${at}`);
  assert.deepEqual(read([...kStream].flatMap((char) => [char, ''])), kEvents, 'one by one');
});

test('what has no end is refused before it fills the memory', () => {
  const limit = () => new EventStreamParser(1000);
  assert.throws(() => read([`data: ${'x'.repeat(1001)}`], limit()), /longer than 1000 characters/);
  assert.throws(() => read(Array(200).fill('data: 12345\n'), limit()), /longer than 1000 characters/);
  assert.throws(() => read(Array(2000).fill('x'), limit()), /longer than 1000 characters/);
  const many = read(Array(200).fill('data: 12345\n\n'), limit());
  assert.equal(many.length, 200);
});
