/** @jsxImportSource preact */
import { Card } from './card.tsx';
import { counted, outOf, percent } from './format.ts';
import type { DevicesFragment, RateFragment, SourceFragment } from './generated/graphql.ts';

/** Share is a part of a whole. */
export type Share = { name: string; ratio: RateFragment; note?: string };

/** Shares shows parts of a whole as bars, each with its percentage. */
export function Shares({ of, none }: { of: Share[]; none: string }) {
  if (of.every(({ ratio }) => ratio.numerator === 0)) return <p class="hint">{none}</p>;
  return (
    <ul class="shares">
      {of.map(({ name, ratio, note }) => (
        <li key={name}>
          <span class="name">{name}</span>
          <span class="value">{percent(ratio)} <small>{note ?? outOf(ratio)}</small></span>
          <span class="meter" aria-hidden="true"><span style={{ width: `${100 * Math.min(1, ratio.value ?? 0)}%` }} /></span>
        </li>
      ))}
    </ul>
  );
}

/** Devices shows on what visitors watched. */
export function Devices({ of }: { of: DevicesFragment }) {
  const parts = [
    { name: 'Phone', ratio: of.mobile },
    { name: 'Computer', ratio: of.desktop },
    { name: 'Tablet', ratio: of.tablet },
  ];
  return (
    <Card title="Devices">
      <Shares none="No sessions yet." of={parts.map((part) => ({ ...part, note: counted(part.ratio.numerator, 'session') }))} />
    </Card>
  );
}

/** Sources shows where visitors came from. */
export function Sources({ title, of }: { title: string; of: SourceFragment[] }) {
  return (
    <Card title={title}>
      <Shares none="No sessions yet." of={of.map(({ source, sessions: n, share }) => ({ name: source ?? 'Not named', ratio: share, note: counted(n, 'session') }))} />
    </Card>
  );
}
