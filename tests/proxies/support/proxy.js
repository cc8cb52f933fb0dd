// The configurations that are shipped, as they are but for ports, certificates and places of files, run by Debian's programs.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { request } from '../../e2e/support/polling.js';
import { kPatienceMs, within } from '../../e2e/support/wait.js';

const shipped = (path) => readFileSync(fileURLToPath(new URL(`../../../packaging/${path}`, import.meta.url)), 'utf8');
const kPath = `${process.env.PATH}:/usr/sbin:/usr/local/sbin`;  // where Debian has both, and users often do not look

// Each must be there: a change of the file that the tests would no longer reach fails them.
export function substitute(text, changes) {
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`the shipped configuration has no ${JSON.stringify(from)}`);
    text = text.replaceAll(from, to);
  }
  return text;
}

export async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, () => new Promise((resolve) => {
      const server = net.createServer().listen(0, '127.0.0.1', () => resolve(server));
    })),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

export function makeCertificate(folder) {
  const [key, cert, both] = ['proxy.key', 'proxy.crt', 'proxy.pem'].map((name) => join(folder, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-subj', '/CN=presence', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert], { stdio: 'ignore' });
  writeFileSync(both, readFileSync(cert, 'utf8') + readFileSync(key, 'utf8'));
  return { key, cert, both };
}

const alive = new Set();
process.on('exit', () => alive.forEach((child) => child.kill('SIGKILL')));
export const stopAll = () => Promise.all([...alive].map(stop));

function stop(child) {
  const ended = new Promise((resolve) => (child.exitCode === null && child.signalCode === null ? child.once('exit', resolve) : resolve()));
  child.kill('SIGTERM');
  return within(ended, kPatienceMs, 'the proxy to end').finally(() => alive.delete(child));
}

async function start(program, args, url) {
  const child = spawn(program, args, { env: { PATH: kPath }, stdio: ['ignore', 'pipe', 'pipe'] });
  alive.add(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  child.once('error', (error) => (said += error.message));
  await serves(url, () => true, () => {
    if (child.exitCode !== null || child.pid === undefined) throw new Error(`${program} did not start: ${said}`);
  });
  return { child, said: () => said };
}

// Asks until it answers as wanted: when a proxy is ready, or has taken a new configuration, it tells nobody.
async function serves(url, wanted, check = () => {}) {
  const deadline = performance.now() + kPatienceMs;
  for (;;) {
    const answer = await request(url).catch(() => null);
    if (answer && wanted(answer)) return;
    check();
    if (performance.now() > deadline) throw new Error(`${url} still answers ${answer?.status} after ${kPatienceMs} ms`);
  }
}

// `shorter`: further changes, for timeouts and limits that are to be met within a test. `most`: connections, at each of its two sides.
async function launch({ folder, ports: [plain, secure], text, write, program, args, reload, log }) {
  const url = `https://127.0.0.1:${secure}`;
  write(text);
  const { child, said } = await start(program, args, url);
  return {
    url,
    plainUrl: `http://127.0.0.1:${plain}`,
    namespaceUrl: `${url}/ws/messages`,
    pid: child.pid,
    log: () => log(said),
    folder,
    // Returns when the new configuration answers: it says something else to strangers.
    async reload([from, to], wanted) {
      write(substitute(text, [[from, to]]));
      child.kill(reload);
      await serves(`${url}/`, wanted);
    },
    stop: () => stop(child),
  };
}

export async function startNginx(server, folder, shorter = [], most = 250) {
  mkdirSync(folder);
  const ports = await freePorts(2);
  const { key, cert } = makeCertificate(folder);
  const text = substitute(shipped('nginx/rollcall.conf'), [
    ...shorter,
    ['    listen [::]:80;\n', ''], ['    listen [::]:443 ssl http2;\n', ''],
    ['listen 80;', `listen 127.0.0.1:${ports[0]};`], ['listen 443 ', `listen 127.0.0.1:${ports[1]} `],
    ['127.0.0.1:3000', `127.0.0.1:${server.port}`], ['PRESENCE.EXAMPLE.COM', 'presence.test'],
    ['/etc/ssl/rollcall/CERTIFICATE-WITH-CHAIN.pem', cert], ['/etc/ssl/rollcall/KEY.pem', key],
    ['/var/log/nginx/rollcall.log', join(folder, 'access.log')],
  ]);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`);
  const main = join(folder, 'nginx.conf');
  writeFileSync(main, `${process.getuid() === 0 ? 'user root;' : ''} daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr;
    events { worker_connections ${2 * most + 12}; } http { ${temporary.join(' ')} access_log off; include ${folder}/rollcall.conf; }`);
  return launch({
    folder, ports, text, program: 'nginx', args: ['-p', folder, '-e', 'stderr', '-c', main], reload: 'SIGHUP',
    write: (content) => writeFileSync(join(folder, 'rollcall.conf'), content),
    log: () => readFileSync(join(folder, 'access.log'), 'utf8'),
  });
}

export async function startHaproxy(server, folder, shorter = [], most = 500) {
  mkdirSync(folder);
  const ports = await freePorts(2);
  const file = join(folder, 'haproxy.cfg');
  const text = substitute(shipped('haproxy/haproxy.cfg'), [
    ...shorter,
    ['    chroot /var/lib/haproxy\n', ''], ['    user haproxy\n', ''], ['    group haproxy\n', ''],
    ['/run/haproxy/admin.sock', join(folder, 'admin.sock')], ['/dev/log local0', 'stdout format raw local0'],
    ['maxconn 50000 ', `maxconn ${most} `],
    [':::80 v4v6', `127.0.0.1:${ports[0]}`], [':::443 v4v6', `127.0.0.1:${ports[1]}`],
    ['127.0.0.1:3000', `127.0.0.1:${server.port}`],
    ['/etc/ssl/rollcall/CERTIFICATE-CHAIN-AND-KEY.pem', makeCertificate(folder).both],
  ]);
  return launch({
    folder, ports, text, program: 'haproxy', args: ['-W', '-f', file], reload: 'SIGUSR2',
    write: (content) => writeFileSync(file, content),
    log: (said) => said(),
  });
}
