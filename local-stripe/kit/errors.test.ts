import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { startLocalStripe } from "../test/harness";
import { confirm, monthlyPrice, paymentSession, subscriptionSession } from "../test/shop";
import { API_VERSION } from "./account";

/** Every error of the API, in Stripe's words. One row is one test. */

const local = startLocalStripe();

interface ErrorAnswer {
  readonly status: number;
  readonly [field: string]: unknown;
}

/** The error of a raw request, for what the SDK cannot send. */
async function refusal(
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<ErrorAnswer> {
  const answer = await fetch(local.origin + path, {
    method,
    headers: { Authorization: "Bearer sk_test_x", ...headers },
    ...(body === undefined ? {} : { body }),
  });
  return { status: answer.status, ...(await answer.json()).error };
}

/** The error that the SDK throws, as it came over the wire. */
async function thrown(call: Promise<unknown>): Promise<ErrorAnswer> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Stripe.errors.StripeError)) throw new Error(`No error of Stripe's: ${error}`);
  return { status: error.statusCode ?? 0, ...(error.raw as object) };
}

const INVALID = "invalid_request_error";

describe("keys", () => {
  test.each([
    [
      "",
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    ],
    ["Bearer nonsense", "Invalid API Key provided: nonsense********ense"],
    ["Bearer sk_live_1234567890", "Invalid API Key provided: sk_live_********7890"],
    ["Bearer sk_test_", "Invalid API Key provided: sk_test_********est_"],
    [
      "Bearer pk_test_123",
      "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.",
    ],
  ])("%j is refused", async (Authorization, message) => {
    expect(await refusal("GET", "/v1/prices", undefined, { Authorization })).toEqual({
      status: 401,
      type: INVALID,
      message,
      request_log_url: expect.stringContaining("/logs/req_"),
    });
  });

  test("the SDK calls it a failed authentication", async () => {
    const stripe = new Stripe("sk_live_1234567890", {
      host: "127.0.0.1",
      port: new URL(local.origin).port,
      protocol: "http",
    });
    await expect(stripe.prices.list()).rejects.toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
  });

  test("a key may come as the user name, as curl sends it", async () => {
    const Authorization = `Basic ${Buffer.from("sk_test_x:").toString("base64")}`;
    const answer = await fetch(`${local.origin}/v1/prices`, { headers: { Authorization } });
    expect(answer.status).toBe(200);
  });
});

describe("versions", () => {
  test.each(["yesterday", "2026-10-28.sequoia", ""])("%j is refused", async (version) => {
    expect(await refusal("GET", "/v1/prices", undefined, { "Stripe-Version": version })).toMatchObject({
      status: 400,
      type: INVALID,
      message: `Invalid Stripe API version: ${version}`,
    });
  });

  test.each([API_VERSION, "2024-06-20", "2025-03-31.basil"])("%s is echoed", async (version) => {
    const headers = { Authorization: "Bearer sk_test_x", "Stripe-Version": version };
    const answer = await fetch(`${local.origin}/v1/prices`, { headers });
    expect([answer.status, answer.headers.get("Stripe-Version")]).toEqual([200, version]);
  });

  test("without one it is the account's own", async () => {
    const answer = await fetch(`${local.origin}/v1/prices`, {
      headers: { Authorization: "Bearer sk_test_x" },
    });
    expect(answer.headers.get("Stripe-Version")).toBe(API_VERSION);
  });
});

const PRODUCT = "currency=usd&unit_amount=1&product_data[name]=Pro";
const EMPTY = (name: string) =>
  `You passed an empty string for '${name}'. We assume empty values are an attempt to unset a parameter; however '${name}' cannot be unset. You should remove '${name}' from your request or supply a non-empty value.`;

