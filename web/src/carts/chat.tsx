/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks';
import { clock } from './face.ts';
import type { Gateway } from './gateway.ts';
import { ChatMessageAddedDocument, LatestMessagesDocument, type MessageFragment } from './generated/graphql.ts';

/** Chat shows what was written in the call, and what is being written. */
export function Chat({ gateway, callId }: { gateway: Gateway; callId: string }) {
  const [messages, setMessages] = useState<MessageFragment[]>([]);

  useEffect(() => {
    const put = (...more: MessageFragment[]) =>
      setMessages((before) => [...new Map([...before, ...more].map((message) => [message.messageId, message])).values()]
        .sort((a, b) => (a.sentAt < b.sentAt ? -1 : 1)));
    gateway.run(LatestMessagesDocument, { callId }).then(({ chatMessages: { nodes } }) => put(...nodes), () => undefined);
    return gateway.watch(ChatMessageAddedDocument, { callId }, ({ chatMessageAdded }) => put(chatMessageAdded), () => undefined);
  }, [gateway, callId]);

  if (messages.length === 0) return null;
  return (
    <details class="card chat">
      <summary>Chat <span class="count">{messages.length}</span></summary>
      <ol>
        {messages.map(({ messageId, author, authorName, text, sentAt }) => (
          <li key={messageId} class={author === 'AGENT' ? 'mine' : ''}>
            <small>{authorName ?? (author === 'AGENT' ? 'Agent' : 'Shopper')} · <time dateTime={sentAt}>{clock(sentAt)}</time></small>
            <span>{text}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}
