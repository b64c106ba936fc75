import { describe, expect, test } from "vitest";
import { type Asked, ask } from "../test/ask";
import { formOf, type Params } from "../test/form-of";
import { startLocalStripe } from "../test/harness";
import { monthlyPrice, paymentSession, subscriptionSession } from "../test/shop";

/**
 * Facts about payments as Stripe itself was recorded to answer them (REAL_STRIPE.md), under the names that they have there.
 * Ids are shortened to their prefix, as they are there.
 */

const local = startLocalStripe();

const post = (path: string, params: Params = {}) => ask(local, `POST /v1/${path}`, formOf(params));
const get = (path: string, params: Params = {}) => ask(local, `GET /v1/${path}`, formOf(params));

const shortened = (text: string) => text.replace(/\b((?:pm|cus|pi|ch|du|re|seti|setatt)_)\w+/g, "$1…");

/** The parts of an error that a fact is about: a part that was not sent is null. */
const errorOf = ({ status, body: { error = {} } }: Asked) => ({
  status,
  code: error.code ?? null,
  param: error.param ?? null,
  message: shortened(error.message ?? ""),
});

const pay = (payment_method: string, more: Params = {}) =>
  post("payment_intents", { amount: 1500, currency: "usd", confirm: true, payment_method, ...more });

const plain = async (more: Params = {}): Promise<string> =>
  (await post("payment_intents", { amount: 1000, currency: "usd", ...more })).body.id;

const customer = async (): Promise<string> => (await post("customers")).body.id;

/** A customer's own card. */
async function kept(token = "tok_visa"): Promise<{ owner: string; method: string }> {
  const owner = await customer();
  const { body } = await post("payment_methods", { type: "card", card: { token } });
  await post(`payment_methods/${body.id}/attach`, { customer: owner });
  return { owner, method: body.id };
}

const disputed = async (card = "pm_card_createDispute") => {
  const { body } = await pay(card);
  const { data } = (await get("disputes", { payment_intent: body.id })).body;
  return { charge: body.latest_charge as string, dispute: data[0]?.id as string, disputes: data };
};

type Facts = Readonly<Record<string, readonly [() => Promise<unknown>, unknown]>>;

const paymentIntents: Facts = {
  "plain create: capture_method": [
    async () => (await get(`payment_intents/${await plain()}`)).body.capture_method,
    "automatic_async",
  ],
  "zero amount message begins": [
    async () => errorOf(await post("payment_intents", { amount: 0, currency: "usd" })),
    {
      status: 400,
      code: "parameter_invalid_integer",
      param: "amount",
      message: expect.stringMatching(
        /^The amount must be greater than or equal to the minimum charge amount /,
      ),
    },
  ],
  "manual capture holds": [
    async () => (await pay("pm_card_visa", { capture_method: "manual" })).body.status,
    "requires_capture",
  ],
  "capture wrong state": [
    async () => errorOf(await post(`payment_intents/${await plain()}/capture`)),
    {
      status: 400,
      code: "payment_intent_unexpected_state",
      param: null,
      message:
        "This PaymentIntent could not be captured because it has a status of requires_payment_method. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.",
    },
  ],
  "confirm uses customer default": [
    async () => {
      const { owner, method } = await kept();
      await post(`customers/${owner}`, { invoice_settings: { default_payment_method: method } });
      return (await post(`payment_intents/${await plain({ customer: owner })}/confirm`)).body.status;
    },
    "succeeded",
  ],
  "customerless intent, customer method": [
    async () => {
      const { method } = await kept();
      return errorOf(await post(`payment_intents/${await plain()}/confirm`, { payment_method: method }));
    },
    {
      status: 400,
      code: "parameter_missing",
      param: "source",
      message:
        "The `payment_method` parameter supplied pm_… belongs to the Customer cus_…. Please include the Customer in the `customer` parameter on the PaymentIntent.",
    },
  ],
  "other customer method": [
    async () => {
      const { method } = await kept();
      const intent = await plain({ customer: await customer() });
      return errorOf(await post(`payment_intents/${intent}/confirm`, { payment_method: method }));
    },
    {
      status: 400,
      code: null,
      param: "payment_method",
      message:
        "The PaymentMethod pm_… does not belong to the Customer you supplied cus_…. Please use this PaymentMethod with the Customer that it belongs to instead.",
    },
  ],
  "3DS off session: no charge": [
    async () => {
      const { status, body } = await pay("pm_card_threeDSecure2Required", { off_session: true });
      const { charge, payment_intent, payment_method } = body.error;
      const charges = (await get("charges", { payment_intent: payment_intent.id })).body.data;
      return [status, charge, payment_intent.latest_charge, charges, payment_method.object];
    },
    [402, undefined, null, [], "payment_method"],
  ],
  "charge update description": [
    async () => {
      const { latest_charge } = (await pay("pm_card_visa")).body;
      return (await post(`charges/${latest_charge}`, { description: "d" })).body.description;
    },
    "d",
  ],
  "update amount before confirm": [
    async () => (await post(`payment_intents/${await plain()}`, { amount: 750 })).body.amount,
    750,
  ],
};

