// Drives the agent tool and the shopper's page as two people would, in a real browser:
//
//   node test/carts.mjs URL [FOLDER]
//
// The agent invites the shopper and asks for a product; the shopper says that it is out of stock. The agent asks for another,
// the shopper takes it; the agent changes its quantity, the shopper agrees and checks out. Both must see every step without
// reloading. Then the agent's connection breaks and comes back. It also checks that the pages ask no other host for anything,
// log no error and fit a narrow screen. Screenshots go to FOLDER. CALL names the call (default: the first that goes on),
// BROWSER the browser (default /usr/bin/chromium), TOKEN the agent's token, if the gateway asks for one. Exits with 1 if a check fails.
import { join } from 'node:path';
import { assert, check, finish, launch, listen, PATIENCE, PHONE, WIDE } from './browser.mjs';

const [url, folder] = process.argv.slice(2);
if (!url) {
  console.error('usage: node test/carts.mjs URL [FOLDER]');
  process.exit(2);
}

const origin = new URL(url).origin;

const browser = await launch();

const foreign = [];
const errors = [];

/** visitor opens a browser of somebody's own. What goes wrong in it is noted. */
async function visitor(token) {
  const context = await browser.newContext({ viewport: WIDE, reducedMotion: 'reduce', colorScheme: 'light', locale: 'en-GB' });
  context.setDefaultTimeout(PATIENCE);
  if (token) await context.addInitScript((t) => sessionStorage.setItem('cartograph:token', t), token);

  const page = await context.newPage();
  listen(page, [origin], foreign, errors);
  return page;
}

async function shoot(page, name, viewport) {
  await page.setViewportSize(viewport);
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: viewport === PHONE });
}

async function fits(page) {
  await page.setViewportSize(PHONE);
  const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  await page.setViewportSize(WIDE);
  assert(content <= screen, `the page is ${content} pixels wide on a screen of ${screen}`);
}

const agent = await visitor(process.env.TOKEN);
let offline = false;
let cut = () => {};
await agent.routeWebSocket(/graphql$/, (socket) => {
  if (offline) {
    socket.close({ code: 4000 });
    return;
  }
  const server = socket.connectToServer();
  cut = () => {
    socket.close({ code: 4000 });
    server.close({ code: 4000 });
  };
});
const shopper = await visitor();
const latest = agent.locator('.request').first();
const suggestion = shopper.locator('.wish');

/** ask lets the agent add the product on a card; the answer is its SKU. */
async function ask(card) {
  const product = agent.locator('.product').nth(card);
  const sku = await product.getAttribute('data-sku');
  await product.getByRole('button', { name: 'Add', exact: true }).click();
  await agent.locator(`.request[data-status=PENDING][data-sku="${sku}"]`).waitFor();
  await suggestion.and(shopper.locator(`[data-sku="${sku}"]`)).waitFor();
  return sku;
}

async function shows(page, sku, quantity) {
  await page.locator(`.lines li[data-sku="${sku}"] output`, { hasText: new RegExp(`^${quantity}$`) }).waitFor();
}

async function version(page) {
  return page.locator('#cart .version').innerText();
}

async function sameVersion() {
  const seen = await version(agent);
  await shopper.locator('#cart .version', { hasText: new RegExp(`^${seen}$`) }).waitFor();
}

await check('the agent tool lists calls, those that go on first', async () => {
  await agent.goto(new URL('agent', url).href);
  await agent.locator('.link.live').waitFor();
  await agent.locator('.calls li a').first().waitFor();
  const first = await agent.locator('.calls li a').first().getAttribute('class');
  assert(first === 'running', `the first call is ${first}`);
  await shoot(agent, 'agent-calls-phone', PHONE);
  await agent.setViewportSize(WIDE);
});

await check('the keyboard alone finds and opens a call', async () => {
  await agent.getByRole('searchbox', { name: 'Find a call' }).focus();
  if (process.env.CALL) await agent.keyboard.type(process.env.CALL);
  await agent.keyboard.press('Enter');
  await agent.locator('.product').nth(1).waitFor();
});

