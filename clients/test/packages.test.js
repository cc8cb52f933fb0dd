// What is published: contents, size, and that every way of loading it works.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const kClients = fileURLToPath(new URL('..', import.meta.url));
const kRoot = join(kClients, '..');
const kPackages = readdirSync(kClients).filter((name) => existsSync(join(kClients, name, 'package.json')));
const kGzipLimit = 8 * 1024;
const require = createRequire(import.meta.url);
const read = (...path) => readFileSync(join(...path), 'utf8');
const manifest = (name) => JSON.parse(read(kClients, name, 'package.json'));

describe('each package', () => {
  for (const name of kPackages) {
    const { version, license, peerDependencies, exports, dependencies, ...rest } = manifest(name);

    test(`@rollcall/${name} is what its manifest says`, () => {
      assert.equal(rest.name, `@rollcall/${name}`);
      assert.match(read(kRoot, 'LICENSE'), new RegExp(`^${license} License`));
      assert.equal(version, manifest('client').version, 'they are released together');
      const expected = /^project\(rollcall VERSION (\S+)/m.exec(read(kRoot, 'CMakeLists.txt'))[1];
      assert.equal(version, expected, 'and with the server');
      const ways = Object.values(exports).flatMap((way) => [way.import, way.require, way]);
      for (const target of ways.filter(Boolean)) {
        for (const file of [target.types, target.default].filter((path) => typeof path === 'string')) {
          assert.ok(existsSync(join(kClients, name, file)), file);
        }
      }
      assert.ok(existsSync(join(kClients, name, rest.main ?? rest.module)));
      if (name !== 'client' && peerDependencies['@rollcall/client']) assert.equal(peerDependencies['@rollcall/client'], `^${version}`);
    });

    test(`@rollcall/${name} needs nothing but its peers`, () => {
      assert.deepEqual(Object.keys(dependencies ?? {}), []);
      const allowed = new Set(Object.keys(peerDependencies));
      const code = walk(join(kClients, name, 'dist')).filter((file) => /\.m?js$/.test(file));
      for (const file of code) {
        for (const [, from] of read(file).matchAll(/(?:from\s*|import\s*|import\(|require\()["']([^."'][^"']*)["']/g)) {
          const owner = from.startsWith('@') ? from.split('/').slice(0, 2).join('/') : from.split('/')[0];
          assert.ok(allowed.has(owner), `${file} loads ${from}`);
        }
      }
    });

    test(`what is packed of @rollcall/${name} is its code, its types, a README and the licence`, () => {
      const [{ files }] = JSON.parse(
        execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'], {
          cwd: join(kClients, name),
          stdio: ['ignore', 'pipe', 'inherit'],
        }),
      );
      const paths = files.map(({ path }) => path);
      for (const file of ['LICENSE', 'README.md', 'package.json']) assert.ok(paths.includes(file), `${file} is missing`);
      const others = paths.filter((path) => !/^(LICENSE|README\.md|package\.json|dist\/.*(\.m?js|\.m?js\.map|\.d\.ts|package\.json))$/.test(path));
      assert.deepEqual(others, []);
      const code = paths.filter((path) => /\.m?js$/.test(path));
      assert.ok(code.length > 0);
      for (const path of paths.filter((file) => file.startsWith('dist/') && file.endsWith('.js') && /\/(esm|cjs)\//.test(file))) {
        assert.ok(paths.includes(path.replace(/\.js$/, '.d.ts')), `${path} has no types`);
      }
    });
  }
});

test('`make packages` writes a file of each, and says how to install them', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-packages-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'rollcall-client-0.0.1.tgz'), 'of an earlier version');
  const output = execFileSync(process.execPath, [join(kClients, 'pack.js'), folder], { encoding: 'utf8' });
  const files = readdirSync(folder).sort();
  assert.deepEqual(files, kPackages.map((name) => `rollcall-${name}-${manifest(name).version}.tgz`).sort());
  const installs = output.split('\n').filter((line) => line.includes('npm install'));
  const named = installs.map((line) => [...line.matchAll(/rollcall-([a-z]+)-\d[^ /]*\.tgz/g)].map(([, name]) => name));
  // With each, what it needs of the others.
  assert.deepEqual(named, [['client'], ['react', 'client'], ['vue', 'client'], ['angular', 'client'], ['nestjs']]);
});

const walk = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)],
  );

test('the client, minified and gzipped, is as small as its README says', async () => {
  const bundle = await build({
    entryPoints: [join(kClients, 'client/dist/esm/index.js')],
    bundle: true,
    minify: true,
    format: 'esm',
    external: ['socket.io-client'],
    write: false,
  });
  const bytes = gzipSync(bundle.outputFiles[0].contents, { level: 9 }).length;
  console.log(`@rollcall/client: ${bytes} bytes gzipped`);
  assert.ok(bytes <= kGzipLimit, `${bytes} bytes`);
  assert.match(read(kClients, 'client/README.md'), /8 KB gzipped/);
});

