/** @jsxImportSource preact */

export type Span = { start: string; end: string };

/** Timeline marks spans within a longer one. It is a picture only: what it shows is told in words beside it. */
export function Timeline({ of, within }: { of: Span[]; within: Span }) {
  const from = Date.parse(within.start);
  const length = Math.max(1, Date.parse(within.end) - from);
  const place = (at: string) => Math.min(100, Math.max(0, (100 * (Date.parse(at) - from)) / length));
  return (
    <span class="timeline" aria-hidden="true">
      {of.map(({ start, end }) => (
        <span key={start} style={{ left: `${place(start)}%`, width: `${Math.max(1, place(end) - place(start))}%` }} />
      ))}
    </span>
  );
}
