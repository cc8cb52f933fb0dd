// The tables of bench/compare-servers: Markdown, from the lines it wrote.
import { kMeasures, numbersOf, plural } from './measures.js';
import { kFloors, kPeers, kServers } from './servers.js';
import { median, ratio, spread, threeDigits } from './statistics.js';

// measure -> server -> number -> Map(round -> value); and how many runs failed.
export function collect(lines) {
  const all = new Map();
  for (const run of lines) {
    if (run.kind !== 'run') continue;
    const measure = at(all, run.measure, () => new Map());
    const server = at(measure, run.server, () => ({ failed: 0, bottleneck: 0, numbers: {} }));
    if (!run.result.ok) {
      ++server.failed;
      continue;
    }
    server.bottleneck += run.result.load?.was_bottleneck ? 1 : 0;
    for (const [name, value] of Object.entries(numbersOf(run))) {
      if (value === undefined || value === null) continue;
      (server.numbers[name] ??= new Map()).set(run.round, value);
    }
  }
  return all;
}

function at(map, key, make) {
  if (!map.has(key)) map.set(key, make());
  return map.get(key);
}

// The number of rounds behind these measures, which may differ between servers.
export function roundsOf(measures) {
  const counts = measures.flatMap((servers) => [...servers.values()].map(({ numbers }) => numbers.per_second?.size ?? 0)).filter((n) => n > 0);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (least === most) return least === 1 ? 'one round' : `medians of ${least} rounds`;
  return `medians of ${least} to ${most} rounds`;
}

const medianOf = (server, number) => median([...(server?.numbers[number]?.values() ?? [])]);

// The one of `names` with the smallest median.
function best(servers, names, number) {
  const known = names.filter((name) => medianOf(servers.get(name), number) > 0);
  return known.sort((a, b) => medianOf(servers.get(a), number) - medianOf(servers.get(b), number))[0];
}

function against(servers, names, number) {
  const other = best(servers, names, number);
  const ours = servers.get('rollcall')?.numbers[number];
  if (!other || !ours) return '–';
  const value = ratio(ours, servers.get(other).numbers[number]);
  return value === undefined ? '–' : `${threeDigits(value)} × ${other}`;
}

const row = (cells) => `| ${cells.join(' | ')} |`;
export const table = (head, rows) => [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

export function markdown(lines) {
  const all = collect(lines);
  const measures = kMeasures.filter(({ name }) => all.has(name));
  const servers = Object.keys(kServers).filter((name) => measures.some((m) => all.get(m.name).has(name)));
  return [
    '# What bench/compare-servers measured',
    machine(lines),
    `Each with a fresh server, ${roundsOf([...all.values()])}; the servers take turns within a round. ` +
      'A ratio is the median of the rounds\' own ratios; below 1 rollcall needs less.',
    '## In short', 'Server CPU, unless it says otherwise; – where a server can\'t do it, or can\'t keep up.', overview(measures, servers, all),
    '## Each measure', ...measures.map((measure) => details(measure, all.get(measure.name))),
  ].join('\n\n') + '\n';
}

function machine(lines) {
  const { cpu, cores, kernel, date, commit, versions } = lines.findLast((line) => line.kind === 'machine') ?? {};
  if (!cpu) return '';
  return [
    `${cpu}, ${cores} cores, Linux ${kernel}, ${date}, commit ${commit}. Server and load have a core each; the network is loopback.`,
    '',
    ...Object.entries(versions).map(([name, version]) => `- \`${name}\`: ${kServers[name].title} (${version})`),
  ].join('\n');
}

function overview(measures, servers, all) {
  const rows = [];
  for (const measure of measures) {
    const numbers = measure.group === 'load' ? [['p99_us', `${measure.title}: p99 latency in us`]] : [['cpu_us', `${measure.title}: us a ${measure.unit}`]];
    if (measure.group === 'idle') numbers.unshift(['bytes', `${measure.title}: bytes of RSS each`]);
    for (const [number, title] of numbers) {
      const of = all.get(measure.name);
      const cells = servers.map((name) => threeDigits(medianOf(of.get(name), number)));
      if (cells.every((cell) => cell === '–')) continue;
      rows.push([title, ...cells, against(of, kFloors, number), against(of, kPeers, number)]);
    }
  }
  return table(['', ...servers, 'rollcall, against the best floor', 'against the best peer'], rows);
}

function details(measure, servers) {
  const ours = servers.get('rollcall')?.numbers.cpu_us;
  const rows = [...servers]
    .sort(([a], [b]) => Object.keys(kServers).indexOf(a) - Object.keys(kServers).indexOf(b))
    .map(([name, server]) => {
      const { numbers } = server;
      const cpu = [...(numbers.cpu_us?.values() ?? [])];
      const cells = ['cpu_us', 'per_cpu_second', 'per_second', 'p50_us', 'p99_us'].map((number) => threeDigits(medianOf(server, number)));
      const share = numbers.cpu_us && ours ? threeDigits(ratio(numbers.cpu_us, ours)) : '–';
      return [name, ...cells, share, cpu.length > 1 ? `${Math.round(spread(cpu) * 100)} %` : '–', remarks(server)];
    });
  const head = ['', `us a ${measure.unit}`, `${plural(measure.unit)} a CPU second`, 'a second', 'p50 us', 'p99 us', '× rollcall', 'spread', ''];
  return `### ${measure.name}: ${measure.title}\n\n${table(head, rows)}`;
}

function remarks({ failed, bottleneck }) {
  const remarks = [];
  if (failed > 0) remarks.push(`${failed} failed`);
  if (bottleneck > 0) remarks.push(`load at its limit in ${bottleneck}`);
  return remarks.join(', ');
}
