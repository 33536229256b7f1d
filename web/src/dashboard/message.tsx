/** @jsxImportSource preact */
import { date, type Zone } from './format.ts';
import type { ChatLineFragment } from './generated/graphql.ts';
import { Toolbar, type Tool } from './toolbar.tsx';

/** Decision is what a moderator can decide about a message or its author. */
export type Decision = 'DELETE' | 'RESTORE' | 'DISPLAY' | 'HIDE' | 'BAN' | 'UNBAN';

/** Message is one message of the chat; moderators have tools below it. */
export function Message({ of, zone, busy, decide }: { of: ChatLineFragment; zone: Zone; busy: boolean; decide?: (decision: Decision) => void }) {
  const name = of.authorName ?? (of.author === 'BRAND' ? 'The brand' : 'A viewer');
  const marks = [of.question && 'Question', of.displayed && 'Displayed to the host', of.deleted && 'Deleted', of.banned && 'Banned'].filter(Boolean);
  return (
    <li class={`message by-${of.author.toLowerCase()} ${of.deleted || of.banned ? 'gone' : ''}`} data-message={of.id}>
      <div>
        <p class="by">
          <strong>{name}</strong>
          <time dateTime={of.sentAt}>{date(of.sentAt, zone, 'minute')}</time>
          {marks.map((mark) => <span key={mark} class={`mark ${mark === 'Deleted' || mark === 'Banned' ? 'bad' : ''}`}>{mark}</span>)}
        </p>
        {of.parent && <blockquote>{of.parent.authorName && <strong>{of.parent.authorName}: </strong>}{of.parent.text}</blockquote>}
        <p>{of.text}</p>
      </div>
      {decide && <Toolbar label={`Moderate the message of ${name}`} busy={busy} tools={toolsOf(of, decide)} />}
    </li>
  );
}

function toolsOf({ deleted, displayed, banned, visitorId, author }: ChatLineFragment, decide: (decision: Decision) => void): Tool[] {
  const tools = [
    deleted ? { title: 'Restore', use: () => decide('RESTORE') } : { title: 'Delete', use: () => decide('DELETE') },
    displayed ? { title: 'Hide', use: () => decide('HIDE') } : { title: 'Display', use: () => decide('DISPLAY') },
  ];
  if (author !== 'VIEWER' || visitorId === null) return tools;
  return [...tools, banned ? { title: 'Take ban back', use: () => decide('UNBAN') } : { title: 'Ban viewer', use: () => decide('BAN') }];
}
