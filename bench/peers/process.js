// A peer as a process: node NAME.js --port P, one line when it listens, and it ends when it is told to.
import { parseArgs } from 'node:util';

export const kHost = '127.0.0.1';

export function readOptions() {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, 'grace-ms': { type: 'string', default: '2000' } } });
  if (!process.env.JWT_SECRET) throw new Error('JWT_SECRET must be set');
  return { port: Number(values.port), graceMs: Number(values['grace-ms']), secret: process.env.JWT_SECRET };
}

export function ready(port) {
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
  process.stdout.write(`listening ${port} pid ${process.pid}\n`);
}
