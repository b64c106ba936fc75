import { stripeTransactions } from "@/db/schema";
import { type Fragment, raw, sql } from "@/db/sql";
import { columnsOf, newRows, type Write } from "@/db/write";
import { livemode } from "@/env";

/**
 * The ledger: one entry is one fact about money. Its key names the money and not the event, because several events
 * may tell of one payment; `revenue` stands on one entry only. Which entries an object adds is in its own file.
 */

export type LedgerEntry = Omit<(typeof stripeTransactions)["$inferInsert"], "livemode" | "userId">;
export type LedgerKind = LedgerEntry["kind"];

/** Of the events that tell of one entry, the type that it is named after, whichever came first. */
const NAMED_AFTER: Partial<Record<LedgerKind, string>> = {
  dispute: "charge.dispute.created",
  invoice_paid: "invoice.payment_succeeded",
  refund: "refund.created",
};

/** Every telling names the same amount, so a row that says otherwise is wrong and gets it back. */
const WITH_FINAL_AMOUNT: LedgerKind[] = ["checkout", "invoice_paid", "payment"];

/** Each entry names every column, so that they fit into one insert. */
const NOTHING_SAID = {
  stripeEventId: null,
  stripeCustomerId: null,
  stripeCheckoutSessionId: null,
  stripeSubscriptionId: null,
  stripeInvoiceId: null,
  stripePaymentIntentId: null,
  stripePriceId: null,
  description: null,
  status: null,
};

/**
 * May run any number of times and in any order with the same result. Several events may tell of an entry, and a
 * read without any; which came first does not show in the row.
 */
export function upsertLedgerEntries(entries: LedgerEntry[]): Write[] {
  const facts = factsOf(entries);
  const refunds = facts.filter(({ kind }) => kind === "refund");
  const others = facts.filter(({ kind }) => kind !== "refund");
  return [...insert(refunds, FURTHEST_STATUS), ...insert(others, EARLIEST_TELLING)];
}

/** Several events may tell of one entry, which is to be there once. */
export function factsOf(entries: LedgerEntry[]): LedgerEntry[] {
  const facts = new Map<string, LedgerEntry>();
  for (const entry of entries) {
    const name = `${entry.kind} ${entry.stripeId}`;
    const known = facts.get(name);
    facts.set(name, known ? mergeTellings(known, entry) : entry);
  }
  return [...facts.values()];
}

/** Two tellings of one entry become one, as they would in the table: one statement may write a row once. */
function mergeTellings(one: LedgerEntry, other: LedgerEntry): LedgerEntry {
  const named = isNamedBefore(other, one) ? other : one;
  return { ...named, occurredAt: one.occurredAt < other.occurredAt ? one.occurredAt : other.occurredAt };
}

/** By its naming event before another, by an event before a read, by the lower id of two alike. */
function isNamedBefore(entry: LedgerEntry, other: LedgerEntry): boolean {
  const isNaming = ({ kind, eventType }: LedgerEntry) => NAMED_AFTER[kind] === eventType;
  if (isNaming(entry) !== isNaming(other)) return isNaming(entry);
  if (!entry.stripeEventId || !other.stripeEventId) return Boolean(entry.stripeEventId);
  return entry.stripeEventId < other.stripeEventId;
}

function insert(entries: LedgerEntry[], onConflict: Fragment): Write[] {
  const rows = entries.map((entry) => ({ ...NOTHING_SAID, ...entry, livemode }));
  if (!rows[0]) return [];
  const { names, values } = columnsOf(rows[0]);
  const statement = sql`insert into stripe_transactions (${names}, user_id)
    select ${values}, turn.user_id from turn, ${newRows(stripeTransactions, rows)}
    on conflict (kind, stripe_id) do update set ${onConflict}`;
  return [{ table: stripeTransactions, statement }];
}

/** In SQL what `isNamedBefore` says: the telling that could not be inserted, against the stored one. */
const NEWS_NAMING = sqlNaming("excluded", "stripe_transactions");
const STORED_NAMING = sqlNaming("stripe_transactions", "excluded");

function sqlNaming(telling: string, other: string): string {
  const cases = Object.entries(NAMED_AFTER).map(([kind, type]) => `when '${kind}' then '${type}'`);
  const namedAfter = `case stripe_transactions.kind ${cases.join(" ")} end`;
  return `coalesce(${telling}.event_type = ${namedAfter}, false), ${telling}.stripe_event_id is not null, ${other}.stripe_event_id`;
}

/** A refund is what its furthest status says. Failed and canceled have no position: nothing comes after them. */
const FURTHEST_STATUS: Fragment = raw(`
  status = excluded.status,
  revenue = excluded.revenue,
  event_type = excluded.event_type,
  stripe_event_id = excluded.stripe_event_id
  where (${sqlRank("excluded")}, ${NEWS_NAMING}) > (${sqlRank("stripe_transactions")}, ${STORED_NAMING})
    or (stripe_transactions.status = excluded.status and stripe_transactions.revenue <> excluded.revenue)`);

function sqlRank(row: string): string {
  return `coalesce(array_position(array['pending', 'requires_action', 'succeeded'], ${row}.status), 4)`;
}

const EARLIEST_TELLING = earliestTelling();

function earliestTelling(): Fragment {
  const isBetter = `(${NEWS_NAMING}) > (${STORED_NAMING})`;
  const isFinal = `stripe_transactions.kind in (${WITH_FINAL_AMOUNT.map((kind) => `'${kind}'`).join(", ")})`;
  const takeIf = (condition: string, column: string) =>
    `${column} = case when ${condition} then excluded.${column} else stripe_transactions.${column} end`;
  const money = ["amount", "revenue", "currency"];
  const isOther = money.map((column) => `stripe_transactions.${column} <> excluded.${column}`).join(" or ");
  return raw(`
    ${takeIf(isBetter, "event_type")},
    ${takeIf(isBetter, "stripe_event_id")},
    occurred_at = least(stripe_transactions.occurred_at, excluded.occurred_at),
    ${money.map((column) => takeIf(isFinal, column)).join(", ")}
    where ${isBetter} or excluded.occurred_at < stripe_transactions.occurred_at or (${isFinal} and (${isOther}))`);
}

/** The fields in which an entry has to agree with what Stripe's object says today. */
export function toComparedEntry({ kind, amount, revenue, currency, status = null }: LedgerEntry) {
  const fields = { revenue, currency, status };
  // The amount in dispute may change; the entry keeps what it was when it began.
  return kind === "dispute" ? fields : { amount, ...fields };
}
