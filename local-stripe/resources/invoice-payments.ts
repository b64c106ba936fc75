import { call, list, type Resource } from "../kit/api";
import { createdParam } from "../kit/list";
import { find } from "../kit/lookup";
import { choice, group, optional, text } from "../kit/params";
import { invoicePayments } from "../objects/invoice-payment";

export const invoicePaymentResource: Resource = {
  routes: {
    "GET /v1/invoice_payments": list(
      {
        ...createdParam,
        ...optional({
          invoice: text,
          payment: group({ type: choice("payment_intent"), ...optional({ payment_intent: text }) }),
          status: choice("open", "paid", "canceled"),
        }),
      },
      ({ invoice, payment, status }) =>
        invoicePayments.where({ invoice, payment_intent: payment?.payment_intent, status }),
    ),
    "GET /v1/invoice_payments/:id": call({}, (_, { id }) => find(invoicePayments, id)),
  },
};
