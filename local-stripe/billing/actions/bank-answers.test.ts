import type Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { Browser } from "../../test/browser";
import { advanceTo, at, customerAt, DAY_SECONDS } from "../../test/clock";
import { startLocalStripe } from "../../test/harness";
import { confirm, monthlyPrice, paymentSession, subscriptionSession } from "../../test/shop";

const local = startLocalStripe();

const FOUR_DAYS_SECONDS = 4 * DAY_SECONDS;
const bankAnswers = () => local.control(`clock/advance?seconds=${FOUR_DAYS_SECONDS}`);

/** Types of the events since the last call, which `from` counts. */
async function types(from = 0): Promise<string[]> {
  const events = (await local.happened()).filter(({ type }) => !/^(product|plan|price)\./.test(type));
  return events.slice(from).map(({ type }) => type);
}

const whole = (session: string) =>
  local.stripe.checkout.sessions.retrieve(session, {
    expand: ["invoice", "subscription", "payment_intent.latest_charge.balance_transaction"],
  });

const bank = (account_number: string) => ({
  method: "us_bank_account",
  email: "ada@example.com",
  account_name: "Ada Lovelace",
  routing_number: "110000000",
  account_number,
});

const SENT = ["payment_intent.created", "charge.pending", "payment_intent.processing"];

describe("a single payment by bank debit", () => {
  test("completes unpaid, and is paid when the bank answers", async () => {
    const session = await paymentSession(local);
    const answer = await new Browser().post(session.url ?? "", bank("000123456789"));
    expect(answer.url).toBe("http://127.0.0.1:3000/success");
    expect(await types()).toEqual([...SENT, "checkout.session.completed"]);
    const sent = await whole(session.id);
    expect(sent).toMatchObject({
      status: "complete",
      payment_status: "unpaid",
      payment_intent: {
        status: "processing",
        amount_received: 0,
        latest_charge: {
          status: "pending",
          paid: false,
          receipt_url: null,
          balance_transaction: null,
          payment_method_details: {
            type: "us_bank_account",
            us_bank_account: { bank_name: "STRIPE TEST BANK", last4: "6789", routing_number: "110000000" },
          },
        },
      },
    });

    await local.control(`clock/advance?seconds=${FOUR_DAYS_SECONDS - 120}`);
    expect((await whole(session.id)).payment_status).toBe("unpaid");
    const before = (await types()).length;
    await bankAnswers();
    expect(await types(before)).toEqual([
      "charge.succeeded",
      "payment_intent.succeeded",
      "checkout.session.async_payment_succeeded",
    ]);
    const paid = await whole(session.id);
    const intent = paid.payment_intent as Stripe.PaymentIntent;
    expect(paid).toMatchObject({ payment_status: "paid", payment_intent: { status: "succeeded" } });
    expect(intent.latest_charge).toMatchObject({
      id: ((sent.payment_intent as Stripe.PaymentIntent).latest_charge as Stripe.Charge).id,
      paid: true,
      status: "succeeded",
      balance_transaction: { amount: 2000, fee: 16, net: 1984 },
    });
    expect((await local.stripe.charges.list()).data).toHaveLength(1);
    const event = (await local.happened()).find(({ type }) => type.endsWith("async_payment_succeeded"));
    expect(event).toMatchObject({ request: { id: null }, data: { object: { payment_status: "paid" } } });
  });

  test.each([
    ["accountClosed", "account_closed"],
    ["noAccount", "no_account"],
    ["insufficientFunds", "insufficient_funds"],
    ["debitNotAuthorized", "debit_not_authorized"],
    ["invalidCurrency", "invalid_currency"],
  ])("%s fails when the bank answers", async (name, code) => {
    const session = await paymentSession(local);
    await confirm(local, session.id, `pm_usBankAccount_${name}`);
    const before = (await types()).length;
    await bankAnswers();
    expect(await types(before)).toEqual([
      "charge.failed",
      "payment_intent.payment_failed",
      "checkout.session.async_payment_failed",
    ]);
    expect(await whole(session.id)).toMatchObject({
      status: "complete",
      payment_status: "unpaid",
      payment_intent: {
        status: "requires_payment_method",
        last_payment_error: { type: "invalid_request_error", code },
        latest_charge: { status: "failed", paid: false, failure_code: code },
      },
    });
  });

  test("a silent bank leaves it in between", async () => {
    const session = await paymentSession(local);
    await confirm(local, session.id, "pm_usBankAccount_processing");
    await local.control(`clock/advance?seconds=${20 * DAY_SECONDS}`);
    expect(await whole(session.id)).toMatchObject({
      payment_status: "unpaid",
      payment_intent: { status: "processing" },
    });
  });

  test("an invoice waits for the money as well", async () => {
    const session = await paymentSession(local, { invoice_creation: { enabled: true } });
    await confirm(local, session.id, "pm_usBankAccount_success");
    expect((await whole(session.id)).invoice).toMatchObject({ status: "open", amount_remaining: 2000 });
    await bankAnswers();
    expect((await whole(session.id)).invoice).toMatchObject({ status: "paid", amount_paid: 2000 });
  });

  test("a failure can be ordered for the answer", async () => {
    const session = await paymentSession(local);
    await confirm(local, session.id, "pm_usBankAccount");
    await local.control("fail_next_payment?code=insufficient_funds");
    await bankAnswers();
    expect((await types()).at(-1)).toBe("checkout.session.async_payment_failed");
  });
});

