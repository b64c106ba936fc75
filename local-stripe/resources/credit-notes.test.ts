import type Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { startLocalStripe } from "../test/harness";
import { allEvents } from "../test/life";
import { monthlyPrice } from "../test/shop";

/**
 * Source of these rules: the SDK's types `CreditNote`, `CreditNoteCreateParams` and the comment of
 * `CreditNoteResource.create`; the order of events and the words of refusals are inferred.
 */

const local = startLocalStripe();
const notes = () => local.stripe.creditNotes;
const invoice = (id: string) => local.stripe.invoices.retrieve(id);

async function customer(): Promise<string> {
  const card = "pm_card_visa";
  const paying = { payment_method: card, invoice_settings: { default_payment_method: card } };
  return (await local.stripe.customers.create(paying)).id;
}

/** An invoice of $20.00 and $7.00. */
async function open(owner: string): Promise<string> {
  const { id } = await local.stripe.invoices.create({ customer: owner });
  const lines = [
    { amount: 700, description: "Support" },
    { amount: 2000, description: "Work" },
  ];
  await local.stripe.invoices.addLines(String(id), { lines });
  return String((await local.stripe.invoices.finalizeInvoice(String(id))).id);
}

const paid = async (owner: string) => String((await local.stripe.invoices.pay(await open(owner))).id);

const balanceOf = async (id: string) =>
  ((await local.stripe.customers.retrieve(id)) as Stripe.Customer).balance;

/** Types of what `work` brought about. */
async function during(work: () => Promise<unknown>): Promise<string[]> {
  const before = (await allEvents(local)).length;
  await work();
  return (await allEvents(local)).slice(before).map(({ type }) => type);
}

describe("of an open invoice", () => {
  test("reduces what is to be paid", async () => {
    const id = await open(await customer());
    let note: Stripe.CreditNote | undefined;
    const types = await during(async () => {
      note = await notes().create({ invoice: id, amount: 450, memo: "Sorry", reason: "order_change" });
    });
    expect(note).toMatchObject({
      amount: 450,
      memo: "Sorry",
      number: expect.stringMatching(/^[A-Z0-9]{8}-0001-CN-01$/),
      post_payment_amount: 0,
      pre_payment_amount: 450,
      reason: "order_change",
      status: "issued",
      type: "pre_payment",
    });
    expect(types).toEqual(["credit_note.created", "invoice.updated"]);
    expect(await invoice(id)).toMatchObject({
      amount_due: 2250,
      amount_remaining: 2250,
      pre_payment_credit_notes_amount: 450,
      post_payment_credit_notes_amount: 0,
      total: 2700,
    });
    expect(await local.stripe.invoices.pay(id)).toMatchObject({ status: "paid", amount_paid: 2250 });
  });

  test("of all of it pays it, and its intent takes no more money", async () => {
    const id = await open(await customer());
    await expect(
      local.stripe.invoices.pay(id, { payment_method: "pm_card_chargeDeclined" }),
    ).rejects.toThrow();
    const types = await during(() => notes().create({ invoice: id, amount: 2700 }));
    expect(types).toEqual([
      "credit_note.created",
      "payment_intent.canceled",
      "invoice.updated",
      "invoice.paid",
      "customer.updated",
    ]);
    expect(await invoice(id)).toMatchObject({ status: "paid", amount_due: 0, amount_paid: 0 });
  });

  test("is taken back with its status, and only once", async () => {
    const id = await open(await customer());
    const { id: note } = await notes().create({ invoice: id, amount: 450 });
    const types = await during(() => notes().voidCreditNote(note));
    expect(types).toEqual(["credit_note.voided", "invoice.updated"]);
    expect(await notes().retrieve(note)).toMatchObject({ status: "void", voided_at: expect.any(Number) });
    expect(await invoice(id)).toMatchObject({ amount_due: 2700, pre_payment_credit_notes_amount: 0 });
    await expect(notes().voidCreditNote(note)).rejects.toMatchObject({ statusCode: 400 });
  });

  test("what is more than is left of it is refused", async () => {
    const id = await open(await customer());
    await expect(notes().create({ invoice: id, amount: 2701 })).rejects.toMatchObject({ param: "amount" });
    await expect(notes().create({ invoice: id, amount: 0 })).rejects.toMatchObject({ param: "amount" });
    expect((await notes().list({ invoice: id })).data).toEqual([]);
    expect((await notes().create({ invoice: id, amount: 2700 })).amount).toBe(2700);
  });
});

