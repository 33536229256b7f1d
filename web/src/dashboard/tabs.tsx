/** @jsxImportSource preact */
import { useRef } from 'preact/hooks';

export type Tab<Name extends string> = { name: Name; title: string; note?: string };

/** Tabs is a row of tabs as https://www.w3.org/WAI/ARIA/apg/patterns/tabs/ has it: one of them is reached by Tab, the others by the arrow keys, Home and End. */
export function Tabs<Name extends string>({ of, label, chosen, choose }: { of: Tab<Name>[]; label: string; chosen: Name; choose: (name: Name) => void }) {
  const row = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const now = of.findIndex(({ name }) => name === chosen);
    const to = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: of.length - 1 }[event.key];
    if (to === undefined) return;

    event.preventDefault();
    const next = (to + of.length) % of.length;
    choose(of[next]!.name);
    row.current!.querySelectorAll<HTMLButtonElement>('[role=tab]')[next]!.focus();
  };

  return (
    <div class="tabs" role="tablist" aria-label={label} ref={row} onKeyDown={move}>
      {of.map(({ name, title, note }) => (
        <button
          key={name} type="button" role="tab" id={`tab-${name}`} aria-controls="view"
          aria-selected={name === chosen} tabIndex={name === chosen ? 0 : -1} onClick={() => choose(name)}
        >
          {title}{note && <small>{note}</small>}
        </button>
      ))}
    </div>
  );
}
