import { useEffect, useState } from 'preact/hooks';
import type { Gateway } from './gateway.ts';
import { CartRequestedDocument, type CartRequestedSubscription } from './generated/graphql.ts';
import type { Cart } from './watchcart.ts';

type Command = CartRequestedSubscription['cartRequested'];

/** Wish is what the agent asks for and the page has to answer. */
export type Wish = Exclude<Command, { __typename: 'GotoCheckout' }>;
export type Checkout = Extract<Command, { __typename: 'GotoCheckout' }>['items'];

/** useCommands hears what the page is to do: the wishes that wait for an answer, and what was checked out last. */
export function useCommands(gateway: Gateway, callId: string, cart: Cart | undefined) {
  const [heard, setHeard] = useState<Wish[]>([]);
  const [checkout, setCheckout] = useState<Checkout>();

  const settled = (requestId: string) => setHeard((before) => before.filter((wish) => wish.requestId !== requestId));
  useEffect(
    // Whenever the subscription is taken up again, all that is pending comes once more.
    () => gateway.watch(CartRequestedDocument, { callId }, ({ cartRequested: command }) => {
      if (command.__typename === 'GotoCheckout') setCheckout(command.items);
      else setHeard((before) => (before.some(({ requestId }) => requestId === command.requestId) ? before : [...before, command]));
    }, () => undefined),
    [gateway, callId],
  );

  // What was answered elsewhere or has expired is pending no more. A wish may be heard before its update, and then stays:
  // only what the cart has shown as pending can be gone.
  const [shown, setShown] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (!cart) return;
    const pending = new Set(cart.pendingRequests.map(({ requestId }) => requestId));
    setHeard((before) => before.filter(({ requestId }) => pending.has(requestId) || !shown.has(requestId)));
    setShown((before) => new Set([...before, ...pending]));
  }, [cart]);

  return { wishes: heard, checkout, settled };
}
