import { beforeEach, describe, expect, test } from "vitest";
import { ask, errorIn } from "../test/ask";
import { startLocalStripe } from "../test/harness";
import { monthlyPrice } from "../test/shop";

/** Facts of the wire itself: URLs, headers, bodies, and the `param` of an error about what is not there. */

const local = startLocalStripe();

const HELP = "Please see https://stripe.com/docs or we can help at https://support.stripe.com/.";

/** REAL_STRIPE.md, "Wrong without an error", 17; the words are those of v1 (inferred for the others). */
describe("URLs that nothing answers", () => {
  test.each([
    ["GET", "/v2/core/unicorns"],
    ["POST", "/v2/billing/horns"],
    ["DELETE", "/v2/core/unicorns/un_x"],
    ["GET", "/v1/unicorns/x/horns"],
    ["PUT", "/v1/customers/cus_x"],
    ["GET", "/v3/customers"],
    ["GET", "/tokens"],
  ])("%s %s is refused in JSON", async (method, path) => {
    const asked = await ask(local, `${method} ${path}`);
    expect(asked.headers.get("Content-Type")).toContain("application/json");
    expect(errorIn(asked)).toEqual({
      status: 404,
      type: "invalid_request_error",
      message: `Unrecognized request URL (${method}: ${path}). ${HELP}`,
    });
  });

  test("a JSON body, as v2 takes it, is not read as a form", async () => {
    const json = { "Content-Type": "application/json" };
    const asked = await ask(local, "POST /v2/billing/meter_event_session", '{"event_name":"a&b[]=1"}', json);
    expect(errorIn(asked)).toMatchObject({
      status: 404,
      message: expect.stringContaining("/v2/billing/meter_event_session"),
    });
  });

  test("v2 wants a key too", async () => {
    const asked = await ask(local, "GET /v2/core/events", "", { Authorization: "" });
    expect(errorIn(asked)).toMatchObject({ status: 401, type: "invalid_request_error" });
  });

  // https://github.com/stripe/stripe-php/issues/598
  test.each([
    ["GET", "/v1/customers/"],
    ["POST", "/v1/subscriptions/"],
    ["GET", "/v1/checkout/sessions/"],
  ])("%s %s is told about its slash", async (method, path) => {
    expect(errorIn(await ask(local, `${method} ${path}`))).toMatchObject({
      status: 404,
      message: `Unrecognized request URL (${method}: ${path}). If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code. ${HELP}`,
    });
  });

  test("a browser, which has no key, is shown a page", async () => {
    const answer = await fetch(`${local.origin}/unicorns`);
    expect([answer.status, answer.headers.get("Content-Type")]).toEqual([
      404,
      expect.stringContaining("text/html"),
    ]);
  });
});

/** REAL_STRIPE.md, "Card errors"; recorded for POST answers. */
describe("headers about trying again", () => {
  const about = ({ headers }: { headers: Headers }) => [
    headers.get("Original-Request"),
    headers.get("Stripe-Should-Retry"),
  ];
  const own = ({ headers }: { headers: Headers }) => headers.get("Request-Id");

  test.each([
    ["what was done", "POST /v1/customers", "name=Ada", 200],
    ["an unknown parameter", "POST /v1/customers", "horn=1", 400],
    ["an unknown id", "POST /v1/invoices/in_x/pay", "", 404],
    ["an unknown URL", "POST /v1/unicorns", "", 404],
    [
      "a declined card",
      "POST /v1/payment_intents",
      "amount=500&currency=usd&confirm=true&payment_method=pm_card_chargeDeclined",
      402,
    ],
  ])("%s", async (_, line, form, status) => {
    const asked = await ask(local, line, form);
    expect([asked.status, ...about(asked)]).toEqual([status, own(asked), "false"]);
  });

  test("a repeated answer names the request that did the work", async () => {
    const key = { "Idempotency-Key": "twice" };
    const first = await ask(local, "POST /v1/customers", "name=Ada", key);
    const second = await ask(local, "POST /v1/customers", "name=Ada", key);
    expect(own(second)).not.toBe(own(first));
    expect(about(second)).toEqual([own(first), "false"]);
    expect(second.headers.get("Idempotent-Replayed")).toBe("true");
    expect(second.body).toEqual(first.body);
  });

  // https://docs.stripe.com/error-low-level
  test.each([429, 500])("a %d may pass", async (status) => {
    await local.control(`inject?status=${status}&path=/v1/customers`);
    const asked = await ask(local, "POST /v1/customers", "name=Ada");
    expect([asked.status, ...about(asked)]).toEqual([status, own(asked), null]);
  });

  test.each(["GET /v1/customers", "DELETE /v1/customers/cus_x"])("%s has neither", async (line) => {
    expect(about(await ask(local, line))).toEqual([null, null]);
  });
});

