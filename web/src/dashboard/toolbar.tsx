/** @jsxImportSource preact */
import { useRef, useState } from 'preact/hooks';

export type Tool = { title: string; use: () => void };

/** Toolbar is a group of buttons that Tab reaches as one; the arrow keys move within it. */
export function Toolbar({ label, tools, busy }: { label: string; tools: Tool[]; busy: boolean }) {
  const row = useRef<HTMLDivElement>(null);
  const [reached, setReached] = useState(0);
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;

    event.preventDefault();
    const next = (reached + step + tools.length) % tools.length;
    setReached(next);
    row.current!.querySelectorAll('button')[next]!.focus();
  };

  return (
    <div class="toolbar" role="toolbar" aria-label={label} ref={row} onKeyDown={move}>
      {tools.map(({ title, use }, i) => (
        <button key={i} type="button" tabIndex={i === reached ? 0 : -1} aria-disabled={busy} onClick={() => !busy && use()}>{title}</button>
      ))}
    </div>
  );
}
