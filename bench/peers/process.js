// A peer as a process: node NAME.js --port P; prints one line when it listens, and ends on a signal.
// With --broadcast none, changes are not broadcast, so that many users can connect without N^2 deliveries.
// --tls-cert and --tls-key: only socketio.js and uws.js.
import { parseArgs } from 'node:util';

export const kHost = '127.0.0.1';

export function readOptions() {
  const text = (value) => ({ type: 'string', default: value });
  const { values } = parseArgs({ options: { port: text('0'), 'grace-ms': text('2000'), broadcast: text('everyone'), 'tls-cert': text(), 'tls-key': text() } });
  if (!process.env.JWT_SECRET) throw new Error('JWT_SECRET must be set');
  return {
    port: Number(values.port),
    graceMs: Number(values['grace-ms']),
    broadcast: values.broadcast === 'everyone',
    secret: process.env.JWT_SECRET,
    tls: values['tls-cert'] && { cert: values['tls-cert'], key: values['tls-key'] },
  };
}

export function ready(port) {
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
  process.stdout.write(`listening ${port} pid ${process.pid}\n`);
}
