// Debian's Chromium, without a word to any other host.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const kPlaces = [process.env.CHROMIUM_BIN, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const kFlags = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

export async function launchBrowser(options = {}) {
  const executablePath = kPlaces.find((place) => place && existsSync(place));
  if (!executablePath) throw new Error('Chromium is not installed (the Debian package chromium), or set CHROMIUM_BIN');
  const profile = mkdtempSync(join(tmpdir(), 'rollcall-chromium-'));
  const context = await chromium.launchPersistentContext(profile, { executablePath, args: kFlags, ...options });
  context.setDefaultTimeout(30000);
  return {
    context,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

// What the page complained of, and which hosts it spoke to.
export function watchPage(page) {
  const seen = { errors: [], hosts: new Set() };
  page.on('pageerror', (error) => seen.errors.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && seen.errors.push(`${message.text()} ${message.location().url}`.trim()));
  page.on('request', (request) => seen.hosts.add(new URL(request.url()).host));
  page.on('websocket', (socket) => seen.hosts.add(new URL(socket.url()).host));
  return seen;
}
