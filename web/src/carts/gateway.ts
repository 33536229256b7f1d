import { createClient, type Client } from 'graphql-ws';
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';

/** Operation is what graphql-codegen makes of an operation: its types, and the hash of its text. */
export type Operation<R, V> = DocumentTypeDecoration<R, V> & { __meta__?: Record<string, unknown> };

/** Link is how the page stands with the gateway. */
export type Link = 'connecting' | 'live' | 'lost' | 'refused';

/** GatewayError is a failure that the gateway told in words, with its code. */
export class GatewayError extends Error {
  constructor(message: string, readonly code: string) {
    super(message);
  }
}

const ALIVE = 10_000; // milliseconds between pings of ours
const PATIENCE = 5_000; // milliseconds that a pong may take
const LONGEST_WAIT = 8_000; // milliseconds between two attempts to connect
const FORBIDDEN = 4403;

/** Gateway is one WebSocket that carries all operations of a page. It connects again by itself, and sends again what was
 * not answered: commands have a clientMutationId, so that nothing is done twice. */
export class Gateway {
  private readonly client: Client;
  private readonly listeners = new Set<(link: Link, why: string) => void>();
  private last: { link: Link; why: string } = { link: 'connecting', why: '' };

  constructor(token: string) {
    const url = new URL('graphql', document.baseURI);
    url.protocol = url.protocol.replace('http', 'ws');

    let pongDue: ReturnType<typeof setTimeout>;
    this.client = createClient({
      url: url.href,
      lazy: false,
      connectionParams: token === '' ? undefined : { Authorization: `Bearer ${token}` },
      keepAlive: ALIVE,
      retryAttempts: Infinity,
      retryWait: (attempt) => pause(attempt),
      shouldRetry: (event) => (event as CloseEvent).code !== FORBIDDEN,
      onNonLazyError: () => undefined, // told by closed
      on: {
        connecting: () => this.tell('connecting'),
        connected: () => this.tell('live'),
        closed: (event) => {
          clearTimeout(pongDue);
          const { code, reason } = event as CloseEvent;
          if (code === FORBIDDEN || code === 4401 || code === 4400) this.tell('refused', reason);
          else this.tell('lost', reason);
        },
        ping: (received) => {
          if (!received) pongDue = setTimeout(() => this.client.terminate(), PATIENCE);
        },
        pong: (received) => {
          if (received) clearTimeout(pongDue);
        },
      },
    });
  }

  /** onLink tells a listener how the link stands, now and whenever that changes; the answer stops that. */
  onLink(listener: (link: Link, why: string) => void): () => void {
    this.listeners.add(listener);
    listener(this.last.link, this.last.why); // the gateway may have been quicker than the page
    return () => this.listeners.delete(listener);
  }

  private tell(link: Link, why = ''): void {
    this.last = { link, why };
    for (const listener of this.listeners) listener(link, why);
  }

  /** run answers a query or a command. */
  run<R, V>(operation: Operation<R, V>, variables: V): Promise<R> {
    return new Promise((resolve, reject) => {
      let answer: R;
      this.client.subscribe<R>(payload(operation, variables), {
        next: (result) => {
          const error = failureOf(result);
          if (error) reject(error);
          else answer = result.data!;
        },
        error: (cause) => reject(errorOf(cause)),
        complete: () => resolve(answer),
      });
    });
  }

  /** watch passes on what a subscription pushes until it is stopped. The variables are read anew whenever the subscription
   * is taken up again: a getter among them says from where. failed hears of what trying again cannot mend. A subscription that
   * the gateway completes is taken up again too, unless ended wants to hear of that. */
  watch<R, V>(operation: Operation<R, V>, variables: V, next: (data: R) => void, failed: (why: GatewayError) => void, ended?: () => void): () => void {
    let stop = () => {};
    let stopped = false;
    let again: ReturnType<typeof setTimeout>;
    let attempt = 0;

    const start = () => {
      stop = this.client.subscribe<R>(payload(operation, variables), {
        next: (result) => {
          attempt = 0;
          if (result.data) next(result.data);
        },
        error: (cause) => {
          const error = errorOf(cause);
          if (lasting.has(error.code)) failed(error);
          else retry();
        },
        complete: () => {
          if (!ended) retry();
          else if (!stopped) ended();
        },
      });
    };
    const retry = () => {
      if (!stopped) again = setTimeout(start, wait(attempt++));
    };

    start();
    return () => {
      stopped = true;
      clearTimeout(again);
      stop();
    };
  }

  close(): void {
    void this.client.dispose();
  }
}

/** lasting are the codes of failures that come again when the same is tried again. */
const lasting = new Set(['BAD_USER_INPUT', 'NOT_FOUND', 'UNAUTHENTICATED', 'FORBIDDEN', 'GRAPHQL_VALIDATION_FAILED', 'CLOSED']);

/** payload names the operation by its hash, which every gateway knows: so the pages work also where no other documents are
 * run. */
function payload<R, V>(operation: Operation<R, V>, variables: V) {
  const sha256Hash = operation.__meta__?.['hash'];
  return { query: '', variables: variables as Record<string, unknown>, extensions: { persistedQuery: { version: 1, sha256Hash } } };
}

function failureOf({ errors }: { errors?: readonly unknown[] }): GatewayError | undefined {
  return errors && errors.length > 0 ? errorOf(errors) : undefined;
}

/** errorOf puts what graphql-ws reports, a list of GraphQL errors or the close of the socket, into words. */
function errorOf(cause: unknown): GatewayError {
  if (Array.isArray(cause)) {
    const { message, extensions } = cause[0] as { message: string; extensions?: { code?: string } };
    return new GatewayError(message, extensions?.code ?? 'INTERNAL');
  }
  if (cause instanceof Event && 'code' in cause) {
    return new GatewayError((cause as CloseEvent).reason || 'The connection was closed.', 'CLOSED');
  }
  return new GatewayError(cause instanceof Error ? cause.message : 'The connection failed.', 'CLOSED');
}

/** wait is how long to wait before an attempt: twice as long each time, by chance up to twice that, so that not all pages
 * come back in the same moment. */
function wait(attempt: number): number {
  return Math.min(LONGEST_WAIT, 400 * 2 ** attempt) * (0.5 + Math.random() / 2);
}

function pause(attempt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, wait(attempt)));
}
