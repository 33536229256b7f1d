/** @jsxImportSource preact */
import { Card } from './card.tsx';
import { count, mean } from './format.ts';
import type { BroadcastFiguresFragment } from './generated/graphql.ts';
import { Shares } from './shares.tsx';
import { Figure, Figures, Rate } from './tile.tsx';

/** Satisfaction shows what viewers answered in the survey. */
export function Satisfaction({ of }: { of: BroadcastFiguresFragment['satisfaction'] }) {
  const answers = of.distribution.reduce((sum, rating) => sum + rating.count, 0);
  return (
    <Card title="Satisfaction" hint="1 to 5">
      <Figures>
        <Figure name="Average rating" value={mean(of.viewersSatisfaction)} />
        <Figure name="Were asked" value={count(of.audienceReach)} />
        <Figure name="Answered" value={count(of.attendees)} />
        <Rate name="Answers per viewer" ratio={of.responseRate} />
        <Figure name="With a comment" value={count(of.comments)} />
      </Figures>
      <Shares none="No answers yet." of={[...of.distribution].reverse().map(({ rating, count: n }) => ({
        name: '★'.repeat(rating),
        ratio: { value: answers > 0 ? n / answers : null, numerator: n, denominator: answers },
        note: count(n),
      }))} />
    </Card>
  );
}
