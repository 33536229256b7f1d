/** @jsxImportSource preact */
import { useEffect, useRef, useState } from 'preact/hooks';
import { Card } from './card.tsx';
import { count, date, type Zone } from './format.ts';
import type { Granularity } from './generated/graphql.ts';
import type { Plot } from './plot.ts';

export type Step = { start: string; end: string };

/** Line is what one chart shows: a number for each step. */
export type Line = { name: string; values: number[]; /** tall is the chart that matters most. */ tall?: boolean };

const words: Record<Granularity, string> = { MINUTE: 'by minute', HOUR: 'by hour', DAY: 'by day', WEEK: 'by week', MONTH: 'by month' };

/** Series shows how figures moved: a chart for each of them over the same time, and all of them as a table. */
export function Series({ steps, lines, granularity, zone }: { steps: Step[]; lines: Line[]; granularity: Granularity; zone: Zone }) {
  return (
    <Card title="Over time" hint={`${words[granularity]} · ${zone}`} wide>
      {steps.length === 0 ? <p class="hint">Nothing happened in this time.</p> : (
        <>
          <div class="charts">{lines.map((line) => <Chart key={line.name} steps={steps} line={line} granularity={granularity} zone={zone} />)}</div>
          <Table steps={steps} lines={lines} granularity={granularity} zone={zone} />
        </>
      )}
    </Card>
  );
}

type Shown = { steps: Step[]; granularity: Granularity; zone: Zone };

function Chart({ steps, line, granularity, zone }: Shown & { line: Line }) {
  const element = useRef<HTMLDivElement>(null);
  const [drawn, setDrawn] = useState<Plot>();
  const [pointed, setPointed] = useState<number | null>(null);

  useEffect(() => {
    let made: Plot | undefined;
    let wanted = true;
    // The charts' code comes once there is something to draw.
    void import('./plot.ts').then(({ plot }) => {
      if (wanted) setDrawn((made = plot(element.current!, zone, line.tall ? 220 : 120, setPointed)));
    });
    return () => {
      wanted = false;
      made?.remove();
    };
  }, [zone]);
  useEffect(() => drawn?.show(steps, line), [drawn, steps, line]);

  const most = Math.max(...line.values);
  const peak = line.values.indexOf(most);
  const at = (step: number) => date(steps[step]!.start, zone, granularity === 'MINUTE' ? 'time' : granularity === 'HOUR' ? 'minute' : 'day');
  const summary = most === 0 ? 'none' : `most: ${count(most)}, ${at(peak)}`;
  const here = pointed !== null && steps[pointed] ? `${count(line.values[pointed]!)}, ${at(pointed)}` : summary;
  return (
    <figure class={line.tall ? 'tall' : ''}>
      <figcaption>{line.name} <span aria-hidden="true">{here}</span></figcaption>
      <div ref={element} class="plot" role="img" aria-label={`${line.name}, ${summary}. The table below has every step.`} />
    </figure>
  );
}

function Table({ steps, lines, granularity, zone }: Shown & { lines: Line[] }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="steps" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>As a table</summary>
      {open && (
        <div class="scroll" tabIndex={0} role="region" aria-label="Figures over time">
          <table>
            <thead><tr><th scope="col">From</th>{lines.map(({ name }) => <th key={name} scope="col">{name}</th>)}</tr></thead>
            <tbody>
              {steps.map(({ start }, i) => (
                <tr key={start}>
                  <th scope="row"><time dateTime={start}>{date(start, zone, granularity === 'DAY' || granularity === 'WEEK' ? 'day' : 'minute')}</time></th>
                  {lines.map(({ name, values }) => <td key={name}>{count(values[i]!)}</td>)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
