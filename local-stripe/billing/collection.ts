import { emit, inSequence } from "../kit/events";
import { onDue } from "../kit/jobs";
import { type Invoice, invoices, subscriptionOf } from "../objects/invoice";
import type { PaymentMethod } from "../objects/payment-method";
import { subscriptions } from "../objects/subscription";
import { type Attempt, type Collected, charge, chargeNobody, methodFor } from "./charging";
import { finalizeInvoice } from "./invoices";
import { sendInvoice } from "./sent-invoices";
import { CYCLE_PAID, INVOICE_PAID, INVOICE_PAYMENT_FAILED } from "./sequences";
import { catchUp, follow, reportingCustomer } from "./standing";
import { switches } from "./switches";
import { markUncollectible, voidInvoice } from "./terminal-invoices";

/** One attempt to collect an open invoice, with everything that follows from it. */
export function collect(open: Invoice, method: PaymentMethod, attempt: Attempt = {}): Collected {
  const sequence = ({ kind }: Collected) => (kind === "paid" ? INVOICE_PAID : INVOICE_PAYMENT_FAILED);
  return inSequence(sequence, () =>
    reportingCustomer(open.customer, () => {
      const result = charge(open, method, attempt);
      settle(open, result.invoice);
      return result;
    }),
  );
}

/** A draft whose time has come: it is finalized, and collected as its subscription wants. */
export function advance(draft: Invoice): Invoice {
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
  const { invoice } = method ? charge(open, method, { automatic: true }) : { invoice: chargeNobody(open) };
  settle(open, invoice);
  return invoice;
}

function settle(open: Invoice, attempted: Invoice): void {
  if (attempted.status === "paid") emit("invoice.updated", attempted, open);
  follow(open, attempted);
}

function advanceSequence(invoice: Invoice) {
  const sequence = invoice.status === "open" ? INVOICE_PAYMENT_FAILED : CYCLE_PAID;
  return switches.finalizationUpdatesInvoice === "yes"
    ? (["invoice.updated", ...sequence] as const)
    : sequence;
}

onDue("invoice.finalize", (id) => {
  const invoice = invoices.get(id);
  if (invoice?.status === "draft" && invoice.auto_advance) advance(invoice);
});

onDue("invoice.retry", (id) => {
  const invoice = invoices.get(id);
  if (invoice?.status !== "open" || !invoice.auto_advance) return;
  const sequence = ({ status }: Invoice) => (status === "paid" ? INVOICE_PAID : INVOICE_PAYMENT_FAILED);
  inSequence(sequence, () => reportingCustomer(invoice.customer, () => collectByItself(invoice)));
});
