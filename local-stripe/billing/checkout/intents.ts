import { invalid } from "../../kit/errors";
import { type CheckoutPlan, type CheckoutSession, checkoutPlans } from "../../objects/checkout-session";
import { type PaymentIntent, paymentIntents } from "../../objects/payment-intent";
import { type SetupIntent, setupIntents } from "../../objects/setup-intent";
import { createPaymentIntent } from "../payments/payment-intents";
import { createSetup } from "../payments/setup-intents";
import { intentOptions } from "./method-options";

export const checkoutPlanOf = (session: CheckoutSession): CheckoutPlan => checkoutPlans.must(session.id);

/**
 * A checkout does more than pay or keep a card: its intent ends on its page, or not at all (types: the comments of
 * `Stripe.Checkout.Session.payment_intent` and `setup_intent`).
 */
export function refuseCheckoutIntent({ id, object }: PaymentIntent | SetupIntent, doing: string): void {
  const [plan] = checkoutPlans.where({ intent: id });
  if (!plan) return;
  const noun = object === "payment_intent" ? "PaymentIntent" : "SetupIntent";
  const instead = doing === "cancel" ? "Expire the session instead." : "It ends on the session's page.";
  throw invalid(
    `You cannot ${doing} this ${noun} because it was created by a Checkout Session (${plan.id}). ${instead}`,
    { code: `${object}_unexpected_state` },
  );
}

/** The session's payment intent. It is made by the first attempt to pay, and later attempts continue it. */
export function openPayment(session: CheckoutSession): PaymentIntent {
  const plan = checkoutPlanOf(session);
  const amount = session.amount_total ?? 0;
  const begun = paymentIntents.get(plan.intent ?? "");
  // A promotion code may have changed the amount since.
  if (begun) return begun.amount === amount ? begun : paymentIntents.put({ ...begun, amount });
  const intent = createPaymentIntent({
    amount,
    currency: session.currency ?? "usd",
    customer: session.customer,
    payment_method_types: session.payment_method_types,
    payment_method_options: intentOptions(session),
    ...plan.paymentIntentData,
    ...(session.mode === "subscription"
      ? { description: "Subscription creation", setup_future_usage: "off_session" }
      : {}),
  });
  checkoutPlans.put({ ...plan, intent: intent.id });
  return intent;
}

export function openSetup(session: CheckoutSession): SetupIntent {
  const plan = checkoutPlanOf(session);
  const begun = setupIntents.get(plan.intent ?? "");
  if (begun) return begun;
  const intent = createSetup({
    customer: session.customer,
    payment_method_types: session.payment_method_types,
    ...plan.setupIntentData,
  });
  checkoutPlans.put({ ...plan, intent: intent.id });
  return intent;
}