describe("parameters", () => {
  test.each([
    ["prices", "foo=1", "parameter_unknown", "foo", "Received unknown parameter: foo"],
    ["prices", "metadata[a]=1&a=1&b=2", "parameter_unknown", "a", "Received unknown parameters: a, b"],
    [
      "prices",
      "recurring[often]=1",
      "parameter_unknown",
      "recurring[often]",
      "Received unknown parameter: recurring[often]",
    ],
    ["prices", "", "parameter_missing", "currency", "Missing required param: currency."],
    [
      "prices",
      "currency=usd&recurring[interval_count]=2",
      "parameter_missing",
      "recurring[interval]",
      "Missing required param: recurring[interval].",
    ],
    [
      "prices",
      "currency=usd&unit_amount=1",
      "parameter_missing",
      "product",
      "Missing required param: product.",
    ],
    [
      "prices",
      "currency=usd&unit_amount=ten",
      "parameter_invalid_integer",
      "unit_amount",
      "Invalid integer: ten",
    ],
    [
      "prices",
      "currency=usd&unit_amount=1.5",
      "parameter_invalid_integer",
      "unit_amount",
      "Invalid integer: 1.5",
    ],
    [
      "prices",
      "currency=usd&unit_amount=-1",
      "parameter_invalid_integer",
      "unit_amount",
      "This value must be greater than or equal to 0.",
    ],
    ["prices", "currency=usd&active=maybe", undefined, "active", "Invalid boolean: maybe"],
    ["prices", "currency=", "parameter_invalid_empty", "currency", EMPTY("currency")],
    ["prices", "currency=dollars", undefined, "currency", "Invalid currency: dollars"],
    ["prices", `${PRODUCT}&recurring=month`, undefined, "recurring", "Invalid object"],
    ["prices", `${PRODUCT}&metadata=x`, undefined, "metadata", "Invalid object"],
    ["prices", `${PRODUCT}&nickname[a]=x`, undefined, "nickname", "Invalid string"],
    [
      "prices",
      `${PRODUCT}&recurring[interval]=hour`,
      undefined,
      "recurring[interval]",
      "Invalid recurring[interval]: must be one of month, year, week, or day",
    ],
    [
      "prices",
      `${PRODUCT}&metadata[k]=${"v".repeat(501)}`,
      undefined,
      "metadata",
      `Metadata values can have up to 500 characters, but you passed in a value that is 501 characters. Invalid value: ${"v".repeat(501)}`,
    ],
    [
      "prices",
      `${PRODUCT}&metadata[${"k".repeat(41)}]=v`,
      undefined,
      "metadata",
      `Metadata keys can have up to 40 characters, but you passed in a key that is 41 characters. Invalid key: ${"k".repeat(41)}`,
    ],
    [
      "prices",
      `${PRODUCT}&${Array.from({ length: 51 }, (_, key) => `metadata[${key}]=v`).join("&")}`,
      undefined,
      "metadata",
      "You can only have 50 keys of metadata, but you passed in 51.",
    ],
    ["products", "name=Pro&url=pro", "url_invalid", "url", "Not a valid URL"],
    ["customers", "email=ada", "email_invalid", "email", "Invalid email address: ada"],
    ["webhook_endpoints", "url=ftp://127.0.0.1/&enabled_events[]=*", "url_invalid", "url", "Not a valid URL"],
    [
      "webhook_endpoints",
      "url=http://127.0.0.1/&enabled_events=*",
      undefined,
      "enabled_events",
      "Invalid array",
    ],
    [
      "refunds",
      "amount=0",
      "parameter_invalid_integer",
      "amount",
      "This value must be greater than or equal to 1.",
    ],
  ] as const)("POST /v1/%s %s", async (resource, body, code, param, message) => {
    const { doc_url, request_log_url, ...error } = await refusal("POST", `/v1/${resource}`, body);
    expect(error).toEqual({ status: 400, type: INVALID, message, param, ...(code ? { code } : {}) });
    expect(doc_url).toBe(code && `https://stripe.com/docs/error-codes/${code.replaceAll("_", "-")}`);
    expect(request_log_url).toMatch(/\/logs\/req_\w{14}$/);
  });
});

