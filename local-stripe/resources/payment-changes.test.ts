import type Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { ask } from "../test/ask";
import { formOf, type Params } from "../test/form-of";
import { startLocalStripe } from "../test/harness";

/** Intents and their charges with all that can be given to them beside an amount, or changed later. */

const local = startLocalStripe();
const post = (path: string, params: Params = {}) => ask(local, `POST /v1/${path}`, formOf(params));
const get = (path: string, params: Params = {}) => ask(local, `GET /v1/${path}`, formOf(params));
const types = async () => (await local.happened()).map(({ type }) => type);

const create = (more: Params = {}) => post("payment_intents", { amount: 1000, currency: "usd", ...more });
const pay = (more: Params = {}) => create({ confirm: true, payment_method: "pm_card_visa", ...more });

const JENNY = {
  name: "Jenny Rosen",
  address: {
    line1: "510 Townsend St",
    postal_code: "94103",
    city: "San Francisco",
    state: "CA",
    country: "US",
  },
};

describe("the official CLI's scenarios", () => {
  const BY_CLI = { confirm: true, currency: "usd", description: "(created by Stripe CLI)" };

  test("payment_intent.succeeded", async () => {
    const { status, body } = await post("payment_intents", {
      ...BY_CLI,
      amount: 2000,
      payment_method: "pm_card_visa",
      shipping: JENNY,
    });
    expect([status, body.status, body.description]).toEqual([200, "succeeded", BY_CLI.description]);
    const shipped = {
      address: { ...JENNY.address, line2: null },
      carrier: null,
      name: "Jenny Rosen",
      phone: null,
      tracking_number: null,
    };
    expect(body.shipping).toEqual(shipped);
    expect((await get(`charges/${body.latest_charge}`)).body.shipping).toEqual(shipped);
    expect(await types()).toContain("payment_intent.succeeded");
  });

  test("charge.dispute.created, .updated and .closed", async () => {
    const { body: intent } = await post("payment_intents", {
      ...BY_CLI,
      amount: 100,
      payment_method: "pm_card_createDisputeInquiry",
    });
    const [dispute] = (await get("disputes", { payment_intent: intent.id })).body.data;
    expect(dispute).toMatchObject({ status: "warning_needs_response", is_charge_refundable: true });
    const { body: updated } = await post(`disputes/${dispute.id}`, { metadata: { foo: "bar" } });
    // Metadata alone submits nothing.
    expect(updated).toMatchObject({ status: "warning_needs_response", metadata: { foo: "bar" } });
    await post(`disputes/${dispute.id}/close`);
    // An inquiry takes no money (https://docs.stripe.com/disputes).
    expect(await types()).toEqual([
      "payment_intent.created",
      "charge.succeeded",
      "charge.dispute.created",
      "payment_intent.succeeded",
      "charge.dispute.updated",
      "charge.updated",
      "charge.dispute.closed",
      "charge.updated",
      // Of the payment, which follow it by two seconds.
      "charge.updated",
      "charge.updated",
    ]);
  });
});

