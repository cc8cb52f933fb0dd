// Minimal Socket.IO clients, which leave as much of the machine as possible to the servers.
import http from 'node:http';
import https from 'node:https';
import tls from 'node:tls';
import WebSocket from 'ws';
import { request } from '../../tests/e2e/support/polling.js';
import { token } from '../../tests/e2e/support/tokens.js';

export const kNamespace = '/ws/messages';
const kHost = '127.0.0.1';
const pathOf = (transport) => `/socket.io/?EIO=4&transport=${transport}`;

// A wire has send(packet), close(), and calls hear(packet) and fail(error).
export function webSocket({ port, secure }, { session } = {}) {
  const socket = new WebSocket(`${secure ? 'wss' : 'ws'}://${kHost}:${port}${pathOf('websocket')}`, {
    rejectUnauthorized: false, perMessageDeflate: false, session,
  });
  const wire = {
    send: (packet) => socket.send(packet),
    close: () => socket.terminate(),
    resumed: () => socket._socket.isSessionReused(),
  };
  socket.on('message', (data) => wire.hear(data.toString())).on('error', (error) => wire.fail(error));
  return wire;
}

// On one connection: a POST waits until the current poll has ended.
export function polling({ port, secure }) {
  const agent = new (secure ? https : http).Agent({ keepAlive: true, maxSockets: 1 });
  const waiting = [];
  let closed = false;
  const wire = {
    send: (packet) => waiting.push(packet),
    close: () => {
      closed = true;
      agent.destroy();
    },
  };
  const ask = async (url, options) => {
    const { status, text } = await request(url, { agent, ...options });
    if (status !== 200) throw new Error(`${status} ${text}`);
    return text.split('\x1e');
  };
  const poll = async () => {
    let url = `${secure ? 'https' : 'http'}://${kHost}:${port}${pathOf('polling')}`;
    while (!closed) {
      const packets = await ask(url);
      if (packets[0][0] === '0') url += `&sid=${JSON.parse(packets[0].slice(1)).sid}`;
      packets.forEach((packet) => wire.hear(packet));
      if (waiting.length > 0) await ask(url, { method: 'POST', body: waiting.splice(0).join('\x1e') });
    }
  };
  setImmediate(() => poll().catch((error) => closed || wire.fail(error)));
  return wire;
}

const greeting = (user) => `40${kNamespace},${JSON.stringify({ token: token(user) })}`;

// Resolves when `user` is connected; the client then calls told(packet).
export function join(wire, user) {
  return new Promise((resolve, reject) => {
    const client = {
      told: () => {},
      send: wire.send,
      close: wire.close,
      resumed: wire.resumed,
      come: () => wire.send(greeting(user)),
      go: () => wire.send(`41${kNamespace},`),
    };
    wire.fail = reject;
    wire.hear = (packet) => {
      if (packet[0] === '0') client.come();
      else if (packet === '2') wire.send('3');
      else if (packet.includes('["connected"')) resolve(client);
      else client.told(packet);
    };
  });
}

// A session to resume; undefined if the server offers none.
export function session({ port }) {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ port, host: kHost, rejectUnauthorized: false }, () =>
      socket.write(`GET ${pathOf('polling')} HTTP/1.1\r\nHost: ${kHost}\r\nConnection: close\r\n\r\n`));
    socket.once('session', (ticket) => {
      resolve(ticket);
      socket.destroy();
    });
    socket.on('error', reject).on('close', () => resolve(undefined));
  });
}
