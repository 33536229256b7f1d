/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Input of `acknowledgeCartRequest`. */
export type AcknowledgeCartRequestInput = {
  /** Given back in the payload. The same command with the same id again has the first result; at most 128 bytes. */
  clientMutationId?: string | null | undefined;
  /** What the agent should read, at most 500 characters; required for `CUSTOM_ERROR`, only without success. */
  message?: string | null | undefined;
  /** Why not; only without success. */
  reason?: CartRefusalReason | null | undefined;
  /** The id that came with the request. */
  requestId: string | number;
  /** Whether the shop's cart is now as the request asked. */
  success: boolean;
};

/** Input of `addToCart`. */
export type AddToCartInput = {
  /** Global or native id of the call. */
  callId: string | number;
  /** Given back in the payload. The same command with the same id again has the first result; at most 128 bytes. */
  clientMutationId?: string | null | undefined;
  /** How many more: 1 to 999. */
  quantity?: number;
  /** The SKU of what is sold: not of a product with variations or sizes. */
  sku: string;
};

/** Why the shopper's page refused a request. */
export type CartRefusalReason =
  /** The message tells. */
  | 'CUSTOM_ERROR'
  /** The shop has none left. */
  | 'OUT_OF_STOCK';

/** What a request makes the shopper's page do. */
export type CartRequestKind =
  /** Add `quantity` of a SKU that the cart did not hold. */
  | 'SHOULD_ADD_ITEM'
  /** Set the quantity of a SKU that the cart held to `quantity`; 0: take it out. */
  | 'SHOULD_UPDATE_ITEM';

/** What became of a request. */
export type CartRequestStatus =
  /** The page did it. */
  | 'CONFIRMED'
  /** The page said nothing for 30 seconds. */
  | 'EXPIRED'
  /** It waits for an answer. */
  | 'PENDING'
  /** The page said no. */
  | 'REFUSED';

/** What an update of a cart did. */
export type CartUpdateKind =
  /** The shopper clicked Checkout. */
  | 'CHECKED_OUT'
  /** A SKU came into the cart. */
  | 'ITEM_ADDED'
  /** It is gone. */
  | 'ITEM_REMOVED'
  /** The agent asked for something; the items are as before. */
  | 'ITEM_REQUESTED'
  /** Its quantity changed. */
  | 'ITEM_UPDATED'
  /** Nothing was ever done to the cart: what `cartUpdated` shows first of it, as version 0. */
  | 'NO_UPDATE_YET'
  /** The shopper's page said nothing for 30 seconds; the items are as before. */
  | 'REQUEST_EXPIRED'
  /** The shopper's page said no; the items are as before. */
  | 'REQUEST_REFUSED';

/** Input of `checkoutCart`. */
export type CheckoutCartInput = {
  /** Global or native id of the call. */
  callId: string | number;
  /** Given back in the payload. The same command with the same id again has the first result; at most 128 bytes. */
  clientMutationId?: string | null | undefined;
};

/** Input of `createShopperToken`. */
export type CreateShopperTokenInput = {
  /** Global or native id of the call. */
  callId: string | number;
  /** Given back in the payload. Every token is a new one. */
  clientMutationId?: string | null | undefined;
};

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

/** Input of `removeFromCart`. */
export type RemoveFromCartInput = {
  /** Global or native id of the call. */
  callId: string | number;
  /** Given back in the payload. The same command with the same id again has the first result; at most 128 bytes. */
  clientMutationId?: string | null | undefined;
  /** A SKU that is in the cart. */
  sku: string;
};

/** Input of `updateCartItem`. */
export type UpdateCartItemInput = {
  /** Global or native id of the call. */
  callId: string | number;
  /** Given back in the payload. The same command with the same id again has the first result; at most 128 bytes. */
  clientMutationId?: string | null | undefined;
  /** How many there shall be: 0 to 999. */
  quantity: number;
  /** A SKU that is in the cart. */
  sku: string;
};

/** Kinds of user errors. */
export type UserErrorCode =
  /** The input is not valid. */
  | 'BAD_USER_INPUT'
  /** It contradicts the present state. */
  | 'CONFLICT'
  /** It asks for more than there may be. */
  | 'LIMIT_EXCEEDED'
  /** There is no such object. */
  | 'NOT_FOUND';

export type CallHeadFragment = { id: string, callId: string, startedAt: string | null, endedAt: string | null, agent: { name: string } | null, queue: { name: string } | null, shopper: { firstName: string | null, lastName: string | null } };

