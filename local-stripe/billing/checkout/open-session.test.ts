import type Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { startLocalStripe } from "../../test/harness";
import { confirm, paymentSession, submitPage, subscriptionSession } from "../../test/shop";

const local = startLocalStripe();

const setupSession = (more: Partial<Stripe.Checkout.SessionCreateParams> = {}) =>
  local.stripe.checkout.sessions.create({
    currency: "usd",
    mode: "setup",
    success_url: "http://127.0.0.1:3000/success",
    ...more,
  });

/** Recorded (REAL_STRIPE.md, Values). */
describe("an open session", () => {
  test("of a payment collects a method if one is required", async () => {
    expect(await paymentSession(local)).toMatchObject({
      adaptive_pricing: { enabled: true },
      collected_information: null,
      payment_method_collection: "if_required",
      saved_payment_method_options: null,
    });
  });

  test("of a customer tells what may be saved, and does not tell their name", async () => {
    const { id: customer } = await local.stripe.customers.create({ email: "ada@example.com", name: "Ada" });
    expect(await subscriptionSession(local, { customer, customer_email: undefined })).toMatchObject({
      collected_information: { business_name: null, individual_name: null, shipping_details: null },
      customer_details: { email: "ada@example.com", name: null },
      payment_method_collection: "always",
      saved_payment_method_options: {
        allow_redisplay_filters: ["always"],
        payment_method_remove: "disabled",
        payment_method_save: null,
      },
    });
  });

  test("of a setup has its intent, and nothing to pay", async () => {
    const session = await setupSession({
      setup_intent_data: { description: "For later", metadata: { plan: "pro" } },
    });
    expect(session).toMatchObject({
      amount_total: null,
      payment_method_collection: "always",
      payment_status: "no_payment_required",
      saved_payment_method_options: null,
      setup_intent: expect.stringMatching(/^seti_/),
      total_details: null,
    });
    const intent = await local.stripe.setupIntents.retrieve(String(session.setup_intent));
    expect(intent).toMatchObject({
      description: "For later",
      metadata: { plan: "pro" },
      status: "requires_payment_method",
    });
    expect(await confirm(local, session.id)).toMatchObject({
      // Type: the comment of `Stripe.Checkout.Session.customer_details`.
      customer_details: { address: null },
      payment_status: "no_payment_required",
      setup_intent: session.setup_intent,
      status: "complete",
    });
    expect((await local.stripe.setupIntents.list()).data).toMatchObject([{ status: "succeeded" }]);
  });

  // Type: the comment of `Stripe.Checkout.Session.setup_intent`.
  test("of a setup keeps its intent to itself", async () => {
    const { id, setup_intent } = await setupSession();
    const { setupIntents } = local.stripe;
    const attempts = [
      setupIntents.confirm(String(setup_intent), { payment_method: "pm_card_visa" }),
      setupIntents.cancel(String(setup_intent)),
    ];
    for (const attempt of attempts) {
      await expect(attempt).rejects.toMatchObject({
        code: "setup_intent_unexpected_state",
        message: expect.stringContaining(`was created by a Checkout Session (${id})`),
      });
    }
  });

  test("shows what the shop said instead", async () => {
    const { id: customer } = await local.stripe.customers.create({ email: "ada@example.com" });
    const session = await paymentSession(local, {
      adaptive_pricing: { enabled: false },
      customer,
      customer_email: undefined,
      integration_identifier: "shop_7",
      origin_context: "web",
      payment_method_options: { card: { request_three_d_secure: "any" } },
      saved_payment_method_options: { payment_method_save: "enabled" },
    });
    expect(session).toMatchObject({
      adaptive_pricing: { enabled: false },
      integration_identifier: "shop_7",
      origin_context: "web",
      payment_method_options: { card: { request_three_d_secure: "any" } },
      saved_payment_method_options: {
        allow_redisplay_filters: ["always"],
        payment_method_remove: "disabled",
        payment_method_save: "enabled",
      },
    });
  });
});

// Type: the comment of `Stripe.Checkout.SessionCreateParams.customer_creation`.
test("a setup makes a customer if it is asked to", async () => {
  const guest = await setupSession();
  await confirm(local, guest.id);
  expect((await local.stripe.customers.list()).data).toEqual([]);
  const session = await setupSession({ customer_creation: "always", customer_email: "ada@example.com" });
  const done = await confirm(local, session.id);
  const [customer] = (await local.stripe.customers.list()).data;
  expect([done, customer]).toMatchObject([{ customer: customer?.id }, { email: "ada@example.com" }]);
  const kept = await local.stripe.customers.listPaymentMethods(String(customer?.id));
  expect(kept.data).toHaveLength(1);
});

