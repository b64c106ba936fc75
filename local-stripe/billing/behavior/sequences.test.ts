import type Stripe from "stripe";
import { expect, test } from "vitest";
import { at, DAY_SECONDS, HOUR_SECONDS } from "../../test/clock";
import { startLocalStripe } from "../../test/harness";
import { allEvents, Life } from "../../test/life";
import { confirm, monthlyPrice, paymentSession, submitPage, subscriptionSession } from "../../test/shop";

/**
 * The order in which each action is reported, which events share a second, and what `previous_attributes` say.
 * A line is a second, counted from the action's first event.
 */

const local = startLocalStripe();
const HALF = at("2026-01-31T00:00:00");
const RENEWAL = at("2026-02-15T12:00:00");

interface Action {
  /** Comes before, unreported. */
  readonly given?: () => Promise<unknown>;
  readonly when: (given: never) => Promise<unknown>;
  readonly reports: readonly string[];
  /** By type of event: of the first such event. */
  readonly previously?: Readonly<Record<string, object>>;
}

const IGNORED = ["product.created", "plan.created", "price.created"];

/** `+seconds type type …` for every second. */
function lines(events: readonly Stripe.Event[]): string[] {
  const first = events[0]?.created ?? 0;
  const seconds = new Map<number, string[]>();
  for (const { created, type } of events) {
    const together = seconds.get(created - first) ?? [];
    seconds.set(created - first, [...together, type]);
  }
  return [...seconds].map(([second, types]) => `+${second} ${types.join(" ")}`);
}

const life = (more: Parameters<typeof Life.begin>[1] = {}) => Life.begin(local, more);
const failing = async () => {
  const one = await life();
  await one.switchCard("pm_card_chargeCustomerFail");
  return one;
};

const paidSession = async () => {
  const session = await subscriptionSession(local);
  await confirm(local, session.id);
  await local.control("clock/advance?seconds=30");
  return session;
};

const paidCharge = async () => {
  const { latest_charge } = await local.stripe.paymentIntents.create({
    amount: 2000,
    currency: "usd",
    confirm: true,
    payment_method: "pm_card_visa",
  });
  await local.control("clock/advance?seconds=30");
  return String(latest_charge);
};

const largerPrice = async () => (await monthlyPrice(local, { unit_amount: 5000 })).id;
const swap = async (one: Life, more: Stripe.SubscriptionUpdateParams = {}) => {
  const { id } = await one.item();
  await local.stripe.subscriptions.update(one.id, { items: [{ id, price: await largerPrice() }], ...more });
};

const FAILED = "charge.failed payment_intent.payment_failed invoice.updated invoice.payment_failed";

