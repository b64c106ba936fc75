import { account } from "../../kit/account";
import { now } from "../../kit/clock";
import { emit } from "../../kit/events";
import { schedule, unschedule } from "../../kit/jobs";
import { charges } from "../../objects/charge";
import { buildPaymentIntent, type PaymentIntent, paymentIntents } from "../../objects/payment-intent";
import type { PaymentMethod } from "../../objects/payment-method";
import { clockOf } from "../../objects/test-clock";
import { instrumentOf } from "./bank";
import { chargeFor } from "./charges";
import { disputeByItself } from "./disputes";

export function createPaymentIntent(given: Parameters<typeof buildPaymentIntent>[0]): PaymentIntent {
  const intent = paymentIntents.put(buildPaymentIntent(given));
  emit("payment_intent.created", intent);
  return intent;
}

/** The money moves. A card that is to be disputed is so with the charge, before its intent is told (recorded). */
export function succeed(intent: PaymentIntent, method: PaymentMethod): PaymentIntent {
  const charge = charges.put(chargeFor(intent, method));
  emit("charge.succeeded", charge);
  disputeByItself(charge, method);
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

/**
 * For intents that nothing will pay any more. A hold is let go, and its charge stays as it is, never captured
 * (recorded).
 */
export function cancelIntent(
  intent: PaymentIntent,
  reason: PaymentIntent["cancellation_reason"],
): PaymentIntent {
  unschedule("payment_intent.expire", intent.id);
  const canceled = paymentIntents.put({
    ...intent,
    amount_capturable: 0,
    canceled_at: now(),
    cancellation_reason: reason,
    next_action: null,
    status: "canceled",
  });
  emit("payment_intent.canceled", canceled);
  return canceled;
}
