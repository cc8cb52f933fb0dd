// What the documents say of the program - settings and their defaults, events, codes, commands, files - is so.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { kCodes, kPackageCodes, kReadinessCodes, kReplies, kRequests, kSettings, kTold, says } from './support/program.js';
import { blocksOf, fencesOf, kDocuments, kGuide, kRoot, kSummary, kTexts, read } from './support/text.js';

const kSections = [...new Set([...kSettings.keys()].map((name) => name.split('.')[0]))].join('|');
const kSetting = new RegExp(`(?<![-/\\w])(?:${kSections})\\.[a-z][a-z_]*\\b`, 'g');
// Names of that form that are no settings: files, and what JavaScript says.
const kOthers = /^(presence\.(js|ts|tsx|d|test)|server\.(hpp|to|emit|of|run|drain|handle_http|proxy)|auth\.(js|ts|token)|api\.(example|js))$/;

const isText = (path) => path.endsWith('.txt');
const codeOf = (path) => (isText(path) ? [...blocksOf(path).values()] : fencesOf(path)).map(({ code }) => code);
function proseOf(path) {
  let text = read(path);
  for (const code of codeOf(path)) text = text.replace(code, '');
  return text;
}
const plain = (path) => proseOf(path).replace(/\s+/g, ' ');

const inMs = { ms: 1, s: 1000, min: 60_000 };
function figure(number, unit, setting) {
  const value = Number(number.replaceAll(',', ''));
  return setting.endsWith('_ms') ? value * (inMs[unit] ?? NaN) : value;
}

