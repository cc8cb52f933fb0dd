// A process with clients, to be killed: `node victims.js URL USER...`. Says which of them has connected.
import { kClients } from './client.js';
import { token } from './tokens.js';

const [url, ...users] = process.argv.slice(2);
const versions = Object.values(kClients);
users.forEach((user, i) => {
  const options = { forceNew: true, reconnection: false, rejectUnauthorized: false, auth: { token: token(user) } };
  const socket = versions[i % versions.length](url, options);
  socket.on('connect', () => process.send(user));
});
