// An Angular application, compiled as its CLI does: ahead of time with strict templates (ngc), libraries by the linker, bundled.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const kRoot = fileURLToPath(new URL('../..', import.meta.url));
const kNgc = join(kRoot, 'node_modules/@angular/compiler-cli/bundles/src/bin/ngc.js');
const { transformAsync } = createRequire(createRequire(import.meta.url).resolve('@angular/compiler-cli'))('@babel/core');
const { createEs2015LinkerPlugin } = await import('@angular/compiler-cli/linker/babel');

// As `ng new` makes it.
const kConfig = {
  compilerOptions: {
    outDir: 'out',
    rootDir: 'src',
    target: 'ES2022',
    module: 'ES2022',
    moduleResolution: 'bundler',
    strict: true,
    noImplicitOverride: true,
    noPropertyAccessFromIndexSignature: true,
    noImplicitReturns: true,
    isolatedModules: true,
    experimentalDecorators: true,
    lib: ['ES2022', 'DOM', 'DOM.Iterable'],
    types: [],
  },
  angularCompilerOptions: { strictInjectionParameters: true, strictInputAccessModifiers: true, strictTemplates: true },
  include: ['src'],
};

/** What the compiler complains of in `folder/src`; nothing if all is well. The code is in `folder/out`. */
export function compileAngular(folder) {
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(kConfig));
  const { status, stdout, stderr } = spawnSync(process.execPath, [kNgc, '-p', folder], { encoding: 'utf8' });
  return status === 0 ? '' : stdout + stderr;
}

// Linked once for all bundles: it takes seconds.
const linked = new Map();

const linker = {
  name: 'angular-linker',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules.*\.m?js$/ }, async ({ path }) => {
      const known = linked.get(path);
      if (known) return known;
      const source = readFileSync(path, 'utf8');
      if (!source.includes('ɵɵngDeclare')) return undefined;
      const plugin = createEs2015LinkerPlugin({
        fileSystem: { resolve: join, exists: () => false, dirname: (file) => join(file, '..'), relative: join, readFile: () => '' },
        logger: { level: 2, debug() {}, info() {}, warn: console.warn, error: console.error },
        linkerJitMode: false,
      });
      const { code } = await transformAsync(source, { filename: path, plugins: [plugin], configFile: false, babelrc: false, compact: false });
      linked.set(path, { contents: code, loader: 'js' });
      return linked.get(path);
    });
  },
};

export function bundleAngular(entry, outfile, options = {}) {
  return build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    define: { ngDevMode: 'false', ngJitMode: 'false' },
    plugins: [linker],
    logLevel: 'error',
    metafile: true,
    ...options,
  });
}