export type ProductCardFragment = { sku: string, name: string, brandName: string | null, price: { current: { amount: string, currency: string } } | null, variations: Array<{ sku: string, name: string | null, attributes: Array<{ name: string, value: string }>, sizes: Array<{ sku: string, name: string | null, inStock: boolean | null, price: { current: { amount: string, currency: string } } | null }> }> };

export type RequestStateFragment = { requestId: string, kind: CartRequestKind, sku: string, name: string, quantity: number, previousQuantity: number, requestedAt: string, expiresAt: string, status: CartRequestStatus, reason: CartRefusalReason | null, message: string | null, product: { sku: string, name: string, brandName: string | null, variations: Array<{ sku: string, name: string | null, attributes: Array<{ name: string, value: string }>, sizes: Array<{ sku: string, name: string | null }> }> } };

export type ItemStateFragment = { sku: string, name: string, quantity: number, price: { amount: string, currency: string } | null, product: { sku: string, name: string, brandName: string | null, variations: Array<{ sku: string, name: string | null, attributes: Array<{ name: string, value: string }>, sizes: Array<{ sku: string, name: string | null }> }> } };

export type ProductFaceFragment = { sku: string, name: string, brandName: string | null, variations: Array<{ sku: string, name: string | null, attributes: Array<{ name: string, value: string }>, sizes: Array<{ sku: string, name: string | null }> }> };

export type CartStateFragment = { callId: string, version: number, items: Array<{ sku: string, name: string, quantity: number, price: { amount: string, currency: string } | null, product: { sku: string, name: string, brandName: string | null, variations: Array<{ sku: string, name: string | null, attributes: Array<{ name: string, value: string }>, sizes: Array<{ sku: string, name: string | null }> }> } }>, pendingRequests: Array<{ requestId: string, kind: CartRequestKind, sku: string, name: string, quantity: number, previousQuantity: number, requestedAt: string, expiresAt: string, status: CartRequestStatus, reason: CartRefusalReason | null, message: string | null, product: { sku: string, name: string, brandName: string | null, variations: Array<{ sku: string, name: string | null, attributes: Array<{ name: string, value: string }>, sizes: Array<{ sku: string, name: string | null }> }> } }>, value: { amount: string, currency: string } | null, checkedOut: { at: string, items: Array<{ sku: string, name: string, quantity: number }>, value: { amount: string, currency: string } | null } | null };

export type LatestCallsQueryVariables = Exact<{
  first: number;
}>;


export type LatestCallsQuery = { calls: { nodes: Array<{ id: string, callId: string, startedAt: string | null, endedAt: string | null, agent: { name: string } | null, queue: { name: string } | null, shopper: { firstName: string | null, lastName: string | null } }> } };

export type OneCallQueryVariables = Exact<{
  id: string | number;
}>;


export type OneCallQuery = { call: { id: string, callId: string, startedAt: string | null, endedAt: string | null, products: Array<{ sku: string, product: { sku: string, name: string, brandName: string | null, price: { current: { amount: string, currency: string } } | null, variations: Array<{ sku: string, name: string | null, attributes: Array<{ name: string, value: string }>, sizes: Array<{ sku: string, name: string | null, inStock: boolean | null, price: { current: { amount: string, currency: string } } | null }> }> } }>, agent: { name: string } | null, queue: { name: string } | null, shopper: { firstName: string | null, lastName: string | null } } | null };

export type FindProductsQueryVariables = Exact<{
  namePrefix: string;
}>;


export type FindProductsQuery = { products: { nodes: Array<{ sku: string, name: string, brandName: string | null, price: { current: { amount: string, currency: string } } | null, variations: Array<{ sku: string, name: string | null, attributes: Array<{ name: string, value: string }>, sizes: Array<{ sku: string, name: string | null, inStock: boolean | null, price: { current: { amount: string, currency: string } } | null }> }> }> } };

export type ProductBySkuQueryVariables = Exact<{
  sku: string | number;
}>;


export type ProductBySkuQuery = { product: { sku: string, name: string, brandName: string | null, price: { current: { amount: string, currency: string } } | null, variations: Array<{ sku: string, name: string | null, attributes: Array<{ name: string, value: string }>, sizes: Array<{ sku: string, name: string | null, inStock: boolean | null, price: { current: { amount: string, currency: string } } | null }> }> } | null };

export type CartNowQueryVariables = Exact<{
  callId: string | number;
}>;


