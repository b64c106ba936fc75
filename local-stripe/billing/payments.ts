import { account } from "../kit/account";
import { now } from "../kit/clock";
import { StripeError } from "../kit/errors";
import { emit } from "../kit/events";
import { onDue, schedule } from "../kit/jobs";
import { balanceTransactions, buildBalanceTransaction } from "../objects/balance-transaction";
import { buildCharge, type Charge, charges } from "../objects/charge";
import { buildPaymentIntent, type PaymentIntent, paymentIntents } from "../objects/payment-intent";
import { type PaymentMethod, paymentMethods } from "../objects/payment-method";
import type { Decline } from "../objects/test-cards";
import { clockOf } from "../objects/test-clock";
import { cardOf } from "./bank";
import { openDispute } from "./disputes";
import { divideRounded } from "./money";

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
  if (cardOf(method).dispute) {
    schedule("charge.dispute", charge.id, now() + DISPUTED_AFTER_SECONDS, clockOf(intent.customer));
  }
  return succeeded;
}

const DISPUTED_AFTER_SECONDS = 5;

onDue("charge.dispute", (id) => {
  const charge = charges.must(id);
  const { dispute } = cardOf(paymentMethods.must(charge.payment_method ?? ""));
  // Whoever refunded in time has nothing left to dispute.
  if (dispute && !charge.refunded && !charge.disputed) openDispute(charge, dispute.reason, dispute.inquiry);
});

/** The bank refused: a failed charge remains, and the intent waits for another payment method. */
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

/** The customer failed or left the 3D Secure page: nothing was charged. */
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

/** The balance transaction follows the charge by a moment. */
export function settle(intent: PaymentIntent): { before: Charge; charge: Charge } {
  const before = charges.must(intent.latest_charge ?? "");
  const { amount, currency } = before;
  const transaction = balanceTransactions.put(
    buildBalanceTransaction({
      amount,
      currency,
      fee: divideRounded(BigInt(amount) * 29n, 1000n) + 30,
      reporting_category: "charge",
      source: before.id,
      type: "charge",
    }),
  );
  return { before, charge: charges.put({ ...before, balance_transaction: transaction.id }) };
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
  return buildCharge(given, method, decline);
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
      type: decline.code.startsWith("payment_intent") ? "invalid_request_error" : "card_error",
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
