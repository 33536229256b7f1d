/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Input of `banViewer`. Exactly one of `visitorId` and `messageId` must be given. */
export type BanViewerInput = {
  /** Given back in the payload. */
  clientMutationId?: string | null | undefined;
  /** Global or native id of the live event. A ban holds for this event alone. */
  liveEventId: string | number;
  /** Global id of a message of the live event, whose author is meant. */
  messageId?: string | number | null | undefined;
  /** The viewer's browser. It may be one that has written nothing yet. */
  visitorId?: string | null | undefined;
};

/** Which calls a list shows. All conditions must hold; a condition left out holds for every call. */
export type CallFilter = {
  /** Taken by one of these agents (global or native ids, at most 100). */
  agentIds?: Array<string | number> | null | undefined;
  /** Made by this browser. */
  clientId?: string | null | undefined;
  /** Leave out accepted calls under 20 seconds. */
  excludeShortCalls?: boolean | null | undefined;
  /** Leave out missed calls that waited under 5 seconds. */
  excludeShortWaits?: boolean | null | undefined;
  /** Leave out calls marked as tests. */
  excludeTestCalls?: boolean | null | undefined;
  /** The call's time (see `Call.time`) lies in this period. */
  period?: PeriodInput | null | undefined;
  /** Came through one of these queues (global or native ids, at most 100). */
  queueIds?: Array<string | number> | null | undefined;
  /** Only calls that go on (true), or only others (false): accepted ones whose end is not known. */
  running?: boolean | null | undefined;
  /** A word of the shopper's name, e-mail address or phone number begins so, upper or lower case. Needs the scope `pii:read`. */
  shopper?: string | null | undefined;
  /** A product with this SKU was presented, put into the cart, checked out or tried on. */
  sku?: string | null | undefined;
  /** Accepted or missed. */
  status?: CallStatus | null | undefined;
  /** Only calls marked as tests (true), or only others (false), which `excludeTestCalls` does too. */
  test?: boolean | null | undefined;
  /** By a queue or a booking. */
  type?: CallType | null | undefined;
};

/** Whether a call was answered. */
export type CallStatus =
  /** Shopper and agent were connected, drop-in or booked. */
  | 'ACCEPTED'
  /** The shopper entered a queue and nobody answered. */
  | 'MISSED';

/** How the shopper came to the call. */
export type CallType =
  /** By a booked meeting. */
  | 'BOOKED_MEETING'
  /** By a queue (drop-in). */
  | 'QUEUE';

/**
 * Which messages of a chat are listed and counted. Without the scope `chat:moderate`, deleted messages and those of banned
 * viewers are in no list. The chat of a call has no moderation: of it, only ALL and QUESTIONS find something.
 */
export type ChatFilter =
  /** All messages, the brand's answers among them. */
  | 'ALL'
  /** Messages of viewers who are banned from the live event, from before and after the ban. Needs the scope `chat:moderate`. */
  | 'BANNED'
  /** Messages that moderators deleted and did not restore. Needs the scope `chat:moderate`. */
  | 'DELETED'
  /** Messages that moderators chose to be displayed to the host of the broadcast and did not hide again. */
  | 'DISPLAYED'
  /** Messages of viewers and shoppers with an ASCII question mark, deleted ones among them where those are seen. */
  | 'QUESTIONS';

/** The form of a file. */
export type ExportFormat =
  /** Comma-separated values; of a live event one sheet. */
  | 'CSV'
  /** A spreadsheet. */
  | 'XLSX';

/** What an export is of. */
export type ExportKind =
  /** Calls, in the columns of the call-stats export. Needs `calls:read`. */
  | 'CALLS'
  /** One live event. Needs `events:read`. */
  | 'LIVE_EVENT';

/** A part of the export of a live event. */
export type ExportSheet =
  /** Every metric of the three phases, a row each. */
  | 'ANALYTICS'
  /** The chat, a row for each message. */
  | 'MESSAGES'
  /** Every visitor, a row each; who they are is personal. */
  | 'USERS';

/** How far an export is. */
export type ExportState =
  /** It was written as a whole. */
  | 'DONE'
  /** Its link was never opened, and may not be any more. */
  | 'EXPIRED'
  /** The download was broken off: `failure` says why. */
  | 'FAILED'
  /** It is being written. */
  | 'RUNNING'
  /** Its link was not opened yet. */
  | 'WAITING';

/** The width of the steps of a series. */
export type Granularity =
  /** Days of the time zone. */
  | 'DAY'
  /** Hours of the time zone. */
  | 'HOUR'
  /** Clock minutes. */
  | 'MINUTE'
  /** Months of the time zone. */
  | 'MONTH'
  /** Weeks of the time zone, from Monday. */
  | 'WEEK';

/** What an interaction is. */
export type InteractionType =
  /** A question with options. */
  | 'POLL'
  /** A draw with prizes. */
  | 'WINNING_INSTANT';

/** The part of its life that a live event is in. */
export type LivePhase =
  /** The broadcast. */
  | 'LIVE'
  /** Before the broadcast. */
  | 'PRELIVE'
  /** After the broadcast. */
  | 'REPLAY';

/** Who wrote a chat message. */
export type MessageAuthor =
  /** The agent of a call. */
  | 'AGENT'
  /** The brand, in a live event. */
  | 'BRAND'
  /** The shopper of a call. */
  | 'SHOPPER'
  /** A viewer of a live event. */
  | 'VIEWER';

/** Input of `moderateChatMessage`. */
export type ModerateChatMessageInput = {
  /** What is decided. To decide the same again changes nothing. */
  action: ModerationAction;
  /** Given back in the payload. */
  clientMutationId?: string | null | undefined;
  /** Global id of a message of a live event. */
  messageId: string | number;
};

/** What a moderator can decide about a message. */
export type ModerationAction =
  /** It is deleted: only moderators see it from now on. */
  | 'DELETE'
  /** It is displayed to the host of the broadcast. */
  | 'DISPLAY'
  /** It is no longer displayed to the host. */
  | 'HIDE'
  /** It is no longer deleted. */
  | 'RESTORE';

/** A half-open span of time: `start` belongs to it, `end` does not. */
export type PeriodInput = {
  /** The first moment after it; must lie after `start`. */
  end: string;
  /** The first moment that belongs to it. */
  start: string;
};

/** Input of `requestExport`. */
export type RequestExportInput = {
  /** Given back in the payload. Every export is a new one. */
  clientMutationId?: string | null | undefined;
  /** Which calls; only for `CALLS`. */
  filter?: CallFilter | null | undefined;
  /** The form of the file. */
  format: ExportFormat;
  /** What to export. */
  kind: ExportKind;
  /** Global or native id of the live event; only for `LIVE_EVENT`. */
  liveEventId?: string | number | null | undefined;
  /** The period: of calls by their time; of a live event it restricts prelive, replay, users and messages, while the metrics of the live phase are always whole. Everything if left out. */
  period?: PeriodInput | null | undefined;
  /** Which sheets, all if left out; only for `LIVE_EVENT`. A CSV has one. */
  sheets?: Array<ExportSheet> | null | undefined;
};

