#!/usr/bin/env node
// Checks who may include whom (ARCHITECTURE.md): a layer only those of lower rank, never a sibling; and no sockets,
// threads, clocks or files in pure layers. Follows includes through every header.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

// Lowest first. Layers of one rank are siblings.
const kRanks = [
  ['base', 'rollcall'],
  ['http', 'websocket', 'engineio', 'socketio', 'jwt', 'presence'],
  ['wire', 'net', 'cluster'],
  ['calls', 'feed', 'server'],
  ['hub', 'adapters'],
  ['gateway'],
  ['embed', 'telemetry'],
  ['app'],
];
// Lower layers that a layer may not include.
const kStrangers = {
  wire: ['http', 'websocket', 'engineio', 'socketio', 'jwt'],
  net: ['http', 'websocket', 'engineio', 'socketio', 'jwt', 'presence'],
  cluster: ['http', 'websocket', 'engineio', 'socketio', 'jwt'],
  calls: ['http', 'websocket', 'engineio', 'socketio', 'jwt', 'net', 'cluster'],
  feed: ['http', 'websocket', 'engineio', 'socketio', 'jwt', 'net'],
  server: ['jwt', 'presence', 'wire', 'cluster'], // the library knows nothing of presence
  hub: ['http', 'websocket', 'engineio', 'socketio', 'jwt', 'net', 'calls', 'server'],
  adapters: ['http', 'websocket', 'engineio', 'socketio', 'jwt', 'calls', 'server'],
  gateway: ['websocket', 'engineio', 'jwt', 'adapters'],
};
// The server's wings, lowest first: each may include those before it, and these machines (shared: for kinds of counters).
const kWings = { shared: ['http', 'engineio'], http: ['http', 'websocket'], engine: ['http', 'websocket', 'engineio'], sockets: ['http', 'engineio', 'socketio'], crew: ['http', 'engineio', 'socketio'] };
const kPure = ['base', 'http', 'websocket', 'engineio', 'socketio', 'jwt', 'presence', 'wire', 'cluster', 'calls', 'feed'];
const kClock = /<(?:sys\/|netinet\/|arpa\/|unistd\.h|poll\.h|fcntl\.h|thread|fstream|ctime|time\.h)|(?:system|steady|high_resolution)_clock|std::time\(|\bgetenv\(/;
const kLock = /<(?:mutex|atomic|condition_variable|future)>/;
// Exceptions: the log writes, and reads the clock for its timestamps; values shared by workers are atomic, and the list
// shared by all requests has a lock. The public interface belongs to the server: its callers have threads.
const kMayLock = /^src\/(?:base\/(?:log|shared_time|shared_mark|signal_mask)\.|calls\/online_list\.|hub\/)/;
const kMayAll = /^src\/base\/(?:log|signal_mask)\./;

const isTest = (file) => /_test\.cpp$|\/test_[a-z_]+\.hpp$/.test(file);
const layerOf = (file) => (file.startsWith('include/') ? 'rollcall' : file.split('/')[1]);
const rankOf = (layer) => kRanks.findIndex((layers) => layers.includes(layer));
const faults = [];

function filesIn(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesIn(path);
    return /\.[ch]pp$/.test(entry.name) ? [path] : [];
  });
}

// The project's own headers of a file, with the lines that include them.
const texts = new Map();
function read(file) {
  if (!texts.has(file)) {
    const text = readFileSync(join(root, file), 'utf8');
    const lines = text.split('\n');
    const includes = lines.flatMap((line, i) => {
      const [, name] = /^#include "([^"]+)"/.exec(line) ?? [];
      if (!name) return [];
      const found = [`src/${name}`, `include/${name}`, normalize(join(dirname(file), name))].find((path) => existsSync(join(root, path)));
      return found ? [{ line: i + 1, file: found }] : [];
    });
    texts.set(file, { text, lines, includes });
  }
  return texts.get(file);
}

function mayInclude(from, to) {
  if (from === to || to === 'base' || to === 'rollcall') return true;
  return rankOf(to) < rankOf(from) && !(kStrangers[from] ?? []).includes(to);
}

function checkDirect(file) {
  const layer = layerOf(file);
  const wing = /^src\/server\/(\w+)\//.exec(file)?.[1];
  const wings = Object.keys(kWings);
  for (const { line, file: included } of read(file).includes) {
    const target = layerOf(included);
    if (!mayInclude(layer, target)) faults.push(`${file}:${line}: ${layer} may not include ${target}`);
    if (!wing || isTest(file)) continue;
    const other = /^src\/server\/(\w+)\//.exec(included)?.[1];
    if (other && wings.indexOf(other) > wings.indexOf(wing)) faults.push(`${file}:${line}: server/${wing} may not include server/${other}`);
    if (rankOf(target) === 1 && !kWings[wing].includes(target)) faults.push(`${file}:${line}: server/${wing} may not include ${target}`);
  }
}

// Everything that a file includes, directly or not: each header with the path to it.
function reachable(file, way = [], seen = new Map()) {
  for (const { file: included } of read(file).includes) {
    if (seen.has(included)) continue;
    seen.set(included, [...way, included]);
    reachable(included, [...way, included], seen);
  }
  return seen;
}

function checkReachable(file) {
  const layer = layerOf(file);
  for (const [header, way] of reachable(file)) {
    if (rankOf(layerOf(header)) > rankOf(layer)) faults.push(`${file} reaches ${layerOf(header)} by ${way.join(' -> ')}`);
  }
}

function checkPure(file) {
  const pure = kPure.includes(layerOf(file)) || file.startsWith('src/hub/');
  if (!pure || isTest(file)) return;
  for (const [source, way] of [[file, []], ...reachable(file)]) {
    if (kMayAll.test(source) || layerOf(source) === 'rollcall') continue;
    const index = read(source).lines.findIndex((line) => kClock.test(line) || (!kMayLock.test(source) && kLock.test(line)));
    if (index >= 0) faults.push(`${source}:${index + 1}: ${read(source).lines[index].trim()}${way.length > 0 ? ` is reached by ${[file, ...way].join(' -> ')}` : ''}: a pure layer has no sockets, threads, clocks or files`);
  }
}

const files = [...filesIn('src'), ...filesIn('include/rollcall')];
for (const layer of new Set(files.map(layerOf))) {
  if (rankOf(layer) < 0) faults.push(`src/${layer} is not a layer that scripts/check-layers.js knows`);
}
for (const entry of readdirSync(join(root, 'src/server'), { withFileTypes: true })) {
  const known = entry.isDirectory() ? entry.name in kWings : entry.name === 'CMakeLists.txt' || isTest(`/${entry.name}`);
  if (!known) faults.push(`src/server/${entry.name} is in none of the server's wings`);
}
for (const file of files) {
  checkDirect(file);
  checkReachable(file);
  checkPure(file);
}
for (const fault of new Set(faults)) console.error(fault);
if (faults.length === 0) console.log('layers: in order');
process.exit(faults.length > 0 ? 1 : 0);
