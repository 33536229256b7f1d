/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { Gateway } from '../carts/gateway.ts';
import { go, type Address, type View } from './address.ts';
import { EventHead } from './eventhead.tsx';
import { Exporter } from './exporter.tsx';
import type { EventHeadFragment } from './generated/graphql.ts';
import { PeriodPicker } from './periodpicker.tsx';
import { periodOf } from './span.ts';
import { Tabs, type Tab } from './tabs.tsx';
import { viewOf } from './views.tsx';
import { known } from './zone.ts';

const tabs: Tab<View>[] = [
  { name: 'prelive', title: 'Before' },
  { name: 'live', title: 'Broadcast' },
  { name: 'replay', title: 'Replay' },
  { name: 'chat', title: 'Chat' },
];

// Where there is room beside the figures, the query is shown from the start; style/panels.css has the same number.
const ROOM = '(min-width: 1360px)';

type Shown = { gateway: Gateway; address: Address; event: EventHeadFragment; events: EventHeadFragment[]; scopes: string[]; refresh: () => void };

/** Desk is all there is to see of one live event. */
export function Desk({ gateway, address, event, events, scopes, refresh }: Shown) {
  const [query, setQuery] = useState(matchMedia(ROOM).matches);
  const [exporting, setExporting] = useState(false);
  const view = address.view ?? (event.phase === 'PRELIVE' ? 'prelive' : 'live');
  const zone = known(event.timeZone);
  const period = periodOf(address);
  const ViewOf = viewOf[view];

  return (
    <>
      <EventHead event={event} events={events} zone={zone} />
      <div class="steering">
        <Tabs of={tabs} label="Views" chosen={view} choose={(name) => go({ event: event.liveEventId, view: name })} />
        <div class="controls">
          <PeriodPicker view={view} event={event} address={address} zone={zone} />
          <button type="button" aria-expanded={query} onClick={() => setQuery(!query)}>Query</button>
          {scopes.includes('exports:write') && <button type="button" aria-expanded={exporting} onClick={() => setExporting(!exporting)}>Export</button>}
        </div>
      </div>
      {exporting && <Exporter gateway={gateway} eventId={event.liveEventId} period={period} zone={zone} close={() => setExporting(false)} />}
      <ViewOf
        key={`${view} ${event.phase}`} gateway={gateway} event={event} period={period} zone={zone}
        query={query} moderator={scopes.includes('chat:moderate')} refresh={refresh}
      />
    </>
  );
}
