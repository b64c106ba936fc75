import { now } from "../../kit/clock";
import { invalid } from "../../kit/errors";
import { emit } from "../../kit/events";
import { schedule, unschedule } from "../../kit/jobs";
import { type Charge, charges } from "../../objects/charge";
import { type PaymentIntent, paymentIntents } from "../../objects/payment-intent";
import { type PaymentMethod, paymentMethods } from "../../objects/payment-method";
import { clockOf } from "../../objects/test-clock";
import { chargeFor } from "./charges";
import { disputeByItself } from "./disputes";
import { cancelIntent } from "./payment-intents";
import { settleCharge } from "./settlement";

/** Money that a card's bank holds until somebody captures it: for seven days (recorded). */
const HELD_SECONDS = 7 * 24 * 3600;

/** True if the money is only held until somebody captures it. */
export function isHeld({ capture_method, payment_method_options }: PaymentIntent, { card }: PaymentMethod) {
  return card !== undefined && (payment_method_options?.card?.capture_method ?? capture_method) === "manual";
}

/** The bank sets the money aside: the charge has succeeded, but nothing is received before it is captured (recorded). */
export function hold(intent: PaymentIntent, method: PaymentMethod): PaymentIntent {
  const capture_before = now() + HELD_SECONDS;
  const charge = charges.put(uncaptured(chargeFor(intent, method), capture_before));
  emit("charge.succeeded", charge);
  const held = paymentIntents.put({
    ...intent,
    amount_capturable: intent.amount,
    last_payment_error: null,
    latest_charge: charge.id,
    next_action: null,
    payment_method: method.id,
    status: "requires_capture",
  });
  emit("payment_intent.amount_capturable_updated", held);
  schedule("payment_intent.expire", held.id, capture_before, clockOf(held.customer));
  return held;
}

function uncaptured(charge: Charge, capture_before: number): Charge {
  const { payment_method_details: details } = charge;
  return {
    ...charge,
    amount_captured: 0,
    captured: false,
    payment_method_details: details?.card
      ? { ...details, card: { ...details.card, capture_before } }
      : details,
  };
}

/** Takes what was held, or a part of it and lets the rest go (the order: recorded). */
export function captureHold(held: PaymentIntent, amount = held.amount_capturable): PaymentIntent {
  refuseCapture(held, amount);
  unschedule("payment_intent.expire", held.id);
  const before = charges.must(held.latest_charge ?? "");
  charges.put({ ...before, amount_captured: amount, captured: true });
  const { charge } = settleCharge(held);
  emit("charge.captured", charge, before);
  disputeByItself(charge, paymentMethods.must(held.payment_method ?? ""));
  const succeeded = paymentIntents.put({
    ...held,
    amount_capturable: 0,
    amount_received: amount,
    status: "succeeded",
  });
  emit("payment_intent.succeeded", succeeded);
  return succeeded;
}

/** Recorded, word for word; zero is told of the parameter `amount`. */
function refuseCapture(intent: PaymentIntent, amount: number): void {
  const carried = { payment_intent: intent };
  const unexpected = { code: "payment_intent_unexpected_state", ...carried };
  if (intent.status === "succeeded") {
    throw invalid(
      "The remaining amount on this PaymentIntent could not be captured because the remainder of the authorized amount has been released.",
      unexpected,
    );
  }
  if (intent.status !== "requires_capture") {
    throw invalid(
      `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
      unexpected,
    );
  }
  if (amount < 0) throw invalid("Invalid non-negative integer", { param: "amount_to_capture", ...carried });
  if (amount === 0) {
    throw invalid("This value must be greater than or equal to 1.", {
      code: "parameter_invalid_integer",
      param: "amount",
      ...carried,
    });
  }
  if (amount > intent.amount_capturable) {
    throw invalid(
      "The payment could not be captured because the requested capture amount is greater than the amount you can capture for this charge. Contact us via https://support.stripe.com/contact/ for help.",
      { code: "amount_too_large", ...carried },
    );
  }
}

/**
 * Nobody captured it in time: the charge counts as refunded and the intent is canceled (types: the comment of
 * `Stripe.ChargeResource.capture` and `Stripe.PaymentIntent.cancellation_reason`).
 */
export function expireHold(id: string): void {
  const intent = paymentIntents.must(id);
  if (intent.status !== "requires_capture") return;
  const charge = charges.must(intent.latest_charge ?? "");
  const expired = charges.put({ ...charge, amount_refunded: charge.amount, refunded: true });
  emit("charge.expired", expired);
  cancelIntent(intent, "automatic");
}
