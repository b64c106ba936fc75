import type Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { at } from "../test/clock";
import { startLocalStripe } from "../test/harness";
import { allEvents, Life } from "../test/life";
import { monthlyPrice } from "../test/shop";

/**
 * Source of these rules: https://docs.stripe.com/tax/tax-rates, and the comments of the SDK's types `TaxRate`,
 * `Invoice.total_taxes`, `InvoiceItem.tax_rates` and `Subscription.default_tax_rates`. The amounts are counted by hand.
 */

const local = startLocalStripe();

const rate = (more: Partial<Stripe.TaxRateCreateParams> = {}) =>
  local.stripe.taxRates.create({ display_name: "VAT", inclusive: false, percentage: 19, ...more });

const refusal = (asked: Promise<unknown>) =>
  asked.then(
    () => undefined,
    ({ code, message, param }: { code?: string; message: string; param?: string }) => ({
      code,
      message,
      param,
    }),
  );

async function customer(more: Partial<Stripe.CustomerCreateParams> = {}): Promise<string> {
  const card = "pm_card_visa";
  const paying = { payment_method: card, invoice_settings: { default_payment_method: card } };
  return (await local.stripe.customers.create({ ...paying, ...more })).id;
}

type Line = Omit<Stripe.InvoiceAddLinesParams.Line, "description">;

/** A draft with these lines. */
async function draft(
  lines: Line[],
  more: Partial<Stripe.InvoiceCreateParams> = {},
  owner?: string,
): Promise<Stripe.Invoice> {
  const { id } = await local.stripe.invoices.create({ customer: owner ?? (await customer()), ...more });
  return local.stripe.invoices.addLines(String(id), {
    lines: lines.map((line, at) => ({ description: `Work ${at}`, ...line })),
  });
}

const totals = (invoice: Stripe.Invoice) => ({
  subtotal: invoice.subtotal,
  subtotal_excluding_tax: invoice.subtotal_excluding_tax,
  taxes: invoice.total_taxes?.map(({ amount }) => amount),
  total: invoice.total,
  total_excluding_tax: invoice.total_excluding_tax,
});

describe("a rate", () => {
  test("is made, read, listed and renamed, and told of", async () => {
    const made = await rate({ country: "DE", description: "ours", jurisdiction: "Germany", tax_type: "vat" });
    expect(made).toMatchObject({
      active: true,
      country: "DE",
      effective_percentage: null,
      inclusive: false,
      jurisdiction: "Germany",
      percentage: 19,
      state: null,
    });
    const other = await rate({ display_name: "Sales tax", inclusive: true, percentage: 7.25 });
    const changed = await local.stripe.taxRates.update(made.id, { active: false, display_name: "MwSt" });
    expect(changed).toMatchObject({ active: false, display_name: "MwSt", percentage: 19 });
    expect(await local.stripe.taxRates.retrieve(made.id)).toEqual(changed);
    const ids = async (params: Stripe.TaxRateListParams) =>
      (await local.stripe.taxRates.list(params)).data.map(({ id }) => id);
    expect(await ids({})).toEqual([other.id, made.id]);
    expect(await ids({ active: true })).toEqual([other.id]);
    expect(await ids({ inclusive: false })).toEqual([made.id]);
    const told = (await allEvents(local)).filter(({ type }) => type.startsWith("tax_rate."));
    expect(told.map(({ type }) => type)).toEqual([
      "tax_rate.created",
      "tax_rate.created",
      "tax_rate.updated",
    ]);
    expect(told[2]?.data.previous_attributes).toEqual({ active: true, display_name: "VAT" });
  });

  test("has a percentage from 0 to 100, which never changes", async () => {
    expect((await rate({ percentage: 0 })).percentage).toBe(0);
    expect((await rate({ percentage: 100 })).percentage).toBe(100);
    expect(await refusal(rate({ percentage: 100.01 }))).toMatchObject({ param: "percentage" });
    expect(await refusal(rate({ percentage: -1 }))).toMatchObject({ param: "percentage" });
    expect(await refusal(rate({ country: "Germany" }))).toMatchObject({ param: "country" });
    const { id } = await rate();
    const params = { percentage: 7 } as Stripe.TaxRateUpdateParams;
    expect(await refusal(local.stripe.taxRates.update(id, params))).toMatchObject({ param: "percentage" });
    expect(await refusal(local.stripe.taxRates.retrieve("txr_none"))).toMatchObject({
      code: "resource_missing",
      message: "No such tax rate: 'txr_none'",
    });
  });

  test("that does not exist or is archived is given to nothing new", async () => {
    const [owner, { id: price }] = [await customer(), await monthlyPrice(local)];
    const archived = await rate({ active: false });
    const subscribe = (id: string) =>
      local.stripe.subscriptions.create({ customer: owner, items: [{ price }], default_tax_rates: [id] });
    expect(await refusal(subscribe("txr_none"))).toMatchObject({
      code: "resource_missing",
      param: "default_tax_rates[0]",
    });
    expect(await refusal(subscribe(archived.id))).toMatchObject({ param: "default_tax_rates[0]" });
    const { id: later } = await rate();
    const subscription = await subscribe(later);
    await local.stripe.taxRates.update(later, { active: false });
    // It stays where it is (type: the comment of `TaxRate.active`).
    const kept = await local.stripe.subscriptions.update(subscription.id, { default_tax_rates: [later] });
    expect(kept.default_tax_rates?.map(({ id }) => id)).toEqual([later]);
    expect(kept.default_tax_rates?.[0]?.active).toBe(false);
    await local.stripe.taxRates.update(later, { display_name: "MwSt" });
    const renamed = await local.stripe.subscriptions.retrieve(subscription.id, {
      expand: ["latest_invoice"],
    });
    expect(renamed.default_tax_rates?.[0]?.display_name).toBe("MwSt");
    expect((renamed.latest_invoice as Stripe.Invoice).default_tax_rates[0]?.display_name).toBe("MwSt");
  });
});