/** Input of `unbanViewer`. Exactly one of `visitorId` and `messageId` must be given. */
export type UnbanViewerInput = {
  /** Given back in the payload. */
  clientMutationId?: string | null | undefined;
  /** Global or native id of the live event. */
  liveEventId: string | number;
  /** Global id of a message of the live event, whose author is meant. */
  messageId?: string | number | null | undefined;
  /** The viewer's browser. */
  visitorId?: string | null | undefined;
};

/** What a video shows. */
export type VideoKind =
  /** The part about one product. */
  | 'PRODUCT_SEQUENCE'
  /** The whole broadcast. */
  | 'REPLAY';

/** Whether a video can be downloaded. */
export type VideoState =
  /** Not yet. */
  | 'PROCESSING'
  /** Yes. */
  | 'READY';

export type EventsQueryVariables = Exact<{
  first: number;
  id: string | number;
  named: boolean;
}>;


export type EventsQuery = { viewer: { scopes: Array<string> }, liveEvents: { nodes: Array<{ liveEventId: string, name: string, phase: LivePhase, scheduledAt: string | null, startedAt: string | null, endedAt: string | null, timeZone: string | null }> }, liveEvent?: { liveEventId: string, name: string, phase: LivePhase, scheduledAt: string | null, startedAt: string | null, endedAt: string | null, timeZone: string | null } | null };

export type EventHeadFragment = { liveEventId: string, name: string, phase: LivePhase, scheduledAt: string | null, startedAt: string | null, endedAt: string | null, timeZone: string | null };

export type PreliveQueryVariables = Exact<{
  id: string | number;
  period?: PeriodInput | null | undefined;
  granularity: Granularity;
  timeZone: string;
}>;


export type PreliveQuery = { liveEvent: { liveEventId: string, name: string, phase: LivePhase, scheduledAt: string | null, startedAt: string | null, endedAt: string | null, timeZone: string | null, prelive: { audience: { totalVisitors: number, uniqueVisitors: number, averageSession: number | null, shares: number }, evolution: Array<{ viewers: number, smsSubscriptions: number, calendarSubscriptions: number, period: { start: string, end: string } }>, productWidget: { totalViews: number, uniqueViews: number, clicks: number, clickRate: { value: number | null, numerator: number, denominator: number } }, teasingVideo: { totalWatch: number, uniqueWatch: number, averageWatchTime: number | null }, devices: { desktop: { value: number | null, numerator: number, denominator: number }, mobile: { value: number | null, numerator: number, denominator: number }, tablet: { value: number | null, numerator: number, denominator: number } }, trafficSources: Array<{ source: string | null, sessions: number, share: { value: number | null, numerator: number, denominator: number } }>, alertingFunnel: { audienceReach: number, uniqueViewers: number, alertingModal: number, alertingValidation: number }, alerting: { smsAlerts: number, calendarAlerts: number, commercialOptins: number, smsAlertingRate: { value: number | null, numerator: number, denominator: number }, calendarAlertingRate: { value: number | null, numerator: number, denominator: number }, retargetingRate: { value: number | null, numerator: number, denominator: number } }, products: Array<{ sku: string, order: number | null, appearances: Array<{ start: string, end: string }>, product: { name: string, brandName: string | null }, metrics: { presented: number, clicks: number, addedToCart: number, removedFromCart: number, purchases: number, quantitySold: number, sales: Array<{ amount: string, currency: string }>, clickRate: { value: number | null, numerator: number, denominator: number }, addToCartRate: { value: number | null, numerator: number, denominator: number }, purchaseRate: { value: number | null, numerator: number, denominator: number } } }> } } | null };

export type BroadcastQueryVariables = Exact<{
  id: string | number;
  granularity: Granularity;
  timeZone: string;
}>;


export type BroadcastQuery = { liveEvent: { liveEventId: string, name: string, phase: LivePhase, scheduledAt: string | null, startedAt: string | null, endedAt: string | null, timeZone: string | null, live: { general: { liveDuration: number | null, messages: number, questions: number, brandAnswers: number, likes: number, shares: number, engagementRate: { value: number | null, numerator: number, denominator: number }, chatParticipationRate: { value: number | null, numerator: number, denominator: number }, chatQuestionRate: { value: number | null, numerator: number, denominator: number } }, audience: { totalViewers: number, uniqueViewers: number, maxViewers: number, averageViewers: number | null, averageSession: number | null }, evolution: Array<{ viewers: number, productClicks: number, purchases: number, period: { start: string, end: string } }>, productWidget: { totalViews: number, uniqueViews: number, clicks: number, clickRate: { value: number | null, numerator: number, denominator: number } }, floatingPlayerWidget: { totalViews: number, uniqueViews: number, clicks: number, clickRate: { value: number | null, numerator: number, denominator: number } }, devices: { desktop: { value: number | null, numerator: number, denominator: number }, mobile: { value: number | null, numerator: number, denominator: number }, tablet: { value: number | null, numerator: number, denominator: number } }, trafficSources: Array<{ source: string | null, sessions: number, share: { value: number | null, numerator: number, denominator: number } }>, conversionFunnel: { audienceReach: number, uniqueViewers: number, purchases: number }, business: { catalogOpened: number, productClicks: number, viewersProductClicks: number, addToCarts: number, cartsCreated: number, purchases: number, productClicksRate: { value: number | null, numerator: number, denominator: number }, cartsCreatedRate: { value: number | null, numerator: number, denominator: number }, totalCartsAmount: Array<{ amount: string, currency: string }>, averageCart: Array<{ amount: string, currency: string }>, maximumCart: Array<{ amount: string, currency: string }>, minimumCart: Array<{ amount: string, currency: string }>, purchasesRate: { value: number | null, numerator: number, denominator: number }, totalSales: Array<{ amount: string, currency: string }>, productSales: Array<{ amount: string, currency: string }>, otherSales: Array<{ amount: string, currency: string }>, averagePurchase: Array<{ amount: string, currency: string }>, maximumPurchase: Array<{ amount: string, currency: string }>, minimumPurchase: Array<{ amount: string, currency: string }> }, products: Array<{ sku: string, order: number | null, appearances: Array<{ start: string, end: string }>, product: { name: string, brandName: string | null }, metrics: { presented: number, clicks: number, addedToCart: number, removedFromCart: number, purchases: number, quantitySold: number, sales: Array<{ amount: string, currency: string }>, clickRate: { value: number | null, numerator: number, denominator: number }, addToCartRate: { value: number | null, numerator: number, denominator: number }, purchaseRate: { value: number | null, numerator: number, denominator: number } } }>, satisfaction: { audienceReach: number, attendees: number, viewersSatisfaction: number | null, comments: number, responseRate: { value: number | null, numerator: number, denominator: number }, distribution: Array<{ rating: number, count: number }> } }, interactions: Array<{ interactionId: string, type: InteractionType, question: string | null, statistics:
        | { __typename: 'PollStatistics', answers: number, participants: number, options: Array<{ option: string, answers: number, share: { value: number | null, numerator: number, denominator: number } }> }
        | { __typename: 'WinningInstantStatistics', winners: number, players: number, winningRate: { value: number | null, numerator: number, denominator: number } }
       }> } | null };

