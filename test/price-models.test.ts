import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { client } from "@/db";
import { applyCatalog } from "@/lib/billing/catalog/apply";
import { reportDrift } from "@/lib/billing/reconcile/drift";
import { reconcile } from "@/lib/billing/reconcile/reconcile";
import { stripe } from "@/lib/billing/stripe";
import { purchaseAt } from "./support/purchase";
import { invoiceRow, itemRows, sessionRow, someUser, subscriptionRow } from "./support/rows";

/** Stripe sells by usage and by tiers; the shop does not, but what was sold so is copied as it is. */

const own = await vi.hoisted(async () => (await import("./support/own-stack")).startOwnStack());
afterAll(async () => {
  await client.end();
  await own.stop();
});

const buy = purchaseAt(own.stripe);
const follow = () => reconcile({ sweeps: "all", delayScale: 0 });
const drift = async () => (await reportDrift({ until: Number.POSITIVE_INFINITY, delayScale: 0 })).drift;

/** Longer than any month and the hour for which its invoice is a draft, shorter than two months. */
const MONTH_AND_A_DAY_SECONDS = 32 * 24 * 3600;

let metered: string;
let tiered: string;

beforeAll(async () => {
  await applyCatalog();
  const meter = await stripe.billing.meters.create({
    default_aggregation: { formula: "sum" },
    display_name: "Calls",
    event_name: "calls",
  });
  const monthly = { currency: "usd", recurring: { interval: "month" as const } };
  metered = (
    await stripe.prices.create({
      ...monthly,
      product_data: { name: "Calls" },
      recurring: { interval: "month", meter: meter.id, usage_type: "metered" },
      unit_amount: 7,
    })
  ).id;
  tiered = (
    await stripe.prices.create({
      ...monthly,
      billing_scheme: "tiered",
      product_data: { name: "Fonts" },
      tiers: [
        { up_to: 5, unit_amount: 500, flat_amount: 1000 },
        { up_to: "inf", unit_amount: 400 },
      ],
      tiers_mode: "graduated",
    })
  ).id;
});
beforeEach(() => own.stripe.rest());

const report = (customer: string, value: number) =>
  stripe.billing.meterEvents.create({
    event_name: "calls",
    payload: { stripe_customer_id: customer, value: String(value) },
  });

const pricesOf = async (subscription: string) =>
  new Map((await itemRows(subscription)).map((row) => [row.stripePriceId, row]));

describe("a plan with a metered and a tiered price beside it", () => {
  it("has a row for each item, and its invoices come to what was used", async () => {
    const bought = await buy("aiaas_starter_monthly");
    await stripe.subscriptions.update(bought.subscription, {
      items: [{ price: metered }, { price: tiered, quantity: 6 }],
      proration_behavior: "none",
    });
    await follow();
    const rows = await pricesOf(bought.subscription);
    expect(rows.get(metered)).toMatchObject({ quantity: null, unitAmount: 7, usageType: "metered" });
    expect(rows.get(tiered)).toMatchObject({ quantity: 6, unitAmount: null, unitAmountDecimal: null });
    expect(await drift()).toEqual([]);

    await report(bought.customer, 300);
    await own.control("clock/advance", { seconds: MONTH_AND_A_DAY_SECONDS });
    await follow();
    const { data } = await stripe.invoices.list({ subscription: bought.subscription, limit: 1 });
    const invoice = data[0]?.id ?? "";
    // The plan, 300 calls, and six fonts: 5 × 500 + 1000 + 400.
    const total = 1_900 + 2_100 + 3_900;
    expect(await invoiceRow(invoice)).toMatchObject({ status: "paid", total, amountPaid: total });
    expect(await drift()).toEqual([]);
  });

  it("keeps its discounts apart", async () => {
    const bought = await buy("aiaas_starter_monthly");
    const coupon = (await stripe.coupons.create({ percent_off: 10, duration: "forever" })).id;
    await stripe.subscriptions.update(bought.subscription, {
      items: [{ price: tiered, quantity: 2, discounts: [{ coupon }] }],
    });
    await follow();
    const rows = await pricesOf(bought.subscription);
    expect(rows.get(tiered)?.discounts).toMatchObject([{ couponId: coupon, percentOff: 10 }]);
    expect((await subscriptionRow(bought.subscription))?.discounts).toEqual([]);
    expect(await drift()).toEqual([]);
  });
});

describe("a checkout of usage alone", () => {
  it("ends without an invoice, and the first one comes with the usage, less its credits", async () => {
    const user = await someUser({ stripeCustomerId: null });
    const session = await stripe.checkout.sessions.create({
      client_reference_id: user.id,
      customer_email: user.email,
      line_items: [{ price: metered }],
      mode: "subscription",
      success_url: "http://127.0.0.1:3000/success",
    });
    await stripe.rawRequest("POST", `/v1/payment_pages/${session.id}/confirm`, {
      payment_method: "pm_card_visa",
    });
    const done = await stripe.checkout.sessions.retrieve(session.id);
    const [subscription, customer] = [String(done.subscription), String(done.customer)];
    expect(done.invoice).toBeNull();
    await follow();
    expect(await sessionRow(session.id)).toMatchObject({ status: "complete" });
    expect(await subscriptionRow(subscription)).toMatchObject({
      status: "active",
      quantity: 1,
      unitAmount: 7,
    });
    expect(await drift()).toEqual([]);

    await stripe.billing.creditGrants.create({
      amount: { type: "monetary", monetary: { currency: "usd", value: 250 } },
      applicability_config: { scope: { price_type: "metered" } },
      customer,
    });
    await report(customer, 100);
    await own.control("clock/advance", { seconds: MONTH_AND_A_DAY_SECONDS });
    await follow();
    const { data } = await stripe.invoices.list({ subscription });
    expect(data).toHaveLength(1);
    expect(await invoiceRow(data[0]?.id ?? "")).toMatchObject({ subtotal: 700, total: 450, amountPaid: 450 });
    expect(await drift()).toEqual([]);
  });
});