describe("a payment intent is changed", () => {
  test("before it is confirmed, in everything", async () => {
    const { id: customer } = (await post("customers")).body;
    const { id } = (await create({ shipping: JENNY, metadata: { a: "1" } })).body;
    const { body } = await post(`payment_intents/${id}`, {
      amount: 4000,
      currency: "eur",
      customer,
      description: "four",
      metadata: { b: "2" },
      payment_method: "pm_card_visa",
      receipt_email: "ada@example.com",
      setup_future_usage: "off_session",
      shipping: { name: "Ada", address: { line1: "1 Loopback Road" } },
      statement_descriptor_suffix: "FOUR",
    });
    expect(body).toMatchObject({
      amount: 4000,
      currency: "eur",
      customer,
      description: "four",
      metadata: { a: "1", b: "2" },
      receipt_email: "ada@example.com",
      setup_future_usage: "off_session",
      // Recorded: what is not given stays, leaf by leaf.
      shipping: { name: "Ada", address: { line1: "1 Loopback Road", city: "San Francisco" } },
      status: "requires_confirmation",
    });
    const { body: paid } = await post(`payment_intents/${id}/confirm`);
    expect(paid).toMatchObject({ status: "succeeded", amount_received: 4000 });
    const { body: charge } = await get(`charges/${paid.latest_charge}`);
    expect(charge).toMatchObject({
      calculated_statement_descriptor: "LOCAL STRIPE* FOUR",
      currency: "eur",
      receipt_email: "ada@example.com",
    });
    expect((await get(`payment_methods/${paid.payment_method}`)).body.customer).toBe(customer);
  });

  const LATE = [
    ["amount", 9999],
    ["currency", "eur"],
    ["capture_method", "manual"],
    ["payment_method", "pm_card_visa"],
    ["setup_future_usage", "off_session"],
  ] as const;

  test.each(LATE)("no longer in its %s once it succeeded (recorded for the amount)", async (param, value) => {
    const { id } = (await pay()).body;
    const { status, body } = await post(`payment_intents/${id}`, { [param]: value });
    expect([status, body.error.code, body.error.param, body.error.message]).toEqual([
      400,
      "payment_intent_unexpected_state",
      param,
      `This PaymentIntent's ${param} could not be updated because it has a status of succeeded. You may only update the ${param} of a PaymentIntent with one of the following statuses: requires_payment_method, requires_confirmation, requires_action.`,
    ]);
    expect(body.error.payment_intent.id).toBe(id);
  });

  test("always in its description and metadata (recorded)", async () => {
    const { id } = (await pay()).body;
    const { body } = await post(`payment_intents/${id}`, { description: "after", metadata: { u: "v" } });
    expect(body).toMatchObject({ description: "after", metadata: { u: "v" }, status: "succeeded" });
  });

  test("and its last error is forgotten (type: last_payment_error)", async () => {
    const { payment_intent } = (await pay({ payment_method: "pm_card_chargeDeclined" })).body.error;
    const { body } = await post(`payment_intents/${payment_intent.id}`, { description: "again" });
    expect(body.last_payment_error).toBeNull();
  });
});

