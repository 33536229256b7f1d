/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks';
import { go, type Address, type View } from './address.ts';
import type { Zone } from './format.ts';
import type { EventHeadFragment } from './generated/graphql.ts';
import { presetsOf } from './span.ts';
import { fromWall, toWall } from './zone.ts';

/** PeriodPicker narrows a view to a period, by the clocks of the event's time zone. */
export function PeriodPicker({ view, event, address, zone }: { view: View; event: EventHeadFragment; address: Address; zone: Zone }) {
  const presets = presetsOf(view, event);
  const { from, to } = address;
  const preset = presets.findIndex((p) => p.from === from && p.to === to);
  const [custom, setCustom] = useState(false);
  useEffect(() => setCustom(from !== '' && preset < 0), [from, to, preset]);

  if (view === 'live') return <p class="period hint">A broadcast is always shown whole.</p>;
  if (view === 'chat') return <p class="period hint">The chat of all three phases.</p>;

  const chosen = custom ? 'custom' : from === '' ? '' : String(preset);
  const choose = (value: string) => {
    setCustom(value === 'custom');
    if (value === '') go({ from: '', to: '' });
    else if (value !== 'custom') go({ from: presets[Number(value)]!.from, to: presets[Number(value)]!.to });
  };
  return (
    <div class="period">
      <label>
        Period
        <select value={chosen} onChange={(e) => choose(e.currentTarget.value)}>
          <option value="">Whole phase</option>
          {presets.map(({ name }, i) => <option key={name} value={String(i)}>{name}</option>)}
          <option value="custom">From … to …</option>
        </select>
      </label>
      {custom && <Bounds key={`${from} ${to} ${zone}`} from={from} to={to} zone={zone} />}
    </div>
  );
}

function Bounds({ from, to, zone }: { from: string; to: string; zone: Zone }) {
  const [wrong, setWrong] = useState('');
  const show = (event: SubmitEvent) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    const [start, end] = [fromWall(String(given.get('from')), zone), fromWall(String(given.get('to')), zone)];
    setWrong(start < end ? '' : 'The end must be after the start.');
    if (start < end) go({ from: start, to: end });
  };

  return (
    <form class="bounds" onSubmit={show}>
      <label>From <input type="datetime-local" name="from" required defaultValue={from && toWall(from, zone)} /></label>
      <label>Up to <input type="datetime-local" name="to" required defaultValue={to && toWall(to, zone)} aria-describedby="bounds-zone" /></label>
      <button type="submit">Show</button>
      <small id="bounds-zone" role={wrong ? 'alert' : undefined} class={wrong ? 'wrong' : ''}>{wrong || `By the clocks of ${zone}`}</small>
    </form>
  );
}
