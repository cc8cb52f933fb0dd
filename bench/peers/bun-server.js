// Socket.IO on Bun's own server. Run by bun; see bun.js.
import { Server as Engine } from '@socket.io/bun-engine';
import { Server } from 'socket.io';
import { kServerOptions, serveGateway } from './gateway.js';
import { kHost, readOptions, ready } from './process.js';

const options = readOptions();
const io = new Server(kServerOptions);
const engine = new Engine({ path: '/socket.io/' });
io.bind(engine);
serveGateway(io, options);
const server = Bun.serve({ port: options.port, hostname: kHost, ...engine.handler() });
ready(server.port);
