// A separate server per scenario, with its resident memory, and how much of its heap is in use.
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const kBin = fileURLToPath(new URL('../../build/release/bin/', import.meta.url));
export const kLoad = join(kBin, 'rollcall-load');
export const kSecret = randomBytes(32).toString('hex');
export const kKey = `rck_${randomBytes(16).toString('hex')}`;
const kRealTimeSignal = 34;  // SIGRTMIN of glibc

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const folder = mkdtempSync(join(tmpdir(), 'rollcall-memory-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

class Server {
  constructor(child, url, heapFile) {
    Object.assign(this, { child, url, heapFile, pid: child.pid, port: Number(new URL(url).port) });
  }

  resident() {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))[1]) * 1024;
  }

  lines() {
    return existsSync(this.heapFile) ? readFileSync(this.heapFile, 'utf8').split('\n').filter(Boolean).map(JSON.parse) : [];
  }

  async inUse() {
    const before = this.lines().filter((line) => 'in_use' in line).length;
    process.kill(this.pid, kRealTimeSignal);
    for (;;) {
      const answers = this.lines().filter((line) => 'in_use' in line);
      if (answers.length > before) return answers.at(-1).in_use;
      await sleep(10);
    }
  }

  // The longest call of each kind that locks the allocator, in ms.
  longestCalls() {
    const longest = {};
    for (const { call, us } of this.lines()) if (call) longest[call] = Math.max(longest[call] ?? 0, us / 1000);
    return longest;
  }

  async stop() {
    this.child.kill();
    await new Promise((resolve) => this.child.once('exit', resolve));
  }
}

let count = 0;

export async function startServer(env) {
  const heapFile = join(folder, `heap-${++count}`);
  const child = spawn(process.env.ROLLCALL_BIN ?? join(kBin, 'rollcall'), ['serve', '--listen', '127.0.0.1:0'], {
    env: {
      PATH: process.env.PATH, JWT_SECRET: kSecret, ROLLCALL_SERVER_LOG_LEVEL: 'error', ROLLCALL_SERVER_DRAIN_MS: '200',
      ROLLCALL_API_KEYS: `bench:admin:${createHash('sha256').update(kKey).digest('hex')}`,
      ROLLCALL_HEAP_WATCH: heapFile, LD_PRELOAD: join(kBin, 'rollcall-heap-watch.so'), ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill());
  let said = '';
  for await (const chunk of child.stdout) {
    said += chunk;
    const url = /ready on (https?:\/\/[^\s:/]+:\d+)/.exec(said)?.[1];
    if (url) return new Server(child, url, heapFile);
  }
  throw new Error(`the server did not start: ${said}`);
}
