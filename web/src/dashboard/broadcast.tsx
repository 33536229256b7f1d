/** @jsxImportSource preact */
import { Business } from './business.tsx';
import { Card } from './card.tsx';
import { Conversion } from './conversion.tsx';
import { Evolution } from './evolution.tsx';
import { count, counted, date, duration, mean, type Zone } from './format.ts';
import type { BroadcastFiguresFragment, EventHeadFragment, Granularity, InteractionCardFragment } from './generated/graphql.ts';
import { Interactions } from './interactions.tsx';
import { Products } from './products.tsx';
import { Satisfaction } from './satisfaction.tsx';
import { Devices, Sources } from './shares.tsx';
import { Empty } from './states.tsx';
import { Figure, Figures, Rate, Sum, Tiles } from './tile.tsx';
import { Widget } from './widget.tsx';

type Shown = { event: EventHeadFragment; of: BroadcastFiguresFragment; interactions: InteractionCardFragment[]; granularity: Granularity; zone: Zone };

/** Broadcast shows who watched, took part and bought; the same while it runs and after. */
export function Broadcast({ event, of, interactions, granularity, zone }: Shown) {
  const { general, audience, business, conversionFunnel: funnel, evolution } = of;
  if (!event.startedAt) {
    return (
      <Empty title="The broadcast has not started">
        {event.scheduledAt ? `It is planned for ${date(event.scheduledAt, zone, 'full')}.` : 'It is not planned yet.'}
      </Empty>
    );
  }

  return (
    <>
      <Tiles>
        <Figure name="Viewers" value={count(audience.uniqueViewers)} note={counted(audience.totalViewers, 'visit')} />
        <Figure name="Most at a time" value={count(audience.maxViewers)} note={`${mean(audience.averageViewers)} on average`} />
        <Rate name="Took part" ratio={general.engagementRate} />
        <Figure name="Purchases" value={count(business.purchases)} />
        <Sum name="Sales" amounts={business.totalSales} />
        <Figure name="Likes" value={count(general.likes)} />
      </Tiles>
      <div class="cards">
        <Evolution of={evolution} granularity={granularity} zone={zone} />
        <Conversion of={funnel} />
        <Card title="The broadcast">
          <Figures>
            <Figure name="Duration" value={duration(general.liveDuration)} />
            <Figure name="Average visit" value={duration(audience.averageSession)} />
            <Figure name="Messages of viewers" value={count(general.messages)} />
            <Figure name="Questions" value={count(general.questions)} />
            <Figure name="Messages of the brand" value={count(general.brandAnswers)} />
            <Rate name="Viewers who wrote" ratio={general.chatParticipationRate} />
            <Rate name="Viewers who asked" ratio={general.chatQuestionRate} />
            <Figure name="Shares" value={count(general.shares)} />
          </Figures>
        </Card>
        <Devices of={of.devices} />
        <Sources title="Where viewers came from" of={of.trafficSources} />
        <Business of={business} />
        <Satisfaction of={of.satisfaction} />
        <Interactions of={interactions} />
        <Widget title="Product widget" of={of.productWidget} />
        <Widget title="Floating player" of={of.floatingPlayerWidget} />
        <Products of={of.products} zone={zone} broadcast={{ start: event.startedAt, end: event.endedAt ?? evolution.at(-1)?.period.end ?? event.startedAt }} />
      </div>
    </>
  );
}
