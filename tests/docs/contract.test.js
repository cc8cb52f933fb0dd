// The program's own lists of what it serves and tells (`rollcall describe`), beside what the documents say.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { document } from '../e2e/support/openapi.js';
import { kProgram, kSettings } from './support/program.js';
import { read } from './support/text.js';

const sorted = (values) => [...values].sort();

describe('docs/openapi.json', () => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, ...operation })));

  test('it has each route of the HTTP API with its scope, and no other', () => {
    const documented = operations.filter(({ security }) => security.length > 0).map(({ method, path, security }) => `${method} ${path} ${security[0].serviceKey.join()}`);
    assert.deepEqual(sorted(documented), sorted(kProgram.routes.map(({ method, path, scope }) => `${method} ${path} ${scope}`)));
  });

  test('what is open to all is the document itself', () => {
    assert.deepEqual(operations.filter(({ security }) => security.length === 0).map(({ path }) => path), ['/api/v1/openapi.json']);
  });

  test('each code of a problem is one of the program', () => {
    const codes = new Set([...kProgram.codes.problems, ...kProgram.codes.requests]);
    for (const code of document.components.schemas.Problem.properties.code.enum) assert.ok(codes.has(code), code);
  });
});

test('docs/protocol.md has each request with its reply', () => {
  const rows = [...read('docs/protocol.md').matchAll(/^\| `([a-z-]+)` \|.*?\| `([a-z-]+)` \|/gm)].map(([, event, reply]) => `${event} ${reply}`);
  assert.deepEqual(rows, kProgram.requests.map(({ event, reply }) => `${event} ${reply}`));
});

test('the types of @rollcall/client have each request and each event', () => {
  const types = read('clients/client/src/contract.ts');
  for (const { event } of kProgram.requests) assert.match(types, new RegExp(`^  '?${event}'?: \\{`, 'm'), event);
  for (const event of kProgram.events) assert.match(types, new RegExp(`(?<![\\w-])'?${event}'?(?![\\w-])`), event);
});

test('docs/operating.md names no metric that the program does not have', () => {
  const known = new Set(kProgram.metrics.map(({ name }) => name));
  const named = [...read('docs/operating.md').matchAll(/`((?:rollcall|process)_[a-z_]+)/g)].map(([, name]) => name.replace(/_$/, ''));
  assert.ok(named.length > 30);
  for (const name of named) assert.ok([...known].some((one) => one.startsWith(name)), name);
});

test('the sample configuration and check-config have each setting', () => {
  assert.deepEqual(sorted(kSettings.keys()), sorted(kProgram.settings.map(({ name }) => name)));
  const sample = read('config/rollcall.toml');
  for (const { name } of kProgram.settings) assert.match(sample, new RegExp(`^#? ?${name.split('.')[1]} = `, 'm'), name);
});

test('the bounds that are no settings are those that the documents name', () => {
  const { watchedUsers, userIdBytes } = kProgram.bounds;
  const told = (path, pattern) => [...read(path).replace(/\s+/g, ' ').matchAll(pattern)].map(([, digits]) => Number(digits.replaceAll(',', '')));
  assert.deepEqual(told('SECURITY.md', /watch up to ([\d,]+) users/g), [watchedUsers]);
  assert.deepEqual(told('docs/protocol.md', /connection can watch at most ([\d,]+) users/g), [watchedUsers]);
  assert.deepEqual(told('docs/protocol.md', /a string of 1 to (\d+) bytes/g), [userIdBytes]);
});
