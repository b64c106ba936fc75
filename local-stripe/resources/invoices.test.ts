import type Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { DAY_SECONDS } from "../test/clock";
import { startLocalStripe } from "../test/harness";
import { allEvents } from "../test/life";
import { monthlyPrice } from "../test/shop";

const local = startLocalStripe();
const invoices = () => local.stripe.invoices;

async function customer(card: string | null = "pm_card_visa", balance = 0): Promise<string> {
  const paying = card && { payment_method: card, invoice_settings: { default_payment_method: card } };
  return (await local.stripe.customers.create({ balance, ...paying })).id;
}

/** A draft of $12.34. */
async function draft(owner: string, more: Partial<Stripe.InvoiceCreateParams> = {}): Promise<string> {
  const { id } = await invoices().create({ customer: owner, ...more });
  await local.stripe.invoiceItems.create({ customer: owner, invoice: id, amount: 1234, currency: "usd" });
  return id as string;
}

/** An invoice in each of its states. */
const made: Record<string, (owner: string) => Promise<string>> = {
  draft,
  open: async (owner) => (await invoices().finalizeInvoice(await draft(owner))).id as string,
  paid: async (owner) => (await invoices().pay(await draft(owner))).id as string,
  void: async (owner) =>
    (await invoices().voidInvoice(await (made.open as typeof draft)(owner))).id as string,
  uncollectible: async (owner) =>
    (await invoices().markUncollectible(await (made.open as typeof draft)(owner))).id as string,
};

const verbs: Record<string, (id: string) => Promise<unknown>> = {
  finalize: (id) => invoices().finalizeInvoice(id),
  pay: (id) => invoices().pay(id),
  void: (id) => invoices().voidInvoice(id),
  mark_uncollectible: (id) => invoices().markUncollectible(id),
  delete: (id) => invoices().del(id),
};

/** Each verb leads from each state to this one; everything else is refused. */
const transitions: Record<string, Record<string, string>> = {
  draft: { finalize: "open", pay: "paid", delete: "gone" },
  open: { pay: "paid", void: "void", mark_uncollectible: "uncollectible" },
  uncollectible: { pay: "paid" },
  paid: {},
  void: {},
};

describe.each(Object.keys(transitions))("an invoice that is %s", (state) => {
  test.each(Object.keys(verbs))("%s", async (verb) => {
    const id = await (made[state] as typeof draft)(await customer());
    const work = (verbs[verb] as (id: string) => Promise<unknown>)(id);
    const target = transitions[state]?.[verb];
    if (!target) {
      await expect(work).rejects.toMatchObject({ statusCode: 400, rawType: "invalid_request_error" });
      expect((await invoices().retrieve(id)).status).toBe(state);
      return;
    }
    await work;
    if (target === "gone") await expect(invoices().retrieve(id)).rejects.toMatchObject({ statusCode: 404 });
    else expect((await invoices().retrieve(id)).status).toBe(target);
  });
});

test("a draft has no number and no address, a finalized one has both", async () => {
  const id = await draft(await customer());
  expect(await invoices().retrieve(id)).toMatchObject({
    number: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    amount_due: 1234,
    auto_advance: false,
  });
  expect(await invoices().finalizeInvoice(id)).toMatchObject({
    number: expect.stringMatching(/^[A-Z0-9]{8}-0001$/),
    hosted_invoice_url: expect.stringContaining("/i/"),
    status_transitions: { finalized_at: expect.any(Number) },
  });
});

test("one that advances by itself is collected within two hours", async () => {
  const id = await draft(await customer(), { auto_advance: true });
  await local.control("clock/advance?seconds=3601");
  expect((await invoices().retrieve(id)).status).toBe("paid");
  const other = await draft(await customer());
  await invoices().finalizeInvoice(other, { auto_advance: true });
  await local.control("clock/advance?seconds=3601");
  expect((await invoices().retrieve(other)).status).toBe("paid");
});

test("what waits for an invoice is put on it when asked for", async () => {
  const owner = await customer();
  const { id: price } = await monthlyPrice(local, { recurring: undefined, unit_amount: 500 });
  await local.stripe.invoiceItems.create({ customer: owner, pricing: { price }, quantity: 3 });
  expect((await invoices().create({ customer: owner })).amount_due).toBe(0);
  const included = await invoices().create({
    customer: owner,
    pending_invoice_items_behavior: "include",
  });
  expect(included).toMatchObject({ amount_due: 1500, lines: { data: [{ quantity: 3, amount: 1500 }] } });
  await invoices().del(included.id as string);
  // Its items are gone with a draft (recorded).
  expect((await local.stripe.invoiceItems.list({ customer: owner, pending: true })).data).toEqual([]);
  const [item] = (await local.stripe.invoiceItems.list({ customer: owner })).data;
  await expect(local.stripe.invoiceItems.update(String(item?.id), { quantity: 2 })).rejects.toMatchObject({
    message: "This invoice item has been deleted.",
  });
});

test("another quantity of an item is so many of its price", async () => {
  const owner = await customer();
  const { id: price } = await monthlyPrice(local, { recurring: undefined, unit_amount: 500 });
  const { id } = await local.stripe.invoiceItems.create({ customer: owner, pricing: { price }, quantity: 3 });
  expect(await local.stripe.invoiceItems.update(id, { quantity: 4 })).toMatchObject({
    amount: 2000,
    quantity: 4,
    pricing: { price_details: { price } },
  });
  expect(await local.stripe.invoiceItems.update(id, { amount: 700 })).toMatchObject({
    amount: 700,
    quantity: 1,
  });
});

