// What /metrics says, what has become of it within a minute, and whether that is well.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { examine, worst } from './health.js';
import { History } from './history.js';
import { Figures, Growth } from './prometheus.js';

const kReady = { ready: true };

test('samples are read with their labels, and anything else is left out', () => {
  const figures = new Figures('# HELP a b\n# TYPE a counter\na 5\na_b{x="1",y="q\\"\\\\\\n}"} 2.5e3 1700000000\ninf{le="+Inf"} +Inf\n\nnonsense\nb{x="1"} NaN\n{} 4\nc{\n');
  assert.equal(figures.size, 3);
  assert.equal(figures.sum('a'), 5);
  assert.equal(figures.sum('a_b', { x: '1', y: 'q"\\\n}' }), 2500);
  assert.equal(figures.sum('a_b', { x: '2' }), 0);
  assert.equal(figures.sum('inf'), Infinity);
  assert.equal(figures.sum('nothing'), 0);
});

test('growth is by label, and a counter that began anew has grown by what it is', () => {
  const growth = new Growth(new Figures('c{k="a"} 5\nc{k="b"} 9\n', 1000), new Figures('c{k="a"} 7\nc{k="b"} 2\nc{k="new"} 1\n', 3000));
  assert.deepEqual([...growth.by('c', 'k')], [['a', 2], ['b', 2], ['new', 1]]);
  assert.equal(growth.sum('c', { k: 'a' }), 2);
  assert.equal(growth.seconds, 2);
});

test('a share of a histogram is below a bound', () => {
  const histogram = (...up) => ['0.001', '0.1', '1', '+Inf'].map((le, i) => `h_bucket{le="${le}"} ${up[i]}`).join('\n');
  const below = (before, now) => new Growth(new Figures(before), new Figures(now)).below('h', 0.99);
  assert.deepEqual(below(histogram(0, 0, 0, 0), histogram(100, 100, 100, 100)), { bound: 0.001, of: 100 });
  assert.deepEqual(below(histogram(900, 900, 900, 900), histogram(990, 1000, 1000, 1000)), { bound: 0.1, of: 100 });
  assert.deepEqual(below(histogram(0, 0, 0, 0), histogram(90, 90, 90, 100)), { bound: Infinity, of: 100 });
  assert.equal(below(histogram(5, 5, 5, 5), histogram(5, 5, 5, 5)), null);
});

test('the history is of a minute, and of one process', () => {
  const history = new History();
  const reading = (seconds, n, start = 1) => history.add(new Figures(`n ${n}\nprocess_start_time_seconds ${start}\n`, seconds * 1000)).growth;
  assert.equal(reading(0, 100).sum('n'), 0);
  assert.equal(reading(30, 150).sum('n'), 50);
  assert.equal(reading(80, 170).sum('n'), 20);
  assert.equal(reading(90, 3, 2).sum('n'), 0);
});

// A healthy server's figures, with some changed: {name: value}, or {'name{label="x"}': value}.
const kWell = {
  process_start_time_seconds: 1, process_resident_memory_bytes: 12e6, process_open_fds: 30, process_max_fds: 20000,
  rollcall_tcp_turned_away_total: 0, rollcall_backlog_bytes: 0, 'rollcall_slow_consumers_total{kind="socket"}': 0,
  rollcall_joins_total: 0, 'rollcall_auth_failures_total{code="INVALID_TOKEN"}': 0, 'rollcall_auth_failures_total{code="TOKEN_EXPIRED"}': 0,
  rollcall_presence_window_seconds: 0, rollcall_presence_held_changes: 0, rollcall_webhook_dropped_changes_total: 0,
  'rollcall_webhook_requests_total{outcome="accepted"}': 0, 'rollcall_webhook_requests_total{outcome="failed"}': 0,
  'rollcall_loop_lag_seconds_bucket{le="0.001"}': 0, 'rollcall_loop_lag_seconds_bucket{le="0.25"}': 0, 'rollcall_loop_lag_seconds_bucket{le="+Inf"}': 0,
  'rollcall_worker_busy_seconds_total{worker="0"}': 0, 'rollcall_worker_busy_seconds_total{worker="1"}': 0,
  'rollcall_worker_connections{worker="0"}': 3, 'rollcall_worker_connections{worker="1"}': 4,
  'rollcall_worker_inbox_messages{worker="0"}': 0, 'rollcall_worker_inbox_messages{worker="1"}': 0,
  'rollcall_worker_hung{worker="0"}': 0, 'rollcall_worker_turn_age_seconds{worker="0"}': 0,
};
const text = (figures) => Object.entries(figures).map(([name, value]) => `${name} ${value}\n`).join('');
function judge(changed = {}, ready = kReady) {
  const history = new History();
  history.add(new Figures(text(kWell), 0));
  return examine(ready, history.add(new Figures(text({ ...kWell, ...changed }), 10_000)));
}
const amiss = (report) => report.checks.filter(({ level }) => level !== 'well').map(({ name, level }) => `${name}: ${level}`);
const says = (report, name) => report.checks.find((check) => check.name === name).says;

test('a server that is well is said to be so, in words', () => {
  const report = judge({ 'rollcall_loop_lag_seconds_bucket{le="0.001"}': 99, 'rollcall_loop_lag_seconds_bucket{le="0.25"}': 100, 'rollcall_loop_lag_seconds_bucket{le="+Inf"}': 100 });
  assert.deepEqual(amiss(report), []);
  assert.equal(worst(report.checks), 'well');
  assert.equal(says(report, 'Event loops'), '99 % of turns end within 1 ms.');
  assert.equal(says(report, 'Memory'), '12.0 MB in use.');
  assert.equal(says(report, 'Queues'), 'Nothing queued for sending.');
  assert.ok(report.checks.every(({ advice }) => advice === ''));
});

