// The guide's applications, one for each framework and each way, in Chromium against the real server: the cards turn green and
// grey, also across a restart of the server, and they ask for both users in one request.
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
import { backendOf, bundle, fill, layOut, serveSite } from './support/app.js';
import { blocksOf, kGuide, kReference } from './support/text.js';

const blocks = blocksOf(kGuide);
const browser = await launchBrowser();
after(() => {
  closeAll();
  return browser.close();
});

const kPlain = ['2 src/auth.js', '2a src/presence.js'];
const kPackage = ['2 src/auth.js', '2b src/rollcall.js'];
const kAngular = ['2 src/auth.js', '6a src/app/app.ts'];
const kPlainAngular = [...kAngular, '6a src/app/presence.service.ts', '6a src/app/user-card.ts', '6a src/main.ts'];
const kApplications = {
  'vanilla JavaScript, socket.io-client': { uses: [...kPlain, '3a src/main.js'], page: '3 index.html' },
  'vanilla JavaScript, @rollcall/client': { uses: [...kPackage, '3b src/main.js'], page: '3 index.html' },
  'React, socket.io-client': { uses: [...kPlain, '4a src/useUserPresence.js', '4a src/UserCard.jsx', '4a src/main.jsx'] },
  'React, @rollcall/react': { uses: [...kPackage, '4b src/UserCard.jsx', '4b src/main.jsx'] },
  'Vue, socket.io-client': { uses: [...kPlain, '5a src/useUserPresence.js', '5a src/UserCard.vue', '5a src/App.vue', '5a src/main.js'] },
  'Vue, @rollcall/vue': { uses: [...kPackage, '5b src/UserCard.vue', '5a src/App.vue', '5b src/main.js'] },
  'Angular, socket.io-client': { uses: kPlainAngular, angular: true },
  'Angular without zone.js, socket.io-client': { uses: kPlainAngular, angular: true, zoneless: true },
  'Angular, @rollcall/angular': { uses: [...kAngular, '6b src/app/user-card.ts', '6b src/main.ts'], angular: true },
};

const filesOf = (uses) => uses.map((id) => [blocks.get(id).file, blocks.get(id).code]);

// Bundles by name, made as Angular's CLI does: ahead of time, with strict templates, and zone.js beside them. All are compiled at
// once, for it takes seconds; the dot of the quick reference, too, which is only to compile.
async function buildAngular() {
  const own = Object.entries(kApplications).filter(([, { angular }]) => angular);
  // "Save src/auth.js as src/app/auth.ts."
  const placed = (file, folder) => file.replace('src/auth.js', 'src/app/auth.ts').replace('src/', `src/${folder}/`);
  const dot = ['src/dot.ts', blocksOf(kReference).get('dot.ts (Angular, with provideRollcall)').code];
  const without = (code) => `import { provideExperimentalZonelessChangeDetection as zoneless } from '@angular/core';
${code.replace('(App)', '(App, { providers: [zoneless()] })')}`;
  const files = own.flatMap(([, { uses, zoneless }], i) =>
    filesOf(uses).map(([file, code]) => [placed(file, i), zoneless && file === 'src/main.ts' ? without(code) : code]),
  );
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

async function built(name, server) {
  const { uses, angular: isAngular } = kApplications[name];
  if (isAngular) return fill((await (angular ??= buildAngular())).get(name), server);
  const files = Object.fromEntries(filesOf(uses).map(([file, code]) => [file, fill(code, server)]));
  const { folder, remove } = layOut(files);
  try {
    const entry = Object.keys(files).find((file) => /\/main\./.test(file));
    return await bundle(folder, entry);
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
  test(`${name}: cards turn green and grey, and are right after a restart of the server`, async (t) => {
    const backend = backendOf(blocks.get('2 backend.js (Node, Express; npm install jsonwebtoken)').code, { id: 'viewer', email: 'v@example.com', role: 'carer' });
    const page = application.page && blocks.get(application.page).code;
    const site = await serveSite({ page, backend });
    const env = { ROLLCALL_CORS_ORIGINS: site.url, ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100, ROLLCALL_PRESENCE_BROADCAST: 'watchers' };
    let server = await startServer({ env });
    site.script = await built(name, server);
    const tab = await browser.context.newPage();
    t.after(async () => {
      await tab.close();
      site.close();
      await server.stop();
    });
    const seen = watchPage(tab);
    const asked = requestsOf(tab);
    const card = (person) => tab.locator('li').filter({ has: tab.getByRole('heading', { name: person }) });
    const shows = (person, words) => card(person).getByText(words).waitFor();

    await tab.goto(site.url);
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
    assert.deepEqual(seen.errors, []);
    const { port } = server;
    closeAll();
    await server.stop();
    server = await startServer({ env, listen: `127.0.0.1:${port}` });
    await connect(server, 'user-2');
    await shows('Bruno', '🟢 Online');
    await shows('Ada', '⚫ Offline');
    assert.ok(site.asked >= 2, 'a token was asked for at each connection');
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
  assert.ok(seconds > 1.8 && seconds < 4, `"two seconds later" were ${seconds}`);
  assert.deepEqual(seen.errors, []);
});
