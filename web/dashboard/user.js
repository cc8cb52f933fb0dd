// One user: why shown as online or offline, the connections, and the current grace.
import { byId, element, facts, reconcile, setText } from './dom.js';
import { wordsFor } from './problems.js';
import { counted, dayAndClock, duration, withClocks } from './words.js';

const kEveryMs = 1000;

export class UserDialog {
  #api = null;
  #userId = null;
  #known = () => undefined;
  #facts = null; // the newest answer
  #offsetMs = 0; // of the server's clock
  #timer = null;

  constructor() {
    byId('user-close').addEventListener('click', () => this.#close());
    byId('user').addEventListener('close', () => this.#ended());
    byId('user').addEventListener('click', (event) => event.target === byId('user') && this.#close());
  }

  // `known(userId)`: what the feed said about a user.
  use(api, known) {
    this.#api = api;
    this.#known = known;
  }

  open(userId) {
    this.#userId = userId;
    this.#facts = null;
    setText(byId('user-title'), userId);
    this.#show('none', 'Loading…', '');
    facts(byId('user-facts'), []);
    byId('user-connections').replaceChildren();
    byId('user-connections-title').hidden = true;
    if (!byId('user').open) byId('user').showModal();
    this.#ask();
  }

  close() {
    if (byId('user').open) this.#close();
  }

  // Updates durations.
  tick() {
    if (this.#facts && byId('user').open) this.#draw();
  }

  #close() {
    byId('user').close();
  }

  #ended() {
    clearTimeout(this.#timer);
    this.#userId = null;
  }

  async #ask() {
    clearTimeout(this.#timer);
    const userId = this.#userId;
    try {
      // Browsers treat these two as path segments, even percent-encoded.
      if (userId === '.' || userId === '..') throw new Error('A browser cannot request this id; curl --path-as-is can.');
      const answer = await this.#api.user(userId, 'explain');
      if (userId !== this.#userId) return;
      this.#facts = answer;
      this.#offsetMs = Date.parse(answer.timestamp) - Date.now();
      this.#draw();
    } catch (error) {
      if (userId !== this.#userId) return;
      const words = 'status' in error ? wordsFor(error) : { what: error.message, todo: '' };
      this.#facts = null;
      this.#show('none', 'Unknown', `${words.what} ${words.todo}`.trim());
    }
    this.#timer = setTimeout(() => this.#ask(), kEveryMs);
  }

  #show(state, words, because) {
    byId('user-state').dataset.state = state;
    setText(byId('user-state'), words);
    setText(byId('user-because'), because);
  }

  #draw() {
    const { online, because, grace, connections } = this.#facts;
    const now = Date.now() + this.#offsetMs;
    this.#show(online ? (grace ? 'grace' : 'online') : 'offline', online ? (grace ? 'Online, connection lost' : 'Online') : 'Offline', withClocks(because, now));
    facts(byId('user-facts'), this.#pairs(now));
    byId('user-connections-title').hidden = connections.length === 0;
    setText(byId('user-connections-title'), counted(connections.length, 'connection'));
    reconcile(byId('user-connections'), connections, {
      keyOf: ({ socketId }) => socketId,
      make: () => element('li', 'socket', element('strong'), element('dl', 'facts')),
      update: (row, connection) => this.#fillConnection(row, connection, now),
    });
  }

  #pairs(now) {
    const { online, connectedAt, lastActive, grace, lastSession } = this.#facts;
    const { email, role } = this.#known(this.#userId) ?? {};
    const left = grace ? (Date.parse(grace.endsAt) - now) / 1000 : 0;
    return [
      ['Grace', grace ? (left > 0 ? `${duration(Math.ceil(left))} left to reconnect` : 'over') : null],
      ['Last connection', grace ? words(grace.reason) : null],
      ['Online for', online && connectedAt ? ago(connectedAt, now) : null],
      ['Last active', lastActive ? `${ago(lastActive, now)} ago` : null],
      ['E-mail', email || null],
      ['Role', role || null],
      ['Last session', lastSession ? `ended ${dayAndClock(lastSession.endedAt, now)} by ${words(lastSession.reason)}` : null],
    ];
  }

  #fillConnection(row, { socketId, namespace, transport, network, since, lastPong, lastActive }, now) {
    setText(row.firstElementChild, transport === 'websocket' ? 'WebSocket' : transport);
    facts(row.lastElementChild, [
      ['Open for', ago(since, now)],
      ['Network', network],
      ['Proved alive', lastPong ? `${ago(lastPong, now)} ago` : 'not yet'],
      ['Last event', lastActive ? `${ago(lastActive, now)} ago` : 'none'],
      ['Namespace', namespace],
      ['Socket', socketId],
    ]);
  }
}

const ago = (time, now) => duration((now - Date.parse(time)) / 1000);
const words = (reason) => reason.replaceAll('-', ' ');
