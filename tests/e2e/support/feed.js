// Readers of the feed: one that notes each event, and a way to it that can be cut and held up.
import net from 'node:net';
import { once } from 'node:events';
import { kKeys } from './api.js';
import { Inbox } from './wait.js';

export class FeedReader {
  inbox = new Inbox();
  bytes = 0;
  #abort = new AbortController();

  static async open(server, { query = '', headers = {}, key = kKeys.read } = {}) {
    const reader = new FeedReader();
    const answer = await fetch(`${server.url}/api/v1/presence/feed${query}`, {
      headers: { Authorization: `Bearer ${key}`, ...headers },
      signal: reader.#abort.signal,
    });
    reader.status = answer.status;
    reader.headers = answer.headers;
    reader.ended = answer.ok ? reader.#follow(answer.body) : answer.json();
    reader.ended.catch(() => {});
    return reader;
  }

  // The next event of that name (of that user), and what came before it is left.
  take(name, userId, ms) {
    return this.inbox.take((one) => one.event === name && (!userId || one.data.userId === userId), `${name} ${userId ?? ''}`, ms);
  }

  close() {
    this.#abort.abort();
  }

  async #follow(body) {
    let text = '';
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      this.bytes += chunk.length;
      const blocks = (text + chunk).split('\n\n');
      text = blocks.pop();
      for (const block of blocks) {
        const fields = block.split('\n').map((line) => /^([a-z]+): (.*)$/.exec(line).slice(1));
        const { data, ...others } = Object.fromEntries(fields);
        this.inbox.put({ names: fields.map(([name]) => name), ...others, ...(data && { data: JSON.parse(data) }) });
      }
    }
    return 'ended';
  }
}

// A port that leads to the server, or, for a while, to nobody; and that may stop taking what the server sends.
export class Detour {
  #pairs = new Set();
  closed = false;

  static async open(target) {
    const detour = new Detour();
    detour.target = target;
    detour.server = net.createServer((inner) => detour.#lead(inner)).listen(0, '127.0.0.1');
    await once(detour.server, 'listening');
    detour.url = `http://127.0.0.1:${detour.server.address().port}`;
    return detour;
  }

  #lead(inner) {
    if (this.closed) return void inner.destroy();
    const outer = net.connect(this.target.port, '127.0.0.1');
    const pair = { inner, outer };
    this.#pairs.add(pair);
    const end = () => {
      this.#pairs.delete(pair);
      inner.destroy();
      outer.destroy();
    };
    for (const socket of [inner, outer]) socket.on('error', end).on('close', end);
    inner.pipe(outer);
    outer.pipe(inner);
  }

  // Whoever is connected is so no more.
  cut() {
    for (const { inner, outer } of [...this.#pairs]) {
      inner.destroy();
      outer.destroy();
    }
  }

  hold() {
    for (const { inner, outer } of this.#pairs) outer.unpipe(inner).pause();
  }

  release() {
    for (const { inner, outer } of this.#pairs) outer.pipe(inner);
  }

  async close() {
    this.closed = true;
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
