// Watches a cart with the reference clients graphql-ws and graphql-sse, goes away and comes back, and fails if a version is missed,
// repeated or out of order.
//
//   TOKEN=... CALL_ID=... SKUS=a,b,c,d node test/subscriptions.mjs http://127.0.0.1:8080/graphql
//
// The token needs the scopes carts:read and carts:write, the call must go on, and each SKU must be known and not in its cart: each
// change asks for one of them. Six changes are made.
import assert from 'node:assert/strict';
import { createClient as createStreamClient } from 'graphql-sse';
import { CloseCode, createClient as createSocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { resuming } from './resuming.mjs';

const url = process.argv[2];
const { TOKEN, CALL_ID: callId, SKUS } = process.env;
assert(url && TOKEN && callId && SKUS, 'name the URL, and set TOKEN, CALL_ID and SKUS');
const skus = SKUS.split(',');
const Authorization = `Bearer ${TOKEN}`;

const watch = 'subscription Watch($callId: ID!, $after: Long) { cartUpdated(callId: $callId, after: $after) { version kind cart { pendingRequests { sku product { name } } } } }';
const add = 'mutation Add($input: AddToCartInput!) { addToCart(input: $input) { update { version } userErrors { code message } } }';

/** deadline fails what takes too long, so that nothing hangs. */
const deadline = setTimeout(() => { console.error('it took more than 30 seconds'); process.exit(1); }, 30_000);

const socketClient = (token = TOKEN, more = {}) => createSocketClient({
  url: url.replace(/^http/, 'ws'),
  webSocketImpl: WebSocket,
  connectionParams: { Authorization: `Bearer ${token}` },
  retryAttempts: 0,
  ...more,
});
const streamClient = () => createStreamClient({ url, headers: { Authorization }, retryAttempts: 0 });

/** A client that comes back at once, and what cuts its connection. */
function cuttableSocket() {
  let socket;
  const client = socketClient(TOKEN, { retryAttempts: 3, retryWait: async () => {}, on: { connected: (s) => { socket = s; } } });
  return { client, cut: () => socket.terminate() };
}

function cuttableStream() {
  let abort;
  const fetchFn = (input, init) => {
    const connection = new AbortController();
    abort = () => connection.abort();
    init.signal?.addEventListener('abort', abort);
    return fetch(input, { ...init, signal: connection.signal });
  };
  const client = createStreamClient({ url, headers: { Authorization }, retryAttempts: 3, retry: async () => {}, fetchFn });
  return { client, cut: () => abort() };
}

/** once answers a query or a mutation. */
async function once(client, query, variables) {
  for await (const { data, errors } of client.iterate({ query, variables })) {
    assert.equal(errors, undefined);
    return data;
  }
}

/** change makes the next version of the cart and returns it. */
async function change(client) {
  const { addToCart } = await once(client, add, { input: { callId, sku: skus.shift() } });
  assert.deepEqual(addToCart.userErrors, []);
  return addToCart.update.version;
}

/** follow yields the versions that a client hears. */
async function* follow(client, after) {
  for await (const { data, errors } of client.iterate({ query: watch, variables: { callId, after } })) {
    assert.equal(errors, undefined);
    for (const { sku, product } of data.cartUpdated.cart.pendingRequests) assert.equal(product.name, sku);
    yield Number(data.cartUpdated.version);
  }
}

const next = async (versions) => {
  const { value, done } = await versions.next();
  assert(!done, 'the subscription ended');
  return value;
};

async function check(name, test) {
  await test();
  console.log('ok', name);
}

const agent = socketClient();
let now = 0;

await check('a query and a mutation go over the socket', async () => {
  assert.equal((await once(agent, '{ __typename }')).__typename, 'Query');
});

for (const [name, newClient] of [['graphql-ws', socketClient], ['graphql-sse', streamClient]]) {
  await check(`${name}: the current state comes first, then each change, and what was missed after coming back`, async () => {
    const first = newClient();
    const versions = follow(first);
    now = await next(versions);
    now = Number(await change(agent));
    assert.equal(await next(versions), now);
    await versions.return();
    await first.dispose();

    const seen = now;
    now = Number(await change(agent));
    const second = newClient();
    const resumed = follow(second, seen);
    assert.equal(await next(resumed), seen + 1);
    assert.equal(now, seen + 1);
    await resumed.return();
    await second.dispose();
  });
  await check(`${name}: what is not valid ends with errors`, async () => {
    const client = newClient();
    const results = client.iterate({ query: 'subscription { nothing }' });
    // One client rejects, the other hands the errors over: both are as their protocol has it.
    const errors = await results.next().then(({ value }) => value.errors, (errors) => errors);
    assert.match(errors[0].message, /Cannot query field/);
    await client.dispose();
  });
}

for (const [name, cuttable] of [['graphql-ws', cuttableSocket], ['graphql-sse', cuttableStream]]) {
  await check(`${name}: a client whose connection is cut comes back by itself and resumes`, async () => {
    const { client, cut } = cuttable();
    const heard = [];
    let tell;
    const until = async (version) => {
      while (heard.at(-1) !== version) await new Promise((resolve) => { tell = resolve; });
    };
    const stop = resuming(client).subscribe({ query: watch, variables: { callId } }, {
      next({ data }) { heard.push(data.cartUpdated.version); tell?.(); },
      error(error) { throw error; },
      complete() {},
    });
    await until(now);
    cut();
    now = Number(await change(agent));
    await until(now);
    assert.deepEqual(heard, [now - 1, now]);
    stop();
    await client.dispose();
  });
}

await check('graphql-ws: a wrong token closes with 4403', async () => {
  const client = socketClient('wrong');
  await assert.rejects(once(client, '{ __typename }'), (event) => event.code === CloseCode.Forbidden);
  await client.dispose();
});

await check('graphql-ws: pings are answered', async () => {
  const heard = Promise.withResolvers?.() ?? (() => {
    let resolve;
    return { promise: new Promise((r) => { resolve = r; }), resolve };
  })();
  const client = socketClient(TOKEN, { keepAlive: 50, lazy: false, on: { pong: (received) => received && heard.resolve() } });
  await heard.promise;
  await client.dispose();
});

await agent.dispose();
clearTimeout(deadline);
