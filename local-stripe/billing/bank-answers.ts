import { emit, inSequence } from "../kit/events";
import { onDue } from "../kit/jobs";
import { type CheckoutSession, checkoutPlans, checkoutSessions } from "../objects/checkout-session";
import { type Invoice, invoices, subscriptionOf } from "../objects/invoice";
import { invoicePayments } from "../objects/invoice-payment";
import { type PaymentIntent, paymentIntents } from "../objects/payment-intent";
import { type PaymentMethod, paymentMethods } from "../objects/payment-method";
import type { Decline } from "../objects/test-cards";
import { declineOf } from "./bank";
import { failed, withNextAttempt } from "./charging";
import { markPaid } from "./invoices";
import { fail, succeed } from "./payments";
import { DEBIT_FAILED, DEBIT_PAID } from "./sequences";
import { settle } from "./settlement";
import { follow, reportingCustomer } from "./standing";

/** A bank's answer to a debit, days after it was sent: it decides the charge, the invoice and the session. */
onDue("payment_intent.answer", (id) => {
  const intent = paymentIntents.must(id);
  if (intent.status !== "processing") return;
  const method = paymentMethods.must(intent.payment_method ?? "");
  const decline = declineOf(method);
  const invoice = invoices.get(invoicePayments.where({ payment_intent: id })[0]?.invoice ?? "");
  inSequence(decline ? DEBIT_FAILED : DEBIT_PAID, () =>
    reportingCustomer(intent.customer, () => {
      conclude(intent, method, decline);
      if (invoice) follow(invoice, decline ? refused(invoice) : paid(invoice));
      const session = sessionOf(intent);
      if (session) report(session, decline === undefined);
    }),
  );
});

function conclude(intent: PaymentIntent, method: PaymentMethod, decline: Decline | undefined): void {
  if (decline) fail(intent, method, decline);
  else settle(succeed(intent, method));
}

function paid(open: Invoice): Invoice {
  const invoice = markPaid(open);
  emit("invoice.updated", invoice, open);
  return invoice;
}

/** The retry schedule goes on from the attempt that was counted when the debit was sent. */
const refused = (open: Invoice): Invoice => failed(subscriptionOf(open) ? withNextAttempt(open) : open, open);

const sessionOf = ({ id }: PaymentIntent): CheckoutSession | undefined =>
  checkoutSessions.get(checkoutPlans.where({ intent: id })[0]?.id ?? "");

function report(session: CheckoutSession, paid: boolean): void {
  const settled = checkoutSessions.put({ ...session, payment_status: paid ? "paid" : "unpaid" });
  emit(`checkout.session.async_payment_${paid ? "succeeded" : "failed"}`, settled);
  // Later attempts to pay the same invoice no longer concern the checkout.
  checkoutPlans.update(session.id, { intent: null });
}
