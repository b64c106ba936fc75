import type Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { startLocalStripe } from "../test/harness";
import { paymentSession, submitPage } from "../test/shop";

/** https://docs.stripe.com/payments/sepa-debit, SDK types, and the CLI's triggers for which IBAN does what. */

const local = startLocalStripe();

const PAYS = "AT611904300234573201";
const REFUSES = "AT861904300235473202";
const FOUR_DAYS_SECONDS = 4 * 86_400;
const bankAnswers = () => local.control(`clock/advance?seconds=${FOUR_DAYS_SECONDS}`);

const methodOf = (iban: string, billing_details = { email: "ada@example.com", name: "Ada" }) =>
  local.stripe.paymentMethods.create({ type: "sepa_debit", sepa_debit: { iban }, billing_details });

const pay = ({ id }: Stripe.PaymentMethod) =>
  local.stripe.paymentIntents.create({
    amount: 1000,
    confirm: true,
    currency: "eur",
    payment_method: id,
    return_url: "http://127.0.0.1:3000/",
  });

const types = async () => (await local.happened()).map(({ type }) => type);

test("an IBAN becomes a payment method that shows little of it", async () => {
  const spaced = await methodOf("de89 3704 0044 0532 0130 00");
  expect(spaced).toMatchObject({
    type: "sepa_debit",
    sepa_debit: { bank_code: "37040", country: "DE", last4: "3000" },
  });
  expect(JSON.stringify(spaced)).not.toContain("0532013");
});

test.each([
  ["an IBAN that is not for tests", "DE02120300000000202051", undefined, "sepa_debit[iban]"],
  ["a US account number", "000123456789", undefined, "sepa_debit[iban]"],
  ["nobody's name", PAYS, { email: "ada@example.com" }, "billing_details[name]"],
  ["no e-mail", PAYS, { name: "Ada" }, "billing_details[email]"],
])("%s is refused", async (_, iban, details, param) => {
  await expect(methodOf(iban, details as never)).rejects.toMatchObject({ statusCode: 400, param });
});

test("an IBAN is no US account number", async () => {
  const create = local.stripe.paymentMethods.create({
    type: "us_bank_account",
    us_bank_account: { account_number: PAYS, routing_number: "110000000" },
    billing_details: { name: "Ada" },
  });
  await expect(create).rejects.toMatchObject({ code: "account_number_invalid" });
});

describe("a payment", () => {
  test("is processing until the bank answers, and the money can go back", async () => {
    const { id, status } = await pay(await methodOf(PAYS));
    expect(status).toBe("processing");
    expect(await types()).toContain("payment_intent.processing");
    await bankAnswers();
    const intent = await local.stripe.paymentIntents.retrieve(id, { expand: ["latest_charge"] });
    expect(intent.status).toBe("succeeded");
    expect(intent.latest_charge).toMatchObject({
      payment_method_details: { type: "sepa_debit", sepa_debit: { last4: "3201", country: "AT" } },
    });
    const refund = await local.stripe.refunds.create({ payment_intent: id });
    expect(refund.destination_details).toMatchObject({ type: "eu_bank_transfer" });
  });

  test("fails when the bank refuses, days later", async () => {
    const { id, status } = await pay(await methodOf(REFUSES));
    expect(status).toBe("processing");
    await bankAnswers();
    const intent = await local.stripe.paymentIntents.retrieve(id);
    expect([intent.status, intent.last_payment_error?.code]).toEqual([
      "requires_payment_method",
      "generic_could_not_process",
    ]);
    expect(await types()).toContain("payment_intent.payment_failed");
  });
});

describe("Checkout", () => {
  const euros = async (more: Partial<Stripe.Checkout.SessionCreateParams> = {}) => {
    const { id } = await local.stripe.prices.create({
      currency: "eur",
      unit_amount: 1500,
      product_data: { name: "Font" },
    });
    return paymentSession(local, { line_items: [{ price: id, quantity: 1 }], ...more });
  };

  test("offers it for euros, a US debit for dollars, and neither for pounds", async () => {
    expect((await euros()).payment_method_types).toEqual(["card", "sepa_debit"]);
    expect((await paymentSession(local)).payment_method_types).toEqual(["card", "us_bank_account"]);
    const { id } = await local.stripe.prices.create({
      currency: "gbp",
      unit_amount: 1500,
      product_data: { name: "Font" },
    });
    const pounds = await paymentSession(local, { line_items: [{ price: id, quantity: 1 }] });
    expect(pounds.payment_method_types).toEqual(["card"]);
    expect((await euros({ excluded_payment_method_types: ["sepa_debit"] })).payment_method_types).toEqual([
      "card",
    ]);
  });

  test("takes an IBAN on its page, and hears from the bank later", async () => {
    const session = await euros();
    const wrong = await submitPage(String(session.url), {
      method: "sepa_debit",
      iban: "AT00",
      iban_name: "",
    });
    expect(await wrong.text()).toContain("Only the test accounts below work here.");
    const fields = { method: "sepa_debit", iban: PAYS, iban_name: "Ada Lovelace" };
    expect((await submitPage(String(session.url), fields)).status).toBe(303);
    const status = async () => (await local.stripe.checkout.sessions.retrieve(session.id)).payment_status;
    expect(await status()).toBe("unpaid");
    await bankAnswers();
    expect(await status()).toBe("paid");
    expect(await types()).toContain("checkout.session.async_payment_succeeded");
  });
});
