// The code on the quick reference's third page: run as it stands there, but for the address and the token. (Angular's is
// compiled with the guide's.)
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { promisify } from 'node:util';
import { createRollcall } from '@rollcall/client';
import { io } from 'socket.io-client';
import { launchBrowser, watchPage } from '../e2e/support/browser.js';
import { closeAll, connect } from '../e2e/support/client.js';
import { startServer } from '../e2e/support/server.js';
import { token } from '../e2e/support/tokens.js';
import { Inbox } from '../e2e/support/wait.js';
import { bundle, fill, layOut, serveSite, typeCheck } from './support/app.js';
import { blocksOf, kReference } from './support/text.js';

const blocks = blocksOf(kReference);
const key = 'rck_of-the-reference-0123456789abcdefghijk';
const digest = createHash('sha256').update(key).digest('hex');
const server = await startServer({
  env: { ROLLCALL_API_KEYS: `reference:read:${digest}`, ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100, ROLLCALL_CORS_ORIGINS: '*' },
});
afterEach(closeAll);
after(() => server.stop());

const codeOf = (id) => fill(blocks.get(id).code, server, token('viewer'));

// Runs it with these names in scope; gives what the code calls `result`, and what it printed.
function run(id, result, scope) {
  const printed = new Inbox();
  const given = { console: { log: (...words) => printed.put(words.join(' ')), error: assert.fail }, ...scope };
  const code = codeOf(id).replace(/^import .*$/gm, '');
  const made = new Function(...Object.keys(given), `${code}\nreturn ${result};`)(...Object.values(given));
  return { made, prints: (line) => printed.take((one) => one === line, line) };
}

async function seesUser1(prints) {
  for (const user of ['user-1', 'user-2']) await prints(`${user} ⚫`);
  const user = await connect(server, 'user-1');
  await prints('user-1 🟢');
  user.close();
  await prints('user-1 ⚫');
}

test('the code for any page works with socket.io-client', async (t) => {
  let beat;
  const { made, prints } = run('any page (socket.io-client)', 'socket', { io, setInterval: (send, ms) => (beat = { send, ms }) });
  t.after(() => made.disconnect());
  await seesUser1(prints);
  assert.equal(beat.ms, 30000);
  const answered = new Promise((resolve) => made.once('heartbeat-ack', resolve));
  beat.send();
  await answered;
});

test('the code for any page works with @rollcall/client', async (t) => {
  const { made, prints } = run('any page (@rollcall/client)', 'client', { createRollcall });
  t.after(() => made.close());
  await seesUser1(prints);
});

const kClient = () => `import { createRollcall } from '@rollcall/client';
const client = createRollcall({ url: '${server.url}', token: '${token('viewer')}' });
`;
const kDots = {
  React: {
    id: 'Dot.tsx (React, in a RollcallProvider)',
    main: () => `${kClient()}import { RollcallProvider } from '@rollcall/react';
import { createRoot } from 'react-dom/client';
import { Dot } from './Dot';
createRoot(document.getElementById('root')).render(<RollcallProvider client={client}><Dot userId="user-1" /></RollcallProvider>);
`,
  },
  Vue: {
    id: 'Dot.vue (Vue, after app.use(rollcall, client))',
    main: () => `${kClient()}import { rollcall } from '@rollcall/vue';
import { createApp } from 'vue';
import Dot from './Dot.vue';
createApp(Dot, { userId: 'user-1' }).use(rollcall, client).mount('#app');
`,
  },
};
for (const [name, { id, main }] of Object.entries(kDots)) {
  test(`the dot for ${name} works in Chromium`, async (t) => {
    const files = layOut({ [blocks.get(id).file]: codeOf(id), 'main.jsx': main() });
    const [site, browser] = await Promise.all([serveSite({}), launchBrowser()]);
    t.after(async () => {
      files.remove();
      site.close();
      await browser.close();
    });
    site.script = await bundle(files.folder, 'main.jsx');
    const page = await browser.context.newPage();
    const seen = watchPage(page);
    await page.goto(site.url);
    await page.getByText('⚫').waitFor();
    const user = await connect(server, 'user-1');
    await page.getByText('🟢').waitFor();
    user.close();
    await page.getByText('⚫').waitFor();
    assert.deepEqual(seen.errors, []);
  });
}

test("React's dot is TypeScript, as strict as the templates of Vite have it", async (t) => {
  const { file, code } = blocks.get(kDots.React.id);
  const { folder, remove } = layOut({ [file]: code });
  t.after(remove);
  await typeCheck(folder);
  writeFileSync(join(folder, file), code.replace(': string', ': number[]'));
  await assert.rejects(typeCheck(folder), /not assignable/);
});

test('the code for a backend works', async () => {
  await connect(server, 'user-1');
  const env = { PATH: process.env.PATH, ROLLCALL_API_KEY: key };
  const { stdout } = await promisify(execFile)('sh', ['-c', codeOf('a backend (any, with an API key)')], { env });
  const { userId, online } = JSON.parse(stdout);
  assert.deepEqual([userId, online], ['user-1', true]);
});
