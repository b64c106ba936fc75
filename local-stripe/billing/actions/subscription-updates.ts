import { emit, inSequence } from "../../kit/events";
import { type Invoice, type InvoiceLineItem, invoices } from "../../objects/invoice";
import { type Subscription, subscriptions } from "../../objects/subscription";
import { CHANGE_PAID, CHANGE_PENDING, CHANGE_UNPAID } from "../behavior/sequences";
import { advanceDraft } from "../collection/collection";
import { sendInvoice } from "../collection/sent-invoices";
import { catchUp, follow, reportingCustomer } from "../collection/standing";
import { chargeInvoice, chargeNobody, ensurePaymentIntent, isRefused, methodOf } from "../invoices/charging";
import { debits } from "../invoices/debits";
import { finalizeInvoice } from "../invoices/invoices";
import { followDirectChange } from "../schedules/direct-changes";
import { type Change, changeSubscription } from "../subscriptions/changes";
import { holdBack } from "../subscriptions/pending-updates";
import { collectionError, type PaymentBehavior } from "./subscription-start";
import { endTrialUnpaid } from "./trials";

interface Billing {
  readonly behavior: PaymentBehavior;
  /** Lines that are due once, with the invoice that is made now. */
  readonly once: (invoice: string) => readonly InvoiceLineItem[];
}

/**
 * Changes a subscription and bills what is to be billed at once. `patched` is it with everything else that the
 * caller wanted; `before` is what the change is reported against.
 */
export function updateSubscription(
  before: Subscription,
  patched: Subscription,
  wanted: Change,
  { behavior, once }: Billing,
): Subscription {
  if (endTrialUnpaid(before, patched, wanted, behavior)) return subscriptions.must(before.id);
  inSequence(sequenceOf, () =>
    reportingCustomer(before.customer, () => {
      const debited = before.items.data.flatMap(({ id }) => debits.get(id) ?? []);
      const { after, draft } = changeSubscription(patched, wanted, once);
      const pause = after.pause_collection;
      const pending = draft !== null && !pause && behavior === "pending_if_incomplete";
      if (!pending) emit("customer.subscription.updated", after, before);
      if (!draft) return { invoice: null };
      // While its collection is paused nobody is asked for anything.
      if (pause) return { invoice: pause.behavior === "keep_as_draft" ? draft : advanceDraft(draft) };
      const open = finalizeInvoice(draft);
      if (open.status === "paid") catchUp(open);
      const result = open.status === "paid" ? open : collectForChange(open, after, behavior);
      if (pending && result.status !== "paid") holdBack(patched, after, result, debited);
      if (pending) emit("customer.subscription.updated", subscriptions.must(before.id), before);
      return { invoice: result };
    }),
  );
  const after = subscriptions.must(before.id);
  followDirectChange(after);
  return after;
}

const sequenceOf = ({ invoice }: { invoice: Invoice | null }) =>
  invoice === null ? CHANGE_PENDING : invoice.status === "paid" ? CHANGE_PAID : CHANGE_UNPAID;

/** Collects what a change costs; what a failure means is for `behavior` to say. */
function collectForChange(open: Invoice, subscription: Subscription, behavior: PaymentBehavior): Invoice {
  if (open.collection_method === "send_invoice") return sendInvoice(open);
  if (behavior === "default_incomplete") {
    ensurePaymentIntent(open);
    follow(open, open);
    return open;
  }
  const method = methodOf(subscription);
  // A change that was made is owed, and its invoice tried again; one that waits for its payment is not.
  const automatic = behavior === "allow_incomplete";
  const result = method ? chargeInvoice(open, method, { automatic }) : null;
  if (result && isRefused(result) && behavior === "error_if_incomplete") throw collectionError(result);
  const attempted = result?.invoice ?? chargeNobody(open);
  if (behavior !== "pending_if_incomplete") follow(open, attempted);
  return invoices.must(attempted.id);
}