describe("an invoice", () => {
  test("has what a price includes as a part of it", async () => {
    const { id } = await rate({ inclusive: true });
    const invoice = await draft([{ amount: 1190 }], { default_tax_rates: [id] });
    expect(totals(invoice)).toEqual({
      subtotal: 1190,
      subtotal_excluding_tax: 1000,
      taxes: [190],
      total: 1190,
      total_excluding_tax: 1000,
    });
    expect(invoice.lines.data[0]?.taxes).toEqual([
      {
        amount: 190,
        tax_behavior: "inclusive",
        tax_rate_details: { tax_rate: id },
        taxability_reason: "not_available",
        taxable_amount: 1000,
        type: "tax_rate_details",
      },
    ]);
    expect(invoice.default_tax_rates.map((one) => one.id)).toEqual([id]);
  });

  test("asks for what is not included on top", async () => {
    const { id } = await rate({ percentage: 7.25 });
    const invoice = await draft([{ amount: 2000 }], { default_tax_rates: [id] });
    expect(totals(invoice)).toEqual({
      subtotal: 2000,
      subtotal_excluding_tax: 2000,
      taxes: [145],
      total: 2145,
      total_excluding_tax: 2000,
    });
    const paid = await local.stripe.invoices.pay(String(invoice.id));
    expect([paid.amount_due, paid.amount_paid]).toEqual([2145, 2145]);
  });

  test("sums up by rate what was rounded line by line", async () => {
    const { id } = await rate({ percentage: 15 });
    const other = await rate({ inclusive: true, percentage: 10 });
    // 6.45 and 72.6; 100 is ten percent included in 1,100.
    const invoice = await draft([{ amount: 43 }, { amount: 484 }, { amount: 1100, tax_rates: [other.id] }], {
      default_tax_rates: [id],
    });
    const sums = invoice.total_taxes?.map((tax) => [
      tax.tax_rate_details?.tax_rate,
      tax.amount,
      tax.taxable_amount,
    ]);
    expect(sums).toEqual(
      expect.arrayContaining([
        [id, 79, 527],
        [other.id, 100, 1000],
      ]),
    );
    expect(totals(invoice)).toMatchObject({ subtotal: 1627, subtotal_excluding_tax: 1527, total: 1706 });
    expect(invoice.total_excluding_tax).toBe(1527);
  });

  test("may have two rates on a line", async () => {
    const [gst, qst] = [await rate({ percentage: 5 }), await rate({ percentage: 9.975 })];
    const invoice = await draft([{ amount: 1999, tax_rates: [gst.id, qst.id] }]);
    expect(totals(invoice)).toMatchObject({ taxes: [100, 199], total: 2298 });
  });

  test("takes discounts off before tax", async () => {
    const { id } = await rate({ percentage: 7.25 });
    const coupon = await local.stripe.coupons.create({ duration: "once", percent_off: 25 });
    const more = { default_tax_rates: [id], discounts: [{ coupon: coupon.id }] };
    // 7.25 % of 1,500 are 108.75.
    expect(totals(await draft([{ amount: 2000 }], more))).toEqual({
      subtotal: 2000,
      subtotal_excluding_tax: 2000,
      taxes: [109],
      total: 1609,
      total_excluding_tax: 1500,
    });
  });

  test("asks nobody for tax who is exempt or owes it themselves", async () => {
    const { id } = await rate();
    for (const [tax_exempt, reason] of [
      ["exempt", "customer_exempt"],
      ["reverse", "reverse_charge"],
    ] as const) {
      const owner = await customer({ tax_exempt });
      const invoice = await draft([{ amount: 900 }], { default_tax_rates: [id] }, owner);
      expect(totals(invoice)).toMatchObject({ taxes: [0], total: 900, total_excluding_tax: 900 });
      expect(invoice.total_taxes?.[0]?.taxability_reason).toBe(reason);
      // Until it is final, the invoice follows its customer (type).
      await local.stripe.customers.update(owner, { tax_exempt: "none" });
      const final = await local.stripe.invoices.finalizeInvoice(String(invoice.id));
      expect(final).toMatchObject({ customer_tax_exempt: "none", total: 1071 });
      await local.stripe.customers.update(owner, { tax_exempt });
      expect(await local.stripe.invoices.retrieve(String(invoice.id))).toMatchObject({ total: 1071 });
    }
  });

  test("follows its rates and its items while it is a draft", async () => {
    const { id } = await rate();
    const other = await rate({ percentage: 7 });
    const { id: invoice, lines } = await draft([{ amount: 1000 }], { default_tax_rates: [id] });
    const line = String(lines.data[0]?.id);
    const edited = await local.stripe.invoices.updateLineItem(String(invoice), line, {
      tax_rates: [other.id],
    });
    expect(edited.taxes?.map(({ amount }) => amount)).toEqual([70]);
    await local.stripe.invoices.updateLineItem(String(invoice), line, { tax_rates: "" });
    expect(await local.stripe.invoices.retrieve(String(invoice))).toMatchObject({ total: 1190 });
    expect(await local.stripe.invoices.update(String(invoice), { default_tax_rates: "" })).toMatchObject({
      default_tax_rates: [],
      total: 1000,
      total_taxes: [],
    });
  });

  test("keeps its tax when it is refunded or credited", async () => {
    const { id } = await rate();
    const invoice = await draft([{ amount: 1000 }], { default_tax_rates: [id] });
    const paid = await local.stripe.invoices.pay(String(invoice.id), { expand: ["payments"] });
    const [payment] = paid.payments?.data ?? [];
    await local.stripe.refunds.create({
      amount: 300,
      payment_intent: String(payment?.payment.payment_intent),
    });
    await local.stripe.creditNotes.create({ invoice: String(invoice.id), amount: 200, credit_amount: 200 });
    expect(totals(await local.stripe.invoices.retrieve(String(invoice.id)))).toEqual({
      subtotal: 1000,
      subtotal_excluding_tax: 1000,
      taxes: [190],
      total: 1190,
      total_excluding_tax: 1000,
    });
  });

  test("tells older releases its tax in their words", async () => {
    const { id } = await rate({ inclusive: true });
    const invoice = await draft([{ amount: 1190, tax_rates: [id] }]);
    const before = await fetch(`${local.origin}/v1/invoices/${invoice.id}`, {
      headers: { Authorization: "Bearer sk_test_x", "Stripe-Version": "2024-06-20" },
    });
    const amount = {
      amount: 190,
      inclusive: true,
      tax_rate: id,
      taxability_reason: null,
      taxable_amount: 1000,
    };
    const old = (await before.json()) as { lines: { data: unknown[] } };
    expect(old).toMatchObject({ tax: 190, total_tax_amounts: [amount] });
    expect(old.lines.data[0]).toMatchObject({ tax_amounts: [amount], tax_rates: [{ id, percentage: 19 }] });
  });
});

