import type { Zone } from './format.ts';

/** toWall writes a time as the clocks of a zone show it, in the form of <input type="datetime-local">. */
export function toWall(at: string, zone: Zone): string {
  const time = Date.parse(at);
  return new Date(time + offset(time, zone)).toISOString().slice(0, 16);
}

/** fromWall is the time at which the clocks of a zone show a wall time. In the hour that a zone skips it is one hour on. */
export function fromWall(wall: string, zone: Zone): string {
  const shown = Date.parse(`${wall}Z`);
  const guess = shown - offset(shown, zone);
  return new Date(shown - offset(guess, zone)).toISOString();
}

/** known is the zone if the browser knows it, UTC otherwise: what an event names is not checked anywhere. */
export function known(zone: string | null): Zone {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone ?? 'UTC' }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}

/** offset is how far the clocks of a zone are ahead of UTC, in milliseconds. */
function offset(time: number, zone: Zone): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
  }).formatToParts(time);
  const part = (type: string) => Number(parts.find((p) => p.type === type)!.value);
  const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return shown - Math.floor(time / 1000) * 1000;
}
