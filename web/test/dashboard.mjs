// Looks at the dashboard of live events as a merchandiser would, in a real browser:
//
//   TOKEN=... READER=... STRANGER=... node test/dashboard.mjs URL [FOLDER]
//
// TOKEN has all scopes: the test brings in a live event of its own, on air, and goes on sending events while it looks. READER
// has events:read alone, STRANGER another scope. It checks the figures of the page against GraphQL, that they move, the
// keyboard's way, periods, the chat with its moderation, an export, the query beside each view, a phone's screen, that the page
// asks no other host for anything and logs no error. Screenshots go to FOLDER. BROWSER names the browser (default
// /usr/bin/chromium). Exits with 1 if a check fails.
import { join } from 'node:path';
import { assert, check, finish, launch, listen, PATIENCE, PHONE, WIDE } from './browser.mjs';

const [url, folder] = process.argv.slice(2);
const { TOKEN, READER, STRANGER } = process.env;
if (!url || !TOKEN || !READER || !STRANGER) {
  console.error('usage: TOKEN=... READER=... STRANGER=... node test/dashboard.mjs URL [FOLDER]');
  process.exit(2);
}

const MINUTE = 60_000;
const started = Math.floor(Date.now() / MINUTE) * MINUTE - 20 * MINUTE;
const id = `evening-${started}`;
const at = (minutes) => new Date(started + minutes * MINUTE).toISOString();

