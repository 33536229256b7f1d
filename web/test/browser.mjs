// What the tests in a real browser share: the browser itself, and checks that are counted. BROWSER names the browser
// (default /usr/bin/chromium).
import { chromium } from 'playwright-core';

export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };
export const PATIENCE = 20_000; // milliseconds for a step, on a busy machine with two cores

let passed = 0;
let failed = 0;

/** check counts a step, and says how it went. */
export async function check(name, step) {
  try {
    await step();
    passed++;
    console.log(`ok      ${name}`);
  } catch (cause) {
    failed++;
    console.log(`FAILED  ${name}\n        ${String(cause.message ?? cause).replaceAll('\n', '\n        ')}`);
  }
}

export function assert(condition, message) {
  if (!condition) throw new Error(message);
}

/** launch starts the browser. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.BROWSER ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** listen notes which hosts but those of some origins a page asks for something, and what goes wrong on it. */
export function listen(page, origins, foreign, errors) {
  const note = (address) => {
    const { origin, protocol } = new URL(address);
    if (!origins.includes(origin.replace(/^ws/, 'http')) && protocol !== 'data:' && protocol !== 'blob:') foreign.push(address);
  };
  page.on('request', (request) => note(request.url()));
  page.on('websocket', (socket) => note(socket.url()));
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
}

/** finish closes the browser, says how many checks passed, and exits with 1 if one failed. */
export async function finish(browser) {
  await browser.close();
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed > 0 ? 1 : 0);
}
