// NestJS, as in the seed: compiles nestjs/ (decorators need it) and runs it.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const kCompiled = here('node_modules/.cache/nestjs.mjs'); // where it finds the packages
execFileSync(here('node_modules/.bin/esbuild'), [
  here('nestjs/main.ts'), '--bundle', '--packages=external', '--platform=node', '--format=esm', '--target=node20', '--log-level=warning',
  `--outfile=${kCompiled}`,
]);
await import(kCompiled);
