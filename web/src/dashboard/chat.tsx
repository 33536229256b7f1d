/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks';
import type { Gateway, GatewayError } from '../carts/gateway.ts';
import { Notice } from '../carts/parts.tsx';
import { counted, type Zone } from './format.ts';
import { BanDocument, MessageAddedDocument, ModerateDocument, ModeratedDocument, UnbanDocument, type ChatFilter, type ChatLineFragment, type ChatQuery } from './generated/graphql.ts';
import { Message, type Decision } from './message.tsx';

type Chat = NonNullable<ChatQuery['liveEvent']>['chat'];

/** Page is which messages are shown: what a filter finds, before a cursor. */
export type Page = { filter: ChatFilter; /** before are the cursors of the pages that led here, the last one first shown. */ before: string[] };

export const PAGE = 50; // messages

const filters: { name: ChatFilter; title: string; moderators?: boolean }[] = [
  { name: 'ALL', title: 'All' },
  { name: 'QUESTIONS', title: 'Questions' },
  { name: 'DISPLAYED', title: 'Displayed' },
  { name: 'DELETED', title: 'Deleted', moderators: true },
  { name: 'BANNED', title: 'Banned', moderators: true },
];

type Shown = { gateway: Gateway; eventId: string; of: Chat; page: Page; turn: (page: Page) => void; moderator: boolean; zone: Zone; reload: () => void };

/** ChatView shows the chat a page at a time, the latest first, and lets moderators decide. */
export function ChatView({ gateway, eventId, of, page, turn, moderator, zone, reload }: Shown) {
  const { busy, said, failure, decide } = useModeration(gateway, eventId, reload);
  useNews(gateway, eventId, reload);

  return (
    <section class="card wide" aria-label="Chat">
      <div class="cardhead">
        <fieldset class="filters">
          <legend class="unseen">Which messages</legend>
          {filters.filter(({ moderators }) => moderator || !moderators).map(({ name, title }) => (
            <label key={name}>
              <input type="radio" name="filter" checked={page.filter === name} onChange={() => turn({ filter: name, before: [] })} />
              <span>{title}</span>
            </label>
          ))}
        </fieldset>
        <small>{counted(of.totalCount, 'message')}</small>
      </div>
      {!moderator && <p class="hint">To moderate, use a token with the scope chat:moderate.</p>}
      <p class="unseen" role="status">{said}</p>
      {failure && <Notice text={failure} />}
      {of.nodes.length === 0 ? <p class="hint none">No messages here.</p> : (
        <ol class="messages" aria-label="Messages, the latest first">
          {[...of.nodes].reverse().map((message) => (
            <Message key={message.id} of={message} zone={zone} busy={busy} decide={moderator ? (decision) => void decide(decision, message) : undefined} />
          ))}
        </ol>
      )}
      {(page.before.length > 0 || of.pageInfo.hasPreviousPage) && (
        <nav class="pages" aria-label="Pages of the chat">
          <button type="button" disabled={page.before.length === 0} onClick={() => turn({ ...page, before: page.before.slice(0, -1) })}>Later</button>
          <button type="button" disabled={!of.pageInfo.hasPreviousPage} onClick={() => turn({ ...page, before: [...page.before, of.pageInfo.startCursor!] })}>Earlier</button>
        </nav>
      )}
    </section>
  );
}

const done: Record<Decision, string> = {
  DELETE: 'The message is deleted.',
  RESTORE: 'The message is restored.',
  DISPLAY: 'The message is displayed to the host.',
  HIDE: 'The message is no longer displayed to the host.',
  BAN: 'The viewer is banned.',
  UNBAN: 'The ban is taken back.',
};

/** useModeration carries decisions out, one at a time. */
function useModeration(gateway: Gateway, eventId: string, reload: () => void) {
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const [failure, setFailure] = useState('');

  const decide = async (decision: Decision, message: ChatLineFragment) => {
    setBusy(true);
    setFailure('');
    try {
      const errors = await send(gateway, eventId, decision, message);
      if (errors[0]) setFailure(errors[0].message);
      else setSaid(done[decision]);
      reload();
    } catch (error) {
      setFailure((error as GatewayError).message);
    }
    setBusy(false);
  };
  return { busy, said, failure, decide };
}

async function send(gateway: Gateway, liveEventId: string, decision: Decision, { id: messageId }: ChatLineFragment): Promise<{ message: string }[]> {
  if (decision === 'BAN') return (await gateway.run(BanDocument, { input: { liveEventId, messageId } })).banViewer.userErrors;
  if (decision === 'UNBAN') return (await gateway.run(UnbanDocument, { input: { liveEventId, messageId } })).unbanViewer.userErrors;
  return (await gateway.run(ModerateDocument, { input: { messageId, action: decision } })).moderateChatMessage.userErrors;
}

const CALM = 500; // milliseconds: a burst of messages is one look

/** useNews looks again when a message was written or something was decided, by whomever. */
function useNews(gateway: Gateway, eventId: string, reload: () => void) {
  useEffect(() => {
    let due: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      due ??= setTimeout(() => {
        due = undefined;
        reload();
      }, CALM);
    };
    const stops = [
      gateway.watch(MessageAddedDocument, { id: eventId }, soon, () => undefined),
      gateway.watch(ModeratedDocument, { id: eventId }, soon, () => undefined),
    ];
    return () => {
      clearTimeout(due);
      for (const stop of stops) stop();
    };
  }, [gateway, eventId, reload]);
}
