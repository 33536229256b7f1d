/** @jsxImportSource preact */
import { Card } from './card.tsx';
import { count, counted } from './format.ts';
import type { InteractionCardFragment } from './generated/graphql.ts';
import { Shares } from './shares.tsx';
import { Figure, Figures, Rate } from './tile.tsx';

/** Interactions shows what came of each poll and each winning instant. */
export function Interactions({ of }: { of: InteractionCardFragment[] }) {
  return <>{of.map((interaction) => <Interaction key={interaction.interactionId} of={interaction} />)}</>;
}

function Interaction({ of: { question, statistics } }: { of: InteractionCardFragment }) {
  if (statistics.__typename === 'PollStatistics') {
    const { answers, participants, options } = statistics;
    return (
      <Card title={question ?? 'Poll'} hint={`Poll · ${counted(answers, 'answer')} of ${counted(participants, 'visitor')}`}>
        <Shares none="No answers yet." of={options.map(({ option, answers: n, share }) => ({ name: option, ratio: share, note: count(n) }))} />
      </Card>
    );
  }
  const { players, winners, winningRate } = statistics;
  return (
    <Card title={question ?? 'Winning instant'} hint="Winning instant">
      <Figures>
        <Figure name="Players" value={count(players)} />
        <Figure name="Winners" value={count(winners)} />
        <Rate name="Winning rate" ratio={winningRate} />
      </Figures>
    </Card>
  );
}