async function post(path, body) {
  const response = await fetch(new URL(path, url), {
    method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` }, body: JSON.stringify(body),
  });
  const answer = await response.json();
  assert(response.ok && !answer.rejected?.length && !answer.errors, `${path} answered ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

const query = async (text, variables) => (await post('graphql', { query: text, variables })).data;

let sent = 0;
/** event is a tracking event of a visitor, some minutes after the broadcast began. */
function event(type, visitor, minutes, data = {}) {
  return { id: `${id}-${++sent}`, type, at: at(minutes), visitorId: `${id}-${visitor}`, sessionId: `${id}-${visitor}-${minutes < 0 ? 'before' : 'live'}`, liveEventId: id, data };
}

const liveEvent = { kind: 'live_event', id, name: 'A quiet evening of knitwear', scheduledAt: at(0), startedAt: at(0), currency: 'EUR', timeZone: 'Europe/Paris' };
const message = (visitor, minutes, messageId, text) => event('message_sent', visitor, minutes, { messageId, author: 'viewer', name: visitor, text });
const purchase = (visitor, minutes, amount, currency) => event('purchase', visitor, minutes, {
  transactionId: `${id}-${visitor}`, amount, currency, products: [{ sku: `${id}-hat`, price: amount, quantity: 1 }],
});

await post('ingest/catalog', [
  liveEvent,
  { kind: 'product', sku: `${id}-hat`, name: 'Skerry hat', price: { current: '60.25', original: '60.25', currency: 'EUR' }, variations: [] },
  { kind: 'interaction', id: `${id}-poll`, liveEventId: id, type: 'poll', question: 'Hat or scarf?', options: ['Hat', 'Scarf'] },
]);
await post('ingest/events', [
  event('widget_viewed', 'Ada', -3000, { widget: 'product' }),
  event('session_started', 'Ada', -2999, { device: 'desktop', source: 'newsletter' }),
  event('session_ended', 'Ada', -2995),
  event('session_started', 'Ben', -120, { device: 'mobile', source: 'instagram' }),
  event('sms_subscribed', 'Ben', -119, { phone: '+33600000000', commercialOptin: true }),
  event('session_ended', 'Ben', -118),
  ...['Ada', 'Ben', 'Cleo', 'Dan'].map((visitor, i) => event('session_started', visitor, i, { device: i % 2 ? 'mobile' : 'desktop', source: 'direct' })),
  event('product_displayed', 'host', 2, { sku: `${id}-hat` }),
  event('product_clicked', 'Ada', 3, { sku: `${id}-hat` }),
  event('poll_answered', 'Cleo', 4, { interactionId: `${id}-poll`, option: 'Hat' }),
  purchase('Ada', 5, '120.50', 'EUR'),
  purchase('Ben', 6, '300', 'SEK'),
  message('Ada', 7, 'm1', 'What is it made of?'),
  message('Ben', 8, 'm2', 'so soft'),
  message('Cleo', 9, 'm3', 'buy at my own shop'),
]);

const browser = await launch();
const foreign = [];
const errors = [];

async function visitor(token, mistakes = errors) {
  const context = await browser.newContext({ viewport: WIDE, reducedMotion: 'reduce', colorScheme: 'light', locale: 'en-GB', timezoneId: 'America/New_York', acceptDownloads: true });
  context.setDefaultTimeout(PATIENCE);
  await context.addInitScript((t) => sessionStorage.getItem('cartograph:token') ?? sessionStorage.setItem('cartograph:token', t), token);
  const page = await context.newPage();
  listen(page, [new URL(url).origin], foreign, mistakes);
  return page;
}

const page = await visitor(TOKEN);
const figure = (name) => page.locator('.tiles > div', { has: page.getByText(name, { exact: true }) }).locator('dd');
const tab = (name) => page.getByRole('tab', { name });
const messageOf = (key) => page.locator(`[data-message$="${key}"]`);

/** shows waits until a tile reads as it should. */
async function shows(name, text) {
  await figure(name).filter({ hasText: text }).waitFor().catch(async () => {
    throw new Error(`${name}: got ${await figure(name).innerText()}, want ${text}`);
  });
}

async function shoot(name, viewport = WIDE) {
  if (!folder) return;
  await page.setViewportSize(viewport);
  await page.screenshot({ path: join(folder, `dashboard-${name}.png`), fullPage: true });
  await page.setViewportSize(WIDE);
}

await check('the page opens at the event on air, with the figures that GraphQL has', async () => {
  await page.goto(new URL('dashboard', url).href);
  await page.getByRole('heading', { name: liveEvent.name }).waitFor();
  const { liveEvent: { live } } = await query(
    `query ($id: ID!) { liveEvent(id: $id) { live { audience { uniqueViewers maxViewers } general { engagementRate { numerator denominator } } business { purchases totalSales { amount currency } } } } }`, { id });
  assert(live.audience.uniqueViewers === 4 && live.business.totalSales.length === 2, `the event was not brought in: ${JSON.stringify(live)}`);
  await shows('Viewers', /^4/);
  await shows('Most at a time', new RegExp(`^${live.audience.maxViewers}`));
  await shows('Took part', `${live.general.engagementRate.numerator} of ${live.general.engagementRate.denominator}`);
  await shows('Purchases', /^2$/);
  const sales = await figure('Sales').locator('.amount').allInnerTexts();
  assert(sales.length === 2 && sales[0].includes('120.50') && sales[1].includes('300.00'), `the sales are ${sales}`);
});

await check('the charts come with a chunk of their own, and say in words what they show', async () => {
  await page.locator('.plot canvas').nth(2).waitFor();
  const { liveEvent: { live } } = await query('query ($id: ID!) { liveEvent(id: $id) { live { evolution { viewers } } } }', { id });
  const most = Math.max(...live.evolution.map(({ viewers }) => viewers));
  const words = await page.getByRole('img', { name: /^Viewers at a time/ }).getAttribute('aria-label');
  assert(words.includes(`most: ${most}`), `the chart says ${words}, not ${most}`);
  const accent = [13, 122, 112]; // of bars and lines in the light
  const drawn = await page.locator('.plot canvas').evaluateAll((all, [r, g, b]) => all.map((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < data.length; i += 4) if (data[i] === r && data[i + 1] === g && data[i + 2] === b) return true;
    return false;
  }), accent);
  assert(drawn.length === 3 && drawn.every(Boolean), `of the three charts these are drawn: ${drawn}`);
});

await check('what is shown moves while the event is on air', async () => {
  await page.locator('.livemark').waitFor();
  const now = (Date.now() - started) / MINUTE;
  await post('ingest/events', [event('session_started', 'Eve', now - 0.1, { device: 'tablet', source: 'direct' }), event('liked', 'Eve', now, { count: 7 })]);
  await shows('Viewers', /^5/);
  await shows('Likes', /^7$/);
  await shoot('live');
  await shoot('live-phone', PHONE);
});

await check('products have their times of appearance, polls their answers', async () => {
  const row = page.locator(`[data-sku="${id}-hat"]`);
  const time = new Date(at(2)).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/Paris' });
  assert((await row.locator('.screen').innerText()).includes(time), `the hat was on screen at ${await row.locator('.screen').innerText()}, not ${time}`);
  await page.getByRole('region', { name: 'Hat or scarf?' }).getByText('100%').waitFor();
});

await check('the arrow keys move between the views', async () => {
  await tab('Broadcast').focus();
  await page.keyboard.press('ArrowRight');
  await page.getByText('There is no replay yet').waitFor();
  assert(await tab('Replay').evaluate((element) => element === document.activeElement), 'the focus did not follow');
  await page.keyboard.press('Home');
  await shows('Visitors', /^2/);
  assert((await tab('Before').getAttribute('aria-selected')) === 'true', 'the tab is not marked');
  const outline = await tab('Before').evaluate((element) => getComputedStyle(element).outlineStyle);
  assert(outline === 'solid', `the outline of what has the focus is ${outline}`);
  await page.keyboard.press('Tab');
  const next = await page.evaluate(() => document.activeElement.tagName);
  assert(next === 'SELECT', `Tab leads from the tabs to a ${next}, not to the period`);
});

await check('a period by the keyboard, exact, in the address, and back again', async () => {
  await page.keyboard.press('ArrowDown');
  await shows('Visitors', /^1/);
  assert(page.url().includes('from='), `the address is ${page.url()}`);
  await page.goBack();
  await shows('Visitors', /^2/);
});

await check('a period of one’s own, by the clocks of the event', async () => {
  await page.getByRole('combobox', { name: 'Period' }).selectOption('custom');
  const wall = (minutes) => new Date(started + minutes * MINUTE).toLocaleString('sv-SE', { timeZone: 'Europe/Paris' }).replace(' ', 'T').slice(0, 16);
  await page.getByRole('textbox', { name: 'From' }).fill(wall(-3010));
  await page.getByRole('textbox', { name: 'Up to' }).fill(wall(-2990));
  await page.getByRole('button', { name: 'Show' }).click();
  await shows('Visitors', /^1/);
  await shows('SMS alerts', /^0/);
  await page.getByRole('textbox', { name: 'Up to' }).fill(wall(-4000));
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByText('The end must be after the start.').waitFor();
  await page.getByRole('combobox', { name: 'Period' }).selectOption('');
  await shows('SMS alerts', /^1/);
});

await check('what the charts draw can be read as a table', async () => {
  await page.getByText('As a table').focus();
  await page.keyboard.press('Enter');
  await page.locator('.steps tbody tr').first().waitFor();
  const rows = await page.locator('.steps tbody tr').evaluateAll((all) => all.map((row) => Number(row.cells[1].textContent)));
  assert(rows.reduce((a, b) => a + b, 0) === 2, `the visitors by day are ${rows}`);
});

await check('the query beside the view is the one that was sent: it gives the same', async () => {
  const [text, variables] = [await page.locator('.query').innerText(), JSON.parse(await page.getByLabel('Variables', { exact: true }).innerText())];
  const { liveEvent: answer } = await query(text, variables);
  assert(answer.prelive.audience.uniqueVisitors === 2, `it gives ${JSON.stringify(answer.prelive.audience)}`);
  await shoot('before');
});

await check('it opens in the playground, with its variables', async () => {
  await page.getByRole('link', { name: 'Open in playground' }).click();
  await page.locator('.graphiql-tab-active', { hasText: 'Prelive' }).waitFor();
  const text = await page.locator('.graphiql-query-editor .CodeMirror').evaluate((element) => element.CodeMirror.getValue());
  assert(text.startsWith('query Prelive'), `the editor has ${text.slice(0, 40)}`);
  assert(!page.url().includes('query='), 'the query stays in the address');
  await page.goBack();
  await shows('Visitors', /^2/);
  await page.locator('.link.live').waitFor();
});

await check('the chat shows every message, and its filters find some of them', async () => {
  await tab('Chat').click();
  await messageOf('m3').waitFor();
  assert((await page.locator('.message').count()) === 3, 'not all messages are there');
  await page.getByRole('radio', { name: 'Questions' }).focus();
  await page.keyboard.press('Space');
  await messageOf('m2').waitFor({ state: 'detached' });
  await messageOf('m1').waitFor();
});

await check('a moderator deletes a message by the keyboard, finds it, and restores it', async () => {
  await page.getByRole('radio', { name: 'All', exact: true }).check({ force: true });
  await messageOf('m3').getByRole('button', { name: 'Delete' }).focus();
  await page.keyboard.press('Enter');
  await messageOf('m3').getByRole('button', { name: 'Restore' }).waitFor();
  const { liveEvent: { chat } } = await query('query ($id: ID!) { liveEvent(id: $id) { chat(filter: DELETED) { nodes { text } } } }', { id });
  assert(chat.nodes.length === 1 && chat.nodes[0].text === 'buy at my own shop', `deleted is ${JSON.stringify(chat)}`);
  await page.getByRole('radio', { name: 'Deleted' }).check({ force: true });
  await messageOf('m2').waitFor({ state: 'detached' });
  await messageOf('m3').getByRole('button', { name: 'Restore' }).click();
  await page.getByText('No messages here.').waitFor();
  await page.getByRole('radio', { name: 'All', exact: true }).check({ force: true });
  await messageOf('m3').waitFor();
});

await check('the arrow keys move among a moderator’s tools: to display, to ban', async () => {
  await messageOf('m3').getByRole('button', { name: 'Delete' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await messageOf('m3').getByText('Displayed to the host').waitFor();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await messageOf('m3').getByRole('button', { name: 'Take ban back' }).click();
  await messageOf('m3').getByRole('button', { name: 'Ban viewer' }).waitFor();
});

await check('a message that comes in is shown', async () => {
  await post('ingest/events', [message('Dan', (Date.now() - started) / MINUTE, 'm4', 'hello from Lyon')]);
  await messageOf('m4').getByText('hello from Lyon').waitFor();
  await shoot('chat');
  await shoot('chat-phone', PHONE);
});

await check('an export gives a file, and its progress', async () => {
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('checkbox', { name: 'Visitors' }).uncheck();
  await page.getByRole('button', { name: 'Make the file' }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download' }).click()]);
  assert(download.suggestedFilename().endsWith('.xlsx'), `the file is ${download.suggestedFilename()}`);
  await page.getByText(/^Downloaded, \d+ rows/).waitFor();
  await page.getByRole('button', { name: 'Close export' }).click();
});

await check('a phone shows every view without scrolling sideways', async () => {
  await page.setViewportSize(PHONE);
  for (const name of ['Before', 'Broadcast', 'Replay', 'Chat']) {
    await tab(name).click();
    await page.locator('#view[aria-busy=false] > :is(.tiles, .card, .livemark)').first().waitFor();
    const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert(content <= screen, `${name} is ${content} pixels wide on a screen of ${screen}`);
  }
  await page.setViewportSize(WIDE);
});

await check('when the broadcast ends the page goes on to its replay', async () => {
  await tab('Broadcast').click();
  await page.locator('.livemark').waitFor();
  await post('ingest/catalog', [{ ...liveEvent, endedAt: new Date().toISOString() }]);
  await page.getByText('In replay').waitFor();
  await page.locator('.livemark').waitFor({ state: 'detached' });
  await tab('Replay').click();
  await shows('Viewers', /^\d/);
});

await check('in the dark', async () => {
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await tab('Broadcast').click();
  await shows('Viewers', /^5/);
  const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert(ground === 'rgb(18, 24, 23)', `the ground is ${ground}`);
  await page.locator('.plot canvas').first().waitFor();
  await shoot('dark');
  await shoot('dark-phone', PHONE);
});

await check('an event that does not exist is told in words', async () => {
  await page.goto(new URL('dashboard#event=none', url).href);
  await page.getByText('There is no such live event').waitFor();
});

await check('who may only read gets no tools of moderators, and no export', async () => {
  const reader = await visitor(READER);
  await reader.goto(new URL(`dashboard#event=${id}&view=chat`, url).href);
  await reader.locator('.message').first().waitFor();
  assert((await reader.getByRole('toolbar').count()) === 0, 'there are tools');
  assert((await reader.getByRole('button', { name: 'Export' }).count()) === 0, 'there is an export');
  assert((await reader.getByRole('radio', { name: 'Deleted' }).count()) === 0, 'there is the filter of deleted messages');
  await reader.context().close();
});

await check('who may not read is told which scope is missing', async () => {
  const stranger = await visitor(STRANGER);
  await stranger.goto(new URL('dashboard', url).href);
  await stranger.getByText('This token may not see that').waitFor();
  await stranger.getByText('events:read').waitFor();
  await stranger.context().close();
});

await check('a wrong token is asked for again', async () => {
  const nobody = await visitor('cgt_00', []);
  await nobody.goto(new URL('dashboard', url).href);
  await nobody.getByLabel('Token of').fill(TOKEN);
  await nobody.keyboard.press('Enter');
  await nobody.getByRole('tab', { name: 'Broadcast' }).waitFor();
  await nobody.context().close();
});

await check('the page asked no other host for anything', async () => assert(foreign.length === 0, foreign.join('\n')));
await check('the page logged no error and broke no rule of its policy', async () => assert(errors.length === 0, errors.join('\n')));

await finish(browser);
