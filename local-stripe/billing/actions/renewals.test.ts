import { expect, test } from "vitest";
import { at, DAY_SECONDS, HOUR_SECONDS } from "../../test/clock";
import { startLocalStripe } from "../../test/harness";
import { Life } from "../../test/life";
import { confirm, monthlyPrice, subscriptionSession } from "../../test/shop";

const local = startLocalStripe();

test("a renewal drafts its invoice, and an hour later charges the card", async () => {
  const life = await Life.begin(local);
  const end = at("2026-02-15T12:00:00");
  await life.to(end);
  expect(await life.lastInvoice()).toMatchObject({
    status: "draft",
    billing_reason: "subscription_cycle",
    number: null,
    hosted_invoice_url: null,
    automatically_finalizes_at: end + HOUR_SECONDS,
    period_start: at("2026-01-15T12:00:00"),
    period_end: end,
    lines: { data: [{ amount: 2000, period: { start: end, end: at("2026-03-15T12:00:00") } }] },
  });
  await life.to(end + HOUR_SECONDS);
  const paid = await life.lastInvoice();
  expect(paid).toMatchObject({ status: "paid", amount_paid: 2000, attempt_count: 1 });
  expect(paid.number).toMatch(/-0002$/);
  const subscription = await life.subscription();
  expect(subscription).toMatchObject({ status: "active", latest_invoice: paid.id });
  expect(subscription.items.data[0]).toMatchObject({
    current_period_start: end,
    current_period_end: at("2026-03-15T12:00:00"),
  });
});

test("a month without the anchor's day ends on its last, and only that month", async () => {
  const life = await Life.begin(local, { time: at("2026-01-31T08:30:00") });
  const ends: string[] = [];
  for (const end of ["2026-02-28T08:30:00", "2026-03-31T08:30:00", "2026-04-30T08:30:00"]) {
    ends.push(new Date((await life.item()).current_period_end * 1000).toISOString().slice(0, 19));
    await life.to(at(end));
  }
  expect(ends).toEqual(["2026-02-28T08:30:00", "2026-03-31T08:30:00", "2026-04-30T08:30:00"]);
});

test("in a leap year February has its 29th", async () => {
  const life = await Life.begin(local, { time: at("2028-01-31T00:00:00") });
  expect((await life.item()).current_period_end).toBe(at("2028-02-29T00:00:00"));
  await life.to(at("2028-02-29T00:00:00"));
  expect((await life.item()).current_period_end).toBe(at("2028-03-31T00:00:00"));
});

test.each([
  ["day", 1, "2026-01-16T12:00:00"],
  ["week", 1, "2026-01-22T12:00:00"],
  ["month", 3, "2026-04-15T12:00:00"],
  ["year", 1, "2027-01-15T12:00:00"],
] as const)("every %s × %i", async (interval, interval_count, end) => {
  const { id: price } = await monthlyPrice(local, { recurring: { interval, interval_count } });
  const life = await Life.begin(local, { price });
  expect((await life.item()).current_period_end).toBe(at(end));
  await life.to(at(end) + HOUR_SECONDS);
  expect((await life.invoices()).map(({ status }) => status)).toEqual(["paid", "paid"]);
});

test("on the wall clock a checkout's subscription renews as well", async () => {
  const session = await subscriptionSession(local);
  await confirm(local, session.id);
  await local.control(`clock/advance?seconds=${32 * DAY_SECONDS}`);
  const invoices = (await local.stripe.invoices.list()).data;
  expect(invoices.map(({ billing_reason, status }) => [billing_reason, status])).toEqual([
    ["subscription_cycle", "paid"],
    ["subscription_create", "paid"],
  ]);
});

test("on the wall clock months end as on any other", async () => {
  const year = new Date().getUTCFullYear() + 1;
  const life = await Life.begin(local, { on: "the wall clock", time: at(`${year}-03-31T08:30:00`) });
  const ends: string[] = [];
  for (const end of ["04-30", "05-31", "06-30"]) {
    const { current_period_end } = await life.item();
    ends.push(new Date(current_period_end * 1000).toISOString().slice(5, 10));
    await life.to(at(`${year}-${end}T10:00:00`));
  }
  expect(ends).toEqual(["04-30", "05-31", "06-30"]);
  expect((await life.invoices()).map(({ status }) => status)).toEqual(["paid", "paid", "paid", "paid"]);
});

test("the next renewal is one control away", async () => {
  await confirm(local, (await subscriptionSession(local)).id);
  await local.control("clock/next_renewal");
  expect((await local.stripe.invoices.list()).data.map(({ status }) => status)).toEqual(["paid", "paid"]);
});

test("what a customer has in their favour pays first", async () => {
  const life = await Life.begin(local);
  await local.stripe.customers.update(life.customer, { balance: -500 });
  await life.days(32);
  expect(await life.lastInvoice()).toMatchObject({
    total: 2000,
    starting_balance: -500,
    ending_balance: 0,
    amount_due: 1500,
    amount_paid: 1500,
    status: "paid",
  });
});

test("a draft's lines can still grow in its hour", async () => {
  const life = await Life.begin(local);
  await life.to(at("2026-02-15T12:00:00"));
  const { id: invoice } = await life.lastInvoice();
  await local.stripe.invoiceItems.create({ customer: life.customer, invoice, amount: 300, currency: "usd" });
  await life.to(life.time + HOUR_SECONDS);
  expect(await life.lastInvoice()).toMatchObject({ id: invoice, status: "paid", amount_paid: 2300 });
});

test("paused collection: drafts are kept, invoices given up or voided, and it goes on by itself", async () => {
  const life = await Life.begin(local);
  const resumes_at = at("2026-05-01T00:00:00");
  for (const [behavior, status] of [
    ["keep_as_draft", "draft"],
    ["mark_uncollectible", "uncollectible"],
    ["void", "void"],
  ] as const) {
    await local.stripe.subscriptions.update(life.id, { pause_collection: { behavior, resumes_at } });
    await life.days(31);
    expect((await life.lastInvoice()).status).toBe(status);
  }
  await life.to(resumes_at);
  expect((await life.subscription()).pause_collection).toBeNull();
  await life.days(20);
  expect((await life.lastInvoice()).status).toBe("paid");
});

test("an invoice that is sent falls due, and then the subscription is past due", async () => {
  const life = await Life.begin(local, {
    card: null,
    more: { collection_method: "send_invoice", days_until_due: 10 },
  });
  // The first invoice too is a draft for an hour (recorded).
  const sent = await life.lastInvoice();
  expect(sent).toMatchObject({ status: "draft", due_date: life.time + 10 * DAY_SECONDS, amount_due: 2000 });
  await life.to(life.time + HOUR_SECONDS + 1);
  expect(await life.lastInvoice()).toMatchObject({ id: sent.id, status: "open" });
  await life.days(11);
  expect((await life.subscription()).status).toBe("past_due");
  await local.stripe.invoices.pay(sent.id as string, { paid_out_of_band: true });
  expect((await life.subscription()).status).toBe("active");
});
