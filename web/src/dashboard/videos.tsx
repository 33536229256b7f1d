/** @jsxImportSource preact */
import { Card } from './card.tsx';
import type { ReplayQuery } from './generated/graphql.ts';

type Video = NonNullable<ReplayQuery['liveEvent']>['videos'][number];

/** Videos lists the recordings. They are links: the page loads nothing from other hosts. */
export function Videos({ of }: { of: Video[] }) {
  if (of.length === 0) return null;
  return (
    <Card title="Videos">
      <ul class="videos">
        {of.map(({ kind, product, state, url }, i) => {
          const name = kind === 'REPLAY' ? 'The whole broadcast' : (product?.name ?? 'A product');
          return (
            <li key={i}>
              <span>{name}</span>
              {state === 'READY' && url ? <a href={url} rel="noopener noreferrer" aria-label={`Download: ${name}`}>Download</a> : <small>in preparation</small>}
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
