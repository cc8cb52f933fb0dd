// The presence gateway on a Socket.IO server, on any transport.
import { Authenticator, kNamespace, kReplies, now, Presence } from './presence.js';

// Options of all Socket.IO servers here. Compression is off, as by default and in rollcall.
export const kServerOptions = { serveClient: false, cors: { origin: '*' } };

const kGoodbye = 'client namespace disconnect';

// The default broadcast; a transport may have a better one.
const kBroadcast = {
  offline: (namespace, payload) => namespace.emit('user-offline', payload),
  // `change`: if this is the user's first connection; otherwise undefined.
  online: (socket, change) => change && socket.broadcast.emit('user-online', change),
};

export function serveGateway(io, options, broadcast = kBroadcast) {
  const authenticator = new Authenticator(options.secret);
  const namespace = io.of(kNamespace);
  const presence = new Presence(options, (payload) => broadcast.offline(namespace, payload));

  namespace.use((socket, next) => {
    try {
      socket.data.claims = authenticator.claims(socket.handshake);
      next();
    } catch (error) {
      next(error);
    }
  });

  namespace.on('connection', (socket) => {
    const { claims } = socket.data;
    const userId = claims.sub;
    socket.conn.request = null; // as Socket.IO's page on memory usage advises
    socket.join(userId);
    const change = presence.connect(claims);
    socket.emit('connected', { userId, socketId: socket.id, timestamp: now(), recovered: false });
    broadcast.online(socket, change);

    for (const event of Object.keys(kReplies)) {
      socket.on(event, (...args) => {
        const acknowledge = typeof args.at(-1) === 'function' ? args.pop() : undefined;
        const answer = presence.answer(userId, event, args[0]);
        if (acknowledge) acknowledge(answer);
        else if (answer.status === 'ok') socket.emit(answer.event, answer.data);
        else socket.emit('exception', answer);
      });
    }
    socket.on('disconnect', (reason) => presence.disconnect(userId, reason === kGoodbye));
  });
}
