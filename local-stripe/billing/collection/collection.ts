import { emit, inSequence } from "../../kit/events";
import { type Invoice, invoices, subscriptionOf } from "../../objects/invoice";
import type { PaymentMethod } from "../../objects/payment-method";
import { subscriptions } from "../../objects/subscription";
import { CYCLE_PAID, INVOICE_PAID, INVOICE_PAYMENT_FAILED } from "../behavior/sequences";
import { switches } from "../behavior/switches";
import { type Attempt, type Collected, chargeInvoice, chargeNobody, methodFor } from "../invoices/charging";
import { finalizeInvoice } from "../invoices/invoices";
import { markUncollectible, voidInvoice } from "../invoices/terminal-invoices";
import { sendInvoice } from "./sent-invoices";
import { catchUp, follow, reportingCustomer } from "./standing";

/** One attempt to collect an open invoice, with everything that follows from it. */
export function collect(open: Invoice, method: PaymentMethod, attempt: Attempt = {}): Collected {
  const sequence = ({ kind }: Collected) => (kind === "paid" ? INVOICE_PAID : INVOICE_PAYMENT_FAILED);
  return inSequence(sequence, () =>
    reportingCustomer(open.customer, () => {
      const result = chargeInvoice(open, method, attempt);
      reportAttempt(open, result.invoice);
      return result;
    }),
  );
}

/**
 * Finalizes a draft whose time has come, and collects it as its subscription wants
 * (https://docs.stripe.com/billing/subscriptions/pause-payment).
 */
export function advanceDraft(draft: Invoice): Invoice {
  const pause = subscriptions.get(subscriptionOf(draft) ?? "")?.pause_collection;
  return inSequence(advanceSequence, () =>
    reportingCustomer(draft.customer, () => {
      const open = finalizeInvoice(draft);
      if (switches.finalizationUpdatesInvoice === "yes") emit("invoice.updated", open, draft);
      if (open.status === "paid") {
        catchUp(open);
        return open;
      }
      if (pause?.behavior === "void") return voidInvoice(open);
      if (pause?.behavior === "mark_uncollectible") return markUncollectible(open);
      return open.collection_method === "send_invoice" ? sendInvoice(open) : collectByItself(open);
    }),
  );
}

/** As the retry schedule does it: whoever is to pay is asked. */
function collectByItself(open: Invoice): Invoice {
  const method = methodFor(open);
  const { invoice } = method
    ? chargeInvoice(open, method, { automatic: true })
    : { invoice: chargeNobody(open) };
  reportAttempt(open, invoice);
  return invoice;
}

function reportAttempt(open: Invoice, attempted: Invoice): void {
  if (attempted.status === "paid") emit("invoice.updated", attempted, open);
  follow(open, attempted);
}

function advanceSequence(invoice: Invoice) {
  const sequence = invoice.status === "open" ? INVOICE_PAYMENT_FAILED : CYCLE_PAID;
  return switches.finalizationUpdatesInvoice === "yes"
    ? (["invoice.updated", ...sequence] as const)
    : sequence;
}

export function finalizeDraft(id: string): void {
  const invoice = invoices.get(id);
  if (invoice?.status === "draft" && invoice.auto_advance) advanceDraft(invoice);
}

export function retryInvoice(id: string): void {
  const invoice = invoices.get(id);
  if (invoice?.status !== "open" || !invoice.auto_advance) return;
  const sequence = ({ status }: Invoice) => (status === "paid" ? INVOICE_PAID : INVOICE_PAYMENT_FAILED);
  inSequence(sequence, () => reportingCustomer(invoice.customer, () => collectByItself(invoice)));
}