for (const path of kDocuments) {
  describe(path, () => {
    test('each setting that it names exists', () => {
      for (const [name] of proseOf(path).matchAll(kSetting)) {
        assert.ok(kSettings.has(name) || kOthers.test(name), `there is no setting ${name}`);
      }
      for (const [, name] of read(path).matchAll(/\bROLLCALL_([A-Z_]+)/g)) {
        const known = kOfBackends.has(name) || [...kSettings.keys()].some((setting) => setting.replace('.', '_').toUpperCase() === name);
        assert.ok(known, `there is no setting for ROLLCALL_${name}`);
      }
    });

    // (2 s, presence.offline_grace_ms), also with several settings to be added up.
    test('each figure beside a setting is its default', () => {
      for (const [whole, number, unit, list] of plain(path).matchAll(/\((?:up to )?(\d[\d,.]*) ?([a-z]*), `?((?:[a-z]+\.[a-z_]+`?(?: \+ `?)?)+)\)/g)) {
        const settings = list.replaceAll('`', '').split(' + ');
        const sum = settings.reduce((total, name) => total + kSettings.get(name), 0);
        assert.equal(figure(number, unit, settings[0]), sum, whole);
      }
    });

    // `presence.max_batch_ids` (1,000): the other way round.
    test('each figure behind a setting is its default', () => {
      for (const [whole, list, digits, unit] of plain(path).matchAll(/((?:`[a-z]+\.[a-z_]+`(?: \+ )?)+) \((?:default )?(\d[\d,.]*) ?(s|ms|min|KiB|MiB)?(?=[),;]| a worker)/g)) {
        const settings = list.replaceAll('`', '').split(' + ');
        if (!settings.every((name) => kSettings.has(name))) continue;
        const sum = settings.reduce((total, name) => total + kSettings.get(name), 0);
        const bytes = { KiB: 1024, MiB: 1024 ** 2 }[unit];
        const told = bytes ? Number(digits) * bytes : figure(digits, unit ?? 'ms', settings[0]);
        assert.equal(told, sum, whole);
      }
    });

    // 1,000 ids a request (`presence.max_batch_ids`).
    test('each figure in words before a setting is its default', () => {
      for (const [whole, digits, name] of plain(path).matchAll(/(?<![\w.,])(\d[\d,]*)(?: [a-zA-Z]+){1,4} \(`([a-z]+\.[a-z_]+)`\)/g)) {
        assert.equal(Number(digits.replaceAll(',', '')), kSettings.get(name), whole);
      }
    });

    test('each value that it says to set is accepted', () => {
      for (const [whole, name, value] of proseOf(path).matchAll(/`?\b([a-z]+\.[a-z_]+) = (\[[^\]]*\]|"[^"]*"|\d+|true|false)/g)) {
        if (!kSettings.has(name)) continue;
        const bare = value.replace(/^\[|\]$/g, '').replaceAll('"', '').replaceAll(/,\s*/g, ',');
        const env = { ROLLCALL_API_KEYS: kSomeKey, [`ROLLCALL_${name.replace('.', '_').toUpperCase()}`]: bare };
        const { code, output } = says(['check-config'], env);
        assert.equal(code, 0, `${whole}: ${output}`);
      }
    });

    test('each code, event, command and file that it names exists', () => {
      const words = new Set([...kCodes, ...kPackageCodes, ...kReadinessCodes, ...[...read(path).matchAll(/\b(?:PRESENCE|REALTIME)_[A-Z_]+/g)].map(([name]) => name), 'JWT_SECRET']);
      for (const [name] of read(path).matchAll(/(?<![\w$/.])[A-Z]{3,}(?:_[A-Z]+)+\b(?!\.(?:txt|md))/g)) {
        assert.ok(words.has(name) || name.startsWith('ROLLCALL_') || kNotOurs.has(name), `there is no code ${name}`);
      }
      for (const [, event] of read(path).matchAll(/\.(?:emit|on|emitWithAck)\('([^']+)'/g)) {
        assert.ok([...kRequests, ...kReplies, ...kTold, ...kApplication].includes(event), `there is no event ${event}`);
      }
      for (const [, command, rest] of read(path).matchAll(/\brollcall (serve|token|check-config|key)\b((?: +(?:--[a-z]+|(?!--)\S+))*)/g)) {
        const { output } = says([command, '--help']);
        for (const [flag] of rest.matchAll(/--[a-z-]+/g)) assert.ok(output.includes(flag), `rollcall ${command} has no ${flag}`);
      }
      for (const [, target] of read(path).matchAll(/(?:`|^ {4}|from the sources: )make ([a-z][a-z0-9-]*)/gm)) {
        assert.match(read('Makefile'), new RegExp(`^${target}:`, 'm'), `make ${target}`);
      }
    });

    // With -f alone the body is lost, which says what is wrong.
    test('no command with curl throws away what an error says', () => {
      for (const [command] of read(path).matchAll(/\bcurl [^\n|]*/g)) {
        assert.doesNotMatch(command, / -[a-zA-Z]*f[a-zA-Z]*\b| --fail(?!-with-body)/);
      }
    });

    test('each file that it sends the reader to is there', () => {
      for (const [name] of proseOf(path).matchAll(/(?<![\w/.-])(?:docs|config|packaging|examples|bench|scripts|clients|web|tests|fuzz|src)\/[\w./-]*\w/g)) {
        assert.ok(existsSync(join(kRoot, name)) || isOfReader(path, name), `there is no ${name}`);
      }
      for (const [name] of proseOf(path).matchAll(/\b[A-Z][A-Z_]+\.(?:txt|md)\b/g)) {
        assert.ok(existsSync(join(kRoot, name)) || existsSync(join(kRoot, 'docs', name)), name);
      }
      if (isText(path)) return;
      for (const [, link] of proseOf(path).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
        assert.ok(existsSync(join(kRoot, path, '..', link)), `${link} leads nowhere`);
      }
      for (const [, link, anchor] of proseOf(path).matchAll(/\]\(([^)#:]*)#([^)]+)\)/g)) {
        const page = link ? join(path, '..', link) : path;
        assert.ok(anchorsOf(page).includes(anchor), `${page} has no section #${anchor}`);
      }
    });
  });
}

// As web pages of a repository name them.
const anchorsOf = (path) =>
  [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, title]) => title.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'));

// Files of the reader's own project: those that the guide gives, and the gateway that went before.
const given = new Set([...[...blocksOf(kGuide).values()].map(({ file }) => file), 'src/app/auth.ts', 'src/app/presence.ts']);
const isOfReader = (path, name) => (isText(path) && given.has(name)) || name.startsWith('src/messages');

// Events that applications invent, or that socket.io-client itself has.
const kApplication = ['notification', 'connect', 'disconnect', 'connect_error'];
const kNotOurs = new Set(['SETTLING_MS', 'LONGEST_MS', 'TCP_NODELAY', 'CAP_NET_BIND_SERVICE']);
// ROLLCALL_URL, ROLLCALL_API_KEY, ROLLCALL_API_URL: what a backend's own environment says.
const kOfBackends = new Set(['URL', 'API_KEY', 'API_URL']);
// Without any, api.metrics = "key" would shut everybody out, and is refused.
const kSomeKey = `documents:read:${'0'.repeat(64)}`;

test('what the documents have backends set does not keep the server from starting', () => {
  for (const name of kOfBackends) {
    const { code, output } = says(['check-config'], { [`ROLLCALL_${name}`]: name === 'API_KEY' ? 'rck_0123456789' : 'http://localhost:3000' });
    assert.equal(code, 0, output);
  }
});

describe('the plain texts', () => {
  for (const path of kTexts) {
    test(`${path} fits a terminal`, () => {
      for (const [index, line] of read(path).split('\n').entries()) {
        assert.ok([...line].length <= 100, `line ${index + 1} has ${[...line].length} columns`);
        assert.doesNotMatch(line, /\t/, `line ${index + 1}`);
      }
      assert.match(read(path), /[^\n]\n$/);
    });
  }

  test('the guide has the sections that its contents list', () => {
    const [head] = read(kGuide).split(/^=+\n1  /m);
    const listed = [...head.matchAll(/^ {1,2}(\d+) {2}([A-Z]+(?: [A-Z]+)*)/gm)].map(([, number, title]) => `${number} ${title}`);
    const present = [...read(kGuide).matchAll(/^=+\n(\d+) {2}(.+)\n=+$/gm)].map(([, number, title]) => `${number} ${title}`);
    assert.deepEqual(listed, present);
  });

  test('the summary has the sections of the one that it takes the place of', () => {
    const headings = [...read(kSummary).matchAll(/^=+\n([A-Z].+)\n=+$/gm)].map(([, title]) => title);
    assert.deepEqual(headings, [
      'REAL-TIME USER PRESENCE SYSTEM - IMPLEMENTATION SUMMARY', 'WHAT WAS IMPLEMENTED', 'BACKEND CHANGES', 'FRONTEND USAGE',
      'REACT INTEGRATION', 'FILES CREATED', 'TESTING THE IMPLEMENTATION', 'INTEGRATION WITH EXISTING FEATURES',
      'BACKEND SERVICE INTEGRATION EXAMPLE', 'PERFORMANCE CONSIDERATIONS', 'SECURITY FEATURES', 'TROUBLESHOOTING', 'NEXT STEPS',
      'DOCUMENTATION FILES', 'SUPPORT', 'CONCLUSION',
    ]);
  });
});
