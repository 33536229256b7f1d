import type { AmountFragment, RateFragment } from './generated/graphql.ts';

// Numbers, money and times as the visitor's language writes them; times of an event in its own time zone.

const whole = new Intl.NumberFormat();
const short = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const tenth = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const percentage = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });

/** NOTHING stands where there is nothing to measure. */
export const NOTHING = '–';

export function count(n: number): string {
  return whole.format(n);
}

/** counted writes a number of things: 1 message, 2 messages. */
export function counted(n: number, thing: string): string {
  return `${count(n)} ${thing}${n === 1 ? '' : 's'}`;
}

/** compact writes a number for the axis of a chart: 1.2K. */
export function compact(n: number): string {
  return short.format(n);
}

export function mean(n: number | null): string {
  return n === null ? NOTHING : tenth.format(n);
}

export function percent(ratio: RateFragment): string {
  return ratio.value === null ? NOTHING : percentage.format(ratio.value);
}

/** outOf tells what a rate is made of. */
export function outOf({ numerator, denominator }: RateFragment): string {
  return `${count(numerator)} of ${count(denominator)}`;
}

/** duration writes seconds by their two largest units: 1h 1m, 2m 28s. */
export function duration(seconds: number | null): string {
  if (seconds === null) return NOTHING;

  const all = Math.round(seconds);
  const parts = { day: Math.floor(all / 86400), hour: Math.floor(all / 3600) % 24, minute: Math.floor(all / 60) % 60, second: all % 60 };
  const told = Object.entries(parts).filter(([, n]) => n > 0).slice(0, 2);
  return (told.length > 0 ? told : [['second', 0] as const])
    .map(([unit, n]) => new Intl.NumberFormat(undefined, { style: 'unit', unit, unitDisplay: 'narrow' }).format(n))
    .join(' ');
}

export function money({ amount, currency }: AmountFragment): string {
  return new Intl.NumberFormat(undefined, { style: 'currency', currency }).format(Number(amount));
}

/** Zone is an IANA time zone. */
export type Zone = string;

const dates: Record<'day' | 'time' | 'minute' | 'moment' | 'full', Intl.DateTimeFormatOptions> = {
  day: { day: 'numeric', month: 'short' },
  time: { hour: '2-digit', minute: '2-digit' },
  minute: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  moment: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  full: { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
};

const formats = new Map<string, Intl.DateTimeFormat>();

/** date writes a time: its day, its time of day, or both. */
export function date(at: string | number, zone: Zone, style: keyof typeof dates): string {
  const key = `${style} ${zone}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(undefined, { ...dates[style], timeZone: zone });
    formats.set(key, format);
  }
  return format.format(new Date(at));
}
