// cartograph.js, for the pages of a shop: sends what happens on them to the gateway it was loaded from, and pushes what
// happens with calls to window.dataLayer, where tag managers look. docs/page-script.md says how a page uses it.
//
//   <script async src="https://gateway.example/cartograph.js" data-key="cgp_..."></script>
//   <script>
//     window.cartograph = window.cartograph || [];
//     cartograph.push(['joined_queue', { data: { queueId: 'shoes', queuePlace: 2, servingAgents: 1 } }]);
//   </script>

import { uniqueId } from '../id.ts';

/** Subject is what an event is about, and what it says. */
interface Fields {
  callId?: string;
  liveEventId?: string;
  workflowId?: string;
  /** When it happened; now if left out. */
  at?: Date;
  data?: Record<string, unknown>;
}

type Call = [type: string, fields?: Fields];

interface Waiting {
  id: string;
  [key: string]: unknown;
}

interface Page {
  cartograph?: { push(...calls: Call[]): unknown } & Partial<Iterable<Call>>;
  [layer: string]: unknown;
}

/** CALL_EVENTS are what tag managers hear of, as `cartograph_` and the name. */
const CALL_EVENTS = ['call_widget_opened', 'joined_queue', 'left_queue', 'call_started', 'call_ended'];
/** TOLD_ELSEWHERE are those of them that the gateway hears from whoever holds the call: no page may send them. */
const TOLD_ELSEWHERE = ['call_started', 'call_ended'];

const VISITOR = 'cartograph_visitor';
const SESSION = 'cartograph_session';
const YEAR = 365 * 24 * 60 * 60; // seconds
const GATHER = 250; // milliseconds in which events gather to be sent together
const LONGEST_PAUSE = 60_000; // milliseconds between two tries
const AT_ONCE = 50; // events
const MOST_BYTES = 48 << 10; // of one request: browsers send 64 KiB for a page that is closed
const MOST_WAITING = 1000; // events; beyond it the oldest are lost

const script = document.currentScript as HTMLScriptElement | null;
const page = window as unknown as Page;

function start(own: HTMLScriptElement, key: string): void {
  const address = new URL('ingest/events', own.src);
  address.searchParams.set('key', key);
  const layerName = own.dataset.layer ?? 'dataLayer';

  let waiting: Waiting[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sending = false;
  let failures = 0;

  function track(type: string, { data, at, ...subject }: Fields = {}): void {
    if (CALL_EVENTS.includes(type)) tellTagManagers(layerName, type, subject.callId, data);
    if (TOLD_ELSEWHERE.includes(type)) return;
    waiting.push({ id: uniqueId(), type, at: (at ?? new Date()).toISOString(), visitorId: visitor(), sessionId: session(), ...subject, ...(data && { data }) });
    if (waiting.length > MOST_WAITING) waiting = waiting.slice(-MOST_WAITING);
    later(GATHER);
  }

  function later(pause: number): void {
    if (!sending) timer ??= setTimeout(() => void send(), pause);
  }

  async function send(): Promise<void> {
    timer = undefined;
    const [batch, body] = request(waiting);
    if (!body) return;
    sending = true;
    const taken = await fetch(address, { method: 'POST', body, keepalive: true, credentials: 'omit' }).then(settled, () => false);
    sending = false;
    failures = taken ? 0 : failures + 1;
    if (taken) waiting = waiting.filter((event) => !batch.includes(event));
    if (waiting.length > 0) later(taken ? 0 : pauseAfter(failures));
  }

  /** leave sends what waits when the page may be gone at any moment. A page that stays sends it again, and hears whether it came: the gateway knows it by its id. */
  function leave(): void {
    let rest = waiting;
    while (rest.length > 0) {
      const [batch, body] = request(rest);
      if (!navigator.sendBeacon(address, body)) return;
      rest = rest.slice(batch.length);
    }
  }
  addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') leave();
  });

  const asked = page.cartograph;
  page.cartograph = {
    push: (...calls: Call[]) => calls.forEach((call) => track(...call)),
    track,
    get visitorId() { return visitor(); },
    get sessionId() { return session(); },
  } as Page['cartograph'];
  if (Array.isArray(asked)) page.cartograph?.push(...(asked as Call[]));
}

/** request returns the first of some events that fit into one request, and its body: text, which browsers send to another host without asking beforehand. */
function request(events: Waiting[]): [Waiting[], string] {
  const batch: Waiting[] = [];
  let body = '';
  for (const event of events.slice(0, AT_ONCE)) {
    const more = (body && `${body},`) + JSON.stringify(event);
    if (batch.length > 0 && new Blob([more]).size > MOST_BYTES) break;
    batch.push(event);
    body = more;
  }
  return [batch, body && `[${body}]`];
}

/** settled reports whether an answer leaves nothing to try again: what the gateway refused, it would refuse again. */
async function settled(answer: Response): Promise<boolean> {
  if (answer.status === 429 || answer.status >= 500) return false;
  const { rejected, message } = await answer.json().catch(() => ({}));
  if (message || rejected?.length > 0) console.warn('cartograph:', message ?? rejected);
  return true;
}

function pauseAfter(failures: number): number {
  return Math.min(LONGEST_PAUSE, 1000 * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
}

/** tellTagManagers pushes {event: 'cartograph_joined_queue', 'cartograph.queueId': ...}. */
function tellTagManagers(name: string, type: string, callId?: string, data: Record<string, unknown> = {}): void {
  const layer = (page[name] ??= []) as unknown[];
  const fields = Object.entries({ ...(callId && { callId }), ...data }).map(([key, value]) => [`cartograph.${key}`, value]);
  layer.push({ event: `cartograph_${type}`, ...Object.fromEntries(fields) });
}

/** visitor returns the id of this browser, kept for a year from the last event. */
let visitorId = '';
function visitor(): string {
  visitorId ||= document.cookie.match(new RegExp(`(?:^|; )${VISITOR}=([\\w-]{1,64})`))?.[1] ?? uniqueId();
  document.cookie = `${VISITOR}=${visitorId}; Max-Age=${YEAR}; Path=/; SameSite=Lax${location.protocol === 'https:' ? '; Secure' : ''}`;
  return visitorId;
}

/** session returns the id of this tab. */
let sessionId = '';
function session(): string {
  try {
    sessionId ||= sessionStorage.getItem(SESSION) ?? uniqueId();
    sessionStorage.setItem(SESSION, sessionId);
  } catch {
    sessionId ||= uniqueId(); // the browser keeps nothing
  }
  return sessionId;
}

if (script?.dataset.key) start(script, script.dataset.key);

export {};
