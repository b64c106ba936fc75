import { and, eq, isNotNull } from "drizzle-orm";
import type Stripe from "stripe";
import { db } from "@/db";
import { checkoutSessions } from "@/db/schema";
import { sql } from "@/db/sql";
import { columnsOf, newRows, type Write } from "@/db/write";
import { livemode } from "@/env";
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

/** The total of an open session is settled when it is paid; until then it may change, and no event tells of it. */
function toComparedFields(session: Session): Record<string, unknown> {
  const row = toCheckoutSessionRow(session, purchasedAt(session), hasFailed(session));
  const { id, url, completedAt, ...fields } = row;
  const { amountTotal, currency, ...settled } = fields;
  return session.status === "open" ? settled : fields;
}

/**
 * A session only goes from open to complete or expired, its payment from unpaid to paid or failed. Its metadata
 * names the row it was made for; a copy of the session carries the same metadata and gets a row of its own. A reading
 * from when it was open says nothing about a session that has been closed since.
 */
function upsertCheckoutSession(row: CheckoutSessionRow): Write {
  const { id: _, ...others } = row;
  const { names, values } = columnsOf(others);
  const ownId = sql`coalesce(
    (select id from checkout_sessions where stripe_id = new.stripe_id),
    (select new.id where not exists (
      select from checkout_sessions held where held.id = new.id and held.stripe_id <> new.stripe_id)),
    gen_random_uuid())`;
  const statement = sql`insert into checkout_sessions (id, ${names}, user_id)
    select ${ownId}, ${values}, turn.user_id from turn, ${newRows(checkoutSessions, [row])}
    on conflict (id) do update set
      stripe_id = excluded.stripe_id,
      status = case when checkout_sessions.status = 'open' then excluded.status else checkout_sessions.status end,
      payment_status = case when checkout_sessions.payment_status = 'unpaid' then excluded.payment_status else checkout_sessions.payment_status end,
      stripe_customer_id = coalesce(excluded.stripe_customer_id, checkout_sessions.stripe_customer_id),
      stripe_subscription_id = coalesce(excluded.stripe_subscription_id, checkout_sessions.stripe_subscription_id),
      stripe_payment_intent_id = coalesce(excluded.stripe_payment_intent_id, checkout_sessions.stripe_payment_intent_id),
      amount_total = coalesce(excluded.amount_total, checkout_sessions.amount_total),
      currency = coalesce(excluded.currency, checkout_sessions.currency),
      expires_at = coalesce(excluded.expires_at, checkout_sessions.expires_at),
      completed_at = least(checkout_sessions.completed_at, excluded.completed_at),
      url = case when checkout_sessions.status = 'open' then excluded.url end
    where checkout_sessions.status = 'open' or excluded.status <> 'open'`;
  return { table: checkoutSessions, statement };
}
