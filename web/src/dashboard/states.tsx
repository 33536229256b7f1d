/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact';
import type { GatewayError } from '../carts/gateway.ts';

/** Loading has the shape of what is coming. */
export function Loading({ what }: { what: string }) {
  return (
    <div class="loadingcards" role="status" aria-label={`Loading ${what}`}>
      <span /><span /><span /><span /><span class="wide" />
    </div>
  );
}

/** Empty tells that there is nothing, and why. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <section class="card nothing">
      <h3>{title}</h3>
      {children && <p>{children}</p>}
    </section>
  );
}

/** Failure tells what went wrong, and what can be done about it. */
export function Failure({ error, again }: { error: GatewayError; again: () => void }) {
  const forbidden = error.code === 'FORBIDDEN';
  return (
    <section class="card nothing" role="alert">
      <h3>{forbidden ? 'This token may not see that' : 'That did not work'}</h3>
      <p>{forbidden ? 'The dashboard needs the scope events:read. ' : ''}The gateway says: {error.message}</p>
      {!forbidden && <button type="button" onClick={again}>Try again</button>}
    </section>
  );
}
