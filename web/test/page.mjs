// Visits a shop whose pages carry the gateway's script, in a real browser:
//
//   TOKEN=... node test/page.mjs GATEWAY SHOP FOREIGN
//
// SHOP serves a page with the script and a key for its own origin, FOREIGN the same page with the same key elsewhere. What
// the pages do must arrive at the gateway (watched by trackingEvents with TOKEN) and in window.dataLayer; what the foreign
// page does must not arrive. TestThePageScript of the Go tests runs it. Exits with 1 if a check fails.
import { createClient } from 'graphql-sse';
import { assert, check, finish, launch, PATIENCE } from './browser.mjs';

const [gateway, shop, foreign] = process.argv.slice(2);
if (!foreign) {
  console.error('usage: TOKEN=... node test/page.mjs GATEWAY SHOP FOREIGN');
  process.exit(2);
}

/** arrived holds the events that the gateway told of, in the order they came. */
const arrived = [];
const told = new EventTarget();
const fromTheStart = Buffer.from('arrival:0').toString('base64url'); // so that it does not matter when the subscription begins
const watcher = createClient({ url: new URL('graphql', gateway).href, headers: { Authorization: `Bearer ${process.env.TOKEN}` } });
watcher.subscribe({ query: `subscription { trackingEvents(after: "${fromTheStart}") { id type visitorId sessionId queueId data { queuePlace servingAgents goalUid } } }` }, {
  next: ({ data, errors }) => {
    if (errors) console.error(errors);
    arrived.push(data.trackingEvents);
    told.dispatchEvent(new Event('event'));
  },
  error: (error) => console.error(error),
  complete: () => {},
});

/** events waits until as many events as that satisfy a condition have arrived, and returns them. */
async function events(count, condition) {
  let late = false;
  const expiry = setTimeout(() => {
    late = true;
    told.dispatchEvent(new Event('event'));
  }, PATIENCE);
  for (;;) {
    const found = arrived.filter(condition);
    if (found.length >= count) {
      clearTimeout(expiry);
      return found;
    }
    if (late) throw new Error(`only ${JSON.stringify(arrived)} arrived`);
    await new Promise((resolve) => told.addEventListener('event', resolve, { once: true }));
  }
}

const goal = (uid) => (event) => event.data.goalUid === uid;
const reach = (page, uid) => page.evaluate((uid) => cartograph.push(['goal_reached', { data: { uid } }]), uid);

const browser = await launch();
const context = await browser.newContext();
context.setDefaultTimeout(PATIENCE);
const page = await context.newPage();

await check('what a page said before the script came is sent, and pushed for tag managers', async () => {
  await page.goto(shop);
  const [event] = await events(1, ({ type }) => type === 'JOINED_QUEUE');
  const { id, visitorId, sessionId, ...said } = event;
  assert(/^[0-9a-f]{32}$/.test(id) && visitorId && sessionId, `the event is ${JSON.stringify(event)}`);
  assert(JSON.stringify(said) === '{"type":"JOINED_QUEUE","queueId":"shoes","data":{"queuePlace":2,"servingAgents":1,"goalUid":null}}', `the event is ${JSON.stringify(said)}`);
  const layer = await page.evaluate(() => window.dataLayer);
  assert(JSON.stringify(layer) === '[{"event":"cartograph_joined_queue","cartograph.queueId":"shoes","cartograph.queuePlace":2,"cartograph.servingAgents":1}]', `the layer is ${JSON.stringify(layer)}`);
});

await check('that a call starts and ends is for tag managers alone', async () => {
  await page.evaluate(() => {
    cartograph.push(['call_started', { callId: 'c1' }], ['call_ended', { callId: 'c1' }]);
    cartograph.track('goal_reached', { data: { uid: 'after the call' } });
  });
  await events(1, goal('after the call'));
  const layer = await page.evaluate(() => window.dataLayer.slice(-2));
  assert(JSON.stringify(layer) === '[{"event":"cartograph_call_started","cartograph.callId":"c1"},{"event":"cartograph_call_ended","cartograph.callId":"c1"}]', `the layer is ${JSON.stringify(layer)}`);
  assert(!arrived.some(({ type }) => type.startsWith('CALL_')), 'the gateway was told of a call');
});

