// packaging/docker, as far as that goes without a Docker daemon.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { scratch } from '../e2e/support/files.js';
import { run } from '../e2e/support/server.js';
import { kRoot, must, read, runs, unpack } from './support/package.js';

const files = scratch();
const folder = unpack('rollcall', files.folder);
const program = join(folder, 'usr/bin/rollcall');
const kDockerfile = 'packaging/docker/Dockerfile';
const text = read(kDockerfile);
// Each instruction in a line, without comments.
const instructions = text.replace(/^#.*\n/gm, '').replace(/\\\n/g, ' ').split('\n').filter(Boolean);
const of = (name) => instructions.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1).trim());

describe('the Dockerfile', () => {
  test('says that it was not built', () => assert.match(text.split('\n\n')[0], /NOT BUILT/));

  test('copies what there is', () => {
    const sources = of('COPY').filter((line) => !line.startsWith('--from')).flatMap((line) => line.split(/\s+/).slice(0, -1));
    assert.ok(sources.length >= 4);
    for (const source of sources) assert.ok(existsSync(join(kRoot, source)), source);
  });

  test('runs what there is, and installs what Debian has', () => {
    for (const [script] of of('RUN').join('\n').matchAll(/\bscripts\/[\w-]+/g)) assert.ok(existsSync(join(kRoot, script)), script);
    const [, list] = /apt-get install -y --no-install-recommends ([^&]*)/.exec(of('RUN').join('\n'));
    for (const name of list.trim().split(/\s+/).filter((one) => !one.startsWith('/'))) {
      assert.equal(runs('apt-cache', ['show', '--no-all-versions', name]).code, 0, name);
    }
  });

  test('builds with what debian/control says, which apt can find', () => {
    assert.match(of('RUN').join('\n'), /apt-get build-dep -y --no-install-recommends \.\//);
    assert.ok(of('COPY').includes('debian ./debian'));
    const { code, output } = runs('apt-get', ['build-dep', '--simulate', '-y', './'], { cwd: kRoot });
    assert.equal(code, 0, output);
  });

  test('starts the program of the package with its configuration, and not as root', () => {
    const [entry] = JSON.parse(of('ENTRYPOINT')[0]);
    assert.ok(existsSync(join(folder, entry)), entry);
    const command = JSON.parse(of('CMD').at(-1));
    assert.ok(existsSync(join(folder, command.at(-1))));
    assert.match(must(program, [command[0], '--help']), new RegExp(`${command[1]} `));
    const [user] = of('USER');
    assert.match(user, /^[1-9]\d*:[1-9]\d*$/);
    assert.match(of('RUN').join('\n'), new RegExp(`--uid ${user.split(':')[0]} `));
  });

  test('has no secret in it', () => {
    assert.deepEqual([...of('ENV'), ...of('ARG')], []);
    assert.doesNotMatch(instructions.join('\n'), /SECRET/);
  });

  test('asks the server whether it is well, without curl', async () => {
    const [, list] = /CMD (\[.*\])/.exec(of('HEALTHCHECK')[0]);
    const [port] = of('EXPOSE');
    const check = (to) => runs('env', ['-i', `PATH=${process.env.PATH}`, ...JSON.parse(list.replaceAll(`/${port} `, `/${to} `))]).code;
    const server = run(['serve', '--listen', '127.0.0.1:0'], {}, { binary: program });
    const [, address] = await server.says(/http:\/\/[^\s:]+:(\d+)/);
    assert.ok(list.includes(`/${port} `));
    assert.equal(check(address), 0);
    server.child.kill('SIGTERM');
    assert.equal((await server.ended).code, 0);
    assert.notEqual(check(address), 0);
  });
});

test('the composition builds that file, and lets the server drain', () => {
  const { services: { rollcall } } = parse(read('packaging/docker/compose.yaml'));
  assert.ok(existsSync(join(kRoot, 'packaging/docker', rollcall.build.context, rollcall.build.dockerfile)));
  assert.match(rollcall.environment.JWT_SECRET, /:\?/);
  const names = Object.keys(rollcall.environment).filter((name) => name.startsWith('ROLLCALL_'));
  const env = { ...Object.fromEntries(names.map((name) => [name, rollcall.environment[name]])), JWT_SECRET: 'x'.repeat(32), PATH: process.env.PATH };
  execFileSync(program, ['check-config'], { env });
  const [, drain] = /^#drain_ms = (\d+)$/m.exec(read('config/rollcall.toml'));
  assert.ok(parseInt(rollcall.stop_grace_period) * 1000 > Number(drain));
});
