// Plain Socket.IO on Node's HTTP server, with the ws engine and its native add-ons.
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { kServerOptions, serveGateway } from './gateway.js';
import { kHost, readOptions, ready } from './process.js';

const options = readOptions();
const http = createServer();
serveGateway(new Server(http, kServerOptions), options);
http.listen({ port: options.port, host: kHost, backlog: 4096 }, () => ready(http.address().port));
