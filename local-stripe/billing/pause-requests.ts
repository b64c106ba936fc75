import { now } from "../kit/clock";
import { invalid } from "../kit/errors";
import { inSequence } from "../kit/events";
import { type Subscription, subscriptions } from "../objects/subscription";
import { charge, chargeNobody, methodOf } from "./charging";
import { advance } from "./collection";
import { finalizeInvoice } from "./invoices";
import { creditUnused, pause } from "./pauses";
import { pendingItems } from "./pending-items";
import { debitRest, periodsFromNow, resumeNow, resumeWhenPaid } from "./resumption";
import { CHANGE_PAID, CHANGE_UNPAID } from "./sequences";
import { follow, reportingCustomer } from "./standing";
import type { Change } from "./subscription-changes";
import { draftFor } from "./subscription-invoices";

const PAUSABLE = new Set<string>(["active", "past_due", "trialing"]);

export function pauseOnRequest(
  subscription: Subscription,
  creditFrom: "item_current_period_start" | "none" | "now",
  invoiceNow: boolean,
): Subscription {
  if (!PAUSABLE.has(subscription.status)) {
    throw invalid(`You cannot pause a subscription whose status is ${subscription.status}.`);
  }
  if (creditFrom !== "none") creditUnused(subscription, creditFrom);
  const draft = invoiceNow ? draftFor(subscription, { reason: "subscription_update", items: [] }) : null;
  const paused = pause(subscriptions.must(subscription.id), "pause_requested");
  if (draft) advance(draft);
  return subscriptions.must(paused.id);
}

interface Resumption extends Pick<Change, "anchor" | "prorations" | "prorationDate"> {
  /** Stays paused until the resumption's invoice has been paid, instead of until it was tried. */
  readonly onSuccess: boolean;
}

export function resume(subscription: Subscription, wanted: Resumption): Subscription {
  if (subscription.status !== "paused") {
    throw invalid("You can only resume subscriptions with the status `paused`.");
  }
  return inSequence(
    ({ status }) => (status === "active" ? CHANGE_PAID : CHANGE_UNPAID),
    () => reportingCustomer(subscription.customer, () => begin(subscription, wanted)),
  );
}

function begin(subscription: Subscription, { anchor, prorations, prorationDate, onSuccess }: Resumption) {
  const { id } = subscription;
  const moved = subscriptions.put(periodsFromNow(subscription, anchor));
  if (anchor === "unchanged" && prorations !== "none") debitRest(moved, prorationDate ?? now());
  const bills =
    anchor === "now" ||
    (prorations === "always_invoice" && pendingItems(subscription.customer, id).length > 0);
  if (!bills) return resumeNow(moved);
  const draft = draftFor(moved, {
    reason: "subscription_update",
    items: anchor === "now" ? moved.items.data : [],
  });
  const open = finalizeInvoice(draft);
  if (open.status === "paid") return resumeNow(subscriptions.must(id));
  if (onSuccess) resumeWhenPaid(moved, open);
  const method = methodOf(moved);
  const attempted = method ? charge(open, method, { automatic: !onSuccess }).invoice : chargeNobody(open);
  if (!onSuccess) resumeNow(subscriptions.must(id));
  follow(open, attempted);
  return subscriptions.must(id);
}
