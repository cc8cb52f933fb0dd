// Writes the packages as files that npm installs, into the folder given (build/npm): for those whose registry does not have them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const kHere = dirname(fileURLToPath(import.meta.url));
const kFolder = resolve(process.argv[2] ?? join(kHere, '../build/npm'));
const kPackages = ['client', 'react', 'vue', 'angular', 'nestjs'];

mkdirSync(kFolder, { recursive: true });
for (const file of readdirSync(kFolder).filter((name) => /^rollcall-.*\.tgz$/.test(name))) rmSync(join(kFolder, file));
for (const name of kPackages) {
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', kFolder];
  const { status } = spawnSync('npm', args, { cwd: join(kHere, name), stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`npm pack failed for ${name}`);
}

const { version } = JSON.parse(readFileSync(join(kHere, 'client/package.json'), 'utf8'));
const file = (name) => join(kFolder, `rollcall-${name}-${version}.tgz`);
const install = (...words) => console.log(`  npm install ${words.join(' ')}`);
console.log('The packages are files now. In your own project:');
install(file('client'), 'socket.io-client');
for (const name of ['react', 'vue', 'angular']) install(file(name), file('client'), 'socket.io-client');
install(file('nestjs'));