describe("a payment intent is confirmed", () => {
  test("with what only its confirmation says", async () => {
    const { id } = (await create()).body;
    const { body } = await post(`payment_intents/${id}/confirm`, {
      payment_method_data: { type: "card", card: { token: "tok_visa" }, billing_details: { name: "Ada" } },
      receipt_email: "ada@example.com",
      shipping: JENNY,
    });
    expect(body).toMatchObject({ status: "succeeded", receipt_email: "ada@example.com" });
    const { body: charge } = await get(`charges/${body.latest_charge}`);
    expect([charge.billing_details.name, charge.shipping.name]).toEqual(["Ada", "Jenny Rosen"]);
  });

  test("with payment_method_data of a bank account", async () => {
    const { body } = await create({
      confirm: true,
      mandate_data: { customer_acceptance: { type: "offline" } },
      payment_method_data: {
        type: "us_bank_account",
        billing_details: { name: "Ada" },
        us_bank_account: { account_number: "000123456789", routing_number: "110000000" },
      },
    });
    expect(body.status).toBe("processing");
  });

  test("a refused confirmation changes nothing (recorded)", async () => {
    const { id } = (await create()).body;
    const { body } = await post(`payment_intents/${id}/confirm`, { receipt_email: "ada@example.com" });
    expect(body.error.code).toBe("payment_intent_unexpected_state");
    expect((await get(`payment_intents/${id}`)).body).toMatchObject({
      payment_method: null,
      receipt_email: null,
      status: "requires_payment_method",
    });
  });

  test("a customer's intent says with whose method it wants to be confirmed (recorded)", async () => {
    const { id: customer } = (await post("customers")).body;
    const { id } = (await create({ customer })).body;
    const { body } = await post(`payment_intents/${id}/confirm`);
    expect(body.error.message).toBe(
      `You cannot confirm this PaymentIntent because it's missing a payment method. To confirm the PaymentIntent with ${customer}, specify a payment method attached to this customer along with the customer ID.`,
    );
    expect(body.error.payment_intent.id).toBe(id);
  });

  test("error_on_requires_action refuses a card that asks, with no charge", async () => {
    const { status, body } = await pay({
      error_on_requires_action: true,
      payment_method: "pm_card_threeDSecure2Required",
    });
    expect([status, body.error.code, body.error.charge]).toEqual([402, "authentication_required", undefined]);
    expect(body.error.payment_intent.status).toBe("requires_payment_method");
  });

  test.each([
    ["pm_card_visa", "any", "requires_action"],
    ["pm_card_visa", "challenge", "requires_action"],
    ["pm_card_visa", "automatic", "succeeded"],
    ["pm_card_amex_threeDSecureNotSupported", "any", "succeeded"],
  ])("%s with request_three_d_secure %s: %s (type)", async (payment_method, wanted, status) => {
    const options = { card: { request_three_d_secure: wanted } };
    const { body } = await pay({ payment_method, payment_method_options: options });
    expect([body.status, body.payment_method_options.card]).toEqual([
      status,
      { installments: null, mandate_options: null, network: null, request_three_d_secure: wanted },
    ]);
  });

  test("payment_method_options of a card keep it, and are merged", async () => {
    const { id: customer } = (await post("customers")).body;
    const options = { card: { setup_future_usage: "off_session", request_multicapture: "if_available" } };
    const { id } = (await create({ customer, payment_method_options: options })).body;
    const given = { payment_method: "pm_card_visa", payment_method_options: { card: { network: "visa" } } };
    const { body } = await post(`payment_intents/${id}/confirm`, given);
    expect(body.payment_method_options.card).toEqual({
      installments: null,
      mandate_options: null,
      network: "visa",
      request_multicapture: "if_available",
      request_three_d_secure: "automatic",
      setup_future_usage: "off_session",
    });
    expect((await get(`payment_methods/${body.payment_method}`)).body.customer).toBe(customer);
  });

  test("with installments and a mandate among its options (types)", async () => {
    const mandate = {
      amount: 5000,
      amount_type: "maximum",
      interval: "month",
      reference: "r1",
      start_date: 7,
    };
    const options = {
      card: { cvc_token: "cvctok_x", installments: { enabled: true }, mandate_options: mandate, moto: true },
    };
    const { body } = await create({ payment_method_options: options });
    expect(body.payment_method_options.card).toEqual({
      installments: { available_plans: null, enabled: true, plan: null },
      mandate_options: {
        ...mandate,
        description: null,
        end_date: null,
        interval_count: null,
        supported_types: null,
      },
      network: null,
      request_three_d_secure: "automatic",
    });
    const bad = await create({ payment_method_options: { card: { installments: { enabled: "perhaps" } } } });
    expect(bad.body.error.param).toBe("payment_method_options[card][installments][enabled]");
  });

  test("not twice (https://docs.stripe.com/error-codes), nor after it was canceled", async () => {
    const { id } = (await pay()).body;
    const { body } = await post(`payment_intents/${id}/confirm`, { payment_method: "pm_card_visa" });
    expect(body.error).toMatchObject({
      code: "payment_intent_unexpected_state",
      message:
        "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.",
      payment_intent: { id, status: "succeeded" },
    });
    const { body: canceled } = await post(`payment_intents/${(await create()).body.id}/cancel`);
    expect((await post(`payment_intents/${canceled.id}/cancel`)).body.error.message).toBe(
      "You cannot cancel this PaymentIntent because it has a status of canceled. Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, requires_capture, requires_reauthorization, requires_confirmation, requires_action, expired, processing.",
    );
  });
});

