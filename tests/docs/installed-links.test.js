// The documents as the Debian packages have them: each of their links leads somewhere.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { scratch } from '../e2e/support/files.js';
import { kRoot, read } from './support/text.js';

const files = scratch();
const lines = (path) => read(path).split('\n').filter((line) => line.trim());

// Lays out /usr/share/doc, /etc and /lib as debhelper does.
function install() {
  const place = (source, to) => {
    mkdirSync(dirname(files.path(to)), { recursive: true });
    cpSync(join(kRoot, source), files.path(to), { recursive: true });
  };
  for (const name of ['rollcall', 'librollcall-dev']) {
    const doc = `usr/share/doc/${name}`;
    for (const path of lines(`debian/${name}.docs`)) place(path, `${doc}/${basename(path)}`);
    for (const path of lines(`debian/${name}.examples`)) place(path, `${doc}/examples/${basename(path)}`);
    place('debian/copyright', `${doc}/copyright`);
  }
  place('config/rollcall.toml', 'etc/rollcall/rollcall.toml');
  place('packaging/systemd/rollcall.service', 'lib/systemd/system/rollcall.service');
  for (const name of ['rollcall', 'librollcall-dev']) {
    execFileSync('debian/installed-docs', [name, files.path(`usr/share/doc/${name}`)], { cwd: kRoot });
  }
}
install();

// Outside of code.
const linksOf = (text) => [...text.replace(/^```[^]*?^```$/gm, '').matchAll(/\[[^\]]*\]\(([^)\s#]*)(?:#([^)\s]+))?\)/g)];

describe('an installed document', () => {
  for (const name of ['rollcall', 'librollcall-dev']) {
    const folder = files.path(`usr/share/doc/${name}`);
    for (const file of readdirSync(folder).filter((one) => one.endsWith('.md'))) {
      test(`${name}/${file} has no link that leads nowhere`, () => {
        for (const [whole, path] of linksOf(readFileSync(join(folder, file), 'utf8'))) {
          if (/^[a-z]+:/.test(path)) continue;
          assert.ok(!path || existsSync(join(folder, path)), whole);
        }
      });

      test(`${name}/${file} shows no picture that is not there`, () => {
        const shown = [...readFileSync(join(folder, file), 'utf8').matchAll(/ (?:src|srcset)="([^"]+)"/g)];
        for (const [whole, path] of shown) assert.ok(existsSync(join(folder, path)), whole);
      });
    }
  }

  test('has the code of the original', () => {
    const codeOf = (text) => text.match(/^```[^]*?^```$/gm);
    const installed = readFileSync(files.path('usr/share/doc/librollcall-dev/embedding.md'), 'utf8');
    assert.deepEqual(codeOf(installed), codeOf(read('docs/embedding.md')));
  });
});
