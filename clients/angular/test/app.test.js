// The application of the README, compiled and bundled as Angular's CLI does against the package as it is published: in Chromium,
// with the real server, and rendered on a server.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launchBrowser, watchPage } from '../../../tests/e2e/support/browser.js';
import { closeAll, connect } from '../../../tests/e2e/support/client.js';
import { startServer } from '../../../tests/e2e/support/server.js';
import { bundleAngular, compileAngular } from '../../test-support/angular-app.js';
import { installPacked } from '../../test-support/packed.js';
import { besidesOutages, tokenEndpoint } from '../../test-support/token-endpoint.js';

const kFolder = fileURLToPath(new URL('../../../node_modules/.rollcall-angular', import.meta.url));
const kReadme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

// How an application is tested for being at rest, and what it may write otherwise; the rest of the package's types.
const kMore = {
  'zone.ts': `import 'zone.js';\n`,
  'stable.ts': `import { ApplicationRef } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';

export function bootstrap(...[app, config]: Parameters<typeof bootstrapApplication>): void {
  void bootstrapApplication(app, config).then(async (ref: ApplicationRef) => {
    await ref.whenStable();
    document.body.setAttribute('data-stable', '');
  });
}
`,
  'server.ts': `import { bootstrapApplication } from '@angular/platform-browser';
import { provideServerRendering, renderApplication } from '@angular/platform-server';
import { provideExperimentalZonelessChangeDetection } from '@angular/core';
import { provideRollcall } from '@rollcall/angular';
import { createRollcall } from '@rollcall/client';
import { App } from './app';

export const client = createRollcall({ url: 'http://127.0.0.1:9', token: 'none' });
const providers = [provideServerRendering(), provideExperimentalZonelessChangeDetection(), provideRollcall(client)];
export const render = (): Promise<string> =>
  renderApplication((context) => bootstrapApplication(App, { providers }, context), { document: '<app-root></app-root>', url: '/' });
`,
  'types.ts': `import { Component, inject, Injector, input, type EnvironmentProviders, type Signal } from '@angular/core';
import { provideRollcall, RollcallService, type ConnectionState, type OnlineUsers, type UserPresence } from '@rollcall/angular';
import { createRollcall } from '@rollcall/client';

@Component({
  selector: 'user-list',
  template: \`
    @for (user of everyone().users; track user.userId) { <p>{{ user.email }}</p> }
    {{ presence.connection().status }} {{ status().lastActive }} {{ all().get('a')?.online }}
  \`,
})
export class UserList {
  readonly presence = inject(RollcallService);
  readonly user = input<{ id: string }>();
  readonly ids = input.required<string[]>();
  readonly everyone: Signal<OnlineUsers> = this.presence.onlineUsers();
  readonly status: Signal<UserPresence> = this.presence.userStatus(() => this.user()?.id);
  readonly all: Signal<ReadonlyMap<string, UserPresence>> = this.presence.usersPresence(this.ids);
  readonly connection: Signal<ConnectionState> = this.presence.connection;
  readonly #injector = inject(Injector);

  later(): Signal<boolean> {
    this.presence.userPresence(7);
    // @ts-expect-error: an object is no user id
    this.presence.userPresence({ id: 7 });
    return this.presence.userPresence(null, { injector: this.#injector });
  }
}

export const providers: EnvironmentProviders[] = [
  provideRollcall({ url: 'https://a.example', getToken: async (reason) => reason }),
  provideRollcall(() => createRollcall({ token: 'x' })),
  // @ts-expect-error: there is no such option
  provideRollcall({ address: 'https://a.example' }),
];
`,
};

