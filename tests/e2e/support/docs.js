// What the documentation shows is run: the fenced code whose first line names a file, as that file.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

export function sample(page, name) {
  const text = readFileSync(fileURLToPath(new URL(`../../../docs/${page}`, import.meta.url)), 'utf8');
  for (const [, code] of text.matchAll(/^```\w+\n([^]*?)^```$/gm)) {
    if (code.split('\n', 1)[0].includes(`${name}:`)) return code;
  }
  throw new Error(`docs/${page} has no sample ${name}`);
}

export function writeSample(files, page, name) {
  const path = files.path(basename(name));
  writeFileSync(path, sample(page, name));
  return path;
}