const refundsAndDisputes: Facts = {
  "over-refund": [
    async () => {
      const { latest_charge: charge } = (await pay("pm_card_visa", { amount: 3000 })).body;
      return errorOf(await post("refunds", { amount: 4000, charge }));
    },
    {
      status: 400,
      code: null,
      param: "amount",
      message: "Refund amount ($40.00) is greater than unrefunded amount on charge ($30.00)",
    },
  ],
  "refund unknown charge": [
    async () => errorOf(await post("refunds", { charge: "ch_nope" })),
    { status: 404, code: "resource_missing", param: "id", message: "No such charge: 'ch_…'" },
  ],
  "dispute exists at once": [async () => (await disputed()).disputes.length, 1],
  "dispute event order": [
    async () => {
      await disputed();
      const types = (await local.happened()).map(({ type }) => type);
      return types.filter((type) => !["payment_intent.created", "charge.updated"].includes(type));
    },
    [
      "charge.succeeded",
      "charge.dispute.created",
      "charge.dispute.funds_withdrawn",
      "payment_intent.succeeded",
    ],
  ],
  "refund of a disputed charge": [
    async () => errorOf(await post("refunds", { charge: (await disputed()).charge })),
    {
      status: 400,
      code: "charge_disputed",
      param: null,
      message: "Charge ch_… has been charged back; cannot issue a refund.",
    },
  ],
  "plain evidence -> under_review": [
    async () => {
      const evidence = { uncategorized_text: "see attached" };
      return (await post(`disputes/${(await disputed()).dispute}`, { evidence })).body.status;
    },
    "under_review",
  ],
  "already closed": [
    async () => {
      const { dispute } = await disputed();
      await post(`disputes/${dispute}/close`);
      return errorOf(await post(`disputes/${dispute}/close`));
    },
    { status: 400, code: null, param: null, message: "This dispute is already closed" },
  ],
  "missing dispute": [
    async () => errorOf(await get("disputes/du_nope")),
    { status: 404, code: "resource_missing", param: "dispute", message: "No such dispute: 'du_…'" },
  ],
};

const setup = async (more: Params = {}): Promise<string> => (await post("setup_intents", more)).body.id;

const setupIntents: Facts = {
  "latest_attempt setatt_": [
    async () => {
      const { body } = await post(`setup_intents/${await setup()}/confirm`, {
        payment_method: "pm_card_visa",
      });
      return shortened(String(body.latest_attempt));
    },
    "setatt_…",
  ],
  ownership: [
    async () => {
      const { method } = await kept();
      return errorOf(await post(`setup_intents/${await setup()}/confirm`, { payment_method: method }));
    },
    {
      status: 400,
      code: null,
      param: "payment_method",
      message:
        "The payment method supplied (pm_…) belongs to the Customer cus_…. Please include the Customer in the `customer` parameter on the SetupIntent.",
    },
  ],
  "confirm without method": [
    async () => errorOf(await post(`setup_intents/${await setup()}/confirm`)),
    {
      status: 400,
      code: "setup_intent_unexpected_state",
      param: null,
      message:
        "You cannot confirm this SetupIntent because it's missing a payment method. You can either update the SetupIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
    },
  ],
  "update setup intent": [
    async () => (await post(`setup_intents/${await setup()}`, { metadata: { a: "1" } })).body.metadata,
    { a: "1" },
  ],
  "cancel twice": [
    async () => {
      const id = await setup();
      await post(`setup_intents/${id}/cancel`);
      return errorOf(await post(`setup_intents/${id}/cancel`));
    },
    {
      status: 400,
      code: "setup_intent_unexpected_state",
      param: null,
      message: "You cannot cancel this SetupIntent because it is already canceled.",
    },
  ],
  "setup decline carries intent+method": [
    async () => {
      const given = { confirm: true, payment_method: "pm_card_chargeDeclined" };
      const { setup_intent, payment_method } = (await post("setup_intents", given)).body.error;
      return [setup_intent.status, payment_method.object === "payment_method"];
    },
    ["requires_payment_method", true],
  ],
};