describe("a setup intent", () => {
  test.each([
    ["succeeded", "confirm", "You cannot confirm this SetupIntent because it has already succeeded."],
    ["canceled", "confirm", "You cannot confirm this SetupIntent because it has been canceled."],
    ["succeeded", "", "You cannot update this SetupIntent because it has already succeeded."],
    [
      "succeeded",
      "cancel",
      "You cannot cancel this SetupIntent because it has a status of succeeded. Only a SetupIntent with one of the following statuses may be canceled: `requires_payment_method`, `requires_confirmation`, or `requires_action`.",
    ],
  ])("%s: %s (recorded)", async (state, verb, message) => {
    const confirm = state === "succeeded";
    const { id } = (await post("setup_intents", { confirm, payment_method: "pm_card_visa" })).body;
    if (!confirm) await post(`setup_intents/${id}/cancel`);
    const given = verb === "cancel" ? {} : { payment_method: "pm_card_visa" };
    const { status, body } = await post(`setup_intents/${id}${verb && `/${verb}`}`, given);
    expect([status, body.error.code, body.error.message]).toEqual([
      400,
      "setup_intent_unexpected_state",
      message,
    ]);
    expect(body.error.setup_intent).toMatchObject({ id, status: state });
  });

  test("a canceled one without a method misses its method first (recorded)", async () => {
    const { id } = (await post("setup_intents")).body;
    await post(`setup_intents/${id}/cancel`);
    expect((await post(`setup_intents/${id}/confirm`)).body.error.message).toMatch(
      /missing a payment method/,
    );
  });

  test("does not take the customer's default (recorded)", async () => {
    const given = {
      invoice_settings: { default_payment_method: "pm_card_visa" },
      payment_method: "pm_card_visa",
    };
    const { id: customer } = (await post("customers", given)).body;
    const { id } = (await post("setup_intents", { customer })).body;
    expect((await post(`setup_intents/${id}/confirm`)).status).toBe(400);
  });

  test("is changed in its method, customer and words, and in its words for ever (recorded)", async () => {
    const { id: customer } = (await post("customers")).body;
    const { id } = (await post("setup_intents")).body;
    const { body } = await post(`setup_intents/${id}`, {
      customer,
      description: "for later",
      payment_method: "pm_card_visa",
    });
    expect(body).toMatchObject({ customer, description: "for later", status: "requires_confirmation" });
    await post(`setup_intents/${id}/confirm`);
    const { status, body: after } = await post(`setup_intents/${id}`, { description: "kept" });
    expect([status, after.status, after.description]).toEqual([200, "succeeded", "kept"]);
  });

  test.each([
    [
      "create",
      async (method: string, customer: string) => post("setup_intents", { customer, payment_method: method }),
    ],
    [
      "update",
      async (method: string, customer: string) =>
        post(`setup_intents/${(await post("setup_intents", { customer })).body.id}`, {
          payment_method: method,
        }),
    ],
  ])("%s: somebody else's method is refused (recorded)", async (_, call) => {
    const { id: owner } = (await post("customers")).body;
    const { id: other } = (await post("customers")).body;
    const { id: method } = (await post("payment_methods/pm_card_visa/attach", { customer: owner })).body;
    const { status, body } = await call(method, other);
    expect([status, body.error.code, body.error.param, body.error.message]).toEqual([
      400,
      undefined,
      "payment_method",
      `The PaymentMethod ${method} does not belong to the Customer you supplied ${other}. Please use this PaymentMethod with the Customer that it belongs to instead.`,
    ]);
  });

  test("each attempt is listed, and expanded (type: Stripe.SetupAttempt)", async () => {
    const { id } = (await post("setup_intents")).body;
    await post(`setup_intents/${id}/confirm`, { payment_method: "pm_card_chargeDeclined" });
    await post(`setup_intents/${id}/confirm`, { payment_method: "pm_card_visa" });
    const { data } = (await get("setup_attempts", { setup_intent: id })).body;
    expect(data.map((one: Stripe.SetupAttempt) => [one.status, one.setup_error?.decline_code])).toEqual([
      ["succeeded", undefined],
      ["failed", "generic_decline"],
    ]);
    const { body } = await get(`setup_intents/${id}`, { expand: { 0: "latest_attempt" } });
    expect(body.latest_attempt.id).toBe(data[0].id);
  });

  test("is made of payment_method_data, and once only without a customer (recorded)", async () => {
    const { body } = await post("setup_intents", {
      confirm: true,
      payment_method_data: { type: "card", card: { token: "tok_visa" } },
    });
    expect(body.status).toBe("succeeded");
    const again = await post("setup_intents", { confirm: true, payment_method: body.payment_method });
    expect(again.body.error.message).toMatch(/^The provided PaymentMethod was previously used/);
    // It was set up to be kept, so it may still become somebody's.
    const { id: customer } = (await post("customers")).body;
    expect((await post(`payment_methods/${body.payment_method}/attach`, { customer })).status).toBe(200);
  });

  test("a missing one is told in one word (recorded)", async () => {
    const { status, body } = await get("setup_intents/seti_nope");
    expect([status, body.error.param, body.error.message]).toEqual([
      404,
      "intent",
      "No such setupintent: 'seti_nope'",
    ]);
  });
});