describe("a subscription by bank debit", () => {
  test("is active at once, with its invoice open until the money comes", async () => {
    const session = await subscriptionSession(local);
    await confirm(local, session.id, "pm_usBankAccount_success");
    expect(await types()).toEqual([
      "customer.created",
      ...SENT,
      "payment_method.attached",
      "customer.updated",
      "checkout.session.completed",
      "customer.subscription.created",
      "invoice.created",
      "invoice.finalized",
    ]);
    const sent = await whole(session.id);
    const method = (sent.subscription as Stripe.Subscription).default_payment_method;
    expect(sent).toMatchObject({
      payment_status: "unpaid",
      subscription: { status: "active" },
      invoice: { status: "open", attempted: true, amount_paid: 0 },
    });
    expect(await local.stripe.paymentMethods.retrieve(String(method))).toMatchObject({
      customer: sent.customer,
      type: "us_bank_account",
    });

    // Nobody is asked to pay twice.
    const page = await new Browser().get((sent.invoice as Stripe.Invoice).hosted_invoice_url ?? "");
    expect(page.text).toContain("Your bank has been asked to pay this invoice.");
    expect(page.text).not.toContain("Card number");

    const before = (await types()).length;
    await bankAnswers();
    expect(await types(before)).toEqual([
      "charge.succeeded",
      "payment_intent.succeeded",
      "invoice.updated",
      "invoice.paid",
      "invoice.payment_succeeded",
      "checkout.session.async_payment_succeeded",
      "invoice_payment.paid",
    ]);
    expect(await whole(session.id)).toMatchObject({
      payment_status: "paid",
      subscription: { status: "active" },
      invoice: { status: "paid", amount_paid: 2000, attempt_count: 1 },
    });
  });

  test("falls behind when the bank refuses, and the retries follow; the checkout hears of it once", async () => {
    const { clock, customer } = await customerAt(local, at("2027-01-01T00:00:00"), null);
    const session = await subscriptionSession(local, { customer, customer_email: undefined });
    await confirm(local, session.id, "pm_usBankAccount_insufficientFunds");
    const before = (await types()).length;
    await advanceTo(local, clock, at("2027-01-05T00:00:00"));
    const failure = [
      "charge.failed",
      "payment_intent.payment_failed",
      "invoice.updated",
      "invoice.payment_failed",
    ];
    const events = (await types(before)).filter((type) => !type.startsWith("test_helpers"));
    expect(events).toEqual([
      ...failure,
      "customer.subscription.updated",
      "customer.updated",
      "checkout.session.async_payment_failed",
    ]);
    const failed = await whole(session.id);
    expect(failed).toMatchObject({
      payment_status: "unpaid",
      subscription: { status: "past_due" },
      invoice: { status: "open", attempt_count: 1, next_payment_attempt: at("2027-01-08T00:00:00") },
    });

    // The retry is another debit: sent after three days, refused after four more.
    const paying = await local.stripe.customers.retrieve(customer);
    expect(paying).toMatchObject({ delinquent: true });
    await advanceTo(local, clock, at("2027-01-08T00:00:00"));
    const retried = failed.invoice as Stripe.Invoice;
    expect(await local.stripe.invoices.retrieve(retried.id ?? "")).toMatchObject({
      attempt_count: 2,
      next_payment_attempt: null,
    });
    await advanceTo(local, clock, at("2027-01-12T00:00:00"));
    expect(await local.stripe.invoices.retrieve(retried.id ?? "")).toMatchObject({
      attempt_count: 2,
      next_payment_attempt: at("2027-01-17T00:00:00"),
      status: "open",
    });
    const all = await types();
    expect(all.filter((type) => type.includes("async_payment"))).toHaveLength(1);
    expect(all.filter((type) => type === "charge.pending")).toHaveLength(2);

    // Third and fourth debit; while the last is on its way nothing is given up.
    const status = async () =>
      (await local.stripe.subscriptions.retrieve((failed.subscription as Stripe.Subscription).id)).status;
    await advanceTo(local, clock, at("2027-01-28T00:00:00"), at("2027-01-31T00:00:00"));
    expect(await status()).toBe("past_due");
    await advanceTo(local, clock, at("2027-02-01T00:00:00"));
    expect(await status()).toBe("canceled");
  });

  test("renews by debit: past due only if the bank says so", async () => {
    const { clock, customer } = await customerAt(local, at("2027-01-01T00:00:00"), null);
    const session = await subscriptionSession(local, { customer, customer_email: undefined });
    await confirm(local, session.id, "pm_usBankAccount_success");
    await advanceTo(local, clock, at("2027-01-20T00:00:00"), at("2027-02-01T02:00:00"));
    const { subscription: renewing } = await whole(session.id);
    const { latest_invoice } = renewing as Stripe.Subscription;
    expect(renewing).toMatchObject({ status: "active" });
    expect(await local.stripe.invoices.retrieve(String(latest_invoice))).toMatchObject({
      billing_reason: "subscription_cycle",
      status: "open",
    });
    await advanceTo(local, clock, at("2027-02-06T00:00:00"));
    expect(await local.stripe.invoices.retrieve(String(latest_invoice))).toMatchObject({ status: "paid" });
  });

  test("through the API: active while the debit is on its way", async () => {
    const customer = await local.stripe.customers.create({
      payment_method: "pm_usBankAccount_success",
      invoice_settings: { default_payment_method: "pm_usBankAccount_success" },
    });
    const price = await monthlyPrice(local);
    const subscription = await local.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      expand: ["latest_invoice"],
    });
    expect(subscription).toMatchObject({ status: "active", latest_invoice: { status: "open" } });
    const invoice = (subscription.latest_invoice as Stripe.Invoice).id ?? "";
    // Paying again while the debit is on its way sends no second one.
    expect(await local.stripe.invoices.pay(invoice)).toMatchObject({ status: "open" });
    expect((await local.stripe.charges.list()).data).toHaveLength(1);
    await bankAnswers();
    expect(await local.stripe.invoices.retrieve(invoice)).toMatchObject({ status: "paid" });
  });
});

