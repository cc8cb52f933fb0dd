// No code stands in a document that no test runs.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { says } from './support/program.js';
import { blocksOf, kGuide, kRoot, kTexts, read } from './support/text.js';

// What is C++ is built where the installed package is used.
const sources = ['tests/docs', 'tests/consumer', 'tests/recipes']
  .flatMap((folder) => readdirSync(join(kRoot, folder)).map((name) => `${folder}/${name}`))
  .filter((path) => path.endsWith('.test.js') && !path.endsWith('/blocks.test.js'))
  .map(read)
  .join('\n');

for (const path of kTexts) {
  for (const [id, { file, line }] of blocksOf(path)) {
    if (file === 'terminal') continue;
    test(`${path}:${line}: a test runs ${id}`, () => {
      assert.ok(sources.includes(`'${id}'`), `no test under tests/docs, tests/consumer or tests/recipes names '${id}'`);
    });
  }
}

describe('what is to be typed into a terminal', () => {
  const commands = [...blocksOf(kGuide)].filter(([, { file }]) => file === 'terminal').map(([, { code }]) => code.trim());

  test('packages that are to be installed exist', () => {
    const installs = commands.filter((command) => command.startsWith('npm install '));
    assert.ok(installs.length >= 4);
    for (const name of installs.flatMap((command) => command.split(' ').slice(2))) {
      const ours = name.startsWith('@rollcall/');
      const place = ours ? `clients/${name.slice('@rollcall/'.length)}/package.json` : `node_modules/${name}/package.json`;
      assert.ok(existsSync(join(kRoot, place)), name);
      if (ours) assert.equal(JSON.parse(read(place)).name, name);
    }
  });

  test('commands of the program are known to it', () => {
    const others = commands.filter((command) => !command.startsWith('npm install ')).map((command) => command.replace(/^(?:[A-Z_]+=\S+ )+/, ''));
    assert.ok(others.length > 0);
    for (const command of others) {
      if (command === 'node backend.mjs') continue; // the guide's own
      const [program, name, ...flags] = command.split(' ');
      assert.equal(program, 'rollcall');
      const { code, output } = says([name, '--help']);
      assert.equal(code, 0);
      for (const flag of flags.filter((word) => word.startsWith('-'))) assert.ok(output.includes(flag), command);
    }
  });
});