/** REAL_STRIPE.md, "Wrong without an error", 10. */
describe("a DELETE's parameters count", () => {
  const begin = async () => {
    const { id: customer } = await local.stripe.customers.create({
      payment_method: "pm_card_visa",
      invoice_settings: { default_payment_method: "pm_card_visa" },
    });
    const { id: price } = await monthlyPrice(local);
    return local.stripe.subscriptions.create({ customer, items: [{ price }] });
  };

  test.each([
    ["in the body", (id: string) => [`/v1/subscriptions/${id}`, "prorate=true"]],
    ["in the URL", (id: string) => [`/v1/subscriptions/${id}?prorate=true`, ""]],
  ])("%s: prorate=true credits what was not used", async (_, at) => {
    const { id, customer } = await begin();
    const [path, body] = at(id);
    expect((await ask(local, `DELETE ${path}`, body)).body.status).toBe("canceled");
    const credits = await ask(local, "GET /v1/invoiceitems", `customer=${customer}`);
    expect(credits.body.data.map(({ proration }: { proration: boolean }) => proration)).toEqual([true]);
  });

  test("without it nothing is credited", async () => {
    const { id, customer } = await begin();
    await ask(local, `DELETE /v1/subscriptions/${id}`, "cancellation_details[comment]=bye");
    expect((await ask(local, "GET /v1/invoiceitems", `customer=${customer}`)).body.data).toEqual([]);
    expect((await ask(local, `GET /v1/subscriptions/${id}`)).body.cancellation_details.comment).toBe("bye");
  });

  test.each([
    "/v1/customers/cus_x",
    "/v1/products/prod_x",
    "/v1/coupons/x",
    "/v1/invoices/in_x",
    "/v1/invoiceitems/ii_x",
    "/v1/subscriptions/sub_x",
    "/v1/subscription_items/si_x",
    "/v1/webhook_endpoints/we_x",
    "/v1/test_helpers/test_clocks/clock_x",
    "/v1/customers/cus_x/discount",
    "/v1/subscriptions/sub_x/discount",
  ])("%s refuses what it does not know", async (path) => {
    expect(errorIn(await ask(local, `DELETE ${path}`, "horn=1"))).toMatchObject({
      status: 400,
      code: "parameter_unknown",
      param: "horn",
    });
  });

  test("its answer may be expanded", async () => {
    const { id } = await begin();
    const { body } = await ask(local, `DELETE /v1/subscriptions/${id}`, "expand[]=customer");
    expect(body.customer).toMatchObject({ object: "customer" });
  });
});

test.each(["Stripe-Account", "Stripe-Context"])(
  "%s is refused with a sentence: no Connect",
  async (header) => {
    const asked = await ask(local, "POST /v1/customers", "name=Ada", { [header]: "acct_x" });
    expect(errorIn(asked)).toEqual({
      status: 400,
      type: "invalid_request_error",
      message: `Local Stripe has one account and no Connect: send the request without ${header}.`,
    });
    expect((await ask(local, "GET /v1/customers")).body.data).toEqual([]);
  },
);

test("an endpoint for the events of other accounts would never hear of any", async () => {
  const form = "url=http://127.0.0.1:1/&enabled_events[]=*&connect=";
  expect((await ask(local, "POST /v1/webhook_endpoints", `${form}false`)).status).toBe(200);
  expect(errorIn(await ask(local, "POST /v1/webhook_endpoints", `${form}true`))).toEqual({
    status: 400,
    type: "invalid_request_error",
    message: "Local Stripe has one account and no Connect: create the endpoint without `connect`.",
    param: "connect",
  });
});