describe("a subscription", () => {
  test("gives its rates to every invoice; an item's stand in for them", async () => {
    const [vat, reduced] = [await rate(), await rate({ percentage: 7 })];
    const addon = await monthlyPrice(local, { product_data: { name: "Addon" }, unit_amount: 1000 });
    const life = await Life.begin(local, { more: { default_tax_rates: [vat.id] } });
    expect((await life.subscription()).default_tax_rates?.map(({ id }) => id)).toEqual([vat.id]);
    const [first] = await life.invoices();
    expect(first).toMatchObject({ amount_paid: 2380, default_tax_rates: [{ id: vat.id }] });
    const item = await local.stripe.subscriptionItems.create({
      subscription: life.id,
      price: addon.id,
      proration_behavior: "none",
      tax_rates: [reduced.id],
    });
    expect(item.tax_rates?.map(({ id }) => id)).toEqual([reduced.id]);
    await life.days(32);
    // 19 % of 2,000 and 7 % of 1,000.
    expect(totals(await life.lastInvoice())).toMatchObject({ subtotal: 3000, total: 3450 });
    await local.stripe.subscriptionItems.update(item.id, { tax_rates: "" });
    await local.stripe.subscriptions.update(life.id, { default_tax_rates: [reduced.id] });
    await life.days(31);
    expect(totals(await life.lastInvoice())).toMatchObject({ taxes: [210], total: 3210 });
  });

  test("taxes prorations, credits too", async () => {
    const { id } = await rate();
    const life = await Life.begin(local, { more: { default_tax_rates: [id] } });
    // Half of the 31 days are left.
    await life.to(at("2026-01-31T00:00:00"));
    const items = [{ id: (await life.item()).id, quantity: 2 }];
    await local.stripe.subscriptions.update(life.id, { items, proration_behavior: "always_invoice" });
    const invoice = await life.lastInvoice();
    const lines = invoice.lines.data.map(({ amount, taxes }) => [amount, taxes?.[0]?.amount]);
    expect(lines).toEqual(
      expect.arrayContaining([
        [-1000, -190],
        [2000, 380],
      ]),
    );
    expect(totals(invoice)).toMatchObject({ subtotal: 1000, taxes: [190], total: 1190 });
  });

  test("taxes what is billed once with it, and previews it", async () => {
    const [vat, reduced] = [await rate(), await rate({ percentage: 7 })];
    const [owner, { id: price }] = [await customer(), await monthlyPrice(local)];
    const setup = await monthlyPrice(local, { recurring: undefined, unit_amount: 500 });
    const subscription = await local.stripe.subscriptions.create({
      customer: owner,
      items: [{ price, tax_rates: [vat.id] }],
      add_invoice_items: [{ price: setup.id, tax_rates: [reduced.id] }],
      expand: ["latest_invoice"],
    });
    // 380 of 2,000 and 35 of 500.
    expect(totals(subscription.latest_invoice as Stripe.Invoice)).toMatchObject({ total: 2915 });
    const preview = await local.stripe.invoices.createPreview({ subscription: subscription.id });
    expect(totals(preview)).toMatchObject({ subtotal: 2000, taxes: [380], total: 2380 });
  });
});

