import { now } from "../../kit/clock";
import { invalid } from "../../kit/errors";
import { emit } from "../../kit/events";
import { schedule, unscheduleAll } from "../../kit/jobs";
import { tombstones } from "../../kit/store";
import { type Invoice, invoices } from "../../objects/invoice";
import { invoiceItems } from "../../objects/invoice-item";
import { clockOf } from "../../objects/test-clock";
import { finalizeInvoice } from "../invoices/invoices";
import { HOUR_SECONDS } from "../time/durations";
import { awaitPayment, sendInvoice } from "./sent-invoices";
import { catchUp, reportingCustomer } from "./standing";

/**
 * Steps that somebody takes with an invoice by hand
 * (https://docs.stripe.com/invoicing/integration/workflow-transitions).
 */

export function refuseUnlessDraft(invoice: Invoice, doing: string): void {
  if (invoice.status === "draft") return;
  throw invalid(`You can only ${doing} invoices with the status draft. This invoice is ${invoice.status}.`, {
    code: "invoice_not_editable",
  });
}

/**
 * A draft that advances by itself is finalized after an hour; one that does not waits for somebody
 * (https://docs.stripe.com/invoicing/integration/automatic-advancement-collection).
 */
export function planDraft(draft: Invoice): Invoice {
  if (!draft.auto_advance) {
    unscheduleAll(draft.id);
    return invoices.put({ ...draft, automatically_finalizes_at: null });
  }
  const at = draft.automatically_finalizes_at ?? now() + HOUR_SECONDS;
  schedule("invoice.finalize", draft.id, at, clockOf(draft.customer));
  return invoices.put({ ...draft, automatically_finalizes_at: at });
}

/**
 * Opens the invoice, which is paid at once if it owes nothing and otherwise collected within the hour
 * (https://docs.stripe.com/invoicing/integration/automatic-advancement-collection).
 */
export function finalizeByHand(draft: Invoice, autoAdvance = draft.auto_advance): Invoice {
  refuseUnlessDraft(draft, "finalize");
  unscheduleAll(draft.id);
  return reportingCustomer(draft.customer, () => {
    const finalized = finalizeInvoice({ ...draft, auto_advance: autoAdvance });
    if (finalized.status === "paid") {
      catchUp(finalized);
      return finalized;
    }
    const sent = finalized.collection_method === "send_invoice";
    if (!autoAdvance) return sent ? awaitPayment(finalized) : finalized;
    if (sent) return sendInvoice(finalized);
    const next_payment_attempt = now() + HOUR_SECONDS;
    schedule("invoice.retry", finalized.id, next_payment_attempt, clockOf(finalized.customer));
    return invoices.put({ ...finalized, next_payment_attempt });
  });
}

/** Deletes a draft; its items wait for another invoice again (inferred). */
export function deleteDraft(draft: Invoice) {
  refuseUnlessDraft(draft, "delete");
  unscheduleAll(draft.id);
  for (const item of invoiceItems.where({ invoice: draft.id })) invoiceItems.put({ ...item, invoice: null });
  invoices.delete(draft.id);
  emit("invoice.deleted", draft);
  return tombstones.put({ id: draft.id, object: "invoice", deleted: true });
}