const actions: Record<string, Action> = {
  "1 a checkout pays for a subscription": {
    given: () => subscriptionSession(local),
    when: ({ id }: { id: string }) => confirm(local, id),
    reports: [
      "+0 charge.succeeded payment_method.attached customer.created customer.updated checkout.session.completed customer.subscription.created payment_intent.succeeded payment_intent.created invoice.created invoice.finalized invoice.paid invoice.payment_succeeded",
      "+1 invoice_payment.paid",
    ],
    previously: { "customer.updated": { currency: null, next_invoice_sequence: 1 } },
  },
  "2 a checkout pays once": {
    given: () => paymentSession(local, { customer_creation: "always" }),
    when: ({ id }: { id: string }) => confirm(local, id),
    reports: [
      "+0 customer.created charge.succeeded payment_intent.succeeded payment_intent.created checkout.session.completed",
      "+2 charge.updated",
    ],
    previously: { "charge.updated": { balance_transaction: null } },
  },
  "3 a card is declined": {
    given: () => subscriptionSession(local),
    when: ({ id }: { id: string }) => confirm(local, id, "pm_card_chargeDeclined").catch(() => {}),
    reports: ["+0 payment_intent.created charge.failed payment_intent.payment_failed"],
  },
  "3 and then another one pays": {
    given: async () => {
      const session = await paymentSession(local);
      await confirm(local, session.id, "pm_card_chargeDeclined").catch(() => {});
      return session;
    },
    when: ({ id }: { id: string }) => confirm(local, id),
    reports: ["+0 charge.succeeded payment_intent.succeeded checkout.session.completed", "+2 charge.updated"],
  },
  "4 the bank asks first": {
    given: () => paymentSession(local),
    when: async ({ url }: { url: string }) => {
      await submitPage(url, { number: "4000 0027 6000 3184" });
      await submitPage(`${url}/authenticate`, { result: "complete" });
    },
    reports: [
      "+0 payment_intent.created payment_intent.requires_action payment_intent.succeeded charge.succeeded checkout.session.completed",
      "+2 charge.updated",
    ],
  },
  "4 and its question is answered wrong": {
    given: () => paymentSession(local),
    when: async ({ url }: { url: string }) => {
      await submitPage(url, { number: "4000 0027 6000 3184" });
      await submitPage(`${url}/authenticate`, { result: "fail" });
    },
    reports: ["+0 payment_intent.created payment_intent.requires_action payment_intent.payment_failed"],
  },
  "5 a checkout begins a trial": {
    given: () => subscriptionSession(local, { subscription_data: { trial_period_days: 14 } }),
    when: ({ id }: { id: string }) => confirm(local, id),
    reports: [
      "+0 customer.created setup_intent.created setup_intent.succeeded payment_method.attached",
      "+1 checkout.session.completed",
      "+2 customer.updated invoice.created invoice.finalized invoice.paid invoice.payment_succeeded customer.subscription.created",
    ],
  },
  "6 a trial is about to end, and ends": {
    given: () => life({ more: { trial_period_days: 14 } }),
    when: (one: Life) => one.to(at("2026-01-29T13:00:00")),
    reports: [
      "+0 invoice.upcoming",
      `+${4 * DAY_SECONDS} customer.subscription.trial_will_end`,
      `+${7 * DAY_SECONDS} customer.subscription.updated invoice.created`,
      `+${7 * DAY_SECONDS + HOUR_SECONDS} invoice.finalized payment_intent.created charge.succeeded payment_intent.succeeded customer.updated invoice.updated invoice.paid invoice.payment_succeeded`,
      `+${7 * DAY_SECONDS + HOUR_SECONDS + 1} invoice_payment.paid`,
    ],
    previously: {
      "customer.subscription.updated": {
        items: expect.anything(),
        latest_invoice: expect.stringMatching(/^in_/),
        status: "trialing",
      },
    },
  },
  "6 a trial ends without a card: cancel": {
    given: () =>
      life({
        card: null,
        more: {
          trial_period_days: 3,
          trial_settings: { end_behavior: { missing_payment_method: "cancel" } },
        },
      }),
    when: (one: Life) => one.days(4),
    reports: ["+0 customer.subscription.deleted"],
  },
  "6 a trial ends without a card: pause": {
    given: () =>
      life({
        card: null,
        more: {
          trial_period_days: 3,
          trial_settings: { end_behavior: { missing_payment_method: "pause" } },
        },
      }),
    when: (one: Life) => one.days(4),
    reports: ["+0 customer.subscription.paused customer.subscription.updated"],
  },
  "7 a renewal succeeds": {
    given: () => life(),
    when: (one: Life) => one.to(RENEWAL + HOUR_SECONDS),
    reports: [
      "+0 invoice.upcoming",
      `+${7 * DAY_SECONDS} invoice.created customer.subscription.updated`,
      `+${7 * DAY_SECONDS + HOUR_SECONDS} invoice.finalized payment_intent.created charge.succeeded payment_intent.succeeded customer.updated invoice.updated invoice.paid invoice.payment_succeeded`,
      `+${7 * DAY_SECONDS + HOUR_SECONDS + 1} invoice_payment.paid`,
    ],
    previously: {
      "customer.subscription.updated": {
        items: expect.anything(),
        latest_invoice: expect.stringMatching(/^in_/),
      },
      "customer.updated": { next_invoice_sequence: 2 },
    },
  },
  "8 a renewal fails": {
    given: failing,
    when: (one: Life) => one.to(RENEWAL + HOUR_SECONDS),
    reports: [
      "+0 invoice.upcoming",
      `+${7 * DAY_SECONDS} invoice.created customer.subscription.updated`,
      `+${7 * DAY_SECONDS + HOUR_SECONDS} invoice.finalized payment_intent.created ${FAILED} customer.subscription.updated customer.updated`,
    ],
    previously: {
      "customer.updated": { delinquent: false, next_invoice_sequence: 2 },
      "invoice.updated": { attempt_count: 0, attempted: false, next_payment_attempt: RENEWAL + HOUR_SECONDS },
    },
  },
  "8 its retry fails": {
    given: async () => {
      const one = await failing();
      await one.to(RENEWAL + HOUR_SECONDS);
      return one;
    },
    when: (one: Life) => one.days(3),
    reports: [`+0 ${FAILED}`],
    previously: {
      "invoice.updated": { attempt_count: 1, next_payment_attempt: RENEWAL + HOUR_SECONDS + 3 * DAY_SECONDS },
    },
  },
  "8 the last one fails": {
    given: async () => {
      const one = await failing();
      await one.to(RENEWAL + HOUR_SECONDS, RENEWAL + HOUR_SECONDS + 8 * DAY_SECONDS);
      return one;
    },
    when: (one: Life) => one.to(RENEWAL + HOUR_SECONDS + 15 * DAY_SECONDS),
    reports: [`+0 ${FAILED} customer.subscription.deleted`],
  },
  "8 or leaves it unpaid": {
    given: async () => {
      await local.control("switch?name=afterRetries&value=unpaid");
      const one = await failing();
      await one.to(RENEWAL + HOUR_SECONDS, RENEWAL + HOUR_SECONDS + 8 * DAY_SECONDS);
      return one;
    },
    when: (one: Life) => one.to(RENEWAL + HOUR_SECONDS + 15 * DAY_SECONDS),
    reports: [`+0 ${FAILED} customer.subscription.updated`],
    previously: { "customer.subscription.updated": { status: "past_due" } },
  },
  "8 or it recovers": {
    given: async () => {
      const one = await failing();
      await one.to(RENEWAL + HOUR_SECONDS);
      await one.switchCard("pm_card_visa");
      return one;
    },
    when: (one: Life) => one.days(3),
    reports: [
      "+0 charge.succeeded payment_intent.succeeded invoice.updated invoice.paid invoice.payment_succeeded customer.subscription.updated customer.updated",
      "+1 invoice_payment.paid",
    ],
    previously: {
      "customer.subscription.updated": { status: "past_due" },
      "customer.updated": { delinquent: true },
    },
  },
  "8 the bank wants to ask the customer": {
    given: async () => {
      const one = await life();
      await one.switchCard("pm_card_authenticationRequired");
      await one.to(RENEWAL);
      return one;
    },
    when: (one: Life) => one.to(RENEWAL + HOUR_SECONDS),
    reports: [
      "+0 invoice.finalized payment_intent.created payment_intent.requires_action invoice.payment_action_required invoice.updated invoice.payment_failed customer.subscription.updated customer.updated",
    ],
  },
  "9 an upgrade waits for the next invoice": {
    given: async () => {
      const one = await life();
      await one.to(HALF);
      return one;
    },
    when: (one: Life) => swap(one),
    reports: ["+0 invoiceitem.created invoiceitem.created customer.subscription.updated"],
    previously: { "customer.subscription.updated": { items: expect.anything() } },
  },
  "9 or is billed at once": {
    given: async () => {
      const one = await life();
      await one.to(HALF);
      return one;
    },
    when: (one: Life) => swap(one, { proration_behavior: "always_invoice" }),
    reports: [
      "+0 customer.updated charge.succeeded payment_intent.created payment_intent.succeeded invoice.created invoice.finalized invoice.paid",
      "+1 invoice.payment_succeeded customer.subscription.updated invoiceitem.created invoiceitem.created invoice_payment.paid",
    ],
  },
  "10 a cancellation at the period's end": {
    given: () => life(),
    when: async (one: Life) => {
      await local.stripe.subscriptions.update(one.id, { cancel_at_period_end: true });
      await one.to(RENEWAL);
    },
    reports: [
      "+0 customer.subscription.updated",
      `+${RENEWAL - at("2026-01-15T12:00:00")} customer.subscription.deleted`,
    ],
    previously: {
      "customer.subscription.updated": {
        cancel_at: null,
        cancel_at_period_end: false,
        canceled_at: null,
        cancellation_details: { reason: null },
      },
    },
  },
  "10 undone": {
    given: async () => {
      const one = await life();
      await local.stripe.subscriptions.update(one.id, { cancel_at_period_end: true });
      return one;
    },
    when: (one: Life) => local.stripe.subscriptions.update(one.id, { cancel_at_period_end: false }),
    reports: ["+0 customer.subscription.updated"],
    previously: {
      "customer.subscription.updated": {
        cancel_at: RENEWAL,
        cancel_at_period_end: true,
        canceled_at: at("2026-01-15T12:00:00"),
        cancellation_details: { reason: "cancellation_requested" },
      },
    },
  },
  "10 a cancellation at once": {
    given: () => life(),
    when: (one: Life) => local.stripe.subscriptions.cancel(one.id),
    reports: ["+0 customer.subscription.deleted"],
  },
  "10 with an invoice still open": {
    given: async () => {
      const one = await failing();
      await one.to(RENEWAL + HOUR_SECONDS);
      return one;
    },
    when: (one: Life) => local.stripe.subscriptions.cancel(one.id),
    reports: ["+0 customer.subscription.deleted invoice.updated"],
    previously: {
      "invoice.updated": {
        auto_advance: true,
        next_payment_attempt: RENEWAL + HOUR_SECONDS + 3 * DAY_SECONDS,
      },
    },
  },
  "11 a refund": {
    given: paidCharge,
    when: (charge: string) => local.stripe.refunds.create({ charge, amount: 500 }),
    reports: ["+0 refund.created charge.refunded refund.updated charge.refund.updated"],
    previously: { "charge.refunded": { amount_refunded: 0 } },
  },
  "12 a dispute": {
    given: paidCharge,
    when: (charge: string) => local.control(`dispute?charge=${charge}`),
    reports: ["+0 charge.dispute.created charge.dispute.funds_withdrawn charge.updated"],
    previously: { "charge.updated": { disputed: false } },
  },
  "12 that is won": {
    given: async () => {
      await local.control(`dispute?charge=${await paidCharge()}`);
      return (await local.stripe.disputes.list()).data[0];
    },
    when: ({ id }: { id: string }) =>
      local.stripe.disputes.update(id, {
        evidence: { uncategorized_text: "winning_evidence" },
        submit: true,
      }),
    reports: [
      "+0 charge.dispute.updated charge.updated charge.dispute.funds_reinstated charge.dispute.closed",
    ],
  },
  "13 a session expires": {
    given: () => subscriptionSession(local),
    when: ({ id }: { id: string }) => local.stripe.checkout.sessions.expire(id),
    reports: ["+0 checkout.session.expired"],
  },
  "14 the portal is opened": {
    given: async () =>
      String((await local.stripe.checkout.sessions.retrieve((await paidSession()).id)).customer),
    when: (customer: string) => local.stripe.billingPortal.sessions.create({ customer }),
    reports: ["+0 billing_portal.session.created"],
  },
  "15 a subscription by API": {
    given: () => life({ card: "pm_card_visa" }),
    when: async (one: Life) =>
      local.stripe.subscriptions.create({
        customer: one.customer,
        items: [{ price: (await one.item()).price.id }],
      }),
    reports: [
      "+0 charge.succeeded customer.updated customer.subscription.created payment_intent.succeeded payment_intent.created",
      "+1 invoice.created invoice.finalized invoice.paid invoice.payment_succeeded",
      "+22 invoice_payment.paid",
    ],
  },
  "15 whose card fails": {
    given: failing,
    when: async (one: Life) =>
      local.stripe.subscriptions.create({
        customer: one.customer,
        items: [{ price: (await one.item()).price.id }],
      }),
    reports: [
      `+0 customer.subscription.created invoice.created invoice.finalized payment_intent.created ${FAILED} customer.updated`,
    ],
  },
  "15 and that expires": {
    given: async () => {
      const one = await failing();
      await local.stripe.subscriptions.cancel(one.id);
      await local.stripe.subscriptions.create({
        customer: one.customer,
        items: [{ price: (await one.item()).price.id }],
      });
      return one;
    },
    when: (one: Life) => one.days(1),
    reports: ["+0 customer.subscription.updated invoice.voided payment_intent.canceled"],
    previously: { "customer.subscription.updated": { ended_at: null, status: "incomplete" } },
  },
};

