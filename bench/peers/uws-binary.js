// Loads uWebSockets.js, whose binary requires glibc 2.38. With an older one (Debian 12 has 2.36), loads a copy that requires less.
//
// It uses only C23's names for strtol, strtoul and sscanf (which also read "0b101") from 2.38. In the copy these three symbols
// have their old names, of version 2.2.5, and the requirement of 2.38 is marked as weak.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const kPackage = here('node_modules/@btc-vision/uwebsockets.js');
const kCache = here('node_modules/.cache');
const kNewName = '__isoc23_';
const kNewVersion = 'GLIBC_2.38';
const kOldVersion = 'GLIBC_2.2.5';
const kWeak = 2;

export function loadUws() {
  try {
    return require('@btc-vision/uwebsockets.js');
  } catch (error) {
    if (!error.message.includes(`version \`${kNewVersion}'`)) throw error;
  }
  const name = `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`;
  mkdirSync(kCache, { recursive: true });
  const copy = join(kCache, name);
  const fresh = `${copy}.${process.pid}`;
  writeFileSync(fresh, forOldGlibc(readFileSync(join(kPackage, name))));
  renameSync(fresh, copy);
  return require(copy);
}

function forOldGlibc(elf) {
  const sections = readSections(elf);
  const text = (at) => elf.toString('latin1', at, elf.indexOf(0, at));
  const strings = sections['.dynstr'].offset;
  const versions = readVersions(elf, sections['.gnu.version_r'], (offset) => text(strings + offset));
  const libc = versions.filter(({ library }) => library === 'libc.so.6');
  const newest = libc.find(({ name }) => name === kNewVersion);
  const oldest = libc.find(({ name }) => name === kOldVersion);
  elf.writeUInt16LE(kWeak, newest.at + 4);

  const { offset: symbols, size } = sections['.dynsym'];
  const indices = sections['.gnu.version'].offset;
  for (let i = 0; i * 24 < size; ++i) {
    if (elf.readUInt16LE(indices + i * 2) !== newest.index) continue;
    const symbol = symbols + i * 24;
    const name = elf.readUInt32LE(symbol);
    if (!text(strings + name).startsWith(kNewName)) throw new Error(`uWebSockets.js needs ${text(strings + name)} of ${kNewVersion}`);
    elf.writeUInt32LE(name + kNewName.length, symbol);
    elf.writeUInt16LE(oldest.index, indices + i * 2);
  }
  return elf;
}

function readSections(elf) {
  const table = Number(elf.readBigUInt64LE(0x28));
  const size = elf.readUInt16LE(0x3a);
  const header = (i) => ({
    name: elf.readUInt32LE(table + i * size),
    offset: Number(elf.readBigUInt64LE(table + i * size + 0x18)),
    size: Number(elf.readBigUInt64LE(table + i * size + 0x20)),
  });
  const headers = Array.from({ length: elf.readUInt16LE(0x3c) }, (_, i) => header(i));
  const names = headers[elf.readUInt16LE(0x3e)].offset;
  return Object.fromEntries(headers.map((h) => [elf.toString('latin1', names + h.name, elf.indexOf(0, names + h.name)), h]));
}

// The required versions: a list per needed library.
function readVersions(elf, section, text) {
  const versions = [];
  let need = section.offset;
  for (;;) {
    const library = text(elf.readUInt32LE(need + 4));
    let at = need + elf.readUInt32LE(need + 8);
    for (let left = elf.readUInt16LE(need + 2); left > 0; --left) {
      versions.push({ at, library, index: elf.readUInt16LE(at + 6), name: text(elf.readUInt32LE(at + 8)) });
      at += elf.readUInt32LE(at + 12);
    }
    const next = elf.readUInt32LE(need + 12);
    if (next === 0) return versions;
    need += next;
  }
}
