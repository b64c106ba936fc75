import { emit, inSequence } from "../../kit/events";
import { type CheckoutSession, checkoutPlans, checkoutSessions } from "../../objects/checkout-session";
import type { Decline } from "../../objects/declines";
import { type Invoice, invoices, subscriptionOf } from "../../objects/invoice";
import { invoicePayments } from "../../objects/invoice-payment";
import { type PaymentIntent, paymentIntents } from "../../objects/payment-intent";
import { type PaymentMethod, paymentMethods } from "../../objects/payment-method";
import { DEBIT_FAILED, DEBIT_PAID } from "../behavior/sequences";
import { follow, reportingCustomer } from "../collection/standing";
import { recordFailure, withNextAttempt } from "../invoices/charging";
import { markPaid } from "../invoices/invoice-payments";
import { takeDecline } from "../payments/bank";
import { fail } from "../payments/failures";
import { succeed } from "../payments/payment-intents";
import { settleCharge } from "../payments/settlement";

/**
 * Carries out a bank's answer to a debit, days after it was sent: it decides the charge, the invoice and the session
 * (https://docs.stripe.com/payments/ach-direct-debit).
 */
export function answerDebit(id: string): void {
  const intent = paymentIntents.must(id);
  if (intent.status !== "processing") return;
  const method = paymentMethods.must(intent.payment_method ?? "");
  const decline = takeDecline(method);
  const invoice = invoices.get(invoicePayments.where({ payment_intent: id })[0]?.invoice ?? "");
  inSequence(decline ? DEBIT_FAILED : DEBIT_PAID, () =>
    reportingCustomer(intent.customer, () => {
      concludeIntent(intent, method, decline);
      if (invoice) follow(invoice, decline ? markDebitFailed(invoice) : markDebitPaid(invoice));
      const session = sessionOf(intent);
      if (session) reportSession(session, decline === undefined);
    }),
  );
}

function concludeIntent(intent: PaymentIntent, method: PaymentMethod, decline: Decline | undefined): void {
  if (decline) fail(intent, method, decline);
  else settleCharge(succeed(intent, method));
}

function markDebitPaid(open: Invoice): Invoice {
  const invoice = markPaid(open);
  emit("invoice.updated", invoice, open);
  return invoice;
}

/** The retry schedule goes on from the attempt that was counted when the debit was sent. */
const markDebitFailed = (open: Invoice): Invoice =>
  recordFailure(subscriptionOf(open) ? withNextAttempt(open) : open, open);

const sessionOf = ({ id }: PaymentIntent): CheckoutSession | undefined =>
  checkoutSessions.get(checkoutPlans.where({ intent: id })[0]?.id ?? "");

function reportSession(session: CheckoutSession, paid: boolean): void {
  const settled = checkoutSessions.put({ ...session, payment_status: paid ? "paid" : "unpaid" });
  emit(`checkout.session.async_payment_${paid ? "succeeded" : "failed"}`, settled);
  // Later attempts to pay the same invoice no longer concern the checkout.
  checkoutPlans.update(session.id, { intent: null });
}
