import { refuseCheckoutIntent } from "../billing/checkout/intents";
import { confirmPayment } from "../billing/collection/confirmation";
import { cardError } from "../billing/payments/failures";
import { missingMethod, refuseConfirmation } from "../billing/payments/intent-states";
import { refuseUnusable } from "../billing/payments/ownership";
import { findOrCreatePaymentMethod } from "../billing/payments/payment-methods";
import { invalid } from "../kit/errors";
import { customers } from "../objects/customer";
import type { PaymentIntent } from "../objects/payment-intent";
import type { PaymentMethod } from "../objects/payment-method";

interface Confirmation {
  readonly error_on_requires_action?: boolean;
  readonly mandate_data?: unknown;
  readonly off_session?: string;
  readonly return_url?: string;
}

/** Pays with the method that is given, else the intent's own, else the customer's default (recorded). */
export function confirmIntent(
  intent: PaymentIntent,
  given: PaymentMethod | undefined,
  { error_on_requires_action = false, off_session = "false", return_url = undefined }: Confirmation,
): PaymentIntent {
  refuseConfirmation(intent);
  refuseCheckoutIntent(intent, "confirm");
  const method = given ?? ownMethod(intent);
  if (!method) throw missingMethod(intent);
  refuseUnusable(method, intent.customer, "PaymentIntent", { payment_intent: intent });
  const confirmed = confirmPayment(intent, method, {
    returnUrl: return_url ?? null,
    unasked: off_session !== "false" || error_on_requires_action,
  });
  if (confirmed.decline) throw cardError(confirmed.intent, confirmed.decline);
  return confirmed.intent;
}

function ownMethod({ customer, payment_method }: PaymentIntent): PaymentMethod | undefined {
  const fallback = customers.get(customer ?? "")?.invoice_settings.default_payment_method;
  const id = payment_method ?? fallback;
  return id ? findOrCreatePaymentMethod(id, "payment_method") : undefined;
}

export function refuseUnlessConfirming({ error_on_requires_action, ...given }: Confirmation): void {
  const { mandate_data, off_session, return_url } = given;
  const all = { return_url, error_on_requires_action, off_session, mandate_data };
  for (const [param, value] of Object.entries(all)) {
    if (value === undefined) continue;
    throw invalid(`\`${param}\` can only be set when \`confirm\` is true.`, { param });
  }
}
