import { eq } from "drizzle-orm";
import type Stripe from "stripe";
import { expect, it } from "vitest";
import { db } from "@/db";
import { products, stripeEvents } from "@/db/schema";
import { handleEvent, replay } from "@/lib/billing/events/handle";
import { stripe } from "@/lib/billing/stripe";
import { post } from "./support/post-event";
import { factsOf, inboxRow, invoiceRow, sessionRow, someUser, subscriptionRow } from "./support/rows";
import {
  checkoutSession,
  dispute,
  event,
  invoice,
  PERIOD_START,
  paymentSession,
  refund,
  subscription,
  type TestEvent,
} from "./support/stripe-objects";

/** `stripe_events.changes`: which rows an event changed, before and after, and nothing else. */

interface Change {
  table: string;
  id: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

async function changesOf(told: TestEvent) {
  expect((await post(told)).status).toBe(200);
  return changesIn(told.id);
}
async function changesIn(id: string) {
  const changes = (await inboxRow(id))?.changes as Change[] | null | undefined;
  return changes?.toSorted((one, other) => one.table.localeCompare(other.table)) ?? null;
}

it("a new subscription: its row, and of its user the two columns of billing", async () => {
  const [user, other] = [await someUser({ passwordHash: "a-hash-that-stays-here" }), await someUser()];
  const known = subscription({ customer: user.customer });
  const changes = await changesOf(event("customer.subscription.created", known));
  const row = await subscriptionRow(known.id);
  expect(changes).toEqual([
    {
      table: "subscription_items",
      id: expect.any(String),
      before: null,
      after: expect.objectContaining({
        stripe_id: known.items.data[0]?.id,
        stripe_subscription_id: known.id,
        unit_amount_decimal: "1900",
      }),
    },
    {
      table: "subscriptions",
      id: row?.id,
      before: null,
      after: expect.objectContaining({
        stripe_id: known.id,
        stripe_customer_id: user.customer,
        user_id: user.id,
        status: "active",
        unit_amount: 1_900,
        from_created: true,
        rev: 0,
      }),
    },
    {
      table: "users",
      id: user.id,
      before: { stripe_customer_id: user.customer, current_subscription_id: null },
      after: { stripe_customer_id: user.customer, current_subscription_id: row?.id },
    },
  ]);
  expect(JSON.stringify(await inboxRow((await lastEventOf(known.id)) ?? ""))).not.toMatch(
    new RegExp(`a-hash-that|${user.email}|${other.id}`),
  );
});

const lastEventOf = async (id: string) =>
  (await db.select().from(stripeEvents).where(eq(stripeEvents.objectId, id)))[0]?.id;

it("a change of a subscription: before and after, and no user whose access stays the same", async () => {
  const user = await someUser();
  const known = subscription({ customer: user.customer });
  await changesOf(event("customer.subscription.created", known));
  const changes = await changesOf(
    event("customer.subscription.updated", { ...known, status: "past_due" }, { created: PERIOD_START + 5 }),
  );
  expect(changes).toMatchObject([
    {
      table: "subscriptions",
      before: { status: "active", rev: 0, stamp_hi: PERIOD_START },
      after: { status: "past_due", rev: 1, stamp_hi: PERIOD_START + 5 },
    },
  ]);
  expect(changes).toHaveLength(1);
});

it("nothing, where nothing changed: a stale event, and one that is noted only", async () => {
  const known = subscription();
  await changesOf(event("customer.subscription.updated", known));
  const stale = { ...known, status: "past_due" };
  expect(
    await changesOf(event("customer.subscription.updated", stale, { created: PERIOD_START - 5 })),
  ).toBeNull();
  expect(await changesOf(event("customer.updated", { id: "cus_x", object: "customer" }))).toBeNull();
});

it("a paid invoice: its row and its fact, and no other fact of that kind", async () => {
  const user = await someUser();
  await changesOf(event("invoice.paid", invoice()));
  const paid = invoice({ customer: user.customer, amount_paid: 1_901 });
  const changes = await changesOf(event("invoice.paid", paid));
  expect(changes).toEqual([
    {
      table: "invoices",
      id: (await invoiceRow(paid.id))?.id,
      before: null,
      after: expect.objectContaining({ stripe_id: paid.id, amount_paid: 1_901, user_id: user.id }),
    },
    {
      table: "stripe_transactions",
      id: (await factsOf(paid.id))[0]?.id,
      before: null,
      after: expect.objectContaining({
        kind: "invoice_paid",
        stripe_id: paid.id,
        revenue: 1_901,
        event_type: "invoice.paid",
      }),
    },
  ]);
});

it("a second teller of one payment: the fact's name before and after", async () => {
  const paid = invoice();
  await changesOf(event("invoice.paid", paid));
  const changes = await changesOf(event("invoice.payment_succeeded", paid));
  expect(changes).toMatchObject([
    { table: "invoices", before: { rev: 0 }, after: { rev: 1 } },
    {
      table: "stripe_transactions",
      before: { event_type: "invoice.paid" },
      after: { event_type: "invoice.payment_succeeded" },
    },
  ]);
});

it("a sale: the checkout and both of its facts; then what completes it, before and after", async () => {
  const user = await someUser();
  const open = paymentSession({ customer: user.customer, payment_status: "unpaid" });
  const completed = await changesOf(event("checkout.session.completed", open));
  expect(completed?.map(({ table, before }) => [table, before])).toEqual([
    ["checkout_sessions", null],
    ["stripe_transactions", null],
  ]);
  const paid = event("checkout.session.async_payment_succeeded", { ...open, payment_status: "paid" });
  const changes = await changesOf(paid);
  expect(changes).toMatchObject([
    {
      table: "checkout_sessions",
      id: (await sessionRow(open.id))?.id,
      before: { payment_status: "unpaid" },
      after: { payment_status: "paid" },
    },
    { table: "stripe_transactions", before: null, after: { kind: "payment", revenue: 49_900 } },
  ]);
  expect(changes).toHaveLength(2);
});

it("a refund and a dispute", async () => {
  const back = refund({ status: "pending" });
  await changesOf(event("refund.created", back));
  expect(await changesOf(event("refund.updated", { ...back, status: "succeeded" }))).toMatchObject([
    {
      table: "stripe_transactions",
      before: { status: "pending", revenue: 0 },
      after: { status: "succeeded", revenue: -1_900 },
    },
  ]);
  const questioned = dispute();
  expect(await changesOf(event("charge.dispute.created", questioned))).toMatchObject([
    { table: "disputes", before: null, after: { stripe_id: questioned.id, status: "needs_response" } },
    { table: "stripe_transactions", before: null, after: { kind: "dispute", revenue: 0 } },
  ]);
});

it("a deleted customer: every subscription that ended, and the user who lost both", async () => {
  const [user, other] = [await someUser(), await someUser()];
  const [one, two] = [subscription({ customer: user.customer }), subscription({ customer: user.customer })];
  for (const known of [one, two, subscription({ customer: other.customer })])
    await changesOf(event("customer.subscription.created", known));
  const current = (await subscriptionRow(one.id))?.id;
  const gone = { id: user.customer, object: "customer", deleted: true };
  const changes = await changesOf(event("customer.deleted", gone, { created: PERIOD_START + 9 }));
  expect(changes?.map(({ table, id }) => [table, id]).toSorted()).toEqual(
    [
      ["subscriptions", current],
      ["subscriptions", (await subscriptionRow(two.id))?.id],
      ["users", user.id],
    ].toSorted(),
  );
  for (const change of changes?.filter(({ table }) => table === "subscriptions") ?? [])
    expect(change).toMatchObject({
      before: { status: "active", ended_at: null },
      after: { status: "canceled" },
    });
  const ofUser = changes?.find(({ table }) => table === "users");
  expect(ofUser?.before).toMatchObject({ stripe_customer_id: user.customer });
  expect(ofUser?.before?.current_subscription_id).not.toBeNull();
  expect(ofUser?.after).toEqual({ stripe_customer_id: null, current_subscription_id: null });
});

it("a plan: the products that its prices are, before and after", async () => {
  const product = await stripe.products.create({
    name: "Changes",
    description: "Before",
    metadata: { plan: "changes" },
    marketing_features: [],
  });
  const price = await stripe.prices.create({ product: product.id, unit_amount: 501, currency: "usd" });
  // Not by the route: it refreshes pages, which only Next can.
  const told = async () => {
    const one = event("product.updated", { ...product, name: "Not what Stripe says" });
    const { catalogChanged } = await handleEvent(one as unknown as Stripe.Event);
    expect(catalogChanged).toBe(true);
    return changesIn(one.id);
  };
  expect(await told()).toMatchObject([
    { table: "products", before: null, after: { stripe_price_id: price.id, description: "Before" } },
    { table: "stripe_products", before: null, after: { stripe_id: product.id } },
  ]);
  await stripe.products.update(product.id, { description: "After" });
  const changes = await told();
  expect(changes?.find(({ table }) => table === "products")).toMatchObject({
    before: { description: "Before", name: "Changes" },
    after: { description: "After", name: "Changes" },
  });
  // Another plan's rows would be on sale in other tests.
  await db.delete(products).where(eq(products.stripeProductId, product.id));
  await stripe.products.update(product.id, { active: false, metadata: { plan: "" } });
});

it("an event that is run again tells what it changed this time", async () => {
  const known = subscription();
  const told = event("customer.subscription.updated", known);
  const first = await changesOf(told);
  expect(first).toMatchObject([
    { table: "subscription_items", before: null },
    { table: "subscriptions", before: null },
  ]);
  await replay(told.id);
  expect(await changesIn(told.id)).toMatchObject([{ before: { rev: 0 }, after: { rev: 1 } }]);
  expect(await inboxRow(told.id)).toMatchObject({
    status: "applied",
    attempts: 2,
    stripeCustomerId: known.customer,
  });
});

it("an invoice's checkout is not the invoice's change", async () => {
  const user = await someUser();
  const session = checkoutSession({ customer: user.customer });
  await changesOf(event("checkout.session.completed", session));
  const changes = await changesOf(
    event("invoice.created", invoice({ customer: user.customer, status: "draft" })),
  );
  expect(changes?.map(({ table }) => table)).toEqual(["invoices"]);
});
