// The package as an operator has it: installed by dpkg, its service run by systemd as the unit says. Only on the copy of the
// machine that tests/package/support/machine makes, and in this order.
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, before, describe, test } from 'node:test';
import { closeAll, connect } from '../../e2e/support/client.js';
import { scratch } from '../../e2e/support/files.js';
import { run } from '../../e2e/support/server.js';
import { kSecret } from '../../e2e/support/tokens.js';
import { deb, kRoot, must, runs } from '../support/package.js';

const kConfig = '/etc/rollcall/rollcall.toml';
const kSecrets = '/etc/rollcall/secrets.env';
const kDropIn = '/etc/systemd/system/rollcall.service.d/test.conf';
const kUrl = 'http://127.0.0.1:3000';
const files = scratch();
afterEach(closeAll);

const systemctl = (...args) => runs('systemctl', args);
const show = (property) => must('systemctl', ['show', '-p', property, '--value', 'rollcall']).trim();
const journal = () => must('journalctl', ['-u', 'rollcall', '-o', 'cat', '--no-pager']);
async function logs(pattern) {
  for (let tries = 0; !pattern.test(journal()); ++tries) {
    if (tries === 200) throw new Error(`the journal does not say ${pattern}:\n${journal()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
const mode = (path) => {
  const { uid, gid, mode: bits } = statSync(path);
  return [uid, gid, (bits & 0o777).toString(8)];
};
const idOf = (database) => Number(must('getent', [database, 'rollcall']).split(':')[2]);

async function ready(url = kUrl) {
  const answer = await fetch(`${url}/readyz`, { headers: { connection: 'close' } });
  return [answer.status, await answer.json()];
}

// Until systemd says so of the service.
async function becomes(property, value) {
  for (let tries = 0; show(property) !== value; ++tries) {
    if (tries === 200) throw new Error(`${property} is ${show(property)}, not ${value}:\n${journal()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function dropIn(text) {
  mkdirSync(join(kDropIn, '..'), { recursive: true });
  writeFileSync(kDropIn, text);
  must('systemctl', ['daemon-reload']);
}

before(() => {
  if (process.env.ROLLCALL_COPY !== 'yes') throw new Error('this installs packages: run it by make test-deb');
});

describe('the package, installed', { concurrency: 1 }, () => {
  test('does not start by itself, and says what to do', async () => {
    assert.ok(!existsSync('/usr/bin/rollcall'));
    const output = must('dpkg', ['--install', deb('rollcall')]);
    for (const said of [`sudoedit ${kSecrets}`, 'systemctl enable --now rollcall', `curl ${kUrl}/readyz`]) assert.ok(output.includes(said), said);
    assert.equal(systemctl('is-enabled', 'rollcall').output, 'disabled\n');
    assert.equal(show('ActiveState'), 'inactive');
    await assert.rejects(ready());
  });

  test('has a user that nobody can be, and a configuration that only that user and root read', () => {
    assert.match(must('getent', ['passwd', 'rollcall']), /:\/nonexistent:\/usr\/sbin\/nologin\n$/);
    assert.deepEqual(mode('/etc/rollcall'), [0, idOf('group'), '750']);
    assert.deepEqual(mode(kSecrets), [0, idOf('group'), '640']);
  });

  test('its unit and its manual are in order', () => {
    const { code, output } = runs('systemd-analyze', ['verify', 'rollcall.service']);
    assert.equal(code, 0, output);
    assert.equal(output.split('\n').filter((line) => line.includes('rollcall')).join('\n'), '');
    assert.match(must('man', ['-w', '5', 'rollcall.toml']), /man5\/rollcall\.toml\.5/);
    assert.match(must('bash', ['-c', '. /usr/share/bash-completion/bash_completion; _completion_loader rollcall; complete -p rollcall']), /_rollcall rollcall/);
  });

  test('does not start without a key, says which, and does not try again', () => {
    const { code } = systemctl('start', 'rollcall');
    assert.notEqual(code, 0);
    assert.deepEqual([show('ActiveState'), show('ExecMainStatus'), show('NRestarts')], ['failed', '2', '0']);
    assert.match(systemctl('status', 'rollcall').output, /auth\.jwt_secret is not set.*set JWT_SECRET.*\/etc\/rollcall\/secrets\.env/);
  });

  test('starts with one: `systemctl start` comes back when it is ready', async () => {
    appendFileSync(kSecrets, `JWT_SECRET=${kSecret}\n`);
    must('systemctl', ['enable', '--now', 'rollcall']);
    assert.deepEqual(await ready(), [200, { ready: true }]);
    assert.match(systemctl('status', 'rollcall').output, /Active: active \(running\)[\s\S]*Status: "0 users online, 0 connections"/);
  });

  test('runs as its user, with no rights, and cannot write', () => {
    const pid = show('MainPID');
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const uid = idOf('passwd');
    assert.match(status, new RegExp(`^Uid:\t${uid}\t${uid}\t${uid}\t${uid}$`, 'm'));
    for (const kind of ['Inh', 'Prm', 'Eff', 'Bnd', 'Amb']) assert.match(status, new RegExp(`^Cap${kind}:\t0+$`, 'm'));
    assert.match(status, /^NoNewPrivs:\t1$/m);
    assert.match(status, /^Seccomp:\t2$/m);
    const limits = readFileSync(`/proc/${pid}/limits`, 'utf8');
    const [, most] = /^Max open files +\d+ +(\d+)/m.exec(readFileSync('/proc/1/limits', 'utf8'));
    const [, descriptors] = /^Max open files +(\d+)/m.exec(limits);
    assert.equal(Number(descriptors), Math.min(1048576, Number(most)));  // or what a container allows
    assert.match(limits, /^Max core file size +0 +0/m);
    for (const folder of ['/etc', '/usr', '/var/lib', '/root']) {
      assert.notEqual(runs('nsenter', ['--target', pid, '--mount', 'touch', `${folder}/written`]).code, 0, folder);
    }
  });

  test('serves the real client, as fast as without a unit', async () => {
    const server = { namespaceUrl: `${kUrl}/ws/messages` };
    const [anna, bert] = [await connect(server, 'anna', { transports: ['polling', 'websocket'] }), await connect(server, 'bert')];
    assert.equal(await bert.isOnline('anna'), true);
    anna.close();
    assert.equal((await bert.take('user-offline')).userId, 'anna');
    const free = run(['serve', '--listen', '127.0.0.1:0'], {}, { binary: '/usr/bin/rollcall' });
    const [, sender] = await free.says(/sender=(\w+)/);
    assert.match(journal(), new RegExp(`sender=${sender}$`, 'm'));
    free.child.kill('SIGTERM');
    await free.ended;
  });

  test('a reload keeps the process and its connections', async () => {
    const pid = show('MainPID');
    const anna = await connect({ namespaceUrl: `${kUrl}/ws/messages` }, 'anna');
    must('systemctl', ['reload', 'rollcall']);
    assert.equal(await anna.isOnline('anna'), true);
    assert.equal(show('MainPID'), pid);
    await logs(/configuration reloaded/);
  });

  test('is started anew when it crashes, and when it hangs', async () => {
    dropIn('[Service]\nWatchdogSec=1\nRestartSec=0\n');
    must('systemctl', ['restart', 'rollcall']);
    process.kill(Number(show('MainPID')), 'SIGSEGV');
    await becomes('NRestarts', '1');
    await becomes('ActiveState', 'active');
    process.kill(Number(show('MainPID')), 'SIGSTOP');
    await becomes('NRestarts', '2');
    await becomes('ActiveState', 'active');
    assert.deepEqual(await ready(), [200, { ready: true }]);
    assert.match(journal(), /Watchdog timeout/);
  });

  test('is given the time to drain that its configuration says', async () => {
    dropIn('[Service]\nTimeoutStopSec=1\nEnvironment=ROLLCALL_SERVER_DRAIN_MS=2500\n');
    must('systemctl', ['restart', 'rollcall']);
    // A session that nobody polls for any more keeps it for as long as it may.
    await (await fetch(`${kUrl}/socket.io/?EIO=4&transport=polling`)).text();
    const start = performance.now();
    must('systemctl', ['stop', 'rollcall']);
    assert.ok(performance.now() - start > 2000);
    assert.deepEqual([show('Result'), show('ExecMainStatus')], ['success', '0']);
  });

  test('listens on a privileged port with the drop-in that is shipped for it', async () => {
    dropIn(`${readFileSync('/usr/share/doc/rollcall/examples/privileged-port.conf', 'utf8')}\nEnvironment=ROLLCALL_SERVER_LISTEN=127.0.0.1:81\n`);
    must('systemctl', ['restart', 'rollcall']);
    assert.deepEqual(await ready('http://127.0.0.1:81'), [200, { ready: true }]);
    dropIn('');
    must('systemctl', ['restart', 'rollcall']);
  });

  test('takes certificates as docs/operating.md has certbot leave them', async () => {
    const original = readFileSync(kConfig, 'utf8');
    const [, hook] = /```sh\n(#!\/bin\/sh -e\n[^]*?)```/.exec(readFileSync(join(kRoot, 'docs/operating.md'), 'utf8'));
    const renew = (name) => {
      const lineage = files.path(name);
      mkdirSync(lineage);
      must('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', `/CN=${name}`, '-keyout', `${lineage}/privkey.pem`, '-out', `${lineage}/fullchain.pem`]);
      return runs('sh', ['-ec', hook], { env: { ...process.env, RENEWED_LINEAGE: lineage } });
    };
    const served = () => /CN ?= ?(\w+)/.exec(runs('openssl', ['s_client', '-connect', '127.0.0.1:3000'], { input: '' }).output)[1];
    renew('first');
    writeFileSync(kConfig, original.replace('#tls_cert = ""', 'tls_cert = "fullchain.pem"').replace('#tls_key = ""', 'tls_key = "privkey.pem"'));
    must('systemctl', ['restart', 'rollcall']);
    assert.equal(served(), 'first');
    assert.deepEqual(mode('/etc/rollcall/privkey.pem'), [0, idOf('group'), '640']);
    assert.equal(renew('second').code, 0);
    for (let tries = 0; tries < 100 && served() !== 'second'; ++tries);
    assert.equal(served(), 'second');
    must('rm', ['/etc/rollcall/fullchain.pem', '/etc/rollcall/privkey.pem']);
    writeFileSync(kConfig, original);
    must('systemctl', ['restart', 'rollcall']);
  });

  test('an upgrade keeps what was configured, and restarts it', async () => {
    writeFileSync(kConfig, readFileSync(kConfig, 'utf8').replace('#drain_ms = 5000', 'drain_ms = 1234'));
    const pid = show('MainPID');
    const newer = files.path('newer');
    must('dpkg-deb', ['--raw-extract', deb('rollcall'), newer]);
    const control = readFileSync(`${newer}/DEBIAN/control`, 'utf8');
    writeFileSync(`${newer}/DEBIAN/control`, control.replace(/^Version: .*/m, 'Version: 99'));
    appendFileSync(`${newer}/etc/rollcall/rollcall.toml`, '# A newer sample.\n');
    must('dpkg-deb', ['-Znone', '--root-owner-group', '--build', newer, files.path('newer.deb')]);
    const output = must('dpkg', ['--force-confdef', '--force-confold', '--install', files.path('newer.deb')]);
    assert.doesNotMatch(output, /sudoedit/);
    assert.match(readFileSync(kConfig, 'utf8'), /^drain_ms = 1234$/m);
    assert.match(readFileSync(kSecrets, 'utf8'), new RegExp(kSecret));
    assert.deepEqual(mode('/etc/rollcall'), [0, idOf('group'), '750']);
    await becomes('ActiveState', 'active');
    assert.notEqual(show('MainPID'), pid);
    assert.deepEqual(await ready(), [200, { ready: true }]);
  });

  test('find_package(rollcall) finds the library of its other package', async () => {
    must('dpkg', ['--install', deb('librollcall-dev')]);
    const build = files.path('build');
    must('cmake', ['-S', join(kRoot, 'tests/consumer'), '-B', build, '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Release', '-DCMAKE_CXX_COMPILER_LAUNCHER=ccache']);
    assert.match(readFileSync(join(build, 'CMakeCache.txt'), 'utf8'), /^rollcall_DIR:PATH=\/usr\/lib\//m);
    must('cmake', ['--build', build, '--target', 'presence'], { timeout: 200000 });
    const program = run([], {}, { binary: join(build, 'presence'), stdin: 'pipe' });
    const [, address] = await program.says(/listening on (\S+)/);
    const anna = await connect({ namespaceUrl: `http://${address}/ws/messages` }, 'anna');
    await program.says(/^\+ anna$/m);
    anna.close();
    program.child.stdin.end();
    assert.equal((await program.ended).code, 0);
  });

  test('removed, it leaves the configuration; purged, only what is not its own', async () => {
    const installed = must('dpkg', ['--listfiles', 'rollcall', 'librollcall-dev']).split('\n').filter((path) => path && statSync(path).isFile());
    must('dpkg', ['--remove', 'rollcall', 'librollcall-dev']);
    await assert.rejects(ready());
    assert.ok(existsSync(kConfig) && existsSync(kSecrets));
    writeFileSync('/etc/rollcall/own.pem', 'a certificate');
    must('dpkg', ['--purge', 'rollcall', 'librollcall-dev']);
    assert.ok(installed.length > 40);
    for (const path of [...installed, kSecrets, '/usr/share/rollcall', '/usr/share/doc/rollcall', '/usr/include/rollcall']) assert.ok(!existsSync(path), path);
    assert.ok(existsSync('/etc/rollcall/own.pem'));
    assert.notEqual(runs('dpkg', ['--status', 'rollcall']).code, 0);
    assert.equal(must('find', ['/etc/systemd/system', '/var/lib/systemd/deb-systemd-helper-enabled', '-name', 'rollcall.service']), '');
  });

  test('installed again and purged, it leaves nothing but its user', () => {
    must('dpkg', ['--install', deb('rollcall')]);
    must('rm', ['/etc/rollcall/own.pem']);
    must('dpkg', ['--purge', 'rollcall']);
    assert.ok(!existsSync('/etc/rollcall'));
    assert.match(must('getent', ['passwd', 'rollcall']), /^rollcall:/);
  });
});