test("an item of a draft can be changed and removed, one of an invoice cannot", async () => {
  const owner = await customer();
  const id = await draft(owner);
  const [item] = (await local.stripe.invoiceItems.list({ invoice: id })).data;
  await local.stripe.invoiceItems.update(item?.id as string, { amount: 1000 });
  expect((await invoices().retrieve(id)).amount_due).toBe(1000);
  await local.stripe.invoiceItems.del(item?.id as string);
  expect((await invoices().retrieve(id)).amount_due).toBe(0);
  const done = await (made.open as typeof draft)(owner);
  const [kept] = (await local.stripe.invoiceItems.list({ invoice: done })).data;
  await expect(local.stripe.invoiceItems.del(kept?.id as string)).rejects.toMatchObject({
    code: "invoice_not_editable",
  });
});

test("the customer's balance pays it, and is theirs again if it is void", async () => {
  const owner = await customer(null, -2000);
  const paid = await invoices().finalizeInvoice(await draft(owner));
  expect(paid).toMatchObject({ status: "paid", amount_due: 0, ending_balance: -766 });
  const partly = await invoices().finalizeInvoice(await draft(owner));
  expect(partly).toMatchObject({ status: "open", amount_due: 468, ending_balance: 0 });
  await invoices().voidInvoice(partly.id as string);
  expect(await local.stripe.customers.retrieve(owner)).toMatchObject({ balance: -766 });
});

test("paid by another way: paid, but no payment succeeded", async () => {
  const id = await (made.open as typeof draft)(await customer());
  await invoices().pay(id, { paid_out_of_band: true });
  const types = (await allEvents(local)).map(({ type }) => type);
  expect(types).toContain("invoice.paid");
  expect(types).not.toContain("invoice.payment_succeeded");
});

test("paid by another way, its intent takes no more money", async () => {
  const id = await (made.open as typeof draft)(await customer());
  // A card that asks first: the payment waits for the customer.
  await invoices()
    .pay(id, { payment_method: "pm_card_authenticationRequired" })
    .catch(() => {});
  const payment = async () => (await local.stripe.invoicePayments.list({ invoice: id })).data[0];
  const intent = String((await payment())?.payment.payment_intent);
  const waiting = await local.stripe.paymentIntents.retrieve(intent);
  await invoices().pay(id, { paid_out_of_band: true });
  expect(await local.stripe.paymentIntents.retrieve(intent)).toMatchObject({ status: "canceled" });
  expect(await payment()).toMatchObject({ status: "canceled", amount_paid: null });
  const confirmed = local.stripe.paymentIntents.confirm(intent, { payment_method: "pm_card_visa" });
  await expect(confirmed).rejects.toMatchObject({ code: "payment_intent_unexpected_state" });
  const page = waiting.next_action?.redirect_to_url?.url as string;
  const body = new URLSearchParams({ result: "complete" });
  expect((await fetch(page, { method: "POST", body })).status).toBe(404);
  expect((await local.stripe.charges.list()).data).toEqual([]);
});

test("nothing of somebody else's gets onto an invoice, nor pays it", async () => {
  const [owner, other] = [await customer(), await customer()];
  const id = await draft(owner);
  const [method] = (await local.stripe.customers.listPaymentMethods(other)).data;
  const { id: price } = await monthlyPrice(local);
  const theirs = await local.stripe.subscriptions.create({ customer: other, items: [{ price }] });
  const item = { amount: 500, currency: "usd" };
  for (const [call, param] of [
    [() => invoices().pay(id, { payment_method: String(method?.id) }), "payment_method"],
    [() => invoices().create({ customer: owner, subscription: theirs.id }), "subscription"],
    [() => local.stripe.invoiceItems.create({ customer: other, invoice: id, ...item }), "invoice"],
    [
      () => local.stripe.invoiceItems.create({ customer: owner, subscription: theirs.id, ...item }),
      "subscription",
    ],
    [
      () => local.stripe.invoiceItems.create({ customer: owner, invoice: id, ...item, currency: "eur" }),
      "currency",
    ],
  ] as const) {
    await expect(call()).rejects.toMatchObject({ statusCode: 400, param });
  }
  expect(await invoices().retrieve(id)).toMatchObject({ status: "draft", amount_due: 1234 });
});

test("an invoice that is sent says so, and when it is overdue", async () => {
  const owner = await customer(null);
  const id = await draft(owner, { collection_method: "send_invoice", days_until_due: 5 });
  await invoices().sendInvoice(id);
  expect(await local.stripe.customers.retrieve(owner)).toMatchObject({ delinquent: false });
  await local.control(`clock/advance?seconds=${5 * DAY_SECONDS + 1}`);
  expect(await local.stripe.customers.retrieve(owner)).toMatchObject({ delinquent: true });
  const types = (await allEvents(local)).map(({ type }) => type);
  expect(types.filter((type) => type.startsWith("invoice."))).toEqual([
    "invoice.created",
    "invoice.updated",
    "invoice.finalized",
    "invoice.sent",
    "invoice.overdue",
  ]);
});

test("a coupon takes something off a single invoice", async () => {
  const { id: coupon } = await local.stripe.coupons.create({ amount_off: 234, currency: "usd" });
  const id = await draft(await customer(), { discounts: [{ coupon }] });
  expect(await invoices().retrieve(id)).toMatchObject({
    subtotal: 1234,
    total: 1000,
    total_discount_amounts: [{ amount: 234 }],
  });
});

test("the old address of previews is gone", async () => {
  await expect(local.stripe.rawRequest("GET", "/v1/invoices/upcoming")).rejects.toMatchObject({
    statusCode: 404,
  });
});
