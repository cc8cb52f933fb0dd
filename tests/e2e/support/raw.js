// Below the client library: WebSockets that say what they like, and bare TCP.
import net from 'node:net';
import WebSocket from 'ws';
import { token } from './tokens.js';
import { Inbox, kPatienceMs, within } from './wait.js';

// A WebSocket on the Engine.IO path. `closed` resolves with the close code, whichever way it ended.
export class RawSocket {
  inbox = new Inbox();

  constructor(server, query = 'EIO=4&transport=websocket', options = {}) {
    this.ws = new WebSocket(`${server.url.replace(/^http/, 'ws')}/socket.io/?${query}`, { autoPong: true, ...options });
    this.ws.on('message', (data, binary) => this.inbox.put(binary ? data : data.toString()));
    this.closed = new Promise((resolve) => this.ws.once('close', (code) => resolve(code)));
    this.ws.on('error', () => {});
  }

  opened() {
    return within(new Promise((resolve) => this.ws.once('open', resolve)), kPatienceMs, 'the WebSocket to open');
  }

  send(data) {
    this.ws.send(data);
  }

  take(pattern) {
    return this.inbox.take((m) => pattern.test(String(m)), `a packet like ${pattern}`);
  }

  close(ms = kPatienceMs) {
    return within(this.closed, ms, 'the WebSocket to be closed by the server');
  }

  end() {
    this.ws.terminate();
  }
}

export async function rawSocket(server, user) {
  const raw = new RawSocket(server);
  await raw.take(/^0\{/);
  if (user !== undefined) {
    raw.send(`40/ws/messages,${JSON.stringify({ token: token(user) })}`);
    await raw.take(/^40\/ws\/messages,/);
    await raw.take(/^42\/ws\/messages,\["connected"/);
  }
  return raw;
}

// A TCP connection; `text()` is all that came, `until` waits for a pattern in it, `closed` for its end.
export class RawTcp {
  #text = '';
  #listeners = new Set();

  constructor(server) {
    this.socket = net.connect(server.port, '127.0.0.1');
    this.socket.on('data', (chunk) => {
      this.#text += chunk.toString('latin1');
      for (const listener of [...this.#listeners]) listener();
    });
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => this.socket.once('close', resolve));
  }

  text() {
    return this.#text;
  }

  send(data) {
    this.socket.write(data);
  }

  until(pattern, ms = kPatienceMs) {
    return within(
      new Promise((resolve) => {
        const look = () => {
          const match = pattern.exec(this.#text);
          if (!match) return;
          this.#listeners.delete(look);
          resolve(match);
        };
        this.#listeners.add(look);
        look();
      }),
      ms,
      () => `${pattern} on the TCP connection; got: ${this.#text.slice(0, 2000)}`,
    );
  }

  close(ms = kPatienceMs) {
    return within(this.closed, ms, () => `the TCP connection to be closed; got: ${this.#text.slice(0, 500)}`);
  }

  end() {
    this.socket.destroy();
  }
}

export const kUpgrade =
  'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

// A WebSocket frame with every bit at the caller's choice.
export function frame({ first = 0x81, payload = '', masked = true, length }) {
  const body = Buffer.from(payload);
  const size = length ?? body.length;
  const bit = masked ? 0x80 : 0;
  let head;
  if (size < 126) head = Buffer.from([first, bit | size]);
  else if (size < 65536) head = Buffer.from([first, bit | 126, size >> 8, size & 255]);
  else {
    head = Buffer.alloc(10);
    head[0] = first;
    head[1] = bit | 127;
    head.writeBigUInt64BE(BigInt(size), 2);
  }
  if (!masked) return Buffer.concat([head, body]);
  const mask = Buffer.from([1, 2, 3, 4]);
  return Buffer.concat([head, mask, body.map((byte, i) => byte ^ mask[i % 4])]);
}
