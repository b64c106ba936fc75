import { invalid } from "../../kit/errors";
import { emit, inSequence } from "../../kit/events";
import { unschedule } from "../../kit/jobs";
import {
  type CheckoutSession,
  checkoutPlans,
  checkoutSessions,
  type Submission,
} from "../../objects/checkout-session";
import { AUTHENTICATION_FAILURE, type Decline } from "../../objects/declines";
import type { PaymentIntent } from "../../objects/payment-intent";
import { type PaymentMethod, paymentMethods } from "../../objects/payment-method";
import type { SetupIntent } from "../../objects/setup-intent";
import { inTimeOf } from "../../objects/test-clock";
import { PAYMENT_DECLINED } from "../behavior/sequences";
import { type Decision, decideCharge, decideSetup } from "../payments/bank";
import { fail, failAuthentication } from "../payments/failures";
import { requireAction } from "../payments/payment-intents";
import { failSetup, requireSetupAction } from "../payments/setup-intents";
import { completeSession } from "./completion";
import { awaitsAmount } from "./custom-amounts";
import { checkoutPlanOf, openPayment, openSetup } from "./intents";
import { asksToAuthenticate, BLOCKED, isBlocked } from "./method-options";
import { abandoned } from "./recovery";
import { redemptionOf } from "./session-discounts";
import { locateSession } from "./tax-location";

export type Outcome =
  | { readonly kind: "complete"; readonly session: CheckoutSession }
  | { readonly kind: "authenticate" }
  | { readonly kind: "declined"; readonly decline: Decline; readonly intent: PaymentIntent | SetupIntent };

export const dueToday = (session: CheckoutSession): number => session.amount_total ?? 0;

export function needsMethod(session: CheckoutSession): boolean {
  if (dueToday(session) > 0 || session.mode === "setup") return true;
  return session.mode === "subscription" && session.payment_method_collection !== "if_required";
}

/**
 * Pays, or only keeps the card, as the session asks. Until the bank agrees there is no subscription
 * (https://docs.stripe.com/changelog/basil/2025-03-31/checkout-legacy-subscription-upgrade).
 */
export function submitSession(given: CheckoutSession, submission: Submission, passed = false): Outcome {
  if (given.status !== "open") throw invalid("This Checkout Session is no longer active.");
  if (awaitsAmount(given)) throw invalid("The customer has not chosen an amount yet.");
  const method = paymentMethods.get(submission.payment_method ?? "");
  if (!method && needsMethod(given))
    throw invalid("A payment method is required.", { param: "payment_method" });
  if (method && !given.payment_method_types.includes(method.type)) {
    throw invalid(`The payment method type "${method.type}" is not offered by this Checkout Session.`, {
      param: "payment_method",
    });
  }
  if (method && isBlocked(given, method.card?.brand)) throw invalid(BLOCKED, { param: "payment_method" });
  return inTimeOf(given.customer, () => {
    const session = locateSession(given, method?.billing_details.address);
    // A discount that can no longer be had must not end in a higher charge than the customer saw.
    redemptionOf(session);
    const decision = method ? askBank(session, method, passed) : ({ verdict: "approved" } as const);
    if (decision.verdict === "declined" && method)
      return declineSubmission(session, method, decision.decline);
    if (decision.verdict === "authenticate" && method)
      return awaitAuthentication(session, submission, method);
    return { kind: "complete", session: completeSession(session, submission, method, passed) };
  });
}

/** Carries out the customer's answer on the 3D Secure page. */
export function authenticateSession(session: CheckoutSession, passed: boolean): Outcome {
  const plan = checkoutPlanOf(session);
  const method = paymentMethods.get(plan.pending?.payment_method ?? "");
  if (!plan.pending || !method) throw invalid("This Checkout Session does not wait for authentication.");
  if (passed) return submitSession(session, plan.pending, true);
  checkoutPlans.put({ ...plan, pending: null });
  const intent =
    dueToday(session) > 0
      ? failAuthentication(openPayment(session), method)
      : failSetup(openSetup(session), method, AUTHENTICATION_FAILURE);
  return { kind: "declined", decline: AUTHENTICATION_FAILURE, intent };
}

export function expireSession(session: CheckoutSession): CheckoutSession {
  if (session.status !== "open") {
    throw invalid(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`,
    );
  }
  unschedule("checkout.session.expire", session.id);
  const expired = checkoutSessions.put(abandoned({ ...session, status: "expired", url: null }));
  emit("checkout.session.expired", expired);
  return expired;
}

export function expireSessionOnTime(id: string): void {
  expireSession(checkoutSessions.must(id));
}

/** The shop may ask for 3D Secure where the bank does not. */
function askBank(session: CheckoutSession, method: PaymentMethod, passed: boolean): Decision {
  const decision = dueToday(session) > 0 ? decideCharge(method, passed) : decideSetup(method, passed);
  const asks = decision.verdict === "approved" && !passed && asksToAuthenticate(session, method);
  return asks ? { verdict: "authenticate" } : decision;
}

function declineSubmission(session: CheckoutSession, method: PaymentMethod, reason: Decline): Outcome {
  const intent =
    dueToday(session) > 0
      ? inSequence(PAYMENT_DECLINED, () => fail(openPayment(session), method, reason))
      : failSetup(openSetup(session), method, reason);
  return { kind: "declined", decline: reason, intent };
}

function awaitAuthentication(session: CheckoutSession, pending: Submission, method: PaymentMethod): Outcome {
  if (dueToday(session) > 0) requireAction(openPayment(session), method);
  else requireSetupAction(openSetup(session), method, null);
  checkoutPlans.put({ ...checkoutPlanOf(session), pending });
  return { kind: "authenticate" };
}
