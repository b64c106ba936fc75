import { inArray } from "drizzle-orm";
import Stripe from "stripe";
import { db } from "@/db";
import { nextInvoices } from "@/db/schema";
import { log } from "@/lib/log";
import { stripe } from "../stripe";

export interface NextInvoice {
  /** Minor units that will be charged. */
  amountDue: number;
  currency: string;
}

/** Discounts and the customer's balance change without an event about the subscription. */
const FRESH_MS = 10 * 60_000;
/** A page waits for it. */
const OPTIONS = { timeout: 3_000, maxNetworkRetries: 0 };

interface Renewing {
  stripeId: string;
  rev: number;
}

/**
 * The next bills as Stripe previews them, kept for ten minutes or until the subscription changes.
 * @returns by subscription; null when no bill follows, absent when Stripe could not be asked
 */
export async function getNextInvoices(subscriptions: Renewing[]): Promise<Map<string, NextInvoice | null>> {
  const kept = await listKept(subscriptions);
  const found = await Promise.all(
    subscriptions.map(async (subscription) => {
      const row = kept.get(subscription.stripeId);
      const isFresh = row?.rev === subscription.rev && row.askedAt.getTime() > Date.now() - FRESH_MS;
      const next = isFresh ? toNextInvoice(row) : await askForNextInvoice(subscription);
      return [subscription.stripeId, next] as const;
    }),
  );
  return new Map(found.flatMap(([id, next]) => (next === undefined ? [] : [[id, next]])));
}

async function listKept(subscriptions: Renewing[]) {
  const ids = subscriptions.map(({ stripeId }) => stripeId);
  if (!ids.length) return new Map<string, typeof nextInvoices.$inferSelect>();
  const rows = await db.select().from(nextInvoices).where(inArray(nextInvoices.stripeSubscriptionId, ids));
  return new Map(rows.map((row) => [row.stripeSubscriptionId, row]));
}

const toNextInvoice = ({ amountDue, currency }: { amountDue: number | null; currency: string | null }) =>
  amountDue === null || currency === null ? null : { amountDue, currency };

/** @returns undefined when Stripe does not answer; the page then says so instead of a sum */
async function askForNextInvoice({ stripeId, rev }: Renewing): Promise<NextInvoice | null | undefined> {
  try {
    const { amount_due, currency } = await stripe.invoices.createPreview({ subscription: stripeId }, OPTIONS);
    await keep(stripeId, rev, { amountDue: amount_due, currency });
    return { amountDue: amount_due, currency };
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    if (isNothingToBill(error)) {
      await keep(stripeId, rev, { amountDue: null, currency: null });
      return null;
    }
    log.error("Stripe could not preview a next invoice.", error, { subscription: stripeId });
    return undefined;
  }
}

/** https://docs.stripe.com/error-codes#invoice-upcoming-none */
const isNothingToBill = ({ code }: Stripe.errors.StripeError) =>
  code === "invoice_upcoming_none" || code === "resource_missing";

function keep(
  stripeSubscriptionId: string,
  rev: number,
  next: { amountDue: number | null; currency: string | null },
) {
  const values = { rev, ...next, askedAt: new Date() };
  return db
    .insert(nextInvoices)
    .values({ stripeSubscriptionId, ...values })
    .onConflictDoUpdate({ target: nextInvoices.stripeSubscriptionId, set: values });
}
