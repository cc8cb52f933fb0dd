// Runs the measures on the servers, interleaved: in each round every measure, in each measure every server in turn.
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { kMeasures, numbersOf } from './measures.js';
import { run, stopAll } from './run.js';
import { here, kLoad, kServers, takesPart } from './servers.js';
import { threeDigits } from './statistics.js';
import { markdown } from './table.js';

const kHelp = `bench/compare-servers [options]: what do rollcall, the bare loops and the peers cost?

  --rounds N        how often everything is measured (5)
  --only A,B        only these measures and servers; the beginning of a measure's name will do.
                    May be given several times; without a server (or a measure) it is all of them
  --seconds S       measure for S seconds instead of each measure's own time (for a quick look)
  --out NAME        writes NAME.jsonl, one line a run, and NAME.md (bench/results/latest)
  --append          keep the lines that are there: more rounds, or other measures
  --table           measure nothing, only write the table again
  --server-core N   where the servers run (1)       --load-core N   where the load runs (0)

Measures: ${kMeasures.map(({ name }) => name).join(' ')}
Servers:  ${Object.keys(kServers).join(' ')}
`;

function fail(message) {
  process.stderr.write(`bench/compare-servers: ${message}\n`);
  process.exit(2);
}

function readOptions() {
  const text = (value) => ({ type: 'string', default: value });
  const { values } = parseArgs({
    options: {
      rounds: text('5'), only: { type: 'string', multiple: true, default: [] }, seconds: { type: 'string' },
      out: text(here('../results/latest')), append: { type: 'boolean' }, table: { type: 'boolean' },
      'server-core': text('1'), 'load-core': text('0'), help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(kHelp);
    process.exit(0);
  }
  const number = (name, least) => {
    const value = Number(values[name]);
    if (!(value >= least)) fail(`--${name} must be a number from ${least}`);
    return value;
  };
  const cores = { serverCore: number('server-core', 0), loadCore: number('load-core', 0) };
  if (Math.max(cores.serverCore, cores.loadCore) >= os.cpus().length) fail('there is no such core: see --server-core and --load-core');
  return {
    ...choose(values.only.join(',').split(',').filter(Boolean)), ...cores, rounds: number('rounds', 1), out: values.out,
    append: values.append, table: values.table, seconds: values.seconds === undefined ? undefined : number('seconds', 0.1),
  };
}

function choose(words) {
  const isServer = (word) => word in kServers;
  const wanted = words.filter((word) => !isServer(word));
  for (const word of wanted) if (!kMeasures.some(({ name }) => name.startsWith(word))) fail(`${word} is neither a measure nor a server`);
  const servers = words.some(isServer) ? words.filter(isServer) : Object.keys(kServers);
  const exact = (word) => kMeasures.some(({ name }) => name === word);
  const means = (word, name) => (exact(word) ? name === word : name.startsWith(word));
  const measures = wanted.length ? kMeasures.filter(({ name }) => wanted.some((word) => means(word, name))) : kMeasures;
  return { servers, measures };
}

const available = (name) => {
  const { needs, missing } = kServers[name];
  if (existsSync(needs)) return true;
  process.stderr.write(`bench/compare-servers: without ${name}: ${missing}\n`);
  return false;
};

function machine(servers) {
  const commit = execFileSync('git', ['describe', '--always', '--dirty'], { cwd: here('.'), encoding: 'utf8' }).trim();
  return {
    kind: 'machine', date: new Date().toISOString().slice(0, 10), commit, cpu: os.cpus()[0].model.trim(), cores: os.cpus().length,
    kernel: os.release(), versions: Object.fromEntries(servers.map((name) => [name, kServers[name].version()])),
  };
}

const readLines = (file) => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean).map((l) => JSON.parse(l)) : []);

// The order rotates by one place per round, so that no server always follows the same one.
function* plan({ rounds, measures, servers }, firstRound) {
  for (let round = 0; round < rounds; ++round) {
    for (const measure of measures) {
      const order = servers.map((_, i) => servers[(i + round) % servers.length]).filter((name) => takesPart(name, measure));
      for (const name of order) yield { round: firstRound + round, measure, name };
    }
  }
}

const clock = (ms) => (ms < 90000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60000)} min`);

function progress(done, total, since, line) {
  const left = ((Date.now() - since) / done) * (total - done);
  const { cpu_us, p99_us, bytes } = numbersOf(line);
  const said = line.result.ok
    ? [cpu_us && `${threeDigits(cpu_us)} us a ${line.result.unit}`, p99_us && `p99 ${threeDigits(p99_us)} us`,
       bytes && `${threeDigits(bytes)} bytes each`, line.result.load?.was_bottleneck && '(load at its limit)'].filter(Boolean).join(', ')
    : `FAILED: ${line.result.failure}`;
  process.stderr.write(`[${done}/${total}, about ${clock(left)} left] ${line.round} ${line.measure} ${line.server}: ${said}\n`);
}

const options = readOptions();
const file = `${options.out}.jsonl`;
const writeTable = () => writeFileSync(`${options.out}.md`, markdown(readLines(file)));
if (options.table) {
  writeTable();
  process.exit(0);
}
if (!existsSync(kLoad)) fail('rollcall-load is missing: run make build');
options.servers = options.servers.filter(available);
if (options.servers.length === 0) fail('no server is left');
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    interrupted = true;
    stopAll();
  });
}

mkdirSync(dirname(file), { recursive: true });
if (!options.append) writeFileSync(file, '');
const firstRound = 1 + Math.max(0, ...readLines(file).filter((l) => l.kind === 'run').map((l) => l.round));
const write = (line) => appendFileSync(file, `${JSON.stringify(line)}\n`);
write(machine(options.servers));
const runs = [...plan(options, firstRound)];
const since = Date.now();
let failed = 0;
for (const [index, { round, measure, name }] of runs.entries()) {
  const result = await run(name, { ...measure, seconds: options.seconds ?? measure.seconds }, options);
  if (interrupted) break; // an interrupted run is meaningless
  const line = { kind: 'run', round, measure: measure.name, group: measure.group, x: measure.x, server: name, result };
  write(line);
  progress(index + 1, runs.length, since, line);
  failed += result.ok ? 0 : 1;
}
writeTable();
process.stderr.write(`${options.out}.md has the tables${failed ? `; ${failed} runs FAILED` : ''}\n`);
process.exit(interrupted ? 130 : failed ? 1 : 0);
