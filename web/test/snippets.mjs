// Runs the examples of docs/subscriptions.md, docs/queries.md and docs/carts.md as they stand, with the packages they import, against a running gateway:
//
//   TOKEN=... CALL_ID=c1 SKUS=a,b,c,... node test/snippets.mjs URL
//
// Of an example only the gateway's address is replaced. What its text takes for granted (WATCH, show, shop, token, shopperToken, freshToken) is given
// here. TestTheExamplesOfTheGuide of the Go tests runs it. Exits with 1 if an example does not do what the guide says.
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, fetchExchange } from '@urql/core';
import WebSocket from 'ws';

const url = process.argv[2];
const { TOKEN, CALL_ID: callId, SKUS } = process.env;
const skus = SKUS.split(',');
const here = dirname(fileURLToPath(import.meta.url));
const page = (name) => readFileSync(join(here, `../../docs/${name}.md`), 'utf8');
const guide = page('subscriptions');
const folder = mkdtempSync(join(here, 'snippet-')); // below web/, where the packages are
process.on('exit', () => rmSync(folder, { recursive: true }));
copyFileSync(join(here, 'resuming.mjs'), join(folder, 'resuming.mjs'));

/** example returns the first block of code below a heading of a page, with the address of this gateway. */
function example(heading, language, text = guide) {
  const below = text.slice(text.search(new RegExp(`^##+ ${heading}$`, 'm')));
  const block = below.match(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's'));
  assert(block, `no ${language} below ${heading}`);
  const at = new URL(url);
  return block[1].replaceAll('wss://gateway.example', `ws://${at.host}`).replaceAll('https://gateway.example', at.origin);
}

/** What the examples take for granted. Sockets are kept, to be cut. */
const sockets = [];
globalThis.WebSocket = class extends WebSocket {
  constructor(...args) {
    super(...args);
    sockets.push(this);
  }
};
globalThis.WATCH = guide.match(/```graphql\n(.*?)```/s)[1];
globalThis.shows = {}; // what each example calls as show
globalThis.token = TOKEN;
globalThis.freshToken = async () => TOKEN;
globalThis.shop = { change: async () => ({ success: true }) };

/** run starts an example; what it shows comes out. */
async function run(heading, text = guide) {
  const shown = [];
  let told = () => {};
  globalThis.shows[heading] = (value) => {
    shown.push(value);
    told();
  };
  const file = join(folder, `${heading.replaceAll(/\W/g, '-')}.mjs`);
  writeFileSync(file, `const show = globalThis.shows[${JSON.stringify(heading)}];\n${example(heading, 'js', text)}`);
  await import(file);
  return async (wanted) => {
    for (;;) {
      const found = shown.find(wanted);
      if (found) return { found, shown };
      await new Promise((resolve) => { told = resolve; });
    }
  };
}

async function post(path, body) {
  const answer = await fetch(new URL(path, url), { method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${TOKEN}` }, body: JSON.stringify(body) });
  return answer.json();
}

async function change() {
  const { data } = await post('/graphql', { query: 'mutation ($sku: String!, $callId: ID!) { addToCart(input: { callId: $callId, sku: $sku }) { update { version } userErrors { message } } }', variables: { callId, sku: skus.shift() } });
  assert.deepEqual(data.addToCart.userErrors, []);
  return Number(data.addToCart.update.version);
}

const deadline = setTimeout(() => {
  console.error('it took more than a minute');
  process.exit(1);
}, 60_000);

let latest = 0;
for (const heading of ['graphql-ws', 'Apollo Client', 'urql']) {
  const shows = await run(heading);
  await shows(({ version }) => Number(version) >= latest);
  latest = await change();
  const { found } = await shows(({ version }) => Number(version) === latest);
  assert.equal(found.kind, 'ITEM_REQUESTED');
  console.log('ok', heading);
}

{
  const present = async (id) => {
    const result = await post('/ingest/events', { id, type: 'product_presented', at: new Date().toISOString(), visitorId: 'v1', sessionId: 's1', callId, data: { sku: 'hat' } });
    assert.equal(result.accepted, 1, JSON.stringify(result));
  };
  const shows = await run('Tracking events');
  let n = 0; // the subscription may begin after an event or two
  for (let heard = false; !heard;) {
    await present(`presented-${n++}`);
    heard = await Promise.race([shows(({ id }) => id.startsWith('presented-')).then(() => true), new Promise((resolve) => setTimeout(resolve, 200, false))]);
  }
  sockets.at(-1).terminate();
  await present('missed');
  const { found, shown } = await shows(({ id }) => id === 'missed');
  assert.equal(found.product.name, 'hat');
  assert.equal(new Set(shown.map(({ id }) => id)).size, shown.length, 'an event was shown twice');
  console.log('ok Tracking events');
}

{
  while (latest < 5) latest = await change();
  const curl = spawn('bash', ['-c', example('curl', 'sh').replace('curl -N', 'exec curl -sN')], { env: { ...process.env, TOKEN } });
  let text = '';
  for await (const piece of curl.stdout) {
    text += piece;
    if (text.includes('data: ') && text.endsWith('\n\n')) break;
  }
  curl.kill();
  assert.match(text, /^retry: 2000\n\nid: 5\nevent: next\ndata: \{"data":\{"cartUpdated":\{"version":5,"kind":"[A-Z_]+","at":"[^"]+"\}\}\}\n\n/);
  console.log('ok curl');
}

{
  const created = await post('/graphql', { query: 'mutation ($callId: ID!) { createShopperToken(input: { callId: $callId }) { token } }', variables: { callId } });
  globalThis.shopperToken = created.data.createShopperToken.token;
  const shows = await run('The handshake', page('carts'));
  const { found } = await shows((update) => Number(update.version) > latest);
  assert.deepEqual(found, { version: latest + 1 });
  console.log('ok carts.md');
}

{
  const queries = page('queries');
  const shows = await run('Lists', queries);
  const { found } = await shows((call) => call.callId === 'c1');
  assert.match(found.startedAt, /Z$/);

  const answer = spawn('bash', ['-c', example('A request', 'sh', queries)], { env: { ...process.env, TOKEN } });
  let text = '';
  for await (const piece of answer.stdout) text += piece;
  assert.deepEqual(JSON.parse(text), { data: { call: { callId: 'c1', status: 'ACCEPTED' } } });

  const urql = new Client({ url, exchanges: [fetchExchange], preferGetMethod: false, fetchOptions: { headers: { Authorization: `Bearer ${TOKEN}` } } });
  const { data } = await urql.query('{ call(id: "c1") { callId } }', {}).toPromise();
  assert.deepEqual(data, { call: { callId: 'c1' } });
  console.log('ok queries.md');
}

clearTimeout(deadline);
process.exit(0);