describe("a charge", () => {
  test("is changed, and that is told", async () => {
    const { latest_charge: id } = (await pay({ description: "before" })).body;
    await local.happened();
    const { body } = await post(`charges/${id}`, {
      description: "after",
      fraud_details: { user_report: "safe" },
      metadata: { a: "1" },
      receipt_email: "ada@example.com",
      shipping: JENNY,
    });
    expect(body).toMatchObject({
      description: "after",
      fraud_details: { user_report: "safe" },
      metadata: { a: "1" },
      receipt_email: "ada@example.com",
      shipping: { name: "Jenny Rosen" },
    });
    const { data } = (await get("events", { type: "charge.updated" })).body;
    expect(data[0].data.previous_attributes).toMatchObject({ description: "before", receipt_email: null });
  });

  test("is not changed in what its intent decides, and not captured twice (recorded)", async () => {
    const { id, latest_charge } = (await pay()).body;
    expect((await post(`charges/${latest_charge}`, { transfer_group: "g" })).body.error.message).toBe(
      `This Charge was created by a PaymentIntent (${id}). You must update the \`transfer_group\` on the PaymentIntent instead of updating the Charge directly. See https://stripe.com/docs/api#update_payment_intent`,
    );
    expect((await post(`charges/${latest_charge}/capture`)).body.error).toMatchObject({
      code: "charge_already_captured",
      message: `Charge ${latest_charge} has already been captured.`,
    });
  });

  test("and its intent are searched", async () => {
    const { id, latest_charge } = (await pay({ metadata: { order: "7" } })).body;
    await pay({ amount: 2222 });
    const found = async (path: string, query: string) =>
      (await get(`${path}/search`, { query })).body.data.map((one: { id: string }) => one.id);
    expect(await found("charges", 'metadata["order"]:"7" AND status:"succeeded"')).toEqual([latest_charge]);
    expect(await found("payment_intents", 'metadata["order"]:"7"')).toEqual([id]);
    expect(await found("payment_intents", "amount>1500")).toHaveLength(1);
  });

  test("that failed is not refunded (recorded)", async () => {
    const { charge, payment_intent } = (await pay({ payment_method: "pm_card_chargeDeclined" })).body.error;
    for (const wanted of [{ charge }, { payment_intent: payment_intent.id }]) {
      const { status, body } = await post("refunds", wanted);
      expect([status, body.error.message]).toEqual([
        400,
        `This PaymentIntent (${payment_intent.id}) does not have a successful charge to refund.`,
      ]);
    }
  });
});

test("a refund that went through is not canceled (recorded)", async () => {
  const { id: payment_intent } = (await pay()).body;
  const { id } = (await post("refunds", { payment_intent })).body;
  const { status, body } = await post(`refunds/${id}/cancel`);
  expect([status, body.error.code, body.error.message]).toEqual([
    400,
    undefined,
    "Canceling this refund is unsupported.",
  ]);
});

