import { emit } from "../kit/events";
import { type CheckoutPlan, type CheckoutSession, checkoutPlans } from "../objects/checkout-session";
import { type PaymentIntent, paymentIntents } from "../objects/payment-intent";
import type { PaymentMethod } from "../objects/payment-method";
import { buildSetupIntent, type SetupIntent, setupIntents } from "../objects/setup-intent";
import type { Decline } from "../objects/test-cards";
import { createPaymentIntent } from "./payments";

export const planOf = (session: CheckoutSession): CheckoutPlan => checkoutPlans.must(session.id);

/** The session's payment intent. It is made by the first attempt to pay, and later attempts continue it. */
export function openPayment(session: CheckoutSession): PaymentIntent {
  const plan = planOf(session);
  const begun = paymentIntents.get(plan.intent ?? "");
  if (begun) return begun;
  const intent = createPaymentIntent({
    amount: session.amount_total ?? 0,
    currency: session.currency ?? "usd",
    customer: session.customer,
    ...plan.paymentIntentData,
    ...(session.mode === "subscription"
      ? { description: "Subscription creation", setup_future_usage: "off_session" }
      : {}),
  });
  checkoutPlans.put({ ...plan, intent: intent.id });
  return intent;
}

export function openSetup(session: CheckoutSession): SetupIntent {
  const plan = planOf(session);
  const begun = setupIntents.get(plan.intent ?? "");
  if (begun) return begun;
  const intent = setupIntents.put(buildSetupIntent({ customer: session.customer }));
  emit("setup_intent.created", intent);
  checkoutPlans.put({ ...plan, intent: intent.id });
  return intent;
}

export function failSetup(session: CheckoutSession, method: PaymentMethod, decline: Decline): SetupIntent {
  const { code, decline_code, message } = decline;
  const failed = setupIntents.put({
    ...openSetup(session),
    last_setup_error: {
      type: "card_error",
      code: code as NonNullable<SetupIntent["last_setup_error"]>["code"],
      message,
      ...(decline_code ? { decline_code } : {}),
      payment_method: method,
    },
    payment_method: null,
    status: "requires_payment_method",
  });
  emit("setup_intent.setup_failed", failed);
  return failed;
}

export function requireSetupAction(session: CheckoutSession, method: PaymentMethod): void {
  const intent = openSetup(session);
  const waiting = setupIntents.put({ ...intent, payment_method: method.id, status: "requires_action" });
  emit("setup_intent.requires_action", waiting);
}

export function succeedSetup(session: CheckoutSession, method: PaymentMethod, customer: string | null) {
  const intent = setupIntents.put({
    ...openSetup(session),
    customer,
    payment_method: method.id,
    status: "succeeded",
  });
  emit("setup_intent.succeeded", intent);
  return intent;
}
