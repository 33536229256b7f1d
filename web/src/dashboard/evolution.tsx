/** @jsxImportSource preact */
import type { Zone } from './format.ts';
import type { Granularity, StepFragment } from './generated/graphql.ts';
import { Series } from './series.tsx';

/** Evolution shows how many watched, clicked and bought over a broadcast or a replay. */
export function Evolution({ of, granularity, zone }: { of: StepFragment[]; granularity: Granularity; zone: Zone }) {
  return (
    <Series
      zone={zone} granularity={granularity} steps={of.map(({ period }) => period)}
      lines={[
        { name: 'Viewers at a time', values: of.map(({ viewers }) => viewers), tall: true },
        { name: 'Product clicks', values: of.map(({ productClicks }) => productClicks) },
        { name: 'Purchases', values: of.map(({ purchases }) => purchases) },
      ]}
    />
  );
}
