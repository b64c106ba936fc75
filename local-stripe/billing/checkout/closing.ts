import { emit } from "../../kit/events";
import { unschedule } from "../../kit/jobs";
import {
  type CheckoutSession,
  checkoutPlans,
  checkoutSessions,
  type Submission,
} from "../../objects/checkout-session";
import type { Customer } from "../../objects/customer";
import type { PaymentMethod } from "../../objects/payment-method";
import { switches } from "../behavior/switches";
import { isDelayed } from "../payments/bank";
import { answersOn } from "./answers";
import { checkoutPlanOf } from "./intents";
import { kindOf } from "./tax-id-kinds";
import { trialEnd } from "./totals";

/** Everything that the session brought about. */
export type Made = Partial<
  Pick<CheckoutSession, "customer" | "subscription" | "invoice" | "payment_intent" | "setup_intent">
>;

/** The session tells what it brought about and what its customer answered, and is over. */
export function closeSession(
  session: CheckoutSession,
  made: Made,
  customer: Customer | null,
  { answers, email }: Submission,
  method: PaymentMethod | undefined,
): CheckoutSession {
  const details = method?.billing_details;
  const { businessName, individualName, phone, taxId } = answers;
  unschedule("checkout.session.expire", session.id);
  checkoutPlans.put({ ...checkoutPlanOf(session), pending: null });
  const completed = checkoutSessions.put({
    ...session,
    ...made,
    ...answersOn(session, answers),
    customer_details: {
      // Not told of setups (type: the comment of `Stripe.Checkout.Session.customer_details`).
      address: session.mode === "setup" ? null : (details?.address ?? null),
      business_name: businessName,
      email: session.customer_email ?? customer?.email ?? email,
      individual_name: individualName,
      name: details?.name ?? customer?.name ?? null,
      phone,
      tax_exempt: customer?.tax_exempt ?? "none",
      tax_ids: taxId ? [{ type: kindOf(taxId), value: taxId }] : [],
    },
    payment_status: paymentStatus(session, method),
    status: "complete",
    url: null,
  });
  emit("checkout.session.completed", completed);
  return completed;
}

function paymentStatus(
  session: CheckoutSession,
  method: PaymentMethod | undefined,
): CheckoutSession["payment_status"] {
  if (session.amount_total) return method && isDelayed(method) ? "unpaid" : "paid";
  const isTrial = session.mode === "subscription" && trialEnd(session.id) !== null;
  return isTrial ? switches.trialPaymentStatus : "no_payment_required";
}
