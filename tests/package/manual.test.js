// The manual pages of the package: they can be read, and leave nothing out.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { scratch } from '../e2e/support/files.js';
import { kSecret } from '../e2e/support/tokens.js';
import { commandsOf, must, read, runs, unpack } from './support/package.js';

const files = scratch();
const folder = unpack('rollcall', files.folder);
const program = join(folder, 'usr/bin/rollcall');
const pages = { 'rollcall(1)': 'man1/rollcall.1.gz', 'rollcall.toml(5)': 'man5/rollcall.toml.5.gz' };
const pathOf = (page) => join(folder, 'usr/share/man', pages[page]);
const shown = (page) => must('man', ['--nh', '--nj', '-l', pathOf(page)], { env: { ...process.env, LC_ALL: 'C.UTF-8', MANWIDTH: '200', MANPAGER: 'cat' } });
const unwrapped = (text) => text.replace(/\s+/g, ' ');

for (const page of Object.keys(pages)) {
  test(`${page} is well-formed`, () => {
    const { code, output } = runs('sh', ['-c', `man --warnings -E UTF-8 -l -Tutf8 -Z "$1" >"$2"`, 'sh', pathOf(page), files.path('output')]);
    assert.equal(code, 0);
    assert.equal(output, '');
  });
}

describe('rollcall(1)', () => {
  const text = shown('rollcall(1)');
  const sections = new Map(text.split(/^ {3}(?=\S)/m).map((part) => [part.split('\n')[0], part]));

  for (const [command, options] of commandsOf(program)) {
    test(`explains ${command || 'the program'} and its options`, () => {
      const part = (command ? sections.get(command) : '') + sections.get('Every command');
      assert.ok(part.length > 100);
      for (const option of options) assert.match(part, new RegExp(`^ {7}.*${option}(?![\\w-])`, 'm'), option);
      const [synopsis] = /^SYNOPSIS\n[\s\S]*?^DESCRIPTION/m.exec(text);
      assert.match(unwrapped(synopsis), new RegExp(`rollcall ${command}`));
      for (const option of options.filter((name) => command && name !== '--help')) assert.match(synopsis, new RegExp(`rollcall ${command}\\b[^\\n]*${option}`));
    });
  }

  test('has what the help says of the environment and of exit statuses', () => {
    const help = must(program, ['--help']);
    const [, environment] = /^Environment:\n((?: {2}.*\n)+)/m.exec(help);
    for (const [, name] of environment.matchAll(/^ {2}([A-Z_]+)/gm)) assert.match(text, new RegExp(`^ {7}.*${name}`, 'm'), name);
    for (const status of help.match(/Exit status:[\s\S]*/)[0].match(/\b[0-9]\b/g)) assert.match(text, new RegExp(`^ {7}${status} {2,}`, 'm'), status);
  });
});

describe('rollcall.toml(5)', () => {
  const text = shown('rollcall.toml(5)');

  test('has every setting that the program knows, with its default, in its section', () => {
    const defaults = must(program, ['check-config'], { env: { PATH: process.env.PATH, JWT_SECRET: kSecret } });
    let section = '';
    let count = 0;
    for (const line of defaults.split('\n')) {
      const [, name] = /^\[(\w+)\]$/.exec(line) ?? [];
      if (name) section = name;
      const [, key, value] = /^(\w+) = (.*)$/.exec(line) ?? [];
      if (!key) continue;
      const [part] = new RegExp(`^\\[${section}\\]\\n[\\s\\S]*?(?=^\\S)`, 'm').exec(text) ?? [''];
      const shownDefault = value === '"***"' ? '""' : value;
      assert.ok(part.includes(`       ${key} = ${shownDefault}\n`), `${section}.${key} = ${shownDefault}`);
      ++count;
    }
    assert.ok(count > 40);
  });

  test('has every word of the explanations', () => {
    const all = unwrapped(text).replaceAll('‐', '-').replace(/[`´]/g, '');
    for (const paragraph of read('config/rollcall.toml').split('\n\n').filter((one) => /^#\w/m.test(one))) {
      const explanation = paragraph.split('\n').filter((line) => line.startsWith('# ')).map((line) => line.slice(2)).join(' ');
      assert.ok(all.includes(unwrapped(explanation).replaceAll('`', '')), explanation);
    }
  });
});
