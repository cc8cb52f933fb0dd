import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes, clock, count, counted, dayAndClock, duration, moment, percent, shares, withClocks } from './words.js';

const said = (write, ...values) => values.map((value) => write(value));

test('numbers are grouped and rounded', () => {
  assert.deepEqual(said(count, 0, 999, 1234567), ['0', '999', '1,234,567']);
  assert.deepEqual([counted(1, 'worker'), counted(2, 'worker'), counted(0, 'was', 'were')], ['1 worker', '2 workers', '0 were']);
  assert.deepEqual(said(percent, 0, 0.001, 0.0149, 0.5, 1, NaN), ['0 %', '< 1 %', '1 %', '50 %', '100 %', '–']);
});

test('shares of two add up', () => {
  assert.deepEqual([shares(14, 2), shares(2, 14), shares(1, 1), shares(5, 0), shares(0, 5), shares(9999, 1)], [
    ['87 %', '13 %'], ['13 %', '87 %'], ['50 %', '50 %'], ['100 %', '0 %'], ['0 %', '100 %'], ['> 99 %', '< 1 %'],
  ]);
});

test('sizes and times are written with their unit', () => {
  assert.deepEqual(said(bytes, 0, 999, 1000, 21_480_000, 5e15), ['0 bytes', '999 bytes', '1.0 KB', '21.5 MB', '5000 TB']);
  assert.deepEqual(said(moment, 0.00005, 0.0025, 0.1, 1, 5.25), ['0.05 ms', '2.5 ms', '100 ms', '1 s', '5.3 s']);
  assert.deepEqual(said(duration, -5, 0.9, 59, 60, 3601, 3660, 90061, 1e7), ['0 s', '0 s', '59 s', '1 min', '1 h', '1 h 1 min', '1 d 1 h', '115 d 17 h']);
});

test('times have their day, unless it is today', () => {
  const noon = new Date(2026, 0, 4, 12, 30, 5).getTime();
  assert.equal(clock(noon), '12:30:05');
  assert.equal(dayAndClock(noon, noon + 1000), '12:30:05');
  assert.equal(dayAndClock(noon, noon + 86_400_000), '4 Jan, 12:30:05');
});

test('times in sentences become those of the reader', () => {
  const now = Date.parse('2026-01-04T12:34:56.789Z');
  assert.equal(withClocks('Until 2026-01-04T12:34:57.789Z (the grace).', now), `Until ${clock(now + 1000)} (the grace).`);
  assert.equal(withClocks('Nothing to change', now), 'Nothing to change');
});
