import { and, asc, eq } from "drizzle-orm";
import { db } from "@/db";
import { products } from "@/db/schema";
import { livemode } from "@/env";

export type Product = typeof products.$inferSelect;

const onSale = and(eq(products.active, true), eq(products.livemode, livemode));

/** The products on sale now, in the catalog's order. */
export const listProducts = () =>
  db.select().from(products).where(onSale).orderBy(asc(products.position), asc(products.unitAmount));

/** @returns null for an unknown id and for one that is no longer on sale. */
export async function getProduct(id: string): Promise<Product | null> {
  const [product] = await db
    .select()
    .from(products)
    .where(and(eq(products.id, id), onSale));
  return product ?? null;
}
