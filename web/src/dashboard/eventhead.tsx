/** @jsxImportSource preact */
import { go } from './address.ts';
import { date, duration, type Zone } from './format.ts';
import type { EventHeadFragment, LivePhase } from './generated/graphql.ts';

const phases: Record<LivePhase, string> = { PRELIVE: 'Before the broadcast', LIVE: 'On air', REPLAY: 'In replay' };

/** EventHead says which event is shown and where it stands, and lets pick another. */
export function EventHead({ event, events, zone }: { event: EventHeadFragment; events: EventHeadFragment[]; zone: Zone }) {
  const listed = events.some(({ liveEventId }) => liveEventId === event.liveEventId) ? events : [event, ...events];
  return (
    <header class="eventhead">
      <div>
        <p class={`phase ${event.phase.toLowerCase()}`}>{phases[event.phase]}</p>
        <h2>{event.name}</h2>
        <p class="hint">{when(event, zone)} · {zone}</p>
      </div>
      <label>
        Live event
        <select value={event.liveEventId} onChange={(e) => go({ event: e.currentTarget.value })}>
          {listed.map(({ liveEventId, name, startedAt, scheduledAt }) => {
            const at = startedAt ?? scheduledAt;
            return <option key={liveEventId} value={liveEventId}>{name}{at && `, ${date(at, zone, 'day')}`}</option>;
          })}
        </select>
      </label>
    </header>
  );
}

function when({ startedAt, endedAt, scheduledAt }: EventHeadFragment, zone: Zone): string {
  if (startedAt && endedAt) {
    return `${date(startedAt, zone, 'full')} – ${date(endedAt, zone, 'time')} (${duration((Date.parse(endedAt) - Date.parse(startedAt)) / 1000)})`;
  }
  if (startedAt) return `since ${date(startedAt, zone, 'full')}`;
  return scheduledAt ? `planned for ${date(scheduledAt, zone, 'full')}` : 'not planned yet';
}
