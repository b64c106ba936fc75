import { expect, it } from "vitest";
import { getCurrentSubscription } from "@/db/queries/account";
import { listProducts } from "@/db/queries/products";
import { ensureCustomer } from "@/lib/billing/checkout/customer";
import { getCheckoutResult } from "@/lib/billing/checkout/result";
import { createCheckoutSession } from "@/lib/billing/checkout/session";
import { describeStatus, isActive, isOnGracePeriod } from "@/lib/billing/status";
import { stripe } from "@/lib/billing/stripe";
import { post } from "./support/post-event";
import {
  factsOf,
  inboxRow,
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
  event,
  invoice,
  PERIOD_END,
  PERIOD_START,
  paymentSession,
  refund,
  subscription,
} from "./support/stripe-objects";

/** Faults of other projects, each by the issue that tells of it. */

const applied = async (...events: Parameters<typeof post>[0][]) => {
  for (const one of events) expect((await post(one)).status).toBe(200);
};

it("laravel/cashier-stripe#1759: `created` arrives after `updated` and at once with it", async () => {
  const known = subscription({ status: "incomplete" });
  const active = { ...known, status: "active" };
  await applied(
    event("customer.subscription.updated", active),
    event("customer.subscription.created", known),
  );
  expect(await subscriptionRow(known.id)).toMatchObject({ status: "active" });

  const other = subscription({ status: "incomplete" });
  const both = [
    event("customer.subscription.created", other),
    event("customer.subscription.updated", { ...other, status: "active" }),
  ];
  const answers = await Promise.all(both.map((one) => post(one)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(await subscriptionRow(other.id)).toMatchObject({ status: "active" });
});

it.each([
  ["the later one last", 0],
  ["the later one first", 1],
])("stripe/sync-engine#268: of two changes in one second the later one stays, %s", async (_, first) => {
  const session = await buy(await newUser());
  const now = await stripe.subscriptions.retrieve(String(session.subscription));
  const changes = [{ ...now, status: "past_due" }, now].map((content) =>
    event("customer.subscription.updated", content, { created: now.created }),
  );
  await applied(...(first ? changes.toReversed() : changes));
  expect(await subscriptionRow(now.id)).toMatchObject({ status: "active" });
});

it("twentyhq/twenty#9097: the success page is there before any webhook, and what comes later adds nothing", async () => {
  const user = await newUser();
  const session = await buy(user);
  const { id } = session;
  expect(await getCheckoutResult(user, id)).toMatchObject({ outcome: "paid" });
  const row = await sessionRow(id);
  const customer = row?.stripeCustomerId ?? "";
  const before = await ledgerOf(customer);
  expect(before.map(({ revenue }) => revenue)).toEqual([0, 9900]);

  const bought = await stripe.subscriptions.retrieve(row?.stripeSubscriptionId ?? "");
  const bill = await stripe.invoices.retrieve(String(session.invoice));
  const created = bought.created;
  await applied(
    event("checkout.session.completed", session, { created }),
    event("customer.subscription.created", bought, { created }),
    event("invoice.payment_succeeded", bill, { created }),
  );
  expect((await ledgerOf(customer)).map(({ id: fact, revenue }) => [fact, revenue])).toEqual(
    before.map(({ id: fact, revenue }) => [fact, revenue]),
  );
  expect(await subscriptionRow(bought.id)).toMatchObject({ status: "active", userId: user.id });
});

it("laravel/cashier-stripe#1201: the invoice is there before the checkout and the subscription", async () => {
  const user = await someUser();
  const of = { customer: user.customer };
  const bought = subscription(of);
  const bill = invoice({
    ...of,
    parent: { type: "subscription_details", subscription_details: { subscription: bought.id } },
  });
  const session = checkoutSession({ ...of, subscription: bought.id });
  await applied(
    event("invoice.payment_succeeded", bill),
    event("customer.subscription.created", bought),
    event("checkout.session.completed", session),
  );
  expect(await revenueOf(user.customer)).toBe(1900);
  expect(await invoiceRow(bill.id)).toMatchObject({ stripeSubscriptionId: bought.id, userId: user.id });
  expect(await getCurrentSubscription(user.id)).toMatchObject({ stripeId: bought.id });
});

it("stripe/stripe-node#2470: a cancellation in the portal sets only `cancel_at`, and is seen", async () => {
  const user = await someUser();
  const known = subscription({ customer: user.customer });
  const canceled = { ...known, cancel_at: PERIOD_END, cancel_at_period_end: false };
  await applied(
    event("customer.subscription.created", known),
    event("customer.subscription.updated", canceled, { created: PERIOD_START + 5 }),
  );
  const current = await getCurrentSubscription(user.id);
  if (!current) throw new Error("Access ended too early.");
  expect(isOnGracePeriod(current)).toBe(true);
  expect(describeStatus(current)).toBe("Active until it ends");
});

it("cap#2074: the first decline of a renewal does not cut access", async () => {
  const user = await someUser();
  const known = subscription({ customer: user.customer });
  await applied(
    event("customer.subscription.created", known),
    event("invoice.payment_failed", invoice({ customer: user.customer, status: "open", amount_paid: 0 })),
    event("customer.subscription.updated", { ...known, status: "past_due" }, { created: PERIOD_START + 1 }),
  );
  const current = await getCurrentSubscription(user.id);
  expect(current && isActive(current)).toBe(true);
});

it("a refund is in the ledger once, however many events tell of it, and before the payment if need be", async () => {
  const user = await someUser();
  const sale = paymentSession({ customer: user.customer });
  const back = refund({ customer: user.customer, payment_intent: sale.payment_intent, amount: 49_900 });
  const charge = { id: back.charge, object: "charge", customer: user.customer, refunded: true };
  await applied(
    event("refund.created", back),
    event("charge.refunded", charge),
    event("refund.updated", back),
    event("checkout.session.completed", sale),
  );
  expect(await revenueOf(user.customer)).toBe(0);
  expect((await ledgerOf(user.customer)).map(({ kind, revenue }) => [kind, revenue])).toEqual([
    ["checkout", 0],
    ["payment", 49_900],
    ["refund", -49_900],
  ]);
});

it("vercel/nextjs-subscription-payments: a one-time sale has no invoice, and its money counts", async () => {
  const user = await someUser();
  const session = paymentSession({ customer: user.customer });
  await applied(event("checkout.session.completed", session));
  expect(await ledgerOf(user.customer)).toMatchObject([
    { kind: "checkout", revenue: 0 },
    { kind: "payment", stripeId: session.payment_intent, revenue: 49_900 },
  ]);
});

it("a deleted customer: access ends, the money stays, and the person can buy again", async () => {
  const user = await someUser();
  const known = subscription({ customer: user.customer });
  await applied(
    event("customer.subscription.created", known),
    event("invoice.payment_succeeded", invoice({ customer: user.customer })),
    event("customer.deleted", { id: user.customer, object: "customer" }, { created: PERIOD_START + 1 }),
  );
  expect(await userById(user.id)).toMatchObject({ stripeCustomerId: null, currentSubscriptionId: null });
  expect(await subscriptionRow(known.id)).toMatchObject({ status: "canceled" });
  expect(await revenueOf(user.customer)).toBe(1900);
  // An event that was under way still finds its user, and grants nothing.
  const [late, paid] = [subscription({ customer: user.customer }), invoice({ customer: user.customer })];
  await applied(event("customer.subscription.created", late), event("invoice.payment_succeeded", paid));
  expect(await subscriptionRow(late.id)).toMatchObject({ userId: user.id });
  expect(await factsOf(paid.id)).toMatchObject([{ userId: user.id, revenue: 1900 }]);
  const again = await userById(user.id);
  expect(again?.currentSubscriptionId).toBeNull();
  expect(again && (await ensureCustomer(again))).not.toBe(user.customer);
});

it("wasp-lang/open-saas#688: an event that comes twice grants once", async () => {
  const user = await someUser();
  const sale = event("checkout.session.completed", paymentSession({ customer: user.customer }));
  await applied(sale, sale);
  expect(await revenueOf(user.customer)).toBe(49_900);
  expect(await inboxRow(sale.id)).toMatchObject({ attempts: 1 });
});

it("better-auth/better-auth#10534: 200 means that it is stored; what could not be stored comes again", async () => {
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

const newUser = () => someUser({ stripeCustomerId: null });

/** Through Stripe's own page. */
async function buy(user: Awaited<ReturnType<typeof someUser>>) {
  const product = (await listProducts()).find(({ lookupKey }) => lookupKey === "aiaas_pro_monthly");
  const { id } = await createCheckoutSession(user, { productId: product?.id ?? "" });
  const card = { payment_method: "pm_card_visa", expected_amount: 9900 };
  await stripe.rawRequest("POST", `/v1/payment_pages/${id}/confirm`, card);
  return stripe.checkout.sessions.retrieve(id);
}
