import { connection } from "next/server";
import { z } from "zod";
import { listProducts } from "@/db/queries/products";
import { apiRoute } from "@/lib/api/route";

const response = z.strictObject({
  products: z.array(
    z.strictObject({
      id: z.uuid(),
      plan: z.string(),
      name: z.string(),
      interval: z.enum(["day", "week", "month", "year"]).nullable(),
      interval_count: z.int(),
      unit_amount: z.int(),
      currency: z.string().length(3),
      lookup_key: z.string().nullable(),
    }),
  ),
});

/** Lists the products on sale; `id` is the `product_id` of create-checkout-session. */
export const GET = apiRoute({ auth: "none", response }, async () => {
  // Next would otherwise read the rows once, while it builds.
  await connection();
  const products = await listProducts();
  return {
    products: products.map(
      ({ id, plan, name, interval, intervalCount, unitAmount, currency, lookupKey }) => ({
        id,
        plan,
        name,
        interval,
        interval_count: intervalCount,
        unit_amount: unitAmount,
        currency,
        lookup_key: lookupKey,
      }),
    ),
  };
});
