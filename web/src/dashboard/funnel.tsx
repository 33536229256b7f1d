/** @jsxImportSource preact */
import { count, percent } from './format.ts';

export type FunnelStep = { name: string; value: number };

/** Funnel shows steps as bars below each other, each with its share of the step before. A step may be larger than the one before it. */
export function Funnel({ steps }: { steps: FunnelStep[] }) {
  const most = Math.max(1, ...steps.map(({ value }) => value));
  return (
    <ol class="funnel">
      {steps.map(({ name, value }, i) => {
        const before = steps[i - 1]?.value;
        return (
          <li key={name}>
            <span class="name">{name}</span>
            <span class="value">
              {count(value)}
              {before !== undefined && before > 0 && <small>{percent({ value: value / before, numerator: value, denominator: before })}<span class="unseen"> of the step before</span></small>}
            </span>
            <span class="meter" aria-hidden="true"><span style={{ width: `${(100 * value) / most}%` }} /></span>
          </li>
        );
      })}
    </ol>
  );
}