await check('the visitor stays the same for a year, the session in its tab', async () => {
  const cookie = (await context.cookies(shop)).find(({ name }) => name === 'cartograph_visitor');
  const days = (cookie.expires - Date.now() / 1000) / 86400;
  assert(days > 364 && days <= 365, `the cookie lives for ${days} days`);
  await page.reload();
  await reach(page, 'again');
  const other = await context.newPage();
  await other.goto(shop);
  await reach(other, 'other tab');
  const [[again], [inTab], [first]] = await Promise.all([events(1, goal('again')), events(1, goal('other tab')), events(1, () => true)]);
  assert(again.visitorId === first.visitorId && inTab.visitorId === first.visitorId && first.visitorId === cookie.value, 'the visitor changed');
  assert(again.sessionId === first.sessionId && inTab.sessionId !== first.sessionId, 'the sessions are not those of the tabs');
  await other.close();
});

await check('what a page says as it is left arrives', async () => {
  await page.evaluate((elsewhere) => {
    cartograph.push(['goal_reached', { data: { uid: 'leaving' } }]);
    location.href = elsewhere;
  }, 'about:blank');
  await page.waitForURL('about:blank');
  await events(1, goal('leaving'));
});

await check('what could not be sent is sent again, and counts once', async () => {
  await page.goto(shop);
  let tries = 0;
  await page.route(/ingest\/events/, (route) => (++tries < 3 ? route.abort() : route.continue()));
  await reach(page, 'tried again');
  await events(1, goal('tried again'));
  assert(tries === 3, `it was tried ${tries} times`);
  await page.unroute(/ingest\/events/);
  await page.route(/ingest\/events/, async (route) => {
    await route.fetch(); // it arrives, but the page does not hear so
    await route.abort();
  }, { times: 1 });
  await reach(page, 'heard not');
  await page.waitForResponse(/ingest\/events/);
  await reach(page, 'after it');
  await events(1, goal('after it'));
  assert(arrived.filter(goal('heard not')).length === 1, 'it counts twice');
});

await check('many events are sent in few requests, all of them', async () => {
  let requests = 0;
  page.on('request', (request) => { if (request.url().includes('ingest/events')) requests++; });
  await page.evaluate(() => {
    for (let i = 0; i < 120; i++) cartograph.push(['goal_reached', { data: { uid: `many ${i}` } }]);
  });
  const many = await events(120, ({ data }) => data.goalUid?.startsWith('many'));
  assert(new Set(many.map(({ id }) => id)).size === 120 && requests <= 4, `${many.length} events in ${requests} requests`);
});

await check('a page that did not come by HTTPS, and so lacks randomUUID, is heard too', async () => {
  const plain = await browser.newContext();
  await plain.addInitScript(() => { delete Crypto.prototype.randomUUID; });
  const shopper = await plain.newPage();
  await shopper.goto(shop);
  await reach(shopper, 'plain');
  await events(1, goal('plain'));
  await plain.close();
});

await check('what a page may not send is refused by name', async () => {
  const told = page.waitForEvent('console', (message) => message.text().startsWith('cartograph:'));
  await page.evaluate(() => cartograph.push(['purchase', { data: { transactionId: 't', amount: '1.00', currency: 'EUR' } }]));
  const [, rejected] = (await told).args();
  const [{ code, message }] = await rejected.jsonValue();
  assert(code === 'FORBIDDEN' && /may not send purchase/.test(message), `${code}: ${message}`);
});

await check('a foreign page is refused with the same key, and may not even read so', async () => {
  const stranger = await context.newPage();
  const failed = stranger.waitForEvent('requestfailed', (request) => request.url().includes('ingest/events'));
  await stranger.goto(foreign);
  const address = (await failed).url();
  const sent = await stranger.evaluate(([address, body]) => navigator.sendBeacon(address, body),
    [address, JSON.stringify([{ id: 'stranger', type: 'goal_reached', at: new Date().toISOString(), visitorId: 'x', data: { uid: 'stranger' } }])]);
  assert(sent, 'the browser sent no beacon');
  await stranger.close();
  for (const [headers, message] of [[{ Origin: new URL(foreign).origin }, /the key is not for pages of/], [{}, /names no Origin/]]) {
    const answer = await fetch(address, { method: 'POST', body: '[]', headers });
    assert(answer.status === 403 && message.test(await answer.text()), `the answer is ${answer.status}`);
  }
  await reach(page, 'after the stranger');
  await events(1, goal('after the stranger'));
  assert(!arrived.some(goal('stranger')) && arrived.filter(({ type }) => type === 'JOINED_QUEUE').length === 5, 'an event of the foreign page arrived');
});

await check('the key reads nothing', async () => {
  const key = await page.evaluate(() => document.querySelector('script[data-key]').dataset.key);
  const answer = await fetch(new URL('graphql', gateway), {
    method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` }, body: '{"query":"{ viewer { organization } }"}',
  });
  assert(answer.status === 403, `the answer is ${answer.status}`);
});

watcher.dispose();
await finish(browser);
