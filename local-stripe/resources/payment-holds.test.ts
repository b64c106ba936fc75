import type Stripe from "stripe";
import { expect, test } from "vitest";
import { advanceTo, advanceWallTo, at, CLOCKS, customerAt, customerOnWall, DAY_SECONDS } from "../test/clock";
import { startLocalStripe } from "../test/harness";

/** Money that is held first and captured later (recorded; https://docs.stripe.com/payments/place-a-hold-on-a-payment-method). */

const local = startLocalStripe();
const intents = () => local.stripe.paymentIntents;

const hold = (more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
  intents().create({
    amount: 6500,
    capture_method: "manual",
    confirm: true,
    currency: "usd",
    payment_method: "pm_card_visa",
    ...more,
  });

const chargeOf = ({ latest_charge }: Stripe.PaymentIntent) =>
  local.stripe.charges.retrieve(String(latest_charge));

const types = async () => (await local.happened()).map(({ type }) => type);

const refusal = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    ({ raw: { code, message, param, payment_intent } }) => [code, param, message, payment_intent?.status],
  );

test("a hold has succeeded, and nothing of it is received (recorded)", async () => {
  const held = await hold();
  expect(held).toMatchObject({ status: "requires_capture", amount_capturable: 6500, amount_received: 0 });
  expect(await chargeOf(held)).toMatchObject({
    amount_captured: 0,
    balance_transaction: null,
    captured: false,
    paid: true,
    status: "succeeded",
  });
  expect(await types()).toEqual([
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.amount_capturable_updated",
  ]);
  expect((await local.stripe.balance.retrieve()).pending[0]?.amount).toBe(0);
});

test.each([
  [undefined, 6500],
  [5000, 5000],
  [1, 1],
])("%s is captured, and the rest let go (recorded)", async (amount_to_capture, received) => {
  const held = await hold({ metadata: { plan: "pro" } });
  const captured = await intents().capture(held.id, { amount_to_capture, metadata: { by: "ada" } });
  expect(captured).toMatchObject({
    status: "succeeded",
    amount: 6500,
    amount_capturable: 0,
    amount_received: received,
    metadata: { plan: "pro", by: "ada" },
  });
  const charge = await chargeOf(captured);
  expect(charge).toMatchObject({ captured: true, amount_captured: received, amount_refunded: 0 });
  const { data } = await local.stripe.balanceTransactions.list({ source: charge.id });
  expect(data).toMatchObject([{ id: charge.balance_transaction, amount: received, type: "charge" }]);
  expect((await types()).slice(3)).toEqual(["charge.captured", "payment_intent.succeeded"]);

  await local.stripe.refunds.create({ charge: charge.id });
  expect(await chargeOf(captured)).toMatchObject({ amount_refunded: received, refunded: true });
});

test("too much, nothing or less than nothing is not captured (recorded)", async () => {
  const { id } = await hold();
  const capture = (amount_to_capture: number) => refusal(intents().capture(id, { amount_to_capture }));
  expect(await capture(6501)).toEqual([
    "amount_too_large",
    undefined,
    "The payment could not be captured because the requested capture amount is greater than the amount you can capture for this charge. Contact us via https://support.stripe.com/contact/ for help.",
    "requires_capture",
  ]);
  expect(await capture(0)).toEqual([
    "parameter_invalid_integer",
    "amount",
    "This value must be greater than or equal to 1.",
    "requires_capture",
  ]);
  expect(await capture(-1)).toEqual([
    undefined,
    "amount_to_capture",
    "Invalid non-negative integer",
    "requires_capture",
  ]);
  expect((await intents().retrieve(id)).status).toBe("requires_capture");
});

test("nothing is captured twice (recorded)", async () => {
  const { id } = await hold();
  await intents().capture(id);
  expect(await refusal(intents().capture(id))).toEqual([
    "payment_intent_unexpected_state",
    undefined,
    "The remaining amount on this PaymentIntent could not be captured because the remainder of the authorized amount has been released.",
    "succeeded",
  ]);
});

