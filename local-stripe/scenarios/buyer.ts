import { openDispute } from "../billing/payments/disputes";
import { ask } from "../kit/ask";
import { StripeError } from "../kit/errors";
import { byItself, transaction } from "../kit/transaction";
import { charges } from "../objects/charge";
import { type CheckoutSession, checkoutSessions } from "../objects/checkout-session";
import type { Customer } from "../objects/customer";
import { disputes } from "../objects/dispute";
import type { PaymentMethod } from "../objects/payment-method";
import { type Subscription, subscriptions } from "../objects/subscription";
import { checkoutSessionResource } from "../resources/checkout-sessions";
import { customerResource } from "../resources/customers";
import { disputeResource } from "../resources/disputes";
import { paymentMethodResource } from "../resources/payment-methods";
import { paymentPageResource } from "../resources/payment-pages";
import { refundResource } from "../resources/refunds";
import { subscriptionResource } from "../resources/subscriptions";

/** The acts of a customer and of the shop, by the calls that do them in life. */

export interface Purchase {
  readonly name: string;
  readonly email: string;
  readonly price: string;
  readonly trialDays: number;
  readonly card: string;
  /** The first card that is tried is declined. */
  readonly declined: boolean;
}

/** Through Checkout, as a shop sells. Returns the id of the subscription, unless a decline that somebody armed was met. */
export function subscribe({ name, email, price, trialDays, card, declined }: Purchase): string | undefined {
  const customer = ask<Customer>(customerResource, "POST /v1/customers", "", { email, name });
  const { id } = ask<CheckoutSession>(checkoutSessionResource, "POST /v1/checkout/sessions", "", {
    customer: customer.id,
    line_items: [{ price, quantity: "1" }],
    mode: "subscription",
    success_url: "http://127.0.0.1:3000/",
    ...(trialDays > 0 ? { subscription_data: { trial_period_days: String(trialDays) } } : {}),
  });
  if (declined) unlessDeclined(() => pay(id, "pm_card_chargeDeclined"));
  unlessDeclined(() => pay(id, card));
  return checkoutSessions.must(id).subscription ?? undefined;
}

const pay = (session: string, payment_method: string) =>
  ask(paymentPageResource, "POST /v1/payment_pages/:id/confirm", session, { payment_method });

/** A declined card is part of the story; everything else that is refused is a mistake in it. */
function unlessDeclined(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof StripeError && error.status === 402)) throw error;
  }
}

const update = (id: string, form: Parameters<typeof ask>[3]) =>
  ask<Subscription>(subscriptionResource, "POST /v1/subscriptions/:id", id, form);

/** True if it is paid for, or on trial, and goes on. */
export function goesOn(id: string): boolean {
  const { status, cancel_at } = subscriptions.must(id);
  return (status === "active" || status === "trialing") && cancel_at === null;
}

const hasEnded = (id: string) => ["canceled", "incomplete_expired"].includes(subscriptions.must(id).status);

/** Charges the subscription to another card from now on. */
export function bringCard(id: string, card: string): void {
  if (hasEnded(id)) return;
  const { customer } = subscriptions.must(id);
  const attach = "POST /v1/payment_methods/:id/attach";
  const method = ask<PaymentMethod>(paymentMethodResource, attach, card, { customer });
  update(id, { default_payment_method: method.id });
}

export function changePlan(
  id: string,
  price: string,
  proration_behavior: "always_invoice" | "create_prorations",
): void {
  if (!goesOn(id)) return;
  const item = subscriptions.must(id).items.data[0]?.id;
  unlessDeclined(() => update(id, { items: [{ id: item, price }], proration_behavior }));
}

export function cancel(id: string, atOnce: boolean, feedback: string): void {
  if (!goesOn(id)) return;
  const cancellation_details = { feedback };
  if (atOnce) ask(subscriptionResource, "DELETE /v1/subscriptions/:id", id, { cancellation_details });
  else update(id, { cancel_at_period_end: "true", cancellation_details });
}

const isUntouched = (id: string) => {
  const { amount_refunded, disputed } = charges.must(id);
  return amount_refunded === 0 && !disputed;
};

export function refund(charge: string): void {
  if (!isUntouched(charge)) return;
  ask(refundResource, "POST /v1/refunds", "", { charge, reason: "requested_by_customer" });
}

export function dispute(charge: string): void {
  if (isUntouched(charge)) transaction(byItself, () => openDispute(charges.must(charge), "fraudulent"));
}

/** The evidence decides at once. */
export function answerDispute(charge: string, won: boolean): void {
  const [open] = disputes.where({ charge });
  if (!open) return;
  ask(disputeResource, "POST /v1/disputes/:id", open.id, {
    evidence: { uncategorized_text: won ? "winning_evidence" : "losing_evidence" },
    submit: "true",
  });
}
