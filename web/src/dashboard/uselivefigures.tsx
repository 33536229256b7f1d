/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks';
import type { Gateway } from '../carts/gateway.ts';
import { date, type Zone } from './format.ts';
import { LiveFiguresDocument, type BroadcastFiguresFragment, type EventHeadFragment, type Granularity } from './generated/graphql.ts';

const EVERY = 2; // seconds: often enough to see a viewer come

export type Moving = { figures: BroadcastFiguresFragment; at: number };

/** useLiveFigures has the figures of a broadcast as they move; undefined while it is not on air. ended hears that it is over. */
export function useLiveFigures(gateway: Gateway, event: EventHeadFragment, granularity: Granularity, zone: Zone, ended: () => void): Moving | undefined {
  const [moving, setMoving] = useState<Moving>();
  const { liveEventId: id, phase } = event;
  useEffect(() => {
    if (phase !== 'LIVE') return;
    return gateway.watch(
      LiveFiguresDocument,
      { id, every: EVERY, granularity, timeZone: zone },
      ({ liveMetrics: figures }) => setMoving({ figures, at: Date.now() }),
      () => setMoving(undefined),
      ended,
    );
  }, [gateway, id, phase, granularity, zone]);
  return moving;
}

/** LiveMark tells from when the figures are. */
export function LiveMark({ at, zone }: { at: number; zone: Zone }) {
  return <p class="livemark"><span class="dot" aria-hidden="true" /> Live, figures of <time>{date(at, zone, 'moment')}</time></p>;
}
