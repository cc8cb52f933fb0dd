// Socket.IO on uWebSockets.js, whose own publish carries the broadcasts.
import { Server } from 'socket.io';
import { kServerOptions, serveGateway } from './gateway.js';
import { kHost, readOptions, ready } from './process.js';
import { loadUws } from './uws-binary.js';

// Two things make its publish fast. It must go to one topic without exceptions (an exception would make it a loop over all sockets
// in JavaScript), so everyone is in one room, which a new socket enters after the others were told. And it must not be called
// within a message handler: there the receiving socket is corked, so no other can be, and the messages of a turn leave one by
// one. So broadcasts wait for the end of the turn, in order.
const kEveryone = 'everyone';
const waiting = [];

function later(tell) {
  if (waiting.push(tell) > 1) return;
  setImmediate(() => {
    for (const next of waiting.splice(0)) next();
  });
}

const broadcast = {
  offline: (namespace, payload) => later(() => namespace.to(kEveryone).emit('user-offline', payload)),
  online: (socket, change) =>
    later(() => {
      if (change) socket.nsp.to(kEveryone).emit('user-online', change);
      if (socket.connected) socket.join(kEveryone);
    }),
};

const uWS = loadUws();
const options = readOptions();
const { tls } = options;
const app = tls ? uWS.SSLApp({ cert_file_name: tls.cert, key_file_name: tls.key }) : uWS.App();
const io = new Server(kServerOptions);
io.attachApp(app);
serveGateway(io, options, broadcast);
app.listen(kHost, options.port, (listening) => {
  if (!listening) throw new Error(`cannot listen on port ${options.port}`);
  ready(uWS.us_socket_local_port(listening));
});
