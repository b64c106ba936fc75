import { describe, expect, test } from "vitest";
import { startLocalStripe } from "../test/harness";
import { confirm, monthlyPrice, subscriptionSession } from "../test/shop";

const local = startLocalStripe();

test("a shared payment method becomes the customer's own", async () => {
  const customer = await local.stripe.customers.create({
    email: "ada@example.com",
    payment_method: "pm_card_visa",
    invoice_settings: { default_payment_method: "pm_card_visa" },
  });
  const methods = await local.stripe.customers.listPaymentMethods(customer.id);
  expect(methods.data).toHaveLength(1);
  expect(methods.data[0]).toMatchObject({ customer: customer.id, card: { brand: "visa", last4: "4242" } });
  expect(customer.invoice_settings.default_payment_method).toBe(methods.data[0]?.id);
  expect((await local.happened()).map((event) => event.type)).toEqual([
    "payment_method.attached",
    "customer.created",
  ]);
});

test("customers are found by their exact email", async () => {
  const ada = await local.stripe.customers.create({ email: "ada@example.com" });
  await local.stripe.customers.create({ email: "ada@example.org" });
  const found = await local.stripe.customers.list({ email: "ada@example.com" });
  expect(found.data.map((customer) => customer.id)).toEqual([ada.id]);
});

test("deleting a customer cancels, and leaves a tombstone", async () => {
  const session = await subscriptionSession(local);
  await confirm(local, session.id);
  const paid = await local.stripe.checkout.sessions.retrieve(session.id);
  await local.stripe.customers.del(String(paid.customer));
  expect(await local.stripe.customers.retrieve(String(paid.customer))).toMatchObject({ deleted: true });
  const subscription = await local.stripe.subscriptions.retrieve(String(paid.subscription));
  expect(subscription.status).toBe("canceled");
  const method = await local.stripe.paymentMethods.retrieve(String(subscription.default_payment_method));
  expect(method.customer).toBeNull();
});

test("nothing of a deleted customer goes on by itself", async () => {
  const { id: customer } = await local.stripe.customers.create({});
  const open = await local.stripe.invoices.create({ customer, auto_advance: true });
  await local.stripe.invoiceItems.create({ customer, invoice: open.id, amount: 500, currency: "usd" });
  await local.stripe.invoices.finalizeInvoice(open.id, { auto_advance: true });
  const draft = await local.stripe.invoices.create({ customer, auto_advance: true });
  const pending = await local.stripe.invoiceItems.create({ customer, amount: 500, currency: "usd" });
  await local.stripe.customers.del(customer);

  await expect(local.stripe.invoices.finalizeInvoice(draft.id)).rejects.toMatchObject({ statusCode: 404 });
  await expect(local.stripe.invoiceItems.update(pending.id, { amount: 1 })).rejects.toMatchObject({
    statusCode: 404,
  });
  await local.control("clock/advance?seconds=864000");
  expect(await local.stripe.invoices.retrieve(open.id)).toMatchObject({
    attempt_count: 0,
    auto_advance: false,
    next_payment_attempt: null,
    status: "open",
  });
});

test("a declined card does not attach; one that only fails when charged does", async () => {
  const { id: customer } = await local.stripe.customers.create({});
  const attach = (method: string) => local.stripe.paymentMethods.attach(method, { customer });
  await expect(attach("pm_card_chargeDeclined")).rejects.toMatchObject({
    statusCode: 402,
    code: "card_declined",
    decline_code: "generic_decline",
  });
  expect((await attach("pm_card_chargeCustomerFail")).customer).toBe(customer);
});

describe("a source", () => {
  test("is a card under an id of that time, and pays where nothing else is the default", async () => {
    const customer = await local.stripe.customers.create({ source: "tok_mastercard" });
    const card = String(customer.default_source);
    expect(card).toMatch(/^card_1/);
    expect(await local.stripe.paymentMethods.retrieve(card)).toMatchObject({
      customer: customer.id,
      card: { brand: "mastercard" },
    });
    const price = await monthlyPrice(local, { unit_amount: 2_700 });
    const { id } = await local.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
    });
    const { data } = await local.stripe.charges.list({ customer: customer.id });
    expect(data[0]).toMatchObject({ amount: 2_700, payment_method: card });
    expect(await local.stripe.subscriptions.retrieve(id)).toMatchObject({ status: "active" });
  });

  test("gives way to a default payment method, and is gone when it is detached", async () => {
    const customer = await local.stripe.customers.create({ source: "tok_visa" });
    const amex = await local.stripe.paymentMethods.attach("pm_card_amex", { customer: customer.id });
    await local.stripe.customers.update(customer.id, {
      invoice_settings: { default_payment_method: amex.id },
    });
    const price = await monthlyPrice(local, { unit_amount: 1_300 });
    await local.stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] });
    const { data } = await local.stripe.charges.list({ customer: customer.id });
    expect(data[0]).toMatchObject({ amount: 1_300, payment_method: amex.id });
    await local.stripe.paymentMethods.detach(String(customer.default_source));
    expect(await local.stripe.customers.retrieve(customer.id)).toMatchObject({ default_source: null });
  });

  test("has to be a token", async () => {
    for (const source of ["tok_nope", "pm_card_visa"])
      await expect(local.stripe.customers.create({ source })).rejects.toMatchObject({
        param: "token",
        message: `Invalid token id: ${source}`,
      });
  });
});
