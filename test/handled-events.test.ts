import type Stripe from "stripe";
import { afterAll, describe, expect, it, vi } from "vitest";
import { client } from "@/db";
import { handleEvent } from "@/lib/billing/events/handle";
import { HANDLED_EVENTS } from "@/lib/billing/objects";
import { stripe } from "@/lib/billing/stripe";
import { postgresRow } from "./fields/postgres-row";
import { post } from "./support/post-event";
import { inboxRow } from "./support/rows";
import {
  checkoutSession,
  dispute,
  event,
  invoice,
  invoicePayment,
  refund,
  stripeId,
  subscription,
} from "./support/stripe-objects";

/** Each event that the endpoint is set up for, by hand, and whether anything is done about it. */

const own = await vi.hoisted(async () => (await import("./support/own-stack")).startOwnStack());
afterAll(async () => {
  await client.end();
  await own.stop();
});

const CHANGING = {
  checkout_sessions: [
    checkoutSession,
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
  ],
  subscriptions: [
    subscription,
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "customer.subscription.deleted",
  ],
  invoices: [
    invoice,
    "invoice.created",
    "invoice.finalized",
    "invoice.updated",
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice.payment_failed",
    "invoice.payment_action_required",
    "invoice.marked_uncollectible",
    "invoice.voided",
    "invoice.deleted",
  ],
  invoice_payments: [invoicePayment, "invoice_payment.paid"],
  stripe_transactions: [refund, "refund.created", "refund.updated", "refund.failed"],
  disputes: [
    dispute,
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
  ],
} as const;
const CATALOG = [
  "product.created",
  "product.updated",
  "product.deleted",
  "price.created",
  "price.updated",
  "price.deleted",
];
const NOTED = [
  ["customer.subscription.trial_will_end", subscription],
  ["customer.updated", (): object => ({ id: stripeId("cus"), object: "customer" })],
  ["charge.refunded", (): object => ({ id: stripeId("ch"), object: "charge" })],
] as const;

const changing = Object.entries(CHANGING).flatMap(([table, [make, ...types]]) =>
  types.map((type) => [type, table, make] as const),
);

it("no event is missing, and none is asked for that nothing is done with", () => {
  const all = [
    ...changing.map(([type]) => type),
    "customer.deleted",
    ...CATALOG,
    ...NOTED.map(([type]) => type),
  ];
  expect(Object.keys(HANDLED_EVENTS).toSorted()).toEqual(all.toSorted());
});

describe("changes a row", () => {
  it.each(changing)("%s: %s", async (type, table, make) => {
    const known = make();
    const sent = event(type, known);
    expect((await post(sent)).status).toBe(200);
    expect(await postgresRow(table, known.id)).toMatchObject({ stripe_id: known.id });
    expect((await inboxRow(sent.id))?.note).toContain(known.id);
  });

  it("customer.deleted", async () => {
    const id = stripeId("cus");
    const sent = event("customer.deleted", { id, object: "customer" });
    await post(sent);
    expect(await inboxRow(sent.id)).toMatchObject({ note: `Customer ${id} is gone.` });
  });

  it.each(CATALOG)("%s", async (type) => {
    const product = await stripe.products.create({ name: "Anvil", metadata: { plan: "anvil" } });
    const { id } = await stripe.prices.create({ product: product.id, currency: "usd", unit_amount: 1 });
    const object = type.startsWith("price")
      ? { id, object: "price", product: product.id }
      : { id: product.id, object: "product" };
    // Not by the route: it refreshes pages, which only Next can.
    const sent = event(type, object);
    await handleEvent(sent as unknown as Stripe.Event);
    expect(await inboxRow(sent.id)).toMatchObject({
      note: `The product ${product.id} was read anew from Stripe.`,
    });
    expect((await inboxRow(sent.id))?.changes?.map(({ table }) => table)).toContain("products");
  });
});

describe("is only noted", () => {
  it.each([
    ...NOTED,
    // Nobody asked for these: another object of the same kind, a kind of its own, and names that every object has.
    ["customer.created", (): object => ({ id: stripeId("cus"), object: "customer" })],
    ["invoice.upcoming", invoice],
    ["invoice.will_be_due", invoice],
    [
      "subscription_schedule.created",
      (): object => ({ id: stripeId("sub_sched"), object: "subscription_schedule" }),
    ],
    ["toString", subscription],
    ["constructor", subscription],
    ["__proto__", subscription],
  ] as const)("%s", async (type, make) => {
    own.stripe.rest();
    const sent = event(type, make());
    expect((await post(sent)).status).toBe(200);
    expect(await inboxRow(sent.id)).toMatchObject({
      status: "applied",
      note: `${type} needs nothing from us.`,
      changes: null,
    });
    expect(own.stripe.calls).toEqual([]);
  });

  it("leaves no row of what it tells", async () => {
    const known = subscription();
    await post(event("customer.subscription.trial_will_end", known));
    await expect(postgresRow("subscriptions", known.id)).rejects.toThrow("0 rows");
  });
});
