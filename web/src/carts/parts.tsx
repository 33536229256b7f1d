/** @jsxImportSource preact */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import icon from '../icon.svg';
import type { Face } from './face.ts';
import type { Gateway, Link } from './gateway.ts';

/** useLink tells how the page stands with the gateway. */
export function useLink(gateway: Gateway): { link: Link; why: string } {
  const [state, setState] = useState<{ link: Link; why: string }>({ link: 'connecting', why: '' });
  useEffect(() => gateway.onLink((link, why) => setState({ link, why })), [gateway]);
  return state;
}

const links: Record<Link, string> = {
  connecting: 'Connecting …',
  live: 'Live',
  lost: 'Connection lost, trying again …',
  refused: 'Not let in',
};

export function Header({ title, link, children }: { title: string; link: Link; children?: ComponentChildren }) {
  return (
    <header class="bar">
      <a class="brand" href="." title="To the playground">
        <img src={icon} alt="" width="26" height="26" />
        <span>Cartograph</span>
      </a>
      <h1>{title}</h1>
      <nav aria-label="Pages">{children}</nav>
      <span class={`link ${link}`} role="status">{links[link]}</span>
    </header>
  );
}

export function Tile({ face }: { face: Face }) {
  return (
    <span class="tile" style={{ background: face.hex }} aria-hidden="true">
      {face.name.slice(0, 1)}
    </span>
  );
}

/** Article is the face of what is sold: tile, name, and which one it is. */
export function Article({ face, children }: { face: Face; children?: ComponentChildren }) {
  return (
    <>
      <Tile face={face} />
      <span class="article">
        <strong>{face.name}</strong>
        <small>{face.detail}</small>
        {children}
      </span>
    </>
  );
}

/** Countdown shows how long an answer still counts, as a bar and in seconds. */
export function Countdown({ until }: { until: string }) {
  const left = () => Math.max(0, Math.min(30, Math.ceil((Date.parse(until) - Date.now()) / 1000)));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    setSeconds(left());
    const timer = setInterval(() => setSeconds(left()), 500);
    return () => clearInterval(timer);
  }, [until]);

  return (
    <span class="countdown" role="timer" aria-label={`${seconds} seconds left`}>
      <progress max={30} value={seconds} aria-hidden="true" />
      {seconds} s
    </span>
  );
}

/** Notice is what went wrong, said until it is dismissed or replaced. */
export function Notice({ text, dismiss }: { text: string; dismiss?: () => void }) {
  return (
    <p class="notice" role="alert">
      <span>{text}</span>
      {dismiss && <button type="button" class="quiet" aria-label="Dismiss" onClick={dismiss}>×</button>}
    </p>
  );
}
