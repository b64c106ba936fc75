import type Stripe from "stripe";
import { beforeEach, describe, expect, test } from "vitest";
import { startLocalStripe } from "../test/harness";
import { confirm, subscriptionSession } from "../test/shop";

const local = startLocalStripe();

let session: Stripe.Checkout.Session;

beforeEach(async () => {
  const { id } = await subscriptionSession(local);
  await confirm(local, id);
  session = await local.stripe.checkout.sessions.retrieve(id);
});

const subscription = (...expand: string[]) =>
  local.stripe.subscriptions.retrieve(session.subscription as string, { expand });

test("what is not expanded is an id", async () => {
  const plain = await subscription();
  expect([typeof plain.customer, typeof plain.latest_invoice, typeof plain.default_payment_method]).toEqual([
    "string",
    "string",
    "string",
  ]);
});

test("several paths grow one tree", async () => {
  const { latest_invoice, customer, items } = await subscription(
    "latest_invoice.payments",
    "latest_invoice.customer",
    "customer.invoice_settings.default_payment_method",
    "items.data.price.product",
  );
  const invoice = latest_invoice as Stripe.Invoice;
  expect(invoice.payments?.data[0]).toMatchObject({ object: "invoice_payment" });
  expect(invoice.customer).toMatchObject({ object: "customer" });
  expect(customer).toMatchObject({ object: "customer" });
  expect(items.data[0]?.price.product).toMatchObject({ object: "product", name: "Pro" });
});

test.each<[string, string, object]>([
  [
    "payment_intent",
    "latest_charge.balance_transaction",
    { latest_charge: { balance_transaction: { object: "balance_transaction" } } },
  ],
  [
    "payment_intent",
    "latest_charge.payment_intent.customer",
    { latest_charge: { payment_intent: { customer: { object: "customer" } } } },
  ],
])("a %s expands %s", async (_, path, expected) => {
  const [intent] = (await local.stripe.paymentIntents.list({ expand: [`data.${path}`] })).data;
  expect(intent).toMatchObject(expected);
});

test("a list's paths begin with data, an object's do not", async () => {
  const list = await local.stripe.subscriptions.list({ expand: ["data.customer"] });
  expect(list.data[0]?.customer).toMatchObject({ object: "customer" });
  await expect(local.stripe.subscriptions.list({ expand: ["customer"] })).rejects.toMatchObject({
    statusCode: 400,
    message:
      "This property cannot be expanded (customer). You may want to try expanding 'data.customer' instead.",
  });
  await expect(subscription("data.customer")).rejects.toMatchObject({ statusCode: 400 });
});

/** Recorded: `data` is no part of the way that the complaint names. */
test("of a listed object the way is told from the object on", async () => {
  await expect(local.stripe.subscriptions.list({ expand: ["data.customer.bogus"] })).rejects.toMatchObject({
    message: "This property cannot be expanded (customer.bogus).",
  });
});

test("four levels and no more", async () => {
  const method = (await subscription()).default_payment_method as string;
  const invoice_settings = { default_payment_method: method };
  await local.stripe.customers.update(session.customer as string, { invoice_settings });
  const deep = await subscription("latest_invoice.customer.invoice_settings.default_payment_method");
  expect(deep.latest_invoice).toMatchObject({
    customer: { invoice_settings: { default_payment_method: { object: "payment_method" } } },
  });
  const path = "latest_invoice.customer.invoice_settings.default_payment_method.customer";
  await expect(subscription(path)).rejects.toMatchObject({
    statusCode: 400,
    message: `You cannot expand more than 4 levels of a property (${path}).`,
  });
});

/** Recorded: the answer names the way to what cannot be expanded, and no parameter. */
test.each([
  ["nonsense", "nonsense"],
  ["status", "status"],
  ["metadata", "metadata"],
  ["customer.nonsense", "customer.nonsense"],
  ["id.nonsense", "id"],
  ["items.price", "items.price"],
  ["constructor", "constructor"],
  ["__proto__", "__proto__"],
  ["customer.toString.x", "customer.toString"],
])("%s cannot be expanded", async (path, named) => {
  await expect(subscription(path)).rejects.toMatchObject({
    statusCode: 400,
    rawType: "invalid_request_error",
    code: undefined,
    param: undefined,
    message: `This property cannot be expanded (${named}).`,
  });
});

/** Recorded for a customer's address and a code's promotion: what is there already was asked for in vain. */
test.each(["items", "items.data", "trial_settings"])("%s is there already", async (path) => {
  expect(await subscription(path)).toEqual(await subscription());
});

test("what is null stays null", async () => {
  expect((await subscription("pending_setup_intent", "test_clock.nonsense")).pending_setup_intent).toBeNull();
});

test("a deleted customer is still referred to", async () => {
  await local.stripe.customers.del(session.customer as string);
  expect((await subscription("customer")).customer).toEqual({
    id: session.customer,
    object: "customer",
    deleted: true,
  });
});

describe("fields that exist only when they are expanded", () => {
  const read = {
    "charge refunds": (expand: string[]) =>
      local.stripe.charges.list({ expand: expand.map((path) => `data.${path}`) }).then(({ data }) => data[0]),
    "checkout.session line_items": (expand: string[]) =>
      local.stripe.checkout.sessions.retrieve(session.id, { expand }),
    "coupon applies_to": async (expand: string[]) => {
      const price = await local.stripe.prices.list();
      const products = [String(price.data[0]?.product)];
      return local.stripe.coupons.create({
        percent_off: 5,
        duration: "once",
        applies_to: { products },
        expand,
      });
    },
    "customer subscriptions": (expand: string[]) =>
      local.stripe.customers.retrieve(session.customer as string, { expand }),
    "invoice confirmation_secret": (expand: string[]) =>
      local.stripe.invoices.retrieve(session.invoice as string, { expand }),
    "invoice payments": (expand: string[]) =>
      local.stripe.invoices.retrieve(session.invoice as string, { expand }),
  };

  test.each(Object.entries(read))("%s", async (name, get) => {
    const field = name.split(" ")[1] as string;
    expect(Object.keys((await get([])) ?? {})).not.toContain(field);
    expect(await get([field])).toMatchObject({ [field]: expect.any(Object) });
  });

  test("and an event never has them", async () => {
    const happened = await local.happened();
    const fields = Object.keys(read).map((name) => name.split(" ")[1]);
    expect(happened.length).toBeGreaterThan(5);
    for (const { data } of happened) {
      expect(Object.keys(data.object).filter((key) => fields.includes(key))).toEqual([]);
    }
  });
});
