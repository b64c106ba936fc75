import { now } from "../../kit/clock";
import { invalid } from "../../kit/errors";
import { inSequence } from "../../kit/events";
import { type Subscription, subscriptions } from "../../objects/subscription";
import { CHANGE_PAID, CHANGE_UNPAID } from "../behavior/sequences";
import { advanceDraft } from "../collection/collection";
import { follow, reportingCustomer } from "../collection/standing";
import { chargeInvoice, chargeNobody, methodOf } from "../invoices/charging";
import { finalizeInvoice } from "../invoices/invoices";
import { pendingItems } from "../invoices/pending-items";
import { refuseManagedPause } from "../schedules/refusals";
import type { Change } from "../subscriptions/changes";
import { createDraft } from "../subscriptions/drafts";
import { creditUnused, pauseSubscription } from "../subscriptions/pauses";
import { debitRest, resumeNow, resumeWhenPaid, withPeriodsFromNow } from "../subscriptions/resumption";

const PAUSABLE = new Set<string>(["active", "past_due", "trialing"]);

export function pauseOnRequest(
  subscription: Subscription,
  creditFrom: "item_current_period_start" | "none" | "now",
  invoiceNow: boolean,
): Subscription {
  refuseManagedPause(subscription);
  if (!PAUSABLE.has(subscription.status)) {
    throw invalid(`You cannot pause a subscription whose status is ${subscription.status}.`);
  }
  if (creditFrom !== "none") creditUnused(subscription, creditFrom);
  const draft = invoiceNow ? createDraft(subscription, { reason: "subscription_update", items: [] }) : null;
  const paused = pauseSubscription(subscriptions.must(subscription.id), "pause_requested");
  if (draft) advanceDraft(draft);
  return subscriptions.must(paused.id);
}

interface Resumption extends Pick<Change, "anchor" | "prorations" | "prorationDate"> {
  /** Stays paused until the resumption's invoice has been paid, instead of until it was tried. */
  readonly onSuccess: boolean;
}

export function resumeOnRequest(subscription: Subscription, wanted: Resumption): Subscription {
  if (subscription.status !== "paused") {
    throw invalid("You can only resume a subscription if it is `paused`.");
  }
  return inSequence(
    ({ status }) => (status === "active" ? CHANGE_PAID : CHANGE_UNPAID),
    () => reportingCustomer(subscription.customer, () => resumeAndBill(subscription, wanted)),
  );
}

function resumeAndBill(
  subscription: Subscription,
  { anchor, prorations, prorationDate, onSuccess }: Resumption,
) {
  const { id } = subscription;
  const moved = subscriptions.put(withPeriodsFromNow(subscription, anchor));
  if (anchor === "unchanged" && prorations !== "none") debitRest(moved, prorationDate ?? now());
  const bills =
    anchor === "now" ||
    (prorations === "always_invoice" && pendingItems(subscription.customer, id).length > 0);
  if (!bills) return resumeNow(moved);
  const draft = createDraft(moved, {
    reason: "subscription_update",
    items: anchor === "now" ? moved.items.data : [],
  });
  const open = finalizeInvoice(draft);
  if (open.status === "paid") return resumeNow(subscriptions.must(id));
  if (onSuccess) resumeWhenPaid(moved, open);
  const method = methodOf(moved);
  const attempted = method
    ? chargeInvoice(open, method, { automatic: !onSuccess }).invoice
    : chargeNobody(open);
  if (!onSuccess) resumeNow(subscriptions.must(id));
  follow(open, attempted);
  return subscriptions.must(id);
}
