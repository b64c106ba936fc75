import type Stripe from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { client } from "@/db";
import { applyCatalog } from "@/lib/billing/catalog/apply";
import { isClean, reportDrift } from "@/lib/billing/reconcile/drift";
import { reconcile } from "@/lib/billing/reconcile/reconcile";
import { stripe } from "@/lib/billing/stripe";
import { newsOf } from "./support/news";
import { post } from "./support/post-event";
import { invoiceRow, revenueOf, someUser } from "./support/rows";

/** A subscription is sold with tax: no call of ours says so, and the rows about money follow. */

const own = await vi.hoisted(async () => (await import("./support/own-stack")).startOwnStack());
afterAll(async () => {
  await client.end();
  await own.stop();
});

const report = () => reportDrift({ until: Number.POSITIVE_INFINITY, delayScale: 0 });
const sweep = () => reconcile({ sweeps: "all", delayScale: 0 });

const news = newsOf(own, stripe);

let price: string;

beforeAll(async () => {
  await applyCatalog();
  price = (await stripe.prices.list({ lookup_keys: ["aiaas_pro_monthly"] })).data[0]?.id ?? "";
});
beforeEach(async () => {
  await sweep();
  await news();
});

/** Somebody of ours buys the plan of $99.00 at a checkout that adds or includes a tax. */
async function buyTaxed(rate: Stripe.TaxRateCreateParams) {
  const { id: customer } = await stripe.customers.create({ email: "ada@example.com" });
  await someUser({ stripeCustomerId: customer });
  const { id } = await stripe.taxRates.create(rate);
  const session = await stripe.checkout.sessions.create({
    customer,
    line_items: [{ price, quantity: 1, tax_rates: [id] }],
    mode: "subscription",
    success_url: "http://127.0.0.1:3000/success",
  });
  await stripe.rawRequest("POST", `/v1/payment_pages/${session.id}/confirm`, {
    payment_method: "pm_card_visa",
  });
  const { invoice, subscription } = await stripe.checkout.sessions.retrieve(session.id);
  return { customer, invoice: String(invoice), subscription: String(subscription) };
}

/** Deliveries come in no promised order. */
const ORDERS: [string, (events: Stripe.Event[]) => Stripe.Event[]][] = [
  ["as they happened", (events) => events],
  ["the other way round", (events) => events.toReversed()],
  ["not at all, but for a sweep", () => []],
];

describe.each(ORDERS)("a plan that is sold with tax, told %s", (_, order) => {
  const told = async () => {
    for (const event of order(await news())) {
      expect((await post(JSON.stringify(event))).status, event.type).toBe(200);
    }
    if (order([{} as Stripe.Event]).length === 0) await sweep();
  };

  it("is in our invoices, what is added and what is included", async () => {
    const added = await buyTaxed({ display_name: "Sales tax", inclusive: false, percentage: 7.25 });
    const included = await buyTaxed({ display_name: "VAT", inclusive: true, percentage: 10 });
    await told();
    // 7.25 % of 9,900 are 717.75, and of 9,900 with ten percent in them 900 are tax.
    expect(await invoiceRow(added.invoice)).toMatchObject({
      amountPaid: 10_618,
      subtotal: 9900,
      taxAmount: 718,
      total: 10_618,
    });
    expect(await invoiceRow(included.invoice)).toMatchObject({
      amountPaid: 9900,
      subtotal: 9900,
      taxAmount: 900,
      total: 9900,
    });
    expect(await revenueOf(added.customer)).toBe(10_618);
    expect(isClean(await report())).toBe(true);
    for (const { subscription } of [added, included]) await stripe.subscriptions.cancel(subscription);
    await sweep();
  });

  it("is renewed and prorated with its tax", async () => {
    const { subscription } = await buyTaxed({ display_name: "VAT", inclusive: false, percentage: 19 });
    await told();
    await own.control("clock/next_renewal");
    await told();
    const renewed = await stripe.subscriptions.retrieve(subscription);
    // 19 % of 9,900.
    expect(await invoiceRow(String(renewed.latest_invoice))).toMatchObject({
      amountPaid: 11_781,
      taxAmount: 1881,
    });
    const [item] = renewed.items.data;
    const changed = await stripe.subscriptions.update(subscription, {
      items: [{ id: String(item?.id), quantity: 2 }],
      proration_behavior: "always_invoice",
      proration_date: item?.current_period_start as number,
    });
    // Stripe tells of the change some seconds after it.
    await own.control("clock/advance?seconds=60");
    await told();
    // A whole period of one more.
    expect(await invoiceRow(String(changed.latest_invoice))).toMatchObject({
      subtotal: 9900,
      taxAmount: 1881,
      total: 11_781,
    });
    expect(isClean(await report())).toBe(true);
    await stripe.subscriptions.cancel(subscription);
    await sweep();
  });
});
