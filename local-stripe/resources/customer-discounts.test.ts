import { expect, test } from "vitest";
import { ask } from "../test/ask";
import { formOf, type Params } from "../test/form-of";
import { startLocalStripe } from "../test/harness";
import { monthlyPrice } from "../test/shop";

/**
 * Before 2025-03-31.basil a customer could have a discount (stripe-node's changelog, 18.0.0). Which invoices use it: the
 * comments of `InvoiceCreateParams.discounts` and `InvoiceCreatePreviewParams.discounts`. Events: the CLI's triggers.
 */

const local = startLocalStripe();

const before = async (line: string, params: Params = {}) =>
  (await ask(local, line, formOf(params), { "Stripe-Version": "2025-02-24.acacia" })).body;

const told = async () =>
  (await local.happened()).map(({ type }) => type).filter((type) => type.includes("discount"));

const coupon = (percent_off: number, duration: "once" | "forever" | "repeating" = "forever") =>
  local.stripe.coupons.create({
    percent_off,
    duration,
    ...(duration === "repeating" && { duration_in_months: 2 }),
  });

const customerWith = async (percent: number, duration?: "once" | "repeating") =>
  before("POST /v1/customers", {
    coupon: (await coupon(percent, duration)).id,
    source: "tok_visa",
  });

async function subscribe(customer: string, more: Params = {}) {
  const price = await monthlyPrice(local);
  const params = { customer, items: { 0: { price: price.id } }, ...more };
  const { latest_invoice } = await before("POST /v1/subscriptions", params);
  return local.stripe.invoices.retrieve(latest_invoice);
}

test("it is shown with its coupon, and used by invoices of a subscription and by others", async () => {
  const customer = await customerWith(25);
  expect(customer.discount).toMatchObject({
    object: "discount",
    customer: customer.id,
    subscription: null,
    coupon: { percent_off: 25 },
  });
  expect((await subscribe(customer.id)).total).toBe(1500);
  await local.stripe.invoiceItems.create({ customer: customer.id, amount: 400, currency: "usd" });
  const items = { customer: customer.id, pending_invoice_items_behavior: "include" } as const;
  expect((await local.stripe.invoices.create(items)).total).toBe(300);
  await local.stripe.invoiceItems.create({ customer: customer.id, amount: 800, currency: "usd" });
  expect((await local.stripe.invoices.create({ ...items, discounts: "" })).total).toBe(800);
});

test("a discount of the subscription goes before it", async () => {
  const customer = await customerWith(25);
  expect((await subscribe(customer.id, { coupon: (await coupon(50)).id })).total).toBe(1000);
});

test("one of once ends with the first invoice", async () => {
  const customer = await customerWith(25, "once");
  expect((await subscribe(customer.id)).total).toBe(1500);
  expect((await before(`GET /v1/customers/${customer.id}`)).discount).toBeNull();
  expect(await told()).toEqual(["customer.discount.created", "customer.discount.deleted"]);
});

test("one of two months ends after these", async () => {
  const customer = await customerWith(25, "repeating");
  expect(customer.discount.end).not.toBeNull();
  await local.control(`clock/advance?seconds=${58 * 86_400}`);
  expect((await before(`GET /v1/customers/${customer.id}`)).discount).not.toBeNull();
  await local.control(`clock/advance?seconds=${4 * 86_400}`);
  expect((await before(`GET /v1/customers/${customer.id}`)).discount).toBeNull();
});

test("another takes its place, and nothing ends it", async () => {
  const customer = await customerWith(25);
  const other = await before(`POST /v1/customers/${customer.id}`, { coupon: (await coupon(30)).id });
  expect(other.discount.coupon.percent_off).toBe(30);
  const none = await before(`POST /v1/customers/${customer.id}`, { coupon: "" });
  expect(none.discount).toBeNull();
  const again = await before(`POST /v1/customers/${customer.id}`, { coupon: "" });
  expect(again.discount).toBeNull();
  expect(await told()).toEqual([
    "customer.discount.created",
    "customer.discount.updated",
    "customer.discount.deleted",
  ]);
});

test("a DELETE ends it, and finds none the second time", async () => {
  const customer = await customerWith(25);
  const line = `DELETE /v1/customers/${customer.id}/discount`;
  expect((await ask(local, line)).body).toMatchObject({ id: customer.discount.id, deleted: true });
  expect((await local.stripe.customers.retrieve(customer.id)) as object).toMatchObject({ discount: null });
  expect((await ask(local, line)).status).toBe(404);
});

test.each([
  [{ coupon: "none" }, "coupon", "No such coupon: 'none'"],
  [{ promotion_code: "promo_1" }, "promotion_code", "No such promotion code: 'promo_1'"],
])("%o is refused by its own name", async (given, param, message) => {
  expect((await before("POST /v1/customers", given)).error).toMatchObject({ param, message });
});

test.each(["coupon", "promotion_code"])("since basil nobody knows %s there", async (param) => {
  const { status, body } = await ask(local, "POST /v1/customers", `${param}=x`, {
    "Stripe-Version": "2025-03-31.basil",
  });
  expect(status).toBe(400);
  expect(body.error).toMatchObject({
    code: "parameter_unknown",
    param,
    message: `Received unknown parameter: ${param}`,
  });
});