test("a debit is refunded to the bank, once the money has come", async () => {
  const session = await paymentSession(local);
  await confirm(local, session.id, "pm_usBankAccount_success");
  const payment_intent = ((await whole(session.id)).payment_intent as Stripe.PaymentIntent).id;
  await expect(local.stripe.refunds.create({ payment_intent })).rejects.toMatchObject({ statusCode: 400 });
  await bankAnswers();
  const { id } = await local.stripe.refunds.create({ payment_intent });
  expect((await local.stripe.refunds.retrieve(id)).destination_details).toEqual({
    type: "us_bank_transfer",
    us_bank_transfer: { reference: expect.any(String), reference_status: "available" },
  });
});

test("a subscription that waited for its first payment begins with the debit", async () => {
  const customer = await local.stripe.customers.create();
  const { id, latest_invoice } = await local.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: (await monthlyPrice(local)).id }],
    payment_behavior: "default_incomplete",
    expand: ["latest_invoice.payments"],
  });
  const [payment] = (latest_invoice as Stripe.Invoice).payments?.data ?? [];
  const intent = String(payment?.payment.payment_intent);
  const confirmed = await local.stripe.paymentIntents.confirm(intent, {
    payment_method: "pm_usBankAccount_success",
  });
  expect(confirmed.status).toBe("processing");
  expect(await local.stripe.subscriptions.retrieve(id)).toMatchObject({ status: "active" });
  await bankAnswers();
  const paid = await local.stripe.invoices.retrieve((latest_invoice as Stripe.Invoice).id ?? "");
  expect(paid.status).toBe("paid");
});

