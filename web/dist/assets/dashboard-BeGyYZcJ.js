const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["./plot-D5kdbK0n.js","./plot-CnsZ1jie.css"])))=>i.map(i=>d[i]);
import{a as e,c as t,d as n,f as r,g as i,h as a,l as o,m as s,o as c,p as l,t as u,u as d}from"./gateway-ZKbJqgAv.js";import{t as f}from"./tokenform-cPQFxe44.js";import{n as p,t as m}from"./token-B6F4q5x3.js";import{t as h}from"./preload-helper-BQUUbbNx.js";var g=[`prelive`,`live`,`replay`,`chat`];function _(){let[e,t]=l(y);return d(()=>{let e=()=>t(y());return addEventListener(`hashchange`,e),()=>removeEventListener(`hashchange`,e)},[]),e}function v(e){let t=e.event===void 0?{...y(),...e}:{from:``,to:``,...e},n=new URLSearchParams;for(let[e,r]of Object.entries(t))r&&n.set(e,r);location.hash=n.toString()}function y(){let e=new URLSearchParams(location.hash.slice(1)),t=ee(e.get(`from`)),n=ee(e.get(`to`)),r=t!==``&&n!==``&&t<n;return{event:e.get(`event`)??``,view:g.find(t=>t===e.get(`view`)),from:r?t:``,to:r?n:``}}function ee(e){let t=Date.parse(e??``);return Number.isNaN(t)?``:new Date(t).toISOString()}var te=new Intl.NumberFormat,ne=new Intl.NumberFormat(void 0,{notation:`compact`,maximumFractionDigits:1}),re=new Intl.NumberFormat(void 0,{maximumFractionDigits:1}),ie=new Intl.NumberFormat(void 0,{style:`percent`,maximumFractionDigits:1});function b(e){return te.format(e)}function x(e,t){return`${b(e)} ${t}${e===1?``:`s`}`}function ae(e){return ne.format(e)}function S(e){return e===null?`–`:re.format(e)}function C(e){return e.value===null?`–`:ie.format(e.value)}function w({numerator:e,denominator:t}){return`${b(e)} of ${b(t)}`}function T(e){if(e===null)return`–`;let t=Math.round(e),n={day:Math.floor(t/86400),hour:Math.floor(t/3600)%24,minute:Math.floor(t/60)%60,second:t%60},r=Object.entries(n).filter(([,e])=>e>0).slice(0,2);return(r.length>0?r:[[`second`,0]]).map(([e,t])=>new Intl.NumberFormat(void 0,{style:`unit`,unit:e,unitDisplay:`narrow`}).format(t)).join(` `)}function oe({amount:e,currency:t}){return new Intl.NumberFormat(void 0,{style:`currency`,currency:t}).format(Number(e))}var se={day:{day:`numeric`,month:`short`},time:{hour:`2-digit`,minute:`2-digit`},minute:{day:`numeric`,month:`short`,hour:`2-digit`,minute:`2-digit`},moment:{hour:`2-digit`,minute:`2-digit`,second:`2-digit`},full:{weekday:`short`,day:`numeric`,month:`short`,year:`numeric`,hour:`2-digit`,minute:`2-digit`}},ce=new Map;function E(e,t,n){let r=`${n} ${t}`,i=ce.get(r);return i||(i=new Intl.DateTimeFormat(void 0,{...se[n],timeZone:t}),ce.set(r,i)),i.format(new Date(e))}var le={PRELIVE:`Before the broadcast`,LIVE:`On air`,REPLAY:`In replay`};function ue({event:e,events:t,zone:n}){let r=t.some(({liveEventId:t})=>t===e.liveEventId)?t:[e,...t];return o(`header`,{class:`eventhead`,children:[o(`div`,{children:[o(`p`,{class:`phase ${e.phase.toLowerCase()}`,children:le[e.phase]}),o(`h2`,{children:e.name}),o(`p`,{class:`hint`,children:[de(e,n),` · `,n]})]}),o(`label`,{children:[`Live event`,o(`select`,{value:e.liveEventId,onChange:e=>v({event:e.currentTarget.value}),children:r.map(({liveEventId:e,name:t,startedAt:r,scheduledAt:i})=>{let a=r??i;return o(`option`,{value:e,children:[t,a&&`, ${E(a,n,`day`)}`]},e)})})]})]})}function de({startedAt:e,endedAt:t,scheduledAt:n},r){return e&&t?`${E(e,r,`full`)} – ${E(t,r,`time`)} (${T((Date.parse(t)-Date.parse(e))/1e3)})`:e?`since ${E(e,r,`full`)}`:n?`planned for ${E(n,r,`full`)}`:`not planned yet`}var D=class extends String{__apiType;value;__meta__;constructor(e,t){super(e),this.value=e,this.__meta__=t}toString(){return this.value}};new D(`
    fragment EventHead on LiveEvent {
  liveEventId
  name
  phase
  scheduledAt
  startedAt
  endedAt
  timeZone
}
    `,{fragmentName:`EventHead`}),new D(`
    fragment Rate on Ratio {
  value
  numerator
  denominator
}
    `,{fragmentName:`Rate`}),new D(`
    fragment Step on LiveStep {
  period {
    start
    end
  }
  viewers
  productClicks
  purchases
}
    `,{fragmentName:`Step`}),new D(`
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
}`,{fragmentName:`Widget`}),new D(`
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
}`,{fragmentName:`Devices`}),new D(`
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
}`,{fragmentName:`Source`}),new D(`
    fragment Funnel on ConversionFunnel {
  audienceReach
  uniqueViewers
  purchases
}
    `,{fragmentName:`Funnel`}),new D(`
    fragment Amount on Money {
  amount
  currency
}
    `,{fragmentName:`Amount`}),new D(`
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
}`,{fragmentName:`BusinessFigures`}),new D(`
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
}`,{fragmentName:`ProductRow`}),new D(`
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
}`,{fragmentName:`BroadcastFigures`}),new D(`
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
}`,{fragmentName:`InteractionCard`}),new D(`
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
    `,{fragmentName:`ChatLine`});var fe=new D(`
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
}`,{hash:`sha256:771211b190a3a25157b192447aa09948db95e37c2f957dbfc008f64d3beb9b74`}),pe=new D(`
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
}`,{hash:`sha256:6918ca5f86987a042836d58600df31e5964bc51d3778421e9189238aad424450`}),me=new D(`
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
}`,{hash:`sha256:9766dd21d0a44a61916a54b717dbdcd1059c206d82a17a3e3ea9484b3f28b733`}),he=new D(`
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
}`,{hash:`sha256:27902efd4678626a3bf450cd90ebb805932cc6b6a0802c01271842088586a1d7`}),ge=new D(`
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
}`,{hash:`sha256:644c5fb17641313c3022e32ecf7fe4c92bf2f61941a1b3d048e082a5a30c14f4`}),_e=new D(`
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
}`,{hash:`sha256:3e5f680234d52b8624c02590198cf4252dcc940d5ca4f95771e1fc9923f58160`}),ve=new D(`
    subscription MessageAdded($id: ID!) {
  chatMessageAdded(liveEventId: $id) {
    messageId
  }
}
    `,{hash:`sha256:853d64621d399f97358af73de365cf49eeeb50f59813d9b289febc496a450de1`}),ye=new D(`
    subscription Moderated($id: ID!) {
  chatModerated(liveEventId: $id) {
    messageId
    visitorId
  }
}
    `,{hash:`sha256:f3bc3e9c126e3c7b6d31b55dbc91f5932239728f31f432aa445216457172304a`}),be=new D(`
    mutation Moderate($input: ModerateChatMessageInput!) {
  moderateChatMessage(input: $input) {
    userErrors {
      message
    }
  }
}
    `,{hash:`sha256:5c1878392dbcd72440fb794d20fafc8ecb65988b8eb1b8ad590b2871dd940819`}),xe=new D(`
    mutation Ban($input: BanViewerInput!) {
  banViewer(input: $input) {
    userErrors {
      message
    }
  }
}
    `,{hash:`sha256:eef1de104ff1855d471d76ec8729a61e940d56eee38bf27abf1905fb6348188d`}),Se=new D(`
    mutation Unban($input: UnbanViewerInput!) {
  unbanViewer(input: $input) {
    userErrors {
      message
    }
  }
}
    `,{hash:`sha256:f51c0d669c9609297c904089833a0fec6dd5a9df4c82ec87a5305f9b88174a0b`}),Ce=new D(`
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
    `,{hash:`sha256:7bb75521599a2dd242733d22708c9f99fd12ab99f22802b00bf407c6cd602fe1`}),we=new D(`
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
    `,{hash:`sha256:5a1df55e77bc38afbcd7fd2b127b54c4100774b490a2eb84f222f88d00a9d118`}),O=[{name:`ANALYTICS`,title:`Figures`},{name:`USERS`,title:`Visitors`},{name:`MESSAGES`,title:`Chat`}];function Te({gateway:e,eventId:t,period:n,zone:r,close:i}){let[a,s]=l(),[u,d]=l(``);return o(`section`,{class:`card exporter`,"aria-label":`Export`,children:[o(`div`,{class:`cardhead`,children:[o(`h3`,{children:`Export`}),o(`small`,{children:n?`${E(n.start,r,`minute`)} – ${E(n.end,r,`minute`)}`:`The whole event`}),o(`button`,{type:`button`,class:`quiet`,"aria-label":`Close export`,onClick:i,children:`×`})]}),o(`form`,{onSubmit:async r=>{r.preventDefault();let i=new FormData(r.currentTarget),a=i.get(`format`)===`XLSX`?`XLSX`:`CSV`,o=O.map(({name:e})=>e).filter(e=>a===`CSV`?i.get(`format`)===e:i.has(e));if(s(void 0),d(o.length>0?``:`Choose at least one sheet.`),o.length!==0)try{let{requestExport:r}=await e.run(Ce,{input:{kind:`LIVE_EVENT`,liveEventId:t,format:a,sheets:o,period:n}});r.userErrors[0]?d(r.userErrors[0].message):s(r)}catch(e){d(e.message)}},children:[o(Ee,{}),o(`button`,{type:`submit`,class:`primary`,children:`Make the file`})]}),u&&o(c,{text:u}),a?.export&&o(De,{gateway:e,of:a.export,url:a.url,zone:r})]})}function Ee(){let[e,t]=l(`XLSX`);return o(a,{children:[o(`label`,{children:[`Form`,o(`select`,{name:`format`,value:e,onChange:e=>t(e.currentTarget.value),children:[o(`option`,{value:`XLSX`,children:`Spreadsheet (.xlsx)`}),O.map(({name:e,title:t})=>o(`option`,{value:e,children:[t,` (.csv)`]},e))]})]}),e===`XLSX`&&o(`fieldset`,{children:[o(`legend`,{class:`unseen`,children:`Sheets`}),O.map(({name:e,title:t})=>o(`label`,{class:`check`,children:[o(`input`,{type:`checkbox`,name:e,defaultChecked:!0}),` `,t]},e))]})]})}function De({gateway:e,of:t,url:n,zone:r}){let[i,a]=l();d(()=>e.watch(we,{id:t.exportId},e=>a(e.exportProgress),()=>void 0),[e,t.exportId]);let s=new URL(n.replace(/^\//,``),document.baseURI);return o(`div`,{class:`file`,children:[o(`a`,{class:`button`,href:s.href,download:!0,children:`Download`}),o(`span`,{role:`status`,children:i?Oe(i):``}),i?.state===`RUNNING`&&o(`progress`,{"aria-label":`Rows written`,value:i.totalRows===null?void 0:i.rows,max:i.totalRows??void 0}),o(`small`,{children:[`Good until `,E(t.expiresAt,r,`moment`),`, for whoever has the link.`,t.personalData?` It holds personal data.`:``]})]})}function Oe({state:e,rows:t,totalRows:n,failure:r}){switch(e){case`WAITING`:return`Ready to download.`;case`RUNNING`:return`${b(t)}${n===null?``:` of ${b(n)}`} rows`;case`DONE`:return`Downloaded, ${b(t)} rows.`;case`FAILED`:return`The download was broken off${r===null?``:`: ${r.message}`}. The link is still good.`;case`EXPIRED`:return`The link is no longer good.`}}var k=36e5,A=24*k;function ke({from:e,to:t}){return e===``?null:{start:e,end:t}}function j(e,t,n){return e===`live`?M(t.startedAt??void 0,t.endedAt??void 0):n?M(n.start,n.end):`DAY`}function M(e,t){let n=e?(t?Date.parse(t):Date.now())-Date.parse(e):0;return n<=6*k?`MINUTE`:n<=4*A?`HOUR`:n<=180*A?`DAY`:`WEEK`}function Ae(e,t){if(e===`prelive`){let e=t.startedAt??t.scheduledAt;return e?[N(`Last 24 hours before`,e,A),N(`Last 7 days before`,e,7*A)]:[]}return e===`replay`&&t.endedAt?[P(`First 24 hours`,t.endedAt,A),P(`First 7 days`,t.endedAt,7*A)]:[]}function N(e,t,n){return{name:e,from:new Date(Date.parse(t)-n).toISOString(),to:new Date(t).toISOString()}}function P(e,t,n){return{name:e,from:new Date(t).toISOString(),to:new Date(Date.parse(t)+n).toISOString()}}function F(e,t){let n=Date.parse(e);return new Date(n+L(n,t)).toISOString().slice(0,16)}function I(e,t){let n=Date.parse(`${e}Z`),r=n-L(n,t);return new Date(n-L(r,t)).toISOString()}function je(e){try{return new Intl.DateTimeFormat(`en`,{timeZone:e??`UTC`}).resolvedOptions().timeZone}catch{return`UTC`}}function L(e,t){let n=new Intl.DateTimeFormat(`en-US`,{timeZone:t,hourCycle:`h23`,year:`numeric`,month:`numeric`,day:`numeric`,hour:`numeric`,minute:`numeric`,second:`numeric`}).formatToParts(e),r=e=>Number(n.find(t=>t.type===e).value);return Date.UTC(r(`year`),r(`month`)-1,r(`day`),r(`hour`),r(`minute`),r(`second`))-Math.floor(e/1e3)*1e3}function Me({view:e,event:t,address:n,zone:r}){let i=Ae(e,t),{from:a,to:s}=n,c=i.findIndex(e=>e.from===a&&e.to===s),[u,f]=l(!1);if(d(()=>f(a!==``&&c<0),[a,s,c]),e===`live`)return o(`p`,{class:`period hint`,children:`A broadcast is always shown whole.`});if(e===`chat`)return o(`p`,{class:`period hint`,children:`The chat of all three phases.`});let p=u?`custom`:a===``?``:String(c),m=e=>{f(e===`custom`),e===``?v({from:``,to:``}):e!==`custom`&&v({from:i[Number(e)].from,to:i[Number(e)].to})};return o(`div`,{class:`period`,children:[o(`label`,{children:[`Period`,o(`select`,{value:p,onChange:e=>m(e.currentTarget.value),children:[o(`option`,{value:``,children:`Whole phase`}),i.map(({name:e},t)=>o(`option`,{value:String(t),children:e},e)),o(`option`,{value:`custom`,children:`From … to …`})]})]}),u&&o(Ne,{from:a,to:s,zone:r},`${a} ${s} ${r}`)]})}function Ne({from:e,to:t,zone:n}){let[r,i]=l(``);return o(`form`,{class:`bounds`,onSubmit:e=>{e.preventDefault();let t=new FormData(e.currentTarget),[r,a]=[I(String(t.get(`from`)),n),I(String(t.get(`to`)),n)];i(r<a?``:`The end must be after the start.`),r<a&&v({from:r,to:a})},children:[o(`label`,{children:[`From `,o(`input`,{type:`datetime-local`,name:`from`,required:!0,defaultValue:e&&F(e,n)})]}),o(`label`,{children:[`Up to `,o(`input`,{type:`datetime-local`,name:`to`,required:!0,defaultValue:t&&F(t,n),"aria-describedby":`bounds-zone`})]}),o(`button`,{type:`submit`,children:`Show`}),o(`small`,{id:`bounds-zone`,role:r?`alert`:void 0,class:r?`wrong`:``,children:r||`By the clocks of ${n}`})]})}function Pe({of:e,label:t,chosen:r,choose:i}){let a=n(null);return o(`div`,{class:`tabs`,role:`tablist`,"aria-label":t,ref:a,onKeyDown:t=>{let n=e.findIndex(({name:e})=>e===r),o={ArrowRight:n+1,ArrowLeft:n-1,Home:0,End:e.length-1}[t.key];if(o===void 0)return;t.preventDefault();let s=(o+e.length)%e.length;i(e[s].name),a.current.querySelectorAll(`[role=tab]`)[s].focus()},children:e.map(({name:e,title:t,note:n})=>o(`button`,{type:`button`,role:`tab`,id:`tab-${e}`,"aria-controls":`view`,"aria-selected":e===r,tabIndex:e===r?0:-1,onClick:()=>i(e),children:[t,n&&o(`small`,{children:n})]},e))})}function R({title:e,hint:t,wide:n,children:r}){return o(`section`,{class:`card ${n?`wide`:``}`,"aria-label":e,children:[o(`div`,{class:`cardhead`,children:[o(`h3`,{children:e}),t&&o(`small`,{children:t})]}),r]})}function z({children:e}){return o(`dl`,{class:`tiles`,children:e})}function B({children:e}){return o(`dl`,{class:`figures`,children:e})}function V({name:e,value:t,note:n}){return o(`div`,{children:[o(`dt`,{children:e}),o(`dd`,{children:[t,n&&o(`small`,{children:n})]})]})}function H({name:e,ratio:t}){return o(V,{name:e,value:C(t),note:t.value===null?void 0:w(t)})}function U({name:e,amounts:t}){return o(V,{name:e,value:o(Fe,{of:t})})}function Fe({of:e}){return e.length===0?o(a,{children:`–`}):o(a,{children:e.map(e=>o(`span`,{class:`amount`,children:oe(e)},e.currency))})}function Ie({of:e}){return o(a,{children:[o(R,{title:`Sales`,children:o(B,{children:[o(V,{name:`Purchases`,value:b(e.purchases)}),o(H,{name:`Viewers who bought`,ratio:e.purchasesRate}),o(U,{name:`Total sales`,amounts:e.totalSales}),o(U,{name:`Displayed products`,amounts:e.productSales}),o(U,{name:`Everything else`,amounts:e.otherSales}),o(U,{name:`Average purchase`,amounts:e.averagePurchase}),o(U,{name:`Largest`,amounts:e.maximumPurchase}),o(U,{name:`Smallest`,amounts:e.minimumPurchase})]})}),o(R,{title:`Carts`,children:o(B,{children:[o(V,{name:`Carts created`,value:b(e.cartsCreated)}),o(H,{name:`Viewers with a cart`,ratio:e.cartsCreatedRate}),o(V,{name:`Additions to carts`,value:b(e.addToCarts)}),o(U,{name:`All carts`,amounts:e.totalCartsAmount}),o(U,{name:`Average cart`,amounts:e.averageCart}),o(U,{name:`Largest`,amounts:e.maximumCart}),o(U,{name:`Smallest`,amounts:e.minimumCart})]})}),o(R,{title:`Interest in products`,children:o(B,{children:[o(V,{name:`Product clicks`,value:b(e.productClicks)}),o(V,{name:`Viewers who clicked`,value:b(e.viewersProductClicks)}),o(H,{name:`Share of viewers`,ratio:e.productClicksRate}),o(V,{name:`Catalog opened`,value:b(e.catalogOpened)})]})})]})}function Le({steps:e}){let t=Math.max(1,...e.map(({value:e})=>e));return o(`ol`,{class:`funnel`,children:e.map(({name:n,value:r},i)=>{let a=e[i-1]?.value;return o(`li`,{children:[o(`span`,{class:`name`,children:n}),o(`span`,{class:`value`,children:[b(r),a!==void 0&&a>0&&o(`small`,{children:[C({value:r/a,numerator:r,denominator:a}),o(`span`,{class:`unseen`,children:` of the step before`})]})]}),o(`span`,{class:`meter`,"aria-hidden":`true`,children:o(`span`,{style:{width:`${100*r/t}%`}})})]},n)})})}function W({of:e}){return o(R,{title:`From seeing the event to paying`,hint:`shares of the step before`,children:o(Le,{steps:[{name:`Saw a widget`,value:e.audienceReach},{name:`Watched`,value:e.uniqueViewers},{name:`Purchases`,value:e.purchases}]})})}var Re={MINUTE:`by minute`,HOUR:`by hour`,DAY:`by day`,WEEK:`by week`,MONTH:`by month`};function ze({steps:e,lines:t,granularity:n,zone:r}){return o(R,{title:`Over time`,hint:`${Re[n]} · ${r}`,wide:!0,children:e.length===0?o(`p`,{class:`hint`,children:`Nothing happened in this time.`}):o(a,{children:[o(`div`,{class:`charts`,children:t.map(t=>o(Be,{steps:e,line:t,granularity:n,zone:r},t.name))}),o(Ve,{steps:e,lines:t,granularity:n,zone:r})]})})}function Be({steps:e,line:t,granularity:r,zone:i}){let a=n(null),[s,c]=l(),[u,f]=l(null);d(()=>{let e,n=!0;return h(async()=>{let{plot:e}=await import(`./plot-D5kdbK0n.js`);return{plot:e}},__vite__mapDeps([0,1]),import.meta.url).then(({plot:r})=>{n&&c(e=r(a.current,i,t.tall?220:120,f))}),()=>{n=!1,e?.remove()}},[i]),d(()=>s?.show(e,t),[s,e,t]);let p=Math.max(...t.values),m=t.values.indexOf(p),g=t=>E(e[t].start,i,r===`MINUTE`?`time`:r===`HOUR`?`minute`:`day`),_=p===0?`none`:`most: ${b(p)}, ${g(m)}`,v=u!==null&&e[u]?`${b(t.values[u])}, ${g(u)}`:_;return o(`figure`,{class:t.tall?`tall`:``,children:[o(`figcaption`,{children:[t.name,` `,o(`span`,{"aria-hidden":`true`,children:v})]}),o(`div`,{ref:a,class:`plot`,role:`img`,"aria-label":`${t.name}, ${_}. The table below has every step.`})]})}function Ve({steps:e,lines:t,granularity:n,zone:r}){let[i,a]=l(!1);return o(`details`,{class:`steps`,onToggle:e=>a(e.currentTarget.open),children:[o(`summary`,{children:`As a table`}),i&&o(`div`,{class:`scroll`,tabIndex:0,role:`region`,"aria-label":`Figures over time`,children:o(`table`,{children:[o(`thead`,{children:o(`tr`,{children:[o(`th`,{scope:`col`,children:`From`}),t.map(({name:e})=>o(`th`,{scope:`col`,children:e},e))]})}),o(`tbody`,{children:e.map(({start:e},i)=>o(`tr`,{children:[o(`th`,{scope:`row`,children:o(`time`,{dateTime:e,children:E(e,r,n===`DAY`||n===`WEEK`?`day`:`minute`)})}),t.map(({name:e,values:t})=>o(`td`,{children:b(t[i])},e))]},e))})]})})]})}function He({of:e,granularity:t,zone:n}){return o(ze,{zone:n,granularity:t,steps:e.map(({period:e})=>e),lines:[{name:`Viewers at a time`,values:e.map(({viewers:e})=>e),tall:!0},{name:`Product clicks`,values:e.map(({productClicks:e})=>e)},{name:`Purchases`,values:e.map(({purchases:e})=>e)}]})}function G({of:e,none:t}){return e.every(({ratio:e})=>e.numerator===0)?o(`p`,{class:`hint`,children:t}):o(`ul`,{class:`shares`,children:e.map(({name:e,ratio:t,note:n})=>o(`li`,{children:[o(`span`,{class:`name`,children:e}),o(`span`,{class:`value`,children:[C(t),` `,o(`small`,{children:n??w(t)})]}),o(`span`,{class:`meter`,"aria-hidden":`true`,children:o(`span`,{style:{width:`${100*Math.min(1,t.value??0)}%`}})})]},e))})}function K({of:e}){let t=[{name:`Phone`,ratio:e.mobile},{name:`Computer`,ratio:e.desktop},{name:`Tablet`,ratio:e.tablet}];return o(R,{title:`Devices`,children:o(G,{none:`No sessions yet.`,of:t.map(e=>({...e,note:x(e.ratio.numerator,`session`)}))})})}function q({title:e,of:t}){return o(R,{title:e,children:o(G,{none:`No sessions yet.`,of:t.map(({source:e,sessions:t,share:n})=>({name:e??`Not named`,ratio:n,note:x(t,`session`)}))})})}function Ue({of:e}){return o(a,{children:e.map(e=>o(We,{of:e},e.interactionId))})}function We({of:{question:e,statistics:t}}){if(t.__typename===`PollStatistics`){let{answers:n,participants:r,options:i}=t;return o(R,{title:e??`Poll`,hint:`Poll · ${x(n,`answer`)} of ${x(r,`visitor`)}`,children:o(G,{none:`No answers yet.`,of:i.map(({option:e,answers:t,share:n})=>({name:e,ratio:n,note:b(t)}))})})}let{players:n,winners:r,winningRate:i}=t;return o(R,{title:e??`Winning instant`,hint:`Winning instant`,children:o(B,{children:[o(V,{name:`Players`,value:b(n)}),o(V,{name:`Winners`,value:b(r)}),o(H,{name:`Winning rate`,ratio:i})]})})}function Ge({of:e,within:t}){let n=Date.parse(t.start),r=Math.max(1,Date.parse(t.end)-n),i=e=>Math.min(100,Math.max(0,100*(Date.parse(e)-n)/r));return o(`span`,{class:`timeline`,"aria-hidden":`true`,children:e.map(({start:e,end:t})=>o(`span`,{style:{left:`${i(e)}%`,width:`${Math.max(1,i(t)-i(e))}%`}},e))})}function J({of:e,zone:t,broadcast:n}){if(e.length===0)return o(R,{title:`Products`,wide:!0,children:o(`p`,{class:`hint`,children:`Nothing happened with a product yet.`})});let r=n!==void 0&&e.some(({appearances:e})=>e.length>0),i=[`Product`,...r?[`On screen`]:[],`Clicks`,`Click rate`,`Added`,`Removed`,`Purchases`,`Sold`,`Sales`];return o(R,{title:`Products`,hint:r?`in the order of appearance`:`most clicks first`,wide:!0,children:o(`table`,{class:`products`,role:`table`,children:[o(`thead`,{role:`rowgroup`,children:o(`tr`,{role:`row`,children:i.map(e=>o(`th`,{scope:`col`,role:`columnheader`,class:e===`On screen`?`screen`:``,children:e},e))})}),o(`tbody`,{role:`rowgroup`,children:e.map(({sku:e,order:i,product:a,appearances:s,metrics:c})=>o(`tr`,{role:`row`,"data-sku":e,children:[o(`th`,{scope:`row`,role:`rowheader`,children:o(`span`,{class:`product`,children:[r&&o(`span`,{class:`order`,children:i}),o(`span`,{children:[o(`strong`,{children:a.name}),o(`small`,{children:[a.brandName,e].filter(Boolean).join(` · `)})]})]})}),r&&o(`td`,{role:`cell`,class:`screen`,"data-name":`On screen`,children:[o(Ge,{of:s,within:n}),o(`small`,{children:s.map(({start:e})=>E(e,t,`time`)).join(`, `)||`not shown`})]}),o(`td`,{role:`cell`,"data-name":`Clicks`,children:b(c.clicks)}),o(`td`,{role:`cell`,"data-name":`Click rate`,children:C(c.clickRate)}),o(`td`,{role:`cell`,"data-name":`Added`,children:b(c.addedToCart)}),o(`td`,{role:`cell`,"data-name":`Removed`,children:b(c.removedFromCart)}),o(`td`,{role:`cell`,"data-name":`Purchases`,children:b(c.purchases)}),o(`td`,{role:`cell`,"data-name":`Sold`,children:b(c.quantitySold)}),o(`td`,{role:`cell`,"data-name":`Sales`,children:o(Fe,{of:c.sales})})]},e))})]})})}function Ke({of:e}){let t=e.distribution.reduce((e,t)=>e+t.count,0);return o(R,{title:`Satisfaction`,hint:`1 to 5`,children:[o(B,{children:[o(V,{name:`Average rating`,value:S(e.viewersSatisfaction)}),o(V,{name:`Were asked`,value:b(e.audienceReach)}),o(V,{name:`Answered`,value:b(e.attendees)}),o(H,{name:`Answers per viewer`,ratio:e.responseRate}),o(V,{name:`With a comment`,value:b(e.comments)})]}),o(G,{none:`No answers yet.`,of:[...e.distribution].reverse().map(({rating:e,count:n})=>({name:`★`.repeat(e),ratio:{value:t>0?n/t:null,numerator:n,denominator:t},note:b(n)}))})]})}function qe({what:e}){return o(`div`,{class:`loadingcards`,role:`status`,"aria-label":`Loading ${e}`,children:[o(`span`,{}),o(`span`,{}),o(`span`,{}),o(`span`,{}),o(`span`,{class:`wide`})]})}function Y({title:e,children:t}){return o(`section`,{class:`card nothing`,children:[o(`h3`,{children:e}),t&&o(`p`,{children:t})]})}function Je({error:e,again:t}){let n=e.code===`FORBIDDEN`;return o(`section`,{class:`card nothing`,role:`alert`,children:[o(`h3`,{children:n?`This token may not see that`:`That did not work`}),o(`p`,{children:[n?`The dashboard needs the scope events:read. `:``,`The gateway says: `,e.message]}),!n&&o(`button`,{type:`button`,onClick:t,children:`Try again`})]})}function X({title:e,of:t}){return o(R,{title:e,children:o(B,{children:[o(V,{name:`Views`,value:b(t.totalViews)}),o(V,{name:`Visitors who saw it`,value:b(t.uniqueViews)}),o(V,{name:`Clicks`,value:b(t.clicks)}),o(H,{name:`Click rate`,ratio:t.clickRate})]})})}function Ye({event:e,of:t,interactions:n,granularity:r,zone:i}){let{general:s,audience:c,business:l,conversionFunnel:u,evolution:d}=t;return e.startedAt?o(a,{children:[o(z,{children:[o(V,{name:`Viewers`,value:b(c.uniqueViewers),note:x(c.totalViewers,`visit`)}),o(V,{name:`Most at a time`,value:b(c.maxViewers),note:`${S(c.averageViewers)} on average`}),o(H,{name:`Took part`,ratio:s.engagementRate}),o(V,{name:`Purchases`,value:b(l.purchases)}),o(U,{name:`Sales`,amounts:l.totalSales}),o(V,{name:`Likes`,value:b(s.likes)})]}),o(`div`,{class:`cards`,children:[o(He,{of:d,granularity:r,zone:i}),o(W,{of:u}),o(R,{title:`The broadcast`,children:o(B,{children:[o(V,{name:`Duration`,value:T(s.liveDuration)}),o(V,{name:`Average visit`,value:T(c.averageSession)}),o(V,{name:`Messages of viewers`,value:b(s.messages)}),o(V,{name:`Questions`,value:b(s.questions)}),o(V,{name:`Messages of the brand`,value:b(s.brandAnswers)}),o(H,{name:`Viewers who wrote`,ratio:s.chatParticipationRate}),o(H,{name:`Viewers who asked`,ratio:s.chatQuestionRate}),o(V,{name:`Shares`,value:b(s.shares)})]})}),o(K,{of:t.devices}),o(q,{title:`Where viewers came from`,of:t.trafficSources}),o(Ie,{of:l}),o(Ke,{of:t.satisfaction}),o(Ue,{of:n}),o(X,{title:`Product widget`,of:t.productWidget}),o(X,{title:`Floating player`,of:t.floatingPlayerWidget}),o(J,{of:t.products,zone:i,broadcast:{start:e.startedAt,end:e.endedAt??d.at(-1)?.period.end??e.startedAt}})]})]}):o(Y,{title:`The broadcast has not started`,children:e.scheduledAt?`It is planned for ${E(e.scheduledAt,i,`full`)}.`:`It is not planned yet.`})}function Xe({label:e,tools:t,busy:r}){let i=n(null),[a,s]=l(0);return o(`div`,{class:`toolbar`,role:`toolbar`,"aria-label":e,ref:i,onKeyDown:e=>{let n={ArrowRight:1,ArrowLeft:-1}[e.key];if(!n)return;e.preventDefault();let r=(a+n+t.length)%t.length;s(r),i.current.querySelectorAll(`button`)[r].focus()},children:t.map(({title:e,use:t},n)=>o(`button`,{type:`button`,tabIndex:n===a?0:-1,"aria-disabled":r,onClick:()=>!r&&t(),children:e},n))})}function Ze({of:e,zone:t,busy:n,decide:r}){let i=e.authorName??(e.author===`BRAND`?`The brand`:`A viewer`),a=[e.question&&`Question`,e.displayed&&`Displayed to the host`,e.deleted&&`Deleted`,e.banned&&`Banned`].filter(Boolean);return o(`li`,{class:`message by-${e.author.toLowerCase()} ${e.deleted||e.banned?`gone`:``}`,"data-message":e.id,children:[o(`div`,{children:[o(`p`,{class:`by`,children:[o(`strong`,{children:i}),o(`time`,{dateTime:e.sentAt,children:E(e.sentAt,t,`minute`)}),a.map(e=>o(`span`,{class:`mark ${e===`Deleted`||e===`Banned`?`bad`:``}`,children:e},e))]}),e.parent&&o(`blockquote`,{children:[e.parent.authorName&&o(`strong`,{children:[e.parent.authorName,`: `]}),e.parent.text]}),o(`p`,{children:e.text})]}),r&&o(Xe,{label:`Moderate the message of ${i}`,busy:n,tools:Qe(e,r)})]})}function Qe({deleted:e,displayed:t,banned:n,visitorId:r,author:i},a){let o=[e?{title:`Restore`,use:()=>a(`RESTORE`)}:{title:`Delete`,use:()=>a(`DELETE`)},t?{title:`Hide`,use:()=>a(`HIDE`)}:{title:`Display`,use:()=>a(`DISPLAY`)}];return i!==`VIEWER`||r===null?o:[...o,n?{title:`Take ban back`,use:()=>a(`UNBAN`)}:{title:`Ban viewer`,use:()=>a(`BAN`)}]}var $e=[{name:`ALL`,title:`All`},{name:`QUESTIONS`,title:`Questions`},{name:`DISPLAYED`,title:`Displayed`},{name:`DELETED`,title:`Deleted`,moderators:!0},{name:`BANNED`,title:`Banned`,moderators:!0}];function et({gateway:e,eventId:t,of:n,page:r,turn:i,moderator:a,zone:s,reload:l}){let{busy:u,said:d,failure:f,decide:p}=nt(e,t,l);return at(e,t,l),o(`section`,{class:`card wide`,"aria-label":`Chat`,children:[o(`div`,{class:`cardhead`,children:[o(`fieldset`,{class:`filters`,children:[o(`legend`,{class:`unseen`,children:`Which messages`}),$e.filter(({moderators:e})=>a||!e).map(({name:e,title:t})=>o(`label`,{children:[o(`input`,{type:`radio`,name:`filter`,checked:r.filter===e,onChange:()=>i({filter:e,before:[]})}),o(`span`,{children:t})]},e))]}),o(`small`,{children:x(n.totalCount,`message`)})]}),!a&&o(`p`,{class:`hint`,children:`To moderate, use a token with the scope chat:moderate.`}),o(`p`,{class:`unseen`,role:`status`,children:d}),f&&o(c,{text:f}),n.nodes.length===0?o(`p`,{class:`hint none`,children:`No messages here.`}):o(`ol`,{class:`messages`,"aria-label":`Messages, the latest first`,children:[...n.nodes].reverse().map(e=>o(Ze,{of:e,zone:s,busy:u,decide:a?t=>void p(t,e):void 0},e.id))}),(r.before.length>0||n.pageInfo.hasPreviousPage)&&o(`nav`,{class:`pages`,"aria-label":`Pages of the chat`,children:[o(`button`,{type:`button`,disabled:r.before.length===0,onClick:()=>i({...r,before:r.before.slice(0,-1)}),children:`Later`}),o(`button`,{type:`button`,disabled:!n.pageInfo.hasPreviousPage,onClick:()=>i({...r,before:[...r.before,n.pageInfo.startCursor]}),children:`Earlier`})]})]})}var tt={DELETE:`The message is deleted.`,RESTORE:`The message is restored.`,DISPLAY:`The message is displayed to the host.`,HIDE:`The message is no longer displayed to the host.`,BAN:`The viewer is banned.`,UNBAN:`The ban is taken back.`};function nt(e,t,n){let[r,i]=l(!1),[a,o]=l(``),[s,c]=l(``);return{busy:r,said:a,failure:s,decide:async(r,a)=>{i(!0),c(``);try{let i=await rt(e,t,r,a);i[0]?c(i[0].message):o(tt[r]),n()}catch(e){c(e.message)}i(!1)}}}async function rt(e,t,n,{id:r}){return n===`BAN`?(await e.run(xe,{input:{liveEventId:t,messageId:r}})).banViewer.userErrors:n===`UNBAN`?(await e.run(Se,{input:{liveEventId:t,messageId:r}})).unbanViewer.userErrors:(await e.run(be,{input:{messageId:r,action:n}})).moderateChatMessage.userErrors}var it=500;function at(e,t,n){d(()=>{let r,i=()=>{r??=setTimeout(()=>{r=void 0,n()},it)},a=[e.watch(ve,{id:t},i,()=>void 0),e.watch(ye,{id:t},i,()=>void 0)];return()=>{clearTimeout(r);for(let e of a)e()}},[e,t,n])}function ot({of:e,granularity:t,zone:n}){let{audience:r,alerting:i,alertingFunnel:s,teasingVideo:c,evolution:l}=e;return r.totalVisitors===0&&s.audienceReach===0&&c.totalWatch===0?o(Y,{title:`Nobody came yet`,children:`There was no visitor before the broadcast in this period.`}):o(a,{children:[o(z,{children:[o(V,{name:`Visitors`,value:b(r.uniqueVisitors),note:x(r.totalVisitors,`visit`)}),o(V,{name:`SMS alerts`,value:b(i.smsAlerts),note:`${b(i.commercialOptins)} with opt-in`}),o(V,{name:`Calendar alerts`,value:b(i.calendarAlerts)}),o(V,{name:`Average visit`,value:T(r.averageSession)}),o(V,{name:`Shares`,value:b(r.shares)})]}),o(`div`,{class:`cards`,children:[o(ze,{zone:n,granularity:t,steps:l.map(({period:e})=>e),lines:[{name:`Visitors`,values:l.map(({viewers:e})=>e),tall:!0},{name:`SMS alerts`,values:l.map(e=>e.smsSubscriptions)},{name:`Calendar alerts`,values:l.map(e=>e.calendarSubscriptions)}]}),o(R,{title:`From seeing the event to an alert`,hint:`shares of the step before`,children:o(Le,{steps:[{name:`Saw a widget`,value:s.audienceReach},{name:`Came to the page`,value:s.uniqueViewers},{name:`Opened the alert`,value:s.alertingModal},{name:`Subscribed`,value:s.alertingValidation}]})}),o(K,{of:e.devices}),o(q,{title:`Where visits came from`,of:e.trafficSources}),o(R,{title:`Alerts`,children:o(B,{children:[o(H,{name:`Visitors with an SMS alert`,ratio:i.smsAlertingRate}),o(H,{name:`Visitors with a calendar alert`,ratio:i.calendarAlertingRate}),o(H,{name:`Opt-in among SMS alerts`,ratio:i.retargetingRate})]})}),o(R,{title:`Teasing video`,children:o(B,{children:[o(V,{name:`Watched`,value:b(c.totalWatch)}),o(V,{name:`Visitors who watched`,value:b(c.uniqueWatch)}),o(V,{name:`Average time`,value:T(c.averageWatchTime)})]})}),o(X,{title:`Product widget`,of:e.productWidget}),o(J,{of:e.products,zone:n})]})]})}function st({of:e}){return e.length===0?null:o(R,{title:`Videos`,children:o(`ul`,{class:`videos`,children:e.map(({kind:e,product:t,state:n,url:r},i)=>{let a=e===`REPLAY`?`The whole broadcast`:t?.name??`A product`;return o(`li`,{children:[o(`span`,{children:a}),n===`READY`&&r?o(`a`,{href:r,rel:`noopener noreferrer`,"aria-label":`Download: ${a}`,children:`Download`}):o(`small`,{children:`in preparation`})]},i)})})})}function ct({event:e,granularity:t,zone:n}){if(!e.endedAt)return o(Y,{title:`There is no replay yet`,children:`It begins when the broadcast ends.`});let{audience:r,business:i,conversionFunnel:s,evolution:c,...l}=e.replay;return o(a,{children:[o(z,{children:[o(V,{name:`Viewers`,value:b(r.uniqueViewers),note:x(r.totalViewers,`visit`)}),o(V,{name:`Most at a time`,value:b(r.maxViewers),note:`${S(r.averageViewers)} on average`}),o(V,{name:`Average visit`,value:T(r.averageSession)}),o(V,{name:`Purchases`,value:b(i.purchases)}),o(U,{name:`Sales`,amounts:i.totalSales}),o(V,{name:`Shares`,value:b(r.shares)})]}),o(`div`,{class:`cards`,children:[o(He,{of:c,granularity:t,zone:n}),o(W,{of:s}),o(K,{of:l.devices}),o(q,{title:`Where viewers came from`,of:l.trafficSources}),o(Ie,{of:i}),o(st,{of:e.videos}),o(X,{title:`Product widget`,of:l.productWidget}),o(J,{of:l.products,zone:n,broadcast:{start:e.startedAt,end:e.endedAt}})]})]})}function Z(e,t,n){let[i,a]=l({loading:!0}),[o,s]=l(0),c=r(()=>s(e=>e+1),[]);return d(()=>{let r=!0;return a(({data:e})=>({data:e,loading:!0})),e.run(t,n).then(e=>r&&a({data:e,loading:!1}),e=>r&&a({error:e,loading:!1})),()=>{r=!1}},[e,t,JSON.stringify(n),o]),{...i,reload:c}}var lt=2;function ut(e,t,n,r,i){let[a,o]=l(),{liveEventId:s,phase:c}=t;return d(()=>{if(c===`LIVE`)return e.watch(he,{id:s,every:lt,granularity:n,timeZone:r},({liveMetrics:e})=>o({figures:e,at:Date.now()}),()=>o(void 0),i)},[e,s,c,n,r]),a}function dt({at:e,zone:t}){return o(`p`,{class:`livemark`,children:[o(`span`,{class:`dot`,"aria-hidden":`true`}),` Live, figures of `,o(`time`,{children:E(e,t,`moment`)})]})}function ft({of:{query:e,variables:t}}){let[n,r]=l(``),i=pt(e),a=JSON.stringify(t,null,2),s=`./#${new URLSearchParams({query:i,variables:a})}`,c=(e,t)=>navigator.clipboard?.writeText(e).then(()=>r(`${t} copied.`),()=>r(`The browser does not let pages copy.`));return o(`aside`,{class:`card querypanel`,"aria-label":`Query of this view`,children:[o(`div`,{class:`cardhead`,children:o(`h3`,{children:`The query of this view`})}),o(`p`,{class:`buttons`,children:[o(`a`,{class:`button`,href:s,children:`Open in playground`}),o(`button`,{type:`button`,onClick:()=>c(i,`Query`),children:`Copy query`}),o(`button`,{type:`button`,onClick:()=>c(a,`Variables`),children:`Copy variables`}),o(`small`,{role:`status`,children:n})]}),o(`h4`,{children:`Variables`}),o(`pre`,{tabIndex:0,"aria-label":`Variables`,children:a}),o(`h4`,{children:`Query`}),o(`pre`,{tabIndex:0,"aria-label":`Query`,class:`query`,children:i})]})}function pt(e){return e.trim().replace(/\n\s*(?=fragment )/g,`

`)}function Q({name:e,given:t,operation:n,variables:r,answer:i,children:a}){let{data:s,error:c,loading:l,reload:u}=i,f=s?.liveEvent,p=f!=null&&f.phase!==t.event.phase;return d(()=>{p&&t.refresh()},[p]),o(`div`,{class:`viewgrid ${t.query?`withquery`:``}`,children:[o(`div`,{id:`view`,role:`tabpanel`,"aria-labelledby":`tab-${e}`,tabIndex:-1,"aria-busy":l,class:l&&s?`stale`:``,children:[c&&o(Je,{error:c,again:u}),!c&&!s&&o(qe,{what:`figures`}),s&&(f?a(f):o(Y,{title:`There is no such live event`}))]}),t.query&&o(ft,{of:{query:n.toString(),variables:r}})]})}var mt={prelive:ht,live:gt,replay:_t,chat:vt};function ht(e){let{gateway:t,event:n,period:r,zone:i}=e,a=j(`prelive`,n,r),s={id:n.liveEventId,period:r,granularity:a,timeZone:i},c=Z(t,pe,s);return o(Q,{name:`prelive`,given:e,operation:pe,variables:s,answer:c,children:({prelive:e})=>o(ot,{of:e,granularity:a,zone:i})})}function gt(e){let{gateway:t,event:n,zone:r,refresh:i}=e,s=j(`live`,n,null),c={id:n.liveEventId,granularity:s,timeZone:r},l=Z(t,me,c),u=ut(t,n,s,r,i);return o(Q,{name:`live`,given:e,operation:me,variables:c,answer:l,children:e=>o(a,{children:[u&&o(dt,{at:u.at,zone:r}),o(Ye,{event:e,of:u?.figures??e.live,interactions:e.interactions,granularity:s,zone:r})]})})}function _t(e){let{gateway:t,event:n,period:r,zone:i}=e,a=j(`replay`,n,r),s={id:n.liveEventId,period:r,granularity:a,timeZone:i},c=Z(t,ge,s);return o(Q,{name:`replay`,given:e,operation:ge,variables:s,answer:c,children:e=>o(ct,{event:e,granularity:a,zone:i})})}function vt(e){let{gateway:t,event:n,zone:r,moderator:i}=e,[a,s]=l({filter:`ALL`,before:[]}),c={id:n.liveEventId,filter:a.filter,last:50,before:a.before.at(-1)??null},u=Z(t,_e,c);return o(Q,{name:`chat`,given:e,operation:_e,variables:c,answer:u,children:({chat:e})=>o(et,{gateway:t,eventId:n.liveEventId,of:e,page:a,turn:s,moderator:i,zone:r,reload:u.reload})})}var yt=[{name:`prelive`,title:`Before`},{name:`live`,title:`Broadcast`},{name:`replay`,title:`Replay`},{name:`chat`,title:`Chat`}],bt=`(min-width: 1360px)`;function xt({gateway:e,address:t,event:n,events:r,scopes:i,refresh:s}){let[c,u]=l(matchMedia(bt).matches),[d,f]=l(!1),p=t.view??(n.phase===`PRELIVE`?`prelive`:`live`),m=je(n.timeZone),h=ke(t),g=mt[p];return o(a,{children:[o(ue,{event:n,events:r,zone:m}),o(`div`,{class:`steering`,children:[o(Pe,{of:yt,label:`Views`,chosen:p,choose:e=>v({event:n.liveEventId,view:e})}),o(`div`,{class:`controls`,children:[o(Me,{view:p,event:n,address:t,zone:m}),o(`button`,{type:`button`,"aria-expanded":c,onClick:()=>u(!c),children:`Query`}),i.includes(`exports:write`)&&o(`button`,{type:`button`,"aria-expanded":d,onClick:()=>f(!d),children:`Export`})]})]}),d&&o(Te,{gateway:e,eventId:n.liveEventId,period:h,zone:m,close:()=>f(!1)}),o(g,{gateway:e,event:n,period:h,zone:m,query:c,moderator:i.includes(`chat:moderate`),refresh:s},`${p} ${n.phase}`)]})}var St=100,Ct=3e4;function wt(){let[n,r]=l(m()),i=s(()=>new u(n),[n]);d(()=>()=>i.close(),[i]);let{link:c,why:h}=t(i);return o(a,{children:[o(e,{title:`Live events`,link:c,children:[o(`a`,{href:`.`,children:`Playground`}),o(`a`,{href:`agent`,children:`Agent tool`})]}),c===`refused`?o(f,{of:`somebody who may see live events: events:read`,why:n===``?``:h,enter:e=>{p(e),r(m())}}):o(`main`,{class:`dashboard`,children:o(Tt,{gateway:i})})]})}function Tt({gateway:e}){let t=_(),{data:n,error:r,reload:i}=Z(e,fe,{first:St,id:t.event,named:t.event!==``}),a=n&&(t.event===``?Et(n):Dt(n,t.event)),s=!a||a.phase===`REPLAY`;return d(()=>{if(s)return;let e=setInterval(()=>document.hidden||i(),Ct);return()=>clearInterval(e)},[s,i]),r?o(Je,{error:r,again:i}):n?!a&&t.event!==``?o(Y,{title:`There is no such live event`,children:o(`a`,{href:`#`,children:`Show the latest`})}):a?o(xt,{gateway:e,address:t,event:a,events:n.liveEvents.nodes,scopes:n.viewer.scopes,refresh:i},a.liveEventId):o(Y,{title:`There are no live events yet`,children:`They come with the catalog: see POST /ingest/catalog.`}):o(qe,{what:`live events`})}function Et({liveEvents:{nodes:e}}){return e.find(({phase:e})=>e===`LIVE`)??e.find(({phase:e})=>e===`REPLAY`)??e[0]}function Dt({liveEvent:e,liveEvents:{nodes:t}},n){return[...e?[e]:[],...t].find(({liveEventId:e})=>e===n||`LiveEvent:${e}`===n)}var $=document.getElementById(`root`);$.replaceChildren(),i(o(wt,{}),$);export{E as n,ae as t};