// The documents as a reader has them: their words, and the code that stands in them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const kRoot = fileURLToPath(new URL('../../..', import.meta.url));
export const read = (path) => readFileSync(join(kRoot, path), 'utf8');

export const kGuide = 'docs/REALTIME_PRESENCE_FRONTEND_GUIDE.txt';
export const kReference = 'docs/PRESENCE_QUICK_REFERENCE.txt';
export const kSummary = 'docs/PRESENCE_IMPLEMENTATION_SUMMARY.txt';
export const kTexts = [kGuide, kReference, kSummary];

const inDocs = readdirSync(join(kRoot, 'docs')).filter((name) => /\.(txt|md)$/.test(name));
export const kDocuments = [...inDocs.map((name) => `docs/${name}`), 'README.md', 'SECURITY.md'];

const kOpening = /^---- (\S.*?) -+$/;
const kClosing = /^-{20,}$/;
const kSection = /^(\d+)  [A-Z]/;
const kPart = /^(\d+[a-z])  [A-Z]/;

// The code between two rulers, by section and file name: '4a src/UserCard.jsx'. What stands before the first numbered section
// goes by its name alone.
export function blocksOf(path) {
  const blocks = new Map();
  let section = '';
  let open = null;
  for (const [index, line] of read(path).split('\n').entries()) {
    const [, number] = kSection.exec(line) ?? kPart.exec(line) ?? [];
    if (open) {
      if (kClosing.test(line)) {
        const name = `${section} ${open.name}`.trim();
        let unique = name;
        for (let i = 2; blocks.has(unique); ++i) unique = `${name} #${i}`;
        blocks.set(unique, { file: open.name.split(' ')[0], code: `${open.lines.join('\n')}\n`, line: open.line });
        open = null;
      } else {
        open.lines.push(line);
      }
    } else if (kOpening.test(line)) {
      open = { name: kOpening.exec(line)[1], lines: [], line: index + 1 };
    } else if (number) {
      section = number;
    }
  }
  if (open) throw new Error(`${path}:${open.line}: the code ${open.name} does not end`);
  return blocks;
}

// The code blocks of a Markdown page, with the word behind the fence.
export function fencesOf(path) {
  const fences = [];
  for (const [, language, code] of read(path).matchAll(/^```(\S*)\n([\s\S]*?)^```$/gm)) fences.push({ language, code });
  return fences;
}
