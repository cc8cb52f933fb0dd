// A directory for one test file, removed when it ends.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

export function scratch() {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-e2e-'));
  after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return {
    folder,
    path: (name) => join(folder, name),
    write(name, text) {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    },
  };
}
