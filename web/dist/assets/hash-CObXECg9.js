import{n as e,p as t,u as n}from"./gateway-ZKbJqgAv.js";function r(e,t){for(let n of e.variations){let r=n.sizes.find(e=>e.sku===t);if(!r&&n.sku!==t)continue;let o=[n.name,r?.name].filter(Boolean).join(` · `);return{name:e.name,detail:o||t,hex:i(n.attributes)??a(e.sku)}}return{name:e.name,detail:t===e.name?e.brandName??``:t,hex:a(e.sku)}}function i(e){return e.map(({value:e})=>e).find(e=>/^#[0-9a-f]{6}$/i.test(e))}function a(e){let t=0;for(let n of e)t=(t*33+n.charCodeAt(0))%9973;return`hsl(${t*137%360} 32% 48%)`}function o(e,t){return(e.variations.flatMap(({sizes:e})=>e).find(e=>e.sku===t)?.price??e.price)?.current}function s(e){return e?new Intl.NumberFormat(void 0,{style:`currency`,currency:e.currency}).format(Number(e.amount)):`–`}function c(e){return new Date(e).toLocaleTimeString(void 0,{hour:`2-digit`,minute:`2-digit`,second:`2-digit`})}function l(e){return new Date(e).toLocaleString(void 0,{day:`numeric`,month:`short`,hour:`2-digit`,minute:`2-digit`})}var u=class extends String{__apiType;value;__meta__;constructor(e,t){super(e),this.value=e,this.__meta__=t}toString(){return this.value}};new u(`
    fragment CallHead on Call {
  id
  callId
  startedAt
  endedAt
  agent {
    name
  }
  queue {
    name
  }
  shopper {
    firstName
    lastName
  }
}
    `,{fragmentName:`CallHead`}),new u(`
    fragment ProductCard on Product {
  sku
  name
  brandName
  price {
    current {
      amount
      currency
    }
  }
  variations {
    sku
    name
    attributes {
      name
      value
    }
    sizes {
      sku
      name
      inStock
      price {
        current {
          amount
          currency
        }
      }
    }
  }
}
    `,{fragmentName:`ProductCard`}),new u(`
    fragment ProductFace on Product {
  sku
  name
  brandName
  variations {
    sku
    name
    attributes {
      name
      value
    }
    sizes {
      sku
      name
    }
  }
}
    `,{fragmentName:`ProductFace`}),new u(`
    fragment ItemState on CartItem {
  sku
  name
  quantity
  price {
    amount
    currency
  }
  product {
    ...ProductFace
  }
}
    fragment ProductFace on Product {
  sku
  name
  brandName
  variations {
    sku
    name
    attributes {
      name
      value
    }
    sizes {
      sku
      name
    }
  }
}`,{fragmentName:`ItemState`}),new u(`
    fragment RequestState on CartRequest {
  requestId
  kind
  sku
  name
  quantity
  previousQuantity
  requestedAt
  expiresAt
  status
  reason
  message
  product {
    ...ProductFace
  }
}
    fragment ProductFace on Product {
  sku
  name
  brandName
  variations {
    sku
    name
    attributes {
      name
      value
    }
    sizes {
      sku
      name
    }
  }
}`,{fragmentName:`RequestState`}),new u(`
    fragment CartState on Cart {
  callId
  version
  items {
    ...ItemState
  }
  pendingRequests {
    ...RequestState
  }
  value {
    amount
    currency
  }
  checkedOut {
    at
    items {
      sku
      name
      quantity
    }
    value {
      amount
      currency
    }
  }
}
    fragment RequestState on CartRequest {
  requestId
  kind
  sku
  name
  quantity
  previousQuantity
  requestedAt
  expiresAt
  status
  reason
  message
  product {
    ...ProductFace
  }
}
fragment ItemState on CartItem {
  sku
  name
  quantity
  price {
    amount
    currency
  }
  product {
    ...ProductFace
  }
}
fragment ProductFace on Product {
  sku
  name
  brandName
  variations {
    sku
    name
    attributes {
      name
      value
    }
    sizes {
      sku
      name
    }
  }
}`,{fragmentName:`CartState`}),new u(`
    fragment Message on ChatMessage {
  messageId
  sentAt
  author
  authorName
  text
}
    `,{fragmentName:`Message`}),new u(`
    fragment Refusal on UserError {
  code
  message
}
    `,{fragmentName:`Refusal`});var d=new u(`
    query LatestCalls($first: Int!) {
  calls(first: $first, filter: {status: ACCEPTED}) {
    nodes {
      ...CallHead
    }
  }
}
    fragment CallHead on Call {
  id
  callId
  startedAt
  endedAt
  agent {
    name
  }
  queue {
    name
  }
  shopper {
    firstName
    lastName
  }
}`,{hash:`sha256:000678c51ff063ffac6f8cc4a7638caa3374fe5848c1881f214fa8a0fff826fd`}),f=new u(`
    query OneCall($id: ID!) {
  call(id: $id) {
    ...CallHead
    products {
      sku
      product {
        ...ProductCard
      }
    }
  }
}
    fragment CallHead on Call {
  id
  callId
  startedAt
  endedAt
  agent {
    name
  }
  queue {
    name
  }
  shopper {
    firstName
    lastName
  }
}
fragment ProductCard on Product {
  sku
  name
  brandName
  price {
    current {
      amount
      currency
    }
  }
  variations {
    sku
    name
    attributes {
      name
      value
    }
    sizes {
      sku
      name
      inStock
      price {
        current {
          amount
          currency
        }
      }
    }
  }
}`,{hash:`sha256:a24f2e596d6afdd236ea40c490e21f70b0545ef152f3c810b666dd76dec92116`}),p=new u(`
    query FindProducts($namePrefix: String!) {
  products(first: 12, namePrefix: $namePrefix) {
    nodes {
      ...ProductCard
    }
  }
}
    fragment ProductCard on Product {
  sku
  name
  brandName
  price {
    current {
      amount
      currency
    }
  }
  variations {
    sku
    name
    attributes {
      name
      value
    }
    sizes {
      sku
      name
      inStock
      price {
        current {
          amount
          currency
        }
      }
    }
  }
}`,{hash:`sha256:1c581f32681dadd48d316d12616c265cf4e8546acfdd14423368a6811fe63ee1`}),m=new u(`
    query ProductBySku($sku: ID!) {
  product(id: $sku) {
    ...ProductCard
  }
}
    fragment ProductCard on Product {
  sku
  name
  brandName
  price {
    current {
      amount
      currency
    }
  }
  variations {
    sku
    name
    attributes {
      name
      value
    }
    sizes {
      sku
      name
      inStock
      price {
        current {
          amount
          currency
        }
      }
    }
  }
}`,{hash:`sha256:e9ccae18ba65a694f0d3a024f23e0fde9297463facf7d17d714a3c669b55c17b`}),h=new u(`
    query CartNow($callId: ID!) {
  cart(callId: $callId) {
    ...CartState
  }
}
    fragment RequestState on CartRequest {
  requestId
  kind
  sku
  name
  quantity
  previousQuantity
  requestedAt
  expiresAt
  status
  reason
  message
  product {
    ...ProductFace
  }
}
fragment ItemState on CartItem {
  sku
  name
  quantity
  price {
    amount
    currency
  }
  product {
    ...ProductFace
  }
}
fragment ProductFace on Product {
  sku
  name
  brandName
  variations {
    sku
    name
    attributes {
      name
      value
    }
    sizes {
      sku
      name
    }
  }
}
fragment CartState on Cart {
  callId
  version
  items {
    ...ItemState
  }
  pendingRequests {
    ...RequestState
  }
  value {
    amount
    currency
  }
  checkedOut {
    at
    items {
      sku
      name
      quantity
    }
    value {
      amount
      currency
    }
  }
}`,{hash:`sha256:02ad70fb481c23613694cce0ef410e1ddb7c8cc66d3db77db9a4c294524b51bb`}),g=new u(`
    query LatestMessages($callId: ID!) {
  chatMessages(last: 30, callId: $callId) {
    nodes {
      ...Message
    }
  }
}
    fragment Message on ChatMessage {
  messageId
  sentAt
  author
  authorName
  text
}`,{hash:`sha256:4cf1df3f89774d65fd94af3e66a869d0d59e0969ab5764cad91380b4ccf02186`}),_=new u(`
    mutation AddToCart($input: AddToCartInput!) {
  addToCart(input: $input) {
    userErrors {
      ...Refusal
    }
  }
}
    fragment Refusal on UserError {
  code
  message
}`,{hash:`sha256:020b056aca9d74d05825b48482901eed57cb59d56334f6f41045f5330328a6a4`}),v=new u(`
    mutation UpdateCartItem($input: UpdateCartItemInput!) {
  updateCartItem(input: $input) {
    userErrors {
      ...Refusal
    }
  }
}
    fragment Refusal on UserError {
  code
  message
}`,{hash:`sha256:eb15cca6c30742c4544d1792b59e780670e6893898da346bf21ec7b07bdb3c7d`}),y=new u(`
    mutation RemoveFromCart($input: RemoveFromCartInput!) {
  removeFromCart(input: $input) {
    userErrors {
      ...Refusal
    }
  }
}
    fragment Refusal on UserError {
  code
  message
}`,{hash:`sha256:efe212defffc503af43f10ce56da5299aa3b6d9d4da14146ab9122b493f3c32f`}),b=new u(`
    mutation CreateShopperToken($input: CreateShopperTokenInput!) {
  createShopperToken(input: $input) {
    token
    expiresAt
    userErrors {
      ...Refusal
    }
  }
}
    fragment Refusal on UserError {
  code
  message
}`,{hash:`sha256:9495d602bb98760f26e5f5125b8b322133443bfb9baf20e79cf8c640b5409560`}),x=new u(`
    mutation AcknowledgeCartRequest($input: AcknowledgeCartRequestInput!) {
  acknowledgeCartRequest(input: $input) {
    userErrors {
      ...Refusal
    }
  }
}
    fragment Refusal on UserError {
  code
  message
}`,{hash:`sha256:1518cacee7bc795f7aab368cb1f7a119e0bf330bfc4107e7480d48a772070004`}),S=new u(`
    mutation CheckoutCart($input: CheckoutCartInput!) {
  checkoutCart(input: $input) {
    userErrors {
      ...Refusal
    }
  }
}
    fragment Refusal on UserError {
  code
  message
}`,{hash:`sha256:f8515269f25172ada57bf9389d4b2e68bb2281d0eb6439755b7391f95d75c596`}),C=new u(`
    subscription CartUpdated($callId: ID!, $after: Long) {
  cartUpdated(callId: $callId, after: $after) {
    version
    kind
    at
    cart {
      ...CartState
    }
    item {
      sku
      name
      quantity
    }
    previousQuantity
    request {
      ...RequestState
    }
  }
}
    fragment RequestState on CartRequest {
  requestId
  kind
  sku
  name
  quantity
  previousQuantity
  requestedAt
  expiresAt
  status
  reason
  message
  product {
    ...ProductFace
  }
}
fragment ItemState on CartItem {
  sku
  name
  quantity
  price {
    amount
    currency
  }
  product {
    ...ProductFace
  }
}
fragment ProductFace on Product {
  sku
  name
  brandName
  variations {
    sku
    name
    attributes {
      name
      value
    }
    sizes {
      sku
      name
    }
  }
}
fragment CartState on Cart {
  callId
  version
  items {
    ...ItemState
  }
  pendingRequests {
    ...RequestState
  }
  value {
    amount
    currency
  }
  checkedOut {
    at
    items {
      sku
      name
      quantity
    }
    value {
      amount
      currency
    }
  }
}`,{hash:`sha256:2fc9e57d77b476123789e9a6e652a735b0505946574d29cd53677073fe226bae`}),w=new u(`
    subscription CartRequested($callId: ID!) {
  cartRequested(callId: $callId) {
    __typename
    ... on ShouldAddItemToCart {
      requestId
      sku
      quantity
      expiresAt
      product {
        ...ProductCard
      }
    }
    ... on ShouldUpdateItemInCart {
      requestId
      sku
      quantity
      previousQuantity
      expiresAt
      product {
        ...ProductCard
      }
    }
    ... on GotoCheckout {
      items {
        sku
        name
        count
      }
    }
  }
}
    fragment ProductCard on Product {
  sku
  name
  brandName
  price {
    current {
      amount
      currency
    }
  }
  variations {
    sku
    name
    attributes {
      name
      value
    }
    sizes {
      sku
      name
      inStock
      price {
        current {
          amount
          currency
        }
      }
    }
  }
}`,{hash:`sha256:bc7e2d6b639b4b631d992bdb69e33f3966eb0b32f1415f617ea86fd4e1b4168f`}),T=new u(`
    subscription CallStarted {
  callStarted {
    ...CallHead
  }
}
    fragment CallHead on Call {
  id
  callId
  startedAt
  endedAt
  agent {
    name
  }
  queue {
    name
  }
  shopper {
    firstName
    lastName
  }
}`,{hash:`sha256:a8f27493c69d6d573a737c7702f646b878f6c0d558bced0e0ef2dab7548921f7`}),E=new u(`
    subscription CallEnded {
  callEnded {
    ...CallHead
  }
}
    fragment CallHead on Call {
  id
  callId
  startedAt
  endedAt
  agent {
    name
  }
  queue {
    name
  }
  shopper {
    firstName
    lastName
  }
}`,{hash:`sha256:b1e7951d75ff8ec2d29eb8eab8bac981aa3243d062630935d355cf9c9de26ed4`}),D=new u(`
    subscription ChatMessageAdded($callId: ID!) {
  chatMessageAdded(callId: $callId) {
    ...Message
  }
}
    fragment Message on ChatMessage {
  messageId
  sentAt
  author
  authorName
  text
}`,{hash:`sha256:ddfdf54ae80a27ec62b8cef003f7ada98b00d61fef420ab5adc3d35d39cc3e85`}),O=40;function k(r,i){let[a,o]=t({updates:[]});return n(()=>{if(o({updates:[]}),i===``)return;let t=()=>{},n=!1,a=e=>{n||o(t=>({...t,failure:e}))},s=e=>{let n=Math.max(0,e.version-O),s={callId:i,get after(){return n}};t=r.watch(C,s,({cartUpdated:e})=>{e.version<=n||(n=e.version,o(t=>({cart:t.cart&&t.cart.version>e.version?t.cart:e.cart,updates:[e,...t.updates]})))},a),o({cart:e,updates:[]})};return r.run(h,{callId:i}).then(({cart:t})=>{n||(t?s(t):a(new e(`There is no call ${i}.`,`NOT_FOUND`)))},a),()=>{n=!0,t()}},[r,i]),a}function A({cart:e,updates:t}){let n=new Map;for(let{request:e}of t)e&&!n.has(e.requestId)&&n.set(e.requestId,e);for(let t of e?.pendingRequests??[])n.has(t.requestId)||n.set(t.requestId,t);return[...n.values()].sort((e,t)=>e.requestedAt<t.requestedAt?1:-1)}function j(e){return new URLSearchParams(location.hash.slice(1)).get(e)??``}export{l as C,o as S,y as _,_ as a,r as b,w as c,b as d,p as f,m as g,f as h,x as i,D as l,g as m,A as n,E as o,d as p,k as r,T as s,j as t,S as u,v,s as w,i as x,c as y};