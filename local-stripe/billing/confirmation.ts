import { invalid } from "../kit/errors";
import { emit, inSequence } from "../kit/events";
import { invoices } from "../objects/invoice";
import { invoicePayments } from "../objects/invoice-payment";
import { type PaymentIntent, paymentIntents } from "../objects/payment-intent";
import { type PaymentMethod, paymentMethods } from "../objects/payment-method";
import type { Decline } from "../objects/test-cards";
import { decideCharge } from "./bank";
import { collect } from "./collection";
import { attach } from "./payment-methods";
import { AUTHENTICATION_FAILURE, fail, failAuthentication, requireAction, settle, succeed } from "./payments";
import { AUTHENTICATED, CHECKOUT_PAYMENT, INVOICE_PAID, PAYMENT_DECLINED } from "./sequences";

interface Confirmed {
  readonly intent: PaymentIntent;
  readonly decline?: Decline;
}

/** Tries to pay an intent that belongs to neither a checkout nor an invoice. */
export function confirmPayment(
  intent: PaymentIntent,
  method: PaymentMethod,
  { passed = false, returnUrl = null as string | null } = {},
): Confirmed {
  const decision = decideCharge(method, passed);
  if (decision.verdict === "declined") {
    const { decline } = decision;
    return { decline, intent: inSequence(PAYMENT_DECLINED, () => fail(intent, method, decline)) };
  }
  if (decision.verdict === "authenticate") return { intent: requireAction(intent, method, returnUrl) };
  return inSequence(passed ? [...AUTHENTICATED, ...CHECKOUT_PAYMENT] : CHECKOUT_PAYMENT, () => {
    const succeeded = succeed(intent, method);
    if (intent.setup_future_usage && intent.customer) attach(method, intent.customer);
    const { before, charge } = settle(succeeded);
    emit("charge.updated", charge, before);
    return { intent: succeeded };
  });
}

/** What the customer's answer on the bank's page does to the intent that waited for it. */
export function authenticatePayment(waiting: PaymentIntent, passed: boolean): Confirmed {
  const method = paymentMethods.get(waiting.payment_method ?? "");
  if (waiting.status !== "requires_action" || !method) {
    throw invalid("This PaymentIntent does not wait for authentication.", {
      code: "payment_intent_unexpected_state",
    });
  }
  if (!passed) return { intent: failAuthentication(waiting, method), decline: AUTHENTICATION_FAILURE };
  const invoice = invoices.get(invoicePayments.where({ payment_intent: waiting.id })[0]?.invoice ?? "");
  if (!invoice) return confirmPayment(waiting, method, { passed });
  const result = inSequence([...AUTHENTICATED, ...INVOICE_PAID], () =>
    collect(invoice, method, { passed: true }),
  );
  const intent = paymentIntents.must(waiting.id);
  return result.kind === "failed" ? { intent, decline: result.decline } : { intent };
}
