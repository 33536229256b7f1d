/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import { uniqueId } from '../id.ts';
import { clock, faceOf, sum } from './face.ts';
import { GatewayError, type Gateway } from './gateway.ts';
import { RemoveFromCartDocument, UpdateCartItemDocument } from './generated/graphql.ts';
import { Article, Countdown, Notice } from './parts.tsx';
import { requestsOf, type CartItem, type CartRequest, type Watched } from './watchcart.ts';
import { outcome, wish } from './wording.ts';

/** AgentCart shows the cart as the agent sees it: what is in it, and what became of each request. */
export function AgentCart({ gateway, watched, ended }: { gateway: Gateway; watched: Watched; ended: boolean }) {
  const [failure, setFailure] = useState('');
  const cart = watched.cart!;
  const requests = requestsOf(watched);

  const ask = async (item: CartItem, quantity: number) => {
    setFailure('');
    const input = { callId: cart.callId, sku: item.sku, clientMutationId: uniqueId() };
    try {
      const refused = quantity === 0
        ? (await gateway.run(RemoveFromCartDocument, { input })).removeFromCart.userErrors
        : (await gateway.run(UpdateCartItemDocument, { input: { ...input, quantity } })).updateCartItem.userErrors;
      setFailure(refused[0]?.message ?? '');
    } catch (error) {
      setFailure((error as GatewayError).message);
    }
  };

  return (
    <>
      <div class="card cart" id="cart">
        <div class="heading">
          <h3>Cart</h3>
          <span class="version" title="Version of the cart">v{cart.version}</span>
        </div>
        {failure && <Notice text={failure} dismiss={() => setFailure('')} />}
        {cart.items.length === 0 && <p class="hint">The shopper’s cart is empty.</p>}
        <ul class="lines">
          {cart.items.map((item) => (
            <Line key={item.sku} item={item} ended={ended} ask={(quantity) => ask(item, quantity)}
              pending={cart.pendingRequests.find(({ sku }) => sku === item.sku)} />
          ))}
        </ul>
        {cart.items.length > 0 && <p class="total"><span>Total</span> <strong>{sum(cart.value)}</strong></p>}
        {cart.checkedOut && (
          <p class="done" role="status">
            Checked out at {clock(cart.checkedOut.at)}: {cart.checkedOut.items.reduce((n, { quantity }) => n + quantity, 0)} pieces, {sum(cart.checkedOut.value)}
          </p>
        )}
      </div>

      <div class="card requests">
        <h3>Requests</h3>
        {requests.length === 0 && <p class="hint">What you ask for appears here, with the answer.</p>}
        <ul aria-live="polite">
          {requests.map((request) => <Request key={request.requestId} request={request} />)}
        </ul>
      </div>
    </>
  );
}

function Line({ item, pending, ended, ask }: { item: CartItem; pending?: CartRequest; ended: boolean; ask: (quantity: number) => void }) {
  const face = faceOf(item.product, item.sku);
  const still = ended || pending !== undefined;
  return (
    <li class="line" data-sku={item.sku}>
      <Article face={face}><small>{sum(item.price)} each</small></Article>
      <span class="stepper" role="group" aria-label={`Quantity of ${face.name}`}>
        <button type="button" aria-label="One less" disabled={still} onClick={() => ask(item.quantity - 1)}>−</button>
        <output>{item.quantity}</output>
        <button type="button" aria-label="One more" disabled={still} onClick={() => ask(item.quantity + 1)}>+</button>
        <button type="button" class="quiet remove" aria-label={`Remove ${face.name}`} title="Remove" disabled={still} onClick={() => ask(0)}>×</button>
      </span>
      {pending && <small class="asked">{wish(pending)} …</small>}
    </li>
  );
}

function Request({ request }: { request: CartRequest }) {
  return (
    <li class={`request ${request.status.toLowerCase()}`} data-status={request.status} data-sku={request.sku}>
      <div class="line">
        <Article face={faceOf(request.product, request.sku)}>
          <small>{wish(request)} · {clock(request.requestedAt)}</small>
        </Article>
        {request.status === 'PENDING' && <Countdown until={request.expiresAt} />}
      </div>
      <p class="state">{outcome(request)}</p>
    </li>
  );
}
