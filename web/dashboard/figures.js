// The server's health, connections by transport, and workers.
import { byId, element, facts, reconcile, setText } from './dom.js';
import { count, counted, duration, moment, percent, shares } from './words.js';

const kMarks = { well: '✓', look: '!', bad: '✕' };
const kWorkersShown = 16;

export function drawChecks(checks) {
  reconcile(byId('checks'), checks, {
    keyOf: ({ name }) => name,
    make: ({ name }) => {
      const mark = element('span', 'mark');
      mark.setAttribute('aria-hidden', 'true');
      return element('li', '', mark, element('div', '', element('strong', '', name), element('span', 'level'), element('p'), element('p', 'advice')));
    },
    update: (row, { level, says, advice }) => {
      const [, level_, words, todo] = row.lastElementChild.children;
      row.dataset.level = level;
      setText(row.firstElementChild, kMarks[level]);
      setText(level_, level === 'well' ? '' : level === 'look' ? 'have a look' : 'act now');
      setText(words, says);
      setText(todo, advice);
    },
  });
}

const stateOf = (worker) => {
  if (worker.hung) return `hung for ${moment(worker.turnAge)}`;
  return worker.turnAge > 1 ? `in a turn for ${moment(worker.turnAge)}` : 'ok';
};

// If there are many: hung workers first, then the busiest.
export function drawWorkers(workers) {
  const sorted = workers.length <= kWorkersShown ? workers : [...workers].sort((a, b) => b.hung - a.hung || b.busy - a.busy).slice(0, kWorkersShown);
  byId('workers').replaceChildren(
    ...sorted.map((worker) => {
      const head = element('th', '', worker.name);
      head.scope = 'row';
      const meter = element('i');
      meter.style.width = `${Math.round(worker.busy * 100)}%`;
      const busy = element('td', 'busy', element('span', 'meter', meter), percent(worker.busy));
      const row = element('tr', '', head, busy, element('td', '', count(worker.connections)), element('td', '', count(worker.queue)), element('td', '', stateOf(worker)));
      row.dataset.level = worker.hung ? 'bad' : 'well';
      return row;
    }),
  );
  setText(byId('workers-more'), workers.length > kWorkersShown ? `The busiest ${kWorkersShown} of ${count(workers.length)}.` : '');
}

export function drawTransports({ websocket, polling }) {
  const all = websocket + polling;
  const [first, second] = byId('transport-bar').children;
  first.hidden = websocket === 0;
  second.hidden = polling === 0;
  first.style.flexGrow = websocket;
  second.style.flexGrow = polling;
  const [ofFirst, ofSecond] = all === 0 ? ['', ''] : shares(websocket, polling).map((words) => ` (${words})`);
  facts(byId('transports'), [['WebSocket', count(websocket) + ofFirst], ['Polling', count(polling) + ofSecond]]);
}

// Arrivals and departures in the last minute. `figures`: null if there are none.
export function drawTraffic(figures) {
  const within = figures?.growth.within ?? null;
  for (const id of ['traffic', 'coming']) byId(id).hidden = within === null;
  if (within === null) return;
  const { growth } = figures;
  const changes = growth.by('rollcall_presence_changes_total', 'state');
  setText(byId('coming'), `${count(changes.get('online') ?? 0)} came and ${count(changes.get('offline') ?? 0)} left ${within}`);
  const opened = growth.sum('rollcall_connections_opened_total');
  const closed = growth.sum('rollcall_connections_closed_total');
  setText(byId('traffic'), `${count(opened)} opened and ${count(closed)} closed ${within}.`);
}

export function drawAbout({ version, uptimeSeconds, workers }) {
  setText(byId('about'), `Version ${version} · up for ${duration(uptimeSeconds)} · ${counted(workers, 'worker')}`);
}
