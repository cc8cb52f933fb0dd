// Plots the results of bench/compare-servers: memory, fan-out by listeners, latency by load, all servers in each picture.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { kMeasures } from './measures.js';
import { here, kServers } from './servers.js';
import { median, threeDigits } from './statistics.js';
import { barChart, kInk, lineChart } from './svg.js';
import { collect, roundsOf } from './table.js';

const kHelp = `bench/draw-plots [--in NAME] [--out PREFIX]

Reads NAME.jsonl (bench/results/latest) and writes PREFIX-memory.svg, PREFIX-fanout.svg and PREFIX-latency.svg (PREFIX is NAME unless
given): those for which there are measurements.
`;

export const kColours = {
  rollcall: '#e23642', 'rollcall-2': '#bf4a86', floor: kInk, 'floor-ring': kInk, 'floor-merged': kInk,
  uws: '#aa6c00', bun: '#238b45', socketio: '#1b76ec', nestjs: '#9d54e7',
};

const valuesOf = (all, measure, server, number) => [...(all.get(measure)?.get(server)?.numbers[number]?.values() ?? [])];
const style = (name) => ({
  title: kServers[name].short ?? kServers[name].title, colour: kColours[name], bold: name === 'rollcall', dashed: kServers[name].dialect === 'floor',
});

// A line per server with such a number.
function medians(all, group, number) {
  const measures = ofGroup(group).filter((m) => all.has(m.name));
  return Object.keys(kServers)
    .map((name) => {
      const known = measures.filter((m) => valuesOf(all, m.name, name, number).length > 0);
      return { ...style(name), points: known.map((m) => [m.x, median(valuesOf(all, m.name, name, number))]) };
    })
    .filter(({ points }) => points.length > 0);
}

const said = (all, measures) => roundsOf(measures.filter(({ name }) => all.has(name)).map(({ name }) => all.get(name)));
const ofGroup = (group) => kMeasures.filter((m) => m.group === group);

// The largest number of connections at which the most servers were measured.
function memory(all) {
  const measure = ofGroup('idle')
    .filter((m) => all.has(m.name))
    .sort((a, b) => all.get(b.name).size - all.get(a.name).size || b.x - a.x)[0];
  if (!measure) return undefined;
  const bars = Object.keys(kServers)
    .map((name) => ({ ...style(name), value: median(valuesOf(all, measure.name, name, 'bytes')) }))
    .filter(({ value }) => value !== undefined)
    .map((bar) => ({ ...bar, value: Math.max(0, bar.value), words: `${threeDigits(bar.value / 1000)} KB` }));
  if (bars.length === 0) return undefined;
  return barChart({
    title: 'Memory per connection',
    subtitle: [
      `Growth of the server's resident memory, divided by ${measure.x.toLocaleString('en')} idle WebSocket connections,`,
      `each of an authenticated user who is online; ${said(all, [measure])}`,
    ],
    bars,
  });
}

function fanout(all) {
  const series = medians(all, 'fanout', 'cpu_us');
  if (series.length === 0) return undefined;
  return lineChart({
    title: 'CPU per delivery',
    subtitle: [
      'Server CPU to tell one listener that a user came or went, in microseconds;',
      `one change at a time; ${said(all, ofGroup('fanout'))}`,
    ],
    xTitle: 'listeners',
    series,
    xTick: (n) => n.toLocaleString('en'),
    yTick: (us) => `${threeDigits(us).replace(/\.?0+$/, '')} us`,
  });
}

function latency(all) {
  const series = medians(all, 'load', 'p99_us');
  if (series.length === 0) return undefined;
  return lineChart({
    title: 'Latency against load',
    subtitle: [
      'From check-user-status to its answer, 99th percentile, 200 connections;',
      `a line ends where the server no longer keeps up; ${said(all, ofGroup('load'))}`,
    ],
    xTitle: 'requests a second',
    series,
    xTick: (n) => (n >= 1000 ? `${n / 1000}k` : `${n}`),
    yTick: (us) => (us >= 1000 ? `${threeDigits(us / 1000).replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')} ms` : `${Math.round(us)} us`),
  });
}

function main() {
  const { values } = parseArgs({
    options: { in: { type: 'string', default: here('../results/latest') }, out: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return process.stdout.write(kHelp);
  const file = `${values.in}.jsonl`;
  if (!existsSync(file)) {
    process.stderr.write(`bench/draw-plots: there is no ${file}: run make bench-compare, or give --in\n`);
    process.exit(2);
  }
  const lines = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  const all = collect(lines);
  for (const [name, draw] of Object.entries({ memory, fanout, latency })) {
    const svg = draw(all);
    const out = `${values.out ?? values.in}-${name}.svg`;
    if (!svg) process.stderr.write(`bench/draw-plots: nothing measured for ${name}\n`);
    else writeFileSync(out, svg);
    if (svg) process.stderr.write(`${out}\n`);
  }
}

if (process.argv[1] === here('plot.js')) main();
