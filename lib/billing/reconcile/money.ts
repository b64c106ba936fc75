import { and, eq, inArray, ne, sql } from "drizzle-orm";
import type Stripe from "stripe";
import { db } from "@/db";
import { stripeTransactions } from "@/db/schema";
import { livemode } from "@/env";
import { type Pace, patiently } from "@/lib/background/patience";
import { retrieveObject, type StripeObject } from "../objects";
import { idOf, isMissing, stripe } from "../stripe";
import type { Drift } from "./compare";
import { LIST_OPTIONS, pagesAt } from "./pages";

/**
 * The ledger's sum against Stripe's money. What counts at Stripe: the succeeded charges that pay an invoice or
 * a one-time checkout session, plus what invoices say was paid outside of Stripe, minus the succeeded refunds
 * of those charges. A charge that belongs to neither (made by hand, by another shop in the account) is not ours.
 */

export interface LedgerLine {
  currency: string;
  /** Minor units: the sum of `stripe_transactions.revenue`. */
  ours: number;
  stripe: number;
}

interface Sum {
  currency: string;
  amount: number;
}

/** Collects, while the objects pass by, what their money hangs on. */
export class Money {
  /** Every invoice, with what it says was paid. One that no list shows and no row names is a test clock's. */
  readonly #invoices = new Map<string, Sum>();
  /** One-time sessions, by payment intent. */
  readonly #sessions = new Set<string>();
  readonly #refunds = new Map<string, Stripe.Refund>();

