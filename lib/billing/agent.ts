import { sql } from "drizzle-orm";
import type Stripe from "stripe";
import { type Transaction, transaction } from "@/db/transaction";
import { livemode } from "@/lib/env";
import { readPlan, upsertProducts } from "./catalog";
import type { Snapshot } from "./decide";
import { checkoutCompleted, type Effects, effectsOf, invoiceSettled, subscriptionChanged } from "./effects";
import { markApplied, recordFailure } from "./inbox";
import { STRIPE_API_VERSION, stripe } from "./stripe";
import {
  type HeldSubscription,
  readSubscription,
  revOf,
  type SubscriptionRead,
  selectHeld,
  subscriptionWrites,
} from "./subscription";
import { insertFact, type Statement, upsertCheckoutSession, upsertInvoice } from "./writes";

/**
 * Event in, rows out. One lock per customer, one commit per event: the inbox mark and every effect are in it,
 * so a crash leaves all or nothing and Stripe comes again. Stripe itself is asked only where an event alone
 * cannot tell (decide.ts), and never inside the transaction.
 */
export const BillingAgent = { handleEvent, syncCheckoutSession };

export interface Outcome {
  status: "applied" | "duplicate";
  /** One sentence of what was done. */
  note: string;
  /** The cached public pages show something older than the rows. */
  catalogChanged: boolean;
}

/** @throws whatever stopped it, after noting it in the inbox. The caller answers 5xx, so that Stripe comes again. */
async function handleEvent(event: Stripe.Event): Promise<Outcome> {
  try {
    const effects = effectsOf(event) ?? {
      stripeCustomerId: null,
      note: `${event.type} needs nothing from us.`,
    };
    return await apply({ effects, event });
  } catch (error) {
    await recordFailure(event, error);
    throw error;
  }
}

/**
 * Copies one checkout session, its subscription and its first invoice from Stripe into our rows: what the
 * success page does instead of waiting for the webhook. The events that follow find their facts written.
 */
async function syncCheckoutSession(stripeId: string): Promise<void> {
  const session = await stripe.checkout.sessions.retrieve(stripeId, { expand: ["subscription", "invoice"] });
  const { subscription, invoice, created } = session;
  await apply({ effects: checkoutCompleted(session, { type: "checkout.session.completed", created }) });
  if (subscription && typeof subscription === "object")
    await apply({ effects: subscriptionChanged(subscription, "changed") });
  if (invoice && typeof invoice === "object" && invoice.status === "paid")
    await apply({
      effects: invoiceSettled(invoice, { type: "invoice.payment_succeeded", created: invoice.created }),
    });
}

interface Work {
  effects: Effects;
  /** Without one the effects were read from Stripe, at a time that a snapshot does not tell. */
  event?: Stripe.Event;
}

/** A busy object may change while it is read; after so many rounds Stripe's retry is the better place to wait. */
const MAX_ROUNDS = 4;

async function apply({ effects, event }: Work): Promise<Outcome> {
  const plan = effects.catalog ? await readPlan(effects.catalog.stripeProductId) : [];
  let read: SubscriptionRead | null = null;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const attempt = await transaction((tx) => attemptApply(tx, { effects, event }, plan, read));
    if (attempt.status !== "fetch") {
      return { status: attempt.status, note: effects.note, catalogChanged: plan.length > 0 };
    }
    read = await readSubscription(attempt.stripeId, attempt.rev);
  }
  throw new Error(`${effects.subscription?.id} kept changing while it was read; the event will come again.`);
}

type Attempt =
  | { status: "applied" | "duplicate" }
  | { status: "fetch"; stripeId: string; rev: number | null };

/** Two round trips: lock and read; write and commit. */
async function attemptApply(
  tx: Transaction,
  { effects, event }: Work,
  plan: Awaited<ReturnType<typeof readPlan>>,
  read: SubscriptionRead | null,
): Promise<Attempt> {
  const { subscription } = effects;
  const [, [inbox], [held]] = await Promise.all([
    tx.send(lockFor(effects)),
    event ? tx.send<{ status: string }>(sql`select status from stripe_events where id = ${event.id}`) : [],
    subscription ? tx.send<HeldSubscription>(selectHeld(subscription.id)) : [],
  ]);
  if (inbox?.status === "applied") return { status: "duplicate" };

  const writes = statementsOf(effects, event?.id ?? null);
  if (plan.length) writes.push(upsertProducts(plan));
  if (subscription) {
    const changes = subscriptionWrites(subscription, snapshotOf(subscription.moment, event), held, read);
    if (changes === "fetch") return { status: "fetch", stripeId: subscription.id, rev: revOf(held) };
    writes.push(...changes);
  }
  if (event) writes.push(markApplied(event, effects));
  await Promise.all([...writes.map((write) => tx.send(write)), tx.commit()]);
  return { status: "applied" };
}

/** Facts and one-way statuses need no decision: they are right in any order. */
const statementsOf = (
  { facts = [], checkoutSession, invoice }: Effects,
  stripeEventId: string | null,
): Statement[] => [
  ...facts.flatMap((fact) => (fact ? [insertFact(fact, { stripeEventId, livemode })] : [])),
  ...(checkoutSession ? [upsertCheckoutSession(checkoutSession)] : []),
  ...(invoice ? [upsertInvoice(invoice)] : []),
];

const snapshotOf = (moment: Snapshot["moment"], event: Stripe.Event | undefined): Snapshot => ({
  moment,
  createdAt: event?.created ?? 0,
  readable: event?.api_version === STRIPE_API_VERSION,
});

/** One customer's events are applied one after another; an object without a customer queues by itself. */
function lockFor({ stripeCustomerId, checkoutSession, catalog, note }: Effects) {
  const key = stripeCustomerId ?? checkoutSession?.stripeId ?? catalog?.stripeProductId ?? note;
  return sql`select pg_advisory_xact_lock(hashtextextended(${`${livemode}:${key}`}, 0))`;
}