describe("of a paid invoice", () => {
  test("goes back in three ways, and says how much in each", async () => {
    const owner = await customer();
    const id = await paid(owner);
    const note = await notes().create({
      invoice: id,
      amount: 1000,
      refund_amount: 600,
      credit_amount: 300,
      out_of_band_amount: 100,
    });
    expect(note).toMatchObject({
      type: "post_payment",
      post_payment_amount: 1000,
      out_of_band_amount: 100,
      refunds: [{ amount_refunded: 600, type: "refund" }],
    });
    const refund = await local.stripe.refunds.retrieve(String(note.refunds[0]?.refund));
    expect(refund).toMatchObject({ amount: 600, status: "succeeded" });
    expect(await balanceOf(owner)).toBe(-300);
    const [moved] = (await local.stripe.customers.listBalanceTransactions(owner)).data;
    expect(moved).toMatchObject({
      id: note.customer_balance_transaction,
      amount: -300,
      credit_note: note.id,
      invoice: id,
      type: "credit_note",
    });
    expect(await invoice(id)).toMatchObject({
      status: "paid",
      amount_paid: 2700,
      post_payment_credit_notes_amount: 1000,
      pre_payment_credit_notes_amount: 0,
    });
  });

  test("has to say how it goes back", async () => {
    const id = await paid(await customer());
    await expect(notes().create({ invoice: id, amount: 1000 })).rejects.toMatchObject({ statusCode: 400 });
    await expect(notes().create({ invoice: id, amount: 1000, refund_amount: 999 })).rejects.toMatchObject({
      statusCode: 400,
    });
    expect((await local.stripe.refunds.list()).data).toEqual([]);
  });

  test("may be for a refund that was made, which counts once", async () => {
    const id = await paid(await customer());
    const [payment] = (await local.stripe.invoicePayments.list({ invoice: id })).data;
    const payment_intent = String(payment?.payment.payment_intent);
    const refund = await local.stripe.refunds.create({ payment_intent, amount: 500 });
    // Without a note of its own, the refund is no longer there to be credited.
    await expect(
      notes().create({ invoice: id, amount: 2300, out_of_band_amount: 2300 }),
    ).rejects.toMatchObject({ param: "amount" });
    const note = await notes().create({ invoice: id, amount: 500, refunds: [{ refund: refund.id }] });
    expect(note.refunds).toMatchObject([{ refund: refund.id, amount_refunded: 500 }]);
    expect((await notes().create({ invoice: id, amount: 2200, out_of_band_amount: 2200 })).amount).toBe(2200);
    await expect(notes().create({ invoice: id, amount: 1, out_of_band_amount: 1 })).rejects.toMatchObject({
      param: "amount",
    });
  });

  test("is not taken back", async () => {
    const id = await paid(await customer());
    const { id: note } = await notes().create({ invoice: id, amount: 100, out_of_band_amount: 100 });
    await expect(notes().voidCreditNote(note)).rejects.toMatchObject({ statusCode: 400 });
  });
});

test.each(["draft", "void", "uncollectible"])("there is none of an invoice that is %s", async (status) => {
  const owner = await customer();
  const made: Record<string, () => Promise<Stripe.Invoice>> = {
    draft: () => local.stripe.invoices.create({ customer: owner }),
    void: async () => local.stripe.invoices.voidInvoice(await open(owner)),
    uncollectible: async () => local.stripe.invoices.markUncollectible(await open(owner)),
  };
  const { id } = await (made[status] as () => Promise<Stripe.Invoice>)();
  const call = notes().create({ invoice: String(id), amount: 1, out_of_band_amount: 1 });
  await expect(call).rejects.toMatchObject({ statusCode: 400, param: "invoice" });
});