const ONCE_ONLY = {
  status: 400,
  code: null,
  param: null,
  message: expect.stringContaining("may not be used again"),
};

const wrongWithoutAnError: Facts = {
  "1: a charged-back charge": refundsAndDisputes["refund of a disputed charge"] as Facts[string],
  "12: a payment method without a customer used again": [
    async () => {
      const { payment_method } = (await pay("pm_card_visa")).body;
      return errorOf(await pay(payment_method));
    },
    ONCE_ONLY,
  ],
  "12: a detached one": [
    async () => {
      const { method } = await kept();
      await post(`payment_methods/${method}/detach`);
      return errorOf(await pay(method));
    },
    ONCE_ONLY,
  ],
  "13: evidence is submitted unless submit is false": [
    async () => {
      const { dispute } = await disputed();
      const evidence = { product_description: "a plan" };
      const kept = await post(`disputes/${dispute}`, { evidence, submit: false });
      const sent = await post(`disputes/${dispute}`, { evidence });
      return [kept, sent].map(({ body }) => [body.status, body.evidence_details.submission_count]);
    },
    [
      ["needs_response", 0],
      ["under_review", 1],
    ],
  ],
};

async function startThatAsks(payment_behavior: string): Promise<Asked> {
  const { owner, method } = await kept("tok_threeDSecure2Required");
  return post("subscriptions", {
    customer: owner,
    default_payment_method: method,
    expand: { 0: "latest_invoice" },
    items: { 0: { price: (await monthlyPrice(local)).id } },
    payment_behavior,
  });
}

const made = async (id: string) => {
  const owner = await customer();
  return (await post(`payment_methods/${id}/attach`, { customer: owner })).body.card;
};

const values: Facts = {
  "intents made directly": [
    async () => {
      const { body } = await get(`payment_intents/${await plain()}`);
      return [body.capture_method, body.payment_details, body.automatic_payment_methods.allow_redirects];
    },
    ["automatic_async", null, "always"],
  ],
  "manual capture exists": [
    async () => {
      const { body } = await pay("pm_card_visa", {
        capture_method: "manual",
        expand: { 0: "latest_charge" },
      });
      const { captured, created, payment_method_details: details } = body.latest_charge;
      return [body.status, body.amount_capturable, captured, details.card.capture_before - created];
    },
    ["requires_capture", 1500, false, 7 * 24 * 3600],
  ],
  "balance_transaction.description": [
    async () => {
      const { owner, method } = await kept();
      const items = { 0: { price: (await monthlyPrice(local)).id } };
      await post("subscriptions", { customer: owner, default_payment_method: method, items });
      return (await get("balance_transactions")).body.data[0].description;
    },
    "Subscription creation",
  ],
  "the first invoice that needs 3-D Secure": [
    async () => (await startThatAsks("allow_incomplete")).body.latest_invoice.attempt_count,
    0,
  ],
  Amex: [async () => (await made("pm_card_amex")).last4, "8431"],
  "the authenticationRequired card": [
    async () => (await made("pm_card_authenticationRequired")).country,
    "DE",
  ],
  "cvc_check before anything": [
    async () => {
      const { body } = await post("payment_methods", { type: "card", card: { token: "tok_visa" } });
      return body.card.checks.cvc_check;
    },
    "unchecked",
  ],
  "cvc_check once attached": [async () => (await made("pm_card_visa")).checks.cvc_check, "pass"],
  "cvc_check once charged": [
    async () => {
      const { payment_method } = (await pay("pm_card_visa")).body;
      return (await get(`payment_methods/${payment_method}`)).body.card.checks.cvc_check;
    },
    "pass",
  ],
  "error_if_incomplete with a card that asks": [
    async () => (await startThatAsks("error_if_incomplete")).body.error.type,
    "card_error",
  ],
  "invoices.pay with a card that asks": [
    async () => {
      const { owner, method } = await kept("tok_threeDSecure2Required");
      const { id } = (await post("invoices", { customer: owner })).body;
      await post("invoiceitems", { customer: owner, invoice: id, amount: 700, currency: "usd" });
      await post(`invoices/${id}/finalize`);
      const { status, body } = await post(`invoices/${id}/pay`, { payment_method: method });
      return [status, body.error.type, body.error.code];
    },
    [402, "card_error", "invoice_payment_intent_requires_action"],
  ],
};

