import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { compact, date, type Zone } from './format.ts';
import type { Line, Step } from './series.tsx';

const DAY = 86_400; // seconds
const GAP = 0.15; // of a step, between two bars
const MANY = 60; // steps beyond which bars would be hairs

export type Plot = { show: (steps: Step[], line: Line) => void; remove: () => void };

/** plot draws a line of steps into an element, and says which step the pointer is on. What is drawn takes its colours from
 * the style sheet, anew whenever the screen turns dark or light, and its width from the element. */
export function plot(element: HTMLElement, zone: Zone, height: number, pointed: (step: number | null) => void): Plot {
  let steps: Step[] = [];
  const colour = (name: string) => () => getComputedStyle(element).getPropertyValue(name);
  const filled = () => colour(steps.length > MANY ? '--fill' : '--accent')();
  const outline = () => (steps.length > MANY ? colour('--accent')() : 'transparent');
  // Each bar is as wide as its step: the first and the last may be cut by the phase, so uPlot's own, all of one width, will not do.
  const bars: uPlot.Series.PathBuilder = (chart) => {
    const fill = new Path2D();
    const ground = chart.valToPos(0, 'y', true);
    for (const [i, { start, end }] of steps.entries()) {
      const left = chart.valToPos(seconds(start), 'x', true);
      const width = chart.valToPos(seconds(end), 'x', true) - left;
      const top = chart.valToPos(chart.data[1]?.[i] ?? 0, 'y', true);
      if (top < ground) fill.rect(left + width * GAP / 2, top, Math.max(1, width * (1 - GAP)), ground - top);
    }
    return { fill };
  };
  const area = uPlot.paths.linear!();

  const chart = new uPlot(
    {
      width: Math.max(1, element.clientWidth),
      height,
      legend: { show: false },
      cursor: { y: false, drag: { setScale: false }, points: { size: 7 }, sync: { key: 'dashboard', setSeries: false } },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
      scales: {
        x: { range: () => [seconds(steps[0]?.start), seconds(steps.at(-1)?.end)] },
        y: { range: (_chart, _least, most) => [0, Math.max(1, most * 1.1)] },
      },
      axes: [
        {
          stroke: colour('--soft'), grid: { show: false }, ticks: { show: false }, space: 70, size: 28, font: '12px system-ui, sans-serif',
          values: (_chart, splits, _axis, _space, width) => splits.map((at) => date(at * 1000, zone, width >= DAY ? 'day' : 'time')),
        },
        {
          stroke: colour('--soft'), grid: { stroke: colour('--rule'), width: 1 }, ticks: { show: false }, size: 44, space: 34, font: '12px system-ui, sans-serif',
          incrs: [1, 2, 5].flatMap((n) => [0, 1, 2, 3, 4, 5, 6].map((zeros) => n * 10 ** zeros)).sort((a, b) => a - b),
          values: (_chart, splits) => splits.map(compact),
        },
      ],
      series: [
        {},
        {
          stroke: outline, fill: filled, width: 2, points: { show: false },
          paths: (chart, series, from, to) => (steps.length > MANY ? area : bars)(chart, series, from, to),
        },
      ],
      hooks: { setCursor: [({ cursor }) => pointed(cursor.idx ?? null)] },
    },
    [[], []],
    element,
  );

  const resized = new ResizeObserver(() => chart.setSize({ width: Math.max(1, element.clientWidth), height }));
  resized.observe(element);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const redraw = () => chart.redraw(false, true);
  dark.addEventListener('change', redraw);

  return {
    show: (next, line) => {
      steps = next;
      chart.setData([steps.map(({ start }) => seconds(start)), line.values]);
    },
    remove: () => {
      resized.disconnect();
      dark.removeEventListener('change', redraw);
      chart.destroy();
    },
  };
}

function seconds(at: string | undefined): number {
  return at ? Date.parse(at) / 1000 : 0;
}

