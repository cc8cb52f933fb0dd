#!/usr/bin/env node
// What TLS costs: rollcall with wss compared with ws, behind nginx and HAProxy, and with other servers with TLS. `make bench-wss`
//
//   node bench/wss/measure.js [CONNECTIONS [ROUNDS [SERVER,SERVER…]]]
//
// A fresh server per kind of figure, the servers in turn; prints medians of the rounds. CPU and resident memory include the server
// and its proxy; the clients share the machine and are not counted.
//
// The same for all: connections, requests and memory without broadcasts, deliveries with broadcasts to everybody. A change is a
// user who leaves and comes back on the same connection; the next one starts once all have received the last. With broadcasts, n
// connecting users cause n²/2 deliveries, so there are fewer listeners. A delivery by polling is one poll that ends and the next
// that starts.
import { setTimeout as sleep } from 'node:timers/promises';
import { median, threeDigits } from '../harness/statistics.js';
import { table } from '../harness/table.js';
import { join, kNamespace, polling, session, webSocket } from './clients.js';
import { cpuNs, kMeasured, kTitles, residentBytes, startMeasured } from './servers.js';

const [connections, rounds] = [Number(process.argv[2] ?? 2000), Number(process.argv[3] ?? 3)];
const measured = process.argv[4]?.split(',') ?? Object.keys(kMeasured);
const kWindow = 16;
const kResumed = 300;
const kRequests = 4000;
const kRequesters = 20;
const kListeners = 300;
const kPollers = 150;
const kChanges = 40;
const kSettleMs = 300;
const kQuietMs = 1500;
const kPatienceMs = 60000;

async function inWindows(count, begin) {
  let next = 0;
  await Promise.all(Array.from({ length: Math.min(kWindow, count) }, async () => {
    while (next < count) await begin(next++);
  }));
}

// In microseconds of CPU.
async function costOf(server, count, work) {
  const before = cpuNs(server);
  await work();
  await sleep(kSettleMs);
  return (cpuNs(server) - before) / 1000 / count;
}

async function crowd(server, wire, count) {
  const clients = [];
  await inWindows(count, async (i) => clients.push(await join(wire(server), `user${i}`)));
  return clients;
}

async function until(done, what) {
  for (const deadline = performance.now() + kPatienceMs; !done(); await sleep(1)) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
  }
}

function ask(client, count) {
  const send = () => client.send(`42${kNamespace},1["check-user-status",{"userId":"user7"}]`);
  return new Promise((resolve) => {
    let left = count;
    client.told = (packet) => {
      if (!packet.startsWith(`43${kNamespace}`)) return;
      if (--left === 0) resolve();
      else send();
    };
    send();
  });
}

// Undefined if a server does not resume sessions.
async function resume(server) {
  const ticket = server.secure && (await session(server));
  if (!ticket) return undefined;
  let resumed = 0;
  const cost = await costOf(server, kResumed, () => inWindows(kResumed, async (i) => {
    const client = await join(webSocket(server, { session: ticket }), `again${i}`);
    if (client.resumed()) ++resumed;
  }));
  return resumed === kResumed ? cost : undefined;
}

async function onFresh(which, broadcast, work) {
  const server = await startMeasured(which, { broadcast });
  try {
    await join(webSocket(server), 'warm').then((warm) => warm.close());
    await sleep(kSettleMs);
    return await work(server);
  } finally {
    await server.stop();
  }
}

async function weigh(server, wire, count) {
  const resident = residentBytes(server);
  let clients;
  const connect = await costOf(server, count, async () => (clients = await crowd(server, wire, count)));
  await sleep(kQuietMs);
  return { clients, connect, bytes: (residentBytes(server) - resident) / count };
}

const sockets = (which) => onFresh(which, false, async (server) => {
  const { clients, connect, bytes } = await weigh(server, webSocket, connections);
  const request = await costOf(server, kRequests, () => Promise.all(clients.slice(0, kRequesters).map((client) => ask(client, kRequests / kRequesters))));
  const resumed = await resume(server);
  clients.forEach((client) => client.close());
  return { bytes, connect, resumed, request };
});

const pollers = (which) => onFresh(which, false, async (server) => {
  const { clients, bytes } = await weigh(server, polling, Math.min(connections, 1000));
  clients.forEach((client) => client.close());
  return { pollerBytes: bytes };
});

const deliveries = (which, wire, count, name) => onFresh(which, true, async (server) => {
  const clients = await crowd(server, wire, count);
  let told = 0;
  for (const client of clients) client.told = (packet) => (told += packet.split('"famous"').length - 1);
  const famous = await join(webSocket(server), 'famous');
  await until(() => told === count, 'the first to be told');
  told = 0;
  const cost = await costOf(server, kChanges * count, async () => {
    for (let change = 1; change <= kChanges; ++change) {
      if (change % 2) famous.go();
      else famous.come();
      await until(() => told === change * count, `change ${change} to be told`);
    }
  });
  [famous, ...clients].forEach((client) => client.close());
  return { [name]: cost };
});

async function measure(which) {
  return {
    ...(await sockets(which)),
    ...(await deliveries(which, webSocket, kListeners, 'delivery')),
    ...(await pollers(which)),
    ...(await deliveries(which, polling, kPollers, 'polled')),
  };
}

const kRows = {
  bytes: 'bytes an idle connection',
  connect: 'us of CPU a connect, full handshake',
  resumed: 'us of CPU a connect, resumed',
  request: 'us of CPU a request',
  delivery: `us of CPU a delivery, ${kListeners} listeners`,
  pollerBytes: 'bytes a waiting poller',
  polled: `us of CPU a delivery by polling, ${kPollers} listeners`,
};

const runs = Object.fromEntries(measured.map((which) => [which, []]));
for (let round = 1; round <= rounds; ++round) {
  for (const which of round % 2 ? measured : [...measured].reverse()) {
    runs[which].push(await measure(which));
    console.error(`[${round}/${rounds}] ${which}: ${JSON.stringify(runs[which].at(-1), (_, value) => value?.toPrecision?.(4) ?? value)}`);
  }
}
console.log(`${connections} connections, medians of ${rounds} rounds, ECDSA P-256, node ${process.versions.node}\n`);
const figure = (which, row) => threeDigits(median(runs[which].map((run) => run[row]).filter((value) => value !== undefined)));
console.log(table(['', ...measured.map((which) => kTitles[which])], Object.entries(kRows).map(([row, title]) => [title, ...measured.map((which) => figure(which, row))])));
process.exit();
