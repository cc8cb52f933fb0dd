// The real socket.io-client, several versions of it, with an inbox of all it heard.
import { setTimeout as sleep } from 'node:timers/promises';
import { io as io_4_8 } from 'socket.io-client';
import { io as io_4_0 } from 'socket.io-client-4-0';
import { io as io_4_6 } from 'socket.io-client-4-6';
import { token } from './tokens.js';
import { Inbox, kPatienceMs, within } from './wait.js';

export const kClients = { '4.8': io_4_8, '4.6': io_4_6, '4.0': io_4_0 };
export const kTransports = {
  'polling only': ['polling'],
  'websocket only': ['websocket'],
  'the upgrade': ['polling', 'websocket'],
};

const opened = new Set();

export class Client {
  inbox = new Inbox();

  constructor(server, { user, as, version = '4.8', auth, ...options } = {}) {
    this.user = user;
    const url = options.url ?? server.namespaceUrl;
    delete options.url;
    this.socket = kClients[version](url, {
      forceNew: true,
      transports: ['websocket'],
      reconnection: false,
      auth: auth ?? (user === undefined ? undefined : { token: as ?? token(user) }),
      ...options,
    });
    const note = (event) => (...args) => this.inbox.put({ event, data: args[0], args });
    this.socket.onAny((event, ...args) => this.inbox.put({ event, data: args[0], args }));
    for (const event of ['connect', 'connect_error', 'disconnect']) this.socket.on(event, note(event));
    opened.add(this);
  }

  // The next event of that name (of that user, if given), taken out of the inbox.
  async take(event, matches = () => true, ms = kPatienceMs) {
    const test = typeof matches === 'string' ? (data) => data.userId === matches : matches;
    const what = `${this.user ?? 'the client'} to get ${event}${typeof matches === 'string' ? ` of ${matches}` : ''}`;
    const entry = await this.inbox.take((e) => e.event === event && test(e.data), what, ms);
    return entry.data;
  }

  // Events of that name still in the inbox: for what should not have come.
  held(event, userId) {
    return this.inbox.entries.filter((e) => e.event === event && (!userId || e.data.userId === userId)).map((e) => e.data);
  }

  // Each presence event about that user that is still in the inbox, in order: true for online.
  story(userId) {
    return this.inbox.entries
      .filter((e) => (e.event === 'user-online' || e.event === 'user-offline') && e.data.userId === userId)
      .map((e) => e.data.online);
  }

  async connected(ms = kPatienceMs) {
    const first = await this.inbox.take(
      (e) => e.event === 'connect' || e.event === 'connect_error',
      `${this.user ?? 'the client'} to connect`,
      ms,
    );
    if (first.event === 'connect_error') throw new Error(`connect_error: ${first.data.message} ${JSON.stringify(first.data.data ?? '')}`);
    this.hello = await this.take('connected', undefined, ms);
    return this;
  }

  async refused() {
    const first = await this.inbox.take((e) => e.event === 'connect' || e.event === 'connect_error', 'a refusal');
    if (first.event === 'connect') throw new Error('connected, where a refusal was due');
    return first.data;
  }

  // Emits with an acknowledgement callback; what was acknowledged, whole.
  ask(event, ...args) {
    const answer = new Promise((resolve) => this.socket.emit(event, ...args, resolve));
    return within(answer, kPatienceMs, `the acknowledgement of ${event}`);
  }

  async data(event, ...args) {
    const answer = await this.ask(event, ...args);
    if (answer.status !== 'ok') throw new Error(`${event}: ${JSON.stringify(answer)}`);
    return answer.data;
  }

  async isOnline(userId) {
    return (await this.data('check-user-status', { userId })).online;
  }

  // Asks until it is so: what another connection sent may still be on its way.
  async sees(userId, online, ms = kPatienceMs) {
    const deadline = performance.now() + ms;
    while ((await this.isOnline(userId)) !== online) {
      if (performance.now() > deadline) throw new Error(`${userId} is still ${online ? 'offline' : 'online'} after ${ms} ms`);
      await sleep(10); // requests have a rate, too
    }
  }

  get transport() {
    return this.socket.io.engine.transport.name;
  }

  async upgraded() {
    const { engine } = this.socket.io;
    if (engine.transport.name === 'websocket') return;
    await within(new Promise((resolve) => engine.once('upgrade', resolve)), kPatienceMs, 'the upgrade');
  }

  // The transport breaks without a word: no Socket.IO or WebSocket goodbye.
  cut() {
    this.socket.io.engine.transport.ws.terminate();
  }

  // The WebSocket is closed properly, but nobody said goodbye in Socket.IO: `disconnect` comes when the server has answered.
  hangUp() {
    this.socket.io.engine.transport.ws.close();
  }

  close() {
    opened.delete(this);
    this.socket.disconnect();
    this.socket.io.engine?.close();
  }
}

export function connect(server, user, { patienceMs, ...options } = {}) {
  return new Client(server, { user, ...options }).connected(patienceMs);
}

export function closeAll() {
  for (const client of [...opened]) client.close();
}
