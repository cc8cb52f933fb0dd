// What a stranger sends without end, and how: the attacks of attack.test.js and of bench/attack.
import net from 'node:net';
import { frame, kUpgrade } from './raw.js';

const kTogether = 2000;
const get = (target, headers = '') => Buffer.from(`GET ${target} HTTP/1.1\r\nhost: x\r\n${headers}\r\n`.repeat(kTogether));
const kForged = '40/ws/messages,{"token":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}';

export const kFloods = {
  'pipelined requests': { connections: 16, bytes: get('/healthz') },
  'refused requests': { connections: 16, bytes: get('/api/v1/stats') },
  'new sessions': { connections: 8, bytes: get('/socket.io/?EIO=4&transport=polling') },
  'forged tokens': { connections: 16, bytes: Buffer.concat(Array.from({ length: 200 }, () => frame({ payload: kForged }))), hello: kUpgrade },
};

// Writes the same bytes again and again, as fast as the server reads; answers are read and dropped. Who is turned away comes again,
// if that is wanted. Returns what ends it.
export function flood(port, { connections, bytes, hello = '' }, again = false) {
  const sockets = new Set();
  let ended = false;
  const open = () => {
    const socket = net.connect(port, '127.0.0.1');
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      if (again && !ended) open();
    });
    const more = () => {
      while (!socket.destroyed && socket.writable && socket.write(bytes)) continue;
    };
    socket.on('drain', more);
    socket.once('connect', () => {
      if (hello) socket.write(hello);
      more();
    });
  };
  for (let i = 0; i < connections; ++i) open();
  return () => {
    ended = true;
    for (const socket of sockets) socket.destroy();
  };
}