test.each(Object.entries(actions))("%s", async (_, { given, when, reports, previously = {} }) => {
  const begun = (await given?.()) as never;
  const before = new Set((await allEvents(local)).map(({ id }) => id));
  await when(begun);
  // Some events follow an action by seconds; moving the wall clock brings them about.
  await local.control("clock/advance?seconds=30");
  const events = (await allEvents(local)).filter(
    ({ id, type }) => !before.has(id) && !type.startsWith("test_helpers.") && !IGNORED.includes(type),
  );
  expect(lines(events)).toEqual(reports);
  for (const [type, attributes] of Object.entries(previously)) {
    expect(events.find((event) => event.type === type)?.data.previous_attributes, type).toEqual(attributes);
  }
});

test("14 the catalog", async () => {
  await local.stripe.products.create({
    name: "Pro",
    default_price_data: { currency: "usd", unit_amount: 100, recurring: { interval: "month" } },
  });
  expect(lines(await allEvents(local))).toEqual(["+0 product.created plan.created price.created"]);
});

test("16 a test clock", async () => {
  const { id, frozen_time } = await local.stripe.testHelpers.testClocks.create({ frozen_time: RENEWAL });
  await local.stripe.testHelpers.testClocks.advance(id, { frozen_time: frozen_time + DAY_SECONDS });
  await expect
    .poll(async () =>
      (await allEvents(local)).map(({ type }) => type.replace("test_helpers.test_clock.", "")),
    )
    .toEqual(["created", "advancing", "ready"]);
});
