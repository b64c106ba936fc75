import { invalid, StripeError } from "../../kit/errors";
import type { Invoice } from "../../objects/invoice";
import { paymentIntents } from "../../objects/payment-intent";
import { collect } from "../collection/collection";
import { finalizeByHand } from "../collection/manual-invoices";
import { catchUp, reportingCustomer } from "../collection/standing";
import { isRefused, methodFor } from "../invoices/charging";
import { markPaid } from "../invoices/invoice-payments";
import { giveUpPayment, refuseUnlessOpen } from "../invoices/terminal-invoices";
import { cardError } from "../payments/failures";
import { findOrCreatePaymentMethod, refuseForeign } from "../payments/payment-methods";

/** The words: recorded; those about a void invoice inferred from them. */
function payable(invoice: Invoice): Invoice {
  if (invoice.status === "draft") return finalizeByHand(invoice, false);
  if (invoice.status === "paid") throw invalid("Invoice is already paid");
  if (invoice.status !== "uncollectible") refuseUnlessOpen(invoice);
  return invoice;
}

interface Payment {
  readonly payment_method?: string;
  readonly paid_out_of_band?: boolean;
}

/** Pays as somebody asks for, who is answered with what the bank says. */
export function payByHand(invoice: Invoice, { payment_method, paid_out_of_band }: Payment): Invoice {
  const open = payable(invoice);
  if (open.status === "paid") return open;
  return paid_out_of_band ? payOutOfBand(open) : payWithMethod(open, payment_method);
}

function payWithMethod(open: Invoice, payment_method: string | undefined): Invoice {
  const method = payment_method
    ? findOrCreatePaymentMethod(payment_method, "payment_method")
    : methodFor(open);
  if (!method) {
    throw invalid(
      "There is no `default_payment_method` set on this Customer or Invoice. Please set a default payment method or pass one to this call.",
    );
  }
  refuseForeign(method, open.customer);
  const result = collect(open, method);
  if (!isRefused(result)) return result.invoice;
  const intent = paymentIntents.must(result.intent);
  if (result.kind === "failed") throw cardError(intent, result.decline);
  throw new StripeError(402, {
    type: "card_error",
    code: "invoice_payment_intent_requires_action",
    message: "This payment requires additional user action before it can be completed successfully.",
    payment_intent: intent,
  });
}

/** The money came by another way. */
function payOutOfBand(open: Invoice): Invoice {
  return reportingCustomer(open.customer, () => {
    giveUpPayment(open, "automatic");
    const paid = markPaid(open, { outOfBand: true });
    catchUp(paid);
    return paid;
  });
}
