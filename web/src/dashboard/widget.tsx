/** @jsxImportSource preact */
import { Card } from './card.tsx';
import { count } from './format.ts';
import type { WidgetFragment } from './generated/graphql.ts';
import { Figure, Figures, Rate } from './tile.tsx';

/** Widget shows how a widget on the shop's pages did. */
export function Widget({ title, of }: { title: string; of: WidgetFragment }) {
  return (
    <Card title={title}>
      <Figures>
        <Figure name="Views" value={count(of.totalViews)} />
        <Figure name="Visitors who saw it" value={count(of.uniqueViews)} />
        <Figure name="Clicks" value={count(of.clicks)} />
        <Rate name="Click rate" ratio={of.clickRate} />
      </Figures>
    </Card>
  );
}
