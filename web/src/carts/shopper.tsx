/** @jsxImportSource preact */
import { render } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import '../base.css';
import './carts.css';
import { uniqueId } from '../id.ts';
import { clock, faceOf, sum } from './face.ts';
import { Gateway, GatewayError } from './gateway.ts';
import { AcknowledgeCartRequestDocument, CheckoutCartDocument } from './generated/graphql.ts';
import { Article, Header, Notice, useLink } from './parts.tsx';
import { arrive } from './shopperlink.ts';
import { useCommands, type Wish } from './usecommands.ts';
import { useCart, type Cart } from './watchcart.ts';
import { WishCard, type Answer } from './wishcard.tsx';

function ShopperPage() {
  const [{ callId, token }, setArrival] = useState(arrive);
  useEffect(() => {
    const follow = () => setArrival(arrive());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);

  const gateway = useMemo(() => new Gateway(token), [token]);
  useEffect(() => () => gateway.close(), [gateway]);
  const { link, why } = useLink(gateway);

  return (
    <>
      <Header title="Your shop" link={link}>
        <a href=".">Playground</a>
        <a href={`agent${callId ? `#call=${encodeURIComponent(callId)}` : ''}`}>Agent tool</a>
      </Header>
      <main class="shopper">
        {link === 'refused' ? (
          <div class="card">
            <h2>{token === '' ? 'This page opens by a link' : 'This link is no longer good'}</h2>
            {token !== '' && why && <p>The gateway says: {why}.</p>}
            <p>Ask the agent for {token === '' ? 'one' : 'a new one'}: it is made in the <a href="agent">agent tool</a>.</p>
          </div>
        ) : callId === '' ? (
          <CallForm />
        ) : (
          <Shop key={callId} gateway={gateway} callId={callId} />
        )}
      </main>
    </>
  );
}

/** CallForm is for those who come without a link. */
function CallForm() {
  return (
    <form class="card" onSubmit={(event) => {
      event.preventDefault();
      location.hash = new URLSearchParams({ call: String(new FormData(event.currentTarget).get('call')).trim() }).toString();
    }}>
      <h2>Which call?</h2>
      <p>The agent’s link opens this page with a call. On the open demo the id of a call will do: pick one in the <a href="agent">agent tool</a>.</p>
      <label>
        Call id
        <input name="call" required autoComplete="off" />
      </label>
      <button type="submit" class="primary">Open</button>
    </form>
  );
}

function Shop({ gateway, callId }: { gateway: Gateway; callId: string }) {
  const { cart, failure } = useCart(gateway, callId);
  const { wishes, checkout, settled } = useCommands(gateway, callId, cart);
  const [problem, setProblem] = useState('');

  const answer = async (wish: Wish, { success, reason, message }: Answer) => {
    setProblem('');
    try {
      const { acknowledgeCartRequest: { userErrors } } = await gateway.run(AcknowledgeCartRequestDocument, {
        input: { requestId: wish.requestId, success, reason, message, clientMutationId: uniqueId() },
      });
      if (userErrors[0]) setProblem(userErrors[0].message);
      settled(wish.requestId);
    } catch (error) {
      setProblem((error as GatewayError).message);
    }
  };
  const checkOut = async () => {
    setProblem('');
    try {
      const { checkoutCart: { userErrors } } = await gateway.run(CheckoutCartDocument, { input: { callId, clientMutationId: uniqueId() } });
      setProblem(userErrors[0]?.message ?? '');
    } catch (error) {
      setProblem((error as GatewayError).message);
    }
  };

  if (failure) return <Notice text={failure.message} />;
  if (!cart) return <p class="hint">Opening your cart …</p>;
  return (
    <>
      <section class="wishes" aria-label="Suggestions" aria-live="polite">
        {wishes.map((wish) => <WishCard key={wish.requestId} wish={wish} answer={(given) => answer(wish, given)} />)}
        {wishes.length === 0 && (
          <p class="card quietly"><span class="pulse" aria-hidden="true" /> What your advisor suggests appears here.</p>
        )}
      </section>
      {problem && <Notice text={problem} dismiss={() => setProblem('')} />}
      <ShopCart cart={cart} checkOut={checkOut} />
      {checkout && cart.checkedOut && (
        <p class="card done" role="status">
          <strong>Thank you!</strong> Checked out at {clock(cart.checkedOut.at)}: {checkout.reduce((n, { count }) => n + count, 0)} pieces, {sum(cart.checkedOut.value)}
        </p>
      )}
    </>
  );
}

function ShopCart({ cart, checkOut }: { cart: Cart; checkOut: () => void }) {
  return (
    <section class="card cart" id="cart" aria-label="Your cart">
      <div class="heading">
        <h2>Your cart</h2>
        <span class="version" title="Version of the cart">v{cart.version}</span>
      </div>
      {cart.items.length === 0 && <p class="hint">Nothing in it yet.</p>}
      <ul class="lines">
        {cart.items.map((item) => (
          <li key={item.sku} class="line" data-sku={item.sku}>
            <Article face={faceOf(item.product, item.sku)}><small>{sum(item.price)} each</small></Article>
            <span class="times">× <output>{item.quantity}</output></span>
          </li>
        ))}
      </ul>
      {cart.items.length > 0 && (
        <>
          <p class="total"><span>Total</span> <strong>{sum(cart.value)}</strong></p>
          <button type="button" class="primary wide" onClick={checkOut}>Check out</button>
        </>
      )}
    </section>
  );
}

const root = document.getElementById('root')!;
root.replaceChildren();
render(<ShopperPage />, root);
