// How many were online over time, and the shape that it is drawn in.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extremes, Series } from './series.js';
import { agoWords, areaPath, countTicks, linePath, spanFor, timeTicks } from './shape.js';

const kStart = 1_700_000_000_000;
const at = (seconds) => kStart + seconds * 1000;
const lasts = (series, now, span, columns = span) => series.window(at(now), span * 1000, columns).steps.map((step) => step?.last ?? null);

test('each second has the least, the most, and how many there were at its end', () => {
  const series = new Series();
  series.note(at(0), 5);
  series.note(at(0.2), 9);
  series.note(at(0.4), 3);
  series.note(at(0.9), 4);
  assert.deepEqual(series.window(at(0.9), 1000, 1).steps, [{ at: kStart, least: 3, most: 9, last: 4 }]);
});

test('seconds without news are like the one before, and nothing is known of the time before the first', () => {
  const series = new Series();
  series.note(at(0), 5);
  series.note(at(3), 6);
  assert.deepEqual(lasts(series, 5, 8), [null, null, 5, 5, 5, 6, 6, 6]);
});

test('a time without data stays empty', () => {
  const series = new Series();
  series.note(at(0), 5);
  series.gap(at(1.5));
  series.note(at(4), 7);
  assert.deepEqual(lasts(series, 5, 6), [5, 5, null, null, 7, 7]);
});

test('it holds no more than its size', () => {
  const series = new Series(10);
  series.note(at(0), 5);
  series.note(at(60), 6);
  assert.deepEqual(lasts(series, 60, 12), [null, null, 5, 5, 5, 5, 5, 5, 5, 5, 5, 6]);
});

test('nothing is known of the time the page slept', () => {
  const series = new Series();
  series.note(at(0), 5);
  assert.deepEqual(lasts(series, 200, 3), [null, null, null]);
  series.note(at(200), 6);
  series.note(at(1_000_000), 7);
  assert.deepEqual(lasts(series, 1_000_001, 3), [null, 7, 7]);
});

test('a clock that is set back changes nothing that was', () => {
  const series = new Series();
  series.note(at(100), 5);
  series.note(at(50), 8);
  assert.deepEqual(series.window(at(100), 1000, 1).steps, [{ at: at(100), least: 5, most: 8, last: 8 }]);
});

test('steps of more than a second have the extremes of all, and begin where they began before', () => {
  const series = new Series();
  for (let i = 0; i < 3600; ++i) series.note(at(i), i === 1801 ? 50 : 10);
  const first = series.window(at(3599), 3600_000, 360);
  const later = series.window(at(3599.5), 3600_000, 360);
  assert.equal(first.stepMs, 10_000);
  assert.deepEqual(first, later);
  assert.deepEqual(first.steps.filter(({ most }) => most === 50), [{ at: at(1800), least: 10, most: 50, last: 10 }]);
  assert.equal(first.steps.length, 360);
});

test('the extremes have their times', () => {
  const series = new Series();
  [3, 8, 8, 1].forEach((n, second) => series.note(at(second), n));
  const { least, most, leastAt, mostAt } = extremes(series.window(at(3), 10_000, 10).steps);
  assert.deepEqual([least, leastAt, most, mostAt], [1, at(3), 8, at(3)]); // the last second began with 8
  assert.equal(extremes([null, null]), null);
});

test('the axis of counts begins at 0, has whole numbers, and reaches what there is', () => {
  assert.deepEqual(countTicks(0), [0, 1]);
  assert.deepEqual(countTicks(4), [0, 1, 2, 3, 4]);
  assert.deepEqual(countTicks(10), [0, 5, 10]);
  assert.deepEqual(countTicks(10_500), [0, 5000, 10_000, 15_000]);
  for (let most = 0; most < 3_000_000; most = Math.ceil(most * 1.3) + 1) {
    const ticks = countTicks(most);
    assert.ok(ticks.at(-1) >= most && ticks.length >= 2 && ticks.length <= 6 && ticks.every(Number.isInteger), `${most}: ${ticks}`);
  }
});

test('the axis of time has round times', () => {
  assert.deepEqual(timeTicks(300, false), [300, 240, 180, 120, 60, 0]);
  assert.deepEqual(timeTicks(3600, true).map(agoWords), ['−1 h', '−40 min', '−20 min', 'now']);
  assert.deepEqual(timeTicks(60, false).map(agoWords), ['−1 min', '−45 s', '−30 s', '−15 s', 'now']);
});

test('while little is known, little is shown', () => {
  assert.deepEqual([0, 60, 61, 121, 9999].map((known) => spanFor(known, 300)), [60, 60, 120, 300, 300]);
  assert.equal(spanFor(5, 3600), 3600);
});

test('the line has steps, a stroke for the range within a step, and a gap where nothing is known', () => {
  const step = (second, least, most, last) => ({ at: second, least, most, last });
  const frame = { x: (time) => time * 10, y: (n) => 100 - n, stepMs: 1, right: 45 };
  const steps = [step(0, 5, 5, 5), step(1, 2, 8, 4), null, step(3, 4, 4, 4), step(4, 6, 6, 6)];
  assert.equal(linePath(steps, frame), 'M0,95H10V98V92V96H20M30,96H40V94H45');
  assert.equal(areaPath(steps, frame), 'M0,100V95H10V96H20V100ZM30,100V96H40V94H45V100Z');
  assert.equal(linePath([null], frame) + areaPath([], frame), '');
});