/**
 * Recorded: `id` for customers, charges, products and subscriptions, the name in the URL for prices, coupons, codes,
 * payment methods, intents, disputes and invoices that are read; inferred for the others.
 */
describe("a URL of an object that is not there", () => {
  test.each([
    ["GET /v1/accounts/acct_x", "account: 'acct_x'", "account"],
    ["GET /v1/balance_transactions/x", "balance transaction: 'x'", "id"],
    ["GET /v1/billing_portal/configurations/x", "configuration: 'x'", "configuration"],
    ["GET /v1/charges/x", "charge: 'x'", "id"],
    ["GET /v1/checkout/sessions/x", "checkout.session: 'x'", "session"],
    ["POST /v1/checkout/sessions/x/expire", "checkout.session: 'x'", "session"],
    ["GET /v1/coupons/x", "coupon: 'x'", "coupon"],
    ["DELETE /v1/coupons/x", "coupon: 'x'", "coupon"],
    ["GET /v1/customers/x", "customer: 'x'", "id"],
    ["POST /v1/customers/x", "customer: 'x'", "id"],
    ["DELETE /v1/customers/x", "customer: 'x'", "id"],
    ["GET /v1/customers/x/payment_methods", "customer: 'x'", "id"],
    ["GET /v1/disputes/x", "dispute: 'x'", "dispute"],
    ["GET /v1/events/x", "event: 'x'", "id"],
    ["GET /v1/invoice_payments/x", "invoice_payment: 'x'", "invoice_payment"],
    ["GET /v1/invoiceitems/x", "Invoice Item: 'x'(livemode=false)", "id"],
    ["GET /v1/invoices/x", "invoice: 'x'", "invoice"],
    ["DELETE /v1/invoices/x", "invoice: 'x'", "invoice"],
    ["POST /v1/invoices/x/send", "invoice: 'x'", "invoice"],
    ["POST /v1/invoices/x", "invoice: 'x'", "id"],
    ["POST /v1/invoices/x/pay", "invoice: 'x'", "id"],
    ["POST /v1/invoices/x/finalize", "invoice: 'x'", "id"],
    ["POST /v1/invoices/x/void", "invoice: 'x'", "id"],
    ["POST /v1/invoices/x/mark_uncollectible", "invoice: 'x'", "id"],
    ["GET /v1/payment_intents/x", "payment_intent: 'x'", "intent"],
    ["POST /v1/payment_intents/x/cancel", "payment_intent: 'x'", "intent"],
    ["GET /v1/payment_methods/x", "PaymentMethod: 'x'", "payment_method"],
    ["POST /v1/payment_methods/x/detach", "PaymentMethod: 'x'", "payment_method"],
    ["GET /v1/prices/x", "price: 'x'", "price"],
    ["GET /v1/products/x", "product: 'x'", "id"],
    ["GET /v1/promotion_codes/x", "promotion code: 'x'", "promotion_code"],
    ["GET /v1/refunds/x", "refund: 'x'", "refund"],
    ["GET /v1/setup_intents/x", "setupintent: 'x'", "intent"],
    ["GET /v1/shipping_rates/x", "shipping rate: 'x'", "shipping_rate_token"],
    ["GET /v1/subscriptions/x", "subscription: 'x'", "id"],
    ["DELETE /v1/subscriptions/x", "subscription: 'x'", "id"],
    ["GET /v1/test_helpers/test_clocks/x", "test_clock: 'x'", "test_clock"],
    ["GET /v1/webhook_endpoints/x", "webhook endpoint: 'x'", "webhook_endpoint"],
  ])("%s", async (line, words, param) => {
    expect(errorIn(await ask(local, line))).toEqual({
      status: 404,
      type: "invalid_request_error",
      code: "resource_missing",
      message: `No such ${words}`,
      param,
    });
  });

  test("an unknown payment method that is to be attached (recorded)", async () => {
    const { id } = await local.stripe.customers.create({});
    const asked = await ask(local, "POST /v1/payment_methods/pm_nope/attach", `customer=${id}`);
    expect(errorIn(asked)).toMatchObject({
      status: 404,
      message: "No such PaymentMethod: 'pm_nope'",
      param: "payment_method",
    });
  });

  test("somebody else's payment method, below a customer (recorded)", async () => {
    const [ada, bob] = [await local.stripe.customers.create({}), await local.stripe.customers.create({})];
    const { id } = await local.stripe.paymentMethods.attach("pm_card_visa", { customer: bob.id });
    const asked = await ask(local, `GET /v1/customers/${ada.id}/payment_methods/${id}`);
    expect(errorIn(asked)).toEqual({
      status: 404,
      type: "invalid_request_error",
      message: "Invalid request",
      param: "customer",
    });
  });
});

