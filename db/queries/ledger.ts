import { desc, eq, sum } from "drizzle-orm";
import { db } from "@/db";
import { stripeTransactions as ledger } from "@/db/schema";
import { livemode } from "@/env";

export type LedgerRow = typeof ledger.$inferSelect;

const ofThisMode = eq(ledger.livemode, livemode);

/** Everybody's, newest first. */
export const listEntries = (limit: number): Promise<LedgerRow[]> =>
  db.select().from(ledger).where(ofThisMode).orderBy(desc(ledger.occurredAt), desc(ledger.id)).limit(limit);

export interface Revenue {
  currency: string;
  /** In minor units. */
  revenue: number;
}

/** Sums what was paid and not given back, by currency. */
export const sumRevenue = (): Promise<Revenue[]> =>
  db
    .select({ currency: ledger.currency, revenue: sum(ledger.revenue).mapWith(Number) })
    .from(ledger)
    .where(ofThisMode)
    .groupBy(ledger.currency)
    .orderBy(ledger.currency);
