import { account } from "../../kit/account";
import { now } from "../../kit/clock";
import { StripeError } from "../../kit/errors";
import { emit } from "../../kit/events";
import { schedule } from "../../kit/jobs";
import { buildCharge, type Charge, charges } from "../../objects/charge";
import { buildPaymentIntent, type PaymentIntent, paymentIntents } from "../../objects/payment-intent";
import { type PaymentMethod, paymentMethods } from "../../objects/payment-method";
import type { Decline } from "../../objects/test-cards";
import { clockOf } from "../../objects/test-clock";
import { instrumentOf } from "./bank";
import { openDispute } from "./disputes";

export function createPaymentIntent(given: Parameters<typeof buildPaymentIntent>[0]): PaymentIntent {
  const intent = paymentIntents.put(buildPaymentIntent(given));
  emit("payment_intent.created", intent);
  return intent;
}

/** The money moves. */
export function succeed(intent: PaymentIntent, method: PaymentMethod): PaymentIntent {
  const charge = charges.put(chargeFor(intent, method));
  emit("charge.succeeded", charge);
  const succeeded = paymentIntents.put({
    ...intent,
    amount_received: intent.amount,
    last_payment_error: null,
    latest_charge: charge.id,
    next_action: null,
    payment_method: method.id,
    status: "succeeded",
  });
  emit("payment_intent.succeeded", succeeded);
  if (instrumentOf(method).dispute) {
    schedule("charge.dispute", charge.id, now() + DISPUTED_AFTER_SECONDS, clockOf(intent.customer));
  }
  return succeeded;
}

/** A bank debit is on its way: its charge is pending until the bank answers. */
export function sendDebit(intent: PaymentIntent, method: PaymentMethod): PaymentIntent {
  const sent = chargeFor(intent, method);
  const charge = charges.put({ ...sent, paid: false, receipt_url: null, status: "pending" });
  emit("charge.pending", charge);
  const processing = paymentIntents.put({
    ...intent,
    last_payment_error: null,
    latest_charge: charge.id,
    next_action: null,
    payment_method: method.id,
    status: "processing",
  });
  emit("payment_intent.processing", processing);
  if (!instrumentOf(method).silent) {
    schedule("payment_intent.answer", intent.id, now() + ANSWERED_AFTER_SECONDS, clockOf(intent.customer));
  }
  return processing;
}

/** Four days, as an American bank may take (https://docs.stripe.com/payments/ach-direct-debit). */
const ANSWERED_AFTER_SECONDS = 4 * 24 * 3600;

/** Inferred; recorded: Stripe's test cards open the dispute together with the charge. */
const DISPUTED_AFTER_SECONDS = 5;

export function disputeCharge(id: string): void {
  const charge = charges.must(id);
  const { dispute } = instrumentOf(paymentMethods.must(charge.payment_method ?? ""));
  // A charge that was refunded in time leaves nothing to dispute.
  if (dispute && !charge.refunded && !charge.disputed) openDispute(charge, dispute.reason, dispute.inquiry);
}

/**
 * The bank refused: a failed charge remains, and the intent waits for another payment method
 * (https://docs.stripe.com/payments/paymentintents/lifecycle).
 */
export function fail(intent: PaymentIntent, method: PaymentMethod, decline: Decline): PaymentIntent {
  const charge = charges.put(chargeFor(intent, method, decline));
  emit("charge.failed", charge);
  return giveBack({ ...intent, latest_charge: charge.id }, method, decline, charge);
}

export const AUTHENTICATION_FAILURE: Decline = {
  code: "payment_intent_authentication_failure",
  message:
    "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
};

/**
 * The customer failed or left the 3D Secure page: nothing was charged
 * (https://docs.stripe.com/payments/paymentintents/lifecycle).
 */
export function failAuthentication(intent: PaymentIntent, method: PaymentMethod): PaymentIntent {
  return giveBack(intent, method, AUTHENTICATION_FAILURE);
}

export function requireAction(
  intent: PaymentIntent,
  method: PaymentMethod,
  returnUrl: string | null = null,
): PaymentIntent {
  const waiting = paymentIntents.put({
    ...intent,
    next_action: {
      type: "redirect_to_url",
      redirect_to_url: { return_url: returnUrl, url: `${account.origin}/3ds/${intent.id}` },
    },
    payment_method: method.id,
    status: "requires_action",
  });
  emit("payment_intent.requires_action", waiting);
  return waiting;
}

export function cardError(intent: PaymentIntent, decline: Decline): StripeError {
  return new StripeError(402, {
    type: "card_error",
    code: decline.code,
    message: decline.message,
    ...(decline.decline_code ? { decline_code: decline.decline_code } : {}),
    ...(intent.latest_charge ? { charge: intent.latest_charge } : {}),
    payment_intent: intent,
  });
}

function chargeFor(intent: PaymentIntent, method: PaymentMethod, decline?: Decline): Charge {
  const { amount, currency, customer, description, metadata, receipt_email } = intent;
  const given = {
    amount,
    currency,
    customer,
    description,
    metadata,
    receipt_email,
    payment_intent: intent.id,
  };
  const charge = buildCharge(given, method, decline);
  // A debit's charge exists since it was sent; now it is decided.
  const pending = intent.status === "processing" ? charges.get(intent.latest_charge ?? "") : undefined;
  return pending ? { ...charge, id: pending.id, created: pending.created } : charge;
}

function giveBack(
  intent: PaymentIntent,
  method: PaymentMethod,
  decline: Decline,
  charge?: Charge,
): PaymentIntent {
  const failed = paymentIntents.put({
    ...intent,
    last_payment_error: {
      type: charge?.payment_method_details?.card ? "card_error" : "invalid_request_error",
      code: decline.code as NonNullable<PaymentIntent["last_payment_error"]>["code"],
      message: decline.message,
      ...(decline.decline_code ? { decline_code: decline.decline_code } : {}),
      ...(charge ? { charge: charge.id } : {}),
      payment_method: method,
    },
    next_action: null,
    payment_method: null,
    status: "requires_payment_method",
  });
  emit("payment_intent.payment_failed", failed);
  return failed;
}

/** For intents that nothing will pay any more. */
export function cancelIntent(
  intent: PaymentIntent,
  reason: PaymentIntent["cancellation_reason"],
): PaymentIntent {
  const canceled = paymentIntents.put({
    ...intent,
    canceled_at: now(),
    cancellation_reason: reason,
    next_action: null,
    status: "canceled",
  });
  emit("payment_intent.canceled", canceled);
  return canceled;
}
