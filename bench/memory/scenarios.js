// What makes the server's memory grow, and what should return it. Each takes the server and `note(what)`, which records its
// current memory.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { ask, client, each, kNamespace, token } from './clients.js';
import { kKey, kLoad, kSecret, sleep } from './server.js';

// Configuration: retention times of seconds, so that a run takes a minute.
export const kShort = {
  ROLLCALL_SOCKETIO_RECOVERY_MS: '20000', ROLLCALL_ENGINEIO_PING_INTERVAL_MS: '10000', ROLLCALL_ENGINEIO_PING_TIMEOUT_MS: '10000',
  ROLLCALL_PRESENCE_BROADCAST: 'watchers', ROLLCALL_LIMITS_EVENTS_PER_SECOND: '0', ROLLCALL_API_REQUESTS_PER_SECOND: '0',
};

const kSockets = 16_000;

async function sockets(server, note) {
  const load = spawn(kLoad, ['idle', '-n', String(kSockets), '--seconds', '1', '--window', '256', '--target', `127.0.0.1:${server.port}`],
    { env: { PATH: process.env.PATH, JWT_SECRET: kSecret }, stdio: ['ignore', 'ignore', 'inherit'] });
  const over = new Promise((resolve) => load.once('exit', resolve));
  while ((await Promise.race([over, sleep(200)])) === undefined) note.peak();
}

const kBody = 900_000;

// Long polling. All bodies arrive except for their ends, then they end.
async function bodies(server, note) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity });
  const request = (method, query, body) => new Promise((resolve, reject) => {
    const sent = http.request(`${server.url}/socket.io/?EIO=4&transport=polling${query}`, { method, agent, headers: { 'Content-Type': 'text/plain' } }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += chunk)).on('end', () => resolve(text));
    }).on('error', reject);
    sent.end(body);
  });
  const whole = Buffer.alloc(kBody, 'x');
  whole.write(`42${kNamespace},["nonsense","`);
  whole.write('"]', kBody - 2);
  for (let round = 0; round < 3; ++round) {
    let finish;
    const end = new Promise((resolve) => (finish = resolve));
    const posts = [];
    await each(300, async (i) => {
      const sid = JSON.parse((await request('GET', '')).slice(1)).sid;
      await request('POST', `&sid=${sid}`, `40${kNamespace},${JSON.stringify({ token: token(`poster${i}`) })}`);
      await request('GET', `&sid=${sid}`);
      posts.push(new Promise((resolve) => {
        const sent = http.request(`${server.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`, { method: 'POST', agent, headers: { 'Content-Type': 'text/plain', 'Content-Length': kBody } },
          (answer) => answer.resume().on('end', resolve)).on('error', resolve);
        sent.write(whole.subarray(0, kBody - 1));
        end.then(() => sent.end(whole.subarray(kBody - 1)));
      }));
    });
    await sleep(1500);
    note.peak();
    finish();
    await Promise.all(posts);
  }
  agent.destroy();
}

const kWatchers = 4000;
const kWatched = 1000;

async function subscribe(socket, pool, i) {
  const first = (i * 7919) % pool.length;
  const userIds = Array.from({ length: kWatched }, (_, k) => pool[(first + k * 13) % pool.length]);
  await ask(socket, 'subscribe-presence', { userIds });
}

async function everybody(server, pool, before) {
  const all = [];
  let recovered = 0;
  await each(kWatchers, async (i) => {
    const socket = await client(server, `user${i}`, { before: before?.[i] });
    all[i] = socket;
    if (socket.recovered) ++recovered;
    else await subscribe(socket, pool, i);
  });
  return { all, recovered };
}

function cut(all) {
  return Promise.all(all.map((socket) => new Promise((resolve) => socket.once('close', resolve).terminate())));
}

// 4,000 users with 1,000 ids each. A proxy restarts: all come back and take up their sessions. It restarts again, and nobody
// can: all start from scratch, while their old sessions are kept.
async function failover(server, note) {
  const pool = Array.from({ length: 20_000 }, () => randomUUID());
  let { all } = await everybody(server, pool);
  await note('all watch');
  const before = all;
  await cut(all);
  await note('all cut');
  ({ all } = await everybody(server, pool, before).then((back) => (note.say(`recovered: ${back.recovered}`), back)));
  await note('all back, with their sessions');
  await cut(all);
  ({ all } = await everybody(server, pool));
  await note('all back, without');
  await sleep(25_000);
  await note('25 s later: nothing waits for anybody any more');
  await cut(all);
}

async function deaf(server, note) {
  const all = [];
  await each(300, async (i) => {
    const socket = await client(server, `deaf${i}`);
    socket._socket.pause();
    all.push(socket);
  });
  await note('all there');
  const body = JSON.stringify({ event: 'news', all: true, data: 'x'.repeat(900_000) });
  for (let i = 0; i < 5; ++i) {
    const answer = await fetch(`${server.url}/api/v1/emit`, { method: 'POST', headers: { Authorization: `Bearer ${kKey}` }, body });
    if (!answer.ok) throw new Error(await answer.text());
    await sleep(200);
    note.peak();
  }
  await sleep(1000);
  await note('4.5 MB sent to each');
  await cut(all);
}

export const kScenarios = {
  sockets: { run: sockets },
  bodies: { run: bodies },
  failover: { run: failover },
  'deaf-ws': { run: deaf },
  'deaf-wss': { run: deaf, secure: true },
};
