/** @jsxImportSource preact */
import { render } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import '../base.css';
import './carts.css';
import { uniqueId } from '../id.ts';
import { getToken, setToken } from '../token.ts';
import { Calls } from './calls.tsx';
import { Chat } from './chat.tsx';
import { AgentCart } from './agentcart.tsx';
import { clock, shortDate } from './face.ts';
import { Gateway, GatewayError } from './gateway.ts';
import { CallEndedDocument, CreateShopperTokenDocument, OneCallDocument, type OneCallQuery } from './generated/graphql.ts';
import { fromHash } from './hash.ts';
import { Header, Notice, useLink } from './parts.tsx';
import { ProductPicker } from './productpicker.tsx';
import { TokenForm } from './tokenform.tsx';
import { useCart } from './watchcart.ts';
import { tale } from './wording.ts';

type Call = NonNullable<OneCallQuery['call']>;

function AgentTool() {
  const [token, useToken] = useState(getToken());
  const gateway = useMemo(() => new Gateway(token), [token]);
  useEffect(() => () => gateway.close(), [gateway]);
  const { link, why } = useLink(gateway);

  const [callId, setCallId] = useState(fromHash('call'));
  useEffect(() => {
    const follow = () => setCallId(fromHash('call'));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);

  const enter = (given: string) => {
    setToken(given);
    useToken(getToken());
  };

  return (
    <>
      <Header title="Agent tool" link={link}>
        <a href=".">Playground</a>
        <a href={`shopper${callId ? `#call=${encodeURIComponent(callId)}` : ''}`}>Shopper’s page</a>
      </Header>
      {link === 'refused' ? (
        <TokenForm of="an agent: calls:read, carts:read, carts:write" why={token === '' ? '' : why} enter={enter} />
      ) : (
        <main class={`agent ${callId ? 'chosen' : ''}`}>
          <Calls gateway={gateway} chosen={callId} />
          {callId === '' ? (
            <section class="empty">
              <h2>Pick a call</h2>
              <p>Calls that are going on stand first. Ask for products, and watch what the shopper’s page answers.</p>
            </section>
          ) : (
            <CallDesk key={callId} gateway={gateway} callId={callId} />
          )}
        </main>
      )}
    </>
  );
}

/** CallDesk is all that an agent needs during one call: its products, its cart, its requests and its chat. */
function CallDesk({ gateway, callId }: { gateway: Gateway; callId: string }) {
  const [call, setCall] = useState<Call>();
  const [failure, setFailure] = useState('');
  const watched = useCart(gateway, callId);

  useEffect(() => {
    const failed = (error: GatewayError) => setFailure(error.message);
    const look = () => gateway.run(OneCallDocument, { id: callId }).then(
      ({ call: found }) => (found ? setCall(found) : setFailure(`There is no call ${callId}.`)),
      failed,
    );
    void look();
    return gateway.watch(CallEndedDocument, {}, ({ callEnded }) => {
      if (callEnded.callId === callId) void look();
    }, failed);
  }, [gateway, callId]);

  if (failure || watched.failure) {
    return (
      <section class="empty">
        <Back />
        <Notice text={failure || watched.failure!.message} />
      </section>
    );
  }
  const { cart } = watched;
  if (!call || !cart) return <section class="empty"><p>Loading the call …</p></section>;

  return (
    <>
      <section class="desk" aria-label="Call">
        <CallHead call={call} gateway={gateway} />
        {call.endedAt && <p class="hint">This call has ended. Its cart can be read, but no longer be asked to change.</p>}
        <ProductPicker gateway={gateway} call={call} cart={cart} />
        <Chat gateway={gateway} callId={callId} />
      </section>
      <section class="side" aria-label="Cart">
        <AgentCart gateway={gateway} watched={watched} ended={call.endedAt !== null} />
        <History watched={watched} />
      </section>
      <a class="tocart" href="#cart" onClick={(event) => {
        event.preventDefault();
        document.getElementById('cart')?.scrollIntoView({ behavior: 'smooth' });
      }}>
        Cart: {cart.items.reduce((n, item) => n + item.quantity, 0)}{cart.pendingRequests.length > 0 && ` · ${cart.pendingRequests.length} pending`}
      </a>
    </>
  );
}

function Back() {
  return <a class="back" href="#">‹ All calls</a>;
}

function CallHead({ call, gateway }: { call: Call; gateway: Gateway }) {
  const name = [call.shopper.firstName, call.shopper.lastName].filter(Boolean).join(' ') || 'A shopper';
  return (
    <div class="callhead">
      <Back />
      <div>
        <h2>{name}</h2>
        <p>
          {call.endedAt ? 'Ended' : <span class="onair">On call</span>} · {call.agent?.name ?? 'no agent'} · {call.queue?.name ?? 'booked meeting'}
          {call.startedAt && <> · {call.endedAt ? '' : 'since '}{shortDate(call.startedAt)}</>} · <code>{call.callId}</code>
        </p>
      </div>
      <ShopperLink gateway={gateway} callId={call.callId} />
    </div>
  );
}

/** ShopperLink makes the address that opens the shopper's page of this call, with a token that is good for it alone. */
function ShopperLink({ gateway, callId }: { gateway: Gateway; callId: string }) {
  const [made, setMade] = useState<{ href: string; expiresAt: string }>();
  const [failure, setFailure] = useState('');
  const [copied, setCopied] = useState(false);

  const make = async () => {
    setFailure('');
    try {
      const { createShopperToken: answer } = await gateway.run(CreateShopperTokenDocument, { input: { callId, clientMutationId: uniqueId() } });
      if (!answer.token) {
        setFailure(answer.userErrors[0]?.message ?? 'No token was made.');
        return;
      }
      const address = new URL('shopper', document.baseURI);
      address.hash = new URLSearchParams({ call: callId, token: answer.token }).toString();
      setMade({ href: address.href, expiresAt: answer.expiresAt! });
    } catch (error) {
      setFailure((error as GatewayError).message);
    }
  };
  const copy = () => navigator.clipboard?.writeText(made!.href).then(() => setCopied(true), () => undefined);

  if (!made) {
    return (
      <div class="invite">
        <button type="button" class="primary" onClick={make}>Invite the shopper</button>
        {failure && <Notice text={failure} />}
      </div>
    );
  }
  return (
    <div class="invite">
      <a class="button" href={made.href} target="_blank" rel="noopener">Open shopper’s page</a>
      <button type="button" class="quiet" onClick={copy}>{copied ? 'Copied' : 'Copy link'}</button>
      <small>For this call only, until {shortDate(made.expiresAt)}</small>
    </div>
  );
}

function History({ watched: { updates } }: { watched: ReturnType<typeof useCart> }) {
  const told = updates.filter(({ kind }) => kind !== 'NO_UPDATE_YET');
  if (told.length === 0) return null;
  return (
    <details class="card history">
      <summary>Every version <span class="count">{told.length}</span></summary>
      <ol>
        {told.map((update) => (
          <li key={update.version}>
            <span class="version">v{update.version}</span> <span>{tale(update)}</span> {update.at && <time dateTime={update.at}>{clock(update.at)}</time>}
          </li>
        ))}
      </ol>
    </details>
  );
}

const root = document.getElementById('root')!;
root.replaceChildren();
render(<AgentTool />, root);
