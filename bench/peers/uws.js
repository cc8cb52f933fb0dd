// Socket.IO on uWebSockets.js, whose own publish carries the broadcasts.
import { Server } from 'socket.io';
import { kServerOptions, serveGateway } from './gateway.js';
import { kHost, readOptions, ready } from './process.js';
import { loadUws } from './uws-binary.js';

// Publishing goes to one topic without exceptions; an exception would make it a loop over all sockets in JavaScript. So
// everyone is in a room, and a new socket enters it after the others were told.
const kEveryone = 'everyone';
const everyoneElse = (socket) => ({
  emit(event, payload) {
    socket.nsp.to(kEveryone).emit(event, payload);
  },
});

const uWS = loadUws();
const options = readOptions();
const app = uWS.App();
const io = new Server(kServerOptions);
io.attachApp(app);
serveGateway(io, options, everyoneElse);
io.of('/ws/messages').on('connection', (socket) => socket.join(kEveryone));
app.listen(kHost, options.port, (listening) => {
  if (!listening) throw new Error(`cannot listen on port ${options.port}`);
  ready(uWS.us_socket_local_port(listening));
});
