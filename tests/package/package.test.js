// What the Debian packages are, without installing them.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { scratch } from '../e2e/support/files.js';
import { deb, fieldOf, kDebs, kRoot, must, read, runs, unpack } from './support/package.js';

const files = scratch();
const server = unpack('rollcall', files.path('server'));
const library = unpack('librollcall-dev', files.path('library'));
const filesIn = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile()).map((entry) => join(entry.path, entry.name));

describe('the packages', () => {
  test('satisfy lintian', () => {
    const [changes] = readdirSync(kDebs).filter((name) => name.endsWith('.changes'));
    const { code, output } = runs('lintian', ['--allow-root', '--fail-on', 'error,warning', '--info', join(kDebs, changes)]);
    assert.equal(code, 0, output);
  });

  test('have the version of the program, of CMake and of the changelog', () => {
    const [, version] = /project\(rollcall VERSION (\S+)/.exec(read('CMakeLists.txt'));
    assert.equal(must('dpkg-parsechangelog', ['-l', join(kRoot, 'debian/changelog'), '-S', 'Version']).trim(), version);
    assert.equal(fieldOf('rollcall', 'Version'), version);
    assert.equal(fieldOf('librollcall-dev', 'Version'), version);
    assert.equal(must(join(server, 'usr/bin/rollcall'), ['--version']), `rollcall ${version}\n`);
    for (const page of ['man1/rollcall.1', 'man5/rollcall.toml.5']) {
      assert.ok(must('zcat', [join(server, `usr/share/man/${page}.gz`)]).includes(`"rollcall ${version}"`), page);
    }
  });

  test('do not know where they were built', () => {
    const all = [...filesIn(server), ...filesIn(library)];
    assert.ok(all.length > 40);
    for (const file of all) assert.ok(!readFileSync(file).includes(kRoot.replace(/\/$/, '')), file);
  });

  test('the program is hardened: at a place of its own, its tables read-only, its stack and buffers guarded', () => {
    const program = join(server, 'usr/bin/rollcall');
    assert.match(must('readelf', ['-hW', program]), /Type:\s+DYN/);
    assert.match(must('readelf', ['-dW', program]), /BIND_NOW/);
    assert.match(must('readelf', ['-lW', program]), /GNU_RELRO/);
    const symbols = must('readelf', ['--dyn-syms', '-W', program]);
    for (const symbol of ['__stack_chk_fail', '__memcpy_chk']) assert.match(symbols, new RegExp(symbol));
  });

  test('the library depends on everything that find_package(rollcall) looks for', () => {
    const packages = {
      Threads: [], OpenSSL: ['libssl-dev'], Boost: ['libboost1.81-dev', 'libboost-json1.81-dev'], spdlog: ['libspdlog-dev'],
      PkgConfig: ['pkg-config'], cjose: ['libcjose-dev'], liburing: ['liburing-dev'],
    };
    const config = read('cmake/rollcallConfig.cmake.in');
    const sought = [...config.matchAll(/find_dependency\((\w+)/g)].map(([, name]) => name);
    sought.push(.../foreach\(library ([^)]+)\)/.exec(config)[1].split(' '));
    const depends = fieldOf('librollcall-dev', 'Depends').split(/,\s*/);
    assert.deepEqual(sought.sort(), Object.keys(packages).sort());
    for (const name of Object.values(packages).flat()) assert.ok(depends.includes(name), `${name} is not among ${depends}`);
  });

  test('what is built needs to be installed is what install-deps installs', () => {
    const [, list] = /^Build-Depends:\n((?: .*\n)+)/m.exec(read('debian/control'));
    const needed = list.split('\n').map((line) => line.trim().split(/[ ,]/)[0]).filter((name) => name && !/^(debhelper-compat|dh-sequence-.*)$/.test(name));
    const installed = read('scripts/install-deps');
    for (const name of needed) assert.match(installed, new RegExp(`(?<![\\w-])${name.replace(/[.+]/g, '\\$&')}(?![\\w-])`));
  });

  test('the configuration is the sample as it is, and the only file that dpkg asks about', () => {
    assert.equal(readFileSync(join(server, 'etc/rollcall/rollcall.toml'), 'utf8'), read('config/rollcall.toml'));
    assert.equal(must('dpkg-deb', ['-I', deb('rollcall'), 'conffiles']), '/etc/rollcall/rollcall.toml\n');
  });

  test('no secret is in them', () => {
    for (const line of read('packaging/systemd/secrets.env').split('\n')) assert.match(line, /^(#.*)?$/);
  });
});

describe('rollcall.service', () => {
  const unit = join(server, 'lib/systemd/system/rollcall.service');

  test('exposes as little as docs/operating.md says, as systemd-analyze sees it', () => {
    const output = must('systemd-analyze', ['security', '--offline=yes', '--no-pager', unit]);
    const [, said] = /([\d.]+) of 10 by `systemd-analyze security`/.exec(read('docs/operating.md'));
    const [, seen] = /Overall exposure level for rollcall\.service: ([\d.]+) /.exec(output);
    assert.ok(Number(seen) <= Number(said) && Number(said) < 2, output);
  });

  test('gives up a wrong configuration, whose exit status the manual has, and nothing else', () => {
    const text = readFileSync(unit, 'utf8');
    assert.match(text, /^RestartPreventExitStatus=2$/m);
    assert.match(must('zcat', [join(server, 'usr/share/man/man1/rollcall.1.gz')]), /^\.B 2\nA mistake in the configuration/m);
  });

  test('is given longer to stop than a drain takes by default', () => {
    const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(readFileSync(unit, 'utf8'));
    const [, drain] = /^#drain_ms = (\d+)$/m.exec(read('config/rollcall.toml'));
    assert.ok(Number(seconds) * 1000 >= Number(drain) + 5000);
  });
});