export type CartNowQuery = { cart: { callId: string, version: number, items: Array<{ sku: string, name: string, quantity: number, price: { amount: string, currency: string } | null, product: { sku: string, name: string, brandName: string | null, variations: Array<{ sku: string, name: string | null, attributes: Array<{ name: string, value: string }>, sizes: Array<{ sku: string, name: string | null }> }> } }>, pendingRequests: Array<{ requestId: string, kind: CartRequestKind, sku: string, name: string, quantity: number, previousQuantity: number, requestedAt: string, expiresAt: string, status: CartRequestStatus, reason: CartRefusalReason | null, message: string | null, product: { sku: string, name: string, brandName: string | null, variations: Array<{ sku: string, name: string | null, attributes: Array<{ name: string, value: string }>, sizes: Array<{ sku: string, name: string | null }> }> } }>, value: { amount: string, currency: string } | null, checkedOut: { at: string, items: Array<{ sku: string, name: string, quantity: number }>, value: { amount: string, currency: string } | null } | null } | null };

export type LatestMessagesQueryVariables = Exact<{
  callId: string | number;
}>;


export type LatestMessagesQuery = { chatMessages: { nodes: Array<{ messageId: string, sentAt: string, author: MessageAuthor, authorName: string | null, text: string }> } };

export type MessageFragment = { messageId: string, sentAt: string, author: MessageAuthor, authorName: string | null, text: string };

export type AddToCartMutationVariables = Exact<{
  input: AddToCartInput;
}>;


export type AddToCartMutation = { addToCart: { userErrors: Array<{ code: UserErrorCode, message: string }> } };

export type UpdateCartItemMutationVariables = Exact<{
  input: UpdateCartItemInput;
}>;


export type UpdateCartItemMutation = { updateCartItem: { userErrors: Array<{ code: UserErrorCode, message: string }> } };

export type RemoveFromCartMutationVariables = Exact<{
  input: RemoveFromCartInput;
}>;


export type RemoveFromCartMutation = { removeFromCart: { userErrors: Array<{ code: UserErrorCode, message: string }> } };

export type CreateShopperTokenMutationVariables = Exact<{
  input: CreateShopperTokenInput;
}>;


export type CreateShopperTokenMutation = { createShopperToken: { token: string | null, expiresAt: string | null, userErrors: Array<{ code: UserErrorCode, message: string }> } };

export type AcknowledgeCartRequestMutationVariables = Exact<{
  input: AcknowledgeCartRequestInput;
}>;


export type AcknowledgeCartRequestMutation = { acknowledgeCartRequest: { userErrors: Array<{ code: UserErrorCode, message: string }> } };

export type CheckoutCartMutationVariables = Exact<{
  input: CheckoutCartInput;
}>;


export type CheckoutCartMutation = { checkoutCart: { userErrors: Array<{ code: UserErrorCode, message: string }> } };

export type RefusalFragment = { code: UserErrorCode, message: string };

export type CartUpdatedSubscriptionVariables = Exact<{
  callId: string | number;
  after?: number | null | undefined;
}>;


export type CartUpdatedSubscription = { cartUpdated: { version: number, kind: CartUpdateKind, at: string | null, previousQuantity: number, cart: { callId: string, version: number, items: Array<{ sku: string, name: string, quantity: number, price: { amount: string, currency: string } | null, product: { sku: string, name: string, brandName: string | null, variations: Array<{ sku: string, name: string | null, attributes: Array<{ name: string, value: string }>, sizes: Array<{ sku: string, name: string | null }> }> } }>, pendingRequests: Array<{ requestId: string, kind: CartRequestKind, sku: string, name: string, quantity: number, previousQuantity: number, requestedAt: string, expiresAt: string, status: CartRequestStatus, reason: CartRefusalReason | null, message: string | null, product: { sku: string, name: string, brandName: string | null, variations: Array<{ sku: string, name: string | null, attributes: Array<{ name: string, value: string }>, sizes: Array<{ sku: string, name: string | null }> }> } }>, value: { amount: string, currency: string } | null, checkedOut: { at: string, items: Array<{ sku: string, name: string, quantity: number }>, value: { amount: string, currency: string } | null } | null }, item: { sku: string, name: string, quantity: number } | null, request: { requestId: string, kind: CartRequestKind, sku: string, name: string, quantity: number, previousQuantity: number, requestedAt: string, expiresAt: string, status: CartRequestStatus, reason: CartRefusalReason | null, message: string | null, product: { sku: string, name: string, brandName: string | null, variations: Array<{ sku: string, name: string | null, attributes: Array<{ name: string, value: string }>, sizes: Array<{ sku: string, name: string | null }> }> } } | null } };

