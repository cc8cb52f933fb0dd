// What the shells offer behind `rollcall`: the package's files, asked by the shells themselves.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { scratch } from '../e2e/support/files.js';
import { commandsOf, must, read, unpack } from './support/package.js';

const files = scratch();
const folder = unpack('rollcall', files.folder);
const kCommands = commandsOf(join(folder, 'usr/bin/rollcall'));
const names = [...kCommands.keys()].filter((name) => name);
files.write('my rollcall.toml', '');

const kBash = `source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_rollcall; printf '%s\\n' "\${COMPREPLY[@]}"`;
function bash(...words) {
  const script = join(folder, 'usr/share/bash-completion/completions/rollcall');
  return must('bash', ['-c', kBash, 'bash', script, 'rollcall', ...words], { cwd: files.folder }).split('\n').filter(Boolean).sort();
}
function fish(line) {
  const script = join(folder, 'usr/share/fish/vendor_completions.d/rollcall.fish');
  const out = must('fish', ['--no-config', '-c', 'source $argv[1]; complete -C $argv[2]', script, line], { cwd: files.folder, env: { ...process.env, HOME: files.folder } });
  return out.split('\n').filter(Boolean).map((offer) => offer.split('\t')[0]).sort();
}
// zsh completes at a prompt only: what it would offer is what the function hands to _arguments and _describe.
const kZsh = `_arguments() { local one; for one in "$@"; do print -r -- "$one"; done; [[ " $* " == *'->argument'* ]] && state=$wanted line=($command); return 1 }
_describe() { print -rl -- \${(P)2} }
wanted=$2 command=$3
source $1; true`;
function zsh(state, command = '') {
  const script = join(folder, 'usr/share/zsh/vendor-completions/_rollcall');
  return must('zsh', ['-f', '-c', kZsh, 'zsh', script, state, command]);
}

describe('bash', () => {
  test('offers every command, and what goes without one', () => {
    assert.deepEqual(bash(''), [...names, '--help', '--version'].sort());
    assert.deepEqual(bash('to'), ['token']);
  });
  for (const name of names) {
    test(`offers every option of ${name}`, () => assert.deepEqual(bash(name, ''), kCommands.get(name)));
  }
  test('offers what options take', () => {
    assert.deepEqual(bash('serve', '--config', 'my'), ['my rollcall.toml']);
    assert.deepEqual(bash('serve', '--config', '=', 'my'), ['my rollcall.toml']);
    assert.deepEqual(bash('key', '--scopes', ''), ['admin', 'emit', 'read']);
    assert.deepEqual(bash('key', '--scopes', 'read,e'), ['read,emit']);
    assert.deepEqual(bash('token', '--sub', ''), []);
  });
});

describe('fish', () => {
  test('offers every command', () => assert.deepEqual(fish('rollcall '), names.sort()));
  for (const [name, options] of kCommands) {
    test(`offers every option of ${name || 'the program'}`, () => assert.deepEqual(fish(`rollcall ${name}${name ? ' ' : ''}--`), options));
  }
  test('offers what options take', () => {
    assert.deepEqual(fish('rollcall key --scopes e'), ['emit']);
    assert.ok(fish('rollcall serve --config my').some((offer) => offer.includes('my')));
  });
});

describe('zsh', () => {
  test('offers every command', () => {
    assert.deepEqual([...zsh('command').matchAll(/^([a-z-]+):/gm)].map(([, name]) => name).sort(), names.sort());
  });
  for (const name of names) {
    test(`offers every option of ${name}`, () => {
      // The first five lines are those of the program itself.
      const [, own] = zsh('argument', name).split('*::argument:->argument\n');
      assert.deepEqual([...own.matchAll(/(--[a-z-]+)\[/g)].map(([, option]) => option).sort(), kCommands.get(name));
    });
  }
  test('is for rollcall', () => assert.match(read('packaging/completions/_rollcall'), /^#compdef rollcall\n/));
});
