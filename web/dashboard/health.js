// Is the server healthy? Judged by /readyz and the last minute of /metrics, by the limits in docs/operating.md, "Watching it". Pure.
import { bytes, count, counted, moment, percent } from './words.js';

// The worst level is the verdict: 'well', 'look' (have a look), 'bad'.
const kLevels = ['well', 'look', 'bad'];
export const worst = (checks) => kLevels[Math.max(0, ...checks.map(({ level }) => kLevels.indexOf(level)))];

const kSlowTurn = 0.1;
const kBusy = 0.85;
const kDescriptors = 0.85;
const kFewFailures = 5; // per minute: some clients are always late
const kAMinute = 60;
const kNotYet = 'Not measured yet.';

const check = (name, level, says, advice = '') => ({ name, level, says, advice: level === 'well' ? '' : advice });

// `ready`: {ready, code, detail}, as /readyz answers.
function readiness(ready) {
  if (ready.ready) return check('Ready', 'well', 'The server accepts connections, and all workers run.');
  const kAdvice = {
    DRAINING: 'The server is shutting down. If nobody stopped it on purpose, see its log.',
    WORKER_HUNG: 'Restart the server: the users on that worker are not served. Then report it, with the log.',
    NO_DESCRIPTORS: 'Each connection needs one. Raise the limit, then restart the server: clients reconnect by themselves.',
    STARTING: 'This takes a moment. If it lasts, see its log.',
  };
  return check('Not ready', 'bad', `${ready.detail || 'No reason was given'}.`, kAdvice[ready.code] ?? 'See its log.');
}

function eventLoops({ growth }) {
  if (!growth.within) return check('Event loops', 'well', kNotYet);
  const lag = growth.below('rollcall_loop_lag_seconds', 0.99);
  if (!lag) return check('Event loops', 'well', `Idle ${growth.within}.`);
  const bound = Number.isFinite(lag.bound) ? `within ${moment(lag.bound)}` : 'later than 5 s';
  return check('Event loops', lag.bound > kSlowTurn ? 'look' : 'well', `99 % of turns end ${bound}.`,
    'Answers are slow. Is a worker busy (see below)? Does the machine have enough CPU time?');
}

function busiest({ growth, workers }) {
  if (!growth.within) return check('Work', 'well', kNotYet);
  const most = Math.max(0, ...workers.map(({ busy }) => busy));
  const who = workers.length > 1 ? 'The busiest worker is busy' : 'The worker is busy';
  return check('Work', most > kBusy ? 'look' : 'well', `${who} ${percent(most)} of the time.`,
    'Near its limit: add workers (server.workers), or set presence.broadcast = "watchers".');
}

function letIn({ growth }) {
  if (!growth.within) return check('Sign-in', 'well', kNotYet);
  const codes = [...growth.by('rollcall_auth_failures_total', 'code')].filter(([, n]) => n > 0).sort(([, a], [, b]) => b - a);
  const refused = codes.reduce((sum, [, n]) => sum + n, 0);
  const joined = growth.sum('rollcall_joins_total');
  if (refused === 0) return check('Sign-in', 'well', `${counted(joined, 'connection')} accepted ${growth.within}, none refused.`);
  const kAdvice = {
    INVALID_TOKEN: 'Has the key that signs tokens changed?',
    TOKEN_EXPIRED: 'Clients do not renew their tokens, or a clock is wrong (auth.leeway_ms).',
    MISSING_AUTH_TOKEN: 'A client sends no token: was a new frontend released?',
  };
  const list = codes.map(([code, n]) => `${count(n)} ${code}`).join(', ');
  const level = refused > joined && refused >= kFewFailures ? 'look' : 'well';
  return check('Sign-in', level, `${count(joined)} accepted ${growth.within}, ${count(refused)} refused: ${list}.`, kAdvice[codes[0][0]] ?? '');
}

