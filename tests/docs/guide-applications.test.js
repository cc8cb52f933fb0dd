// The guide's applications, one for each framework and each way, in Chromium against the real server and the guide's own backend:
// the cards turn green and grey, also across a restart of the server, and while the backend gives no tokens; and they ask for
// both users in one request.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { bundleAngular, compileAngular } from '../../clients/test-support/angular-app.js';
import { installPacked } from '../../clients/test-support/packed.js';
import { launchBrowser, watchPage } from '../e2e/support/browser.js';
import { closeAll, connect } from '../e2e/support/client.js';
import { startServer } from '../e2e/support/server.js';
import { token } from '../e2e/support/tokens.js';
import { bundle, fill, layOut, serveSite, startBackend } from './support/app.js';
import { blocksOf, kGuide, kReference } from './support/text.js';

const blocks = blocksOf(kGuide);
const browser = await launchBrowser();
const kBackend = '2 backend.mjs (Node 18 or later; npm install express jsonwebtoken)';
const asViewer = (code) => code.replaceAll("'user-1'", "'viewer'").replace('ada@example.com', 'v@example.com');
after(() => {
  closeAll();
  return browser.close();
});

const kPlain = ['2 src/auth.ts', '2a src/presence.ts'];
const kPackage = ['2 src/auth.ts', '2b src/rollcall.ts'];
const kPlainAngular = [...kPlain, '6a src/app/app.ts', '6a src/app/presence.service.ts', '6a src/app/user-card.ts'];
const kNext = ['4c app/presence.tsx', '4c app/user-card.tsx', '4c app/page.tsx'];
const kApplications = {
  'vanilla JavaScript, socket.io-client': { uses: [...kPlain, '3a src/main.js'], page: '3 index.html' },
  'vanilla JavaScript, @rollcall/client': { uses: [...kPackage, '3b src/main.js'], page: '3 index.html' },
  'React, socket.io-client': { uses: [...kPlain, '4a src/useUserPresence.ts', '4a src/UserCard.tsx', '4a src/main.tsx'] },
  'React, @rollcall/react': { uses: [...kPackage, '4b src/UserCard.tsx', '4b src/main.tsx'] },
  "the components of Next.js' application, @rollcall/react": { uses: [...kPackage, ...kNext], main: 'app/main.tsx' },
  'Vue, socket.io-client': { uses: [...kPlain, '5a src/useUserPresence.ts', '5a src/UserCard.vue', '5a src/App.vue', '5a src/main.ts'] },
  'Vue, @rollcall/vue': { uses: [...kPackage, '5b src/UserCard.vue', '5a src/App.vue', '5b src/main.ts'] },
  'Angular, socket.io-client': { uses: kPlainAngular, angular: true },
  'Angular without zone.js, socket.io-client': { uses: kPlainAngular, angular: true, zoneless: true },
  'Angular, @rollcall/angular': { uses: ['2 src/auth.ts', '6a src/app/app.ts', '6b src/app/user-card.ts', '6b src/app/app.config.ts'], angular: true },
};

// As `ng new` writes it.
const kAngularMain = `import { bootstrapApplication } from '@angular/platform-browser';
import { appConfig } from './app/app.config';
import { App } from './app/app';
bootstrapApplication(App, appConfig).catch((err) => console.error(err));
`;
const kAngularConfig = `import { ApplicationConfig } from '@angular/core';
export const appConfig: ApplicationConfig = { providers: [] };
`;
// In place of Next.js, which mounts the page in its layout.
const kNextMain = `import { createRoot } from 'react-dom/client';
import Page from './page';
import { Presence } from './presence';
createRoot(document.getElementById('root')!).render(<Presence><Page /></Presence>);
`;

const filesOf = (uses) => uses.map((id) => [blocks.get(id).file, blocks.get(id).code]);
// "In app/ the auth.ts and rollcall.ts of section 2", "save src/auth.ts as src/app/auth.ts".
const into = (place, files) => files.map(([file, code]) => [file.replace(/^src\/(?=(auth|presence|rollcall)\.ts)/, place), code]);

// Bundles by name, made as Angular's CLI does: ahead of time, with strict templates, and zone.js beside them. All are compiled at
// once, for it takes seconds; the dot of the quick reference, too, which is only to compile.
async function buildAngular() {
  const own = Object.entries(kApplications).filter(([, { angular }]) => angular);
  const dot = ['src/dot.ts', blocksOf(kReference).get('dot.ts (Angular, with provideRollcall)').code];
  const without = (code) => `import { provideExperimentalZonelessChangeDetection as zoneless } from '@angular/core';
${code.replace('providers: [', 'providers: [zoneless(), ')}`;
  const files = own.flatMap(([, { uses, zoneless }], i) => {
    const project = { 'src/main.ts': kAngularMain, 'src/app/app.config.ts': kAngularConfig, ...Object.fromEntries(into('src/app/', filesOf(uses))) };
    if (zoneless) project['src/app/app.config.ts'] = without(project['src/app/app.config.ts']);
    return Object.entries(project).map(([file, code]) => [file.replace('src/', `src/${i}/`), code]);
  });
  const { folder, remove } = layOut(Object.fromEntries([...files, dot]));
  try {
    installPacked('angular', folder);
    assert.equal(compileAngular(folder), '');
    const bundles = new Map();
    for (const [i, [name, { zoneless }]] of own.entries()) {
      const [entry, outfile] = [join(folder, `entry-${i}.js`), join(folder, `bundle-${i}.js`)];
      writeFileSync(entry, `${zoneless ? '' : "import 'zone.js';\n"}import './out/${i}/main.js';\n`);
      await bundleAngular(entry, outfile, { format: 'iife' });
      bundles.set(name, readFileSync(outfile, 'utf8'));
    }
    return bundles;
  } finally {
    remove();
  }
}
let angular;

