// Looks at the playground as a person would, in a real browser:
//
//   node test/playground.mjs URL [SCREENSHOT.png]
//
// It checks that the page asks no other host for anything and breaks no rule of its Content-Security-Policy, that the examples
// are open in tabs, that the keyboard alone runs the first one and leaves the editor, that the docs explorer shows the schema,
// that a lost gateway is told in words, and that a narrow screen has room for everything. BROWSER names the browser
// (default /usr/bin/chromium), TOKEN the token that the gateway asks for, if it does. Exits with 1 if a check fails.
import { readdirSync } from 'node:fs';
import { assert, check, finish, launch, listen, PATIENCE, PHONE, WIDE } from './browser.mjs';

const [url, screenshot] = process.argv.slice(2);
if (!url) {
  console.error('usage: node test/playground.mjs URL [SCREENSHOT.png]');
  process.exit(2);
}

const examples = readdirSync(new URL('../src/examples', import.meta.url)).filter((name) => name.endsWith('.graphql'));
const origin = new URL(url).origin;

const browser = await launch();

/** open visits the playground as somebody who was never there, and notes what goes wrong on the way. */
async function open(viewport) {
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce', colorScheme: 'light' });
  context.setDefaultTimeout(PATIENCE);
  if (process.env.TOKEN) {
    await context.addInitScript((token) => sessionStorage.setItem('cartograph:token', token), process.env.TOKEN);
  }

  const page = await context.newPage();
  const foreign = [];
  const errors = [];
  listen(page, [origin], foreign, errors);

  await page.goto(url);
  await page.locator('.graphiql-query-editor .CodeMirror').waitFor();
  await page.locator('.graphiql-sidebar .graphiql-spin').waitFor({ state: 'detached' });
  return { page, foreign, errors };
}

/** read returns the text of an editor, whatever part of it is scrolled into view. */
function read(page, editor) {
  return page.locator(`${editor} .CodeMirror`).evaluate((element) => element.CodeMirror.getValue());
}

/** run presses Ctrl-Enter in the query editor, once GraphiQL has read the query (a tenth of a second after it changed). */
async function run(page, operation) {
  await page.waitForFunction((name) => document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.operationName === name, operation);
  await page.locator('.graphiql-query-editor textarea').focus();
  await page.keyboard.press('Control+Enter');
}

async function response(page) {
  await page.waitForFunction(() => document.querySelector('.graphiql-response .CodeMirror')?.CodeMirror.getValue() !== '');
  return JSON.parse(await read(page, '.graphiql-response'));
}

function firstTitle(page) {
  return page.locator('.graphiql-tab-button').first().innerText();
}

const { page, foreign, errors } = await open(WIDE);

await check('the page is titled Cartograph', async () => {
  assert((await page.title()) === 'Cartograph', `the title is ${await page.title()}`);
});

await check('its answer carries a Content-Security-Policy and the other security headers', async () => {
  const headers = (await page.request.get(url)).headers();
  const policy = headers['content-security-policy'] ?? '';
  assert(policy.includes("default-src 'self'"), `the policy is "${policy}"`);
  assert(!policy.includes('unsafe-eval') && !/script-src[^;]*unsafe-inline/.test(policy), `the policy is "${policy}"`);
  assert(headers['x-content-type-options'] === 'nosniff', 'no nosniff');
  assert(headers['referrer-policy'] === 'no-referrer', 'no referrer policy');
});

await check(`the ${examples.length} examples are open in tabs, each by its operation's name`, async () => {
  const titles = await page.locator('.graphiql-tab-button').allInnerTexts();
  assert(titles.length === examples.length, `the tabs are: ${titles.join(', ')}`);
  assert(!titles.some((title) => title.includes('untitled')), `the tabs are: ${titles.join(', ')}`);
});

await check('the Welcome panel tells about the docs explorer and the token', async () => {
  const panel = page.locator('.cartograph-welcome');
  assert((await panel.boundingBox()).x >= 0, 'the panel is out of sight');
  const text = await panel.innerText();
  assert(text.includes('docs explorer') && text.includes('"Authorization"'), text);
});

await check('Ctrl-Enter in the query editor runs the first example and shows data', async () => {
  await run(page, await firstTitle(page));
  const answer = await response(page);
  assert(answer.data && !answer.errors, JSON.stringify(answer).slice(0, 500));
});

if (screenshot) await page.screenshot({ path: screenshot });

await check('every example is valid against the schema and is answered with data and without errors', async () => {
  const wrong = [];
  for (let tab = 1; tab < examples.length; tab++) {
    const button = page.locator('.graphiql-tab-button').nth(tab);
    await button.click();
    await run(page, await button.innerText());
    const answer = await response(page);
    if (!answer.data || answer.errors) wrong.push(`${await button.innerText()}: ${JSON.stringify(answer).slice(0, 500)}`);
  }
  assert(wrong.length === 0, wrong.join('\n'));
});

await check('Escape and Tab leave the editor', async () => {
  await page.locator('.graphiql-query-editor textarea').focus();
  const before = await read(page, '.graphiql-query-editor');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  const inside = await page.evaluate(() => document.activeElement.closest('.graphiql-query-editor .CodeMirror') !== null);
  assert(!inside, 'the focus is still in the editor');
  assert((await read(page, '.graphiql-query-editor')) === before, 'the query has changed');
});

await check('the docs explorer shows the schema', async () => {
  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  await page.locator('.graphiql-doc-explorer').getByRole('link', { name: 'Query', exact: true }).click();
  await page.locator('.graphiql-doc-explorer').getByText('calls', { exact: true }).first().waitFor();
});

await check('no request has gone to another host', async () => {
  assert(foreign.length === 0, foreign.join('\n'));
});

await check('the console has no error, no warning and no broken policy', async () => {
  assert(errors.length === 0, errors.join('\n'));
});

await check('a gateway that does not answer is told in words', async () => {
  await page.route('**/graphql', (route) => route.abort());
  await page.locator('.graphiql-tab-button').first().click();
  await page.evaluate(() => document.querySelector('.graphiql-response .CodeMirror').CodeMirror.setValue(''));
  await run(page, await firstTitle(page));
  const answer = await response(page);
  assert(answer.errors?.[0]?.message.includes('does not answer'), JSON.stringify(answer).slice(0, 500));
});

const phone = await open(PHONE);

await check('a phone shows the query above its answer, without scrolling sideways', async () => {
  await phone.page.getByRole('button', { name: /Execute query/ }).click();
  await response(phone.page);
  const { query, answer, overflow } = await phone.page.evaluate(() => ({
    query: document.querySelector('.graphiql-query-editor').getBoundingClientRect().toJSON(),
    answer: document.querySelector('.graphiql-response').getBoundingClientRect().toJSON(),
    overflow: document.documentElement.scrollWidth - window.innerWidth,
  }));
  assert(overflow <= 0, `the page is ${overflow} px too wide`);
  assert(query.width > 250 && answer.width > 250, `query ${query.width} px, answer ${answer.width} px wide`);
  assert(query.height > 150 && answer.height > 150, `query ${query.height} px, answer ${answer.height} px high`);
  assert(answer.top >= query.bottom, 'the answer is not below the query');
});

if (screenshot) await phone.page.screenshot({ path: screenshot.replace(/(\.png)?$/, '-phone.png') });

await check('the phone shows no error either', async () => {
  assert(phone.foreign.length === 0 && phone.errors.length === 0, [...phone.foreign, ...phone.errors].join('\n'));
});

await finish(browser);