test("a hold is canceled, not refunded, and captured by its intent, not by its charge (recorded)", async () => {
  const held = await hold();
  const charge = String(held.latest_charge);
  expect(await refusal(local.stripe.refunds.create({ charge }))).toEqual([
    undefined,
    undefined,
    `This uncaptured Charge was created by a PaymentIntent (${held.id}). You must cancel the PaymentIntent to reverse the authorization instead of refunding the Charge directly. For more information, see https://stripe.com/docs/payments/place-a-hold-on-a-payment-method`,
    undefined,
  ]);
  expect(await refusal(local.stripe.charges.capture(charge))).toEqual([
    undefined,
    undefined,
    `This uncaptured Charge was created by a PaymentIntent (${held.id}). You must capture the PaymentIntent instead. For more information, see https://stripe.com/docs/payments/place-a-hold-on-a-payment-method`,
    undefined,
  ]);
  const canceled = await intents().cancel(held.id);
  expect(canceled).toMatchObject({ status: "canceled", amount_capturable: 0, cancellation_reason: null });
  expect(await chargeOf(canceled)).toMatchObject({ captured: false, status: "succeeded" });
  expect(await refusal(intents().capture(held.id))).toEqual([
    "payment_intent_unexpected_state",
    undefined,
    "This PaymentIntent could not be captured because it has a status of canceled. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.",
    "canceled",
  ]);
});

test.each(CLOCKS)("nobody captures it for seven days, on %s", async (on) => {
  const begin = at("2027-03-01T12:00:00");
  const { clock, customer } = await (on === "a test clock" ? customerAt : customerOnWall)(local, begin);
  const held = await hold({ customer });
  const { created, payment_method_details } = await chargeOf(held);
  const end = Number(payment_method_details?.card?.capture_before);
  expect(end - created).toBe(7 * DAY_SECONDS);
  const move = (time: number) => (clock ? advanceTo(local, clock, time) : advanceWallTo(local, time));
  // The wall clock goes on by itself, so it stops a minute before the limit.
  await move(end - (clock ? 1 : 60));
  expect((await intents().retrieve(held.id)).status).toBe("requires_capture");
  await move(end);
  // Types: the comments of `charges.capture` and of `PaymentIntent.cancellation_reason`.
  const expired = await intents().retrieve(held.id);
  expect(expired).toMatchObject({
    status: "canceled",
    amount_capturable: 0,
    canceled_at: end,
    cancellation_reason: "automatic",
  });
  expect(await chargeOf(expired)).toMatchObject({ captured: false, refunded: true });
  const { data } = await local.stripe.events.list({ types: ["charge.expired", "payment_intent.canceled"] });
  expect(data.map(({ type }) => type).reverse()).toEqual(["charge.expired", "payment_intent.canceled"]);
});

test("a captured hold does not expire", async () => {
  const { customer } = await customerOnWall(local, at("2027-03-01T12:00:00"));
  const { id } = await hold({ customer });
  await intents().capture(id);
  await local.control(`clock/advance?seconds=${8 * DAY_SECONDS}`);
  expect((await intents().retrieve(id)).status).toBe("succeeded");
});

test("a card may be held while others are charged (type: payment_method_options.card.capture_method)", async () => {
  const options = { payment_method_options: { card: { capture_method: "manual" as const } } };
  expect((await hold({ capture_method: "automatic", ...options })).status).toBe("requires_capture");
});

test("3D Secure comes before the hold", async () => {
  const asked = await hold({ payment_method: "pm_card_threeDSecure2Required" });
  expect(asked).toMatchObject({ status: "requires_action", latest_charge: null });
  const page = String(asked.next_action?.redirect_to_url?.url);
  await fetch(page, { method: "POST", body: new URLSearchParams({ result: "complete" }) });
  expect((await intents().retrieve(asked.id)).status).toBe("requires_capture");
});

test("a card that is to be disputed is so once its money was captured, for what was captured (recorded)", async () => {
  const held = await hold({ payment_method: "pm_card_createDispute" });
  expect((await local.stripe.disputes.list()).data).toEqual([]);
  await intents().capture(held.id, { amount_to_capture: 400 });
  expect((await local.stripe.disputes.list()).data).toMatchObject([{ amount: 400 }]);
  expect((await types()).slice(3)).toEqual([
    "charge.captured",
    "charge.dispute.created",
    "charge.dispute.funds_withdrawn",
    "charge.updated",
    "payment_intent.succeeded",
  ]);
});