/** Recorded: a deleted customer is told of for good, a product and a coupon are not; inferred for the others. */
describe("deleted objects are gone", () => {
  const made: Readonly<Record<string, string>> = {
    "/v1/coupons": "percent_off=5",
    "/v1/products": "name=Pro",
    "/v1/webhook_endpoints": "url=http://127.0.0.1:1/&enabled_events[]=plan.deleted",
    "/v1/test_helpers/test_clocks": "frozen_time=1800000000",
  };
  let customer = "";

  beforeEach(async () => {
    customer = (await local.stripe.customers.create({})).id;
  });

  test.each([
    ...Object.entries(made),
    ["/v1/invoices", "customer=CUSTOMER"],
    ["/v1/invoiceitems", "customer=CUSTOMER&amount=5"],
  ])("%s", async (path, form) => {
    const { body } = await ask(local, `POST ${path}`, form.replace("CUSTOMER", customer));
    const gone = await ask(local, `DELETE ${path}/${body.id}`);
    expect(gone.body).toEqual({ id: body.id, object: body.object, deleted: true });
    for (const method of ["GET", "DELETE"]) {
      expect(errorIn(await ask(local, `${method} ${path}/${body.id}`))).toMatchObject({
        status: 404,
        code: "resource_missing",
      });
    }
  });

  test("a customer leaves a sign", async () => {
    await ask(local, `DELETE /v1/customers/${customer}`);
    const { status, body } = await ask(local, `GET /v1/customers/${customer}`);
    expect([status, body]).toEqual([200, { id: customer, object: "customer", deleted: true }]);
    expect((await ask(local, `POST /v1/customers/${customer}`, "name=Ada")).status).toBe(404);
  });
});

/** REAL_STRIPE.md, "Parameters" and "status filter"; where a row says so, the order was seen in a quoted error. */
describe("choices are listed in Stripe's order", () => {
  test.each([
    ["POST /v1/customers", "tax_exempt", "none, reverse, or exempt", "", "recorded"],
    [
      "GET /v1/subscriptions",
      "status",
      "active, past_due, unpaid, canceled, incomplete, incomplete_expired, trialing, paused, all, or ended",
      "",
      "recorded",
    ],
    ["GET /v1/invoices", "status", "draft, open, void, paid, or uncollectible", "", "recorded"],
    ["POST /v1/refunds", "reason", "duplicate, fraudulent, or requested_by_customer", "", "recorded"],
    [
      "POST /v1/prices",
      "recurring[interval]",
      "month, year, week, or day",
      "currency=usd&unit_amount=1&product_data[name]=Pro&",
      "quoted",
    ],
    ["GET /v1/prices", "recurring[interval]", "month, year, week, or day", "", "quoted"],
    [
      "POST /v1/subscriptions",
      "payment_behavior",
      "allow_incomplete, error_if_incomplete, pending_if_incomplete, or default_incomplete",
      "customer=cus_x&items[0][price]=price_x&",
      "quoted",
    ],
    [
      "POST /v1/payment_intents/pi_x/cancel",
      "cancellation_reason",
      "duplicate, fraudulent, requested_by_customer, or abandoned",
      "",
      "docs",
    ],
    ["GET /v1/checkout/sessions", "status", "open, complete, or expired", "", "inferred"],
    ["GET /v1/prices", "type", "one_time or recurring", "", "inferred"],
  ])("%s %s", async (line, param, choices, before) => {
    expect(errorIn(await ask(local, line, `${before}${param}=bogus`))).toEqual({
      status: 400,
      type: "invalid_request_error",
      message: `Invalid ${param}: must be one of ${choices}`,
      param,
    });
  });
});
