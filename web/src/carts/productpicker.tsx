/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks';
import { uniqueId } from '../id.ts';
import { hexOf, faceOf, sum } from './face.ts';
import { GatewayError, type Gateway } from './gateway.ts';
import { AddToCartDocument, FindProductsDocument, ProductBySkuDocument, type OneCallQuery, type ProductCardFragment } from './generated/graphql.ts';
import { Notice, Tile } from './parts.tsx';
import type { Cart } from './watchcart.ts';

type Call = NonNullable<OneCallQuery['call']>;

const TYPING = 250; // milliseconds without a key before a search

/** ProductPicker shows the call's products, and others by name or SKU, to ask for. */
export function ProductPicker({ gateway, call, cart }: { gateway: Gateway; call: Call; cart: Cart }) {
  const [words, setWords] = useState('');
  const [found, setFound] = useState<ProductCardFragment[]>();
  const [failure, setFailure] = useState('');

  useEffect(() => {
    const text = words.trim();
    setFound(undefined);
    if (text === '') return;

    let late = false;
    const timer = setTimeout(async () => {
      try {
        const [byName, bySku] = await Promise.all([
          gateway.run(FindProductsDocument, { namePrefix: text }),
          gateway.run(ProductBySkuDocument, { sku: text }),
        ]);
        if (late) return;
        const all = [...(bySku.product ? [bySku.product] : []), ...byName.products.nodes];
        setFound([...new Map(all.map((product) => [product.sku, product])).values()]);
      } catch (error) {
        if (!late) setFailure((error as GatewayError).message);
      }
    }, TYPING);
    return () => {
      late = true;
      clearTimeout(timer);
    };
  }, [gateway, words]);

  const met = [...new Map(call.products.map(({ product }) => [product.sku, product])).values()];
  const shown = words.trim() === '' ? met : found;

  return (
    <div class="picker">
      <div class="heading">
        <h3>{words.trim() === '' ? 'Products of this call' : 'Products found'}</h3>
        <input type="search" aria-label="Find a product by name or SKU" placeholder="Find by name or SKU"
          value={words} onInput={(event) => setWords(event.currentTarget.value)} />
      </div>
      {failure && <Notice text={failure} dismiss={() => setFailure('')} />}
      {shown === undefined && <p class="hint">Searching …</p>}
      {shown?.length === 0 && <p class="hint">{words.trim() === '' ? 'None was shown yet: find one by its name.' : 'No product has a name that begins so, or this SKU.'}</p>}
      <ul class="products">
        {shown?.map((product) => (
          <ProductCard key={product.sku} gateway={gateway} product={product} callId={call.callId} cart={cart}
            named={call.products.find((p) => p.product.sku === product.sku)?.sku} closed={call.endedAt !== null} />
        ))}
      </ul>
    </div>
  );
}

type Choice = { sku: string; name: string; price: ProductCardFragment['price']; soldOut: boolean };

/** choicesOf returns what is sold of a variation: its sizes, or itself where it has none. */
function choicesOf(product: ProductCardFragment, variation?: ProductCardFragment['variations'][number]): Choice[] {
  if (!variation) return [{ sku: product.sku, name: '', price: product.price, soldOut: false }];
  if (variation.sizes.length === 0) return [{ sku: variation.sku, name: '', price: product.price, soldOut: false }];
  return variation.sizes.map((size) => ({
    sku: size.sku, name: size.name ?? size.sku, price: size.price ?? product.price, soldOut: size.inStock === false,
  }));
}

function ProductCard({ gateway, product, callId, cart, named, closed }: {
  gateway: Gateway; product: ProductCardFragment; callId: string; cart: Cart; named?: string; closed: boolean;
}) {
  const first = Math.max(0, product.variations.findIndex((v) => v.sku === named || v.sizes.some((s) => s.sku === named)));
  const [index, setIndex] = useState(first);
  const variation = product.variations[index];
  const choices = choicesOf(product, variation);
  const [wanted, setWanted] = useState(named ?? '');
  const [quantity, setQuantity] = useState(1);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');

  const choice = choices.find(({ sku }) => sku === wanted) ?? choices.find(({ soldOut }) => !soldOut) ?? choices[0]!;
  const waiting = cart.pendingRequests.some(({ sku }) => sku === choice.sku);
  const face = faceOf(product, choice.sku);

  const add = async () => {
    setBusy(true);
    setFailure('');
    try {
      const { addToCart } = await gateway.run(AddToCartDocument, { input: { callId, sku: choice.sku, quantity, clientMutationId: uniqueId() } });
      setFailure(addToCart.userErrors[0]?.message ?? '');
      if (addToCart.userErrors.length === 0) setQuantity(1);
    } catch (error) {
      setFailure((error as GatewayError).message);
    }
    setBusy(false);
  };

  return (
    <li class="card product" data-sku={choice.sku}>
      <div class="line">
        <Tile face={face} />
        <span class="article">
          <strong>{product.name}</strong>
          <small>{[product.brandName, variation?.name].filter(Boolean).join(' · ')}</small>
        </span>
        <span class="price">{sum(choice.price?.current)}</span>
      </div>
      <div class="choices">
        {product.variations.length > 1 && (
          <span class="swatches" role="radiogroup" aria-label="Variation">
            {product.variations.map((v, i) => (
              <label key={v.sku} title={v.name ?? v.sku}>
                <input type="radio" name={`variation-${product.sku}`} checked={i === index} onChange={() => setIndex(i)} aria-label={v.name ?? v.sku} />
                <span style={{ background: hexOf(v.attributes) ?? '' }}>{hexOf(v.attributes) ? '' : (v.name ?? v.sku)}</span>
              </label>
            ))}
          </span>
        )}
        {choices.length > 1 && (
          <select aria-label="Size" value={choice.sku} onChange={(event) => setWanted(event.currentTarget.value)}>
            {choices.map(({ sku, name, soldOut }) => (
              <option key={sku} value={sku} disabled={soldOut}>{name}{soldOut ? ' (sold out)' : ''}</option>
            ))}
          </select>
        )}
        <input type="number" aria-label="How many" min={1} max={999} value={quantity} onInput={(event) => setQuantity(event.currentTarget.valueAsNumber || 1)} />
        <button type="button" class="primary" disabled={closed || busy || waiting} onClick={add}>
          {waiting ? 'Asked' : 'Add'}
        </button>
      </div>
      {failure && <Notice text={failure} dismiss={() => setFailure('')} />}
    </li>
  );
}
