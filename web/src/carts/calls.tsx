/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks';
import { shortDate } from './face.ts';
import type { Gateway, GatewayError } from './gateway.ts';
import { CallEndedDocument, CallStartedDocument, LatestCallsDocument, type CallHeadFragment } from './generated/graphql.ts';
import { Notice } from './parts.tsx';

const SHOWN = 60;

/** Calls lists the latest calls, those that go on first, and keeps up with calls that start and end. */
export function Calls({ gateway, chosen }: { gateway: Gateway; chosen: string }) {
  const [calls, setCalls] = useState<CallHeadFragment[]>();
  const [failure, setFailure] = useState('');
  const [words, setWords] = useState('');

  useEffect(() => {
    const failed = (error: GatewayError) => setFailure(error.message);
    const put = (call: CallHeadFragment) =>
      setCalls((before = []) => [call, ...before.filter(({ callId }) => callId !== call.callId)]);
    gateway.run(LatestCallsDocument, { first: SHOWN }).then(({ calls: { nodes } }) => setCalls(nodes), failed);
    const stops = [
      gateway.watch(CallStartedDocument, {}, ({ callStarted }) => put(callStarted), failed),
      gateway.watch(CallEndedDocument, {}, ({ callEnded }) => put(callEnded), failed),
    ];
    return () => stops.forEach((stop) => stop());
  }, [gateway]);

  const found = (calls ?? [])
    .filter((call) => textOf(call).includes(words.trim().toLowerCase()))
    .sort((a, b) => Number(a.endedAt !== null) - Number(b.endedAt !== null) || ((a.startedAt ?? '') < (b.startedAt ?? '') ? 1 : -1));

  return (
    <aside class="calls" aria-label="Calls">
      <form role="search" onSubmit={(event) => {
        event.preventDefault();
        const id = found[0]?.callId ?? words.trim();
        if (id) location.hash = hashOf(id);
      }}>
        <input type="search" aria-label="Find a call by shopper, agent, queue or id" placeholder="Find a call"
          value={words} onInput={(event) => setWords(event.currentTarget.value)} />
      </form>
      {failure && <Notice text={failure} dismiss={() => setFailure('')} />}
      {!calls && !failure && <p class="hint">Loading the calls …</p>}
      {calls && found.length === 0 && <p class="hint">None of the latest {calls.length} calls. Enter opens the call with this id.</p>}
      <ul>
        {found.map((call) => (
          <li key={call.callId}>
            <a href={`#${hashOf(call.callId)}`} aria-current={call.callId === chosen ? 'page' : undefined} class={call.endedAt ? 'ended' : 'running'}>
              <strong>{nameOf(call)}</strong>
              <small>
                {call.endedAt ? 'Ended' : <span class="onair">On call</span>} · {call.agent?.name ?? 'no agent'}
                <br />
                {call.queue?.name ?? 'Booked meeting'}{call.startedAt && ` · ${shortDate(call.startedAt)}`}
              </small>
            </a>
          </li>
        ))}
      </ul>
    </aside>
  );
}

function hashOf(callId: string): string {
  return new URLSearchParams({ call: callId }).toString();
}

function nameOf({ shopper, callId }: CallHeadFragment): string {
  return [shopper.firstName, shopper.lastName].filter(Boolean).join(' ') || callId;
}

function textOf(call: CallHeadFragment): string {
  return [nameOf(call), call.agent?.name, call.queue?.name, call.callId].join(' ').toLowerCase();
}
