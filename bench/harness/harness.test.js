import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { kMeasures } from './measures.js';
import { kColours } from './plot.js';
import { kServers, takesPart } from './servers.js';
import { median, ratio, spread, threeDigits } from './statistics.js';
import { barChart, lineChart, logScale, logTicks, spreadLabels } from './svg.js';
import { collect, markdown } from './table.js';

describe('statistics', () => {
  test('the median is in the middle, or between the two there', () => {
    assert.equal(median([9, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 9]), 3);
    assert.equal(median([]), undefined);
  });

  test('a ratio is taken within each round, so that a slow round does not count', () => {
    const ours = new Map([[1, 2], [2, 20], [3, 2]]);
    const theirs = new Map([[1, 4], [2, 40], [3, 4]]);
    assert.equal(ratio(ours, theirs), 0.5);
    assert.equal(ratio(ours, new Map([[3, 8]])), 0.25);
    assert.equal(ratio(ours, new Map()), undefined);
  });

  test('a median has three digits and its spread', () => {
    assert.deepEqual([12345, 123.4, 12.34, 1.234, undefined].map(threeDigits), ['12,300', '123', '12.3', '1.23', '–']);
    assert.equal(spread([9, 10, 12]), 0.3);
  });
});

const run = (round, measure, server, cpu, more = {}) => ({
  kind: 'run', round, measure, server, group: kMeasures.find((m) => m.name === measure).group,
  result: { ok: true, unit: 'delivery', per_second: 1e6 / cpu, server: { cpu_us_each: cpu, each_per_cpu_second: 1e6 / cpu, rss_per_connection: 1000 * cpu },
    latency_us: { p50: 1, p99: 10 * cpu }, load: { was_bottleneck: false }, ...more },
});

describe('tables', () => {
  const lines = [
    ...[1, 2, 3].flatMap((round) => [
      run(round, 'fanout-1000', 'rollcall', 4 * round), run(round, 'fanout-1000', 'floor-ring', 2 * round),
      run(round, 'fanout-1000', 'uws', 8 * round), run(round, 'fanout-1000', 'nestjs', 16 * round),
    ]),
    run(4, 'fanout-1000', 'nestjs', 1, { ok: false, failure: 'missing deliveries' }),
  ];

  test('rollcall is set against the best floor and the best peer', () => {
    const row = markdown(lines).split('\n').find((line) => line.includes('us a delivery |'));
    assert.match(row, /\| 8\.00 \| 4\.00 \| 16\.0 \| 32\.0 \| 2\.00 × floor-ring \| 0\.50 × uws \|$/);
  });

  test('a run that failed is counted, and its numbers are not', () => {
    assert.equal(collect(lines).get('fanout-1000').get('nestjs').numbers.cpu_us.size, 3);
    assert.match(markdown(lines), /\| nestjs \|.*1 failed \|/);
  });

  test('how many rounds there were is told as it is', () => {
    const head = (runs) => markdown(runs).split('\n').find((line) => line.startsWith('Each with'));
    assert.match(head(lines), /medians of 3 rounds/);
    assert.match(head(lines.slice(0, 4)), /one round/);
    assert.match(head([...lines, run(4, 'fanout-1000', 'rollcall', 4)]), /medians of 3 to 4 rounds/);
  });

  test('memory is told of idle connections only', () => {
    assert.match(markdown([run(1, 'idle-5000', 'rollcall', 2)]), /bytes of RSS each \| 2,000 \|/);
    assert.doesNotMatch(markdown(lines), /bytes of RSS/);
  });
});

test('latency under a load that was not reached is not told', () => {
  const at = (perSecond) => [{ ...run(1, 'load-5000', 'uws', 2, { per_second: perSecond }), x: 5000 }];
  const cpu = (lines) => collect(lines).get('load-5000').get('uws').numbers;
  assert.equal(cpu(at(4900)).p99_us.get(1), 20);
  assert.equal(cpu(at(4000)).p99_us, undefined);
});

test('every server takes part in the fan-out, and the bare loops not in what they have no answer to', () => {
  const measure = (name) => kMeasures.find((m) => m.name === name);
  for (const name of ['rollcall', 'floor', 'floor-ring', 'uws', 'bun', 'socketio', 'nestjs']) assert.ok(takesPart(name, measure('fanout-1000')), name);
  assert.ok(takesPart('floor-merged', measure('many-5000')));
  assert.ok(!takesPart('floor-ring', measure('query-1')));
  assert.ok(takesPart('rollcall-2', measure('query-8')) && !takesPart('rollcall-2', measure('connect')));
  assert.ok(!takesPart('floor', measure('list-900')));
  assert.equal(new Set(kMeasures.map(({ name }) => name)).size, kMeasures.length);
});

describe('pictures', () => {
  test('ticks enclose the values', () => {
    assert.deepEqual(logTicks(3, 420), [2, 5, 10, 20, 50, 100, 200, 500]);
    assert.deepEqual(logTicks(5, 10), [5, 7, 10]);
    assert.deepEqual(logTicks(100, 10000), [100, 200, 500, 1000, 2000, 5000, 10000]);
    const scale = logScale([1, 10, 100], 0, 200);
    assert.deepEqual([1, 10, 100].map(scale), [0, 100, 200]);
  });

  test('labels are moved apart within their bounds', () => {
    const ys = spreadLabels([{ y: 95 }, { y: 96 }, { y: 10 }, { y: 97 }], 10, 0, 100).map(({ y }) => y);
    assert.deepEqual(ys.sort((a, b) => a - b), [10, 80, 90, 100]);
  });

  test('every colour can be read on white and on dark', () => {
    const luminance = (hex) => {
      const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    for (const name of Object.keys(kServers)) {
      const own = luminance(kColours[name]) + 0.05;
      assert.ok(1.05 / own > 4 && own / (luminance('#0d1117') + 0.05) > 4, name);
    }
  });

  test('charts are whole SVG documents with words escaped and no numbers missing', () => {
    const series = [{ title: 'a & b', colour: '#e23642', points: [[100, 5], [1000, 7]] }, { title: 'c', colour: '#1b76ec', points: [[100, 6]] }];
    const write = (n) => `${n}`;
    for (const svg of [
      lineChart({ title: 'T', subtitle: ['S', 'more'], xTitle: 'x', series, xTick: write, yTick: write }),
      barChart({ title: 'T', subtitle: 'S', bars: [{ title: 'a & b', colour: '#e23642', value: 3, words: '3 KB' }, { title: 'c', colour: '#1b76ec', value: 0, words: '0' }] }),
    ]) {
      assert.match(svg, /^<svg xmlns[^]*<\/svg>\n$/);
      assert.match(svg, /a &amp; b/);
      assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
    }
  });
});
