// docs/openapi.json as a judge: which answers it documents, and whether one is as it says.
import { readFileSync } from 'node:fs';
import addFormats from 'ajv-formats';
import Ajv from 'ajv/dist/2020.js';

export const document = JSON.parse(readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'));

const kId = 'openapi';

// The same with nothing allowed in any object that is not named: a field that nobody documented is to be noticed.
function strict(value) {
  if (Array.isArray(value)) return value.map(strict);
  if (!value || typeof value !== 'object') return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, strict(part)]));
  if (value.type === 'object' && value.properties) copy.additionalProperties = false;
  return copy;
}

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema({ ...strict(document), $id: kId });

const escaped = (part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
const validators = new Map();
function validatorAt(path) {
  const pointer = path.map(escaped).join('/');
  if (!validators.has(pointer)) validators.set(pointer, ajv.compile({ $ref: `${kId}#/${pointer}` }));
  return validators.get(pointer);
}

// What stands at the path, and where that really is: references lead elsewhere.
export function at(path) {
  let place = [];
  let value = document;
  for (const part of path) {
    place = [...place, part];
    value = value?.[part];
    if (value?.$ref) {
      place = value.$ref.slice(2).split('/');
      value = place.reduce((inner, name) => inner?.[name], document);
    }
  }
  return { place, value };
}

// Why the value is not what the schema at the path says; '' if it is.
export function mistakes(path, value) {
  const validate = validatorAt(at(path).place);
  return validate(value) ? '' : ajv.errorsText(validate.errors, { separator: '\n' });
}

export const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), id: operation.operationId, operation })),
);

// What is wrong with an answer {status, headers, text} to an operation, by the document.
export function judge({ path, method }, answer) {
  const response = ['paths', path, method.toLowerCase(), 'responses', String(answer.status)];
  const documented = at(response).value;
  if (!documented) return [`${method} ${path} answered ${answer.status}, which is not documented: ${answer.text}`];
  const wrong = [];
  const type = answer.headers['content-type'];
  const content = documented.content[type];
  if (!content) wrong.push(`content-type ${type}`);
  const value = /json$/.test(type) ? JSON.parse(answer.text) : answer.text;
  if (content) wrong.push(mistakes([...response, 'content', type, 'schema'], value));
  if (value.status !== undefined && value.status !== answer.status) wrong.push(`status ${value.status} in the body`);
  for (const name of Object.keys(documented.headers ?? {})) {
    const given = answer.headers[name.toLowerCase()];
    if (given === undefined) wrong.push(`no ${name}`);
    else wrong.push(mistakes([...response, 'headers', name, 'schema'], given));
  }
  return wrong.filter(Boolean).map((what) => `${method} ${path} ${answer.status}: ${what}`);
}
