#!/usr/bin/env node
// Counts the instructions and allocations of the guarded paths and compares them with the recorded ones:
//   bench/guard/run.js PROGRAM [--record] [--tolerance PERCENT]
// Exit status 1 if one has become slower, or allocates more often. callgrind's output stays next to the program, in guard/:
//   callgrind_annotate build/release/guard/<path>.out
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const recordedFile = join(dirname(fileURLToPath(import.meta.url)), 'recorded.json');
// callgrind counts each byte of a `rep movsb` as an instruction, and the size above which the C library uses it depends
// on the processor.
const noRepeats = 'glibc.cpu.x86_rep_movsb_threshold=0x40000000:glibc.cpu.x86_rep_stosb_threshold=0x40000000';
const args = process.argv.slice(2);
const program = args[0];
const record = args.includes('--record');
const toleranceAt = args.indexOf('--tolerance');
const tolerance = toleranceAt < 0 ? 10 : Number(args[toleranceAt + 1]);
if (!program || !(tolerance > 0)) {
  console.error('bench/guard/run.js PROGRAM [--record] [--tolerance PERCENT]');
  process.exit(2);
}

const counted = count();
if (record) {
  const before = recorded();
  const kept = { compiler: compiler(), ...counted };
  writeFileSync(recordedFile, JSON.stringify(kept, null, 2) + '\n');
  print(counted, before);
  console.log(`recorded in ${recordedFile}`);
} else {
  process.exit(compare(counted, recorded()) ? 0 : 1);
}

function count() {
  const folder = join(dirname(dirname(program)), 'guard');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const paths = run(program, []).trim().split('\n').map((line) => JSON.parse(line));
  const all = { instructions: {}, allocations: {} };
  for (const { path, count: operations } of paths) {
    const { instructions, allocated } = measure(folder, path);
    all.instructions[path] = Math.round(instructions / operations);
    all.allocations[path] = Math.round((allocated / operations) * 100) / 100;
  }
  return all;
}

function measure(folder, path) {
  const out = join(folder, path.replaceAll(/[^a-z0-9]+/gi, '-') + '.out');
  const said = run('valgrind', ['--tool=callgrind', '--collect-atstart=no', '--quiet', `--callgrind-out-file=${out}`, program, path]);
  return { instructions: Number(/^totals: (\d+)/m.exec(readFileSync(out, 'utf8'))[1]), ...JSON.parse(said) };
}

function run(command, its) {
  const env = { ...process.env, GLIBC_TUNABLES: noRepeats };
  const ran = spawnSync(command, its, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], env });
  if (ran.status === 0) return ran.stdout;
  console.error(`${command} ${its.join(' ')} failed: ${ran.error ?? ran.signal ?? ran.status}`);
  process.exit(1);
}

// Other compilers generate other instructions.
function compiler() {
  return spawnSync('g++', ['-dumpfullversion'], { encoding: 'utf8' }).stdout?.trim() ?? 'unknown';
}

function recorded() {
  return existsSync(recordedFile) ? JSON.parse(readFileSync(recordedFile, 'utf8')) : { instructions: {}, allocations: {} };
}

function change(now, before) {
  return before ? (now / before - 1) * 100 : NaN;
}

// A hundredth is one vector that grew within a hundred operations.
function allocatesMore(now, before) {
  return now > before + 0.02;
}

function verdictOn(percent, allocations, allocationsBefore) {
  if (Number.isNaN(percent)) return 'new: record it';
  if (allocatesMore(allocations, allocationsBefore)) return `ALLOCATES MORE: ${allocationsBefore} before`;
  if (percent > tolerance) return 'SLOWER';
  return percent < -tolerance || allocatesMore(allocationsBefore, allocations) ? 'better: record it' : '';
}

function print(now, before) {
  const width = Math.max(...Object.keys(now.instructions).map((path) => path.length));
  console.log(`${'instructions'.padStart(width + 9)} ${' '.repeat(9)} allocations`);
  for (const [path, instructions] of Object.entries(now.instructions)) {
    const percent = change(instructions, before.instructions[path]);
    const allocations = now.allocations[path];
    const shown = Number.isNaN(percent) ? '' : `${percent >= 0 ? '+' : ''}${percent.toFixed(1)} %`;
    const verdict = verdictOn(percent, allocations, before.allocations[path] ?? Infinity);
    const row = [path.padEnd(width), String(instructions).padStart(8), shown.padStart(9), String(allocations).padStart(11), ` ${verdict}`];
    console.log(row.join(' ').trimEnd());
  }
}

function compare(now, before) {
  print(now, before);
  if (before.compiler && before.compiler !== compiler()) {
    console.log(`note: recorded with g++ ${before.compiler}, this is ${compiler()}`);
  }
  const paths = Object.keys(now.instructions);
  const slower = paths.filter((path) => change(now.instructions[path], before.instructions[path]) > tolerance);
  const greedier = paths.filter((path) => allocatesMore(now.allocations[path], before.allocations[path] ?? Infinity));
  const lost = Object.keys(before.instructions).filter((path) => !(path in now.instructions));
  if (lost.length) console.log(`recorded, but not counted any more: ${lost.join('; ')}`);
  if (slower.length) console.log(`more than ${tolerance} % slower than recorded. If it must be: make bench-guard-record`);
  if (greedier.length) console.log(`allocates more often than recorded: ${greedier.join('; ')}. If it must be: make bench-guard-record`);
  return slower.length === 0 && greedier.length === 0 && lost.length === 0;
}
