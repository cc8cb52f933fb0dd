// The Debian packages that `make deb` has built, and what is in them.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const kRoot = fileURLToPath(new URL('../../..', import.meta.url));
export const kDebs = join(kRoot, 'build/deb');
export const read = (path) => readFileSync(join(kRoot, path), 'utf8');

export function deb(name) {
  const found = existsSync(kDebs) ? readdirSync(kDebs).filter((file) => file.startsWith(`${name}_`) && file.endsWith('.deb')) : [];
  if (found.length !== 1) throw new Error(`there is no package ${name} in build/deb: run make deb first`);
  return join(kDebs, found[0]);
}

// Both streams together, whatever the exit status.
export function runs(program, args = [], options = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', timeout: 60000, ...options });
  if (error) throw error;
  return { code: status, output: stdout + stderr };
}

// What it printed, if all is well.
export function must(program, args = [], options = {}) {
  const { code, output } = runs(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${code}\n${output}`);
  return output;
}

export const fieldOf = (name, field) => must('dpkg-deb', ['-f', deb(name), field]).trim();

// Lays the package's files out in a folder, without installing it.
export function unpack(name, folder) {
  execFileSync('dpkg-deb', ['-x', deb(name), folder]);
  return folder;
}

// Every command of the program with its options, as --help lists them; '' is the program itself.
export function commandsOf(program) {
  const help = (...args) => must(program, [...args, '--help']);
  const options = (text) => [...text.matchAll(/^ {2}(?:-\w,)?(--[a-z-]+)/gm)].map(([, option]) => option).sort();
  const [, list] = /^Subcommands:\n((?: {2}.*\n)+)/m.exec(help());
  const names = [...list.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name]) => name);
  return new Map([['', options(help())], ...names.map((name) => [name, options(help(name))])]);
}