export type LiveFiguresSubscriptionVariables = Exact<{
  id: string | number;
  every: number;
  granularity: Granularity;
  timeZone: string;
}>;


export type LiveFiguresSubscription = { liveMetrics: { general: { liveDuration: number | null, messages: number, questions: number, brandAnswers: number, likes: number, shares: number, engagementRate: { value: number | null, numerator: number, denominator: number }, chatParticipationRate: { value: number | null, numerator: number, denominator: number }, chatQuestionRate: { value: number | null, numerator: number, denominator: number } }, audience: { totalViewers: number, uniqueViewers: number, maxViewers: number, averageViewers: number | null, averageSession: number | null }, evolution: Array<{ viewers: number, productClicks: number, purchases: number, period: { start: string, end: string } }>, productWidget: { totalViews: number, uniqueViews: number, clicks: number, clickRate: { value: number | null, numerator: number, denominator: number } }, floatingPlayerWidget: { totalViews: number, uniqueViews: number, clicks: number, clickRate: { value: number | null, numerator: number, denominator: number } }, devices: { desktop: { value: number | null, numerator: number, denominator: number }, mobile: { value: number | null, numerator: number, denominator: number }, tablet: { value: number | null, numerator: number, denominator: number } }, trafficSources: Array<{ source: string | null, sessions: number, share: { value: number | null, numerator: number, denominator: number } }>, conversionFunnel: { audienceReach: number, uniqueViewers: number, purchases: number }, business: { catalogOpened: number, productClicks: number, viewersProductClicks: number, addToCarts: number, cartsCreated: number, purchases: number, productClicksRate: { value: number | null, numerator: number, denominator: number }, cartsCreatedRate: { value: number | null, numerator: number, denominator: number }, totalCartsAmount: Array<{ amount: string, currency: string }>, averageCart: Array<{ amount: string, currency: string }>, maximumCart: Array<{ amount: string, currency: string }>, minimumCart: Array<{ amount: string, currency: string }>, purchasesRate: { value: number | null, numerator: number, denominator: number }, totalSales: Array<{ amount: string, currency: string }>, productSales: Array<{ amount: string, currency: string }>, otherSales: Array<{ amount: string, currency: string }>, averagePurchase: Array<{ amount: string, currency: string }>, maximumPurchase: Array<{ amount: string, currency: string }>, minimumPurchase: Array<{ amount: string, currency: string }> }, products: Array<{ sku: string, order: number | null, appearances: Array<{ start: string, end: string }>, product: { name: string, brandName: string | null }, metrics: { presented: number, clicks: number, addedToCart: number, removedFromCart: number, purchases: number, quantitySold: number, sales: Array<{ amount: string, currency: string }>, clickRate: { value: number | null, numerator: number, denominator: number }, addToCartRate: { value: number | null, numerator: number, denominator: number }, purchaseRate: { value: number | null, numerator: number, denominator: number } } }>, satisfaction: { audienceReach: number, attendees: number, viewersSatisfaction: number | null, comments: number, responseRate: { value: number | null, numerator: number, denominator: number }, distribution: Array<{ rating: number, count: number }> } } };

export type BroadcastFiguresFragment = { general: { liveDuration: number | null, messages: number, questions: number, brandAnswers: number, likes: number, shares: number, engagementRate: { value: number | null, numerator: number, denominator: number }, chatParticipationRate: { value: number | null, numerator: number, denominator: number }, chatQuestionRate: { value: number | null, numerator: number, denominator: number } }, audience: { totalViewers: number, uniqueViewers: number, maxViewers: number, averageViewers: number | null, averageSession: number | null }, evolution: Array<{ viewers: number, productClicks: number, purchases: number, period: { start: string, end: string } }>, productWidget: { totalViews: number, uniqueViews: number, clicks: number, clickRate: { value: number | null, numerator: number, denominator: number } }, floatingPlayerWidget: { totalViews: number, uniqueViews: number, clicks: number, clickRate: { value: number | null, numerator: number, denominator: number } }, devices: { desktop: { value: number | null, numerator: number, denominator: number }, mobile: { value: number | null, numerator: number, denominator: number }, tablet: { value: number | null, numerator: number, denominator: number } }, trafficSources: Array<{ source: string | null, sessions: number, share: { value: number | null, numerator: number, denominator: number } }>, conversionFunnel: { audienceReach: number, uniqueViewers: number, purchases: number }, business: { catalogOpened: number, productClicks: number, viewersProductClicks: number, addToCarts: number, cartsCreated: number, purchases: number, productClicksRate: { value: number | null, numerator: number, denominator: number }, cartsCreatedRate: { value: number | null, numerator: number, denominator: number }, totalCartsAmount: Array<{ amount: string, currency: string }>, averageCart: Array<{ amount: string, currency: string }>, maximumCart: Array<{ amount: string, currency: string }>, minimumCart: Array<{ amount: string, currency: string }>, purchasesRate: { value: number | null, numerator: number, denominator: number }, totalSales: Array<{ amount: string, currency: string }>, productSales: Array<{ amount: string, currency: string }>, otherSales: Array<{ amount: string, currency: string }>, averagePurchase: Array<{ amount: string, currency: string }>, maximumPurchase: Array<{ amount: string, currency: string }>, minimumPurchase: Array<{ amount: string, currency: string }> }, products: Array<{ sku: string, order: number | null, appearances: Array<{ start: string, end: string }>, product: { name: string, brandName: string | null }, metrics: { presented: number, clicks: number, addedToCart: number, removedFromCart: number, purchases: number, quantitySold: number, sales: Array<{ amount: string, currency: string }>, clickRate: { value: number | null, numerator: number, denominator: number }, addToCartRate: { value: number | null, numerator: number, denominator: number }, purchaseRate: { value: number | null, numerator: number, denominator: number } } }>, satisfaction: { audienceReach: number, attendees: number, viewersSatisfaction: number | null, comments: number, responseRate: { value: number | null, numerator: number, denominator: number }, distribution: Array<{ rating: number, count: number }> } };

