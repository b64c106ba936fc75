import { invalid } from "../../kit/errors";
import { subscriptions } from "../../objects/subscription";
import { subscriptionSchedules } from "../../objects/subscription-schedule";

/**
 * A customer with a running subscription is billed in its currency only
 * (https://docs.stripe.com/billing/customer#currency; the refusal: recorded).
 */
export function refuseOtherCurrency(customer: string, currency: string): void {
  const running = subscriptions.where({ customer }).filter(({ ended_at }) => ended_at === null);
  const scheduled = subscriptionSchedules.where({ customer, status: "not_started" });
  const taken = [...running, ...scheduled.flatMap(({ phases }) => phases)];
  const other = taken.find((one) => one.currency !== currency);
  if (!other) return;
  throw invalid(
    `You cannot combine currencies on a single customer. This customer has an active subscription, subscription schedule, discount, quote, or invoice item with currency ${other.currency}`,
  );
}
