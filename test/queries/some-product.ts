import { randomUUID } from "node:crypto";
import { db } from "@/db";
import { products } from "@/db/schema";

/** A row of the catalog that Stripe knows nothing of; off sale, so that no other test finds it. */
export async function someProduct(over: Partial<typeof products.$inferInsert> = {}) {
  const key = randomUUID();
  const [product] = await db
    .insert(products)
    .values({
      plan: `plan-${key}`,
      family: null,
      name: `Name of ${key}`,
      description: `Description of ${key}`,
      features: [],
      interval: null,
      unitAmount: 1_234,
      currency: "usd",
      stripeProductId: `prod_${key}`,
      stripePriceId: `price_${key}`,
      lookupKey: `key_${key}`,
      active: false,
      position: 0,
      livemode: false,
      ...over,
    })
    .returning();
  if (!product) throw new Error("The product was not inserted.");
  return product;
}