describe("what does not exist", () => {
  const session = (line_items: Stripe.Checkout.SessionCreateParams.LineItem[]) =>
    local.stripe.checkout.sessions.create({ mode: "payment", success_url: "http://127.0.0.1/", line_items });

  test.each<[string, () => Promise<unknown>, number, string, string]>([
    ["in the URL", () => local.stripe.customers.retrieve("cus_x"), 404, "id", "No such customer: 'cus_x'"],
    [
      "in the URL of an action",
      () => local.stripe.invoices.pay("in_x"),
      404,
      "id",
      "No such invoice: 'in_x'",
    ],
    [
      "in a parameter",
      () => local.stripe.prices.create({ currency: "usd", unit_amount: 1, product: "prod_x" }),
      400,
      "product",
      "No such product: 'prod_x'",
    ],
    [
      "deep in a parameter",
      () => session([{ price: "price_x", quantity: 1 }]),
      400,
      "line_items[0][price]",
      "No such price: 'price_x'",
    ],
    [
      "a payment method",
      () => local.stripe.paymentMethods.attach("pm_x", { customer: "cus_x" }),
      400,
      "customer",
      "No such customer: 'cus_x'",
    ],
    [
      "a shared card that Stripe does not have",
      () =>
        local.stripe.paymentIntents.create({ amount: 100, currency: "usd", payment_method: "pm_card_magic" }),
      400,
      "payment_method",
      "No such PaymentMethod: 'pm_card_magic'",
    ],
    [
      "where a list should go on",
      async () => {
        await local.stripe.customers.create({});
        return local.stripe.customers.list({ starting_after: "cus_x" });
      },
      400,
      "starting_after",
      "No such customer: 'cus_x'",
    ],
  ])("%s", async (_, call, status, param, message) => {
    expect(await thrown(call())).toMatchObject({
      status,
      type: INVALID,
      code: "resource_missing",
      param,
      message,
    });
  });

  test("somebody else's subscription, to a preview", async () => {
    await confirm(local, (await subscriptionSession(local)).id);
    const subscription = (await local.stripe.subscriptions.list()).data[0]?.id as string;
    const { id: customer } = await local.stripe.customers.create({});
    expect(await thrown(local.stripe.invoices.createPreview({ customer, subscription }))).toMatchObject({
      status: 400,
      param: "subscription",
      message: `No such subscription: '${subscription}'`,
    });
  });

  test.each([
    ["GET", "/v1/unicorns"],
    ["GET", "/v1"],
    ["GET", "/v1/"],
    ["GET", "/v1/invoices/upcoming/lines/x"],
    ["POST", "/v1/events"],
    ["PUT", "/v1/customers/cus_x"],
    ["DELETE", "/v1/customers"],
  ])("the URL %s %s", async (method, path) => {
    const error = await refusal(method, path);
    expect(error).toMatchObject({
      status: 404,
      type: INVALID,
      message: `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
    });
    expect([error.code, error.param]).toEqual([undefined, undefined]);
  });
});

test("a checkout's currency is that of its prices", async () => {
  expect(await thrown(paymentSession(local, { currency: "eur" }))).toMatchObject({
    status: 400,
    param: "currency",
    message: "The price specified only supports `usd`. This doesn't match the expected currency: `eur`.",
  });
});

describe("what exists already", () => {
  test("a lookup key", async () => {
    const owner = await monthlyPrice(local, { lookup_key: "pro" });
    expect(await thrown(monthlyPrice(local, { lookup_key: "pro" }))).toMatchObject({
      status: 400,
      type: INVALID,
      code: "resource_already_exists",
      param: "lookup_key",
      message: `A price (\`${owner.id}\`) already uses that lookup key.`,
    });
  });

  test("a coupon's own id", async () => {
    await local.stripe.coupons.create({ id: "HALF", percent_off: 50, duration: "once" });
    const again = local.stripe.coupons.create({ id: "HALF", percent_off: 50, duration: "once" });
    expect(await thrown(again)).toMatchObject({
      status: 400,
      type: INVALID,
      code: "resource_already_exists",
      message: "Coupon already exists.",
    });
  });

  test("a promotion code's code", async () => {
    const { id: coupon } = await local.stripe.coupons.create({ percent_off: 50, duration: "once" });
    const create = () =>
      local.stripe.promotionCodes.create({ code: "HALF", promotion: { type: "coupon", coupon } });
    await create();
    expect(await thrown(create())).toMatchObject({
      status: 400,
      type: INVALID,
      message: "An active promotion code with `code: HALF` already exists.",
    });
  });

  test("a product's own id", async () => {
    await local.stripe.products.create({ id: "prod_mine", name: "Pro" });
    expect(await thrown(local.stripe.products.create({ id: "prod_mine", name: "Pro" }))).toMatchObject({
      status: 400,
      type: INVALID,
      code: "resource_already_exists",
      param: "id",
      message: "Product already exists.",
    });
  });
});

describe("cards that are refused", () => {
  test.each([
    ["pm_card_chargeDeclined", "card_declined", "generic_decline", "Your card was declined."],
    [
      "pm_card_visa_chargeDeclinedInsufficientFunds",
      "card_declined",
      "insufficient_funds",
      "Your card has insufficient funds.",
    ],
    ["pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card", "Your card has expired."],
    [
      "pm_card_chargeDeclinedIncorrectCvc",
      "incorrect_cvc",
      "incorrect_cvc",
      "Your card's security code is incorrect.",
    ],
    [
      "pm_card_chargeDeclinedProcessingError",
      "processing_error",
      "processing_error",
      "An error occurred while processing your card. Try again in a little bit.",
    ],
  ])("%s", async (payment_method, code, decline_code, message) => {
    const confirmed = local.stripe.paymentIntents.create({
      amount: 2000,
      confirm: true,
      currency: "usd",
      payment_method,
    });
    await expect(confirmed).rejects.toBeInstanceOf(Stripe.errors.StripeCardError);
    const error = await thrown(confirmed);
    expect(error).toMatchObject({
      status: 402,
      type: "card_error",
      code,
      decline_code,
      message,
      charge: expect.stringMatching(/^ch_/),
      payment_intent: {
        object: "payment_intent",
        status: "requires_payment_method",
        latest_charge: error.charge,
        last_payment_error: { code, decline_code, message, type: "card_error" },
      },
    });
  });

  test("a number that no card has", async () => {
    const card = { number: "4242424242424241", exp_month: 12, exp_year: 2034, cvc: "123" };
    expect(await thrown(local.stripe.paymentMethods.create({ type: "card", card }))).toMatchObject({
      status: 402,
      type: "card_error",
      code: "incorrect_number",
      message: "Your card number is incorrect.",
    });
  });

  test("when an invoice is paid", async () => {
    const { id: customer } = await local.stripe.customers.create({});
    const { id } = await local.stripe.invoices.create({ customer });
    await local.stripe.invoiceItems.create({ customer, invoice: id, amount: 500, currency: "usd" });
    const { id: payment_method } = await local.stripe.paymentMethods.attach("pm_card_chargeCustomerFail", {
      customer,
    });
    expect(await thrown(local.stripe.invoices.pay(id, { payment_method }))).toMatchObject({
      status: 402,
      type: "card_error",
      code: "card_declined",
      decline_code: "generic_decline",
      payment_intent: { status: "requires_payment_method" },
    });
  });

  test("on the payment page", async () => {
    const session = await paymentSession(local);
    expect(await thrown(confirm(local, session.id, "pm_card_chargeDeclined"))).toMatchObject({
      status: 402,
      type: "card_error",
      code: "card_declined",
      decline_code: "generic_decline",
      payment_intent: { object: "payment_intent" },
    });
  });
});

describe("what this version of the API no longer takes", () => {
  const gone = {
    code: "payment_method_types_no_longer_supported",
    param: "payment_method_types",
    message:
      "`payment_method_types` is no longer supported. Use `allowed_payment_method_types` or manage payment methods in the Dashboard.",
  };
  const session =
    "mode=payment&success_url=http://127.0.0.1/&line_items[0][price]=p&line_items[0][quantity]=1";
  const anchor = { param: "billing_cycle_anchor", message: "Invalid object" };
  const unknown = (param: string) => ({
    code: "parameter_unknown",
    param,
    message: `Received unknown parameter: ${param}`,
  });
  const uiMode = {
    param: "ui_mode",
    message: "Invalid ui_mode: must be one of elements, embedded_page, form, or hosted_page",
  };

  test.each([
    ["checkout/sessions", `${session}&payment_method_types[]=card`, gone],
    ["payment_intents", "amount=100&currency=usd&payment_method_types[]=card", gone],
    ["setup_intents", "payment_method_types[]=card", gone],
    ["checkout/sessions", `${session}&ui_mode=hosted`, uiMode],
    ["checkout/sessions", `${session}&ui_mode=embedded`, uiMode],
    ["checkout/sessions", `${session}&ui_mode=custom`, uiMode],
    ["subscriptions/sub_x", "billing_cycle_anchor=now", anchor],
    ["subscriptions/sub_x", "billing_cycle_anchor=unchanged", anchor],
    ["subscriptions/sub_x/resume", "billing_cycle_anchor=now", anchor],
    ["promotion_codes", "coupon=x", unknown("coupon")],
    ["subscriptions", "customer=cus_x&items[0][price]=price_x&coupon=x", unknown("coupon")],
    ["subscriptions", "customer=cus_x&items[0][price]=price_x&promotion_code=x", unknown("promotion_code")],
    ["subscriptions/sub_x", "coupon=x", unknown("coupon")],
    ["customers", "coupon=x", unknown("coupon")],
  ])("POST /v1/%s %j", async (resource, body, expected) => {
    const error = await refusal("POST", `/v1/${resource}`, body);
    expect(error).toMatchObject({ status: 400, type: INVALID, ...expected });
  });
});

describe("what cannot be done", () => {
  const paid = async () => {
    const session = await subscriptionSession(local);
    await confirm(local, session.id);
    return local.stripe.checkout.sessions.retrieve(session.id);
  };

  test.each<[string, () => Promise<unknown>, Readonly<Record<string, unknown>>]>([
    [
      "to expire a session that is over",
      async () => local.stripe.checkout.sessions.expire((await paid()).id),
      {
        message:
          'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of complete.',
      },
    ],
    [
      "to pay an invoice twice",
      async () => local.stripe.invoices.pay((await paid()).invoice as string),
      { message: "Invoice is already paid" },
    ],
    [
      "to name a customer twice",
      () => subscriptionSession(local, { customer: "cus_x" }),
      {
        code: "parameters_exclusive",
        message: "You may only specify one of these parameters: customer, customer_email.",
      },
    ],
    [
      "to have more than sixteen webhook endpoints",
      async () => {
        // The environment's own is the first.
        for (let count = 1; count <= 16; count++) {
          await local.stripe.webhookEndpoints.create({
            url: "http://127.0.0.1:1/",
            enabled_events: ["plan.deleted"],
          });
        }
      },
      { message: "You have reached the maximum of 16 test webhook endpoints." },
    ],
    [
      "to refund more than was paid",
      async () => {
        const { id } = await local.stripe.paymentIntents.create({
          amount: 2000,
          confirm: true,
          currency: "usd",
          payment_method: "pm_card_visa",
        });
        return local.stripe.refunds.create({ payment_intent: id, amount: 2001 });
      },
      {
        param: "amount",
        message: "Refund amount ($20.01) is greater than unrefunded amount on charge ($20.00)",
      },
    ],
  ])("%s", async (_, call, expected) => {
    expect(await thrown(call())).toMatchObject({ status: 400, type: INVALID, ...expected });
  });
});

describe("requests that are too much", () => {
  const LIMIT = 1024 * 1024;

  test("a body beyond the limit is refused before it is read", async () => {
    const body = `name=${"a".repeat(LIMIT)}`;
    expect(await refusal("POST", "/v1/customers", body)).toMatchObject({
      status: 413,
      type: INVALID,
      message: "The request is too large: at most 1048576 bytes are read.",
    });
  });

  test("nor is a form", async () => {
    const body = new URLSearchParams({ name: "a".repeat(LIMIT) });
    const answer = await fetch(`${local.origin}/c/pay/cs_test_x`, { method: "POST", body });
    expect(answer.status).toBe(413);
  });

  test("nobody waits for the end of a body that does not say how long it is", async () => {
    const endless = request(`${local.origin}/v1/customers`, {
      method: "POST",
      headers: { Authorization: "Bearer sk_test_x", "Transfer-Encoding": "chunked" },
    });
    const answered = once(endless, "response");
    endless.write("a".repeat(LIMIT + 1));
    const [answer] = (await answered) as [IncomingMessage];
    expect(answer.statusCode).toBe(413);
    endless.on("error", () => {}).destroy();
  });
});

test("the SDK tries again after a 500, under its key, and not after a 429", async () => {
  const { port } = new URL(local.origin);
  const stripe = new Stripe("sk_test_local", {
    host: "127.0.0.1",
    port,
    protocol: "http",
    maxNetworkRetries: 1,
  });
  await local.control("inject?status=500&path=/v1/customers");
  expect(await stripe.customers.create({ name: "Ada" })).toMatchObject({ name: "Ada" });
  await local.control("inject?status=429&path=/v1/customers&times=2");
  await expect(stripe.customers.create({ name: "Bob" })).rejects.toBeInstanceOf(
    Stripe.errors.StripeRateLimitError,
  );
  // The second one is still to come.
  await expect(stripe.customers.list()).rejects.toMatchObject({ statusCode: 429, code: "rate_limit" });
  expect((await stripe.customers.list()).data.map(({ name }) => name)).toEqual(["Ada"]);
});
