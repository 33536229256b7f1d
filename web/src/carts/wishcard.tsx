/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import { faceOf, priceOf, sum } from './face.ts';
import type { CartRefusalReason } from './generated/graphql.ts';
import { Article, Countdown } from './parts.tsx';
import type { Wish } from './usecommands.ts';

export type Answer = { success: boolean; reason?: CartRefusalReason; message?: string };

const LONGEST = 500; // characters of a message

/** WishCard asks the shopper's page one thing, and takes one answer. */
export function WishCard({ wish, answer }: { wish: Wish; answer: (answer: Answer) => Promise<void> }) {
  const [busy, setBusy] = useState(false);
  const [writing, setWriting] = useState(false);
  const face = faceOf(wish.product, wish.sku);

  const give = async (given: Answer) => {
    setBusy(true);
    await answer(given);
    setBusy(false);
  };

  return (
    <article class="card wish" data-sku={wish.sku}>
      <div class="heading">
        <h2>{question(wish)}</h2>
        <Countdown until={wish.expiresAt} />
      </div>
      <div class="line">
        <Article face={face} />
        <span class="price">{sum(priceOf(wish.product, wish.sku))}</span>
      </div>
      <div class="answers">
        <button type="button" class="primary" disabled={busy} onClick={() => give({ success: true })}>Yes</button>
        <button type="button" disabled={busy} onClick={() => give({ success: false })}>No</button>
        <button type="button" disabled={busy} onClick={() => give({ success: false, reason: 'OUT_OF_STOCK' })}>Out of stock</button>
        <button type="button" disabled={busy} aria-expanded={writing} onClick={() => setWriting(!writing)}>Other …</button>
      </div>
      {writing && (
        <form class="other" onSubmit={(event) => {
          event.preventDefault();
          const message = String(new FormData(event.currentTarget).get('message')).trim();
          if (message) void give({ success: false, reason: 'CUSTOM_ERROR', message });
        }}>
          <input name="message" aria-label="What the agent should read" placeholder="What the agent should read" maxLength={LONGEST} required ref={(input) => input?.focus()} />
          <button type="submit" disabled={busy}>Send</button>
        </form>
      )}
    </article>
  );
}

function question(wish: Wish): string {
  if (wish.__typename === 'ShouldAddItemToCart') return wish.quantity === 1 ? 'Put this into your cart?' : `Put ${wish.quantity} of these into your cart?`;
  if (wish.quantity === 0) return 'Take this out of your cart?';
  return `Make it ${wish.quantity} instead of ${wish.previousQuantity}?`;
}
