// Plain Socket.IO on Node's HTTP server, with the ws engine and its native add-ons.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { Server } from 'socket.io';
import { kServerOptions, serveGateway } from './gateway.js';
import { kHost, readOptions, ready } from './process.js';

const options = readOptions();
const { port, tls } = options;
const server = tls ? https.createServer({ cert: readFileSync(tls.cert), key: readFileSync(tls.key) }) : http.createServer();
serveGateway(new Server(server, kServerOptions), options);
server.listen({ port, host: kHost, backlog: 4096 }, () => ready(server.address().port));
