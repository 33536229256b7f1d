/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Gateway, Operation } from '../carts/gateway.ts';
import type { View as Name } from './address.ts';
import type { Zone } from './format.ts';
import type { EventHeadFragment, PeriodInput } from './generated/graphql.ts';
import { QueryPanel } from './querypanel.tsx';
import { Empty, Failure, Loading } from './states.tsx';
import type { Answer } from './useanswer.ts';

/** Given is what every view is made from. */
export type Given = {
  gateway: Gateway;
  event: EventHeadFragment;
  period: PeriodInput | null;
  zone: Zone;
  /** query is whether the view's query is shown beside it. */
  query: boolean;
  moderator: boolean;
  /** refresh looks again at the event itself. */
  refresh: () => void;
};

type Answered<E> = { liveEvent: E | null };

type Shown<E extends EventHeadFragment, V> = {
  name: Name;
  given: Given;
  operation: Operation<Answered<E>, V>;
  variables: V;
  answer: Answer<Answered<E>>;
  children: (event: E) => ComponentChildren;
};

/** View shows what one query answered, or why it did not, and the query itself. */
export function View<E extends EventHeadFragment, V>({ name, given, operation, variables, answer, children }: Shown<E, V>) {
  const { data, error, loading, reload } = answer;
  const event = data?.liveEvent;

  // The event has gone on to another phase since it was looked at.
  const moved = event != null && event.phase !== given.event.phase;
  useEffect(() => {
    if (moved) given.refresh();
  }, [moved]);

  return (
    <div class={`viewgrid ${given.query ? 'withquery' : ''}`}>
      <div id="view" role="tabpanel" aria-labelledby={`tab-${name}`} tabIndex={-1} aria-busy={loading} class={loading && data ? 'stale' : ''}>
        {error && <Failure error={error} again={reload} />}
        {!error && !data && <Loading what="figures" />}
        {data && (event ? children(event) : <Empty title="There is no such live event" />)}
      </div>
      {given.query && <QueryPanel of={{ query: operation.toString(), variables: variables as Record<string, unknown> }} />}
    </div>
  );
}