export type ReplayQueryVariables = Exact<{
  id: string | number;
  period?: PeriodInput | null | undefined;
  granularity: Granularity;
  timeZone: string;
}>;


export type ReplayQuery = { liveEvent: { liveEventId: string, name: string, phase: LivePhase, scheduledAt: string | null, startedAt: string | null, endedAt: string | null, timeZone: string | null, replay: { audience: { totalViewers: number, uniqueViewers: number, maxViewers: number, averageViewers: number | null, averageSession: number | null, shares: number }, evolution: Array<{ viewers: number, productClicks: number, purchases: number, period: { start: string, end: string } }>, productWidget: { totalViews: number, uniqueViews: number, clicks: number, clickRate: { value: number | null, numerator: number, denominator: number } }, devices: { desktop: { value: number | null, numerator: number, denominator: number }, mobile: { value: number | null, numerator: number, denominator: number }, tablet: { value: number | null, numerator: number, denominator: number } }, trafficSources: Array<{ source: string | null, sessions: number, share: { value: number | null, numerator: number, denominator: number } }>, conversionFunnel: { audienceReach: number, uniqueViewers: number, purchases: number }, business: { catalogOpened: number, productClicks: number, viewersProductClicks: number, addToCarts: number, cartsCreated: number, purchases: number, productClicksRate: { value: number | null, numerator: number, denominator: number }, cartsCreatedRate: { value: number | null, numerator: number, denominator: number }, totalCartsAmount: Array<{ amount: string, currency: string }>, averageCart: Array<{ amount: string, currency: string }>, maximumCart: Array<{ amount: string, currency: string }>, minimumCart: Array<{ amount: string, currency: string }>, purchasesRate: { value: number | null, numerator: number, denominator: number }, totalSales: Array<{ amount: string, currency: string }>, productSales: Array<{ amount: string, currency: string }>, otherSales: Array<{ amount: string, currency: string }>, averagePurchase: Array<{ amount: string, currency: string }>, maximumPurchase: Array<{ amount: string, currency: string }>, minimumPurchase: Array<{ amount: string, currency: string }> }, products: Array<{ sku: string, order: number | null, appearances: Array<{ start: string, end: string }>, product: { name: string, brandName: string | null }, metrics: { presented: number, clicks: number, addedToCart: number, removedFromCart: number, purchases: number, quantitySold: number, sales: Array<{ amount: string, currency: string }>, clickRate: { value: number | null, numerator: number, denominator: number }, addToCartRate: { value: number | null, numerator: number, denominator: number }, purchaseRate: { value: number | null, numerator: number, denominator: number } } }> }, videos: Array<{ kind: VideoKind, state: VideoState, url: string | null, product: { name: string } | null }> } | null };

export type ChatQueryVariables = Exact<{
  id: string | number;
  filter: ChatFilter;
  last: number;
  before?: string | null | undefined;
}>;


export type ChatQuery = { liveEvent: { liveEventId: string, name: string, phase: LivePhase, scheduledAt: string | null, startedAt: string | null, endedAt: string | null, timeZone: string | null, chat: { totalCount: number, pageInfo: { hasPreviousPage: boolean, startCursor: string | null }, nodes: Array<{ id: string, sentAt: string, author: MessageAuthor, authorName: string | null, text: string, question: boolean, deleted: boolean, displayed: boolean, banned: boolean, visitorId: string | null, parent: { authorName: string | null, text: string } | null }> } } | null };

export type RateFragment = { value: number | null, numerator: number, denominator: number };

export type AmountFragment = { amount: string, currency: string };

export type StepFragment = { viewers: number, productClicks: number, purchases: number, period: { start: string, end: string } };

export type WidgetFragment = { totalViews: number, uniqueViews: number, clicks: number, clickRate: { value: number | null, numerator: number, denominator: number } };

export type DevicesFragment = { desktop: { value: number | null, numerator: number, denominator: number }, mobile: { value: number | null, numerator: number, denominator: number }, tablet: { value: number | null, numerator: number, denominator: number } };

export type SourceFragment = { source: string | null, sessions: number, share: { value: number | null, numerator: number, denominator: number } };

export type FunnelFragment = { audienceReach: number, uniqueViewers: number, purchases: number };

export type BusinessFiguresFragment = { catalogOpened: number, productClicks: number, viewersProductClicks: number, addToCarts: number, cartsCreated: number, purchases: number, productClicksRate: { value: number | null, numerator: number, denominator: number }, cartsCreatedRate: { value: number | null, numerator: number, denominator: number }, totalCartsAmount: Array<{ amount: string, currency: string }>, averageCart: Array<{ amount: string, currency: string }>, maximumCart: Array<{ amount: string, currency: string }>, minimumCart: Array<{ amount: string, currency: string }>, purchasesRate: { value: number | null, numerator: number, denominator: number }, totalSales: Array<{ amount: string, currency: string }>, productSales: Array<{ amount: string, currency: string }>, otherSales: Array<{ amount: string, currency: string }>, averagePurchase: Array<{ amount: string, currency: string }>, maximumPurchase: Array<{ amount: string, currency: string }>, minimumPurchase: Array<{ amount: string, currency: string }> };

export type ProductRowFragment = { sku: string, order: number | null, appearances: Array<{ start: string, end: string }>, product: { name: string, brandName: string | null }, metrics: { presented: number, clicks: number, addedToCart: number, removedFromCart: number, purchases: number, quantitySold: number, sales: Array<{ amount: string, currency: string }>, clickRate: { value: number | null, numerator: number, denominator: number }, addToCartRate: { value: number | null, numerator: number, denominator: number }, purchaseRate: { value: number | null, numerator: number, denominator: number } } };

export type InteractionCardFragment = { interactionId: string, type: InteractionType, question: string | null, statistics:
    | { __typename: 'PollStatistics', answers: number, participants: number, options: Array<{ option: string, answers: number, share: { value: number | null, numerator: number, denominator: number } }> }
    | { __typename: 'WinningInstantStatistics', winners: number, players: number, winningRate: { value: number | null, numerator: number, denominator: number } }
   };

export type ChatLineFragment = { id: string, sentAt: string, author: MessageAuthor, authorName: string | null, text: string, question: boolean, deleted: boolean, displayed: boolean, banned: boolean, visitorId: string | null, parent: { authorName: string | null, text: string } | null };

export type MessageAddedSubscriptionVariables = Exact<{
  id: string | number;
}>;


export type MessageAddedSubscription = { chatMessageAdded: { messageId: string } };

export type ModeratedSubscriptionVariables = Exact<{
  id: string | number;
}>;


export type ModeratedSubscription = { chatModerated: { messageId: string | null, visitorId: string | null } };

export type ModerateMutationVariables = Exact<{
  input: ModerateChatMessageInput;
}>;