test("lines are credited by amount or by quantity, less what a discount took off them", async () => {
  const owner = await customer();
  const { id: coupon } = await local.stripe.coupons.create({ percent_off: 10, duration: "once" });
  const { id } = await local.stripe.invoices.create({ customer: owner, discounts: [{ coupon }] });
  const price = (await monthlyPrice(local, { recurring: undefined, unit_amount: 500 })).id;
  const { lines } = await local.stripe.invoices.addLines(String(id), {
    lines: [{ pricing: { price }, quantity: 4 }],
  });
  await local.stripe.invoices.finalizeInvoice(String(id));
  const line = { type: "invoice_line_item", invoice_line_item: String(lines.data[0]?.id) } as const;
  const given = {
    invoice: String(id),
    lines: [
      { ...line, quantity: 3 },
      { type: "custom_line_item" as const, description: "Goodwill", quantity: 2, unit_amount: 25 },
    ],
  };
  const preview = await notes().preview(given);
  expect((await notes().list({ invoice: String(id) })).data).toEqual([]);
  const note = await notes().create(given);
  expect(note).toMatchObject({ subtotal: 1550, discount_amount: 150, total: 1400, amount: 1400 });
  expect(preview).toMatchObject({ subtotal: 1550, discount_amount: 150, total: 1400, amount: 1400 });
  expect((await notes().listLineItems(note.id)).data).toMatchObject([
    { amount: 1500, discount_amount: 150, quantity: 3, type: "invoice_line_item" },
    { amount: 50, discount_amount: 0, quantity: 2, type: "custom_line_item", unit_amount: 25 },
  ]);
  await expect(notes().create({ ...given, lines: [{ ...line, quantity: 5 }] })).rejects.toMatchObject({
    param: "lines[0][quantity]",
  });
  await expect(notes().create({ ...given, amount: 5 })).rejects.toMatchObject({
    code: "parameters_exclusive",
  });
});

test("a note's memo and metadata can be changed, and that is told", async () => {
  const { id } = await notes().create({ invoice: await open(await customer()), amount: 450 });
  const types = await during(() => notes().update(id, { memo: "Forgive us", metadata: { k: "v" } }));
  expect(types).toEqual(["credit_note.updated"]);
  expect(await notes().retrieve(id)).toMatchObject({ memo: "Forgive us", metadata: { k: "v" } });
});

test("its PDF can be opened", async () => {
  const { pdf } = await notes().create({ invoice: await open(await customer()), amount: 450 });
  const answer = await fetch(pdf);
  expect(answer.headers.get("Content-Type")).toBe("application/pdf");
  expect((await answer.text()).slice(0, 5)).toBe("%PDF-");
  expect((await fetch(`${local.origin}/credit_notes/nothing/pdf`)).status).toBe(404);
});

test("credits the tax of a line in proportion to the line (inferred)", async () => {
  const { id: rate } = await local.stripe.taxRates.create({
    display_name: "VAT",
    inclusive: false,
    percentage: 19,
  });
  const { id } = await local.stripe.invoices.create({ customer: await customer() });
  const line = { amount: 2000, description: "Work", tax_rates: [rate] };
  await local.stripe.invoices.addLines(String(id), { lines: [line] });
  const { lines } = await local.stripe.invoices.pay(String(id));
  // A quarter of 2,000 and of its tax of 380.
  const note = await notes().create({
    invoice: String(id),
    lines: [{ amount: 500, invoice_line_item: String(lines.data[0]?.id), type: "invoice_line_item" }],
    refund_amount: 595,
  });
  expect(note).toMatchObject({ amount: 595, subtotal: 500, total_excluding_tax: 500 });
  expect(note.total_taxes).toMatchObject([{ amount: 95, taxable_amount: 500 }]);
  expect(await invoice(String(id))).toMatchObject({ total: 2380, total_taxes: [{ amount: 380 }] });
});