test('every problem is named, with what to do', () => {
  const kCases = [
    [{ 'rollcall_loop_lag_seconds_bucket{le="0.25"}': 100, 'rollcall_loop_lag_seconds_bucket{le="+Inf"}': 100 }, 'Event loops: look'],
    [{ 'rollcall_worker_busy_seconds_total{worker="1"}': 9 }, 'Work: look'],
    [{ 'rollcall_auth_failures_total{code="TOKEN_EXPIRED"}': 6, rollcall_joins_total: 5 }, 'Sign-in: look'],
    [{ 'rollcall_slow_consumers_total{kind="socket"}': 61 }, 'Queues: look'],
    [{ rollcall_presence_window_seconds: 0.2 }, 'Changes: look'],
    [{ process_open_fds: 17001 }, 'Descriptors: bad'],
    [{ rollcall_tcp_turned_away_total: 1 }, 'Descriptors: bad'],
    [{ 'rollcall_webhook_requests_total{outcome="failed"}': 1 }, 'Webhooks: look'],
    [{ 'rollcall_webhook_requests_total{outcome="accepted"}': 9, rollcall_webhook_dropped_changes_total: 5 }, 'Webhooks: look'],
  ];
  for (const [changed, expected] of kCases) {
    const report = judge(changed);
    assert.deepEqual(amiss(report), [expected]);
    assert.notEqual(report.checks.find(({ level }) => level !== 'well').advice, '', expected);
    assert.equal(worst(report.checks), expected.split(': ')[1]);
  }
});

test('what docs/operating.md calls well is well, and what is above is not', () => {
  const page = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8');
  const [, percent, ms] = /no worker is busy above (\d+) %, and 99 % of turns are below (\d+) ms/.exec(page);
  const turns = (seconds) => Object.fromEntries([[seconds, 100], ['+Inf', 100]].map(([le, up]) => [`rollcall_loop_lag_seconds_bucket{le="${le}"}`, up]));
  const busy = (share) => ({ 'rollcall_worker_busy_seconds_total{worker="0"}': share * 10 });
  assert.deepEqual(amiss(judge({ ...turns(ms / 1000), ...busy(percent / 100) })), []);
  assert.deepEqual(amiss(judge({ ...turns((ms * 2.5) / 1000), ...busy(percent / 100 + 0.01) })), ['Event loops: look', 'Work: look']);
});

test('usual figures raise no warning', () => {
  for (const changed of [
    { 'rollcall_auth_failures_total{code="INVALID_TOKEN"}': 4 },
    { 'rollcall_auth_failures_total{code="INVALID_TOKEN"}': 50, rollcall_joins_total: 60 },
    { 'rollcall_slow_consumers_total{kind="socket"}': 3, rollcall_backlog_bytes: 5000 },
    { 'rollcall_webhook_requests_total{outcome="failed"}': 1, 'rollcall_webhook_requests_total{outcome="accepted"}': 1 },
  ]) assert.deepEqual(amiss(judge(changed)), []);
});

test('refusals are told by code, the most frequent first', () => {
  const report = judge({ 'rollcall_auth_failures_total{code="INVALID_TOKEN"}': 2, 'rollcall_auth_failures_total{code="TOKEN_EXPIRED"}': 1200, rollcall_joins_total: 7 });
  assert.equal(says(report, 'Sign-in'), '7 accepted in the last 10 s, 1,202 refused: 1,200 TOKEN_EXPIRED, 2 INVALID_TOKEN.');
});

test('a server that is not ready says why', () => {
  const report = judge({}, { ready: false, code: 'WORKER_HUNG', detail: '1 of 2 workers hang: their connections are not served' });
  assert.deepEqual(amiss(report), ['Not ready: bad']);
  assert.match(report.checks[0].says, /1 of 2 workers hang/);
  assert.match(report.checks[0].advice, /Restart/);
  assert.match(judge({}, { ready: false, code: '', detail: '' }).checks[0].says, /No reason/);
});

test('workers show how busy they are, their connections, and whether one hangs', () => {
  const { workers } = judge({ 'rollcall_worker_busy_seconds_total{worker="0"}': 2.5, 'rollcall_worker_hung{worker="0"}': 1, 'rollcall_worker_turn_age_seconds{worker="0"}': 7 });
  assert.deepEqual(workers, [
    { name: '0', busy: 0.25, connections: 3, queue: 0, hung: true, turnAge: 7 },
    { name: '1', busy: 0, connections: 4, queue: 0, hung: false, turnAge: 0 },
  ]);
});

test('what has not been measured for a while is not judged', () => {
  const report = examine(kReady, new History().add(new Figures(text({ ...kWell, 'rollcall_auth_failures_total{code="INVALID_TOKEN"}': 900 }), 0)));
  assert.deepEqual(amiss(report), []);
  assert.equal(says(report, 'Sign-in'), 'Not measured yet.');
});

test('it says that its view is partial when figures are missing', () => {
  const report = examine(kReady, null, 'a proxy keeps it back');
  assert.deepEqual(amiss(report), ['Figures: look']);
  assert.match(report.checks[1].says, /a proxy keeps it back/);
});
