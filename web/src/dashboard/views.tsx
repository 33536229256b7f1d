/** @jsxImportSource preact */
import type { ComponentType } from 'preact';
import { useState } from 'preact/hooks';
import type { View as Name } from './address.ts';
import { Broadcast } from './broadcast.tsx';
import { ChatView, PAGE, type Page } from './chat.tsx';
import { BroadcastDocument, ChatDocument, PreliveDocument, ReplayDocument } from './generated/graphql.ts';
import { Prelive } from './prelive.tsx';
import { Replay } from './replay.tsx';
import { stepOf } from './span.ts';
import { useAnswer } from './useanswer.ts';
import { LiveMark, useLiveFigures } from './uselivefigures.tsx';
import { View, type Given } from './view.tsx';

/** viewOf has for each view what asks its one query and shows the answer. */
export const viewOf: Record<Name, ComponentType<Given>> = {
  prelive: PreliveView,
  live: BroadcastView,
  replay: ReplayView,
  chat: ChatOfEvent,
};

function PreliveView(given: Given) {
  const { gateway, event, period, zone } = given;
  const granularity = stepOf('prelive', event, period);
  const variables = { id: event.liveEventId, period, granularity, timeZone: zone };
  const answer = useAnswer(gateway, PreliveDocument, variables);
  return (
    <View name="prelive" given={given} operation={PreliveDocument} variables={variables} answer={answer}>
      {({ prelive }) => <Prelive of={prelive} granularity={granularity} zone={zone} />}
    </View>
  );
}

function BroadcastView(given: Given) {
  const { gateway, event, zone, refresh } = given;
  const granularity = stepOf('live', event, null);
  const variables = { id: event.liveEventId, granularity, timeZone: zone };
  const answer = useAnswer(gateway, BroadcastDocument, variables);
  const moving = useLiveFigures(gateway, event, granularity, zone, refresh);
  return (
    <View name="live" given={given} operation={BroadcastDocument} variables={variables} answer={answer}>
      {(shown) => (
        <>
          {moving && <LiveMark at={moving.at} zone={zone} />}
          <Broadcast event={shown} of={moving?.figures ?? shown.live} interactions={shown.interactions} granularity={granularity} zone={zone} />
        </>
      )}
    </View>
  );
}

function ReplayView(given: Given) {
  const { gateway, event, period, zone } = given;
  const granularity = stepOf('replay', event, period);
  const variables = { id: event.liveEventId, period, granularity, timeZone: zone };
  const answer = useAnswer(gateway, ReplayDocument, variables);
  return (
    <View name="replay" given={given} operation={ReplayDocument} variables={variables} answer={answer}>
      {(shown) => <Replay event={shown} granularity={granularity} zone={zone} />}
    </View>
  );
}

function ChatOfEvent(given: Given) {
  const { gateway, event, zone, moderator } = given;
  const [page, turn] = useState<Page>({ filter: 'ALL', before: [] });
  const variables = { id: event.liveEventId, filter: page.filter, last: PAGE, before: page.before.at(-1) ?? null };
  const answer = useAnswer(gateway, ChatDocument, variables);
  return (
    <View name="chat" given={given} operation={ChatDocument} variables={variables} answer={answer}>
      {({ chat }) => (
        <ChatView gateway={gateway} eventId={event.liveEventId} of={chat} page={page} turn={turn} moderator={moderator} zone={zone} reload={answer.reload} />
      )}
    </View>
  );
}
