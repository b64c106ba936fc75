import type { Page } from "@playwright/test";
import type postgres from "postgres";
import Stripe from "stripe";
import { billingOf, CARDS, choose, expect, type Person, pay, registered, test } from "./shop";

/** Support changes a subscription in Stripe's dashboard, and its owner reads the sentence that follows. */

function stripeOf() {
  const { hostname: host, port } = new URL(process.env.STRIPE_API_URL ?? "");
  return new Stripe("sk_test_local", { host, port, protocol: "http" });
}

/** Somebody with a monthly Starter. */
async function subscribed(page: Page, sql: postgres.Sql) {
  const person = await registered(page);
  await choose(page, "/pricing", /Subscribe.*Starter/);
  await pay(page, CARDS.pays);
  await expect(page).toHaveURL(/\/success/);
  await expect.poll(async () => (await billingOf(sql, person)).subscriptions.length).toBe(1);
  const { user, subscriptions } = await billingOf(sql, person);
  const [row] = subscriptions;
  const stripe = stripeOf();
  const customer = String(user?.stripe_customer_id);
  const [card] = (await stripe.customers.listPaymentMethods(customer)).data;
  const subscription = await stripe.subscriptions.retrieve(String(row?.stripe_id));
  const end = subscription.items.data[0]?.current_period_end ?? 0;
  return { stripe, person, customer, subscription, end, card: card?.id ?? "" };
}

const priceOf = async (stripe: Stripe, lookupKey: string) =>
  (await stripe.prices.list({ lookup_keys: [lookupKey] })).data[0]?.id ?? "";

const dayOf = (seconds: number) =>
  new Date(seconds * 1000).toLocaleDateString("en-US", { dateStyle: "long", timeZone: "UTC" });

/** The event is on its way: the account is read until it says so. */
async function expectAccount(page: Page, ...texts: (string | RegExp)[]) {
  await expect(async () => {
    await page.goto("/account");
    for (const text of texts) await expect(page.getByRole("main")).toContainText(text, { timeout: 500 });
  }).toPass({ timeout: 20_000 });
}

test("a plan that renews: by Stripe's sum, a coupon and a balance included", async ({ page, sql }) => {
  const { stripe, customer, subscription, end } = await subscribed(page, sql);
  await expectAccount(page, `Renews on ${dayOf(end)} for $19.00.`);
  const coupon = await stripe.coupons.create({
    percent_off: 20,
    duration: "repeating",
    duration_in_months: 3,
  });
  await stripe.customers.update(customer, { balance: -500 });
  await stripe.subscriptions.update(subscription.id, { discounts: [{ coupon: coupon.id }] });
  await expectAccount(page, `Renews on ${dayOf(end)} for $10.20.`);
  const free = await stripe.coupons.create({ percent_off: 100, duration: "forever" });
  await stripe.subscriptions.update(subscription.id, { discounts: [{ coupon: free.id }] });
  await expectAccount(page, `Renews on ${dayOf(end)} for $0.00.`);
});

test("two subscriptions, each with its sentence", async ({ page, sql }) => {
  const { stripe, customer, card } = await subscribed(page, sql);
  const price = await priceOf(stripe, "aiaas_pro_yearly");
  await stripe.subscriptions.create({ customer, items: [{ price }], default_payment_method: card });
  await expectAccount(page, "AIaaS Starter", "AIaaS Pro", "for $19.00.", "for $999.00.");
});

test("an add-on is on the bill, by name or not", async ({ page, sql }) => {
  const { stripe, subscription, end } = await subscribed(page, sql);
  const product = (await stripe.products.create({ name: "Extra" })).id;
  const extra = { currency: "usd", unit_amount: 333, product, recurring: { interval: "month" as const } };
  await stripe.subscriptions.update(subscription.id, {
    items: [{ price_data: extra, quantity: 2 }],
    proration_behavior: "none",
  });
  await expectAccount(
    page,
    `Renews on ${dayOf(end)} for $25.66.`,
    "AIaaS Starter, $19.00 a month",
    "2 × An extra agreed with you, $3.33 a month",
  );
});

test("paused: until further notice, until a day, and no longer", async ({ page, sql }) => {
  const { stripe, subscription, end } = await subscribed(page, sql);
  const pause = (pause_collection: Stripe.SubscriptionUpdateParams["pause_collection"]) =>
    stripe.subscriptions.update(subscription.id, { pause_collection });
  await pause({ behavior: "void" });
  await expectAccount(page, "Payments paused", "until further notice. Nothing is charged meanwhile.");
  const resumesAt = end + 40 * 86_400;
  await pause({ behavior: "void", resumes_at: resumesAt });
  await expectAccount(page, `Payments are paused until ${dayOf(resumesAt)}.`);
  await pause("");
  await expectAccount(page, `Renews on ${dayOf(end)} for $19.00.`);
});

test("an end to come: within the period, and five periods later", async ({ page, sql }) => {
  const { stripe, subscription, end } = await subscribed(page, sql);
  const later = end + 150 * 86_400;
  await stripe.subscriptions.update(subscription.id, { cancel_at: later });
  await expectAccount(page, `Renews on ${dayOf(end)} for $19.00. It ends on ${dayOf(later)}.`);
  await stripe.subscriptions.update(subscription.id, { cancel_at: "" });
  await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
  await expectAccount(page, "Active until it ends", `It stays yours until ${dayOf(end)} and does not renew.`);
});

