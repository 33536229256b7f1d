/** @jsxImportSource preact */
import { render } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import '../base.css';
import './dashboard.css';
import { Gateway } from '../carts/gateway.ts';
import { Header, useLink } from '../carts/parts.tsx';
import { TokenForm } from '../carts/tokenform.tsx';
import { getToken, setToken } from '../token.ts';
import { useAddress } from './address.ts';
import { Desk } from './desk.tsx';
import { EventsDocument, type EventsQuery } from './generated/graphql.ts';
import { Empty, Failure, Loading } from './states.tsx';
import { useAnswer } from './useanswer.ts';

const EVENTS = 100; // to pick from, the latest; others are named in the address
const LOOK = 30_000; // milliseconds between two looks whether an event has started or ended

function Dashboard() {
  const [token, useToken] = useState(getToken());
  const gateway = useMemo(() => new Gateway(token), [token]);
  useEffect(() => () => gateway.close(), [gateway]);
  const { link, why } = useLink(gateway);

  const enter = (given: string) => {
    setToken(given);
    useToken(getToken());
  };
  return (
    <>
      <Header title="Live events" link={link}>
        <a href=".">Playground</a>
        <a href="agent">Agent tool</a>
      </Header>
      {link === 'refused' ? (
        <TokenForm of="somebody who may see live events: events:read" why={token === '' ? '' : why} enter={enter} />
      ) : (
        <main class="dashboard"><Events gateway={gateway} /></main>
      )}
    </>
  );
}

/** Events shows the event of the address, or else the one that matters most now. */
function Events({ gateway }: { gateway: Gateway }) {
  const address = useAddress();
  const { data, error, reload } = useAnswer(gateway, EventsDocument, { first: EVENTS, id: address.event, named: address.event !== '' });
  const event = data && (address.event === '' ? latest(data) : named(data, address.event));

  const over = !event || event.phase === 'REPLAY';
  useEffect(() => {
    if (over) return;
    const timer = setInterval(() => document.hidden || reload(), LOOK);
    return () => clearInterval(timer);
  }, [over, reload]);

  if (error) return <Failure error={error} again={reload} />;
  if (!data) return <Loading what="live events" />;
  if (!event && address.event !== '') return <Empty title="There is no such live event"><a href="#">Show the latest</a></Empty>;
  if (!event) return <Empty title="There are no live events yet">They come with the catalog: see POST /ingest/catalog.</Empty>;
  return <Desk key={event.liveEventId} gateway={gateway} address={address} event={event} events={data.liveEvents.nodes} scopes={data.viewer.scopes} refresh={reload} />;
}

/** latest is the event on air, or else the one that was last, or else the next one. */
function latest({ liveEvents: { nodes } }: EventsQuery) {
  return nodes.find(({ phase }) => phase === 'LIVE') ?? nodes.find(({ phase }) => phase === 'REPLAY') ?? nodes[0];
}

function named({ liveEvent, liveEvents: { nodes } }: EventsQuery, id: string) {
  return [...(liveEvent ? [liveEvent] : []), ...nodes].find(({ liveEventId }) => liveEventId === id || `LiveEvent:${liveEventId}` === id);
}

const root = document.getElementById('root')!;
root.replaceChildren();
render(<Dashboard />, root);
