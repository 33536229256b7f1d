/** @jsxImportSource preact */
import { Card } from './card.tsx';
import { count } from './format.ts';
import type { BusinessFiguresFragment } from './generated/graphql.ts';
import { Figure, Figures, Rate, Sum } from './tile.tsx';

/** Business shows what viewers did in the shop: products, carts, purchases. */
export function Business({ of }: { of: BusinessFiguresFragment }) {
  return (
    <>
      <Card title="Sales">
        <Figures>
          <Figure name="Purchases" value={count(of.purchases)} />
          <Rate name="Viewers who bought" ratio={of.purchasesRate} />
          <Sum name="Total sales" amounts={of.totalSales} />
          <Sum name="Displayed products" amounts={of.productSales} />
          <Sum name="Everything else" amounts={of.otherSales} />
          <Sum name="Average purchase" amounts={of.averagePurchase} />
          <Sum name="Largest" amounts={of.maximumPurchase} />
          <Sum name="Smallest" amounts={of.minimumPurchase} />
        </Figures>
      </Card>
      <Card title="Carts">
        <Figures>
          <Figure name="Carts created" value={count(of.cartsCreated)} />
          <Rate name="Viewers with a cart" ratio={of.cartsCreatedRate} />
          <Figure name="Additions to carts" value={count(of.addToCarts)} />
          <Sum name="All carts" amounts={of.totalCartsAmount} />
          <Sum name="Average cart" amounts={of.averageCart} />
          <Sum name="Largest" amounts={of.maximumCart} />
          <Sum name="Smallest" amounts={of.minimumCart} />
        </Figures>
      </Card>
      <Card title="Interest in products">
        <Figures>
          <Figure name="Product clicks" value={count(of.productClicks)} />
          <Figure name="Viewers who clicked" value={count(of.viewersProductClicks)} />
          <Rate name="Share of viewers" ratio={of.productClicksRate} />
          <Figure name="Catalog opened" value={count(of.catalogOpened)} />
        </Figures>
      </Card>
    </>
  );
}
