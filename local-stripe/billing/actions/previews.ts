import { atTime, now } from "../../kit/clock";
import { invalid } from "../../kit/errors";
import { newId } from "../../kit/ids";
import { rehearse } from "../../kit/transaction";
import type { Invoice } from "../../objects/invoice";
import { type Subscription, subscriptions } from "../../objects/subscription";
import { createInvoice } from "../invoices/invoices";
import { claimPending, pendingItems } from "../invoices/pending-items";
import { cancel } from "../subscriptions/cancellation";
import { type Change, changeSubscription } from "../subscriptions/changes";
import { beginCycle } from "../subscriptions/next-cycle";
import { createFirstInvoice, createSubscription, type OrderedItem } from "../subscriptions/subscriptions";
import { nextPeriodEnd } from "../time/subscription-periods";
import { createFinalDraft, leavesSomething } from "./final-invoices";
import { enterPhaseWithPeriod } from "./schedule-phases";

/**
 * Every preview is a rehearsal: the real thing is done, its draft is shown, and all of it is taken back. So a
 * preview comes to what the invoice will come to, as long as nothing else happens in between.
 */
const previewOf = (draft: () => Invoice): Invoice =>
  rehearse(() => {
    const { id: _, ...rest } = draft();
    return { id: newId("upcoming_in_1"), ...rest };
  });

export interface Rehearsed {
  readonly change: (subscription: Subscription) => Change;
  readonly prepare: (subscription: Subscription) => Subscription;
  readonly cancelNow: { readonly prorate: boolean } | null;
}

/** Previews a subscription's next invoice, with a change or as it is. */
export const previewSubscription = (id: string, { prepare, ...wanted }: Rehearsed): Invoice =>
  previewOf(() => {
    const subscription = subscriptions.put(prepare(subscriptions.must(id)));
    if (wanted.cancelNow) return finalPreview(subscription, wanted.cancelNow.prorate);
    const { after, draft } = changeSubscription(subscription, wanted.change(subscription));
    return draft ?? draftNextInvoice(after);
  });

function finalPreview(subscription: Subscription, prorate: boolean): Invoice {
  const draft = createFinalDraft(cancel(subscription, {}), { prorate, invoiceNow: true });
  if (!draft) throw new Error("A final invoice was asked for.");
  return draft;
}

/** True if the end of its period will bring another invoice. */
export const goesOn = (subscription: Subscription): boolean =>
  subscription.ended_at === null && (subscription.cancel_at ?? Infinity) > nextPeriodEnd(subscription);

/** The draft that the end of the current period will bring, or the last one that a planned end will. */
export function draftNextInvoice(subscription: Subscription): Invoice {
  if (!goesOn(subscription)) {
    const { ended_at, cancel_at, customer, test_clock } = subscription;
    if (ended_at !== null || cancel_at === null || !leavesSomething(subscription)) {
      throw nothingToCome(customer);
    }
    return atTime(Math.max(cancel_at, now()), test_clock, () => finalPreview(subscription, false));
  }
  const end = nextPeriodEnd(subscription);
  const { status, pause_collection: _, ...rest } = subscription;
  const running = {
    ...rest,
    pause_collection: null,
    status: status === "trialing" ? ("active" as const) : status,
  };
  return atTime(
    Math.max(end, now()),
    subscription.test_clock,
    () => beginCycle(enterPhaseWithPeriod(running)).draft,
  );
}

/** Previews the first invoice of a subscription that does not exist yet. */
export const previewNewSubscription = (
  items: readonly OrderedItem[],
  given: Parameters<typeof createSubscription>[1],
  prepare: (subscription: Subscription) => Subscription,
): Invoice =>
  previewOf(() => createFirstInvoice(subscriptions.put(prepare(createSubscription(items, given)))));

/** Previews an invoice of the items that wait for a customer who has no subscription to bill them with. */
export const previewCustomer = (customer: string, currency: string): Invoice =>
  previewOf(() => {
    if (pendingItems(customer, null).length === 0) throw nothingToCome(customer);
    return createInvoice(customer, { billing_reason: "manual", currency, parent: null }, (id) =>
      claimPending(id, customer, null),
    );
  });

const nothingToCome = (customer: string) =>
  invalid(`No upcoming invoices for customer: ${customer}`, { code: "invoice_upcoming_none" });
