// Starts bun-server.js in Bun, prints its pid in the ready line, and ends with it.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const bun = spawn(here('node_modules/.bin/bun'), [here('bun-server.js'), ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => bun.kill(signal));
bun.on('error', (error) => {
  throw error;
});
bun.on('exit', (code) => process.exit(code ?? 1));
