// A process with clients, to be killed: `node victims.js URL USER...`. Says which of them has connected.
import { kClients } from './client.js';
import { token } from './tokens.js';

const [url, ...users] = process.argv.slice(2);
const versions = Object.values(kClients);
users.forEach((user, i) => {
  const socket = versions[i % versions.length](url, { forceNew: true, reconnection: false, auth: { token: token(user) } });
  socket.on('connect', () => process.send(user));
});
