import { call, list, type Resource } from "../kit/api";
import { createdParam } from "../kit/list";
import { find, idOf } from "../kit/lookup";
import { choice, group, optional } from "../kit/params";
import { invoices } from "../objects/invoice";
import { invoicePayments } from "../objects/invoice-payment";
import { paymentIntents } from "../objects/payment-intent";

export const invoicePaymentResource: Resource = {
  routes: {
    "GET /v1/invoice_payments": list(
      {
        ...createdParam,
        ...optional({
          invoice: idOf(invoices),
          payment: group({
            type: choice("payment_intent"),
            ...optional({ payment_intent: idOf(paymentIntents) }),
          }),
          status: choice("open", "paid", "canceled"),
        }),
      },
      ({ invoice, payment, status }) =>
        invoicePayments.where({ invoice, payment_intent: payment?.payment_intent, status }),
    ),
    "GET /v1/invoice_payments/:id": call({}, (_, { id }) => find(invoicePayments, id)),
  },
};
