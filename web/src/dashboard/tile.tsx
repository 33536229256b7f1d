/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact';
import { money, NOTHING, outOf, percent } from './format.ts';
import type { AmountFragment, RateFragment } from './generated/graphql.ts';

/** Tiles is a row of the figures that matter most. */
export function Tiles({ children }: { children: ComponentChildren }) {
  return <dl class="tiles">{children}</dl>;
}

/** Figures is a list of figures within a card. */
export function Figures({ children }: { children: ComponentChildren }) {
  return <dl class="figures">{children}</dl>;
}

/** Figure is one figure: what it is, how much, and what there is to say about it. */
export function Figure({ name, value, note }: { name: string; value: ComponentChildren; note?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}{note && <small>{note}</small>}</dd>
    </div>
  );
}

/** Rate is a figure in percent, with what it is made of. */
export function Rate({ name, ratio }: { name: string; ratio: RateFragment }) {
  return <Figure name={name} value={percent(ratio)} note={ratio.value === null ? undefined : outOf(ratio)} />;
}

/** Sum is a figure in money: an amount for each currency. Those of different currencies are never added. */
export function Sum({ name, amounts }: { name: string; amounts: AmountFragment[] }) {
  return <Figure name={name} value={<Amounts of={amounts} />} />;
}

export function Amounts({ of }: { of: AmountFragment[] }) {
  if (of.length === 0) return <>{NOTHING}</>;
  return <>{of.map((amount) => <span class="amount" key={amount.currency}>{money(amount)}</span>)}</>;
}