test("a preview taxes what it is asked to", async () => {
  const [vat, reduced] = [await rate(), await rate({ percentage: 7 })];
  const { id: price } = await monthlyPrice(local);
  const preview = await local.stripe.invoices.createPreview({
    customer: await customer(),
    invoice_items: [{ amount: 1000, currency: "usd", tax_rates: [reduced.id] }],
  });
  expect(totals(preview)).toMatchObject({ taxes: [70], total: 1070 });
  const subscribed = await local.stripe.invoices.createPreview({
    subscription_details: { default_tax_rates: [vat.id], items: [{ price }] },
  });
  expect(totals(subscribed)).toMatchObject({ taxes: [380], total: 2380 });
});

test("a schedule's phases keep the rates of their subscription, or bring others", async () => {
  const [vat, reduced] = [await rate(), await rate({ percentage: 7 })];
  const life = await Life.begin(local, { more: { default_tax_rates: [vat.id] } });
  const made = await local.stripe.subscriptionSchedules.create({ from_subscription: life.id });
  const [current] = made.phases;
  expect(current?.default_tax_rates?.map(({ id }) => id)).toEqual([vat.id]);
  const price = await monthlyPrice(local, { unit_amount: 1000 });
  const setup = await monthlyPrice(local, { recurring: undefined, unit_amount: 500 });
  await local.stripe.subscriptionSchedules.update(made.id, {
    phases: [
      {
        items: [{ price: String(current?.items[0]?.price) }],
        start_date: current?.start_date as number,
        end_date: current?.end_date as number,
      },
      {
        add_invoice_items: [{ price: setup.id }],
        items: [{ price: price.id, tax_rates: [reduced.id] }],
      },
    ],
  });
  await life.days(32);
  // 7 % of 1,000 and, by the subscription's rate, 19 % of 500.
  expect(totals(await life.lastInvoice())).toMatchObject({ subtotal: 1500, total: 1665 });
  expect((await life.item()).tax_rates?.map(({ id }) => id)).toEqual([reduced.id]);
});