function queues({ now, growth, workers }) {
  const waiting = now.sum('rollcall_backlog_bytes');
  const inbox = workers.reduce((sum, { queue }) => sum + queue, 0);
  const slow = growth.sum('rollcall_slow_consumers_total');
  const queued = [waiting > 0 && bytes(waiting), inbox > 0 && counted(inbox, 'broadcast')].filter((part) => part !== false);
  const words = `${queued.length === 0 ? 'Nothing' : queued.join(' and ')} queued for sending.`;
  const closed = slow > 0 ? ` ${counted(slow, 'slow reader')} closed ${growth.within}.` : '';
  return check('Queues', slow > kAMinute ? 'look' : 'well', words + closed, 'Many clients do not read fast enough: check the network, and limits.backlog_bytes.');
}

function telling({ now }) {
  const window = now.sum('rollcall_presence_window_seconds');
  if (window === 0) return check('Changes', 'well', 'Sent at once.');
  return check('Changes', 'look', `Sent in batches, up to ${moment(window)} late; ${count(now.sum('rollcall_presence_held_changes'))} queued.`,
    'More changes than can be sent one by one. If this lasts: add workers, or set presence.broadcast = "watchers".');
}

function memory({ now }) {
  return check('Memory', 'well', `${bytes(now.sum('process_resident_memory_bytes'))} in use.`);
}

function descriptors({ now, growth }) {
  const most = now.sum('process_max_fds');
  const open = now.sum('process_open_fds');
  const away = growth.sum('rollcall_tcp_turned_away_total');
  const level = away > 0 || open > most * kDescriptors ? 'bad' : 'well';
  const turned = away > 0 ? ` ${counted(away, 'connection')} refused ${growth.within}.` : '';
  return check('Descriptors', level, `${count(open)} of ${count(most)} in use.${turned}`, 'Raise LimitNOFILE: without free descriptors connections are refused.');
}

// Null if there are none.
function webhooks({ now, growth }) {
  if (now.sum('rollcall_webhook_requests_total') === 0) return null;
  const accepted = growth.sum('rollcall_webhook_requests_total', { outcome: 'accepted' });
  const failed = growth.sum('rollcall_webhook_requests_total', { outcome: 'failed' });
  const dropped = growth.sum('rollcall_webhook_dropped_changes_total');
  const level = dropped > 0 || (failed > 0 && accepted === 0) ? 'look' : 'well';
  return check('Webhooks', level, growth.within ? `${count(accepted)} accepted ${growth.within}, ${count(failed)} failed.` : kNotYet,
    dropped > 0 ? 'A receiver fell behind, and needs a snapshot.' : 'Is the receiver down? The log names it.');
}

// The activity of each worker between two readings: [{name, busy, connections, queue, hung, turnAge}].
export function workersOf({ now, growth }) {
  const busy = growth.by('rollcall_worker_busy_seconds_total', 'worker');
  const of = (name) => now.by(name, 'worker');
  const [connections, queue, hung, age] = ['connections', 'inbox_messages', 'hung', 'turn_age_seconds'].map((what) => of(`rollcall_worker_${what}`));
  return [...connections].map(([name, open]) => ({
    name,
    busy: growth.seconds > 0 ? Math.min(1, (busy.get(name) ?? 0) / growth.seconds) : 0,
    connections: open,
    queue: queue.get(name) ?? 0,
    hung: (hung.get(name) ?? 0) > 0,
    turnAge: age.get(name) ?? 0,
  }));
}

// `figures`: {now, growth} of prometheus.js; null if /metrics cannot be read; `why` is the reason.
export function examine(ready, figures, why = '') {
  const first = readiness(ready);
  if (!figures) {
    return { checks: [first, check('Figures', 'look', `/metrics cannot be read: ${why}`, 'The checks are incomplete without it.')], workers: [] };
  }
  const all = { ...figures, workers: workersOf(figures) };
  const rest = [eventLoops, busiest, letIn, queues, telling, memory, descriptors, webhooks].map((look) => look(all));
  return { checks: [first, ...rest.filter((one) => one !== null)], workers: all.workers };
}