describe("what the session offers", () => {
  const offered = async (more: object) => (await subscriptionSession(local, more)).payment_method_types;
  const pounds = {
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: "gbp",
          unit_amount: 500,
          recurring: { interval: "month" },
          product_data: { name: "Pro" },
        },
      },
    ],
  };

  test.each<[string, object, string[]]>([
    ["both", {}, ["card", "us_bank_account"]],
    ["what is allowed", { allowed_payment_method_types: ["card", "ideal"] }, ["card"]],
    ["not what is excluded", { excluded_payment_method_types: ["card"] }, ["us_bank_account"]],
    ["no debits of other currencies", pounds, ["card"]],
  ])("%s", async (_, more, types) => {
    expect(await offered(more)).toEqual(types);
  });

  test.each([
    [{ allowed_payment_method_types: ["ideal"] }, "allowed_payment_method_types"],
    [{ excluded_payment_method_types: ["card", "us_bank_account"] }, "excluded_payment_method_types"],
    [{ ...pounds, excluded_payment_method_types: ["card"] }, "excluded_payment_method_types"],
  ])("something: %j is refused", async (more, param) => {
    await expect(offered(more)).rejects.toMatchObject({ statusCode: 400, param });
  });

  test("is what the page shows, and takes", async () => {
    const both = await new Browser().get((await subscriptionSession(local)).url ?? "");
    expect(both.text).toContain("Card number");
    expect(both.text).toContain("Routing number");
    const session = await subscriptionSession(local, { excluded_payment_method_types: ["us_bank_account"] });
    const page = await new Browser().get(session.url ?? "");
    expect(page.text).not.toContain("Bank debit");
    // A form may say anything: a method that is not offered is read as the card that is.
    expect((await new Browser().post(session.url ?? "", bank("000123456789"))).text).toContain(
      "Your card number is incomplete.",
    );
    await expect(confirm(local, session.id, "pm_usBankAccount_success")).rejects.toMatchObject({
      statusCode: 400,
      param: "payment_method",
    });
  });

  test.each([
    [{ routing_number: "123" }, "Your routing number is incomplete."],
    [{ routing_number: "123456789" }, "Your routing number is invalid."],
    [{ account_number: "1" }, "Your account number is incomplete."],
    [{ account_number: "000999999999" }, "Only the test accounts below work here."],
    [{ account_name: " " }, "Enter the name on your account."],
  ])("%j is corrected on the page and reaches no bank", async (wrong, message) => {
    const session = await paymentSession(local);
    const page = await new Browser().post(session.url ?? "", { ...bank("000123456789"), ...wrong });
    expect(page.text).toContain(message);
    expect(page.text).toMatch(/value="us_bank_account" checked/);
    expect((await local.stripe.paymentIntents.list()).data).toEqual([]);
  });

  test("a trial keeps the account for later", async () => {
    const session = await subscriptionSession(local, { subscription_data: { trial_period_days: 14 } });
    await confirm(local, session.id, "pm_usBankAccount_success");
    expect(await whole(session.id)).toMatchObject({
      payment_status: "no_payment_required",
      subscription: { status: "trialing" },
    });
    expect((await local.stripe.setupIntents.list()).data).toMatchObject([{ status: "succeeded" }]);
  });
});

describe("bank accounts through the API", () => {
  const create = (us_bank_account: Stripe.PaymentMethodCreateParams.UsBankAccount, name = "Ada") =>
    local.stripe.paymentMethods.create({
      type: "us_bank_account",
      billing_details: name ? { name } : {},
      us_bank_account,
    });

  test("are made, kept and listed by type", async () => {
    const made = await create({
      account_number: "000123456789",
      routing_number: "110000000",
      account_holder_type: "company",
    });
    expect(made.us_bank_account).toMatchObject({
      account_holder_type: "company",
      account_type: "checking",
      last4: "6789",
      networks: { preferred: "ach", supported: ["ach"] },
    });
    const customer = await local.stripe.customers.create({ payment_method: "pm_card_visa" });
    await local.stripe.paymentMethods.attach(made.id, { customer: customer.id });
    const listed = await local.stripe.paymentMethods.list({ customer: customer.id, type: "us_bank_account" });
    expect(listed.data.map(({ id }) => id)).toEqual([made.id]);
    const cards = await local.stripe.customers.listPaymentMethods(customer.id, { type: "card" });
    expect(cards.data).toMatchObject([{ type: "card" }]);
  });

  test("pay an intent", async () => {
    const intent = await local.stripe.paymentIntents.create({
      amount: 5000,
      currency: "usd",
      payment_method: "pm_usBankAccount_success",
      confirm: true,
    });
    expect(intent.status).toBe("processing");
    await bankAnswers();
    expect((await local.stripe.paymentIntents.retrieve(intent.id)).status).toBe("succeeded");
  });

  test.each<[object, string, string | undefined]>([
    [{ routing_number: "110000000" }, "parameter_missing", undefined],
    [{ account_number: "000123456789", routing_number: "1" }, "routing_number_invalid", undefined],
    [{ account_number: "5", routing_number: "110000000" }, "account_number_invalid", undefined],
    [{ account_number: "000123456789", routing_number: "110000000" }, "parameter_missing", ""],
  ])("%j is refused: %s", async (account, code, name) => {
    await expect(create(account, name)).rejects.toMatchObject({ statusCode: 400, code });
  });
});