describe.each(
  Object.entries({
    "Payment intents": paymentIntents,
    "Refunds, disputes": refundsAndDisputes,
    "Setup intents": setupIntents,
    "Wrong without an error": wrongWithoutAnError,
    Values: values,
  }),
)("%s", (_, facts) => {
  test.each(Object.entries(facts))("%s (recorded)", async (_, [asked, real]) => {
    expect(await asked()).toEqual(real);
  });
});

/** param, advice_code, network_decline_code, network_advice_code: recorded at dahlia, a dash where there is none. */
const DECLINES: readonly (readonly [string, string, string, string, string, string, string])[] = [
  ["chargeDeclined", "card_declined", "generic_decline", "–", "try_again_later", "01", "–"],
  [
    "chargeDeclinedInsufficientFunds",
    "card_declined",
    "insufficient_funds",
    "–",
    "try_again_later",
    "51",
    "02",
  ],
  ["chargeDeclinedExpiredCard", "expired_card", "expired_card", "exp_month", "confirm_card_data", "54", "03"],
  ["chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc", "cvc", "confirm_card_data", "N7", "03"],
  [
    "chargeDeclinedProcessingError",
    "processing_error",
    "processing_error",
    "–",
    "try_again_later",
    "06",
    "–",
  ],
  [
    "visa_chargeDeclinedVelocityLimitExceeded",
    "card_declined",
    "card_velocity_exceeded",
    "–",
    "try_again_later",
    "61",
    "02",
  ],
  ["visa_chargeDeclinedLostCard", "card_declined", "lost_card", "–", "do_not_try_again", "41", "01"],
  ["visa_chargeDeclinedStolenCard", "card_declined", "stolen_card", "–", "do_not_try_again", "43", "01"],
];