// Type: the comment of `Stripe.Checkout.SessionCreateParams.currency`.
test("a setup needs a currency, or the means of payment that it allows", async () => {
  await expect(setupSession({ currency: undefined })).rejects.toMatchObject({
    code: "parameter_missing",
    param: "currency",
  });
  const session = await setupSession({ allowed_payment_method_types: ["card"], currency: undefined });
  expect(session.currency).toBeNull();
});

/** Types: `Stripe.Checkout.SessionCreateParams.PaymentIntentData` and `PaymentMethodOptions`. */
describe("the payment", () => {
  test("has everything of payment_intent_data, as the CLI's checkout.session.completed sends it", async () => {
    const address = {
      city: "San Francisco",
      country: "US",
      line1: "510 Townsend St",
      postal_code: "94103",
      state: "CA",
    };
    const session = await paymentSession(local, {
      payment_intent_data: {
        description: "An engine",
        receipt_email: "grace@example.com",
        shipping: { address, name: "Jenny Rosen" },
        statement_descriptor_suffix: "ENGINE",
        transfer_group: "group_1",
      },
    });
    await confirm(local, session.id);
    expect((await local.stripe.paymentIntents.list()).data[0]).toMatchObject({
      description: "An engine",
      receipt_email: "grace@example.com",
      shipping: {
        address: { ...address, line2: null },
        carrier: null,
        name: "Jenny Rosen",
        phone: null,
        tracking_number: null,
      },
      statement_descriptor_suffix: "ENGINE",
      transfer_group: "group_1",
    });
  });

  test.each([["any"], ["challenge"]] as const)(
    "asks for 3D Secure with request_three_d_secure %s, and once only",
    async (request_three_d_secure) => {
      const payment_method_options = { card: { request_three_d_secure } };
      const session = await paymentSession(local, { payment_method_options });
      const first = await submitPage(String(session.url));
      expect(first.headers.get("Location")).toBe(`/c/pay/${session.id}/authenticate`);
      await submitPage(`${session.url}/authenticate`, { result: "complete" });
      const [intent] = (await local.stripe.paymentIntents.list()).data;
      expect(intent).toMatchObject({
        payment_method_options: { card: { request_three_d_secure } },
        status: "succeeded",
      });
    },
  );

  test("keeps the card if its own options say so", async () => {
    const { id: customer } = await local.stripe.customers.create({ email: "ada@example.com" });
    const options = { customer, customer_email: undefined } as const;
    const kept = async () =>
      (await local.stripe.customers.listPaymentMethods(customer)).data.map((one) => one.allow_redisplay);
    await confirm(local, (await paymentSession(local, options)).id);
    expect(await kept()).toEqual([]);
    const session = await paymentSession(local, {
      ...options,
      payment_method_data: { allow_redisplay: "limited" },
      payment_method_options: { card: { setup_future_usage: "off_session" } },
    });
    await confirm(local, session.id);
    expect(await kept()).toEqual(["limited"]);
  });

  test("takes no card of a blocked brand, on the page or without it", async () => {
    const restrictions = { brands_blocked: ["american_express"] } as const;
    const session = await paymentSession(local, {
      payment_method_options: {
        card: { restrictions: { brands_blocked: [...restrictions.brands_blocked] } },
      },
    });
    expect(session.payment_method_options?.card?.restrictions).toEqual(restrictions);
    await expect(confirm(local, session.id, "pm_card_amex")).rejects.toMatchObject({ statusCode: 400 });
    const page = await submitPage(String(session.url), { cvc: "1234", number: "3782 822463 10005" });
    expect(await page.text()).toContain("Cards of this brand are not accepted here.");
    await confirm(local, session.id);
    expect((await local.stripe.charges.list()).data).toHaveLength(1);
  });

  test.each([
    [
      { payment_intent_data: { statement_descriptor: "x".repeat(23) } },
      "payment_intent_data[statement_descriptor]",
    ],
    [{ payment_intent_data: { capture_method: "manual" } }, "payment_intent_data[capture_method]"],
    [{ payment_intent_data: { shipping: { name: "Ada" } } }, "payment_intent_data[shipping][address]"],
    [
      { payment_method_options: { card: { request_three_d_secure: "never" } } },
      "payment_method_options[card][request_three_d_secure]",
    ],
    [
      { saved_payment_method_options: { payment_method_save: "always" } },
      "saved_payment_method_options[payment_method_save]",
    ],
  ])("%j is refused", async (params, param) => {
    await expect(paymentSession(local, params as never)).rejects.toMatchObject({ param, statusCode: 400 });
  });
});
