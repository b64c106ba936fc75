import { and, eq, isNotNull, or, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import type Stripe from "stripe";
import { db } from "@/db";
import { checkoutSessions } from "@/db/schema";
import { excluded } from "@/db/upsert";
import { livemode } from "@/env";
import { userOf } from "../customer-links";
import type { LedgerEntry } from "../ledger";
import { idOf, stripe } from "../stripe";
import { NOTHING_ELSE, type ObjectDefinition, ownId } from "./definition";
import { toTime } from "./time";

type Session = Stripe.Checkout.Session;
type Row = typeof checkoutSessions.$inferInsert;

/** A purchase under way or done; of a one-time sale, which has no invoice, also its money. */
export const checkoutSession = {
  events: {
    "checkout.session.completed": "the purchase; of a one-time sale also its money",
    "checkout.session.async_payment_succeeded": "the money of a delayed payment method arrived",
    "checkout.session.async_payment_failed": "the money of a delayed payment method never came",
    "checkout.session.expired": "the person may start another checkout",
  },
  notedEvents: {},
  idFrom: { "checkout.session": ownId },
  isCarriedWhole: () => true,
  // The success page wants what the session led to; that also dates the purchase, which the session does not.
  retrieve: (id, options) =>
    stripe.checkout.sessions.retrieve(id, { expand: ["subscription", "invoice", "payment_intent"] }, options),
  list: (pages, after) =>
    pages(
      (params, options) =>
        stripe.checkout.sessions.list(
          { ...params, expand: ["data.subscription", "data.payment_intent"] },
          options,
        ),
      after,
    ),
  ledgerEntries: toLedgerEntries,
  ownLedgerKind: "checkout",
  effects(source, events) {
    const isFailed = events.some(tellsOfFailure) || hasFailed(source);
    const row = toCheckoutSessionRow(source, events[0]?.created ?? purchasedAt(source), isFailed);
    return {
      ...NOTHING_ELSE,
      stripeCustomerId: row.stripeCustomerId,
      note: isFailed
        ? `The payment of checkout ${source.id} failed.`
        : `Checkout ${source.id} is ${source.status}, its payment ${source.payment_status}.`,
      inAnyOrder: () => [upsertCheckoutSession(row)],
      touches: [{ table: checkoutSessions, where: isRowOf(row) }],
    };
  },
  effectsWhenGone: (id, stripeCustomerId) => ({
    ...NOTHING_ELSE,
    stripeCustomerId,
    note: `Stripe knows no checkout session ${id}.`,
  }),
  mirror: null,
  comparisons: [
    {
      table: checkoutSessions,
      objectId: checkoutSessions.stripeId,
      rowId: checkoutSessions.stripeId,
      rowsOf: (source) => [{ id: source.id, fields: toComparedFields(source) }],
      // A session that began elsewhere, a payment link's, is none of ours before it comes to something.
      mayBeForeign: ({ status }) => status === "open",
      strayRow: () => null,
    },
  ],
  async listOtherIds() {
    const { stripeId: id, livemode: mode } = checkoutSessions;
    const rows = await db
      .select({ id })
      .from(checkoutSessions)
      .where(and(isNotNull(id), eq(mode, livemode)));
    return rows.flatMap(({ id }) => id ?? []);
  },
  customerTable: checkoutSessions,
} satisfies ObjectDefinition<Session>;

const tellsOfFailure = ({ type }: Stripe.Event) => type === "checkout.session.async_payment_failed";

/** A delayed payment that never came leaves the session `unpaid`; only its payment intent tells. */
function hasFailed({ status, payment_status, payment_intent }: Session): boolean {
  if (status !== "complete" || payment_status !== "unpaid") return false;
  if (!payment_intent || typeof payment_intent === "string") return false;
  return ["requires_payment_method", "canceled"].includes(payment_intent.status);
}

/** A session does not say when it was completed, but what it led to came into being in that moment. */
function purchasedAt({ subscription, payment_intent, created }: Session): number {
  const outcome = subscription ?? payment_intent;
  return outcome && typeof outcome === "object" ? outcome.created : created;
}

/** The checkout is one entry, told by `completed`; a delayed payment only adds its money. */
function toLedgerEntries(session: Session, event: Stripe.Event | null): LedgerEntry[] {
  const type = event?.type ?? "checkout.session.completed";
  const checkout = toCheckoutEntry(session, type, event?.created ?? purchasedAt(session));
  const isCheckout = type === "checkout.session.completed" && session.status === "complete";
  const paymentIntent = idOf(session.payment_intent);
  // A subscription's session carries no money of its own: its first invoice does.
  const isSale = session.mode === "payment" && session.payment_status === "paid";
  return [
    ...(isCheckout ? [checkout] : []),
    ...(isSale && paymentIntent ? [toPaymentEntry(checkout, paymentIntent)] : []),
  ];
}

/** The entry that somebody checked out. The money, if any, is an entry of its own. */
const toCheckoutEntry = (session: Session, eventType: string, at: number): LedgerEntry => ({
  kind: "checkout",
  stripeId: session.id,
  eventType,
  stripeCustomerId: idOf(session.customer),
  stripeCheckoutSessionId: session.id,
  stripeSubscriptionId: idOf(session.subscription),
  stripeInvoiceId: idOf(session.invoice),
  stripePaymentIntentId: idOf(session.payment_intent),
  amount: session.amount_total ?? 0,
  revenue: 0,
  currency: session.currency ?? "usd",
  occurredAt: toTime(at),
});

const toPaymentEntry = (checkout: LedgerEntry, paymentIntent: string): LedgerEntry => ({
  ...checkout,
  kind: "payment",
  stripeId: paymentIntent,
  revenue: checkout.amount,
});

/** @param at when the session was in this state, in Stripe's seconds */
function toCheckoutSessionRow(session: Session, at: number, isFailed: boolean) {
  return {
    id: toOurId(session.metadata?.checkout_session_id),
    stripeId: session.id,
    // Stripe types its enums as open; these three are closed by the states a session can be in.
    mode: session.mode as Row["mode"],
    status: (session.status ?? "open") as Row["status"],
    paymentStatus: isFailed ? ("failed" as const) : (session.payment_status as Row["paymentStatus"]),
    stripeCustomerId: idOf(session.customer),
    stripeSubscriptionId: idOf(session.subscription),
    stripePaymentIntentId: idOf(session.payment_intent),
    amountTotal: session.amount_total,
    currency: session.currency,
    url: session.url,
    expiresAt: toTime(session.expires_at),
    completedAt: session.status === "complete" ? toTime(at) : null,
    livemode: session.livemode,
  } satisfies Partial<Row>;
}

/** Metadata is text that anybody with the dashboard may edit; only a UUID can be the id of a row. */
const toOurId = (text: string | undefined) =>
  text && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text : undefined;

type CheckoutSessionRow = ReturnType<typeof toCheckoutSessionRow>;

const isRowOf = ({ id, stripeId }: CheckoutSessionRow) =>
  id
    ? or(eq(checkoutSessions.id, id), eq(checkoutSessions.stripeId, stripeId))
    : eq(checkoutSessions.stripeId, stripeId);

/** The total of an open session is settled when it is paid; until then it may change, and no event tells of it. */
function toComparedFields(session: Session): Record<string, unknown> {
  const row = toCheckoutSessionRow(session, purchasedAt(session), hasFailed(session));
  const { id, url, completedAt, ...fields } = row;
  const { amountTotal, currency, ...settled } = fields;
  return session.status === "open" ? settled : fields;
}

/**
 * A session only goes from open to complete or expired, its payment from unpaid to paid or failed. Its metadata
 * names the row it was made for; a copy of the session carries the same metadata and gets a row of its own.
 */
function upsertCheckoutSession({ id, ...row }: CheckoutSessionRow) {
  const held = checkoutSessions;
  const known = db.select({ id: held.id }).from(held).where(eq(held.stripeId, row.stripeId));
  const ours = sql`(select ${id ?? null}::uuid where not exists (select 1 from ${held} where ${held.id} = ${id ?? null}::uuid and ${held.stripeId} <> ${row.stripeId}))`;
  const news = (column: PgColumn) => sql`coalesce(${excluded(column)}, ${column})`;
  return db
    .insert(held)
    .values({
      ...row,
      id: sql`coalesce((${known}), ${ours}, gen_random_uuid())`,
      userId: userOf(row.stripeCustomerId),
    })
    .onConflictDoUpdate({
      target: held.id,
      set: {
        stripeId: excluded(held.stripeId),
        status: sql`case when ${held.status} = 'open' then ${excluded(held.status)} else ${held.status} end`,
        paymentStatus: sql`case when ${held.paymentStatus} = 'unpaid' then ${excluded(held.paymentStatus)} else ${held.paymentStatus} end`,
        stripeCustomerId: news(held.stripeCustomerId),
        stripeSubscriptionId: news(held.stripeSubscriptionId),
        stripePaymentIntentId: news(held.stripePaymentIntentId),
        amountTotal: news(held.amountTotal),
        currency: news(held.currency),
        expiresAt: news(held.expiresAt),
        completedAt: sql`least(${held.completedAt}, ${excluded(held.completedAt)})`,
        url: sql`case when ${held.status} = 'open' then ${excluded(held.url)} end`,
      },
      // A reading from when it was open says nothing about a session that has been closed since.
      setWhere: sql`${held.status} = 'open' or excluded.status <> 'open'`,
    });
}
