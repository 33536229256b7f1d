import { createGraphiQLFetcher, isAsyncIterable, type Fetcher } from '@graphiql/toolkit';
import { getToken } from './token.ts';

const url = new URL('graphql', document.baseURI);
const subscriptionUrl = new URL(url);
subscriptionUrl.protocol = url.protocol.replace('http', 'ws');

// graphql-ws is loaded with the first subscription; the headers are then sent as the payload of connection_init.
const send = createGraphiQLFetcher({
  url: url.href,
  subscriptionUrl: subscriptionUrl.href,
  headers: { accept: 'application/graphql-response+json, application/json;q=0.9' },
  enableIncrementalDelivery: false,
  fetch: fetchJSON,
});

/** fetcher sends an operation with the token of the Welcome panel, unless the headers editor names an authorization of its own. */
export const fetcher: Fetcher = async (params, options) => {
  const headers = (options?.headers ?? {}) as Record<string, string>;
  const named = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
  const token = named ? '' : getToken();
  const authorization = token === '' ? {} : { Authorization: `Bearer ${token}` };

  const answer = await send(params, { ...options, headers: { ...headers, ...authorization } });
  return isAsyncIterable(answer) ? endInWords(answer) : answer;
};

/** endInWords passes a subscription's events on; if it breaks off, the last one is an error that says why. */
function endInWords<T>(events: AsyncIterable<T>): AsyncIterableIterator<T> {
  const iterator = events[Symbol.asyncIterator]();
  return {
    next: () =>
      iterator.next().catch((cause) => {
        const message = `The subscription has ended: ${cause instanceof Error ? cause.message : 'the connection failed'}.`;
        return { done: false, value: { errors: [{ message, extensions: { code: 'NETWORK_ERROR' } }] } as T };
      }),
    return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** fetchJSON is fetch for GraphQL: whatever goes wrong on the way comes back as a GraphQL error that a person can act on. */
async function fetchJSON(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  let response: Response;
  let body: string;
  try {
    response = await fetch(input, init);
    body = await response.text();
  } catch (cause) {
    return failure(`The gateway at ${url.href} does not answer. Is it running?`, { code: 'NETWORK_ERROR', cause: String(cause) });
  }

  try {
    JSON.parse(body);
  } catch {
    const status = `${response.status} ${response.statusText}`.trim();
    return failure(`The gateway answered ${status}, and not with JSON.`, { code: 'NETWORK_ERROR', status: response.status, body: body.slice(0, 500) });
  }
  return new Response(body, { status: response.status, headers: { 'content-type': 'application/json' } });
}

function failure(message: string, extensions: Record<string, unknown>): Response {
  return Response.json({ errors: [{ message, extensions }] });
}
