import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { listPayments } from "@/db/queries/payments";
import { ensureCustomer } from "@/lib/billing/checkout/customer";
import { stripe } from "@/lib/billing/stripe";
import { post } from "./support/post-event";
import {
  factsOf,
  invoiceRow,
  ledgerOf,
  revenueOf,
  sessionRow,
  someUser,
  subscriptionRow,
  userById,
} from "./support/rows";
import {
  checkoutSession,
  dispute,
  event,
  invoice,
  PERIOD_END,
  PERIOD_START,
  paymentSession,
  refund,
  subscription,
} from "./support/stripe-objects";

/** Each event type through the front door: post it signed, read the rows. */

describe("checkout.session.*", () => {
  it("completed (subscription): a fact without revenue, linked to its buyer", async () => {
    const user = await someUser();
    const session = checkoutSession({ customer: user.customer });
    expect((await post(event("checkout.session.completed", session))).status).toBe(200);
    expect(await ledgerOf(user.customer)).toMatchObject([
      {
        kind: "checkout",
        eventType: "checkout.session.completed",
        amount: 1900,
        revenue: 0,
        userId: user.id,
      },
    ]);
    expect(await sessionRow(session.id)).toMatchObject({
      status: "complete",
      paymentStatus: "paid",
      userId: user.id,
    });
  });

  it("async_payment_succeeded: the money of a delayed payment counts when it arrives, once", async () => {
    const user = await someUser();
    const session = paymentSession({ customer: user.customer, payment_status: "unpaid" });
    await post(event("checkout.session.completed", session));
    expect(await revenueOf(user.customer)).toBe(0);
    const paid = { ...session, payment_status: "paid" };
    await post(event("checkout.session.async_payment_succeeded", paid));
    await post(event("checkout.session.async_payment_succeeded", paid));
    expect(await revenueOf(user.customer)).toBe(49_900);
    expect(await sessionRow(session.id)).toMatchObject({ paymentStatus: "paid" });
  });

  it("async_payment_failed: no money, and a late `completed` does not hide the failure", async () => {
    const user = await someUser();
    const session = paymentSession({ customer: user.customer, payment_status: "unpaid" });
    await post(event("checkout.session.async_payment_failed", session));
    await post(event("checkout.session.completed", session));
    expect(await revenueOf(user.customer)).toBe(0);
    expect(await sessionRow(session.id)).toMatchObject({ paymentStatus: "failed", status: "complete" });
  });

  it("expired: closes the open checkout, but never one that is complete", async () => {
    const open = checkoutSession({ status: "expired", payment_status: "unpaid", subscription: null });
    await post(event("checkout.session.expired", open));
    expect(await sessionRow(open.id)).toMatchObject({ status: "expired" });
    const complete = checkoutSession();
    await post(event("checkout.session.completed", complete));
    await post(event("checkout.session.expired", { ...complete, status: "expired" }));
    expect(await sessionRow(complete.id)).toMatchObject({ status: "complete" });
  });
});

describe("customer.subscription.*", () => {
  it("created: a row with price and period, current for its user", async () => {
    const user = await someUser();
    const created = subscription({ customer: user.customer });
    await post(event("customer.subscription.created", created));
    const row = await subscriptionRow(created.id);
    expect(row).toMatchObject({
      status: "active",
      stripePriceId: created.items.data[0]?.price.id,
      quantity: 1,
      unitAmount: 1900,
      interval: "month",
      currentPeriodStart: new Date(PERIOD_START * 1000),
      currentPeriodEnd: new Date(PERIOD_END * 1000),
      userId: user.id,
    });
    expect((await userById(user.id))?.currentSubscriptionId).toBe(row?.id);
  });

  it("updated: a later second wins; an earlier one, however late, does not", async () => {
    const user = await someUser();
    const known = subscription({ customer: user.customer });
    await post(event("customer.subscription.created", known));
    const changed = (status: string, created: number) =>
      event("customer.subscription.updated", { ...known, status }, { created });
    await post(changed("past_due", PERIOD_START + 20));
    await post(changed("active", PERIOD_START + 10));
    expect(await subscriptionRow(known.id)).toMatchObject({ status: "past_due" });
    await post(changed("active", PERIOD_START + 30));
    expect(await subscriptionRow(known.id)).toMatchObject({ status: "active" });
  });

  it("deleted: access ends", async () => {
    const user = await someUser();
    const known = subscription({ customer: user.customer });
    await post(event("customer.subscription.created", known));
    const ended = { ...known, status: "canceled", ended_at: PERIOD_START + 50 };
    await post(event("customer.subscription.deleted", ended, { created: PERIOD_START + 50 }));
    expect(await subscriptionRow(known.id)).toMatchObject({ status: "canceled" });
    expect((await userById(user.id))?.currentSubscriptionId).toBeNull();
  });
});