export type CartRequestedSubscriptionVariables = Exact<{
  callId: string | number;
}>;


export type CartRequestedSubscription = { cartRequested:
    | { __typename: 'GotoCheckout', items: Array<{ sku: string, name: string, count: number }> }
    | { __typename: 'ShouldAddItemToCart', requestId: string, sku: string, quantity: number, expiresAt: string, product: { sku: string, name: string, brandName: string | null, price: { current: { amount: string, currency: string } } | null, variations: Array<{ sku: string, name: string | null, attributes: Array<{ name: string, value: string }>, sizes: Array<{ sku: string, name: string | null, inStock: boolean | null, price: { current: { amount: string, currency: string } } | null }> }> } }
    | { __typename: 'ShouldUpdateItemInCart', requestId: string, sku: string, quantity: number, previousQuantity: number, expiresAt: string, product: { sku: string, name: string, brandName: string | null, price: { current: { amount: string, currency: string } } | null, variations: Array<{ sku: string, name: string | null, attributes: Array<{ name: string, value: string }>, sizes: Array<{ sku: string, name: string | null, inStock: boolean | null, price: { current: { amount: string, currency: string } } | null }> }> } }
   };

export type CallStartedSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type CallStartedSubscription = { callStarted: { id: string, callId: string, startedAt: string | null, endedAt: string | null, agent: { name: string } | null, queue: { name: string } | null, shopper: { firstName: string | null, lastName: string | null } } };

export type CallEndedSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type CallEndedSubscription = { callEnded: { id: string, callId: string, startedAt: string | null, endedAt: string | null, agent: { name: string } | null, queue: { name: string } | null, shopper: { firstName: string | null, lastName: string | null } } };

export type ChatMessageAddedSubscriptionVariables = Exact<{
  callId: string | number;
}>;


export type ChatMessageAddedSubscription = { chatMessageAdded: { messageId: string, sentAt: string, author: MessageAuthor, authorName: string | null, text: string } };

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
export const CallHeadFragmentDoc = new TypedDocumentString(`
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
    `, {"fragmentName":"CallHead"}) as unknown as TypedDocumentString<CallHeadFragment, unknown>;
export const ProductCardFragmentDoc = new TypedDocumentString(`
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
    `, {"fragmentName":"ProductCard"}) as unknown as TypedDocumentString<ProductCardFragment, unknown>;
export const ProductFaceFragmentDoc = new TypedDocumentString(`
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
    `, {"fragmentName":"ProductFace"}) as unknown as TypedDocumentString<ProductFaceFragment, unknown>;
export const ItemStateFragmentDoc = new TypedDocumentString(`
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
}`, {"fragmentName":"ItemState"}) as unknown as TypedDocumentString<ItemStateFragment, unknown>;
export const RequestStateFragmentDoc = new TypedDocumentString(`
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
}`, {"fragmentName":"RequestState"}) as unknown as TypedDocumentString<RequestStateFragment, unknown>;
export const CartStateFragmentDoc = new TypedDocumentString(`
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
}`, {"fragmentName":"CartState"}) as unknown as TypedDocumentString<CartStateFragment, unknown>;
export const MessageFragmentDoc = new TypedDocumentString(`
    fragment Message on ChatMessage {
  messageId
  sentAt
  author
  authorName
  text
}
    `, {"fragmentName":"Message"}) as unknown as TypedDocumentString<MessageFragment, unknown>;
export const RefusalFragmentDoc = new TypedDocumentString(`
    fragment Refusal on UserError {
  code
  message
}
    `, {"fragmentName":"Refusal"}) as unknown as TypedDocumentString<RefusalFragment, unknown>;
