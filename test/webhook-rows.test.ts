import { describe, expect, it } from "vitest";
import { post } from "./post-event";
import {
  inboxRow,
  invoiceRow,
  ledgerOf,
  revenueOf,
  sessionRow,
  someUser,
  subscriptionRow,
  userById,
} from "./rows";
import {
  checkoutSession,
  event,
  invoice,
  PERIOD_END,
  PERIOD_START,
  paymentSession,
  subscription,
} from "./stripe-objects";

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

  it("completed (one-time): the money is a fact of its own, named by the payment", async () => {
    const user = await someUser();
    const session = paymentSession({ customer: user.customer });
    await post(event("checkout.session.completed", session));
    expect(await ledgerOf(user.customer)).toMatchObject([
      { kind: "checkout", revenue: 0 },
      { kind: "payment", stripeId: session.payment_intent, revenue: 49_900 },
    ]);
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

  it("updated before created: the late first version does not overwrite", async () => {
    const known = subscription();
    await post(
      event("customer.subscription.updated", { ...known, cancel_at: PERIOD_END }, { created: PERIOD_START }),
    );
    await post(event("customer.subscription.created", known, { created: PERIOD_START }));
    expect(await subscriptionRow(known.id)).toMatchObject({ cancelAt: new Date(PERIOD_END * 1000) });
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

describe("any event", () => {
  it("twice, and twenty times at once, has one effect", async () => {
    const user = await someUser();
    const paid = event("invoice.payment_succeeded", invoice({ customer: user.customer }));
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(paid)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(await ledgerOf(user.customer)).toHaveLength(1);
    expect(await inboxRow(paid.id)).toMatchObject({ status: "applied", attempts: 1 });
  });

  it("of a stranger is kept without a user", async () => {
    const unknown = subscription();
    await post(event("customer.subscription.created", unknown));
    expect(await subscriptionRow(unknown.id)).toMatchObject({ userId: null, status: "active" });
  });

  it("that cannot be applied leaves no trace but its error, and the next delivery does it all", async () => {
    const user = await someUser();
    const broken = event(
      "customer.subscription.created",
      subscription({ customer: user.customer, items: { data: [] } }),
    );
    expect((await post(broken)).status).toBe(503);
    expect(await inboxRow(broken.id)).toMatchObject({ status: "received", attempts: 1 });
    expect((await inboxRow(broken.id))?.lastError).toContain("has no items");
    expect((await userById(user.id))?.currentSubscriptionId).toBeNull();

    const mended = { ...broken, data: { object: subscription({ customer: user.customer }) } };
    expect((await post(mended)).status).toBe(200);
    expect(await inboxRow(broken.id)).toMatchObject({ status: "applied", attempts: 2 });
    expect((await userById(user.id))?.currentSubscriptionId).not.toBeNull();
  });
});
