// What a visitor sees of a recipe, in Chromium, against the real server and the guide's backend: the cards come up although the
// endpoint of the tokens fails at first, and turn green and grey; a developer who saves files leaves no connection behind.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fill, freePort, serveSite, startBackend } from '../../docs/support/app.js';
import { blocksOf, kGuide } from '../../docs/support/text.js';
import { launchBrowser } from '../../e2e/support/browser.js';
import { closeAll, connect } from '../../e2e/support/client.js';
import { startServer } from '../../e2e/support/server.js';
import { tell } from './project.js';

const blocks = blocksOf(kGuide);
const kBackend = '2 backend.mjs (Node 18 or later; npm install express jsonwebtoken)';
const kKey = 'rck_of-the-recipes-0123456789abcdefghijklmn';
const kSeenMs = 60_000;
const kEdits = 4;
const kSavedAgainMs = 10_000;

export const codeOf = (id) => {
  assert.ok(blocks.has(id), `the guide has no ${id}`);
  return blocks.get(id).code;
};
export const backendCode = () => codeOf(kBackend);

// The server, the backend behind a proxy that can fail, and a port for the application.
export async function openWorld(place) {
  const digest = createHash('sha256').update(kKey).digest('hex');
  const server = await startServer({ env: { ROLLCALL_CORS_ORIGINS: '*', ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 100, ROLLCALL_API_KEYS: `recipes:read:${digest}` } });
  const backend = await startBackend(backendCode(), undefined, place);
  const site = await serveSite({ backend: backend.answers });
  return {
    server,
    site,
    port: await freePort(),
    fill: (code) => fill(code, server),
    async connectionsOf(user) {
      const answer = await fetch(`${server.url}/api/v1/users/${user}/explain`, { headers: { authorization: `Bearer ${kKey}` } });
      return (await answer.json()).connections.length;
    },
    async close() {
      closeAll();
      site.close();
      await backend.stop();
      await server.stop();
    },
  };
}

// Writes the guide's files into the project; `placed` says where, if not where the guide names them.
export function layOutRecipe(project, world, ids, placed = (file) => file) {
  for (const id of ids) {
    assert.ok(blocks.has(id), `the guide has no ${id}`);
    const { file, code } = blocks.get(id);
    project.write(placed(file), world.fill(code));
  }
}

async function until(what, happened) {
  const deadline = Date.now() + kSeenMs;
  while (!(await happened())) {
    if (Date.now() > deadline) throw new Error(`waited ${kSeenMs} ms for ${what}`);
  }
}

// A development server may miss a file that changes while it compiles another: a developer then saves once more.
async function shownOrSavedAgain(heading, project, file) {
  for (let left = kSeenMs / kSavedAgainMs; left > 0; --left) {
    const shown = await heading.waitFor({ timeout: kSavedAgainMs }).then(() => true, () => false);
    if (shown) return;
    tell(`  ${file} is saved once more`);
    project.write(file, readFileSync(join(project.folder, file), 'utf8'));
  }
  await heading.waitFor();
}

// The application listens at world.port. `edit`: {card, module}, the files that a developer saves; without it nothing is edited.
export async function playStory(world, { project, edit }) {
  const browser = await launchBrowser();
  browser.context.setDefaultTimeout(kSeenMs);
  const said = [];
  try {
    const tab = await browser.context.newPage();
    tab.on('console', (message) => said.push(message.text()));
    tab.on('pageerror', (error) => said.push(String(error)));
    const card = (person) => tab.locator('li').filter({ has: tab.getByRole('heading', { name: person }) });
    const shows = (person, words) => card(person).getByText(words).waitFor();
    const comesAndGoes = async (person) => {
      const user = await connect(world.server, 'user-2');
      await shows(person, '🟢 Online');
      user.socket.disconnect();
      await shows(person, '⚫ Offline');
    };

    world.site.outages = ['502', '502'];
    await tab.goto(`http://127.0.0.1:${world.port}/api/login/user-1`, { timeout: 2 * kSeenMs });
    await shows('Ada', '🟢 Online'); // the visitor's own
    assert.deepEqual(world.site.outages, [], 'a token was asked for until there was one');
    await comesAndGoes('Bruno');
    tell('  green, grey, and through two answers 502');

    for (let i = 1; edit && i <= kEdits; ++i) {
      const touched = readFileSync(join(project.folder, edit.module), 'utf8');
      project.write(edit.module, `${touched}// edit ${i}\n`);
      const shown = readFileSync(join(project.folder, edit.card), 'utf8');
      project.write(edit.card, i === 1 ? shown.replace(/(<h3>.*)(<\/h3>)/, `$1, edit ${i}$2`) : shown.replace(/edit \d/, `edit ${i}`));
      await shownOrSavedAgain(tab.getByRole('heading', { name: `Bruno, edit ${i}` }), project, edit.card);
      await until(`one connection after ${i} edits`, async () => (await world.connectionsOf('user-1')) === 1);
    }
    if (edit) {
      await comesAndGoes(`Bruno, edit ${kEdits}`);
      assert.equal(await world.connectionsOf('user-1'), 1);
      tell(`  one connection after ${kEdits} edits, and the dots live`);
    }
  } catch (error) {
    throw new Error(`${error.message}\nThe page said:\n${said.slice(-30).join('\n')}`, { cause: error });
  } finally {
    await browser.close();
  }
}