  note(object: StripeObject) {
    if (object.object === "invoice")
      this.#invoices.set(object.id, {
        currency: object.currency,
        amount: object.status === "paid" ? object.amount_paid : 0,
      });
    if (object.object === "refund") this.#refunds.set(object.id, object);
    if (object.object !== "checkout.session" || object.mode !== "payment") return;
    const intent = idOf(object.payment_intent);
    if (intent) this.#sessions.add(intent);
  }

  /** Pairs a payment with its invoice or one-time session, by the payment intent or, in older payments, the charge. */
  #payerOf = new Map<string, string>();

  /** @returns by what the ledger names it: an invoice, a payment intent, a refund */
  async sumsAtStripe(pace: Pace): Promise<Map<string, Sum>> {
    const payerOf = new Map([...this.#sessions].map((intent) => [intent, intent]));
    this.#payerOf = payerOf;
    const payments = (params: object, options: Stripe.RequestOptions) =>
      stripe.invoicePayments.list(params, options);
    for await (const { objects } of pagesAt(pace)(payments, null))
      for (const payment of objects)
        if (this.#invoices.has(idOf(payment.invoice))) noteInvoicePayment(payerOf, payment);

    const sums = new Map<string, Sum>();
    const charges = (params: object, options: Stripe.RequestOptions) => stripe.charges.list(params, options);
    for await (const { objects } of pagesAt(pace)(charges, null)) addCharges(sums, payerOf, objects);
    for (const [id, paid] of this.#invoices) if (!sums.has(id)) sums.set(id, paid);
    for (const refund of this.#refunds.values()) {
      if (refund.status !== "succeeded" || !payerOf.has(paidBy(refund))) continue;
      sums.set(refund.id, { currency: refund.currency, amount: -refund.amount });
    }
    return sums;
  }

  /** The same for one of them, asked anew. */
  async sumAtStripe(key: string, pace: Pace): Promise<number> {
    if (key.startsWith("re_")) return this.#refundAnew(key, pace);
    if (key.startsWith("in_")) return this.#invoiceAnew(key, pace);
    const isSale = key.startsWith("pi_") && (await this.#isOfSession(key, pace));
    return isSale ? this.#charged(key, new Map([[key, key]]), pace) : 0;
  }

  async #invoiceAnew(id: string, pace: Pace): Promise<number> {
    const payerOf = new Map<string, string>();
    const payments = await listOf(
      () => stripe.invoicePayments.list({ invoice: id, limit: 100 }, LIST_OPTIONS),
      pace,
    );
    for (const payment of payments) noteInvoicePayment(payerOf, payment);
    return (await this.#charged(id, payerOf, pace)) || this.#paidElsewhere(id, pace);
  }

  /** The sum of the charges by which these payers paid it. */
  async #charged(key: string, payerOf: Map<string, string>, pace: Pace): Promise<number> {
    const sums = new Map<string, Sum>();
    for (const intent of payerOf.keys()) {
      if (!intent.startsWith("pi_")) continue;
      const charges = await listOf(
        () => stripe.charges.list({ payment_intent: intent, limit: 100 }, LIST_OPTIONS),
        pace,
      );
      addCharges(sums, payerOf, charges);
    }
    return sums.get(key)?.amount ?? 0;
  }

  /** The session may be younger than the list that was walked. */
  async #isOfSession(payment_intent: string, pace: Pace): Promise<boolean> {
    if (this.#sessions.has(payment_intent)) return true;
    const sessions = await listOf(
      () => stripe.checkout.sessions.list({ payment_intent }, LIST_OPTIONS),
      pace,
    );
    return sessions.some(({ mode }) => mode === "payment");
  }

  async #paidElsewhere(id: string, pace: Pace): Promise<number> {
    const { object } = await patiently(() => retrieveObject({ kind: "invoice", id }), pace);
    return object?.object === "invoice" && object.status === "paid" ? object.amount_paid : 0;
  }

  async #refundAnew(id: string, pace: Pace): Promise<number> {
    const { object } = await patiently(() => retrieveObject({ kind: "refund", id }), pace);
    if (object?.object !== "refund" || object.status !== "succeeded") return 0;
    return (await this.#isOurs(object, pace)) ? -object.amount : 0;
  }

  /** The refund gives back what paid an invoice or a one-time session. */
  async #isOurs(refund: Stripe.Refund, pace: Pace): Promise<boolean> {
    if (this.#payerOf.has(paidBy(refund))) return true;
    const intent = idOf(refund.payment_intent);
    if (!intent) return false;
    if (await this.#isOfSession(intent, pace)) return true;
    const payment = { type: "payment_intent" as const, payment_intent: intent };
    const payments = await listOf(() => stripe.invoicePayments.list({ payment }, LIST_OPTIONS), pace);
    return payments.length > 0;
  }
}

const paidBy = (refund: Stripe.Refund) => idOf(refund.payment_intent) ?? idOf(refund.charge) ?? "";

/**
 * One page of a list. A list that is narrowed to an id that does not exist is an error, not an empty list
 * (recorded: "No such customer: 'cus_invalid'").
 */
async function listOf<T>(list: () => Promise<Stripe.ApiList<T>>, pace: Pace): Promise<T[]> {
  try {
    const { data } = await patiently(list, pace);
    return data;
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** An invoice is paid by payment intents, or by a charge that is older than these. */
function noteInvoicePayment(payerOf: Map<string, string>, { invoice, payment }: Stripe.InvoicePayment) {
  const by = idOf(payment.payment_intent) ?? idOf(payment.charge);
  const id = idOf(invoice);
  if (by && id) payerOf.set(by, id);
}

function addCharges(sums: Map<string, Sum>, payerOf: Map<string, string>, charges: Stripe.Charge[]) {
  for (const { id, payment_intent, status, currency, amount_captured } of charges) {
    const payer = payerOf.get(idOf(payment_intent) ?? "") ?? payerOf.get(id);
    if (!payer || status !== "succeeded") continue;
    const before = sums.get(payer)?.amount ?? 0;
    sums.set(payer, { currency, amount: before + amount_captured });
  }
}

async function ledgerSums(keys?: string[]): Promise<Map<string, Sum>> {
  const { stripeId, currency, revenue, livemode: mode } = stripeTransactions;
  const rows = await db
    .select({ stripeId, currency, amount: sql<string>`sum(${revenue})` })
    .from(stripeTransactions)
    .where(and(eq(mode, livemode), keys ? inArray(stripeId, keys) : ne(revenue, 0)))
    .groupBy(stripeId, currency);
  return new Map(rows.map((row) => [row.stripeId, { currency: row.currency, amount: Number(row.amount) }]));
}

/** A difference is asked for once more on both sides: a payment may have come in between the two questions. */
export async function compareMoney(
  money: Money,
  pace: Pace,
): Promise<{ ledger: LedgerLine[]; drift: Drift[] }> {
  const theirs = await money.sumsAtStripe(pace);
  const ours = await ledgerSums();
  const drift: Drift[] = [];
  for (const key of new Set([...theirs.keys(), ...ours.keys()])) {
    if (isSame(ours.get(key), theirs.get(key))) continue;
    const currency = theirs.get(key)?.currency ?? ours.get(key)?.currency ?? "";
    const there = { currency, amount: await money.sumAtStripe(key, pace) };
    const here = (await ledgerSums([key])).get(key) ?? { currency, amount: 0 };
    theirs.set(key, there);
    ours.set(key, here);
    if (!isSame(here, there)) drift.push({ kind: "money", id: key, ...differenceOf(here, there) });
  }
  return { ledger: linesOf(ours, theirs), drift };
}

const NOTHING: Sum = { currency: "", amount: 0 };

/** Nothing is the same as zero, in whichever currency. */
const isSame = (ours = NOTHING, theirs = NOTHING) =>
  ours.amount === theirs.amount && (ours.amount === 0 || ours.currency === theirs.currency);

const differenceOf = (ours: Sum, theirs: Sum) =>
  ours.amount === theirs.amount
    ? { field: "currency", ours: ours.currency, stripe: theirs.currency }
    : { field: "revenue", ours: ours.amount, stripe: theirs.amount };

function linesOf(ours: Map<string, Sum>, theirs: Map<string, Sum>): LedgerLine[] {
  const lines = new Map<string, LedgerLine>();
  const add = (side: "ours" | "stripe", sums: Map<string, Sum>) => {
    for (const { currency, amount } of sums.values()) {
      const line = lines.get(currency) ?? { currency, ours: 0, stripe: 0 };
      line[side] += amount;
      lines.set(currency, line);
    }
  };
  add("ours", ours);
  add("stripe", theirs);
  return [...lines.values()].sort((a, b) => a.currency.localeCompare(b.currency));
}