export const LatestCallsDocument = new TypedDocumentString(`
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
}`, {"hash":"sha256:000678c51ff063ffac6f8cc4a7638caa3374fe5848c1881f214fa8a0fff826fd"}) as unknown as TypedDocumentString<LatestCallsQuery, LatestCallsQueryVariables>;
export const OneCallDocument = new TypedDocumentString(`
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
}`, {"hash":"sha256:a24f2e596d6afdd236ea40c490e21f70b0545ef152f3c810b666dd76dec92116"}) as unknown as TypedDocumentString<OneCallQuery, OneCallQueryVariables>;
export const FindProductsDocument = new TypedDocumentString(`
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
}`, {"hash":"sha256:1c581f32681dadd48d316d12616c265cf4e8546acfdd14423368a6811fe63ee1"}) as unknown as TypedDocumentString<FindProductsQuery, FindProductsQueryVariables>;
export const ProductBySkuDocument = new TypedDocumentString(`
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
}`, {"hash":"sha256:e9ccae18ba65a694f0d3a024f23e0fde9297463facf7d17d714a3c669b55c17b"}) as unknown as TypedDocumentString<ProductBySkuQuery, ProductBySkuQueryVariables>;
export const CartNowDocument = new TypedDocumentString(`
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
}`, {"hash":"sha256:02ad70fb481c23613694cce0ef410e1ddb7c8cc66d3db77db9a4c294524b51bb"}) as unknown as TypedDocumentString<CartNowQuery, CartNowQueryVariables>;
export const LatestMessagesDocument = new TypedDocumentString(`
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
}`, {"hash":"sha256:4cf1df3f89774d65fd94af3e66a869d0d59e0969ab5764cad91380b4ccf02186"}) as unknown as TypedDocumentString<LatestMessagesQuery, LatestMessagesQueryVariables>;
export const AddToCartDocument = new TypedDocumentString(`
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
}`, {"hash":"sha256:020b056aca9d74d05825b48482901eed57cb59d56334f6f41045f5330328a6a4"}) as unknown as TypedDocumentString<AddToCartMutation, AddToCartMutationVariables>;
export const UpdateCartItemDocument = new TypedDocumentString(`
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
}`, {"hash":"sha256:eb15cca6c30742c4544d1792b59e780670e6893898da346bf21ec7b07bdb3c7d"}) as unknown as TypedDocumentString<UpdateCartItemMutation, UpdateCartItemMutationVariables>;
export const RemoveFromCartDocument = new TypedDocumentString(`
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
}`, {"hash":"sha256:efe212defffc503af43f10ce56da5299aa3b6d9d4da14146ab9122b493f3c32f"}) as unknown as TypedDocumentString<RemoveFromCartMutation, RemoveFromCartMutationVariables>;
export const CreateShopperTokenDocument = new TypedDocumentString(`
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
}`, {"hash":"sha256:9495d602bb98760f26e5f5125b8b322133443bfb9baf20e79cf8c640b5409560"}) as unknown as TypedDocumentString<CreateShopperTokenMutation, CreateShopperTokenMutationVariables>;
export const AcknowledgeCartRequestDocument = new TypedDocumentString(`
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
}`, {"hash":"sha256:1518cacee7bc795f7aab368cb1f7a119e0bf330bfc4107e7480d48a772070004"}) as unknown as TypedDocumentString<AcknowledgeCartRequestMutation, AcknowledgeCartRequestMutationVariables>;
export const CheckoutCartDocument = new TypedDocumentString(`
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
}`, {"hash":"sha256:f8515269f25172ada57bf9389d4b2e68bb2281d0eb6439755b7391f95d75c596"}) as unknown as TypedDocumentString<CheckoutCartMutation, CheckoutCartMutationVariables>;
export const CartUpdatedDocument = new TypedDocumentString(`
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
}`, {"hash":"sha256:2fc9e57d77b476123789e9a6e652a735b0505946574d29cd53677073fe226bae"}) as unknown as TypedDocumentString<CartUpdatedSubscription, CartUpdatedSubscriptionVariables>;
export const CartRequestedDocument = new TypedDocumentString(`
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
}`, {"hash":"sha256:bc7e2d6b639b4b631d992bdb69e33f3966eb0b32f1415f617ea86fd4e1b4168f"}) as unknown as TypedDocumentString<CartRequestedSubscription, CartRequestedSubscriptionVariables>;
export const CallStartedDocument = new TypedDocumentString(`
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
}`, {"hash":"sha256:a8f27493c69d6d573a737c7702f646b878f6c0d558bced0e0ef2dab7548921f7"}) as unknown as TypedDocumentString<CallStartedSubscription, CallStartedSubscriptionVariables>;
export const CallEndedDocument = new TypedDocumentString(`
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
}`, {"hash":"sha256:b1e7951d75ff8ec2d29eb8eab8bac981aa3243d062630935d355cf9c9de26ed4"}) as unknown as TypedDocumentString<CallEndedSubscription, CallEndedSubscriptionVariables>;
export const ChatMessageAddedDocument = new TypedDocumentString(`
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
}`, {"hash":"sha256:ddfdf54ae80a27ec62b8cef003f7ada98b00d61fef420ab5adc3d35d39cc3e85"}) as unknown as TypedDocumentString<ChatMessageAddedSubscription, ChatMessageAddedSubscriptionVariables>;