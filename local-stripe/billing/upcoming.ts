import { emit } from "../kit/events";
import { onDue } from "../kit/jobs";
import { rehearse } from "../kit/transaction";
import { subscriptions } from "../objects/subscription";
import { goesOn, nextInvoice } from "./previews";

/** Days before, Stripe tells of an invoice that has no id yet: it does not exist. */
onDue("invoice.upcoming", (id) => {
  const subscription = subscriptions.must(id);
  if (!goesOn(subscription)) return;
  const { id: _, ...upcoming } = rehearse(() => nextInvoice(subscription));
  emit("invoice.upcoming", upcoming);
});