test("money that moved is listed with what it was for (recorded)", async () => {
  const { latest_charge: charge } = (await pay({ description: "Pro" })).body;
  const { id: refund } = (await post("refunds", { amount: 100, charge })).body;
  const { latest_charge: other } = (await pay({ payment_method: "pm_card_createDispute" })).body;
  const [dispute] = (await get("disputes", { charge: other })).body.data;
  await post(`disputes/${dispute.id}`, { evidence: { uncategorized_text: "winning_evidence" } });

  const { data } = (await get("balance_transactions")).body;
  expect(data.map((one: Stripe.BalanceTransaction) => [one.source, one.amount, one.description])).toEqual([
    [dispute.id, 1000, `Chargeback reversal for ${other}`],
    [other, 1000, null],
    [dispute.id, -1000, `Chargeback withdrawal for ${other}`],
    [refund, -100, "REFUND FOR CHARGE (Pro)"],
    [charge, 1000, "Pro"],
  ]);
  expect(data[2]).toMatchObject({ fee: 1500, reporting_category: "dispute", type: "adjustment" });
  expect(data[2].fee_details).toMatchObject([{ amount: 1500, description: "Dispute fee" }]);
  const listed = async (params: Params) => (await get("balance_transactions", params)).body.data.length;
  expect(await listed({ source: charge })).toBe(1);
  expect(await listed({ type: "refund" })).toBe(1);
  expect(await listed({ currency: "eur" })).toBe(0);
  expect(await listed({ source: dispute.id })).toBe(0);
  expect((await get("balance_transactions/txn_nope")).body.error).toMatchObject({
    message: "No such balance transaction: 'txn_nope'",
    param: "id",
  });
  // A won charge can be refunded again.
  expect((await post("refunds", { charge: other })).status).toBe(200);
});

test("nothing is paid out, for there is no bank account (recorded)", async () => {
  expect((await get("payouts")).body).toMatchObject({ object: "list", data: [], url: "/v1/payouts" });
  expect((await post("payouts", { amount: 100, currency: "usd" })).body.error.message).toBe(
    "Sorry, you don't have any external accounts in that currency (usd).",
  );
  expect((await get("payouts/po_nope")).body.error).toMatchObject({
    message: "No such payout: 'po_nope'",
    param: "payout",
  });
});

describe("disputes", () => {
  test.each([
    ["pm_card_createDispute", "fraudulent", "needs_response", "chargeback", "10.4", false],
    [
      "pm_card_createDisputeProductNotReceived",
      "product_not_received",
      "needs_response",
      "chargeback",
      "13.1",
      false,
    ],
    ["pm_card_createDisputeInquiry", "fraudulent", "warning_needs_response", "inquiry", "10", true],
  ])("%s: %s, %s (recorded)", async (payment_method, reason, status, case_type, code, refundable) => {
    const { id: payment_intent } = (await pay({ payment_method })).body;
    const [dispute] = (await get("disputes", { payment_intent })).body.data;
    expect(dispute).toMatchObject({
      reason,
      status,
      is_charge_refundable: refundable,
      payment_method_details: { card: { case_type, network_reason_code: code } },
    });
    // Recorded: until the last second of the day eight days on.
    const due = new Date(dispute.evidence_details.due_by * 1000).toISOString();
    expect(due.slice(11, 19)).toBe("23:59:59");
    const days = Math.floor(dispute.evidence_details.due_by / 86_400) - Math.floor(dispute.created / 86_400);
    expect(days).toBe(8);
    expect((await post("refunds", { amount: 1, payment_intent })).status).toBe(refundable ? 200 : 400);
  });

  test("it is said how evidence is to be submitted, and that submits none (type)", async () => {
    const { id: payment_intent } = (await pay({ payment_method: "pm_card_createDispute" })).body;
    const [{ id }] = (await get("disputes", { payment_intent })).body.data;
    const { body } = await post(`disputes/${id}`, { intended_submission_method: "prefer_manual" });
    expect(body).toMatchObject({ intended_submission_method: "prefer_manual", status: "needs_response" });
  });

  test("an inquiry is escalated, and takes the money then (https://docs.stripe.com/testing)", async () => {
    const { id: payment_intent } = (await pay({ payment_method: "pm_card_createDisputeInquiry" })).body;
    const [{ id }] = (await get("disputes", { payment_intent })).body.data;
    await post(`disputes/${id}`, { evidence: { uncategorized_text: "escalate_inquiry_evidence" } });
    expect((await get(`disputes/${id}`)).body).toMatchObject({
      status: "needs_response",
      is_charge_refundable: false,
      balance_transactions: [{ amount: -1000 }],
    });
    expect(await types()).toContain("charge.dispute.funds_withdrawn");
  });
});

