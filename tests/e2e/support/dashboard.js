// The dashboard in a page of the browser, and what there is to be seen on it.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { kApiEnv, kKeys } from './api.js';
import { launchBrowser, watchPage } from './browser.js';
import { Client, closeAll, connect } from './client.js';
import { startServer } from './server.js';
import { token } from './tokens.js';

const kShots = fileURLToPath(new URL('../../../build/screenshots/', import.meta.url));
mkdirSync(kShots, { recursive: true });

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export class Dashboard {
  // `key` null: none is given.
  static async open(browser, { server, address, key = kKeys.read, width = 1280, height = 900, ...media }) {
    const dashboard = new Dashboard();
    dashboard.page = await browser.context.newPage();
    dashboard.seen = watchPage(dashboard.page);
    await dashboard.page.setViewportSize({ width, height });
    await dashboard.page.emulateMedia(media);
    dashboard.address = new URL(address ?? `${server.url}/dashboard${key === null ? '' : `#key=${key}`}`);
    await dashboard.page.goto(dashboard.address.href);
    return dashboard;
  }

  // Nobody else was asked for anything. `checked`: what the browser complains of was to be expected.
  async close({ checked = false } = {}) {
    if (!checked) assert.deepEqual(this.seen.errors, []);
    assert.deepEqual([...this.seen.hosts], [this.address.host], 'no other host is asked for anything');
    assert.ok(!this.seen.errors.some((error) => /Content Security Policy|Error:/.test(error)), this.seen.errors.join('\n'));
    await this.page.close();
  }

  async enter(key) {
    await this.page.getByLabel('API key').fill(key);
    await this.page.getByRole('button', { name: 'Open the dashboard' }).click();
  }

  verdict = (words) => this.page.locator('#verdict', { hasText: new RegExp(`^${escaped(words)}$`) }).waitFor();
  problem = (words) => this.page.getByRole('alert').filter({ hasText: words }).waitFor();
  count = (n) => this.page.locator('#online', { hasText: new RegExp(`^${n}$`) }).waitFor();
  feed = (words) => this.page.locator('#feed-state', { hasText: words }).waitFor();
  live = () => this.feed(/^live$/);
  listed = (words) => this.page.locator('#people .person', { hasText: words });
  told = (user, words) => this.page.locator('#changes li', { hasText: user }).filter({ hasText: words });
  transports = (words) => this.page.locator('#transports', { hasText: words }).waitFor();
  plot = (words) => this.page.getByRole('img', { name: words }).waitFor();
  curve = () => this.page.locator('#plot .curve').getAttribute('d');
  shot = (name, options = {}) => this.page.screenshot({ path: `${kShots}${name}.png`, fullPage: true, ...options });

  check(name, says, advice) {
    return this.page.locator('#checks li').filter({ has: this.page.getByText(name, { exact: true }) }).filter({ hasText: says }).filter({ hasText: advice }).waitFor();
  }

  // Somebody whose token is none.
  async stranger(server) {
    const client = new Client(server, { user: 'stranger', as: 'nonsense' });
    await client.refused();
    client.close();
  }

  async fits() {
    const [wide, window] = await this.page.evaluate(() => [document.documentElement.scrollWidth, globalThis.innerWidth]);
    assert.equal(wide, window, 'there is nothing beside the page');
  }

  tooSmall() {
    return this.page.evaluate(() =>
      [...document.querySelectorAll('button, input, select')].filter((one) => one.offsetParent && one.getBoundingClientRect().height < 40).map((one) => one.id || one.textContent),
    );
  }

  nameless() {
    return this.page.evaluate(() => [...document.querySelectorAll('input, select')].filter((one) => one.labels.length === 0).map((one) => one.id));
  }

  // Text whose colour is less than 4.5 from what is behind it, as WCAG counts.
  tooFaint() {
    return this.page.evaluate(() => {
      const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
      const light = (colour) => {
        const [r, g, b] = parts(colour).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const behind = (one) => {
        for (let at = one; at; at = at.parentElement) {
          const [, , , alpha = 1] = parts(getComputedStyle(at).backgroundColor);
          if (alpha === 1) return getComputedStyle(at).backgroundColor;
        }
        return getComputedStyle(document.body).backgroundColor;
      };
      const faint = [];
      for (const one of document.querySelectorAll('body *')) {
        const text = [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
        if (!text || !one.checkVisibility() || one.closest(':disabled')) continue;
        const style = getComputedStyle(one);
        const [a, b] = [light(one instanceof SVGElement ? style.fill : style.color), light(behind(one))];
        if ((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5) faint.push(`${one.tagName} ${one.textContent.slice(0, 40)}`);
      }
      return faint;
    });
  }
}

// For a test file: a server with keys, a browser, and both gone at its end. `serve` starts more servers like it, `open` a dashboard,
// `come` connects a user.
export async function setUp() {
  const serve = (env = {}, options = {}) => startServer({ env: { ...kApiEnv, ROLLCALL_PRESENCE_OFFLINE_GRACE_MS: 200, ROLLCALL_PRESENCE_SETTLING_MS: 0, ...env }, ...options });
  const [server, browser] = await Promise.all([serve(), launchBrowser()]);
  after(async () => {
    closeAll();
    await browser.close();
    await server.stop();
  });
  const open = (options = {}) => Dashboard.open(browser, { server, ...options });
  const come = (user, { claims = {}, to = server, ...options } = {}) => connect(to, user, { as: token(user, claims), ...options });
  return { serve, server, browser, open, come };
}
