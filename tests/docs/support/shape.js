// Exchanges as the reference writes them: `event { "json": TIME }`, a reply behind `>`, remarks behind two spaces.
import assert from 'node:assert/strict';

const kTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const kWords = new Set(['TIME', 'TIME?', 'CODE', 'REPLY', 'DATA', '...']);

// [{ name, reply, data, line }], in order; `data` with the placeholders as strings.
export function exchangesIn(text) {
  const found = [];
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; ++i) {
    const [, reply, name, rest] = /^( {2}> )?([a-z_-]+) +(\{.*)$/.exec(lines[i]) ?? [];
    if (!name) continue;
    const at = i + 1;
    let json = rest.split(/ {2,}/)[0];
    const balance = () => json.split('{').length - json.split('}').length;
    while (balance() > 0) json += ` ${lines[++i].trim().split(/ {2,}/)[0]}`;
    found.push({ name, reply: Boolean(reply), data: shapeOf(json, `line ${at}`), line: at });
  }
  return found;
}

export function shapeOf(json, where) {
  const text = json.replace(/(?<!")\b(TIME\?|TIME|CODE|REPLY|DATA)(?!")/g, '"$1"');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${where}: ${error.message}: ${json}`);
  }
}

// The same fields in the same order, each of its kind; a placeholder stands for what it says, other values for their type.
export function assertShape(actual, shape, where) {
  if (shape === 'TIME' || (shape === 'TIME?' && actual !== null)) return assert.match(actual, kTime, where);
  if (shape === 'TIME?') return undefined;
  if (kWords.has(shape)) return assert.notEqual(actual, undefined, where);
  assert.equal(typeof actual, typeof shape, `${where} is ${JSON.stringify(actual)}`);
  if (typeof shape !== 'object') return undefined;
  assert.equal(Array.isArray(actual), Array.isArray(shape), where);
  if (Array.isArray(shape)) {
    assert.ok(actual.length > 0, `${where} is empty`);
    for (const [index, one] of actual.entries()) assertShape(one, shape[0], `${where}[${index}]`);
    return undefined;
  }
  assert.deepEqual(Object.keys(actual), Object.keys(shape), where);
  for (const [key, value] of Object.entries(shape)) assertShape(actual[key], value, `${where}.${key}`);
  return undefined;
}