describe("Card errors (dahlia)", () => {
  type Fields = Readonly<Record<string, unknown>>;
  const said = (error: Fields) => [
    error.code,
    error.decline_code,
    error.param ?? "–",
    error.advice_code ?? "–",
    error.network_decline_code ?? "–",
    error.network_advice_code ?? "–",
  ];

  test.each(DECLINES)("%s: %s, %s (recorded)", async (card, ...expected) => {
    const { status, body } = await pay(`pm_card_${card}`);
    expect([status, body.error.type]).toEqual([402, "card_error"]);
    expect(said(body.error)).toEqual(expected);
    expect(body.error.payment_method).toMatchObject({ object: "payment_method", type: "card" });

    const { last_payment_error } = (await get(`payment_intents/${body.error.payment_intent.id}`)).body;
    expect(said(last_payment_error)).toEqual(expected);
    expect(last_payment_error).toMatchObject({
      doc_url: `https://stripe.com/docs/error-codes/${expected[0]?.replaceAll("_", "-")}`,
      payment_method: { object: "payment_method", id: body.error.payment_method.id },
      charge: body.error.charge,
    });

    // Type: the charge's outcome tells the network's part of it too.
    const { outcome } = (await get(`charges/${body.error.charge}`)).body;
    expect([outcome.advice_code, outcome.network_decline_code, outcome.network_advice_code]).toEqual(
      [expected[3], expected[4], expected[5]].map((field) => (field === "–" ? null : field)),
    );
  });

  test.each(DECLINES)("%s in a setup intent: %s, %s (recorded for two)", async (card, ...expected) => {
    const { body } = await post("setup_intents", { confirm: true, payment_method: `pm_card_${card}` });
    expect(said(body.error)).toEqual(expected);
    const { last_setup_error } = (await get(`setup_intents/${body.error.setup_intent.id}`)).body;
    expect(said(last_setup_error)).toEqual(expected);
    expect(last_setup_error.doc_url).toContain("/error-codes/");
  });

  type Ask = (owner: string, price: string) => Promise<Asked>;
  const everywhere: Readonly<Record<string, Ask>> = {
    "invoices.pay": async (owner) => {
      const { id } = (await post("invoices", { customer: owner })).body;
      await post("invoiceitems", { customer: owner, invoice: id, amount: 700, currency: "usd" });
      await post(`invoices/${id}/finalize`);
      return post(`invoices/${id}/pay`);
    },
    error_if_incomplete: (owner, price) =>
      post("subscriptions", {
        customer: owner,
        items: { 0: { price } },
        payment_behavior: "error_if_incomplete",
      }),
    "a change with error_if_incomplete": async (owner, price) => {
      const given = { customer: owner, items: { 0: { price } }, trial_period_days: 7 };
      const { id, items } = (await post("subscriptions", given)).body;
      return post(`subscriptions/${id}`, {
        items: { 0: { id: items.data[0].id, quantity: 2 } },
        payment_behavior: "error_if_incomplete",
        trial_end: "now",
      });
    },
    "a checkout's page": async () => {
      const { id } = await paymentSession(local);
      return post(`payment_pages/${id}/confirm`, { payment_method: "pm_card_chargeDeclined" });
    },
    "a trial's page": async () => {
      const { id } = await subscriptionSession(local, { subscription_data: { trial_period_days: 7 } });
      return post(`payment_pages/${id}/confirm`, { payment_method: "pm_card_chargeDeclined" });
    },
  };

  test.each(Object.entries(everywhere))("are whole from %s too", async (_, asked) => {
    const { id: owner } = (
      await post("customers", {
        invoice_settings: { default_payment_method: "pm_card_chargeCustomerFail" },
        payment_method: "pm_card_chargeCustomerFail",
      })
    ).body;
    const { status, body } = await asked(owner, (await monthlyPrice(local)).id);
    expect([status, body.error.type]).toEqual([402, "card_error"]);
    expect(said(body.error)).toEqual(DECLINES[0]?.slice(1));
    expect(body.error.payment_method).toMatchObject({ object: "payment_method", type: "card" });
  });

  test.each(DECLINES)("%s attached: %s, %s (recorded for one)", async (card, ...expected) => {
    const { status, body } = await post(`payment_methods/pm_card_${card}/attach`, {
      customer: await customer(),
    });
    expect([status, body.error.type]).toEqual([402, "card_error"]);
    expect(said(body.error)).toEqual(expected);
  });
});

/** Number, shared name, brand, funding: https://docs.stripe.com/testing. */
const MISSING_CARDS = [
  ["6011111111111117", "discover", "discover", "credit"],
  ["3056930009020004", "diners", "diners", "credit"],
  ["3566002020360505", "jcb", "jcb", "credit"],
  ["6200000000000005", "unionpay", "unionpay", "credit"],
  ["5200828282828210", "mastercard_debit", "mastercard", "debit"],
  ["5105105105105100", "mastercard_prepaid", "mastercard", "prepaid"],
  ["4000056655665556", "visa_debit", "visa", "debit"],
] as const;

describe("test cards", () => {
  test.each(MISSING_CARDS)("%s is pm_card_%s and tok_…", async (number, name, brand, funding) => {
    const card = { number, exp_month: 12, exp_year: 2034, cvc: "123" };
    const typed = (await post("payment_methods", { type: "card", card })).body.card;
    const token = (await post("payment_methods", { type: "card", card: { token: `tok_${name}` } })).body.card;
    for (const one of [typed, token, await made(`pm_card_${name}`)]) {
      expect([one.brand, one.funding, one.last4]).toEqual([brand, funding, number.slice(-4)]);
    }
  });

  test.each([
    ["4000000000009987", "lost_card"],
    ["4000000000009979", "stolen_card"],
    ["4000000000006975", "card_velocity_exceeded"],
  ])("%s is refused: %s", async (number, decline_code) => {
    const card = { number, exp_month: 12, exp_year: 2034, cvc: "123" };
    const { id } = (await post("payment_methods", { type: "card", card })).body;
    expect((await pay(id)).body.error).toMatchObject({ code: "card_declined", decline_code });
  });
});
