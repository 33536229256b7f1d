/** @jsxImportSource preact */
import { Card } from './card.tsx';
import { count, date, percent, type Zone } from './format.ts';
import type { ProductRowFragment } from './generated/graphql.ts';
import { Timeline, type Span } from './timeline.tsx';
import { Amounts } from './tile.tsx';

/** Products is a table of what happened with each product; in a broadcast with the times at which it was displayed. On a
 * narrow screen the rows are cards: the roles keep it a table for those who hear it. */
export function Products({ of, zone, broadcast }: { of: ProductRowFragment[]; zone: Zone; broadcast?: Span }) {
  if (of.length === 0) return <Card title="Products" wide><p class="hint">Nothing happened with a product yet.</p></Card>;

  const displayed = broadcast !== undefined && of.some(({ appearances }) => appearances.length > 0);
  const columns = ['Product', ...(displayed ? ['On screen'] : []), 'Clicks', 'Click rate', 'Added', 'Removed', 'Purchases', 'Sold', 'Sales'];
  return (
    <Card title="Products" hint={displayed ? 'in the order of appearance' : 'most clicks first'} wide>
      <table class="products" role="table">
        <thead role="rowgroup">
          <tr role="row">{columns.map((name) => <th key={name} scope="col" role="columnheader" class={name === 'On screen' ? 'screen' : ''}>{name}</th>)}</tr>
        </thead>
        <tbody role="rowgroup">
          {of.map(({ sku, order, product, appearances, metrics }) => (
            <tr key={sku} role="row" data-sku={sku}>
              <th scope="row" role="rowheader">
                <span class="product">
                  {displayed && <span class="order">{order}</span>}
                  <span><strong>{product.name}</strong><small>{[product.brandName, sku].filter(Boolean).join(' · ')}</small></span>
                </span>
              </th>
              {displayed && (
                <td role="cell" class="screen" data-name="On screen">
                  <Timeline of={appearances} within={broadcast} />
                  <small>{appearances.map(({ start }) => date(start, zone, 'time')).join(', ') || 'not shown'}</small>
                </td>
              )}
              <td role="cell" data-name="Clicks">{count(metrics.clicks)}</td>
              <td role="cell" data-name="Click rate">{percent(metrics.clickRate)}</td>
              <td role="cell" data-name="Added">{count(metrics.addedToCart)}</td>
              <td role="cell" data-name="Removed">{count(metrics.removedFromCart)}</td>
              <td role="cell" data-name="Purchases">{count(metrics.purchases)}</td>
              <td role="cell" data-name="Sold">{count(metrics.quantitySold)}</td>
              <td role="cell" data-name="Sales"><Amounts of={metrics.sales} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