await check('the agent invites the shopper, whose page opens by a link with a token', async () => {
  await agent.getByRole('button', { name: 'Invite the shopper' }).click();
  const link = await agent.getByRole('link', { name: 'Open shopper’s page' }).getAttribute('href');
  assert(/#call=.+&token=.+/.test(link), `the link is ${link}`);
  await shopper.goto(link);
  await shopper.locator('.link.live').waitFor();
  await shopper.locator('#cart').waitFor();
  assert(!shopper.url().includes('token'), 'the token stays in the address');
  await sameVersion();
});

let refused = '';
await check('the agent asks for a product, and the shopper hears it', async () => {
  refused = await ask(0);
  await shoot(shopper, 'shopper-asked-phone', PHONE);
  await shoot(shopper, 'shopper-asked', WIDE);
  await shoot(agent, 'agent-pending', WIDE);
});

await check('the shopper says out of stock, and the agent sees why', async () => {
  await suggestion.getByRole('button', { name: 'Out of stock' }).click();
  await suggestion.waitFor({ state: 'detached' });
  await agent.locator(`.request[data-status=REFUSED][data-sku="${refused}"]`, { hasText: 'out of stock' }).first().waitFor();
});

let added = '';
let had = 0; // how many of it the cart held before: the call may have been played with
await check('the shopper accepts another product by keyboard, and both see it', async () => {
  const before = Object.fromEntries(await agent.locator('.lines li').evaluateAll((lines) =>
    lines.map((line) => [line.dataset.sku, Number(line.querySelector('output').textContent)])));
  added = await ask(1);
  had = before[added] ?? 0;
  await suggestion.getByRole('button', { name: 'Yes' }).focus();
  await shopper.keyboard.press('Enter');
  await shows(shopper, added, had + 1);
  await shows(agent, added, had + 1);
  assert((await latest.getAttribute('data-status')) === 'CONFIRMED', 'the request is not confirmed');
});

await check('the agent changes the quantity, the shopper agrees, both see it', async () => {
  await agent.locator(`.lines li[data-sku="${added}"]`).getByRole('button', { name: 'One more' }).click();
  await suggestion.getByText(`Make it ${had + 2} instead of ${had + 1}?`).waitFor();
  await suggestion.getByRole('button', { name: 'Yes' }).click();
  await shows(shopper, added, had + 2);
  await shows(agent, added, had + 2);
});

await check('a refusal in the shopper’s own words reaches the agent', async () => {
  await ask(0);
  await suggestion.getByRole('button', { name: 'Other' }).click();
  await suggestion.getByRole('textbox').fill('Not in this colour, please');
  await shopper.keyboard.press('Enter');
  await latest.filter({ hasText: 'Not in this colour, please' }).waitFor();
});

await check('the shopper checks out, and both see it', async () => {
  await shopper.getByRole('button', { name: 'Check out' }).click();
  await shopper.locator('.done', { hasText: 'Thank you' }).waitFor();
  await agent.locator('.done', { hasText: 'Checked out' }).waitFor();
  await sameVersion();
});

await check('both pages fit a narrow screen', async () => {
  await fits(agent);
  await fits(shopper);
  for (const [page, name] of [[agent, 'agent'], [shopper, 'shopper']]) {
    await shoot(page, name, WIDE);
    await shoot(page, `${name}-phone`, PHONE);
    await page.setViewportSize(WIDE);
  }
});

await check('the pages asked no other host for anything', async () => assert(foreign.length === 0, foreign.join('\n')));
await check('the pages logged no error and broke no rule of their policy', async () => assert(errors.length === 0, errors.join('\n')));

await check('an agent who was cut off sees every version that was missed, once', async () => {
  const before = Number((await version(agent)).slice(1));
  offline = true;
  cut();
  await agent.locator('.link.lost, .link.connecting').waitFor();
  await shopper.getByRole('button', { name: 'Check out' }).click();
  await shopper.locator('#cart .version', { hasText: `v${before + 1}` }).waitFor();
  offline = false;
  await agent.locator('#cart .version', { hasText: `v${before + 1}` }).waitFor();
  await agent.locator('.history summary').click();
  const versions = await agent.locator('.history .version').allInnerTexts();
  const expected = versions.map((_, i) => `v${before + 1 - i}`);
  assert(versions.join() === expected.join(), `the versions are ${versions.join()}`);
});

await check('a link that is not good is told in words', async () => {
  const stranger = await visitor();
  await stranger.goto(new URL('shopper#call=none&token=cgt_00', url).href);
  await stranger.getByText('This link is no longer good').waitFor();
  await stranger.context().close();
});

await finish(browser);
