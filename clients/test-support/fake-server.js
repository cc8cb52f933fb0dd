// A server and a socket to it without a network: what is sent can be read, answers come when the test says so. It serves the
// presence requests as the real one does, so that a whole history can be played in a moment.
import { kPatienceMs, within } from '../../tests/e2e/support/wait.js';
import { settled } from './fake-timers.js';

export const kEpoch = Date.parse('2026-01-04T12:00:00.000Z');

export class FakeSocket {
  connected = false;
  active = false;
  recovered = false;
  id = undefined;
  sent = [];
  #handlers = new Map();
  #acks = new Set();

  on(event, handler) {
    this.#handlers.set(event, [...(this.#handlers.get(event) ?? []), handler]);
    return this;
  }

  off(event, handler) {
    this.#handlers.set(event, (this.#handlers.get(event) ?? []).filter((other) => other !== handler));
    return this;
  }

  handlers = () => [...this.#handlers.values()].flat().length;

  emit(event, payload, callback) {
    if (!this.connected) throw new Error(`${event} was sent without a connection`);
    const request = { event, payload, answered: false };
    if (callback) this.#acks.add(request);
    request.answer = (answer) => {
      request.answered = true;
      if (this.#acks.delete(request)) callback(answer);
    };
    request.ok = (data) => request.answer({ status: 'ok', event: 'reply', data });
    request.refuse = (code) => request.answer({ status: 'error', code, message: 'as the test wants it' });
    this.sent.push(request);
    this.onsent?.(request);
    return this;
  }

  connect() {
    this.active = true;
    return this;
  }

  disconnect() {
    const was = this.connected;
    this.active = false;
    if (was) this.drop(false);
    return this;
  }

  hear(event, data) {
    for (const handler of this.#handlers.get(event) ?? []) handler(data);
  }

  accept({ recovered = false, id = 's1', userId = 'me', ...more } = {}) {
    Object.assign(this, { connected: true, active: true, recovered, id });
    this.hear('connect');
    this.hear('connected', { userId, socketId: id, timestamp: new Date().toISOString(), recovered, ...more });
  }

  drop(active = true) {
    Object.assign(this, { connected: false, active });
    this.#acks.clear();
    this.hear('disconnect', active ? 'transport close' : 'io server disconnect');
  }

  refuse(code, details = 'as the test wants it') {
    this.active = false;
    this.hear('connect_error', Object.assign(new Error('Authentication failed'), { data: { code, details } }));
  }

  // Until something was sent, by the client's own timers: these wait for one another, so that no time is long enough for them.
  async sends() {
    const one = new Promise((resolve) => (this.onsent = resolve));
    if (this.sent.length === 0) await within(one, kPatienceMs, 'something to be sent');
    this.onsent = undefined;
    await settled();
  }

  // What was sent and has not been taken yet, of that event.
  take(event) {
    const taken = this.sent.filter((request) => request.event === event);
    this.sent = this.sent.filter((request) => request.event !== event);
    return taken;
  }
}

// Who is online, and answers from that.
export class FakeServer {
  online = new Map();
  watched = new Set();
  #ticks = 0;

  constructor(socket, { broadcast = 'everyone' } = {}) {
    this.socket = socket;
    this.broadcast = broadcast;
  }

  now() {
    this.#ticks += 1;
    return new Date(kEpoch + this.#ticks).toISOString();
  }

  come(userId) {
    const timestamp = this.now();
    this.online.set(userId, timestamp);
    this.#tell('user-online', { userId, online: true, timestamp });
  }

  go(userId) {
    const timestamp = this.now();
    const lastActive = this.online.get(userId);
    this.online.delete(userId);
    this.#tell('user-offline', { userId, online: false, timestamp, lastActive });
  }

  // It starts anew: nobody is online, and whoever was may come back within `settlingMs`.
  restart(settlingMs) {
    this.socket.drop();
    this.online.clear();
    this.missed = [];
    this.accept(false, { settlingMs });
  }

  // What it says while nobody listens is missed, unless the session is recovered.
  missed = [];
  #tell(event, data) {
    if (this.broadcast === 'watchers' && !this.watched.has(data.userId)) return;
    if (this.socket.connected) this.socket.hear(event, data);
    else this.missed.push([event, data]);
  }

  accept(recovered = false, more = {}) {
    if (!recovered) this.watched.clear();
    this.socket.accept({ recovered, ...more });
    if (recovered) for (const [event, data] of this.missed) this.socket.hear(event, data);
    this.missed = [];
  }

  status(userId) {
    const connectedAt = this.online.get(userId) ?? null;
    return { userId, online: connectedAt !== null, lastActive: connectedAt, connectedAt };
  }

  serve(request) {
    const { event, payload } = request;
    const timestamp = this.now();
    if (event === 'subscribe-presence') {
      for (const userId of payload.userIds) this.watched.add(userId);
      request.ok({ statuses: payload.userIds.map((userId) => this.status(userId)), timestamp });
    } else if (event === 'unsubscribe-presence') {
      for (const userId of payload.userIds) this.watched.delete(userId);
      request.ok({ count: this.watched.size, timestamp });
    } else if (event === 'get-online-users') {
      request.ok(this.page(payload));
    } else {
      request.refuse('UNKNOWN_EVENT');
    }
  }

  // Pages of two, so that a test has many of them.
  page({ cursor }, size = 2) {
    const everyone = [...this.online].map(([userId, at]) => ({ userId, email: `${userId}@x`, role: 'r', connectedAt: at, lastActive: at }));
    const rest = everyone.filter(({ connectedAt }) => !cursor || connectedAt > cursor);
    const users = rest.slice(0, size);
    const more = rest.length > size && { nextCursor: users.at(-1).connectedAt };
    return { users, count: everyone.length, timestamp: this.now(), ...more };
  }

  // Answers all that was sent, and what the answers lead to.
  async serveAll() {
    for (await settled(); this.socket.sent.length > 0; await settled()) {
      for (const request of this.socket.sent.splice(0)) this.serve(request);
    }
  }
}