// Dots settle in one second instead of ten.
const sooner = (code) =>
  code.replace(/SETTLING_MS = (10_000|1e4)/, 'SETTLING_MS = 1000').replace("key: 'page'", 'settleMs: 1000').replace(/\bgetToken \}(?=\))/, 'getToken, settleMs: 1000 }');

async function built(name, server) {
  const { uses, main, angular: isAngular } = kApplications[name];
  if (isAngular) return sooner(fill((await (angular ??= buildAngular())).get(name), server));
  const files = Object.fromEntries(into(main ? 'app/' : 'src/', filesOf(uses)).map(([file, code]) => [file, sooner(fill(code, server))]));
  if (main) files[main] = kNextMain;
  const { folder, remove } = layOut(files);
  try {
    return await bundle(folder, Object.keys(files).find((file) => /\/main\./.test(file)));
  } finally {
    remove();
  }
}

// The events that the page asks for: by polling before the upgrade, by WebSocket after it.
function requestsOf(page) {
  const requests = [];
  const note = (packet) => {
    const [, event, data] = /^42[^[]*\["([a-z-]+)",(.*)\]$/.exec(packet) ?? [];
    if (event) requests.push([event, JSON.parse(data)]);
  };
  page.on('request', (request) => request.postData()?.split('\x1e').forEach(note));
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => note(String(payload))));
  return requests;
}

for (const [name, application] of Object.entries(kApplications)) {
  test(`${name}: cards turn green and grey, also when there was no token, and are right after a restart of the server`, async (t) => {
    const page = application.page && blocks.get(application.page).code;
    const backend = await startBackend(blocks.get(kBackend).code, asViewer);
    const site = await serveSite({ page, backend: backend.answers });
    const env = { ROLLCALL_CORS_ORIGINS: site.url, ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100, ROLLCALL_PRESENCE_BROADCAST: 'watchers' };
    let server = await startServer({ env });
    site.script = await built(name, server);
    const tab = await browser.context.newPage();
    t.after(async () => {
      await tab.close();
      site.close();
      await backend.stop();
      await server.stop();
    });
    const seen = watchPage(tab);
    const asked = requestsOf(tab);
    const card = (person) => tab.locator('li').filter({ has: tab.getByRole('heading', { name: person }) });
    const shows = (person, words) => card(person).getByText(words).waitFor();

    site.outages = ['502', 'page'];
    await tab.goto(`${site.url}/api/login/viewer`);
    await shows('Ada', '⚫ Offline');
    await shows('Bruno', '⚫ Offline');
    for (const last of ['says goodbye', 'is cut off']) {
      const [first, second] = [await connect(server, 'user-1'), await connect(server, 'user-1')];
      await shows('Ada', '🟢 Online');
      await shows('Bruno', '⚫ Offline');
      first.socket.disconnect();
      await second.data('heartbeat');
      await shows('Ada', '🟢 Online');
      if (last === 'says goodbye') second.socket.disconnect();
      else second.cut();
      await shows('Ada', '⚫ Offline');
    }
    const viewer = await connect(server, 'other');
    const { users } = await viewer.data('get-online-users', {});
    assert.deepEqual(users.map(({ userId, email, role }) => [userId, email, role])[0], ['viewer', 'v@example.com', 'carer']);
    const subscriptions = asked.filter(([event]) => event === 'subscribe-presence');
    assert.deepEqual(subscriptions, [['subscribe-presence', { userIds: ['user-1', 'user-2'] }]]);

    await connect(server, 'user-1');
    await shows('Ada', '🟢 Online');
    assert.deepEqual(site.outages, [], 'a token was asked for until there was one');
    // 400: a page that stood still for 8 s, on a busy machine, has lost its session, and gets another.
    assert.deepEqual(seen.errors.filter((text) => !/status of (502|400)/.test(text)), []);
    const { port } = server;
    closeAll();
    site.outages = ['502', '502'];
    await server.stop();
    server = await startServer({ env, listen: `127.0.0.1:${port}` });
    await connect(server, 'user-2');
    await shows('Bruno', '🟢 Online');
    await shows('Ada', '⚫ Offline');
    assert.deepEqual(site.outages, []);
  });
}

test('the page of section 1: one file, opened from the disk', async (t) => {
  const server = await startServer({ args: ['--dev'], env: { ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: undefined } });
  const page = fill(blocks.get('1 green-dot.html').code, server, token('user-1'));
  const { folder, remove } = layOut({ 'green-dot.html': page });
  const tab = await browser.context.newPage();
  t.after(async () => {
    await tab.close();
    remove();
    await server.stop();
  });
  const seen = watchPage(tab);
  await tab.goto(`file://${join(folder, 'green-dot.html')}`);
  await tab.getByText('user-2 is ⚫ Offline').waitFor();
  const user = await connect(server, 'user-2');
  await tab.getByText('user-2 is 🟢 Online').waitFor();
  const began = Date.now();
  user.hangUp();
  await tab.getByText('user-2 is ⚫ Offline').waitFor();
  const seconds = (Date.now() - began) / 1000;
  assert.ok(seconds > 1.8 && seconds < 8, `"two seconds later" were ${seconds}`);
  assert.deepEqual(seen.errors, []);
});
