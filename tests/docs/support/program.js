// What the program says of itself, to hold the documents against.
import { kBinary } from '../../e2e/support/server.js';
import { execFileSync } from 'node:child_process';
import { kSecret } from '../../e2e/support/tokens.js';
import { read } from './text.js';

// The program's output, both streams, whatever its exit status.
export function says(args, env = {}) {
  const options = { env: { PATH: process.env.PATH, HOME: process.env.HOME, JWT_SECRET: kSecret, ...env }, encoding: 'utf8', timeout: 10000 };
  try {
    return { code: 0, output: execFileSync(kBinary, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] }) };
  } catch (error) {
    return { code: error.status, output: `${error.stdout}${error.stderr}` };
  }
}

// Every setting with its default, as `check-config` prints them: 'presence.offline_grace_ms' -> 2000.
function settings() {
  const known = new Map();
  let section = '';
  for (const line of says(['check-config']).output.split('\n')) {
    const [, name] = /^\[(\w+)\]$/.exec(line) ?? [];
    const [, key, value] = /^(\w+) = (.*)$/.exec(line) ?? [];
    if (name) section = name;
    else if (key) known.set(`${section}.${key}`, JSON.parse(value));
  }
  return known;
}
export const kSettings = settings();

// What it knows by name: requests, events, routes, codes, metrics, settings, bounds.
export const kProgram = JSON.parse(says(['describe']).output);

export const kRequests = kProgram.requests.map(({ event }) => event);
export const kReplies = kProgram.requests.map(({ reply }) => reply);
export const kTold = kProgram.events;
export const kReadinessCodes = kProgram.codes.readiness;
export const kCodes = [...new Set([...kProgram.codes.requests, ...kProgram.codes.logins, ...kProgram.codes.problems])];

// Codes that the packages add to the server's.
const ofClient = [...read('clients/client/src/errors.ts').matchAll(/^ {2}\| '([A-Z_]+)'/gm)];
const [, ofNest] = /one of this package:([^]*?)\*\//.exec(read('clients/nestjs/src/errors.ts'));
export const kPackageCodes = [...new Set([...ofClient, ...ofNest.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name))];
