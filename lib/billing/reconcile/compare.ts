import { and, eq, inArray, or } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import { db } from "@/db";
import {
  checkoutSessions,
  disputes,
  invoices,
  products,
  stripeTransactions,
  subscriptions,
} from "@/db/schema";
import type { StripeObject } from "../objects";
import { type Effects, effectsOf } from "../objects/effects";
import type { ListedKind } from "./listed-objects";

/** Field by field: what Stripe's objects say our rows should be, and what they are. */

export interface Drift {
  kind: string;
  /** Stripe's. */
  id: string;
  /** `row` when the whole row is missing on one side. */
  field: string;
  ours: unknown;
  stripe: unknown;
}

type Row = Record<string, unknown>;
type TableName = "subscription" | "invoice" | "dispute" | "product" | "checkout session" | "ledger";

const TABLES: Record<TableName, { table: PgTable; id: PgColumn }> = {
  subscription: { table: subscriptions, id: subscriptions.stripeId },
  invoice: { table: invoices, id: invoices.stripeId },
  dispute: { table: disputes, id: disputes.stripeId },
  product: { table: products, id: products.stripeProductId },
  "checkout session": { table: checkoutSessions, id: checkoutSessions.stripeId },
  ledger: { table: stripeTransactions, id: stripeTransactions.stripeId },
};

/** Stripe makes these addresses anew for every answer. */
const ADDRESSES = ["hostedInvoiceUrl", "invoicePdf"];

/** The facts that are named by their object, by its kind. Payments are named by their intent: money.ts. */
export const FACT_OF: Partial<Record<ListedKind, (typeof stripeTransactions.$inferSelect)["kind"]>> = {
  checkout_session: "checkout",
  dispute: "dispute",
  invoice: "invoice_paid",
  refund: "refund",
};

interface Expected {
  table: TableName;
  id: string;
  fields: Row;
}

/** @returns by object, what differs; an object of which all is well is not in it */
export async function differencesOf(
  kind: ListedKind,
  objects: (StripeObject & { id: string })[],
): Promise<Map<string, Drift[]>> {
  const wanted = objects.map((object) => ({ id: object.id, effects: effectsOf(object, null) }));
  const rows = await rowsOf(kind, wanted);
  const found = new Map<string, Drift[]>();
  for (const { id, effects } of wanted) {
    const expected = expectedOf(effects);
    const differences = [
      ...expected.flatMap((one) => compare(one, rows.get(keyOf(one.table, one.id)), effects)),
      ...unexpected(kind, id, expected, rows),
    ];
    if (differences.length) found.set(id, differences);
  }
  return found;
}

function expectedOf({ mirror, facts = [], checkoutSession }: Effects): Expected[] {
  const expected: Expected[] = facts.map(({ kind, stripeId, amount, revenue, currency, status }) => ({
    table: "ledger",
    id: `${kind} ${stripeId}`,
    // What a dispute is about may change; the ledger keeps what it was when it began.
    fields: { ...(kind !== "dispute" && { amount }), revenue, currency, status: status ?? null },
  }));
  if (checkoutSession?.stripeId) {
    const { id, url, completedAt, paymentFailed, ...fields } = checkoutSession;
    if (paymentFailed) Object.assign(fields, { paymentStatus: "failed" });
    // What it will cost is settled when it is paid; until then it may change, and no event tells of it.
    const { amountTotal, currency, ...settled } = fields;
    const compared = checkoutSession.status === "open" ? settled : fields;
    expected.push({ table: "checkout session", id: checkoutSession.stripeId, fields: compared });
  }
  if (mirror?.kind === "plan") {
    for (const row of mirror.products)
      expected.push({ table: "product", id: row.stripePriceId, fields: row });
  } else if (mirror) {
    expected.push({ table: mirror.kind, id: mirror.row.stripeId, fields: mirror.row });
  }
  return expected;
}

function compare({ table, id, fields }: Expected, row: Row | undefined, effects: Effects): Drift[] {
  // A session that began elsewhere, a payment link's, is none of ours before it comes to something.
  if (!row && effects.checkoutSession?.status === "open") return [];
  if (!row) return [{ kind: table, id, field: "row", ours: null, stripe: "exists" }];
  if (row.deletedAt) return [{ kind: table, id, field: "row", ours: "deleted", stripe: "exists" }];
  return Object.entries(fields)
    .filter(([field, value]) => !ADDRESSES.includes(field) && !isEqual(row[field], value))
    .map(([field, value]) => ({ kind: table, id, field, ours: row[field] ?? null, stripe: value ?? null }));
}

const isEqual = (ours: unknown, theirs: unknown) =>
  JSON.stringify(ours ?? null) === JSON.stringify(theirs ?? null);

/** Rows that the object gives no reason for: a fact that it does not tell of, a price that Stripe does not list. */
function unexpected(kind: ListedKind, id: string, expected: Expected[], rows: Map<string, Row>): Drift[] {
  const isExpected = (table: TableName, rowId: string) =>
    expected.some((one) => one.table === table && one.id === rowId);
  if (kind === "plan") {
    return [...rows.values()]
      .filter((row) => row.stripeProductId === id && row.active)
      .filter((row) => !isExpected("product", String(row.stripePriceId)))
      .map((row) => ({
        kind: "product",
        id: String(row.stripePriceId),
        field: "active",
        ours: true,
        stripe: "no such price",
      }));
  }
  const fact = `${FACT_OF[kind]} ${id}`;
  const isStray = rows.has(keyOf("ledger", fact)) && !isExpected("ledger", fact);
  return isStray ? [{ kind: "ledger", id: fact, field: "row", ours: "exists", stripe: null }] : [];
}

const keyOf = (table: TableName, id: string) => `${table} ${id}`;

async function rowsOf(
  kind: ListedKind,
  wanted: { id: string; effects: Effects }[],
): Promise<Map<string, Row>> {
  const rows = new Map<string, Row>();
  const ids = wanted.map(({ id }) => id);
  const table = TABLE_OF[kind];
  if (table && ids.length) {
    const { table: from, id } = TABLES[table];
    for (const row of (await db.select().from(from).where(inArray(id, ids))) as Row[])
      rows.set(keyOf(table, String(kind === "plan" ? row.stripePriceId : row.stripeId)), row);
  }
  const own = FACT_OF[kind];
  const facts = wanted.flatMap(({ effects }) => effects.facts ?? []);
  if (!own && !facts.length) return rows;
  const held = stripeTransactions;
  const named = facts.map(({ stripeId }) => stripeId);
  const where = or(
    named.length ? inArray(held.stripeId, named) : undefined,
    own && ids.length ? and(eq(held.kind, own), inArray(held.stripeId, ids)) : undefined,
  );
  if (!where) return rows;
  for (const row of await db.select().from(held).where(where))
    rows.set(keyOf("ledger", `${row.kind} ${row.stripeId}`), row);
  return rows;
}

const TABLE_OF: Partial<Record<ListedKind, TableName>> = {
  checkout_session: "checkout session",
  dispute: "dispute",
  invoice: "invoice",
  plan: "product",
  subscription: "subscription",
};
