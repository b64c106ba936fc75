import { payByHand } from "../billing/actions/invoice-payment";
import { deleteDraft, finalizeByHand, planDraft } from "../billing/collection/manual-invoices";
import { sendInvoice } from "../billing/collection/sent-invoices";
import { reportingCustomer, setDelinquent } from "../billing/collection/standing";
import { discountsFor } from "../billing/discounts/invoice-discounts";
import { applyDraftParams, createParams, draftParams } from "../billing/invoices/draft-params";
import { draftWindow } from "../billing/invoices/draft-window";
import { createInvoice, withTotals } from "../billing/invoices/invoices";
import { claimPending } from "../billing/invoices/pending-items";
import { markUncollectible, voidInvoice } from "../billing/invoices/terminal-invoices";
import { subscriptionParent } from "../billing/subscriptions/item-lines";
import { resumeAfter } from "../billing/subscriptions/resumption";
import { call, list, type Resource } from "../kit/api";
import { invalid, noSuch } from "../kit/errors";
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

    "POST /v1/invoices/:id/finalize": call(optional({ auto_advance: flag }), ({ auto_advance }, { id }) => {
      const invoice = find(invoices, id, "id");
      return inTimeOf(invoice.customer, () => finalizeByHand(invoice, auto_advance));
    }),

    "POST /v1/invoices/:id/pay": call(
      optional({ off_session: flag, paid_out_of_band: flag, payment_method: text }),
      (given, { id }) => {
        const invoice = find(invoices, id, "id");
        return inTimeOf(invoice.customer, () => payByHand(invoice, given));
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
