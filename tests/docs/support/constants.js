// Numbers in a document, held against those in the sources that make them true.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read } from './text.js';

export const number = (text) => Number(text.replace(/[',\s]/g, ''));

// `rows`: [what the document says, the file, what it says there, the factor between the two]; each pattern with the number in (),
// or without one: then it must only be there.
export function testConstants(document, rows) {
  const text = read(document).replace(/\s+/g, ' ');
  for (const [said, file, written, factor = 1] of rows) {
    test(`${document}: "${said.source}" is what ${file} does`, () => {
      const told = [...text.matchAll(new RegExp(said, 'g'))];
      const made = written.exec(read(file));
      assert.ok(told.length > 0, `${document} does not say ${said}`);
      assert.ok(made, `${file} has no ${written}`);
      for (const one of told) {
        if (one[1] !== undefined) assert.equal(number(one[1]), number(made[1]) * factor, one[0]);
      }
    });
  }
}
