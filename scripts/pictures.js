#!/usr/bin/env node
// The pictures of README.md, made from the real dashboard: docs/images/dashboard-{light,dark}.png (make pictures).
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { kApiEnv } from '../tests/e2e/support/api.js';
import { launchBrowser } from '../tests/e2e/support/browser.js';
import { closeAll, connect } from '../tests/e2e/support/client.js';
import { Dashboard } from '../tests/e2e/support/dashboard.js';
import { startServer } from '../tests/e2e/support/server.js';
import { token } from '../tests/e2e/support/tokens.js';

const folder = fileURLToPath(new URL('../docs/images/', import.meta.url));
const kPeople = ['ada', 'ben', 'chloe', 'dara', 'emil', 'fatima', 'goran', 'hana', 'ivo', 'june', 'kofi', 'lena', 'marek', 'nour'];
const kRoles = ['carer', 'family', 'admin'];
const kMoments = 16; // of the curve
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

mkdirSync(folder, { recursive: true });
const [server, browser] = await Promise.all([startServer({ env: { ...kApiEnv, ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 200, ROLLCALL_PRESENCE_SETTLING_MS: 0 } }), launchBrowser()]);
try {
  const view = { server, width: 1200, height: 620 };
  const pages = { light: await Dashboard.open(browser, { ...view, colorScheme: 'light' }), dark: await Dashboard.open(browser, { ...view, colorScheme: 'dark' }) };
  const present = new Map();
  for (let moment = 0; moment < kMoments; ++moment) {
    const name = kPeople[moment % kPeople.length];
    const claims = { email: `${name}@example.org`, role: kRoles[moment % kRoles.length] };
    present.set(name, await connect(server, name, { as: token(name, claims), transports: [moment % 5 === 4 ? 'polling' : 'websocket'] }));
    if (moment % 4 === 3) {
      const [leaver, client] = [...present][1];
      client.close();
      present.delete(leaver);
    }
    await pause(1500);
  }
  for (const [scheme, dashboard] of Object.entries(pages)) {
    await dashboard.count(present.size);
    await dashboard.live();
    await dashboard.page.screenshot({ path: `${folder}dashboard-${scheme}.png` });
    await dashboard.close();
    console.log(`docs/images/dashboard-${scheme}.png`);
  }
} finally {
  closeAll();
  await browser.close();
  await server.stop();
}
