import { collect } from "../billing/collection/collection";
import {
  deleteDraft,
  finalizeByHand,
  planDraft,
  refuseUnlessDraft,
} from "../billing/collection/manual-invoices";
import { sendInvoice } from "../billing/collection/sent-invoices";
import { catchUp, reportingCustomer, setDelinquent } from "../billing/collection/standing";
import { isRefused, methodFor } from "../billing/invoices/charging";
import { applyDraftParams, createParams, draftParams } from "../billing/invoices/draft-params";
import { markPaid } from "../billing/invoices/invoice-payments";
import { createInvoice, withTotals } from "../billing/invoices/invoices";
import { claimPending } from "../billing/invoices/pending-items";
import { giveUpPayment, markUncollectible, voidInvoice } from "../billing/invoices/terminal-invoices";
import { cardError } from "../billing/payments/failures";
import { findOrCreatePaymentMethod, refuseForeign } from "../billing/payments/payment-methods";
import { subscriptionParent } from "../billing/subscriptions/item-lines";
import { resumeAfter } from "../billing/subscriptions/resumption";
import { call, list, type Resource } from "../kit/api";
import { invalid, noSuch, StripeError } from "../kit/errors";
import { emit } from "../kit/events";
import { createdParam, inlineList, within } from "../kit/list";
import { find, idOf } from "../kit/lookup";
import { choice, flag, mergeMetadata, optional, range, text } from "../kit/params";
import { search } from "../kit/search";
import { customers } from "../objects/customer";
import { type Invoice, invoices } from "../objects/invoice";
import { invoicePayments } from "../objects/invoice-payment";
import { paymentIntents } from "../objects/payment-intent";
import { subscriptions } from "../objects/subscription";
import { hidingClocks, inTimeOf } from "../objects/test-clock";

/**
 * A call on one invoice, in the time of its customer. Most that change it complain of a missing one by the name `id`,
 * deleting and sending by `invoice` (recorded).
 */
const onInvoice = (work: (invoice: Invoice) => unknown, param?: "id") =>
  call({}, (_, { id }) => {
    const invoice = find(invoices, id, param);
    return inTimeOf(invoice.customer, () => work(invoice));
  });

function payable(invoice: Invoice): Invoice {
  if (invoice.status === "draft") return finalizeByHand(invoice, false);
  if (invoice.status === "open" || invoice.status === "uncollectible") return invoice;
  throw invalid(
    invoice.status === "paid"
      ? "Invoice is already paid"
      : `This invoice is ${invoice.status} and cannot be paid.`,
    { code: invoice.status === "paid" ? "invoice_already_paid" : "invoice_not_payable" },
  );
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

export const invoiceResource: Resource = {
  routes: {
    "POST /v1/invoices": call(
      createParams,
      ({ customer: id, currency, pending_invoice_items_behavior, subscription, ...given }) => {
        const customer = find(customers, id, "customer");
        const owner = subscription ? find(subscriptions, subscription, "subscription") : undefined;
        if (owner && owner.customer !== id) throw noSuch("subscription", owner.id, "subscription");
        return inTimeOf(id, () => {
          const kept = { customer: id, currency: currency ?? customer.currency ?? "usd" };
          const draft = createInvoice(
            id,
            {
              auto_advance: false,
              billing_reason: "manual",
              parent: owner ? subscriptionParent(owner) : null,
              ...kept,
              ...applyDraftParams(kept, given),
            },
            (invoice) =>
              pending_invoice_items_behavior === "include" || owner
                ? claimPending(invoice, id, owner?.id ?? null)
                : [],
          );
          return planDraft(draft);
        });
      },
    ),

    "GET /v1/invoices": list(
      {
        ...createdParam,
        ...optional({
          collection_method: choice("charge_automatically", "send_invoice"),
          customer: idOf(customers),
          due_date: range,
          status: choice("draft", "open", "void", "paid", "uncollectible"),
          subscription: idOf(subscriptions),
        }),
      },
      ({ customer, subscription, status, collection_method, due_date }) =>
        hidingClocks(
          invoices.where({ customer, subscription, status, collection_method }),
          customer,
          subscription,
        ).filter((invoice) => within(due_date, invoice.due_date ?? 0)),
    ),

    "GET /v1/invoices/search": search(
      [
        "created",
        "currency",
        "customer",
        "last_finalization_error_code",
        "last_finalization_error_type",
        "metadata",
        "number",
        "receipt_number",
        "status",
        "subscription",
        "total",
      ],
      () => invoices.all(),
      {
        last_finalization_error_code: "last_finalization_error.code",
        last_finalization_error_type: "last_finalization_error.type",
        subscription: "parent.subscription_details.subscription",
      },
    ),

    "GET /v1/invoices/:id": call({}, (_, { id }) => find(invoices, id)),

    "POST /v1/invoices/:id": call(draftParams, (given, { id }) => {
      const invoice = find(invoices, id, "id");
      const { metadata, ...terms } = given;
      if (Object.keys(terms).some((name) => name !== "auto_advance")) refuseUnlessDraft(invoice, "change");
      return inTimeOf(invoice.customer, () => {
        const changed =
          invoice.status === "draft"
            ? planDraft(withTotals({ ...invoice, ...applyDraftParams(invoice, given) }))
            : invoices.put({
                ...invoice,
                auto_advance: given.auto_advance ?? invoice.auto_advance,
                metadata: mergeMetadata(invoice.metadata ?? {}, metadata),
              });
        emit("invoice.updated", changed, invoice);
        return changed;
      });
    }),

    "DELETE /v1/invoices/:id": onInvoice(deleteDraft),

    "GET /v1/invoices/:id/lines": list({}, (_, { id }) => [...find(invoices, id).lines.data].reverse()),

    "POST /v1/invoices/:id/finalize": call(optional({ auto_advance: flag }), ({ auto_advance }, { id }) => {
      const invoice = find(invoices, id, "id");
      return inTimeOf(invoice.customer, () => finalizeByHand(invoice, auto_advance));
    }),

    "POST /v1/invoices/:id/pay": call(
      optional({ off_session: flag, paid_out_of_band: flag, payment_method: text }),
      ({ payment_method, paid_out_of_band }, { id }) => {
        const invoice = find(invoices, id, "id");
        return inTimeOf(invoice.customer, () => {
          const open = payable(invoice);
          if (open.status === "paid") return open;
          return paid_out_of_band ? payOutOfBand(open) : payWithMethod(open, payment_method);
        });
      },
    ),

    "POST /v1/invoices/:id/send": onInvoice((invoice) =>
      sendInvoice(invoice.status === "draft" ? finalizeByHand(invoice, false) : invoice),
    ),

    "POST /v1/invoices/:id/void": onInvoice(voidInvoice, "id"),

    "POST /v1/invoices/:id/mark_uncollectible": onInvoice(
      (invoice) =>
        reportingCustomer(invoice.customer, () => {
          const marked = markUncollectible(invoice);
          setDelinquent(marked, false);
          resumeAfter(marked);
          return marked;
        }),
      "id",
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
