// A minimal Socket.IO client; thousands fit in one process.
import { createHmac } from 'node:crypto';
import WebSocket from 'ws';
import { kSecret } from './server.js';

export const kNamespace = '/ws/messages';
const kWindow = 32;

const base64 = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
export function token(sub) {
  const signed = `${base64({ alg: 'HS256' })}.${base64({ sub, exp: Math.floor(Date.now() / 1000) + 3600 })}`;
  return `${signed}.${createHmac('sha256', kSecret).update(signed).digest('base64url')}`;
}

// Resolves once it is greeted. With the `pid` and `offset` of an earlier client it asks for that session.
export function client(server, user, { before, headers } = {}) {
  return new Promise((resolve, reject) => {
    const url = `${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
    const socket = new WebSocket(url, { rejectUnauthorized: false, perMessageDeflate: false, headers });
    Object.assign(socket, { recovered: false, pid: undefined, offset: before?.offset, waiting: new Map(), asked: 0 });
    socket.on('error', reject).on('message', (data) => {
      const text = data.toString();
      if (text[0] === '0') {
        const session = before && { pid: before.pid, ...(before.offset && { offset: before.offset }) };
        socket.send(`40${kNamespace},${JSON.stringify({ token: token(user), ...session })}`);
      } else if (text === '2') {
        socket.send('3');
      } else if (text.startsWith(`40${kNamespace},`)) {
        socket.pid = JSON.parse(text.slice(text.indexOf('{'))).pid;
        socket.recovered = socket.pid === before?.pid;
      } else if (text.includes('["recovery-offset"')) {
        socket.offset = JSON.parse(text.slice(text.indexOf('[')))[1];
      } else if (text.includes('["connected"')) {
        resolve(socket);
      } else if (text.startsWith(`43${kNamespace},`)) {
        const id = Number.parseInt(text.slice(3 + kNamespace.length), 10);
        socket.waiting.get(id)?.(text);
        socket.waiting.delete(id);
      }
    });
  });
}

export function ask(socket, event, payload) {
  const id = ++socket.asked;
  return new Promise((resolve) => {
    socket.waiting.set(id, resolve);
    socket.send(`42${kNamespace},${id}${JSON.stringify([event, payload])}`);
  });
}

export async function each(count, start, window = kWindow) {
  let next = 0;
  await Promise.all(Array.from({ length: window }, async () => {
    while (next < count) await start(next++);
  }));
}