for (const name of ['client', 'react', 'vue', 'nestjs'].filter((one) => kPackages.includes(one))) {
  test(`@rollcall/${name} is the same by import and by require`, async () => {
    const imported = await import(`@rollcall/${name}`);
    const required = require(`@rollcall/${name}`);
    const names = (module) => Object.keys(module).filter((key) => key !== 'default' && key !== 'module.exports').sort();
    assert.ok(names(imported).length > 0);
    assert.deepEqual(names(imported), names(required));
  });
}

describe('@rollcall/react in an application with server components', () => {
  for (const way of ['esm', 'cjs']) {
    test(`says where they end: 'use client' is the first line of each file (${way})`, () => {
      const files = walk(join(kClients, 'react/dist', way)).filter((file) => file.endsWith('.js'));
      assert.ok(files.length >= 3);
      for (const file of files) assert.match(read(file), /^(?:"use strict";\n)?["']use client["'];/, file);
    });

    test(`can be loaded where React has neither contexts nor effects, and says so when it is used (${way})`, () => {
      const load = way === 'esm' ? "await import('@rollcall/react')" : "require('@rollcall/react')";
      const script = `(async () => {
        const { RollcallProvider, useUserPresence } = ${load};
        for (const use of [() => RollcallProvider({ client: {} }), () => useUserPresence('ann')]) {
          try { use(); } catch ({ message }) { console.log(message); }
        }
      })();`;
      const args = ['--conditions=react-server', '--input-type=commonjs', '--eval', script];
      const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: kRoot, encoding: 'utf8' });
      const hint = "for client components: begin the file that uses it with 'use client'";
      assert.equal(stdout, `RollcallProvider is ${hint}\nThis hook is ${hint}\n`, stderr);
    });
  }
});

for (const name of ['client', 'react', 'vue', 'angular']) {
  test(`@rollcall/${name} touches no page when it is loaded, so that a server can render with it`, () => {
    const first = name === 'angular' ? "await import('@angular/compiler');" : '';
    const script = `${first} await import('@rollcall/${name}'); console.log(typeof window, process._getActiveHandles?.().filter((one) => !one.isTTY && one.fd === undefined).length);`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: kRoot, encoding: 'utf8', timeout: 20_000 });
    assert.match(stdout, /^undefined /, stderr);
  });
}

describe('to the TypeScript compiler', () => {
  const folder = join(kRoot, 'node_modules/.rollcall-consumer');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  after(() => rmSync(folder, { recursive: true, force: true }));
  const kWays = {
    'an ES module': ['mts', ['--module', 'nodenext']],
    CommonJS: ['cts', ['--module', 'nodenext']],
    'an old CommonJS project': ['ts', ['--module', 'commonjs', '--moduleResolution', 'node10']],
  };
  const kStrict = ['--noEmit', '--skipLibCheck', '--strict', '--target', 'es2022', '--types', 'node'];
  const kDecorators = ['--experimentalDecorators', '--emitDecoratorMetadata'];
  for (const [way, [ending, options]] of Object.entries(kWays)) {
    test(`they are typed, for ${way}`, () => {
      const files = ['consumer', 'consumer-nestjs'].map((name) => {
        writeFileSync(join(folder, `${name}.${ending}`), read(kClients, `test/${name}.ts`));
        return join(folder, `${name}.${ending}`);
      });
      const args = [require.resolve('typescript/bin/tsc'), ...kStrict, ...kDecorators, ...options, ...files];
      const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      assert.equal(status, 0, stdout);
    });
  }
});

// The tables of docs/protocol.md, and the types.
test('every event of the protocol has a type, and every type is an event of the protocol', () => {
  const protocol = read(kRoot, 'docs/protocol.md');
  const rows = [...protocol.matchAll(/^\| `([a-z-]+)` \|(?:.*?\| `([a-z-]+)` \|)?/gm)];
  const documented = new Set(rows.flatMap(([, event, reply]) => [event, reply]).filter(Boolean));
  for (const event of ['connected', 'authentication_error', 'exception']) {
    assert.ok(protocol.includes(`\`${event}\``), event);
    documented.add(event);
  }
  const types = read(kClients, 'client/src/contract.ts');
  const requests = /export interface Requests \{(.*?)\n\}/s.exec(types)[1];
  const events = /export interface ServerToClientEvents extends Replies \{(.*?)\n\}/s.exec(types)[1];
  const typed = new Set([
    ...[...requests.matchAll(/^ {2}'?([a-z-]+)'?: \{/gm)].map(([, event]) => event),
    ...[...requests.matchAll(/reply: '([a-z-]+)'/g)].map(([, event]) => event),
    ...[...events.matchAll(/^ {2}'?([a-z_-]+)'?: \(/gm)].map(([, event]) => event),
  ]);
  assert.deepEqual([...typed].sort(), [...documented].sort());
  for (const [, code] of types.matchAll(/^ {2}\| '([A-Z_]+)'/gm)) assert.ok(protocol.includes(code), code);
});

test('the lockfile names no host but for what is linked', () => {
  const { packages } = JSON.parse(read(kRoot, 'package-lock.json'));
  for (const [path, { resolved, link }] of Object.entries(packages)) {
    assert.ok(resolved === undefined || link, `${path} is resolved to ${resolved}`);
  }
});
