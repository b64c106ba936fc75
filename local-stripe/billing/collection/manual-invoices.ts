import { now } from "../../kit/clock";
import { invalid } from "../../kit/errors";
import { emit } from "../../kit/events";
import { schedule, unscheduleAll } from "../../kit/jobs";
import { tombstones } from "../../kit/store";
import { type Invoice, invoices } from "../../objects/invoice";
import { clockOf } from "../../objects/test-clock";
import { draftWindow } from "../invoices/draft-window";
import { finalizeInvoice } from "../invoices/invoices";
import { HOUR_SECONDS } from "../time/durations";
import { awaitPayment, sendInvoice } from "./sent-invoices";
import { catchUp, reportingCustomer } from "./standing";

/**
 * Steps that somebody takes with an invoice by hand
 * (https://docs.stripe.com/invoicing/integration/workflow-transitions).
 */

/** Refuses to change the lines of an invoice that is no draft any more (recorded). */
export function refuseUnlessEditable({ status }: Invoice): void {
  if (status === "draft") return;
  throw invalid("Invalid invoice: This invoice is no longer editable", { code: "invoice_not_editable" });
}

/**
 * A draft that advances by itself is finalized after an hour; one that does not waits for somebody
 * (https://docs.stripe.com/invoicing/integration/automatic-advancement-collection).
 */
export function planDraft(draft: Invoice): Invoice {
  const planned = invoices.put({ ...draft, ...draftWindow(draft) });
  const { id, customer, automatically_finalizes_at: at } = planned;
  if (at === null) unscheduleAll(id);
  else schedule("invoice.finalize", id, at, clockOf(customer));
  return planned;
}

/**
 * Opens the invoice, which is paid at once if it owes nothing and otherwise collected within the hour
 * (https://docs.stripe.com/invoicing/integration/automatic-advancement-collection).
 */
export function finalizeByHand(draft: Invoice, autoAdvance = draft.auto_advance): Invoice {
  if (draft.status !== "draft") {
    throw invalid("This invoice is already finalized, you can't re-finalize a non-draft invoice.");
  }
  unscheduleAll(draft.id);
  return reportingCustomer(draft.customer, () => {
    const finalized = finalizeInvoice({
      ...draft,
      auto_advance: autoAdvance,
      // The attempt that follows is not announced (recorded).
      next_payment_attempt: null,
    });
    if (finalized.status === "paid") {
      catchUp(finalized);
      return finalized;
    }
    const sent = finalized.collection_method === "send_invoice";
    if (!autoAdvance) return sent ? awaitPayment(finalized) : finalized;
    if (sent) return sendInvoice(finalized);
    schedule("invoice.retry", finalized.id, now() + HOUR_SECONDS, clockOf(finalized.customer));
    return finalized;
  });
}

/** Deletes a draft; its items are gone with it (recorded). */
export function deleteDraft(draft: Invoice) {
  if (draft.status !== "draft") throw invalid("You can only delete draft invoices.");
  unscheduleAll(draft.id);
  invoices.delete(draft.id);
  emit("invoice.deleted", draft);
  return tombstones.put({ id: draft.id, object: "invoice", deleted: true });
}
