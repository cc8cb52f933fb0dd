// Starts a server of servers.js for a measuring process that talks to it directly; it does not outlive that process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const alive = new Set();
process.on('exit', () => alive.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

export async function start({ command: [program, ...args], env, ready }, secret) {
  const child = spawn(program, args, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, JWT_SECRET: secret, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  alive.add(child);
  const ended = once(child, 'exit').then(() => alive.delete(child));
  const stop = () => {
    child.kill('SIGKILL');
    return ended;
  };
  for (let said = ''; ; ) {
    const chunk = await Promise.race([once(child.stdout, 'data'), ended]);
    if (!alive.has(child)) throw new Error(`${program} did not start: ${said}`);
    said += chunk[0];
    const port = ready.exec(said)?.groups.port;
    if (port) return { pid: child.pid, port: Number(port), stop };
  }
}
