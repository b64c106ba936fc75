import { and, eq } from "drizzle-orm";
import { db } from "@/db";
import { stripeTransactions } from "@/db/schema";
import { livemode } from "@/env";
import { definitionOf, type ObjectKind } from "../objects";

/** Our knowledge of one object of Stripe's. */
export interface Stored {
  /** Of the row that carries a version stamp; null when there is none. */
  rev: number | null;
  /** Stripe said that it does not exist any more. */
  isGone: boolean;
}

/** By Stripe's id, all that we hold of a kind. Read before Stripe is asked, so that `rev` is from before the answer. */
export async function getStoredIds(kind: ObjectKind): Promise<Map<string, Stored>> {
  const { mirror, listOtherIds } = definitionOf(kind);
  const stored = new Map<string, Stored>();
  for (const id of [...(await listLedgerIds(kind)), ...(await listOtherIds())])
    stored.set(id, { rev: null, isGone: false });
  if (!mirror) return stored;
  const { stripeId, rev, deletedAt, livemode: mode } = mirror.table;
  const rows = await db.select({ id: stripeId, rev, deletedAt }).from(mirror.table).where(eq(mode, livemode));
  for (const { id, rev, deletedAt } of rows) stored.set(id, { rev, isGone: deletedAt !== null });
  return stored;
}

/** The ids that Stripe's list has to show, or somebody has to ask why not. */
export const idsToSee = (stored: Map<string, Stored>) =>
  new Set([...stored].filter(([, { isGone }]) => !isGone).map(([id]) => id));

async function listLedgerIds(kind: ObjectKind): Promise<string[]> {
  const { ownLedgerKind } = definitionOf(kind);
  if (!ownLedgerKind) return [];
  const rows = await db
    .select({ id: stripeTransactions.stripeId })
    .from(stripeTransactions)
    .where(and(eq(stripeTransactions.kind, ownLedgerKind), eq(stripeTransactions.livemode, livemode)));
  return rows.map(({ id }) => id);
}
