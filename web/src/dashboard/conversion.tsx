/** @jsxImportSource preact */
import { Card } from './card.tsx';
import { Funnel } from './funnel.tsx';
import type { FunnelFragment } from './generated/graphql.ts';

/** Conversion shows the way to a purchase, in a broadcast or a replay. */
export function Conversion({ of }: { of: FunnelFragment }) {
  return (
    <Card title="From seeing the event to paying" hint="shares of the step before">
      <Funnel steps={[
        { name: 'Saw a widget', value: of.audienceReach },
        { name: 'Watched', value: of.uniqueViewers },
        { name: 'Purchases', value: of.purchases },
      ]} />
    </Card>
  );
}