let server, site, browser, endpoint;
before(async () => {
  rmSync(kFolder, { recursive: true, force: true });
  mkdirSync(join(kFolder, 'src'), { recursive: true });
  for (const name of ['client', 'angular']) installPacked(name, kFolder);
  server = await startServer({ env: { ROLLCALL_CORS_ORIGINS: '*', ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100 } });
  const write = (file, text) => writeFileSync(join(kFolder, 'src', file), text.replaceAll('http://localhost:3000', server.url));
  const samples = [...kReadme.matchAll(/^```ts\n\/\/ (\S+\.ts)\n(.*?)^```/gms)];
  assert.deepEqual(samples.map(([, file]) => file), ['main.ts', 'user-card.ts', 'app.ts']);
  for (const [, file, code] of samples) write(file, code);
  // Without zone.js, and with a look at whether it comes to rest.
  const watched = samples[0][2].replace(/^import \{ bootstrapApplication \}.*$/m, "import { bootstrap } from './stable';").replace('bootstrapApplication(', 'bootstrap(');
  write('zoned.ts', `import './zone';\n${watched}`);
  write(
    'zoneless.ts',
    `import { provideExperimentalZonelessChangeDetection } from '@angular/core';\n${watched}`.replace('providers: [', 'providers: [provideExperimentalZonelessChangeDetection(),'),
  );
  for (const [file, text] of Object.entries(kMore)) write(file, text);
  assert.equal(compileAngular(kFolder), '');
  site = await serve();
  browser = await launchBrowser();
});
after(async () => {
  closeAll();
  site?.close();
  await browser?.close();
  await server?.stop();
  rmSync(kFolder, { recursive: true, force: true });
});

async function serve() {
  const bundles = {};
  for (const name of ['zoned', 'zoneless']) {
    const outfile = join(kFolder, `${name}.js`);
    const { metafile } = await bundleAngular(join(kFolder, `out/${name}.js`), outfile);
    const inputs = Object.keys(metafile.inputs);
    assert.ok(inputs.some((path) => path.includes('.rollcall-angular/node_modules/@rollcall/angular/dist')), 'it is the packed one');
    assert.ok(!inputs.some((path) => path.includes('@angular/compiler')), 'nothing is compiled in the browser');
    bundles[`/${name}.js`] = readFileSync(outfile);
  }
  const listener = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://x');
    if (pathname === '/api/presence-token') return endpoint.answer(response);
    const code = bundles[pathname];
    response.setHeader('Content-Type', code ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(code ?? `<!doctype html><link rel="icon" href="data:,"><app-root></app-root><script type="module" src="${pathname}.js"></script>`);
  });
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${listener.address().port}`, close: () => listener.close() };
}

for (const kind of ['zoned', 'zoneless']) {
  test(`a card turns green and grey, though there was no token at first (${kind})`, async () => {
    endpoint = tokenEndpoint('viewer');
    const page = await browser.context.newPage();
    const seen = watchPage(page);
    await page.goto(`${site.url}/${kind}`);
    await page.getByText('⚫ Offline').waitFor();
    for (let round = 0; round < 2; ++round) {
      const ada = await connect(server, 'user-1');
      await page.getByText('🟢 Online').waitFor();
      ada.close();
      await page.getByText('⚫ Offline').waitFor();
    }
    assert.equal(await page.locator('h3').textContent(), 'Ada');
    await page.locator('body[data-stable]').waitFor();
    assert.ok(endpoint.isUp());
    assert.deepEqual(besidesOutages(seen.errors), []);
    await page.close();
  });
}

test('on a server it is rendered without a connection', async (t) => {
  const outfile = join(kFolder, 'server.mjs');
  await bundleAngular(join(kFolder, 'out/server.js'), outfile, { platform: 'node', mainFields: ['module', 'main'], external: ['socket.io-client'] });
  const { render, client } = await import(outfile);
  t.after(() => client.close());
  const html = await render();
  assert.match(html, /<h3[^>]*>Ada<\/h3>/);
  assert.match(html, /⚫ Offline/);
  assert.equal(client.connection.get().status, 'idle');
  assert.equal(client.presence('user-1'), undefined);
});
