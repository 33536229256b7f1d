import type { ProductCardFragment, ProductFaceFragment } from './generated/graphql.ts';

/** Face is how a line shows an article: two lines of words and the colour of a tile. No pictures: those are on other hosts. */
export type Face = { name: string; detail: string; hex: string };

type Money = { amount: string; currency: string };

/** faceOf names what is sold under a SKU: the product, and which of its variations and sizes. */
export function faceOf(product: ProductFaceFragment, sku: string): Face {
  for (const variation of product.variations) {
    const size = variation.sizes.find((s) => s.sku === sku);
    if (!size && variation.sku !== sku) continue;

    const detail = [variation.name, size?.name].filter(Boolean).join(' · ');
    return { name: product.name, detail: detail || sku, hex: hexOf(variation.attributes) ?? tint(product.sku) };
  }
  return { name: product.name, detail: sku === product.name ? (product.brandName ?? '') : sku, hex: tint(product.sku) };
}

export function hexOf(attributes: { name: string; value: string }[]): string | undefined {
  return attributes.map(({ value }) => value).find((value) => /^#[0-9a-f]{6}$/i.test(value));
}

/** tint is a colour for what has none of its own: always the same for the same SKU. */
function tint(sku: string): string {
  let hash = 0;
  for (const letter of sku) hash = (hash * 33 + letter.charCodeAt(0)) % 9973;
  return `hsl(${(hash * 137) % 360} 32% 48%)`;
}

/** priceOf is what one costs of what is sold under a SKU. */
export function priceOf(product: ProductCardFragment, sku: string): Money | undefined {
  const size = product.variations.flatMap(({ sizes }) => sizes).find((s) => s.sku === sku);
  return (size?.price ?? product.price)?.current;
}

/** sum writes an amount as the visitor's language does. */
export function sum(money: Money | null | undefined): string {
  if (!money) return '–';
  return new Intl.NumberFormat(undefined, { style: 'currency', currency: money.currency }).format(Number(money.amount));
}

/** clock writes the time of day. */
export function clock(at: string): string {
  return new Date(at).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

export function shortDate(at: string): string {
  return new Date(at).toLocaleString(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
}
