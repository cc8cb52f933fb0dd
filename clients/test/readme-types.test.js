// Every line of TypeScript in the READMEs compiles, strictly, with no more around it than its text says.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const kRoot = fileURLToPath(new URL('../..', import.meta.url));
const kFolder = join(kRoot, 'node_modules/.rollcall-readme-types');
const kTsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
after(() => rmSync(kFolder, { recursive: true, force: true }));

// What a sample takes for granted, by a word of it.
const kGiven = [
  ['client', /createRollcall\(\{.*token \}|auth: \{ token \}/, 'declare const token: string;'],
  ['nestjs', /^RollcallModule\.forRootAsync/, "import { RollcallModule } from '@rollcall/nestjs';\ndeclare abstract class ConfigService { getOrThrow(name: string): string; }"],
  ['angular', /^provideRollcall\(\(\)/, `import { inject } from '@angular/core';
import { provideRollcall } from '@rollcall/angular';
import { RollcallClient } from '@rollcall/client';
import { firstValueFrom, type Observable } from 'rxjs';
declare abstract class HttpClient { get(url: string, options: { responseType: 'text' }): Observable<string>; }
declare const url: string, client: RollcallClient;`],
];
// What other samples import from a file of which only the changed line is shown.
const kRest = { 'notifications/notifications.service.ts': 'export class NotificationsService {}' };

const kOptions = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler'];
const kMore = ['--experimentalDecorators', '--emitDecoratorMetadata', '--lib', 'es2022,dom,dom.iterable', '--types', 'node', '--jsx', 'preserve'];

for (const name of ['client', 'react', 'vue', 'angular', 'nestjs']) {
  const readme = readFileSync(join(kRoot, 'clients', name, 'README.md'), 'utf8');
  const samples = [...readme.matchAll(/^```tsx?\n(.*?)^```/gms)].map(([, code]) => code);
  if (samples.length === 0) continue;
  test(`@rollcall/${name}: ${samples.length} samples`, () => {
    const folder = join(kFolder, name);
    mkdirSync(join(folder, 'notifications'), { recursive: true });
    const files = samples.map((code, i) => {
      const named = /^\/\/ (\S+\.ts)\n/.exec(code)?.[1];
      const given = kGiven.filter(([of, word]) => of === name && word.test(code)).map(([, , text]) => text);
      const file = join(folder, named ?? `sample-${i}.ts`);
      // A module each, so that samples may use the same names.
      writeFileSync(file, `${given.join('\n')}\n${code}\n${kRest[named] ?? ''}\nexport {};\n`);
      return file;
    });
    const { status, stdout } = spawnSync(process.execPath, [kTsc, ...kOptions, ...kMore, ...files], { cwd: kRoot, encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  });
}