describe("invoice.*", () => {
  it.each([
    ["paid first", ["invoice.paid", "invoice.payment_succeeded"]],
    ["payment_succeeded first", ["invoice.payment_succeeded", "invoice.paid"]],
  ])("paid and payment_succeeded are one payment (%s)", async (_, types) => {
    const user = await someUser();
    const paid = invoice({ customer: user.customer });
    for (const type of types) await post(event(type, paid));
    expect(await ledgerOf(user.customer)).toMatchObject([
      { kind: "invoice_paid", stripeId: paid.id, eventType: "invoice.payment_succeeded", revenue: 1900 },
    ]);
    expect(await invoiceRow(paid.id)).toMatchObject({ status: "paid", userId: user.id });
  });

  it("payment_failed: each attempt is a fact without revenue, and a late one does not reopen a paid invoice", async () => {
    const user = await someUser();
    const open = invoice({ customer: user.customer, status: "open", amount_paid: 0 });
    await post(event("invoice.payment_failed", open));
    await post(event("invoice.paid", { ...open, status: "paid", amount_paid: 1900, attempt_count: 3 }));
    await post(event("invoice.payment_failed", { ...open, attempt_count: 2 }));
    expect(await revenueOf(user.customer)).toBe(1900);
    expect((await ledgerOf(user.customer)).map(({ stripeId }) => stripeId).toSorted()).toEqual(
      [open.id, `${open.id}:1`, `${open.id}:2`].toSorted(),
    );
    expect(await invoiceRow(open.id)).toMatchObject({ status: "paid" });
  });
});

describe("refund.*", () => {
  it("counts once it succeeded, and no longer when the bank returns it; then nobody is shown it", async () => {
    const user = await someUser();
    const pending = refund({ customer: user.customer, status: "pending" });
    const shown = async () => (await listPayments(user.id)).map(({ kind, amount }) => ({ kind, amount }));
    await post(event("refund.created", pending));
    expect(await revenueOf(user.customer)).toBe(0);
    await post(event("refund.updated", { ...pending, status: "succeeded" }));
    expect(await revenueOf(user.customer)).toBe(-1900);
    expect(await shown()).toEqual([{ kind: "refund", amount: 1900 }]);
    await post(event("refund.failed", { ...pending, status: "failed" }));
    await post(event("refund.updated", { ...pending, status: "succeeded" }));
    expect(await revenueOf(user.customer)).toBe(0);
    expect(await shown()).toEqual([]);
  });
});

describe("a fact that several events tell", () => {
  it.each([
    ["invoice.paid", "invoice.payment_succeeded", invoice],
    ["refund.updated", "refund.created", refund],
    ["charge.dispute.funds_withdrawn", "charge.dispute.created", dispute],
    ["refund.updated", "refund.updated", refund],
  ])("%s and %s: its row does not show which came first", async (other, naming, make) => {
    const events = [1, 2].map((copy) => {
      const told = make();
      return {
        told,
        pair: [
          event(other, told, { id: `evt_b${copy}${told.id}` }),
          event(naming, told, { id: `evt_a${copy}${told.id}` }),
        ],
      };
    });
    const named = [];
    for (const [copy, { told, pair }] of events.entries()) {
      for (const one of copy ? pair : pair.toReversed()) await post(one);
      named.push((await factsOf(told.id)).map(({ eventType, stripeEventId }) => [eventType, stripeEventId]));
    }
    expect(named).toEqual(events.map(({ pair }) => [[naming, pair[1]?.id]]));
  });
});

describe("a session of which the shop knows nothing", () => {
  it("is kept, and a copy that carries the same metadata has a row of its own", async () => {
    const metadata = { checkout_session_id: randomUUID() };
    const [first, copy] = [checkoutSession({ metadata }), checkoutSession({ metadata })];
    for (const session of [first, copy, copy, first])
      await post(event("checkout.session.completed", session));
    expect(await sessionRow(first.id)).toMatchObject({ id: metadata.checkout_session_id });
    expect(await sessionRow(copy.id)).toMatchObject({ stripeCustomerId: copy.customer });
  });
});

describe("any event", () => {
  it("of a stranger is linked when the stranger becomes a user", async () => {
    const user = await someUser({ stripeCustomerId: null });
    const { id: customer } = await stripe.customers.create(
      { email: user.email, name: user.name, metadata: { user_id: user.id } },
      { idempotencyKey: `customer-${user.id}` },
    );
    const told = {
      plan: subscription({ customer }),
      bill: invoice({ customer }),
      sale: paymentSession({ customer }),
    };
    await post(event("customer.subscription.created", told.plan));
    await post(event("invoice.paid", told.bill));
    await post(event("checkout.session.completed", told.sale));
    expect((await userById(user.id))?.currentSubscriptionId).toBeNull();

    expect(await ensureCustomer(user)).toBe(customer);
    const row = await subscriptionRow(told.plan.id);
    expect(row).toMatchObject({ userId: user.id });
    expect((await userById(user.id))?.currentSubscriptionId).toBe(row?.id);
    expect(await invoiceRow(told.bill.id)).toMatchObject({ userId: user.id });
    expect(await sessionRow(told.sale.id)).toMatchObject({ userId: user.id });
    expect((await ledgerOf(customer)).map(({ userId }) => userId)).toEqual(Array(3).fill(user.id));
  });

  it("is never given to a user because of an e-mail address", async () => {
    const user = await someUser();
    const foreign = checkoutSession({
      customer_email: user.email,
      customer_details: { email: user.email },
      client_reference_id: user.id,
    });
    await post(event("checkout.session.completed", foreign));
    expect(await sessionRow(foreign.id)).toMatchObject({ userId: null });
  });

  it("of a stranger is kept without a user", async () => {
    const unknown = subscription();
    await post(event("customer.subscription.created", unknown));
    expect(await subscriptionRow(unknown.id)).toMatchObject({ userId: null, status: "active" });
  });
});
