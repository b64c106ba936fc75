import { invalid } from "../../kit/errors";
import { emit, inSequence } from "../../kit/events";
import { AUTHENTICATION_FAILURE, DECLINES, type Decline } from "../../objects/declines";
import { type Invoice, invoices } from "../../objects/invoice";
import { invoicePayments } from "../../objects/invoice-payment";
import { type PaymentIntent, paymentIntents } from "../../objects/payment-intent";
import { type PaymentMethod, paymentMethods } from "../../objects/payment-method";
import { AUTHENTICATED, CHECKOUT_PAYMENT, INVOICE_PAID, PAYMENT_DECLINED } from "../behavior/sequences";
import { decideCharge } from "../payments/bank";
import { fail, failAuthentication, failUnasked } from "../payments/failures";
import { hold, isHeld } from "../payments/holds";
import { requireAction, sendDebit, succeed } from "../payments/payment-intents";
import { keepIfAsked } from "../payments/payment-methods";
import { settleCharge } from "../payments/settlement";
import { collect } from "./collection";

interface Confirmed {
  readonly intent: PaymentIntent;
  readonly decline?: Decline;
}

interface Confirmation {
  /** The customer has just passed 3D Secure. */
  readonly passed?: boolean;
  readonly returnUrl?: string | null;
  /** The customer is not there, or not to be asked, so nobody could answer the bank's question. */
  readonly unasked?: boolean;
}

/** Tries to pay an intent. One that pays an invoice does everything that follows from its being paid. */
export function confirmPayment(
  intent: PaymentIntent,
  method: PaymentMethod,
  given: Confirmation = {},
): Confirmed {
  const invoice = invoices.get(invoicePayments.where({ payment_intent: intent.id })[0]?.invoice ?? "");
  return invoice ? confirmInvoice(invoice, intent, method, given) : confirmAlone(intent, method, given);
}

function confirmInvoice(
  invoice: Invoice,
  { id }: PaymentIntent,
  method: PaymentMethod,
  { passed = false, returnUrl = null }: Confirmation,
): Confirmed {
  const result = inSequence(passed ? [...AUTHENTICATED, ...INVOICE_PAID] : INVOICE_PAID, () =>
    collect(invoice, method, { passed, returnUrl }),
  );
  const intent = paymentIntents.must(id);
  return result.kind === "failed" ? { intent, decline: result.decline } : { intent };
}

function confirmAlone(
  intent: PaymentIntent,
  method: PaymentMethod,
  { passed = false, returnUrl = null, unasked = false }: Confirmation,
): Confirmed {
  const decision = decideCharge(method, passed, !unasked && wantsAuthentication(intent));
  if (decision.verdict === "declined") {
    const { decline } = decision;
    return { decline, intent: inSequence(PAYMENT_DECLINED, () => fail(intent, method, decline)) };
  }
  if (decision.verdict === "authenticate") {
    return unasked
      ? { decline: DECLINES.authentication_required, intent: failUnasked(intent, method) }
      : { intent: requireAction(intent, method, returnUrl) };
  }
  keepIfAsked(intent, method);
  if (decision.verdict === "pending") return { intent: sendDebit(intent, method) };
  if (isHeld(intent, method)) return { intent: hold(intent, method) };
  return inSequence(passed ? [...AUTHENTICATED, ...CHECKOUT_PAYMENT] : CHECKOUT_PAYMENT, () => {
    const succeeded = succeed(intent, method);
    const { before, charge } = settleCharge(succeeded);
    emit("charge.updated", charge, before);
    return { intent: succeeded };
  });
}

/** Type: the comment of `Stripe.PaymentIntent.PaymentMethodOptions.Card.request_three_d_secure`. */
const wantsAuthentication = ({ payment_method_options }: PaymentIntent): boolean =>
  ["any", "challenge"].includes(payment_method_options?.card?.request_three_d_secure ?? "automatic");

/** Carries out the customer's answer on the bank's page for the intent that waited for it. */
export function authenticatePayment(waiting: PaymentIntent, passed: boolean): Confirmed {
  const method = paymentMethods.get(waiting.payment_method ?? "");
  if (waiting.status !== "requires_action" || !method) {
    throw invalid("This PaymentIntent does not wait for authentication.", {
      code: "payment_intent_unexpected_state",
    });
  }
  if (!passed) return { intent: failAuthentication(waiting, method), decline: AUTHENTICATION_FAILURE };
  return confirmPayment(waiting, method, { passed });
}
