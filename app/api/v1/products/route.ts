import { connection } from "next/server";
import { listProducts } from "@/db/queries/products";
import { readRoute } from "@/lib/api/route";

/** Lists the products on sale; `id` is the `product_id` of create-checkout-session. */
export const GET = readRoute(async () => {
  // Next would otherwise read the rows once, while it builds.
  await connection();
  const products = await listProducts();
  return {
    products: products.map(({ id, plan, name, interval, unitAmount, currency, lookupKey }) => ({
      id,
      plan,
      name,
      interval,
      unit_amount: unitAmount,
      currency,
      lookup_key: lookupKey,
    })),
  };
});
