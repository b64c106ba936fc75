import { and, eq, isNotNull } from "drizzle-orm";
import { db } from "@/db";
import { checkoutSessions, products, stripeTransactions, users } from "@/db/schema";
import { livemode } from "@/env";
import { isMirrored, mirrorTable } from "../sync/mirror";
import { FACT_OF } from "./compare";
import type { ListedKind } from "./listed-objects";

/** What we know of one object of Stripe's. */
export interface Held {
  /** Of the row that carries a version stamp; null when there is none. */
  rev: number | null;
  /** Stripe said that it does not exist any more. */
  isGone: boolean;
}

/** By Stripe's id, all that we hold of a kind. Read before Stripe is asked, so that `rev` is from before the answer. */
export async function getHeldRows(kind: ListedKind): Promise<Map<string, Held>> {
  const held = new Map<string, Held>();
  for (const id of [...(await idsOfFacts(kind)), ...(await idsOfPlainRows(kind))])
    held.set(id, { rev: null, isGone: false });
  if (!isMirrored(kind)) return held;
  const table = mirrorTable(kind);
  const rows = await db
    .select({ id: table.stripeId, rev: table.rev, deletedAt: table.deletedAt })
    .from(table)
    .where(eq(table.livemode, livemode));
  for (const { id, rev, deletedAt } of rows) held.set(id, { rev, isGone: deletedAt !== null });
  return held;
}

async function idsOfFacts(kind: ListedKind): Promise<string[]> {
  const fact = FACT_OF[kind];
  if (!fact) return [];
  const rows = await db
    .select({ id: stripeTransactions.stripeId })
    .from(stripeTransactions)
    .where(and(eq(stripeTransactions.kind, fact), eq(stripeTransactions.livemode, livemode)));
  return rows.map(({ id }) => id);
}

async function idsOfPlainRows(kind: ListedKind): Promise<string[]> {
  if (kind === "customer") {
    const id = users.stripeCustomerId;
    const rows = await db.select({ id }).from(users).where(isNotNull(id));
    return rows.flatMap(({ id }) => id ?? []);
  }
  if (kind === "plan") {
    const { stripeProductId: id, livemode: mode, active } = products;
    const onSale = and(eq(active, true), eq(mode, livemode));
    return (await db.select({ id }).from(products).where(onSale)).map(({ id }) => id);
  }
  if (kind !== "checkout_session") return [];
  const { stripeId: id, livemode: mode } = checkoutSessions;
  const rows = await db
    .select({ id })
    .from(checkoutSessions)
    .where(and(isNotNull(id), eq(mode, livemode)));
  return rows.flatMap(({ id }) => id ?? []);
}
