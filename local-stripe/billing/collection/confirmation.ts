import { invalid } from "../../kit/errors";
import { emit, inSequence } from "../../kit/events";
import { type Invoice, invoices } from "../../objects/invoice";
import { invoicePayments } from "../../objects/invoice-payment";
import { type PaymentIntent, paymentIntents } from "../../objects/payment-intent";
import { type PaymentMethod, paymentMethods } from "../../objects/payment-method";
import { DECLINES, type Decline } from "../../objects/test-cards";
import { AUTHENTICATED, CHECKOUT_PAYMENT, INVOICE_PAID, PAYMENT_DECLINED } from "../behavior/sequences";
import { type Decision, decideCharge } from "../payments/bank";
import {
  AUTHENTICATION_FAILURE,
  fail,
  failAuthentication,
  requireAction,
  sendDebit,
  succeed,
} from "../payments/payment-intents";
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
  /** The customer is not there, so nobody could answer the bank's question. */
  readonly offSession?: boolean;
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
  { passed = false, returnUrl = null, offSession = false }: Confirmation,
): Confirmed {
  const decision = decideCharge(method, passed);
  const decline = declineFor(decision, offSession);
  if (decline) {
    return { decline, intent: inSequence(PAYMENT_DECLINED, () => fail(intent, method, decline)) };
  }
  if (decision.verdict === "authenticate") return { intent: requireAction(intent, method, returnUrl) };
  keepIfAsked(intent, method);
  if (decision.verdict === "pending") return { intent: sendDebit(intent, method) };
  return inSequence(passed ? [...AUTHENTICATED, ...CHECKOUT_PAYMENT] : CHECKOUT_PAYMENT, () => {
    const succeeded = succeed(intent, method);
    const { before, charge } = settleCharge(succeeded);
    emit("charge.updated", charge, before);
    return { intent: succeeded };
  });
}

function declineFor(decision: Decision, offSession: boolean): Decline | undefined {
  if (decision.verdict === "declined") return decision.decline;
  return decision.verdict === "authenticate" && offSession ? DECLINES.authentication_required : undefined;
}

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
