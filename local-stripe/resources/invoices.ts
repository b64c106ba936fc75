import { collect } from "../billing/collection/collection";
import {
  deleteDraft,
  finalizeByHand,
  planDraft,
  refuseUnlessEditable,
} from "../billing/collection/manual-invoices";
import { sendInvoice } from "../billing/collection/sent-invoices";
import { catchUp, reportingCustomer, setDelinquent } from "../billing/collection/standing";
import { discountsFor } from "../billing/discounts/invoice-discounts";
import { isRefused, methodFor } from "../billing/invoices/charging";
import { applyDraftParams, createParams, draftParams } from "../billing/invoices/draft-params";
import { draftWindow } from "../billing/invoices/draft-window";
import { markPaid } from "../billing/invoices/invoice-payments";
import { createInvoice, withTotals } from "../billing/invoices/invoices";
import {
  addLines,
  addParams,
  editParams,
  findLine,
  removeLines,
  removeParams,
  updateLines,
  updateParams,
  withEdit,
  withLines,
} from "../billing/invoices/line-edits";
import { claimPending } from "../billing/invoices/pending-items";
import {
  giveUpPayment,
  markUncollectible,
  refuseUnlessOpen,
  voidInvoice,
} from "../billing/invoices/terminal-invoices";
import { cardError } from "../billing/payments/failures";
import { findOrCreatePaymentMethod, refuseForeign } from "../billing/payments/payment-methods";
import { subscriptionParent } from "../billing/subscriptions/item-lines";
import { resumeAfter } from "../billing/subscriptions/resumption";
import { call, list, type Resource } from "../kit/api";
import { invalid, noSuch, StripeError } from "../kit/errors";
import { emit } from "../kit/events";
import type { Immediate } from "../kit/immediate";
import { createdParam, inlineList, within } from "../kit/list";
import { find, idOf } from "../kit/lookup";
import {
  choice,
  flag,
  type MetadataParam,
  mergeMetadata,
  metadata,
  optional,
  range,
  text,
} from "../kit/params";
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

/** The words: recorded; those about a void invoice inferred from them. */
function payable(invoice: Invoice): Invoice {
  if (invoice.status === "draft") return finalizeByHand(invoice, false);
  if (invoice.status === "paid") throw invalid("Invoice is already paid");
  if (invoice.status !== "uncollectible") refuseUnlessOpen(invoice);
  return invoice;
}

/** A finalized invoice may still be told not to advance; nothing else of it is changed (recorded). */
function refuseTerms(terms: object): void {
  const [param] = Object.keys(terms).filter((name) => name !== "auto_advance");
  if (param) throw invalid("Finalized invoices can't be updated in this way", { param });
}

/** Only what is still to be paid, and not by a charge, is sent (recorded). */
function sendByHand(invoice: Invoice): Invoice {
  if (invoice.collection_method !== "send_invoice" && invoice.status !== "paid") {
    throw invalid("You can only manually send an invoice if its collection method is 'send_invoice'.");
  }
  if (invoice.status === "open") return sendInvoice(invoice);
  if (invoice.status !== "draft") {
    throw invalid(
      "This invoice cannot be sent right now. Please contact us via https://support.stripe.com/contact with details, so we can help.",
    );
  }
  const open = finalizeByHand(invoice, false);
  return open.status === "open" ? sendInvoice(open) : open;
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

/** Edits the lines of a draft, which are all that can be edited. */
function onDraft<T>(id: string, work: (draft: Invoice) => Immediate<T>): Immediate<T> {
  const invoice = find(invoices, id);
  refuseUnlessEditable(invoice);
  return inTimeOf(invoice.customer, () => work(invoice));
}

const withMetadata = (draft: Invoice, given: MetadataParam): Invoice => ({
  ...draft,
  metadata: mergeMetadata(draft.metadata ?? {}, given),
});

export const invoiceResource: Resource = {
  routes: {
    "POST /v1/invoices": call(
      createParams,
      ({ customer: id, currency, pending_invoice_items_behavior, subscription, ...given }) => {
        const customer = find(customers, id, "customer");
        const owner = subscription ? find(subscriptions, subscription, "subscription") : undefined;
        if (owner && owner.customer !== id) throw noSuch("subscription", owner.id, "subscription");
        return inTimeOf(id, () => {
          const kept = {
            customer: id,
            currency: currency ?? customer.currency ?? "usd",
            // Unless others are given (SDK types: `InvoiceCreateParams.discounts`).
            discounts: discountsFor(customer, undefined),
          };
          const wanted = { auto_advance: false, ...applyDraftParams(kept, given) };
          const draft = createInvoice(
            id,
            {
              billing_reason: "manual",
              parent: owner ? subscriptionParent(owner) : null,
              ...kept,
              ...wanted,
              ...draftWindow(wanted),
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
      if (invoice.status !== "draft") refuseTerms(terms);
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

    "POST /v1/invoices/:id/lines/:nested": call(editParams.shape, (given, { id, nested }) =>
      onDraft(id, (draft) => {
        const line = withEdit(findLine(draft, nested, "line_item_id"), given);
        const lines = draft.lines.data.map((one) => (one.id === line.id ? line : one));
        return withLines(draft, lines).lines.data.find((one) => one.id === line.id);
      }),
    ),

    "POST /v1/invoices/:id/add_lines": call(
      { lines: addParams, ...optional({ invoice_metadata: metadata }) },
      ({ lines, invoice_metadata }, { id }) =>
        onDraft(id, (draft) => addLines(withMetadata(draft, invoice_metadata), lines)),
    ),

    "POST /v1/invoices/:id/update_lines": call(
      { lines: updateParams, ...optional({ invoice_metadata: metadata }) },
      ({ lines, invoice_metadata }, { id }) =>
        onDraft(id, (draft) => updateLines(withMetadata(draft, invoice_metadata), lines)),
    ),

    "POST /v1/invoices/:id/remove_lines": call(
      { lines: removeParams, ...optional({ invoice_metadata: metadata }) },
      ({ lines, invoice_metadata }, { id }) =>
        onDraft(id, (draft) => removeLines(withMetadata(draft, invoice_metadata), lines)),
    ),

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

    "POST /v1/invoices/:id/send": onInvoice(sendByHand),

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
