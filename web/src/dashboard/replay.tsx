/** @jsxImportSource preact */
import { Business } from './business.tsx';
import { Conversion } from './conversion.tsx';
import { Evolution } from './evolution.tsx';
import { count, counted, duration, mean, type Zone } from './format.ts';
import type { Granularity, ReplayQuery } from './generated/graphql.ts';
import { Products } from './products.tsx';
import { Devices, Sources } from './shares.tsx';
import { Empty } from './states.tsx';
import { Figure, Sum, Tiles } from './tile.tsx';
import { Videos } from './videos.tsx';
import { Widget } from './widget.tsx';

type Event = NonNullable<ReplayQuery['liveEvent']>;

/** Replay shows who watched and bought after the broadcast. */
export function Replay({ event, granularity, zone }: { event: Event; granularity: Granularity; zone: Zone }) {
  if (!event.endedAt) return <Empty title="There is no replay yet">It begins when the broadcast ends.</Empty>;

  const { audience, business, conversionFunnel: funnel, evolution, ...of } = event.replay;
  return (
    <>
      <Tiles>
        <Figure name="Viewers" value={count(audience.uniqueViewers)} note={counted(audience.totalViewers, 'visit')} />
        <Figure name="Most at a time" value={count(audience.maxViewers)} note={`${mean(audience.averageViewers)} on average`} />
        <Figure name="Average visit" value={duration(audience.averageSession)} />
        <Figure name="Purchases" value={count(business.purchases)} />
        <Sum name="Sales" amounts={business.totalSales} />
        <Figure name="Shares" value={count(audience.shares)} />
      </Tiles>
      <div class="cards">
        <Evolution of={evolution} granularity={granularity} zone={zone} />
        <Conversion of={funnel} />
        <Devices of={of.devices} />
        <Sources title="Where viewers came from" of={of.trafficSources} />
        <Business of={business} />
        <Videos of={event.videos} />
        <Widget title="Product widget" of={of.productWidget} />
        <Products of={of.products} zone={zone} broadcast={{ start: event.startedAt!, end: event.endedAt }} />
      </div>
    </>
  );
}
