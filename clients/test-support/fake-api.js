// The HTTP API of a rollcall server without its presence: who is online is what a test says, and so is what goes wrong.
import http from 'node:http';
import { kPatienceMs, within } from '../../tests/e2e/support/wait.js';

export const kApiKey = 'rck_for-the-tests-only';

const kCodes = { 401: 'UNAUTHORIZED', 403: 'FORBIDDEN', 404: 'NOT_FOUND', 429: 'RATE_LIMITED', 503: 'UNAVAILABLE' };

export class FakeApi {
  online = new Map();
  requests = [];
  readers = new Set();
  // Whether whoever comes is let in: `{status, detail, headers}` if not; a function takes the response over.
  refuse = undefined;
  pageSize = 2;
  // As of a server that has just started.
  settling = {};
  // Called between the pages of a snapshot; may return a promise.
  betweenPages = () => {};
  #ring = [];
  #kept = 0;
  #last = 0;
  #epoch = 'a1';
  #ticks = 0;
  #waiting = new Set();

  async start(port = 0) {
    this.server = http.createServer((request, response) => this.#serve(request, response));
    await new Promise((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    this.port = this.server.address().port;
    this.url = `http://127.0.0.1:${this.port}`;
    return this;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  now() {
    this.#ticks += 1;
    return new Date(Date.parse('2026-01-04T12:00:00.000Z') + this.#ticks).toISOString();
  }

  come(userId) {
    const timestamp = this.now();
    const details = { email: `${userId}@example.com`, role: 'member', connectedAt: timestamp };
    this.online.set(userId, { userId, ...details, lastActive: timestamp });
    this.#change('user-online', { userId, online: true, timestamp, ...details });
  }

  go(userId) {
    const { lastActive } = this.online.get(userId);
    this.online.delete(userId);
    this.#change('user-offline', { userId, online: false, timestamp: this.now(), lastActive });
  }

  // Nobody can take up where they stopped.
  forget() {
    this.#ring = [];
    this.#kept = this.#last;
  }

  // Another life: nobody is connected any more, and cursors of before mean nothing.
  restart() {
    this.cut();
    this.#epoch += '1';
    this.#last = 0;
    this.forget();
  }

  cut() {
    for (const reader of this.readers) reader.destroy();
  }

  // To all readers, whatever it is.
  say(text) {
    for (const reader of this.readers) reader.write(text);
  }

  reset(reason = 'fell-behind') {
    return Promise.all([...this.readers].map((reader) => this.#snapshot(reader, reason)));
  }

  // The next request that matches, or one that has come already and was not taken yet.
  taken(matches, what) {
    return within(
      new Promise((resolve) => {
        const look = () => {
          const index = this.requests.findIndex(matches);
          if (index < 0) return;
          this.#waiting.delete(look);
          resolve(this.requests.splice(index, 1)[0]);
        };
        this.#waiting.add(look);
        look();
      }),
      kPatienceMs,
      () => `${what}; what came: ${this.requests.map(({ method, url }) => `${method} ${url}`)}`,
    );
  }

  #change(event, data) {
    this.#last += 1;
    const text = this.#text(event, data, this.#last);
    this.#ring.push([this.#last, text]);
    for (const reader of this.readers) if (reader.live) reader.write(text);
  }

  #text(event, data, number) {
    const id = number === undefined ? '' : `id: ${this.#epoch}-${number}\n`;
    return `event: ${event}\n${id}data: ${JSON.stringify(data)}\n\n`;
  }

  async #serve(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
    const { method, url, headers } = request;
    const known = headers.authorization === `Bearer ${kApiKey}`;
    const refuse = known ? this.refuse : { status: 401, detail: 'This key is not known.' };
    if (typeof refuse === 'function') refuse(response);
    else if (refuse) this.#problem(response, refuse);
    else if (url === '/api/v1/presence/feed') this.#feed(headers['last-event-id'], response);
    else this.#answer(method, url, body, response);
    this.requests.push({ method, url, headers, body });
    for (const look of [...this.#waiting]) look();
  }

  #problem(response, { status, detail, headers = {} }) {
    response.writeHead(status, { 'Content-Type': 'application/problem+json', ...headers });
    response.end(JSON.stringify({ type: 'about:blank', title: kCodes[status], status, detail, code: kCodes[status] }));
  }

  #feed(cursor, response) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write('retry: 1\n\n');
    this.readers.add(response);
    response.on('close', () => this.readers.delete(response));
    const [epoch, number] = cursor?.split('-') ?? [];
    if (epoch !== this.#epoch || Number(number) < this.#kept) {
      return void this.#snapshot(response, cursor ? 'cursor-unknown' : 'start');
    }
    response.live = true;
    response.write(this.#text('live', { count: this.online.size, timestamp: this.now(), resumed: true, ...this.settling }));
    this.#since(response, Number(number));
  }

  #since(response, number) {
    for (const [at, text] of this.#ring) if (at > number) response.write(text);
  }

  // As the real one: the cursor is of before the first page, and what changed since then follows, or all begins anew where that is
  // not kept any more.
  async #snapshot(response, reason) {
    response.live = false;
    const cursor = this.#last;
    response.write(this.#text('reset', { reason, timestamp: this.now() }));
    const everyone = [...this.online.keys()].sort();
    for (let i = 0; i < everyone.length; i += this.pageSize) {
      const users = everyone.slice(i, i + this.pageSize).flatMap((userId) => this.online.get(userId) ?? []);
      response.write(this.#text('snapshot', { users }));
      await this.betweenPages(response);
    }
    if (cursor < this.#kept) return this.#snapshot(response, 'fell-behind');
    response.write(this.#text('live', { count: this.online.size, timestamp: this.now(), ...this.settling }, cursor));
    response.live = true;
    this.#since(response, cursor);
  }

  #answer(method, url, body, response) {
    const reply = (data) => response.setHeader('Content-Type', 'application/json').end(JSON.stringify(data));
    const { pathname, searchParams } = new URL(url, 'http://x');
    const timestamp = this.now();
    const [, , , area, name, action] = pathname.split('/');
    const status = (userId) => {
      const { lastActive = null, connectedAt = null } = this.online.get(userId) ?? {};
      return { userId, online: this.online.has(userId), lastActive, connectedAt };
    };
    if (area === 'presence' && name === 'query') return reply({ statuses: body.userIds.map(status), timestamp });
    if (area === 'presence' && name === 'count') return reply({ count: this.online.size, timestamp });
    if (area === 'presence' && name === 'online') {
      const users = [...this.online.values()].slice(0, Number(searchParams.get('limit') ?? Infinity));
      return reply({ users, count: this.online.size, timestamp });
    }
    const online = this.online.has(decodeURIComponent(name ?? ''));
    if (area === 'users' && action === 'emit') return reply({ delivered: online ? 1 : 0, online });
    if (area === 'users' && action === 'disconnect') return reply({ disconnected: online ? 1 : 0 });
    if (area === 'users' && action === 'explain') return reply({ online, because: 'the test says so' });
    return this.#problem(response, { status: 404, detail: `${method} ${pathname} is nothing.` });
  }
}
