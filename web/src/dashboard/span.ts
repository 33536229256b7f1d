import type { Address, View } from './address.ts';
import type { EventHeadFragment, Granularity, PeriodInput } from './generated/graphql.ts';

const HOUR = 3_600_000; // milliseconds
const DAY = 24 * HOUR;

/** periodOf is the period that the address names, null for a whole phase. */
export function periodOf({ from, to }: Address): PeriodInput | null {
  return from === '' ? null : { start: from, end: to };
}

/** stepOf is the width of the steps that suits a view: between a dozen and a few hundred of them. */
export function stepOf(view: View, event: EventHeadFragment, period: PeriodInput | null): Granularity {
  if (view === 'live') return widthOf(event.startedAt ?? undefined, event.endedAt ?? undefined);
  return period ? widthOf(period.start, period.end) : 'DAY';
}

function widthOf(start?: string, end?: string): Granularity {
  const length = start ? (end ? Date.parse(end) : Date.now()) - Date.parse(start) : 0;
  if (length <= 6 * HOUR) return 'MINUTE';
  if (length <= 4 * DAY) return 'HOUR';
  return length <= 180 * DAY ? 'DAY' : 'WEEK';
}

export type Preset = { name: string; from: string; to: string };

/** presetsOf are the periods that are asked for most often in a view: none for a broadcast, which is always whole. */
export function presetsOf(view: View, event: EventHeadFragment): Preset[] {
  if (view === 'prelive') {
    const start = event.startedAt ?? event.scheduledAt;
    return start ? [before('Last 24 hours before', start, DAY), before('Last 7 days before', start, 7 * DAY)] : [];
  }
  if (view === 'replay' && event.endedAt) return [after('First 24 hours', event.endedAt, DAY), after('First 7 days', event.endedAt, 7 * DAY)];
  return [];
}

function before(name: string, at: string, length: number): Preset {
  return { name, from: new Date(Date.parse(at) - length).toISOString(), to: new Date(at).toISOString() };
}

function after(name: string, at: string, length: number): Preset {
  return { name, from: new Date(at).toISOString(), to: new Date(Date.parse(at) + length).toISOString() };
}
