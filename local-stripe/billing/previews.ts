import { atTime, now } from "../kit/clock";
import { invalid } from "../kit/errors";
import { newId } from "../kit/ids";
import { rehearse } from "../kit/transaction";
import type { Invoice } from "../objects/invoice";
import { type Subscription, subscriptions } from "../objects/subscription";
import { cancel } from "./cancellation";
import { nextPeriodEnd } from "./cycle";
import { finalDraft, waitsFor } from "./final-invoices";
import { createInvoice } from "./invoices";
import { beginCycle } from "./next-cycle";
import { claimPending, pendingItems } from "./pending-items";
import { type Change, change } from "./subscription-changes";
import { createSubscription, firstInvoice, type OrderedItem } from "./subscriptions";

/**
 * Every preview is a rehearsal: the real thing is done, its draft is shown, and all of it is taken back. So a
 * preview comes to what the invoice will come to, as long as nothing else happens in between.
 */
const shown = (draft: () => Invoice): Invoice =>
  rehearse(() => {
    const { id: _, ...rest } = draft();
    return { id: newId("upcoming_in_1"), ...rest };
  });

export interface Rehearsed {
  readonly change: (subscription: Subscription) => Change;
  readonly prepare: (subscription: Subscription) => Subscription;
  readonly cancelNow: { readonly prorate: boolean } | null;
}

/** What a subscription's next invoice will come to, with a change or as it is. */
export const previewSubscription = (id: string, { prepare, ...wanted }: Rehearsed): Invoice =>
  shown(() => {
    const subscription = subscriptions.put(prepare(subscriptions.must(id)));
    if (wanted.cancelNow) return finalPreview(subscription, wanted.cancelNow.prorate);
    const { after, draft } = change(subscription, wanted.change(subscription));
    return draft ?? nextInvoice(after);
  });

function finalPreview(subscription: Subscription, prorate: boolean): Invoice {
  const draft = finalDraft(cancel(subscription, {}), { prorate, invoiceNow: true });
  if (!draft) throw new Error("A final invoice was asked for.");
  return draft;
}

/** Whether the end of its period will bring another invoice. */
export const goesOn = (subscription: Subscription): boolean =>
  subscription.ended_at === null && (subscription.cancel_at ?? Infinity) > nextPeriodEnd(subscription);

/** The draft that the end of the current period will bring, or the last one that a planned end will. */
export function nextInvoice(subscription: Subscription): Invoice {
  if (!goesOn(subscription)) {
    const { ended_at, cancel_at, customer, test_clock } = subscription;
    if (ended_at !== null || cancel_at === null || waitsFor(subscription).length === 0) {
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
  return atTime(Math.max(end, now()), subscription.test_clock, () => beginCycle(running).draft);
}

/** What a subscription that does not exist yet would begin with. */
export const previewNewSubscription = (
  items: readonly OrderedItem[],
  given: Parameters<typeof createSubscription>[1],
  prepare: (subscription: Subscription) => Subscription,
): Invoice => shown(() => firstInvoice(subscriptions.put(prepare(createSubscription(items, given)))));

/** What waits for a customer who has no subscription to bill it with. */
export const previewCustomer = (customer: string, currency: string): Invoice =>
  shown(() => {
    if (pendingItems(customer, null).length === 0) throw nothingToCome(customer);
    return createInvoice(customer, { billing_reason: "manual", currency, parent: null }, (id) =>
      claimPending(id, customer, null),
    );
  });

const nothingToCome = (customer: string) =>
  invalid(`No upcoming invoices for customer: ${customer}`, { code: "invoice_upcoming_none" });
