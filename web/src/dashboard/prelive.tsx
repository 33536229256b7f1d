/** @jsxImportSource preact */
import { Card } from './card.tsx';
import { count, counted, duration, type Zone } from './format.ts';
import { Funnel } from './funnel.tsx';
import type { Granularity, PreliveQuery } from './generated/graphql.ts';
import { Products } from './products.tsx';
import { Series } from './series.tsx';
import { Devices, Sources } from './shares.tsx';
import { Empty } from './states.tsx';
import { Figure, Figures, Rate, Tiles } from './tile.tsx';
import { Widget } from './widget.tsx';

type Figures = NonNullable<PreliveQuery['liveEvent']>['prelive'];

/** Prelive shows who came before the broadcast, and who asked for an alert. */
export function Prelive({ of, granularity, zone }: { of: Figures; granularity: Granularity; zone: Zone }) {
  const { audience, alerting, alertingFunnel: funnel, teasingVideo: teaser, evolution } = of;
  if (audience.totalVisitors === 0 && funnel.audienceReach === 0 && teaser.totalWatch === 0) {
    return <Empty title="Nobody came yet">There was no visitor before the broadcast in this period.</Empty>;
  }

  return (
    <>
      <Tiles>
        <Figure name="Visitors" value={count(audience.uniqueVisitors)} note={counted(audience.totalVisitors, 'visit')} />
        <Figure name="SMS alerts" value={count(alerting.smsAlerts)} note={`${count(alerting.commercialOptins)} with opt-in`} />
        <Figure name="Calendar alerts" value={count(alerting.calendarAlerts)} />
        <Figure name="Average visit" value={duration(audience.averageSession)} />
        <Figure name="Shares" value={count(audience.shares)} />
      </Tiles>
      <div class="cards">
        <Series
          zone={zone} granularity={granularity} steps={evolution.map(({ period }) => period)}
          lines={[
            { name: 'Visitors', values: evolution.map(({ viewers }) => viewers), tall: true },
            { name: 'SMS alerts', values: evolution.map((step) => step.smsSubscriptions) },
            { name: 'Calendar alerts', values: evolution.map((step) => step.calendarSubscriptions) },
          ]}
        />
        <Card title="From seeing the event to an alert" hint="shares of the step before">
          <Funnel steps={[
            { name: 'Saw a widget', value: funnel.audienceReach },
            { name: 'Came to the page', value: funnel.uniqueViewers },
            { name: 'Opened the alert', value: funnel.alertingModal },
            { name: 'Subscribed', value: funnel.alertingValidation },
          ]} />
        </Card>
        <Devices of={of.devices} />
        <Sources title="Where visits came from" of={of.trafficSources} />
        <Card title="Alerts">
          <Figures>
            <Rate name="Visitors with an SMS alert" ratio={alerting.smsAlertingRate} />
            <Rate name="Visitors with a calendar alert" ratio={alerting.calendarAlertingRate} />
            <Rate name="Opt-in among SMS alerts" ratio={alerting.retargetingRate} />
          </Figures>
        </Card>
        <Card title="Teasing video">
          <Figures>
            <Figure name="Watched" value={count(teaser.totalWatch)} />
            <Figure name="Visitors who watched" value={count(teaser.uniqueWatch)} />
            <Figure name="Average time" value={duration(teaser.averageWatchTime)} />
          </Figures>
        </Card>
        <Widget title="Product widget" of={of.productWidget} />
        <Products of={of.products} zone={zone} />
      </div>
    </>
  );
}
