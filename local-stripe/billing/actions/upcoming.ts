import { emit } from "../../kit/events";
import { rehearse } from "../../kit/transaction";
import { subscriptions } from "../../objects/subscription";
import { draftNextInvoice, goesOn } from "./previews";

/**
 * Tells, days before, of an invoice that has no id yet, for it does not exist
 * (https://docs.stripe.com/api/events/types, `invoice.upcoming`).
 */
export function announceInvoice(id: string): void {
  const subscription = subscriptions.must(id);
  if (!goesOn(subscription)) return;
  const { id: _, ...upcoming } = rehearse(() => draftNextInvoice(subscription));
  emit("invoice.upcoming", upcoming);
}