describe("numbers", () => {
  const card = (more: Params) =>
    post("payment_methods", { type: "card", card: { exp_month: 12, exp_year: 2034, cvc: "123", ...more } });

  test.each([
    [{ number: "4242424242424241" }, "incorrect_number", "number", undefined],
    // Its digits are right, but it is no test card.
    [{ number: "4111111111111111" }, "card_declined", undefined, "test_mode_live_card"],
    [{ number: "4242424242424242", exp_year: 2020 }, "invalid_expiry_year", "exp_year", undefined],
    [{ number: "4242424242424242", cvc: "12" }, "invalid_cvc", "cvc", undefined],
  ])("%o: %s (https://docs.stripe.com/error-codes)", async (given, code, param, decline_code) => {
    const { status, body } = await card(given);
    const { error } = body;
    expect([status, error.type, error.code, error.param, error.decline_code]).toEqual([
      402,
      "card_error",
      code,
      param,
      decline_code,
    ]);
  });

  test("only what was given is checked, and a wrong address is told (type: Card.Checks)", async () => {
    const { body } = await post("payment_methods", {
      type: "card",
      billing_details: { address: { line1: "1 Loopback Road", postal_code: "94107" } },
      card: { number: "4000000000000010", exp_month: 12, exp_year: 2034 },
    });
    expect(body.card.checks).toEqual({
      address_line1_check: "unchecked",
      address_postal_code_check: "unchecked",
      cvc_check: null,
    });
    const { latest_charge } = (await pay({ payment_method: body.id })).body;
    expect((await get(`charges/${latest_charge}`)).body.payment_method_details.card.checks).toEqual({
      address_line1_check: "fail",
      address_postal_code_check: "fail",
      cvc_check: null,
    });
  });

  test("3D Secure first, and then the bank still refuses (https://docs.stripe.com/testing)", async () => {
    const asked = await pay({ payment_method: "pm_card_threeDSecureRequiredChargeDeclined" });
    expect(asked.body.status).toBe("requires_action");
    const { url } = asked.body.next_action.redirect_to_url;
    await fetch(url, { method: "POST", body: new URLSearchParams({ result: "complete" }) });
    expect((await get(`payment_intents/${asked.body.id}`)).body).toMatchObject({
      status: "requires_payment_method",
      last_payment_error: { decline_code: "generic_decline" },
    });
  });
});

describe("a payment method that belongs to nobody", () => {
  test.each([
    ["paid", "pm_card_visa"],
    ["was declined", "pm_card_chargeCustomerFail"],
  ])("and %s is used up", async (_, card) => {
    const { id } = (
      await post("payment_methods", { type: "card", card: { token: card.replace("pm_card", "tok") } })
    ).body;
    await pay({ payment_method: id });
    const { id: customer } = (await post("customers")).body;
    expect((await post(`payment_methods/${id}/attach`, { customer })).body.error.message).toBe(
      "This PaymentMethod was previously used without being attached to a Customer or was detached from a Customer, and may not be used again.",
    );
    expect((await post("setup_intents", { payment_method: id })).status).toBe(400);
  });

  test("is not used up by the bank's question, nor where it is to be kept (type: setup_future_usage)", async () => {
    const asked = await pay({ payment_method: "pm_card_threeDSecure2Required" });
    const again = await post(`payment_intents/${asked.body.id}/confirm`);
    expect(again.body.status).toBe("requires_action");
    const { payment_method } = (await pay({ setup_future_usage: "off_session" })).body;
    const { id: customer } = (await post("customers")).body;
    expect((await post(`payment_methods/${payment_method}/attach`, { customer })).status).toBe(200);
    expect((await pay({ customer, payment_method })).body.status).toBe("succeeded");
    expect((await pay({ customer, payment_method })).body.status).toBe("succeeded");
  });
});
