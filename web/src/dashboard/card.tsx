/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact';

/** Card is a part of a view under a heading. */
export function Card({ title, hint, wide, children }: { title: string; hint?: string; wide?: boolean; children: ComponentChildren }) {
  return (
    <section class={`card ${wide ? 'wide' : ''}`} aria-label={title}>
      <div class="cardhead">
        <h3>{title}</h3>
        {hint && <small>{hint}</small>}
      </div>
      {children}
    </section>
  );
}