export type ModerateMutation = { moderateChatMessage: { userErrors: Array<{ message: string }> } };

export type BanMutationVariables = Exact<{
  input: BanViewerInput;
}>;


export type BanMutation = { banViewer: { userErrors: Array<{ message: string }> } };

export type UnbanMutationVariables = Exact<{
  input: UnbanViewerInput;
}>;


export type UnbanMutation = { unbanViewer: { userErrors: Array<{ message: string }> } };

export type RequestExportMutationVariables = Exact<{
  input: RequestExportInput;
}>;


export type RequestExportMutation = { requestExport: { url: string | null, export: { exportId: string, personalData: boolean, expiresAt: string } | null, userErrors: Array<{ message: string }> } };

export type ExportProgressSubscriptionVariables = Exact<{
  id: string | number;
}>;


export type ExportProgressSubscription = { exportProgress: { state: ExportState, rows: number, totalRows: number | null, bytes: number, failure: { message: string } | null } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const EventHeadFragmentDoc = new TypedDocumentString(`
    fragment EventHead on LiveEvent {
  liveEventId
  name
  phase
  scheduledAt
  startedAt
  endedAt
  timeZone
}
    `, {"fragmentName":"EventHead"}) as unknown as TypedDocumentString<EventHeadFragment, unknown>;
export const RateFragmentDoc = new TypedDocumentString(`
    fragment Rate on Ratio {
  value
  numerator
  denominator
}
    `, {"fragmentName":"Rate"}) as unknown as TypedDocumentString<RateFragment, unknown>;
export const StepFragmentDoc = new TypedDocumentString(`
    fragment Step on LiveStep {
  period {
    start
    end
  }
  viewers
  productClicks
  purchases
}
    `, {"fragmentName":"Step"}) as unknown as TypedDocumentString<StepFragment, unknown>;
export const WidgetFragmentDoc = new TypedDocumentString(`
    fragment Widget on WidgetMetrics {
  totalViews
  uniqueViews
  clicks
  clickRate {
    ...Rate
  }
}
    fragment Rate on Ratio {
  value
  numerator
  denominator
}`, {"fragmentName":"Widget"}) as unknown as TypedDocumentString<WidgetFragment, unknown>;
export const DevicesFragmentDoc = new TypedDocumentString(`
    fragment Devices on DeviceShares {
  desktop {
    ...Rate
  }
  mobile {
    ...Rate
  }
  tablet {
    ...Rate
  }
}
    fragment Rate on Ratio {
  value
  numerator
  denominator
}`, {"fragmentName":"Devices"}) as unknown as TypedDocumentString<DevicesFragment, unknown>;
export const SourceFragmentDoc = new TypedDocumentString(`
    fragment Source on TrafficSource {
  source
  sessions
  share {
    ...Rate
  }
}
    fragment Rate on Ratio {
  value
  numerator
  denominator
}`, {"fragmentName":"Source"}) as unknown as TypedDocumentString<SourceFragment, unknown>;
export const FunnelFragmentDoc = new TypedDocumentString(`
    fragment Funnel on ConversionFunnel {
  audienceReach
  uniqueViewers
  purchases
}
    `, {"fragmentName":"Funnel"}) as unknown as TypedDocumentString<FunnelFragment, unknown>;
export const AmountFragmentDoc = new TypedDocumentString(`
    fragment Amount on Money {
  amount
  currency
}
    `, {"fragmentName":"Amount"}) as unknown as TypedDocumentString<AmountFragment, unknown>;
export const BusinessFiguresFragmentDoc = new TypedDocumentString(`
    fragment BusinessFigures on LiveBusiness {
  catalogOpened
  productClicks
  viewersProductClicks
  productClicksRate {
    ...Rate
  }
  addToCarts
  cartsCreated
  cartsCreatedRate {
    ...Rate
  }
  totalCartsAmount {
    ...Amount
  }
  averageCart {
    ...Amount
  }
  maximumCart {
    ...Amount
  }
  minimumCart {
    ...Amount
  }
  purchases
  purchasesRate {
    ...Rate
  }
  totalSales {
    ...Amount
  }
  productSales {
    ...Amount
  }
  otherSales {
    ...Amount
  }
  averagePurchase {
    ...Amount
  }
  maximumPurchase {
    ...Amount
  }
  minimumPurchase {
    ...Amount
  }
}
    fragment Rate on Ratio {
  value
  numerator
  denominator
}
fragment Amount on Money {
  amount
  currency
}`, {"fragmentName":"BusinessFigures"}) as unknown as TypedDocumentString<BusinessFiguresFragment, unknown>;
export const ProductRowFragmentDoc = new TypedDocumentString(`
    fragment ProductRow on LiveEventProduct {
  sku
  order
  appearances {
    start
    end
  }
  product {
    name
    brandName
  }
  metrics {
    presented
    clicks
    addedToCart
    removedFromCart
    purchases
    quantitySold
    sales {
      ...Amount
    }
    clickRate {
      ...Rate
    }
    addToCartRate {
      ...Rate
    }
    purchaseRate {
      ...Rate
    }
  }
}
    fragment Rate on Ratio {
  value
  numerator
  denominator
}
fragment Amount on Money {
  amount
  currency
}`, {"fragmentName":"ProductRow"}) as unknown as TypedDocumentString<ProductRowFragment, unknown>;
export const BroadcastFiguresFragmentDoc = new TypedDocumentString(`
    fragment BroadcastFigures on LiveMetrics {
  general {
    liveDuration
    messages
    questions
    brandAnswers
    likes
    shares
    engagementRate {
      ...Rate
    }
    chatParticipationRate {
      ...Rate
    }
    chatQuestionRate {
      ...Rate
    }
  }
  audience {
    totalViewers
    uniqueViewers
    maxViewers
    averageViewers
    averageSession
  }
  evolution(granularity: $granularity, timeZone: $timeZone) {
    ...Step
  }
  productWidget {
    ...Widget
  }
  floatingPlayerWidget {
    ...Widget
  }
  devices {
    ...Devices
  }
  trafficSources {
    ...Source
  }
  conversionFunnel {
    ...Funnel
  }
  business {
    ...BusinessFigures
  }
  products {
    ...ProductRow
  }
  satisfaction {
    audienceReach
    attendees
    viewersSatisfaction
    comments
    responseRate {
      ...Rate
    }
    distribution {
      rating
      count
    }
  }
}
    fragment Rate on Ratio {
  value
  numerator
  denominator
}
fragment Amount on Money {
  amount
  currency
}
fragment Step on LiveStep {
  period {
    start
    end
  }
  viewers
  productClicks
  purchases
}
fragment Widget on WidgetMetrics {
  totalViews
  uniqueViews
  clicks
  clickRate {
    ...Rate
  }
}
fragment Devices on DeviceShares {
  desktop {
    ...Rate
  }
  mobile {
    ...Rate
  }
  tablet {
    ...Rate
  }
}
fragment Source on TrafficSource {
  source
  sessions
  share {
    ...Rate
  }
}
fragment Funnel on ConversionFunnel {
  audienceReach
  uniqueViewers
  purchases
}
fragment BusinessFigures on LiveBusiness {
  catalogOpened
  productClicks
  viewersProductClicks
  productClicksRate {
    ...Rate
  }
  addToCarts
  cartsCreated
  cartsCreatedRate {
    ...Rate
  }
  totalCartsAmount {
    ...Amount
  }
  averageCart {
    ...Amount
  }
  maximumCart {
    ...Amount
  }
  minimumCart {
    ...Amount
  }
  purchases
  purchasesRate {
    ...Rate
  }
  totalSales {
    ...Amount
  }
  productSales {
    ...Amount
  }
  otherSales {
    ...Amount
  }
  averagePurchase {
    ...Amount
  }
  maximumPurchase {
    ...Amount
  }
  minimumPurchase {
    ...Amount
  }
}
fragment ProductRow on LiveEventProduct {
  sku
  order
  appearances {
    start
    end
  }
  product {
    name
    brandName
  }
  metrics {
    presented
    clicks
    addedToCart
    removedFromCart
    purchases
    quantitySold
    sales {
      ...Amount
    }
    clickRate {
      ...Rate
    }
    addToCartRate {
      ...Rate
    }
    purchaseRate {
      ...Rate
    }
  }
}`, {"fragmentName":"BroadcastFigures"}) as unknown as TypedDocumentString<BroadcastFiguresFragment, unknown>;
export const InteractionCardFragmentDoc = new TypedDocumentString(`
    fragment InteractionCard on Interaction {
  interactionId
  type
  question
  statistics {
    __typename
    ... on PollStatistics {
      answers
      participants
      options {
        option
        answers
        share {
          ...Rate
        }
      }
    }
    ... on WinningInstantStatistics {
      players: participants
      winners
      winningRate {
        ...Rate
      }
    }
  }
}
    fragment Rate on Ratio {
  value
  numerator
  denominator
}`, {"fragmentName":"InteractionCard"}) as unknown as TypedDocumentString<InteractionCardFragment, unknown>;
export const ChatLineFragmentDoc = new TypedDocumentString(`
    fragment ChatLine on ChatMessage {
  id
  sentAt
  author
  authorName
  text
  question
  deleted
  displayed
  banned
  visitorId
  parent {
    authorName
    text
  }
}
    `, {"fragmentName":"ChatLine"}) as unknown as TypedDocumentString<ChatLineFragment, unknown>;
export const EventsDocument = new TypedDocumentString(`
    query Events($first: Int!, $id: ID!, $named: Boolean!) {
  viewer {
    scopes
  }
  liveEvents(first: $first) {
    nodes {
      ...EventHead
    }
  }
  liveEvent(id: $id) @include(if: $named) {
    ...EventHead
  }
}
    fragment EventHead on LiveEvent {
  liveEventId
  name
  phase
  scheduledAt
  startedAt
  endedAt
  timeZone
}`, {"hash":"sha256:771211b190a3a25157b192447aa09948db95e37c2f957dbfc008f64d3beb9b74"}) as unknown as TypedDocumentString<EventsQuery, EventsQueryVariables>;
export const PreliveDocument = new TypedDocumentString(`
    query Prelive($id: ID!, $period: PeriodInput, $granularity: Granularity!, $timeZone: String!) {
  liveEvent(id: $id) {
    ...EventHead
    prelive(period: $period) {
      audience {
        totalVisitors
        uniqueVisitors
        averageSession
        shares
      }
      evolution(granularity: $granularity, timeZone: $timeZone) {
        period {
          start
          end
        }
        viewers
        smsSubscriptions
        calendarSubscriptions
      }
      productWidget {
        ...Widget
      }
      teasingVideo {
        totalWatch
        uniqueWatch
        averageWatchTime
      }
      devices {
        ...Devices
      }
      trafficSources {
        ...Source
      }
      alertingFunnel {
        audienceReach
        uniqueViewers
        alertingModal
        alertingValidation
      }
      alerting {
        smsAlerts
        calendarAlerts
        commercialOptins
        smsAlertingRate {
          ...Rate
        }
        calendarAlertingRate {
          ...Rate
        }
        retargetingRate {
          ...Rate
        }
      }
      products {
        ...ProductRow
      }
    }
  }
}
    fragment EventHead on LiveEvent {
  liveEventId
  name
  phase
  scheduledAt
  startedAt
  endedAt
  timeZone
}
fragment Rate on Ratio {
  value
  numerator
  denominator
}
fragment Amount on Money {
  amount
  currency
}
fragment Widget on WidgetMetrics {
  totalViews
  uniqueViews
  clicks
  clickRate {
    ...Rate
  }
}
fragment Devices on DeviceShares {
  desktop {
    ...Rate
  }
  mobile {
    ...Rate
  }
  tablet {
    ...Rate
  }
}
fragment Source on TrafficSource {
  source
  sessions
  share {
    ...Rate
  }
}
fragment ProductRow on LiveEventProduct {
  sku
  order
  appearances {
    start
    end
  }
  product {
    name
    brandName
  }
  metrics {
    presented
    clicks
    addedToCart
    removedFromCart
    purchases
    quantitySold
    sales {
      ...Amount
    }
    clickRate {
      ...Rate
    }
    addToCartRate {
      ...Rate
    }
    purchaseRate {
      ...Rate
    }
  }
}`, {"hash":"sha256:6918ca5f86987a042836d58600df31e5964bc51d3778421e9189238aad424450"}) as unknown as TypedDocumentString<PreliveQuery, PreliveQueryVariables>;
export const BroadcastDocument = new TypedDocumentString(`
    query Broadcast($id: ID!, $granularity: Granularity!, $timeZone: String!) {
  liveEvent(id: $id) {
    ...EventHead
    live {
      ...BroadcastFigures
    }
    interactions {
      ...InteractionCard
    }
  }
}
    fragment EventHead on LiveEvent {
  liveEventId
  name
  phase
  scheduledAt
  startedAt
  endedAt
  timeZone
}
fragment BroadcastFigures on LiveMetrics {
  general {
    liveDuration
    messages
    questions
    brandAnswers
    likes
    shares
    engagementRate {
      ...Rate
    }
    chatParticipationRate {
      ...Rate
    }
    chatQuestionRate {
      ...Rate
    }
  }
  audience {
    totalViewers
    uniqueViewers
    maxViewers
    averageViewers
    averageSession
  }
  evolution(granularity: $granularity, timeZone: $timeZone) {
    ...Step
  }
  productWidget {
    ...Widget
  }
  floatingPlayerWidget {
    ...Widget
  }
  devices {
    ...Devices
  }
  trafficSources {
    ...Source
  }
  conversionFunnel {
    ...Funnel
  }
  business {
    ...BusinessFigures
  }
  products {
    ...ProductRow
  }
  satisfaction {
    audienceReach
    attendees
    viewersSatisfaction
    comments
    responseRate {
      ...Rate
    }
    distribution {
      rating
      count
    }
  }
}
fragment Rate on Ratio {
  value
  numerator
  denominator
}
fragment Amount on Money {
  amount
  currency
}
fragment Step on LiveStep {
  period {
    start
    end
  }
  viewers
  productClicks
  purchases
}
fragment Widget on WidgetMetrics {
  totalViews
  uniqueViews
  clicks
  clickRate {
    ...Rate
  }
}
fragment Devices on DeviceShares {
  desktop {
    ...Rate
  }
  mobile {
    ...Rate
  }
  tablet {
    ...Rate
  }
}
fragment Source on TrafficSource {
  source
  sessions
  share {
    ...Rate
  }
}
fragment Funnel on ConversionFunnel {
  audienceReach
  uniqueViewers
  purchases
}
fragment BusinessFigures on LiveBusiness {
  catalogOpened
  productClicks
  viewersProductClicks
  productClicksRate {
    ...Rate
  }
  addToCarts
  cartsCreated
  cartsCreatedRate {
    ...Rate
  }
  totalCartsAmount {
    ...Amount
  }
  averageCart {
    ...Amount
  }
  maximumCart {
    ...Amount
  }
  minimumCart {
    ...Amount
  }
  purchases
  purchasesRate {
    ...Rate
  }
  totalSales {
    ...Amount
  }
  productSales {
    ...Amount
  }
  otherSales {
    ...Amount
  }
  averagePurchase {
    ...Amount
  }
  maximumPurchase {
    ...Amount
  }
  minimumPurchase {
    ...Amount
  }
}
fragment ProductRow on LiveEventProduct {
  sku
  order
  appearances {
    start
    end
  }
  product {
    name
    brandName
  }
  metrics {
    presented
    clicks
    addedToCart
    removedFromCart
    purchases
    quantitySold
    sales {
      ...Amount
    }
    clickRate {
      ...Rate
    }
    addToCartRate {
      ...Rate
    }
    purchaseRate {
      ...Rate
    }
  }
}
fragment InteractionCard on Interaction {
  interactionId
  type
  question
  statistics {
    __typename
    ... on PollStatistics {
      answers
      participants
      options {
        option
        answers
        share {
          ...Rate
        }
      }
    }
    ... on WinningInstantStatistics {
      players: participants
      winners
      winningRate {
        ...Rate
      }
    }
  }
}`, {"hash":"sha256:9766dd21d0a44a61916a54b717dbdcd1059c206d82a17a3e3ea9484b3f28b733"}) as unknown as TypedDocumentString<BroadcastQuery, BroadcastQueryVariables>;
export const LiveFiguresDocument = new TypedDocumentString(`
    subscription LiveFigures($id: ID!, $every: Int!, $granularity: Granularity!, $timeZone: String!) {
  liveMetrics(liveEventId: $id, every: $every) {
    ...BroadcastFigures
  }
}
    fragment BroadcastFigures on LiveMetrics {
  general {
    liveDuration
    messages
    questions
    brandAnswers
    likes
    shares
    engagementRate {
      ...Rate
    }
    chatParticipationRate {
      ...Rate
    }
    chatQuestionRate {
      ...Rate
    }
  }
  audience {
    totalViewers
    uniqueViewers
    maxViewers
    averageViewers
    averageSession
  }
  evolution(granularity: $granularity, timeZone: $timeZone) {
    ...Step
  }
  productWidget {
    ...Widget
  }
  floatingPlayerWidget {
    ...Widget
  }
  devices {
    ...Devices
  }
  trafficSources {
    ...Source
  }
  conversionFunnel {
    ...Funnel
  }
  business {
    ...BusinessFigures
  }
  products {
    ...ProductRow
  }
  satisfaction {
    audienceReach
    attendees
    viewersSatisfaction
    comments
    responseRate {
      ...Rate
    }
    distribution {
      rating
      count
    }
  }
}
fragment Rate on Ratio {
  value
  numerator
  denominator
}
fragment Amount on Money {
  amount
  currency
}
fragment Step on LiveStep {
  period {
    start
    end
  }
  viewers
  productClicks
  purchases
}
fragment Widget on WidgetMetrics {
  totalViews
  uniqueViews
  clicks
  clickRate {
    ...Rate
  }
}
fragment Devices on DeviceShares {
  desktop {
    ...Rate
  }
  mobile {
    ...Rate
  }
  tablet {
    ...Rate
  }
}
fragment Source on TrafficSource {
  source
  sessions
  share {
    ...Rate
  }
}
fragment Funnel on ConversionFunnel {
  audienceReach
  uniqueViewers
  purchases
}
fragment BusinessFigures on LiveBusiness {
  catalogOpened
  productClicks
  viewersProductClicks
  productClicksRate {
    ...Rate
  }
  addToCarts
  cartsCreated
  cartsCreatedRate {
    ...Rate
  }
  totalCartsAmount {
    ...Amount
  }
  averageCart {
    ...Amount
  }
  maximumCart {
    ...Amount
  }
  minimumCart {
    ...Amount
  }
  purchases
  purchasesRate {
    ...Rate
  }
  totalSales {
    ...Amount
  }
  productSales {
    ...Amount
  }
  otherSales {
    ...Amount
  }
  averagePurchase {
    ...Amount
  }
  maximumPurchase {
    ...Amount
  }
  minimumPurchase {
    ...Amount
  }
}
fragment ProductRow on LiveEventProduct {
  sku
  order
  appearances {
    start
    end
  }
  product {
    name
    brandName
  }
  metrics {
    presented
    clicks
    addedToCart
    removedFromCart
    purchases
    quantitySold
    sales {
      ...Amount
    }
    clickRate {
      ...Rate
    }
    addToCartRate {
      ...Rate
    }
    purchaseRate {
      ...Rate
    }
  }
}`, {"hash":"sha256:27902efd4678626a3bf450cd90ebb805932cc6b6a0802c01271842088586a1d7"}) as unknown as TypedDocumentString<LiveFiguresSubscription, LiveFiguresSubscriptionVariables>;
export const ReplayDocument = new TypedDocumentString(`
    query Replay($id: ID!, $period: PeriodInput, $granularity: Granularity!, $timeZone: String!) {
  liveEvent(id: $id) {
    ...EventHead
    replay(period: $period) {
      audience {
        totalViewers
        uniqueViewers
        maxViewers
        averageViewers
        averageSession
        shares
      }
      evolution(granularity: $granularity, timeZone: $timeZone) {
        ...Step
      }
      productWidget {
        ...Widget
      }
      devices {
        ...Devices
      }
      trafficSources {
        ...Source
      }
      conversionFunnel {
        ...Funnel
      }
      business {
        ...BusinessFigures
      }
      products {
        ...ProductRow
      }
    }
    videos {
      kind
      state
      url
      product {
        name
      }
    }
  }
}
    fragment EventHead on LiveEvent {
  liveEventId
  name
  phase
  scheduledAt
  startedAt
  endedAt
  timeZone
}
fragment Rate on Ratio {
  value
  numerator
  denominator
}
fragment Amount on Money {
  amount
  currency
}
fragment Step on LiveStep {
  period {
    start
    end
  }
  viewers
  productClicks
  purchases
}
fragment Widget on WidgetMetrics {
  totalViews
  uniqueViews
  clicks
  clickRate {
    ...Rate
  }
}
fragment Devices on DeviceShares {
  desktop {
    ...Rate
  }
  mobile {
    ...Rate
  }
  tablet {
    ...Rate
  }
}
fragment Source on TrafficSource {
  source
  sessions
  share {
    ...Rate
  }
}
fragment Funnel on ConversionFunnel {
  audienceReach
  uniqueViewers
  purchases
}
fragment BusinessFigures on LiveBusiness {
  catalogOpened
  productClicks
  viewersProductClicks
  productClicksRate {
    ...Rate
  }
  addToCarts
  cartsCreated
  cartsCreatedRate {
    ...Rate
  }
  totalCartsAmount {
    ...Amount
  }
  averageCart {
    ...Amount
  }
  maximumCart {
    ...Amount
  }
  minimumCart {
    ...Amount
  }
  purchases
  purchasesRate {
    ...Rate
  }
  totalSales {
    ...Amount
  }
  productSales {
    ...Amount
  }
  otherSales {
    ...Amount
  }
  averagePurchase {
    ...Amount
  }
  maximumPurchase {
    ...Amount
  }
  minimumPurchase {
    ...Amount
  }
}
fragment ProductRow on LiveEventProduct {
  sku
  order
  appearances {
    start
    end
  }
  product {
    name
    brandName
  }
  metrics {
    presented
    clicks
    addedToCart
    removedFromCart
    purchases
    quantitySold
    sales {
      ...Amount
    }
    clickRate {
      ...Rate
    }
    addToCartRate {
      ...Rate
    }
    purchaseRate {
      ...Rate
    }
  }
}`, {"hash":"sha256:644c5fb17641313c3022e32ecf7fe4c92bf2f61941a1b3d048e082a5a30c14f4"}) as unknown as TypedDocumentString<ReplayQuery, ReplayQueryVariables>;
export const ChatDocument = new TypedDocumentString(`
    query Chat($id: ID!, $filter: ChatFilter!, $last: Int!, $before: String) {
  liveEvent(id: $id) {
    ...EventHead
    chat(filter: $filter, last: $last, before: $before) {
      totalCount
      pageInfo {
        hasPreviousPage
        startCursor
      }
      nodes {
        ...ChatLine
      }
    }
  }
}
    fragment EventHead on LiveEvent {
  liveEventId
  name
  phase
  scheduledAt
  startedAt
  endedAt
  timeZone
}
fragment ChatLine on ChatMessage {
  id
  sentAt
  author
  authorName
  text
  question
  deleted
  displayed
  banned
  visitorId
  parent {
    authorName
    text
  }
}`, {"hash":"sha256:3e5f680234d52b8624c02590198cf4252dcc940d5ca4f95771e1fc9923f58160"}) as unknown as TypedDocumentString<ChatQuery, ChatQueryVariables>;
export const MessageAddedDocument = new TypedDocumentString(`
    subscription MessageAdded($id: ID!) {
  chatMessageAdded(liveEventId: $id) {
    messageId
  }
}
    `, {"hash":"sha256:853d64621d399f97358af73de365cf49eeeb50f59813d9b289febc496a450de1"}) as unknown as TypedDocumentString<MessageAddedSubscription, MessageAddedSubscriptionVariables>;
export const ModeratedDocument = new TypedDocumentString(`
    subscription Moderated($id: ID!) {
  chatModerated(liveEventId: $id) {
    messageId
    visitorId
  }
}
    `, {"hash":"sha256:f3bc3e9c126e3c7b6d31b55dbc91f5932239728f31f432aa445216457172304a"}) as unknown as TypedDocumentString<ModeratedSubscription, ModeratedSubscriptionVariables>;
export const ModerateDocument = new TypedDocumentString(`
    mutation Moderate($input: ModerateChatMessageInput!) {
  moderateChatMessage(input: $input) {
    userErrors {
      message
    }
  }
}
    `, {"hash":"sha256:5c1878392dbcd72440fb794d20fafc8ecb65988b8eb1b8ad590b2871dd940819"}) as unknown as TypedDocumentString<ModerateMutation, ModerateMutationVariables>;
export const BanDocument = new TypedDocumentString(`
    mutation Ban($input: BanViewerInput!) {
  banViewer(input: $input) {
    userErrors {
      message
    }
  }
}
    `, {"hash":"sha256:eef1de104ff1855d471d76ec8729a61e940d56eee38bf27abf1905fb6348188d"}) as unknown as TypedDocumentString<BanMutation, BanMutationVariables>;
export const UnbanDocument = new TypedDocumentString(`
    mutation Unban($input: UnbanViewerInput!) {
  unbanViewer(input: $input) {
    userErrors {
      message
    }
  }
}
    `, {"hash":"sha256:f51c0d669c9609297c904089833a0fec6dd5a9df4c82ec87a5305f9b88174a0b"}) as unknown as TypedDocumentString<UnbanMutation, UnbanMutationVariables>;
export const RequestExportDocument = new TypedDocumentString(`
    mutation RequestExport($input: RequestExportInput!) {
  requestExport(input: $input) {
    url
    export {
      exportId
      personalData
      expiresAt
    }
    userErrors {
      message
    }
  }
}
    `, {"hash":"sha256:7bb75521599a2dd242733d22708c9f99fd12ab99f22802b00bf407c6cd602fe1"}) as unknown as TypedDocumentString<RequestExportMutation, RequestExportMutationVariables>;
export const ExportProgressDocument = new TypedDocumentString(`
    subscription ExportProgress($id: ID!) {
  exportProgress(id: $id) {
    state
    rows
    totalRows
    bytes
    failure {
      message
    }
  }
}
    `, {"hash":"sha256:5a1df55e77bc38afbcd7fd2b127b54c4100774b490a2eb84f222f88d00a9d118"}) as unknown as TypedDocumentString<ExportProgressSubscription, ExportProgressSubscriptionVariables>;