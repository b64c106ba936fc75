import { collect, methodFor } from "../billing/collection";
import { finalizeInvoice, markPaid } from "../billing/invoices";
import { paymentMethodFrom } from "../billing/payment-methods";
import { cardError } from "../billing/payments";
import { call, list, type Resource } from "../kit/api";
import { invalid, StripeError } from "../kit/errors";
import { createdParam, inlineList } from "../kit/list";
import { find } from "../kit/lookup";
import { choice, flag, optional, text } from "../kit/params";
import { type Invoice, invoices } from "../objects/invoice";
import { invoicePayments } from "../objects/invoice-payment";
import { paymentIntents } from "../objects/payment-intent";
import { inTimeOf } from "../objects/test-clock";

function open(invoice: Invoice): Invoice {
  if (invoice.status === "draft") return finalizeInvoice(invoice);
  if (invoice.status === "open" || invoice.status === "uncollectible") return invoice;
  throw invalid(
    invoice.status === "paid"
      ? "Invoice is already paid"
      : `This invoice is ${invoice.status} and cannot be paid.`,
    { code: invoice.status === "paid" ? "invoice_already_paid" : "invoice_not_payable" },
  );
}

export const invoiceResource: Resource = {
  routes: {
    "GET /v1/invoices": list(
      {
        ...createdParam,
        ...optional({
          collection_method: choice("charge_automatically", "send_invoice"),
          customer: text,
          status: choice("draft", "open", "paid", "uncollectible", "void"),
          subscription: text,
        }),
      },
      ({ customer, subscription, status, collection_method }) =>
        invoices.where({ customer, subscription, status, collection_method }),
    ),

    "GET /v1/invoices/:id": call({}, (_, { id }) => find(invoices, id)),

    "GET /v1/invoices/:id/lines": list({}, (_, { id }) => [...find(invoices, id).lines.data].reverse()),

    "POST /v1/invoices/:id/pay": call(
      optional({ off_session: flag, paid_out_of_band: flag, payment_method: text }),
      ({ payment_method, paid_out_of_band }, { id }) => {
        const invoice = find(invoices, id);
        return inTimeOf(invoice.customer, () => {
          const payable = open(invoice);
          if (paid_out_of_band) return markPaid(payable, { outOfBand: true });
          const method = payment_method
            ? paymentMethodFrom(payment_method, "payment_method")
            : methodFor(payable);
          const result = collect(payable, method);
          if (result.kind === "paid") return result.invoice;
          const intent = paymentIntents.must(result.intent);
          if (result.kind === "failed") throw cardError(intent, result.decline);
          throw new StripeError(402, {
            type: "invalid_request_error",
            code: "invoice_payment_intent_requires_action",
            message: "This payment requires additional user action before it can be completed successfully.",
            payment_intent: intent,
          });
        });
      },
    ),
  },

  expansions: {
    invoice: {
      payments: ({ id }: Invoice) =>
        inlineList("/v1/invoice_payments", invoicePayments.where({ invoice: id }).reverse()),
      confirmation_secret: ({ id }: Invoice) => {
        const payment = invoicePayments.where({ invoice: id })[0]?.payment.payment_intent;
        const client_secret = paymentIntents.get(payment ?? "")?.client_secret;
        return client_secret ? { client_secret, type: "payment_intent" } : null;
      },
    },
  },
};
