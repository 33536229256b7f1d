// The part of the graph that the benchmark asks for, with resolvers as the
// documentation of GraphQL.js, dataloader and the driver recommends them.
import DataLoader from "dataloader";
import { MongoClient } from "mongodb";

export const org = "bench";

export const typeDefs = /* GraphQL */ `
  type Query { call(id: ID!): Call calls(first: Int = 25): CallConnection! products(first: Int = 25): ProductConnection! }
  type CallConnection { nodes: [Call!]! }
  type ProductConnection { nodes: [Product!]! }
  type Call {
    id: ID! callId: String! durationSeconds: Float agent: Agent queue: Queue
    products: [CallProduct!]! metrics: CallMetrics! cart: Cart
  }
  type Agent { name: String! }
  type Queue { name: String! }
  type Product { sku: String! name: String! metrics: ProductMetrics! }
  type CallProduct { sku: String! product: Product! metrics: ProductMetrics! }
  type ProductMetrics { presented: Int! addedToCart: Int! purchases: Int! sales: [Money!]! }
  type CallMetrics { purchases: Int! revenue: [Money!]! }
  type Money { amount: String! currency: String! }
  type Cart { version: Float! items: [CartItem!]! }
  type CartItem { sku: String! quantity: Int! product: Product! }
`;

const client = new MongoClient(process.env.MONGODB_URI);
const db = client.db(process.env.MONGODB_DATABASE);
const key = (id) => `${org}/${id}`;

// byKey returns a loader of the documents of a collection by their native id.
const byKey = (collection) => new DataLoader(async (ids) => {
  const found = await db.collection(collection).find({ _id: { $in: ids.map(key) } }).toArray();
  const byId = new Map(found.map((document) => [document._id, document]));
  return ids.map((id) => byId.get(key(id)) ?? null);
});

// productsBySku returns the products that SKUs mean: their own or those of their sizes.
async function productsBySku(skus) {
  const found = await db.collection("products").find({ org, skus: { $in: [...skus] } }).toArray();
  const bySku = new Map(found.flatMap((product) => product.skus.map((sku) => [sku, product])));
  return skus.map((sku) => bySku.get(sku) ?? null);
}

// productMetrics adds up what is stored of the SKUs of products: the purchases of each less those that another SKU of the product counts. A SKU means one
// product here.
async function productMetrics(products) {
  const keys = products.flatMap((product) => product.skus.map((sku) => key(`0::${sku}`)));
  const found = await db.collection("product_metrics").find({ _id: { $in: keys } }).project({ sku: 1, total: 1 }).toArray();
  const bySku = new Map(found.map(({ sku, total }) => [sku, total]));
  return products.map(({ skus }) => {
    const totals = { presented: 0, added: 0, purchases: 0 };
    const sales = new Map();
    for (const sku of skus) {
      const stored = bySku.get(sku);
      if (!stored) continue;
      totals.presented += stored.presented;
      totals.added += stored.added;
      totals.purchases += stored.purchases;
      for (const { minor, currency } of stored.sales ?? []) sales.set(currency, (sales.get(currency) ?? 0) + Number(minor));
      for (const { count } of stored.again ?? []) totals.purchases -= count;
    }
    return { ...totals, sales: [...sales].sort().map(([currency, minor]) => ({ minor, currency })) };
  });
}

// context makes the loaders of one request.
export function context() {
  return {
    agents: byKey("agents"), queues: byKey("queues"), products: new DataLoader(productsBySku),
    callMetrics: byKey("call_metrics"), carts: byKey("carts"),
    productMetrics: new DataLoader(productMetrics, { cacheKeyFn: (product) => product.id }),
  };
}

const list = (collection, sort, first) => db.collection(collection).find({ org }).sort(sort).limit(first).toArray();
const product = ({ sku }, _, { products }) => products.load(sku);

export const resolvers = {
  Query: {
    call: (_, { id }) => db.collection("calls").findOne({ _id: key(id.replace(/^Call:/, "")) }),
    calls: async (_, { first }) => ({ nodes: await list("calls", { at: -1, _id: -1 }, first) }),
    products: async (_, { first }) => ({ nodes: await list("products", { nameKey: 1, _id: 1 }, first) }),
  },
  Call: {
    id: (call) => `Call:${call.id}`,
    callId: (call) => call.id,
    durationSeconds: (call) => Number(call.duration) / 1000,
    agent: (call, _, { agents }) => agents.load(call.agent),
    queue: (call, _, { queues }) => queues.load(call.queue),
    metrics: (call, _, { callMetrics }) => callMetrics.load(call.id),
    products: async (call, _, { callMetrics }) => (await callMetrics.load(call.id)).products ?? [],
    cart: async (call, _, { carts }) => (await carts.load(call.id))?.state.cart ?? { version: 0, items: [] },
  },
  CallProduct: { product, metrics: (inCall) => inCall },
  CartItem: { product },
  Product: {
    sku: (p) => p.id,
    metrics: (p, _, context) => context.productMetrics.load(p),
  },
  ProductMetrics: { addedToCart: (m) => m.added, sales: (m) => m.sales ?? [] },
  CallMetrics: { purchases: (m) => m.purchases.count, revenue: (m) => m.purchases.revenue ?? [] },
  Money: { amount: ({ minor }) => (Number(minor) / 100).toFixed(2) },
};
