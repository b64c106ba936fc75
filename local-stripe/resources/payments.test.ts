import type Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { Browser } from "../test/browser";
import { startLocalStripe } from "../test/harness";
import { confirm, paymentSession, subscriptionSession } from "../test/shop";

const local = startLocalStripe();

const pay = (payment_method: string, more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
  local.stripe.paymentIntents.create({
    amount: 2000,
    currency: "usd",
    confirm: true,
    payment_method,
    ...more,
  });

const types = async () => (await local.happened()).map(({ type }) => type);

test("a payment intent is created, confirmed and reported", async () => {
  const intent = await local.stripe.paymentIntents.create({ amount: 2000, currency: "usd" });
  expect(intent.status).toBe("requires_payment_method");
  const paid = await local.stripe.paymentIntents.confirm(intent.id, { payment_method: "pm_card_visa" });
  expect(paid).toMatchObject({ status: "succeeded", amount_received: 2000 });
  expect(await types()).toEqual([
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "charge.updated",
  ]);
  await expect(local.stripe.paymentIntents.confirm(intent.id)).rejects.toMatchObject({
    statusCode: 400,
    code: "payment_intent_unexpected_state",
  });
});

test("a declined confirmation is a 402 and the intent can be tried again", async () => {
  const error = await pay("pm_card_chargeDeclined").catch((refusal) => refusal);
  expect(error).toMatchObject({ statusCode: 402, code: "card_declined", decline_code: "generic_decline" });
  const paid = await local.stripe.paymentIntents.confirm(error.payment_intent.id, {
    payment_method: "pm_card_visa",
  });
  expect(paid.status).toBe("succeeded");
});

test.each([
  ["complete", "succeeded"],
  ["fail", "requires_payment_method"],
])("3D Secure: %s", async (result, status) => {
  const intent = await pay("pm_card_threeDSecure2Required", { return_url: "http://127.0.0.1:3000/back" });
  expect(intent.status).toBe("requires_action");
  const page = intent.next_action?.redirect_to_url?.url as string;
  expect((await new Browser().post(page, { result })).url).toBe("http://127.0.0.1:3000/back");
  expect((await local.stripe.paymentIntents.retrieve(intent.id)).status).toBe(status);
});

test("with nobody there to answer the bank, a card that asks is declined", async () => {
  const refused = await pay("pm_card_authenticationRequired", { off_session: true }).catch((error) => error);
  expect(refused).toMatchObject({
    statusCode: 402,
    code: "authentication_required",
    payment_intent: {
      status: "requires_payment_method",
      last_payment_error: { code: "authentication_required" },
    },
  });
  // Recorded: no network was asked, so there is no charge.
  expect(await types()).toEqual(["payment_intent.created", "payment_intent.payment_failed"]);
  await expect(pay("pm_card_visa", { off_session: true })).resolves.toMatchObject({ status: "succeeded" });
  await expect(pay("pm_card_visa", { confirm: false, off_session: true })).rejects.toMatchObject({
    param: "off_session",
  });
});

test("what a customer has kept pays for that customer alone", async () => {
  const { id: customer } = await local.stripe.customers.create({ payment_method: "pm_card_visa" });
  const [method] = (await local.stripe.customers.listPaymentMethods(customer)).data;
  const { id: other } = await local.stripe.customers.create({});
  for (const [more, param] of [
    [{}, "source"],
    [{ customer: other }, "payment_method"],
  ] as const) {
    await expect(pay(String(method?.id), more)).rejects.toMatchObject({ statusCode: 400, param });
  }
  expect((await pay(String(method?.id), { customer })).status).toBe("succeeded");
});

test("a checkout's intent is paid on its page alone", async () => {
  const session = await paymentSession(local);
  await confirm(local, session.id, "pm_card_threeDSecure2Required");
  const [intent] = (await local.stripe.paymentIntents.list()).data;
  const id = String(intent?.id);
  for (const call of [
    local.stripe.paymentIntents.confirm(id, { payment_method: "pm_card_visa" }),
    local.stripe.paymentIntents.update(id, { amount: 1 }),
    local.stripe.paymentIntents.cancel(id),
  ]) {
    await expect(call).rejects.toMatchObject({
      code: "payment_intent_unexpected_state",
      message: expect.stringContaining(session.id),
    });
  }
  expect((await local.stripe.checkout.sessions.retrieve(session.id)).status).toBe("open");
});

test("a checkout's setup intent ends on its page alone", async () => {
  const session = await subscriptionSession(local, { subscription_data: { trial_period_days: 7 } });
  await confirm(local, session.id, "pm_card_threeDSecure2Required");
  const [intent] = (await local.stripe.setupIntents.list()).data;
  const id = String(intent?.id);
  for (const call of [
    local.stripe.setupIntents.confirm(id, { payment_method: "pm_card_visa" }),
    local.stripe.setupIntents.update(id, { payment_method: "pm_card_visa" }),
    local.stripe.setupIntents.cancel(id),
  ]) {
    await expect(call).rejects.toMatchObject({
      code: "setup_intent_unexpected_state",
      message: expect.stringContaining(session.id),
    });
  }
});

test("an intent nobody paid is canceled, a paid one is not", async () => {
  const { id } = await local.stripe.paymentIntents.create({ amount: 2000, currency: "usd" });
  expect((await local.stripe.paymentIntents.cancel(id)).status).toBe("canceled");
  const paid = await pay("pm_card_visa");
  await expect(local.stripe.paymentIntents.cancel(paid.id)).rejects.toMatchObject({ statusCode: 400 });
});

describe("the states of what pays", () => {
  type Make = () => Promise<string>;
  type Verb = (id: string) => Promise<unknown>;
  interface Machine {
    readonly made: Readonly<Record<string, Make>>;
    readonly verbs: Readonly<Record<string, Verb>>;
    /** Each verb leads from each state to this one; everything else is refused. */
    readonly transitions: Readonly<Record<string, Readonly<Record<string, string>>>>;
    status(id: string): Promise<string | null>;
  }

  const back = { return_url: "http://127.0.0.1:3000/" };
  const visa = { payment_method: "pm_card_visa" };
  const asking = { payment_method: "pm_card_threeDSecure2Required", ...back };
  const ofPayment = () => local.stripe.paymentIntents;
  const ofSetup = () => local.stripe.setupIntents;

  const unpaid: Make = async () => (await ofPayment().create({ amount: 2000, currency: "usd" })).id;
  const payments: Machine = {
    made: {
      requires_payment_method: unpaid,
      requires_confirmation: async () =>
        (await ofPayment().create({ amount: 2000, currency: "usd", ...visa })).id,
      requires_action: async () => (await pay(asking.payment_method, back)).id,
      requires_capture: async () => (await pay("pm_card_visa", { capture_method: "manual" })).id,
      processing: async () => (await pay("pm_usBankAccount_success")).id,
      succeeded: async () => (await pay("pm_card_visa")).id,
      canceled: async () => (await ofPayment().cancel(await unpaid())).id,
    },
    verbs: {
      confirm: (id) => ofPayment().confirm(id, visa),
      "confirm with a card that asks": (id) => ofPayment().confirm(id, asking),
      capture: (id) => ofPayment().capture(id),
      cancel: (id) => ofPayment().cancel(id),
      "change the amount": (id) => ofPayment().update(id, { amount: 3000 }),
      refund: (id) => local.stripe.refunds.create({ payment_intent: id, amount: 100 }),
    },
    transitions: {
      ...Object.fromEntries(
        ["requires_payment_method", "requires_confirmation", "requires_action"].map((state) => [
          state,
          {
            confirm: "succeeded",
            "confirm with a card that asks": "requires_action",
            cancel: "canceled",
            "change the amount": state,
          },
        ]),
      ),
      requires_capture: { capture: "succeeded", cancel: "canceled" },
      processing: {},
      succeeded: { refund: "succeeded" },
      canceled: {},
    },
    status: async (id) => (await ofPayment().retrieve(id)).status,
  };

  const setups: Machine = {
    made: {
      requires_payment_method: async () => (await ofSetup().create()).id,
      requires_confirmation: async () => (await ofSetup().create(visa)).id,
      requires_action: async () => (await ofSetup().create({ confirm: true, ...asking })).id,
      succeeded: async () => (await ofSetup().create({ confirm: true, ...visa })).id,
      canceled: async () => (await ofSetup().cancel((await ofSetup().create()).id)).id,
    },
    verbs: {
      confirm: (id) => ofSetup().confirm(id, visa),
      "confirm with a card that asks": (id) => ofSetup().confirm(id, asking),
      cancel: (id) => ofSetup().cancel(id),
    },
    transitions: {
      ...Object.fromEntries(
        ["requires_payment_method", "requires_confirmation", "requires_action"].map((state) => [
          state,
          { confirm: "succeeded", "confirm with a card that asks": "requires_action", cancel: "canceled" },
        ]),
      ),
      succeeded: {},
      canceled: {},
    },
    status: async (id) => (await ofSetup().retrieve(id)).status,
  };

  const disputed = async (card: string) => {
    await pay(card);
    await local.happened();
    return String((await local.stripe.disputes.list()).data[0]?.id);
  };
  const answered = async (card: string, uncategorized_text: string) => {
    const id = await disputed(card);
    await local.stripe.disputes.update(id, { evidence: { uncategorized_text }, submit: true });
    return id;
  };
  const [fraud, inquiry] = ["pm_card_createDispute", "pm_card_createDisputeInquiry"] as const;
  const answer = (uncategorized_text: string) => (id: string) =>
    local.stripe.disputes.update(id, { evidence: { uncategorized_text }, submit: true });
  const open = { win: "won", lose: "lost", close: "lost" };
  const asked = { win: "warning_closed", lose: "warning_closed", close: "warning_closed" };
  const disputing: Machine = {
    made: {
      needs_response: () => disputed(fraud),
      under_review: () => answered(fraud, "see attached"),
      won: () => answered(fraud, "winning_evidence"),
      lost: () => answered(fraud, "losing_evidence"),
      warning_needs_response: () => disputed(inquiry),
      warning_under_review: () => answered(inquiry, "see attached"),
      warning_closed: () => answered(inquiry, "winning_evidence"),
    },
    verbs: {
      answer: answer("see attached"),
      win: answer("winning_evidence"),
      lose: answer("losing_evidence"),
      close: (id) => local.stripe.disputes.close(id),
    },
    transitions: {
      needs_response: { answer: "under_review", ...open },
      under_review: { answer: "under_review", ...open },
      won: {},
      lost: {},
      warning_needs_response: { answer: "warning_under_review", ...asked },
      warning_under_review: { answer: "warning_under_review", ...asked },
      warning_closed: {},
    },
    status: async (id) => (await local.stripe.disputes.retrieve(id)).status,
  };

  const rows = Object.entries({ payments, setups, disputing }).flatMap(([name, machine]) =>
    Object.keys(machine.transitions).flatMap((state) =>
      Object.keys(machine.verbs).map(
        (verb) => [name, state, verb, machine.transitions[state]?.[verb] ?? "refused", machine] as const,
      ),
    ),
  );

  test.each(rows)("%s, %s: %s → %s", async (_, state, verb, target, { made, verbs, status }) => {
    const id = await (made[state] as Make)();
    expect(await status(id)).toBe(state);
    const work = (verbs[verb] as Verb)(id);
    if (target === "refused") {
      await expect(work).rejects.toMatchObject({ statusCode: 400, rawType: "invalid_request_error" });
    } else await work;
    expect(await status(id)).toBe(target === "refused" ? state : target);
  });
});

test("payment_method_types is gone", async () => {
  const given = { amount: 2000, currency: "usd", payment_method_types: ["card"] };
  await expect(local.stripe.paymentIntents.create(given as never)).rejects.toMatchObject({
    code: "payment_method_types_no_longer_supported",
  });
});

test("a setup intent keeps a card, asks for 3D Secure, or is refused", async () => {
  const { id: customer } = await local.stripe.customers.create({});
  const keep = (payment_method: string) =>
    local.stripe.setupIntents.create({ customer, payment_method, confirm: true });
  const kept = await keep("pm_card_visa");
  expect(kept.status).toBe("succeeded");
  expect((await local.stripe.paymentMethods.retrieve(String(kept.payment_method))).customer).toBe(customer);
  expect((await keep("pm_card_authenticationRequired")).next_action?.type).toBe("redirect_to_url");
  await expect(keep("pm_card_chargeDeclined")).rejects.toMatchObject({
    statusCode: 402,
    code: "card_declined",
  });
});

test("a refund is whole or partial, and never more than was paid", async () => {
  const { latest_charge } = await pay("pm_card_visa");
  const charge = String(latest_charge);
  await local.stripe.refunds.create({ charge, amount: 500 });
  expect(await local.stripe.charges.retrieve(charge)).toMatchObject({
    refunded: false,
    amount_refunded: 500,
  });
  await expect(local.stripe.refunds.create({ charge, amount: 1501 })).rejects.toMatchObject({
    code: undefined,
    message: "Refund amount ($15.01) is greater than unrefunded amount on charge ($15.00)",
  });
  await local.stripe.refunds.create({ charge });
  expect(await local.stripe.charges.retrieve(charge)).toMatchObject({
    refunded: true,
    amount_refunded: 2000,
  });
  await expect(local.stripe.refunds.create({ charge })).rejects.toMatchObject({
    code: "charge_already_refunded",
    message: `Charge ${charge} has already been refunded.`,
  });
  const refunding = (await types()).filter((type) => type.includes("refund"));
  const ONE = ["refund.created", "charge.refunded", "refund.updated", "charge.refund.updated"];
  expect(refunding).toEqual([...ONE, ...ONE]);
});

test("the disputing card is disputed by itself", async () => {
  const session = await paymentSession(local);
  await confirm(local, session.id, "pm_card_createDispute");
  const happened = await types();
  // Recorded: between the charge and its intent.
  expect(happened.slice(happened.indexOf("charge.succeeded"))).toEqual([
    "charge.succeeded",
    "charge.dispute.created",
    "charge.dispute.funds_withdrawn",
    "payment_intent.succeeded",
    "payment_intent.created",
    "checkout.session.completed",
    "charge.updated",
    "charge.updated",
  ]);
  const [dispute] = (await local.stripe.disputes.list()).data;
  expect(dispute).toMatchObject({ reason: "fraudulent", status: "needs_response", amount: 2000 });
  expect((await local.stripe.charges.retrieve(String(dispute?.charge))).disputed).toBe(true);
});

test.each([
  [
    "winning_evidence",
    "won",
    ["charge.dispute.updated", "charge.updated", "charge.dispute.funds_reinstated", "charge.dispute.closed"],
  ],
  ["losing_evidence", "lost", ["charge.dispute.updated", "charge.updated", "charge.dispute.closed"]],
])("%s decides a dispute", async (uncategorized_text, status, expected) => {
  const { latest_charge } = await pay("pm_card_visa");
  await local.control(`dispute?charge=${latest_charge}&reason=product_not_received`);
  const [dispute] = (await local.stripe.disputes.list({ charge: String(latest_charge) })).data;
  expect(dispute?.reason).toBe("product_not_received");
  const id = dispute?.id as string;
  const before = (await types()).length;
  const answered = await local.stripe.disputes.update(id, { evidence: { uncategorized_text }, submit: true });
  expect(answered.status).toBe(status);
  expect((await types()).slice(before)).toEqual(expected);
  await expect(local.stripe.disputes.close(id)).rejects.toMatchObject({ statusCode: 400 });
});

test("closing a dispute accepts it", async () => {
  const { latest_charge } = await pay("pm_card_visa");
  await local.control(`dispute?charge=${latest_charge}`);
  const [dispute] = (await local.stripe.disputes.list()).data;
  expect((await local.stripe.disputes.close(dispute?.id as string)).status).toBe("lost");
});

test("the balance is what came in less fees, first pending and then available", async () => {
  await pay("pm_card_visa");
  const net = 2000 - 58 - 30;
  expect((await local.stripe.balance.retrieve()).pending[0]).toMatchObject({ amount: net, currency: "usd" });
  await local.control(`clock/advance?seconds=${3 * 24 * 3600}`);
  expect((await local.stripe.balance.retrieve()).available[0]).toMatchObject({ amount: net });
});

test("the account is asked for by those who check that Stripe is there", async () => {
  const account = await local.stripe.accounts.retrieveCurrent();
  expect(account).toMatchObject({ object: "account", charges_enabled: true });
  expect((await local.stripe.accounts.retrieve(account.id)).id).toBe(account.id);
});

test("products are searched in Stripe's query language", async () => {
  for (const [name, plan] of [
    ["Starter", "starter"],
    ["Pro", "pro"],
    ["Pro Plus", "pro"],
  ]) {
    await local.stripe.products.create({ name: name as string, metadata: { plan: plan as string } });
  }
  const find = async (query: string) =>
    (await local.stripe.products.search({ query })).data.map(({ name }) => name).sort();
  expect(await find('metadata["plan"]:"pro" AND active:"true"')).toEqual(["Pro", "Pro Plus"]);
  expect(await find('name~"plus"')).toEqual(["Pro Plus"]);
  expect(await find('name:"Starter" OR name:"Pro"')).toEqual(["Pro", "Starter"]);
  expect(await find('-metadata["plan"]:"pro"')).toEqual(["Starter"]);
  await expect(find('colour:"red"')).rejects.toMatchObject({
    message: expect.stringContaining(
      "Field `colour` is an unsupported search field for resource `products`.",
    ),
  });
  const first = await local.stripe.products.search({ query: 'active:"true"', limit: 2 });
  const second = await local.stripe.products.search({
    query: 'active:"true"',
    limit: 2,
    page: String(first.next_page),
  });
  expect([first.has_more, first.data.length, second.has_more, second.data.length]).toEqual([
    true,
    2,
    false,
    1,
  ]);
});
