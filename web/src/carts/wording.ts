import type { CartRequest, CartUpdate } from './watchcart.ts';
import { faceOf, sum } from './face.ts';

/** wish says what a request asks for. */
export function wish({ kind, quantity, previousQuantity }: Pick<CartRequest, 'kind' | 'quantity' | 'previousQuantity'>): string {
  if (kind === 'SHOULD_ADD_ITEM') return quantity === 1 ? 'Add to cart' : `Add ${quantity} to cart`;
  if (quantity === 0) return 'Take out of cart';
  return `Quantity ${previousQuantity} → ${quantity}`;
}

/** outcome says what became of a request. */
export function outcome({ status, reason, message, quantity, kind }: CartRequest): string {
  switch (status) {
    case 'PENDING': return 'Pending';
    case 'CONFIRMED': return kind === 'SHOULD_ADD_ITEM' ? 'Added' : quantity === 0 ? 'Removed' : 'Changed';
    case 'EXPIRED': return 'Expired: no answer in 30 seconds';
    case 'REFUSED': {
      const why = [reason === 'OUT_OF_STOCK' ? 'out of stock' : '', message ?? ''].filter(Boolean).join(': ');
      return why ? `Refused: ${why}` : 'Refused';
    }
  }
}

/** tale says in a line what an update did. */
export function tale(update: CartUpdate): string {
  const { kind, item, request, previousQuantity, cart } = update;
  const what = (request && `${request.name || faceOf(request.product, request.sku).name}`) || item?.name || item?.sku || '';
  const who = request ? '' : ' by the shopper';
  switch (kind) {
    case 'ITEM_REQUESTED': return `Agent asked: ${wish(request!).toLowerCase()} – ${what}`;
    case 'ITEM_ADDED': return `${what} × ${item?.quantity ?? 1} added${who}`;
    case 'ITEM_UPDATED': return `${what}: ${previousQuantity} → ${item?.quantity}${who}`;
    case 'ITEM_REMOVED': return `${what} removed${who}`;
    case 'REQUEST_REFUSED': return `${what} – ${outcome(request!).toLowerCase()}`;
    case 'REQUEST_EXPIRED': return `${what} – request expired`;
    case 'CHECKED_OUT': return `Shopper checked out${cart.value ? ` for ${sum(cart.value)}` : ''}`;
    case 'NO_UPDATE_YET': return 'Nothing yet';
  }
}
