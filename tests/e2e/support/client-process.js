// A client in a process of its own, so that a test can kill it: node client-process.js URL TOKEN TRANSPORT
import { io } from 'socket.io-client';

const [url, token, transport] = process.argv.slice(2);
const socket = io(url, { auth: { token }, transports: [transport] });
socket.on('connected', () => process.stdout.write('connected\n'));
socket.on('connect_error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
setTimeout(() => process.exit(2), 60000).unref();
