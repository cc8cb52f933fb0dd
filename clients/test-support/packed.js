// A package as npm would publish and install it, in a folder of an application. What it needs is found further up.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const kClients = fileURLToPath(new URL('..', import.meta.url));

export function installPacked(name, folder) {
  const place = join(folder, 'node_modules/@rollcall', name);
  const packs = mkdtempSync(join(tmpdir(), 'rollcall-pack-'));
  try {
    const args = ['pack', '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', packs];
    const output = execFileSync('npm', args, { cwd: join(kClients, name), stdio: ['ignore', 'pipe', 'inherit'] });
    const [{ filename }] = JSON.parse(output);
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place, { recursive: true });
    execFileSync('tar', ['-xzf', join(packs, filename.replace(/^@/, '').replace('/', '-')), '-C', place, '--strip-components=1']);
  } finally {
    rmSync(packs, { recursive: true, force: true });
  }
}
