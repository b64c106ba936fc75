import { and, eq } from "drizzle-orm";
import type Stripe from "stripe";
import { db } from "@/db";
import { products, stripeProducts } from "@/db/schema";
import { sql } from "@/db/sql";
import { columnsOf, json, newRows, type Write } from "@/db/write";
import { livemode } from "@/env";
import { idOf, stripe } from "../stripe";
import { NOTHING_ELSE, type ObjectDefinition, ownId, type Page, type Pages } from "./definition";
import { toDecimalText } from "./price-parts";

/** A product with all of its prices: one plan to us, two kinds of object to Stripe. */
export interface ProductWithPrices {
  object: "product";
  id: string;
  product: Stripe.Product;
  prices: Stripe.Price[];
}

/** A plan of the catalog: one row of `products` for each price, one of `stripe_products` for how new they are. */
export const product = {
  events: {
    "product.created": "the catalog gained a plan",
    "product.updated": "a plan was edited in the dashboard",
    "product.deleted": "a plan is gone",
    "price.created": "the catalog gained a price",
    "price.updated": "a price was archived or edited in the dashboard",
    "price.deleted": "a price is gone",
  },
  notedEvents: {},
  idFrom: { product: ownId, price: ({ product }: Stripe.Price) => idOf(product) },
  isCarriedWhole: () => false,
  retrieve: retrieveWithPrices,
  list: listWithPrices,
  ledgerEntries: () => [],
  ownLedgerKind: null,
  effects(source) {
    const rows = toProductRows(source);
    return {
      ...NOTHING_ELSE,
      stripeCustomerId: null,
      note: `The product ${source.id} was read anew from Stripe.`,
      row: { stripeId: source.id, livemode: source.product.livemode },
      afterRow: () => [
        archiveProducts(
          source.id,
          rows.map(({ stripePriceId }) => stripePriceId),
        ),
        ...upsertProducts(rows),
      ],
    };
  },
  effectsWhenGone: (id) => ({
    ...NOTHING_ELSE,
    stripeCustomerId: null,
    note: `Stripe knows no product ${id}.`,
    afterRow: () => [archiveProducts(id, [])],
  }),
  mirror: { table: stripeProducts, rankOf: () => 0, whenGone: {}, keepsTombstone: true },
  comparisons: [
    {
      table: products,
      objectId: products.stripeProductId,
      rowId: products.stripePriceId,
      rowsOf: (source) => toProductRows(source).map((row) => ({ id: row.stripePriceId, fields: row })),
      mayBeForeign: () => false,
      strayRow: ({ active }) => (active ? { field: "active", ours: true, stripe: "no such price" } : null),
    },
  ],
  async listOtherIds() {
    const { stripeProductId: id, livemode: mode, active } = products;
    const onSale = and(eq(active, true), eq(mode, livemode));
    return (await db.select({ id }).from(products).where(onSale)).map(({ id }) => id);
  },
  customerTable: null,
} satisfies ObjectDefinition<ProductWithPrices>;

/** The prices are read after the product and dated by their answer; `rev` guards what happens between the two. */
async function retrieveWithPrices(id: string, options: Stripe.RequestOptions) {
  const product = await stripe.products.retrieve(id, {}, options);
  const prices: Stripe.Price[] = [];
  for await (const price of stripe.prices.list({ product: id, limit: 100 }, options)) prices.push(price);
  return { object: "product" as const, id, product, prices, lastResponse: product.lastResponse };
}

/** Both lists are read whole, as one page; a catalog is small. */
async function* listWithPrices(pages: Pages): AsyncGenerator<Page<ProductWithPrices>> {
  const startedAt = Date.now();
  const all = await whole<Stripe.Product>(
    pages((params, options) => stripe.products.list(params, options), null),
  );
  const prices = await whole<Stripe.Price>(
    pages((params, options) => stripe.prices.list(params, options), null),
  );
  yield {
    objects: all.objects.map((product) => ({
      object: "product",
      id: product.id,
      product,
      prices: prices.objects.filter((price) => idOf(price.product) === product.id),
    })),
    answeredAt: prices.answeredAt,
    tookMs: Date.now() - startedAt,
    calls: all.calls + prices.calls,
  };
}

async function whole<T>(pages: AsyncGenerator<Page<T>>) {
  const all = { objects: [] as T[], answeredAt: null as Date | null, calls: 0 };
  for await (const { objects, answeredAt, calls } of pages) {
    all.objects.push(...objects);
    all.answeredAt = answeredAt;
    all.calls += calls;
  }
  return all;
}

/** A product without `metadata.plan` is not one of ours, or not any more. */
function toProductRows({ product, prices }: ProductWithPrices) {
  const { plan } = product.metadata;
  return plan ? prices.map((price) => toProductRow(plan, product, price)) : [];
}

/** As the catalog made them: our own keys are in the metadata. */
function toProductRow(plan: string, product: Stripe.Product, price: Stripe.Price) {
  type Row = typeof products.$inferInsert;
  return {
    plan,
    family: product.metadata.family || null,
    name: product.name,
    description: product.description ?? "",
    features: product.marketing_features.flatMap(({ name }) => (name ? [name] : [])),
    interval: (price.recurring?.interval ?? null) as Row["interval"],
    intervalCount: price.recurring?.interval_count ?? 1,
    unitAmount: price.unit_amount ?? Math.floor(Number(price.unit_amount_decimal ?? 0)),
    unitAmountDecimal: toDecimalText(price.unit_amount_decimal),
    currency: price.currency,
    stripeProductId: product.id,
    stripePriceId: price.id,
    lookupKey: price.lookup_key,
    active: product.active && price.active && isForSale(price),
    position: Number(product.metadata.position ?? 0),
    livemode: price.livemode,
  } satisfies Row;
}

/**
 * Only a price that the catalog made is on sale, and only one that a row can say in full. Prices made by hand are
 * for whoever has them.
 */
const isForSale = (price: Stripe.Price) =>
  price.lookup_key !== null &&
  price.unit_amount !== null &&
  price.billing_scheme === "per_unit" &&
  isLicensed(price);

const isLicensed = ({ recurring, custom_unit_amount, transform_quantity }: Stripe.Price) =>
  (recurring?.usage_type ?? "licensed") === "licensed" && !custom_unit_amount && !transform_quantity;

function upsertProducts(rows: ReturnType<typeof toProductRow>[]): Write[] {
  if (!rows[0]) return [];
  const { names, values, takeAll } = columnsOf(rows[0]);
  const statement = sql`insert into products (${names})
    select ${values} from turn, ${newRows(products, rows)}
    on conflict (stripe_price_id) do update set ${takeAll}`;
  return [{ table: products, statement }];
}

/** A price that Stripe lists no more is off sale; its row stays, for those who bought it. */
const archiveProducts = (stripeProductId: string, exceptPrices: string[]): Write => ({
  table: products,
  statement: sql`update products set active = false from turn
    where stripe_product_id = ${stripeProductId} and active and not ${json(exceptPrices)} ? stripe_price_id`,
});
