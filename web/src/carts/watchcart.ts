import { useEffect, useState } from 'preact/hooks';
import { GatewayError, type Gateway } from './gateway.ts';
import { CartNowDocument, CartUpdatedDocument, type CartNowQuery, type CartUpdatedSubscription } from './generated/graphql.ts';

export type Cart = NonNullable<CartNowQuery['cart']>;
export type CartItem = Cart['items'][number];
export type CartRequest = Cart['pendingRequests'][number];
export type CartUpdate = CartUpdatedSubscription['cartUpdated'];

/** History is how many of the latest updates a page shows that comes later. */
const HISTORY = 40;

export type Watched = {
  cart?: Cart;
  /** The updates seen, the latest first, each version once. */
  updates: CartUpdate[];
  failure?: GatewayError;
};

/** useCart watches a call's cart: where it stands, the updates that led there, and each one as it comes. */
export function useCart(gateway: Gateway, callId: string): Watched {
  const [watched, setWatched] = useState<Watched>({ updates: [] });

  useEffect(() => {
    setWatched({ updates: [] });
    if (callId === '') return;

    let stop = () => {};
    let left = false;
    const failed = (failure: GatewayError) => {
      if (!left) setWatched((before) => ({ ...before, failure }));
    };
    const follow = (cart: Cart) => {
      let seen = Math.max(0, cart.version - HISTORY);
      // graphql-ws sends the variables anew when it connects again: then from the version seen last.
      const from = { callId, get after() { return seen; } };
      stop = gateway.watch(CartUpdatedDocument, from, ({ cartUpdated: update }) => {
        if (update.version <= seen) return;
        seen = update.version;
        setWatched((before) => ({
          cart: before.cart && before.cart.version > update.version ? before.cart : update.cart,
          updates: [update, ...before.updates],
        }));
      }, failed);
      setWatched({ cart, updates: [] });
    };

    gateway.run(CartNowDocument, { callId }).then(
      ({ cart }) => {
        if (left) return;
        if (cart) follow(cart);
        else failed(new GatewayError(`There is no call ${callId}.`, 'NOT_FOUND'));
      },
      failed,
    );
    return () => {
      left = true;
      stop();
    };
  }, [gateway, callId]);

  return watched;
}

/** requestsOf returns the requests that the updates tell of, the latest first, each as it stands now. */
export function requestsOf({ cart, updates }: Watched): CartRequest[] {
  const latest = new Map<string, CartRequest>();
  for (const { request } of updates) {
    if (request && !latest.has(request.requestId)) latest.set(request.requestId, request);
  }
  for (const request of cart?.pendingRequests ?? []) {
    if (!latest.has(request.requestId)) latest.set(request.requestId, request);
  }
  return [...latest.values()].sort((a, b) => (a.requestedAt < b.requestedAt ? 1 : -1));
}