test("overdue by card, with the bill to pay", async ({ page, sql }) => {
  const { stripe, customer, subscription } = await subscribed(page, sql);
  const { id } = await stripe.paymentMethods.attach("pm_card_chargeCustomerFail", { customer });
  const price = await priceOf(stripe, "aiaas_pro_yearly");
  await stripe.subscriptions.update(subscription.id, {
    default_payment_method: id,
    items: [{ id: subscription.items.data[0]?.id ?? "", price }],
    proration_behavior: "always_invoice",
    payment_behavior: "allow_incomplete",
  });
  await expectAccount(page, "Payment overdue", "was declined. Please check your card under Manage billing");
  await expect(page.getByRole("link", { name: "See and pay the open bill" })).toBeVisible();
});

test("overdue by invoice", async ({ page, sql }) => {
  const { stripe, customer, person } = await subscribed(page, sql);
  const price = await priceOf(stripe, "aiaas_starter_monthly");
  const order = { customer, items: [{ price }], collection_method: "send_invoice" as const };
  const { id, latest_invoice } = await stripe.subscriptions.create({ ...order, days_until_due: 7 });
  // Stripe would send it within the hour.
  const invoice = await stripe.invoices.finalizeInvoice(String(latest_invoice));
  const due = dayOf(invoice.due_date ?? 0);
  await expectAccount(page, `A bill of $19.00 is open, due on ${due}.`);
  // Days later Stripe calls it overdue; the clock that all journeys share stands still.
  await expect.poll(async () => (await billingOf(sql, person)).subscriptions.length).toBe(2);
  await sql`update subscriptions set status = 'past_due' where stripe_id = ${id}`;
  await expectAccount(page, "Payment overdue", `The bill of $19.00 was due on ${due}.`);
});

test("a trial", async ({ page, sql }) => {
  const { stripe, customer, card } = await subscribed(page, sql);
  const trial = await stripe.subscriptions.create({
    customer,
    items: [{ price: await priceOf(stripe, "aiaas_pro_monthly") }],
    default_payment_method: card,
    trial_period_days: 14,
  });
  const end = dayOf(trial.trial_end ?? 0);
  await expectAccount(page, "Free trial", `The trial is free until ${end}; then the first bill is $99.00.`);
});

test("nothing, once the last one has ended", async ({ page, sql }) => {
  const { stripe, subscription } = await subscribed(page, sql);
  await stripe.subscriptions.cancel(subscription.id);
  await expectAccount(page, "You have no plan at the moment, and nothing renews.");
});

test("money is named by what was paid for: a refund, an invoice by hand, a dispute", async ({
  page,
  sql,
}) => {
  const { stripe, customer, card, person } = await subscribed(page, sql);
  await stripe.invoiceItems.create({
    customer,
    amount: 12_300,
    currency: "usd",
    description: "Onboarding by hand",
  });
  const draft = await stripe.invoices.create({ customer, pending_invoice_items_behavior: "include" });
  await stripe.invoices.finalizeInvoice(draft.id ?? "");
  await stripe.invoices.pay(draft.id ?? "", { payment_method: card });
  const intent = await paymentOf(sql, person);
  await stripe.refunds.create({ payment_intent: intent, amount: 500 });
  const { latest_charge } = await stripe.paymentIntents.retrieve(intent);
  const body = new URLSearchParams({ charge: String(latest_charge) });
  await fetch(`${process.env.STRIPE_API_URL}/__local/dispute`, { method: "POST", body });
  await expectAccount(page, "Onboarding by hand", "Refunded to you", "Disputed with your bank");
  const rows = page.getByRole("table", { name: "Payments" }).getByRole("row");
  for (const kind of ["Refunded to you", "Disputed with your bank"])
    await expect(rows.filter({ hasText: kind })).toContainText("AIaaS Starter");
});

async function paymentOf(sql: postgres.Sql, { email }: Person): Promise<string> {
  const find = () => sql`select p.stripe_payment_intent_id from invoice_payments p
    join invoices i on i.stripe_id = p.stripe_invoice_id join users u on u.id = i.user_id
    where u.email = ${email} and i.stripe_subscription_id is not null`;
  await expect.poll(async () => (await find()).length).toBe(1);
  return String((await find())[0]?.stripe_payment_intent_id);
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("the prices, for a person with a plan", async ({ page, sql }) => {
      await subscribed(page, sql);
      await page.goto("/pricing");
      if (javaScriptEnabled) {
        await expect(page.getByText("Your plan", { exact: true })).toBeVisible();
        await expect(page.getByRole("button", { name: "Manage AIaaS Starter, monthly" })).toBeVisible();
        await page.getByRole("button", { name: "Switch to AIaaS Pro billed monthly" }).click();
      } else {
        await page.getByRole("button", { name: "Subscribe to AIaaS Pro, monthly" }).click();
      }
      await expect(page).toHaveURL(/\/account\?notice=already-subscribed$/);
      await expect(page.getByRole("main")).toContainText("You already have AIaaS Starter.");
    });
  });
}
