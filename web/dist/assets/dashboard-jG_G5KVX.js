const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["./plot-C2tjnFzt.js","./plot-CnsZ1jie.css"])))=>i.map(i=>d[i]);
import{_ as e,d as t,f as n,g as r,h as i,l as a,m as o,o as s,p as c,s as l,t as u,u as d}from"./gateway-Dd8jc8tO.js";import{t as f}from"./tokenform-DByYipRe.js";import{n as p,t as m}from"./token-B6F4q5x3.js";import{t as h}from"./preload-helper-BQUUbbNx.js";var g=[`prelive`,`live`,`replay`,`chat`];function _(){let[e,n]=o(y);return t(()=>{let e=()=>n(y());return addEventListener(`hashchange`,e),()=>removeEventListener(`hashchange`,e)},[]),e}function v(e){let t=e.event===void 0?{...y(),...e}:{from:``,to:``,...e},n=new URLSearchParams;for(let[e,r]of Object.entries(t))r&&n.set(e,r);location.hash=n.toString()}function y(){let e=new URLSearchParams(location.hash.slice(1)),t=ee(e.get(`from`)),n=ee(e.get(`to`)),r=t!==``&&n!==``&&t<n;return{event:e.get(`event`)??``,view:g.find(t=>t===e.get(`view`)),from:r?t:``,to:r?n:``}}function ee(e){let t=Date.parse(e??``);return Number.isNaN(t)?``:new Date(t).toISOString()}var te=new Intl.NumberFormat,ne=new Intl.NumberFormat(void 0,{notation:`compact`,maximumFractionDigits:1}),re=new Intl.NumberFormat(void 0,{maximumFractionDigits:1}),ie=new Intl.NumberFormat(void 0,{style:`percent`,maximumFractionDigits:1});function b(e){return te.format(e)}function x(e,t){return`${b(e)} ${t}${e===1?``:`s`}`}function ae(e){return ne.format(e)}function S(e){return e===null?`–`:re.format(e)}function C(e){return e.value===null?`–`:ie.format(e.value)}function w({numerator:e,denominator:t}){return`${b(e)} of ${b(t)}`}function T(e){if(e===null)return`–`;let t=Math.round(e),n={day:Math.floor(t/86400),hour:Math.floor(t/3600)%24,minute:Math.floor(t/60)%60,second:t%60},r=Object.entries(n).filter(([,e])=>e>0).slice(0,2);return(r.length>0?r:[[`second`,0]]).map(([e,t])=>new Intl.NumberFormat(void 0,{style:`unit`,unit:e,unitDisplay:`narrow`}).format(t)).join(` `)}function oe({amount:e,currency:t}){return new Intl.NumberFormat(void 0,{style:`currency`,currency:t}).format(Number(e))}var se={day:{day:`numeric`,month:`short`},time:{hour:`2-digit`,minute:`2-digit`},minute:{day:`numeric`,month:`short`,hour:`2-digit`,minute:`2-digit`},moment:{hour:`2-digit`,minute:`2-digit`,second:`2-digit`},full:{weekday:`short`,day:`numeric`,month:`short`,year:`numeric`,hour:`2-digit`,minute:`2-digit`}},ce=new Map;function E(e,t,n){let r=`${n} ${t}`,i=ce.get(r);return i||(i=new Intl.DateTimeFormat(void 0,{...se[n],timeZone:t}),ce.set(r,i)),i.format(new Date(e))}var le={PRELIVE:`Before the broadcast`,LIVE:`On air`,REPLAY:`In replay`};function ue({event:e,events:t,zone:n}){let r=t.some(({liveEventId:t})=>t===e.liveEventId)?t:[e,...t];return d(`header`,{class:`eventhead`,children:[d(`div`,{children:[d(`p`,{class:`phase ${e.phase.toLowerCase()}`,children:le[e.phase]}),d(`h2`,{children:e.name}),d(`p`,{class:`hint`,children:[de(e,n),` · `,n]})]}),d(`label`,{children:[`Live event`,d(`select`,{value:e.liveEventId,onChange:e=>v({event:e.currentTarget.value}),children:r.map(({liveEventId:e,name:t,startedAt:r,scheduledAt:i})=>{let a=r??i;return d(`option`,{value:e,children:[t,a&&`, ${E(a,n,`day`)}`]},e)})})]})]})}function de({startedAt:e,endedAt:t,scheduledAt:n},r){return e&&t?`${E(e,r,`full`)} – ${E(t,r,`time`)} (${T((Date.parse(t)-Date.parse(e))/1e3)})`:e?`since ${E(e,r,`full`)}`:n?`planned for ${E(n,r,`full`)}`:`not planned yet`}var D=class extends String{__apiType;value;__meta__;constructor(e,t){super(e),this.value=e,this.__meta__=t}toString(){return this.value}};new D(`
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
  messageId
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
  messageId
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
}`,{hash:`sha256:ee4381b3d93cd2cadafc003d5b6f1df06a06145ffbc801dc6707dbc027925861`}),ve=new D(`
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
    `,{hash:`sha256:5a1df55e77bc38afbcd7fd2b127b54c4100774b490a2eb84f222f88d00a9d118`}),O=[{name:`ANALYTICS`,title:`Figures`},{name:`USERS`,title:`Visitors`},{name:`MESSAGES`,title:`Chat`}];function Te({gateway:e,eventId:t,period:n,zone:r,close:i}){let[a,s]=o(),[c,u]=o(``);return d(`section`,{class:`card exporter`,"aria-label":`Export`,children:[d(`div`,{class:`cardhead`,children:[d(`h3`,{children:`Export`}),d(`small`,{children:n?`${E(n.start,r,`minute`)} – ${E(n.end,r,`minute`)}`:`The whole event`}),d(`button`,{type:`button`,class:`quiet`,"aria-label":`Close export`,onClick:i,children:`×`})]}),d(`form`,{onSubmit:async r=>{r.preventDefault();let i=new FormData(r.currentTarget),a=i.get(`format`)===`XLSX`?`XLSX`:`CSV`,o=O.map(({name:e})=>e).filter(e=>a===`CSV`?i.get(`format`)===e:i.has(e));if(s(void 0),u(o.length>0?``:`Choose at least one sheet.`),o.length!==0)try{let{requestExport:r}=await e.run(Ce,{input:{kind:`LIVE_EVENT`,liveEventId:t,format:a,sheets:o,period:n}});r.userErrors[0]?u(r.userErrors[0].message):s(r)}catch(e){u(e.message)}},children:[d(Ee,{}),d(`button`,{type:`submit`,class:`primary`,children:`Make the file`})]}),c&&d(l,{text:c}),a?.export&&d(De,{gateway:e,of:a.export,url:a.url,zone:r})]})}function Ee(){let[e,t]=o(`XLSX`);return d(r,{children:[d(`label`,{children:[`Form`,d(`select`,{name:`format`,value:e,onChange:e=>t(e.currentTarget.value),children:[d(`option`,{value:`XLSX`,children:`Spreadsheet (.xlsx)`}),O.map(({name:e,title:t})=>d(`option`,{value:e,children:[t,` (.csv)`]},e))]})]}),e===`XLSX`&&d(`fieldset`,{children:[d(`legend`,{class:`unseen`,children:`Sheets`}),O.map(({name:e,title:t})=>d(`label`,{class:`check`,children:[d(`input`,{type:`checkbox`,name:e,defaultChecked:!0}),` `,t]},e))]})]})}function De({gateway:e,of:n,url:r,zone:i}){let[a,s]=o();t(()=>e.watch(we,{id:n.exportId},e=>s(e.exportProgress),()=>void 0),[e,n.exportId]);let c=new URL(r.replace(/^\//,``),document.baseURI);return d(`div`,{class:`file`,children:[d(`a`,{class:`button`,href:c.href,download:!0,children:`Download`}),d(`span`,{role:`status`,children:a?Oe(a):``}),a?.state===`RUNNING`&&d(`progress`,{"aria-label":`Rows written`,value:a.totalRows===null?void 0:a.rows,max:a.totalRows??void 0}),d(`small`,{children:[`Good until `,E(n.expiresAt,i,`moment`),`, for whoever has the link.`,n.personalData?` It holds personal data.`:``]})]})}function Oe({state:e,rows:t,totalRows:n,failure:r}){switch(e){case`WAITING`:return`Ready to download.`;case`RUNNING`:return`${b(t)}${n===null?``:` of ${b(n)}`} rows`;case`DONE`:return`Downloaded, ${b(t)} rows.`;case`FAILED`:return`The download was broken off${r===null?``:`: ${r.message}`}. The link is still good.`;case`EXPIRED`:return`The link is no longer good.`}}var k=36e5,A=24*k;function ke({from:e,to:t}){return e===``?null:{start:e,end:t}}function j(e,t,n){return e===`live`?M(t.startedAt??void 0,t.endedAt??void 0):n?M(n.start,n.end):`DAY`}function M(e,t){let n=e?(t?Date.parse(t):Date.now())-Date.parse(e):0;return n<=6*k?`MINUTE`:n<=4*A?`HOUR`:n<=180*A?`DAY`:`WEEK`}function Ae(e,t){if(e===`prelive`){let e=t.startedAt??t.scheduledAt;return e?[N(`Last 24 hours before`,e,A),N(`Last 7 days before`,e,7*A)]:[]}return e===`replay`&&t.endedAt?[P(`First 24 hours`,t.endedAt,A),P(`First 7 days`,t.endedAt,7*A)]:[]}function N(e,t,n){return{name:e,from:new Date(Date.parse(t)-n).toISOString(),to:new Date(t).toISOString()}}function P(e,t,n){return{name:e,from:new Date(t).toISOString(),to:new Date(Date.parse(t)+n).toISOString()}}function F(e,t){let n=Date.parse(e);return new Date(n+I(n,t)).toISOString().slice(0,16)}function je(e,t){let n=Date.parse(`${e}Z`),r=n-I(n,t);return new Date(n-I(r,t)).toISOString()}function Me(e){try{return new Intl.DateTimeFormat(`en`,{timeZone:e??`UTC`}).resolvedOptions().timeZone}catch{return`UTC`}}function I(e,t){let n=new Intl.DateTimeFormat(`en-US`,{timeZone:t,hourCycle:`h23`,year:`numeric`,month:`numeric`,day:`numeric`,hour:`numeric`,minute:`numeric`,second:`numeric`}).formatToParts(e),r=e=>Number(n.find(t=>t.type===e).value);return Date.UTC(r(`year`),r(`month`)-1,r(`day`),r(`hour`),r(`minute`),r(`second`))-Math.floor(e/1e3)*1e3}function Ne({view:e,event:n,address:r,zone:i}){let a=Ae(e,n),{from:s,to:c}=r,l=a.findIndex(e=>e.from===s&&e.to===c),[u,f]=o(!1);if(t(()=>f(s!==``&&l<0),[s,c,l]),e===`live`)return d(`p`,{class:`period hint`,children:`A broadcast is always shown whole.`});if(e===`chat`)return d(`p`,{class:`period hint`,children:`The chat of all three phases.`});let p=u?`custom`:s===``?``:String(l),m=e=>{f(e===`custom`),e===``?v({from:``,to:``}):e!==`custom`&&v({from:a[Number(e)].from,to:a[Number(e)].to})};return d(`div`,{class:`period`,children:[d(`label`,{children:[`Period`,d(`select`,{value:p,onChange:e=>m(e.currentTarget.value),children:[d(`option`,{value:``,children:`Whole phase`}),a.map(({name:e},t)=>d(`option`,{value:String(t),children:e},e)),d(`option`,{value:`custom`,children:`From … to …`})]})]}),u&&d(Pe,{from:s,to:c,zone:i},`${s} ${c} ${i}`)]})}function Pe({from:e,to:t,zone:n}){let[r,i]=o(``);return d(`form`,{class:`bounds`,onSubmit:e=>{e.preventDefault();let t=new FormData(e.currentTarget),[r,a]=[je(String(t.get(`from`)),n),je(String(t.get(`to`)),n)];i(r<a?``:`The end must be after the start.`),r<a&&v({from:r,to:a})},children:[d(`label`,{children:[`From `,d(`input`,{type:`datetime-local`,name:`from`,required:!0,defaultValue:e&&F(e,n)})]}),d(`label`,{children:[`Up to `,d(`input`,{type:`datetime-local`,name:`to`,required:!0,defaultValue:t&&F(t,n),"aria-describedby":`bounds-zone`})]}),d(`button`,{type:`submit`,children:`Show`}),d(`small`,{id:`bounds-zone`,role:r?`alert`:void 0,class:r?`wrong`:``,children:r||`By the clocks of ${n}`})]})}function Fe({of:e,label:t,chosen:r,choose:i}){let a=n(null);return d(`div`,{class:`tabs`,role:`tablist`,"aria-label":t,ref:a,onKeyDown:t=>{let n=e.findIndex(({name:e})=>e===r),o={ArrowRight:n+1,ArrowLeft:n-1,Home:0,End:e.length-1}[t.key];if(o===void 0)return;t.preventDefault();let s=(o+e.length)%e.length;i(e[s].name),a.current.querySelectorAll(`[role=tab]`)[s].focus()},children:e.map(({name:e,title:t,note:n})=>d(`button`,{type:`button`,role:`tab`,id:`tab-${e}`,"aria-controls":`view`,"aria-selected":e===r,tabIndex:e===r?0:-1,onClick:()=>i(e),children:[t,n&&d(`small`,{children:n})]},e))})}function L({title:e,hint:t,wide:n,children:r}){return d(`section`,{class:`card ${n?`wide`:``}`,"aria-label":e,children:[d(`div`,{class:`cardhead`,children:[d(`h3`,{children:e}),t&&d(`small`,{children:t})]}),r]})}function R({children:e}){return d(`dl`,{class:`tiles`,children:e})}function z({children:e}){return d(`dl`,{class:`figures`,children:e})}function B({name:e,value:t,note:n}){return d(`div`,{children:[d(`dt`,{children:e}),d(`dd`,{children:[t,n&&d(`small`,{children:n})]})]})}function V({name:e,ratio:t}){return d(B,{name:e,value:C(t),note:t.value===null?void 0:w(t)})}function H({name:e,amounts:t}){return d(B,{name:e,value:d(Ie,{of:t})})}function Ie({of:e}){return e.length===0?d(r,{children:`–`}):d(r,{children:e.map(e=>d(`span`,{class:`amount`,children:oe(e)},e.currency))})}function Le({of:e}){return d(r,{children:[d(L,{title:`Sales`,children:d(z,{children:[d(B,{name:`Purchases`,value:b(e.purchases)}),d(V,{name:`Viewers who bought`,ratio:e.purchasesRate}),d(H,{name:`Total sales`,amounts:e.totalSales}),d(H,{name:`Displayed products`,amounts:e.productSales}),d(H,{name:`Everything else`,amounts:e.otherSales}),d(H,{name:`Average purchase`,amounts:e.averagePurchase}),d(H,{name:`Largest`,amounts:e.maximumPurchase}),d(H,{name:`Smallest`,amounts:e.minimumPurchase})]})}),d(L,{title:`Carts`,children:d(z,{children:[d(B,{name:`Carts created`,value:b(e.cartsCreated)}),d(V,{name:`Viewers with a cart`,ratio:e.cartsCreatedRate}),d(B,{name:`Additions to carts`,value:b(e.addToCarts)}),d(H,{name:`All carts`,amounts:e.totalCartsAmount}),d(H,{name:`Average cart`,amounts:e.averageCart}),d(H,{name:`Largest`,amounts:e.maximumCart}),d(H,{name:`Smallest`,amounts:e.minimumCart})]})}),d(L,{title:`Interest in products`,children:d(z,{children:[d(B,{name:`Product clicks`,value:b(e.productClicks)}),d(B,{name:`Viewers who clicked`,value:b(e.viewersProductClicks)}),d(V,{name:`Share of viewers`,ratio:e.productClicksRate}),d(B,{name:`Catalog opened`,value:b(e.catalogOpened)})]})})]})}function U({steps:e}){let t=Math.max(1,...e.map(({value:e})=>e));return d(`ol`,{class:`funnel`,children:e.map(({name:n,value:r},i)=>{let a=e[i-1]?.value;return d(`li`,{children:[d(`span`,{class:`name`,children:n}),d(`span`,{class:`value`,children:[b(r),a!==void 0&&a>0&&d(`small`,{children:[C({value:r/a,numerator:r,denominator:a}),d(`span`,{class:`unseen`,children:` of the step before`})]})]}),d(`span`,{class:`meter`,"aria-hidden":`true`,children:d(`span`,{style:{width:`${100*r/t}%`}})})]},n)})})}function W({of:e,none:t}){return e.every(({ratio:e})=>e.numerator===0)?d(`p`,{class:`hint`,children:t}):d(`ul`,{class:`shares`,children:e.map(({name:e,ratio:t,note:n})=>d(`li`,{children:[d(`span`,{class:`name`,children:e}),d(`span`,{class:`value`,children:[C(t),` `,d(`small`,{children:n??w(t)})]}),d(`span`,{class:`meter`,"aria-hidden":`true`,children:d(`span`,{style:{width:`${100*Math.min(1,t.value??0)}%`}})})]},e))})}function G({of:e}){let t=[{name:`Phone`,ratio:e.mobile},{name:`Computer`,ratio:e.desktop},{name:`Tablet`,ratio:e.tablet}];return d(W,{none:`No sessions yet.`,of:t.map(e=>({...e,note:x(e.ratio.numerator,`session`)}))})}function K({of:e}){return d(W,{none:`No sessions yet.`,of:e.map(({source:e,sessions:t,share:n})=>({name:e??`Not named`,ratio:n,note:x(t,`session`)}))})}function Re({of:e}){return d(r,{children:e.map(e=>d(ze,{of:e},e.interactionId))})}function ze({of:{question:e,statistics:t}}){if(t.__typename===`PollStatistics`){let{answers:n,participants:r,options:i}=t;return d(L,{title:e??`Poll`,hint:`Poll · ${x(n,`answer`)} of ${x(r,`visitor`)}`,children:d(W,{none:`No answers yet.`,of:i.map(({option:e,answers:t,share:n})=>({name:e,ratio:n,note:b(t)}))})})}let{players:n,winners:r,winningRate:i}=t;return d(L,{title:e??`Winning instant`,hint:`Winning instant`,children:d(z,{children:[d(B,{name:`Players`,value:b(n)}),d(B,{name:`Winners`,value:b(r)}),d(V,{name:`Winning rate`,ratio:i})]})})}function Be({of:e,within:t}){let n=Date.parse(t.start),r=Math.max(1,Date.parse(t.end)-n),i=e=>Math.min(100,Math.max(0,100*(Date.parse(e)-n)/r));return d(`span`,{class:`timeline`,"aria-hidden":`true`,children:e.map(({start:e,end:t})=>d(`span`,{style:{left:`${i(e)}%`,width:`${Math.max(1,i(t)-i(e))}%`}},e))})}function q({of:e,zone:t,broadcast:n}){if(e.length===0)return d(L,{title:`Products`,wide:!0,children:d(`p`,{class:`hint`,children:`Nothing happened with a product yet.`})});let r=n!==void 0&&e.some(({appearances:e})=>e.length>0),i=[`Product`,...r?[`On screen`]:[],`Clicks`,`Click rate`,`Added`,`Removed`,`Purchases`,`Sold`,`Sales`];return d(L,{title:`Products`,hint:r?`in the order of appearance`:`most clicks first`,wide:!0,children:d(`table`,{class:`products`,role:`table`,children:[d(`thead`,{role:`rowgroup`,children:d(`tr`,{role:`row`,children:i.map(e=>d(`th`,{scope:`col`,role:`columnheader`,class:e===`On screen`?`screen`:``,children:e},e))})}),d(`tbody`,{role:`rowgroup`,children:e.map(({sku:e,order:i,product:a,appearances:o,metrics:s})=>d(`tr`,{role:`row`,"data-sku":e,children:[d(`th`,{scope:`row`,role:`rowheader`,children:d(`span`,{class:`product`,children:[r&&d(`span`,{class:`order`,children:i}),d(`span`,{children:[d(`strong`,{children:a.name}),d(`small`,{children:[a.brandName,e].filter(Boolean).join(` · `)})]})]})}),r&&d(`td`,{role:`cell`,class:`screen`,"data-name":`On screen`,children:[d(Be,{of:o,within:n}),d(`small`,{children:o.map(({start:e})=>E(e,t,`time`)).join(`, `)||`not shown`})]}),d(`td`,{role:`cell`,"data-name":`Clicks`,children:b(s.clicks)}),d(`td`,{role:`cell`,"data-name":`Click rate`,children:C(s.clickRate)}),d(`td`,{role:`cell`,"data-name":`Added`,children:b(s.addedToCart)}),d(`td`,{role:`cell`,"data-name":`Removed`,children:b(s.removedFromCart)}),d(`td`,{role:`cell`,"data-name":`Purchases`,children:b(s.purchases)}),d(`td`,{role:`cell`,"data-name":`Sold`,children:b(s.quantitySold)}),d(`td`,{role:`cell`,"data-name":`Sales`,children:d(Ie,{of:s.sales})})]},e))})]})})}function Ve({of:e}){let t=e.distribution.reduce((e,t)=>e+t.count,0);return d(L,{title:`Satisfaction`,hint:`1 to 5`,children:[d(z,{children:[d(B,{name:`Average rating`,value:S(e.viewersSatisfaction)}),d(B,{name:`Were asked`,value:b(e.audienceReach)}),d(B,{name:`Answered`,value:b(e.attendees)}),d(V,{name:`Answers per viewer`,ratio:e.responseRate}),d(B,{name:`With a comment`,value:b(e.comments)})]}),d(W,{none:`No answers yet.`,of:[...e.distribution].reverse().map(({rating:e,count:n})=>({name:`★`.repeat(e),ratio:{value:t>0?n/t:null,numerator:n,denominator:t},note:b(n)}))})]})}var He={MINUTE:`by minute`,HOUR:`by hour`,DAY:`by day`,WEEK:`by week`,MONTH:`by month`};function J({steps:e,lines:t,granularity:n,zone:i}){return d(L,{title:`Over time`,hint:`${He[n]} · ${i}`,wide:!0,children:e.length===0?d(`p`,{class:`hint`,children:`Nothing happened in this time.`}):d(r,{children:[d(`div`,{class:`charts`,children:t.map(t=>d(Ue,{steps:e,line:t,granularity:n,zone:i},t.name))}),d(We,{steps:e,lines:t,granularity:n,zone:i})]})})}function Ue({steps:e,line:r,granularity:i,zone:a}){let s=n(null),[c,l]=o(),[u,f]=o(null);t(()=>{let e,t=!0;return h(async()=>{let{plot:e}=await import(`./plot-C2tjnFzt.js`);return{plot:e}},__vite__mapDeps([0,1]),import.meta.url).then(({plot:n})=>{t&&l(e=n(s.current,a,r.tall?220:120,f))}),()=>{t=!1,e?.remove()}},[a]),t(()=>c?.show(e,r),[c,e,r]);let p=Math.max(...r.values),m=r.values.indexOf(p),g=t=>E(e[t].start,a,i===`MINUTE`?`time`:i===`HOUR`?`minute`:`day`),_=p===0?`none`:`most: ${b(p)}, ${g(m)}`,v=u!==null&&e[u]?`${b(r.values[u])}, ${g(u)}`:_;return d(`figure`,{class:r.tall?`tall`:``,children:[d(`figcaption`,{children:[r.name,` `,d(`span`,{"aria-hidden":`true`,children:v})]}),d(`div`,{ref:s,class:`plot`,role:`img`,"aria-label":`${r.name}, ${_}. The table below has every step.`})]})}function We({steps:e,lines:t,granularity:n,zone:r}){let[i,a]=o(!1);return d(`details`,{class:`steps`,onToggle:e=>a(e.currentTarget.open),children:[d(`summary`,{children:`As a table`}),i&&d(`div`,{class:`scroll`,tabIndex:0,role:`region`,"aria-label":`Figures over time`,children:d(`table`,{children:[d(`thead`,{children:d(`tr`,{children:[d(`th`,{scope:`col`,children:`From`}),t.map(({name:e})=>d(`th`,{scope:`col`,children:e},e))]})}),d(`tbody`,{children:e.map(({start:e},i)=>d(`tr`,{children:[d(`th`,{scope:`row`,children:d(`time`,{dateTime:e,children:E(e,r,n===`DAY`||n===`WEEK`?`day`:`minute`)})}),t.map(({name:e,values:t})=>d(`td`,{children:b(t[i])},e))]},e))})]})})]})}function Ge({what:e}){return d(`div`,{class:`loadingcards`,role:`status`,"aria-label":`Loading ${e}`,children:[d(`span`,{}),d(`span`,{}),d(`span`,{}),d(`span`,{}),d(`span`,{class:`wide`})]})}function Y({title:e,children:t}){return d(`section`,{class:`card nothing`,children:[d(`h3`,{children:e}),t&&d(`p`,{children:t})]})}function Ke({error:e,again:t}){let n=e.code===`FORBIDDEN`;return d(`section`,{class:`card nothing`,role:`alert`,children:[d(`h3`,{children:n?`This token may not see that`:`That did not work`}),d(`p`,{children:[n?`The dashboard needs the scope events:read. `:``,`The gateway says: `,e.message]}),!n&&d(`button`,{type:`button`,onClick:t,children:`Try again`})]})}function X({title:e,of:t}){return d(L,{title:e,children:d(z,{children:[d(B,{name:`Views`,value:b(t.totalViews)}),d(B,{name:`Visitors who saw it`,value:b(t.uniqueViews)}),d(B,{name:`Clicks`,value:b(t.clicks)}),d(V,{name:`Click rate`,ratio:t.clickRate})]})})}function qe({event:e,of:t,interactions:n,granularity:i,zone:a}){let{general:o,audience:s,business:c,conversionFunnel:l,evolution:u}=t;return e.startedAt?d(r,{children:[d(R,{children:[d(B,{name:`Viewers`,value:b(s.uniqueViewers),note:x(s.totalViewers,`visit`)}),d(B,{name:`Most at a time`,value:b(s.maxViewers),note:`${S(s.averageViewers)} on average`}),d(V,{name:`Took part`,ratio:o.engagementRate}),d(B,{name:`Purchases`,value:b(c.purchases)}),d(H,{name:`Sales`,amounts:c.totalSales}),d(B,{name:`Likes`,value:b(o.likes)})]}),d(`div`,{class:`cards`,children:[d(J,{zone:a,granularity:i,steps:u.map(({period:e})=>e),lines:[{name:`Viewers at a time`,values:u.map(({viewers:e})=>e),tall:!0},{name:`Product clicks`,values:u.map(({productClicks:e})=>e)},{name:`Purchases`,values:u.map(({purchases:e})=>e)}]}),d(L,{title:`From seeing the event to paying`,hint:`shares of the step before`,children:d(U,{steps:[{name:`Saw a widget`,value:l.audienceReach},{name:`Watched`,value:l.uniqueViewers},{name:`Purchases`,value:l.purchases}]})}),d(L,{title:`The broadcast`,children:d(z,{children:[d(B,{name:`Duration`,value:T(o.liveDuration)}),d(B,{name:`Average visit`,value:T(s.averageSession)}),d(B,{name:`Messages of viewers`,value:b(o.messages)}),d(B,{name:`Questions`,value:b(o.questions)}),d(B,{name:`Messages of the brand`,value:b(o.brandAnswers)}),d(V,{name:`Viewers who wrote`,ratio:o.chatParticipationRate}),d(V,{name:`Viewers who asked`,ratio:o.chatQuestionRate}),d(B,{name:`Shares`,value:b(o.shares)})]})}),d(L,{title:`Devices`,children:d(G,{of:t.devices})}),d(L,{title:`Where viewers came from`,children:d(K,{of:t.trafficSources})}),d(Le,{of:c}),d(Ve,{of:t.satisfaction}),d(Re,{of:n}),d(X,{title:`Product widget`,of:t.productWidget}),d(X,{title:`Floating player`,of:t.floatingPlayerWidget}),d(q,{of:t.products,zone:a,broadcast:{start:e.startedAt,end:e.endedAt??u.at(-1)?.period.end??e.startedAt}})]})]}):d(Y,{title:`The broadcast has not started`,children:e.scheduledAt?`It is planned for ${E(e.scheduledAt,a,`full`)}.`:`It is not planned yet.`})}function Je({label:e,tools:t,busy:r}){let i=n(null),[a,s]=o(0);return d(`div`,{class:`toolbar`,role:`toolbar`,"aria-label":e,ref:i,onKeyDown:e=>{let n={ArrowRight:1,ArrowLeft:-1}[e.key];if(!n)return;e.preventDefault();let r=(a+n+t.length)%t.length;s(r),i.current.querySelectorAll(`button`)[r].focus()},children:t.map(({title:e,use:t},n)=>d(`button`,{type:`button`,tabIndex:n===a?0:-1,"aria-disabled":r,onClick:()=>!r&&t(),children:e},n))})}function Ye({of:e,zone:t,busy:n,decide:r}){let i=e.authorName??(e.author===`BRAND`?`The brand`:`A viewer`),a=[e.question&&`Question`,e.displayed&&`Displayed to the host`,e.deleted&&`Deleted`,e.banned&&`Banned`].filter(Boolean);return d(`li`,{class:`message by-${e.author.toLowerCase()} ${e.deleted||e.banned?`gone`:``}`,"data-message":e.messageId,children:[d(`div`,{children:[d(`p`,{class:`by`,children:[d(`strong`,{children:i}),d(`time`,{dateTime:e.sentAt,children:E(e.sentAt,t,`minute`)}),a.map(e=>d(`span`,{class:`mark ${e===`Deleted`||e===`Banned`?`bad`:``}`,children:e},e))]}),e.parent&&d(`blockquote`,{children:[e.parent.authorName&&d(`strong`,{children:[e.parent.authorName,`: `]}),e.parent.text]}),d(`p`,{children:e.text})]}),r&&d(Je,{label:`Moderate the message of ${i}`,busy:n,tools:Xe(e,r)})]})}function Xe({deleted:e,displayed:t,banned:n,visitorId:r,author:i},a){let o=[e?{title:`Restore`,use:()=>a(`RESTORE`)}:{title:`Delete`,use:()=>a(`DELETE`)},t?{title:`Hide`,use:()=>a(`HIDE`)}:{title:`Display`,use:()=>a(`DISPLAY`)}];return i!==`VIEWER`||r===null?o:[...o,n?{title:`Take ban back`,use:()=>a(`UNBAN`)}:{title:`Ban viewer`,use:()=>a(`BAN`)}]}var Ze=[{name:`ALL`,title:`All`},{name:`QUESTIONS`,title:`Questions`},{name:`DISPLAYED`,title:`Displayed`},{name:`DELETED`,title:`Deleted`,moderators:!0},{name:`BANNED`,title:`Banned`,moderators:!0}];function Qe({gateway:e,eventId:t,of:n,page:r,turn:i,moderator:a,zone:o,reload:s}){let{busy:c,said:u,failure:f,decide:p}=et(e,t,s);return rt(e,t,s),d(`section`,{class:`card wide`,"aria-label":`Chat`,children:[d(`div`,{class:`cardhead`,children:[d(`fieldset`,{class:`filters`,children:[d(`legend`,{class:`unseen`,children:`Which messages`}),Ze.filter(({moderators:e})=>a||!e).map(({name:e,title:t})=>d(`label`,{children:[d(`input`,{type:`radio`,name:`filter`,checked:r.filter===e,onChange:()=>i({filter:e,before:[]})}),d(`span`,{children:t})]},e))]}),d(`small`,{children:x(n.totalCount,`message`)})]}),!a&&d(`p`,{class:`hint`,children:`To moderate, use a token with the scope chat:moderate.`}),d(`p`,{class:`unseen`,role:`status`,children:u}),f&&d(l,{text:f}),n.nodes.length===0?d(`p`,{class:`hint none`,children:`No messages here.`}):d(`ol`,{class:`messages`,"aria-label":`Messages, the latest first`,children:[...n.nodes].reverse().map(e=>d(Ye,{of:e,zone:o,busy:c,decide:a?t=>void p(t,e):void 0},e.messageId))}),(r.before.length>0||n.pageInfo.hasPreviousPage)&&d(`nav`,{class:`pages`,"aria-label":`Pages of the chat`,children:[d(`button`,{type:`button`,disabled:r.before.length===0,onClick:()=>i({...r,before:r.before.slice(0,-1)}),children:`Later`}),d(`button`,{type:`button`,disabled:!n.pageInfo.hasPreviousPage,onClick:()=>i({...r,before:[...r.before,n.pageInfo.startCursor]}),children:`Earlier`})]})]})}var $e={DELETE:`The message is deleted.`,RESTORE:`The message is restored.`,DISPLAY:`The message is displayed to the host.`,HIDE:`The message is no longer displayed to the host.`,BAN:`The viewer is banned.`,UNBAN:`The ban is taken back.`};function et(e,t,n){let[r,i]=o(!1),[a,s]=o(``),[c,l]=o(``);return{busy:r,said:a,failure:c,decide:async(r,a)=>{i(!0),l(``);try{let i=await tt(e,t,r,a);i[0]?l(i[0].message):s($e[r]),n()}catch(e){l(e.message)}i(!1)}}}async function tt(e,t,n,{messageId:r}){return n===`BAN`?(await e.run(xe,{input:{liveEventId:t,messageId:r}})).banViewer.userErrors:n===`UNBAN`?(await e.run(Se,{input:{liveEventId:t,messageId:r}})).unbanViewer.userErrors:(await e.run(be,{input:{messageId:r,action:n}})).moderateChatMessage.userErrors}var nt=500;function rt(e,n,r){t(()=>{let t,i=()=>{t??=setTimeout(()=>{t=void 0,r()},nt)},a=[e.watch(ve,{id:n},i,()=>void 0),e.watch(ye,{id:n},i,()=>void 0)];return()=>{clearTimeout(t);for(let e of a)e()}},[e,n,r])}function it({of:e,granularity:t,zone:n}){let{audience:i,alerting:a,alertingFunnel:o,teasingVideo:s,evolution:c}=e;return i.totalVisitors===0&&o.audienceReach===0&&s.totalWatch===0?d(Y,{title:`Nobody came yet`,children:`There was no visitor before the broadcast in this period.`}):d(r,{children:[d(R,{children:[d(B,{name:`Visitors`,value:b(i.uniqueVisitors),note:x(i.totalVisitors,`visit`)}),d(B,{name:`SMS alerts`,value:b(a.smsAlerts),note:`${b(a.commercialOptins)} with opt-in`}),d(B,{name:`Calendar alerts`,value:b(a.calendarAlerts)}),d(B,{name:`Average visit`,value:T(i.averageSession)}),d(B,{name:`Shares`,value:b(i.shares)})]}),d(`div`,{class:`cards`,children:[d(J,{zone:n,granularity:t,steps:c.map(({period:e})=>e),lines:[{name:`Visitors`,values:c.map(({viewers:e})=>e),tall:!0},{name:`SMS alerts`,values:c.map(e=>e.smsSubscriptions)},{name:`Calendar alerts`,values:c.map(e=>e.calendarSubscriptions)}]}),d(L,{title:`From seeing the event to an alert`,hint:`shares of the step before`,children:d(U,{steps:[{name:`Saw a widget`,value:o.audienceReach},{name:`Came to the page`,value:o.uniqueViewers},{name:`Opened the alert`,value:o.alertingModal},{name:`Subscribed`,value:o.alertingValidation}]})}),d(L,{title:`Devices`,children:d(G,{of:e.devices})}),d(L,{title:`Where visits came from`,children:d(K,{of:e.trafficSources})}),d(L,{title:`Alerts`,children:d(z,{children:[d(V,{name:`Visitors with an SMS alert`,ratio:a.smsAlertingRate}),d(V,{name:`Visitors with a calendar alert`,ratio:a.calendarAlertingRate}),d(V,{name:`Opt-in among SMS alerts`,ratio:a.retargetingRate})]})}),d(L,{title:`Teasing video`,children:d(z,{children:[d(B,{name:`Watched`,value:b(s.totalWatch)}),d(B,{name:`Visitors who watched`,value:b(s.uniqueWatch)}),d(B,{name:`Average time`,value:T(s.averageWatchTime)})]})}),d(X,{title:`Product widget`,of:e.productWidget}),d(q,{of:e.products,zone:n})]})]})}function at({of:e}){return e.length===0?null:d(L,{title:`Videos`,children:d(`ul`,{class:`videos`,children:e.map(({kind:e,product:t,state:n,url:r},i)=>{let a=e===`REPLAY`?`The whole broadcast`:t?.name??`A product`;return d(`li`,{children:[d(`span`,{children:a}),n===`READY`&&r?d(`a`,{href:r,rel:`noopener noreferrer`,"aria-label":`Download: ${a}`,children:`Download`}):d(`small`,{children:`in preparation`})]},i)})})})}function ot({event:e,granularity:t,zone:n}){if(!e.endedAt)return d(Y,{title:`There is no replay yet`,children:`It begins when the broadcast ends.`});let{audience:i,business:a,conversionFunnel:o,evolution:s,...c}=e.replay;return d(r,{children:[d(R,{children:[d(B,{name:`Viewers`,value:b(i.uniqueViewers),note:x(i.totalViewers,`visit`)}),d(B,{name:`Most at a time`,value:b(i.maxViewers),note:`${S(i.averageViewers)} on average`}),d(B,{name:`Average visit`,value:T(i.averageSession)}),d(B,{name:`Purchases`,value:b(a.purchases)}),d(H,{name:`Sales`,amounts:a.totalSales}),d(B,{name:`Shares`,value:b(i.shares)})]}),d(`div`,{class:`cards`,children:[d(J,{zone:n,granularity:t,steps:s.map(({period:e})=>e),lines:[{name:`Viewers at a time`,values:s.map(({viewers:e})=>e),tall:!0},{name:`Product clicks`,values:s.map(({productClicks:e})=>e)},{name:`Purchases`,values:s.map(({purchases:e})=>e)}]}),d(L,{title:`From seeing the event to paying`,hint:`shares of the step before`,children:d(U,{steps:[{name:`Saw a widget`,value:o.audienceReach},{name:`Watched`,value:o.uniqueViewers},{name:`Purchases`,value:o.purchases}]})}),d(L,{title:`Devices`,children:d(G,{of:c.devices})}),d(L,{title:`Where viewers came from`,children:d(K,{of:c.trafficSources})}),d(Le,{of:a}),d(at,{of:e.videos}),d(X,{title:`Product widget`,of:c.productWidget}),d(q,{of:c.products,zone:n,broadcast:{start:e.startedAt,end:e.endedAt}})]})]})}function Z(e,n,r){let[i,a]=o({loading:!0}),[s,l]=o(0),u=c(()=>l(e=>e+1),[]);return t(()=>{let t=!0;return a(({data:e})=>({data:e,loading:!0})),e.run(n,r).then(e=>t&&a({data:e,loading:!1}),e=>t&&a({error:e,loading:!1})),()=>{t=!1}},[e,n,JSON.stringify(r),s]),{...i,reload:u}}var st=2;function ct(e,n,r,i,a){let[s,c]=o(),{liveEventId:l,phase:u}=n;return t(()=>{if(u===`LIVE`)return e.watch(he,{id:l,every:st,granularity:r,timeZone:i},({liveMetrics:e})=>c({figures:e,at:Date.now()}),()=>c(void 0),a)},[e,l,u,r,i]),s}function lt({at:e,zone:t}){return d(`p`,{class:`livemark`,children:[d(`span`,{class:`dot`,"aria-hidden":`true`}),` Live, figures of `,d(`time`,{children:E(e,t,`moment`)})]})}function ut({of:{query:e,variables:t}}){let[n,r]=o(``),i=dt(e),a=JSON.stringify(t,null,2),s=`./#${new URLSearchParams({query:i,variables:a})}`,c=(e,t)=>navigator.clipboard?.writeText(e).then(()=>r(`${t} copied.`),()=>r(`The browser does not let pages copy.`));return d(`aside`,{class:`card querypanel`,"aria-label":`Query of this view`,children:[d(`div`,{class:`cardhead`,children:d(`h3`,{children:`The query of this view`})}),d(`p`,{class:`buttons`,children:[d(`a`,{class:`button`,href:s,children:`Open in playground`}),d(`button`,{type:`button`,onClick:()=>c(i,`Query`),children:`Copy query`}),d(`button`,{type:`button`,onClick:()=>c(a,`Variables`),children:`Copy variables`}),d(`small`,{role:`status`,children:n})]}),d(`h4`,{children:`Variables`}),d(`pre`,{tabIndex:0,"aria-label":`Variables`,children:a}),d(`h4`,{children:`Query`}),d(`pre`,{tabIndex:0,"aria-label":`Query`,class:`query`,children:i})]})}function dt(e){return e.trim().replace(/\n\s*(?=fragment )/g,`

`)}function Q({name:e,given:n,operation:r,variables:i,answer:a,children:o}){let{data:s,error:c,loading:l,reload:u}=a,f=s?.liveEvent,p=f!=null&&f.phase!==n.event.phase;return t(()=>{p&&n.refresh()},[p]),d(`div`,{class:`viewgrid ${n.query?`withquery`:``}`,children:[d(`div`,{id:`view`,role:`tabpanel`,"aria-labelledby":`tab-${e}`,tabIndex:-1,"aria-busy":l,class:l&&s?`stale`:``,children:[c&&d(Ke,{error:c,again:u}),!c&&!s&&d(Ge,{what:`figures`}),s&&(f?o(f):d(Y,{title:`There is no such live event`}))]}),n.query&&d(ut,{of:{query:r.toString(),variables:i}})]})}var ft={prelive:pt,live:mt,replay:ht,chat:gt};function pt(e){let{gateway:t,event:n,period:r,zone:i}=e,a=j(`prelive`,n,r),o={id:n.liveEventId,period:r,granularity:a,timeZone:i},s=Z(t,pe,o);return d(Q,{name:`prelive`,given:e,operation:pe,variables:o,answer:s,children:({prelive:e})=>d(it,{of:e,granularity:a,zone:i})})}function mt(e){let{gateway:t,event:n,zone:i,refresh:a}=e,o=j(`live`,n,null),s={id:n.liveEventId,granularity:o,timeZone:i},c=Z(t,me,s),l=ct(t,n,o,i,a);return d(Q,{name:`live`,given:e,operation:me,variables:s,answer:c,children:e=>d(r,{children:[l&&d(lt,{at:l.at,zone:i}),d(qe,{event:e,of:l?.figures??e.live,interactions:e.interactions,granularity:o,zone:i})]})})}function ht(e){let{gateway:t,event:n,period:r,zone:i}=e,a=j(`replay`,n,r),o={id:n.liveEventId,period:r,granularity:a,timeZone:i},s=Z(t,ge,o);return d(Q,{name:`replay`,given:e,operation:ge,variables:o,answer:s,children:e=>d(ot,{event:e,granularity:a,zone:i})})}function gt(e){let{gateway:t,event:n,zone:r,moderator:i}=e,[a,s]=o({filter:`ALL`,before:[]}),c={id:n.liveEventId,filter:a.filter,last:50,before:a.before.at(-1)??null},l=Z(t,_e,c);return d(Q,{name:`chat`,given:e,operation:_e,variables:c,answer:l,children:({chat:e})=>d(Qe,{gateway:t,eventId:n.liveEventId,of:e,page:a,turn:s,moderator:i,zone:r,reload:l.reload})})}var _t=[{name:`prelive`,title:`Before`},{name:`live`,title:`Broadcast`},{name:`replay`,title:`Replay`},{name:`chat`,title:`Chat`}],vt=`(min-width: 1360px)`;function yt({gateway:e,address:t,event:n,events:i,scopes:a,refresh:s}){let[c,l]=o(matchMedia(vt).matches),[u,f]=o(!1),p=t.view??(n.phase===`PRELIVE`?`prelive`:`live`),m=Me(n.timeZone),h=ke(t),g=ft[p];return d(r,{children:[d(ue,{event:n,events:i,zone:m}),d(`div`,{class:`steering`,children:[d(Fe,{of:_t,label:`Views`,chosen:p,choose:e=>v({event:n.liveEventId,view:e})}),d(`div`,{class:`controls`,children:[d(Ne,{view:p,event:n,address:t,zone:m}),d(`button`,{type:`button`,"aria-expanded":c,onClick:()=>l(!c),children:`Query`}),a.includes(`exports:write`)&&d(`button`,{type:`button`,"aria-expanded":u,onClick:()=>f(!u),children:`Export`})]})]}),u&&d(Te,{gateway:e,eventId:n.liveEventId,period:h,zone:m,close:()=>f(!1)}),d(g,{gateway:e,event:n,period:h,zone:m,query:c,moderator:a.includes(`chat:moderate`),refresh:s},`${p} ${n.phase}`)]})}var bt=100,xt=3e4;function St(){let[e,n]=o(m()),c=i(()=>new u(e),[e]);t(()=>()=>c.close(),[c]);let{link:l,why:h}=a(c);return d(r,{children:[d(s,{title:`Live events`,link:l,children:[d(`a`,{href:`.`,children:`Playground`}),d(`a`,{href:`agent`,children:`Agent tool`})]}),l===`refused`?d(f,{of:`somebody who may see live events: events:read`,why:e===``?``:h,enter:e=>{p(e),n(m())}}):d(`main`,{class:`dashboard`,children:d(Ct,{gateway:c})})]})}function Ct({gateway:e}){let n=_(),{data:r,error:i,reload:a}=Z(e,fe,{first:bt,id:n.event,named:n.event!==``}),o=r&&(n.event===``?wt(r):Tt(r,n.event)),s=!o||o.phase===`REPLAY`;return t(()=>{if(s)return;let e=setInterval(()=>document.hidden||a(),xt);return()=>clearInterval(e)},[s,a]),i?d(Ke,{error:i,again:a}):r?!o&&n.event!==``?d(Y,{title:`There is no such live event`,children:d(`a`,{href:`#`,children:`Show the latest`})}):o?d(yt,{gateway:e,address:n,event:o,events:r.liveEvents.nodes,scopes:r.viewer.scopes,refresh:a},o.liveEventId):d(Y,{title:`There are no live events yet`,children:`They come with the catalog: see POST /ingest/catalog.`}):d(Ge,{what:`live events`})}function wt({liveEvents:{nodes:e}}){return e.find(({phase:e})=>e===`LIVE`)??e.find(({phase:e})=>e===`REPLAY`)??e[0]}function Tt({liveEvent:e,liveEvents:{nodes:t}},n){return[...e?[e]:[],...t].find(({liveEventId:e})=>e===n||`LiveEvent:${e}`===n)}var $=document.getElementById(`root`);$.replaceChildren(),e(d(St,{}),$);export{E as n,ae as t};