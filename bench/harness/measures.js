// What is measured: each measure is one command line of rollcall-load.
//
// `floor`: the bare loops can do it too. `broadcast: false`: changes are not broadcast ("watchers" in rollcall), so that many users
// can connect without N^2 deliveries. `x` places a measure on the axis of its group's plot.

export const plural = (unit) => (unit === 'delivery' ? 'deliveries' : `${unit}s`);

const kUnits = { connect: 'connect', idle: 'ping', fanout: 'delivery', query: 'request', heartbeat: 'request' };

function measure(name, title, mode, args, { seconds = 4, warmup = 1, ...more } = {}) {
  return { name, title, mode, args: args.map(String), unit: kUnits[mode], floor: true, broadcast: true, seconds, warmup, ...more };
}

const count = (n) => n.toLocaleString('en');
const idle = (n, seconds) =>
  measure(`idle-${n}`, `${count(n)} idle connections`, 'idle', ['-n', n], { group: 'idle', x: n, broadcast: false, warmup: 0, seconds });
const fanout = (n) =>
  measure(`fanout-${n}`, `fan-out, ${count(n)} listeners, one change at a time`, 'fanout', ['-n', n], { group: 'fanout', x: n });
// All changes in flight end at about the same time: NestJS takes 3 s and 15 s per such wave, so these runs are long.
const many = (name, n, inflight, times) =>
  measure(name, `fan-out, ${count(n)} listeners, ${inflight} changes in flight`, 'fanout', ['-n', n, '--inflight', inflight], { group: 'many', ...times });
const load = (rate) =>
  measure(`load-${rate}`, `\`check-user-status\`, ${count(rate)} a second`, 'query', ['-n', 200, '--rate', rate], {
    group: 'load', x: rate, seconds: 3,
  });

// A bare loop has no list of online users.
const list = (online) =>
  measure(`list-${online}`, `\`get-online-users\`, ${count(online)} online`, 'query',
    ['-n', 10, '--event', 'get-online-users', '--online', online], { floor: false, broadcast: false });

export const kMeasures = [
  measure('connect', 'connect with a token, one at a time', 'connect', ['-n', 19000, '--window', 1]), // as many as one process can hold
  idle(5000, 1),
  idle(19000, 26), // a little more than the ping interval
  ...[100, 1000, 5000, 10000].map(fanout),
  many('many-few', 5000, 16, { warmup: 3, seconds: 8 }),
  many('many-1000', 1000, 200, { warmup: 3, seconds: 6 }),
  many('many-5000', 5000, 200, { warmup: 8, seconds: 16 }),
  many('many-more', 5000, 400, { warmup: 8, seconds: 16 }), // 200 per worker, with two workers
  measure('query-1', '`check-user-status`, 100 connections', 'query', ['-n', 100]),
  measure('query-8', '`check-user-status`, 100 connections, 8 in flight each', 'query', ['-n', 100, '--inflight', 8], { group: 'deep' }),
  measure('ids-100', '`check-users-status`, 100 ids', 'query', ['-n', 100, '--event', 'check-users-status', '--ids', 100], { floor: false }),
  list(900),
  list(9900),
  measure('heartbeat', '`heartbeat`, 100 connections', 'heartbeat', ['-n', 100]),
  ...[1000, 2000, 5000, 10000, 20000, 40000, 80000].map(load),
];

const kEnough = 0.95; // of the requested load: below this the result is not for that load

// The numbers of a run that the tables and plots show; undefined where the run has none.
export function numbersOf(run) {
  const { server = {}, per_second } = run.result;
  const overloaded = run.group === 'load' && per_second < run.x * kEnough;
  const latency = overloaded ? {} : (run.result.latency_us ?? {});
  return {
    cpu_us: server.cpu_us_each ?? undefined,
    per_cpu_second: server.each_per_cpu_second ?? undefined,
    bytes: run.group === 'idle' ? server.rss_per_connection : undefined,
    p50_us: latency.p50,
    p99_us: latency.p99,
    per_second,
  };
}
