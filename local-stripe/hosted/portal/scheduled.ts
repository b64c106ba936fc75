import { productName } from "../../billing/catalog/names";
import { amountOf } from "../../billing/money/amounts";
import { nextPhaseOf, scheduleOf } from "../../billing/schedules/current";
import { afterIntervals } from "../../billing/time/periods";
import { askApi } from "../../kit/api";
import type { Form } from "../../kit/form";
import { rehearse } from "../../kit/transaction";
import type { Invoice } from "../../objects/invoice";
import { type Price, prices } from "../../objects/price";
import type { Subscription, SubscriptionItem } from "../../objects/subscription";
import type { Phase, SubscriptionSchedule } from "../../objects/subscription-schedule";
import { subscriptionScheduleResource } from "../../resources/subscription-schedules";
import { changePlan, keepCurrentPlan, type PlanChange, preview } from "./actions";
import type { Portal } from "./session";

/** Changes that wait for the end of the period, as a schedule does it. */

/** True if one of the conditions of the configuration holds (type: `…SubscriptionUpdate.ScheduleAtPeriodEnd`). */
export function waitsForPeriodEnd(
  { features }: Portal,
  { items }: Subscription,
  { item: id, price, quantity }: PlanChange,
): boolean {
  const item = items.data.find((one) => one.id === id);
  if (!item) return false;
  const next = prices.must(price);
  return features.subscription_update.schedule_at_period_end.conditions.some(({ type }) =>
    type === "decreasing_item_amount"
      ? amountOf(next, quantity) < amountOf(item.price, item.quantity ?? 1)
      : lengthOf(next) < lengthOf(item.price),
  );
}

/** Any moment will do: a month is shorter than a year, and longer than four weeks, but for February. */
const lengthOf = ({ recurring }: Price): number => (recurring ? afterIntervals(0, recurring, 1) : 0);

/** Changes the plan now or, where the configuration says so, at the end of the period. */
export function changePlanWhenDue(portal: Portal, subscription: Subscription, change: PlanChange): void {
  if (waitsForPeriodEnd(portal, subscription, change)) scheduleChange(subscription, change);
  else changePlan(portal, subscription, change);
}

/** The schedule keeps the period that is paid for as it is; then come the changed items, and it lets go. */
function scheduleChange(subscription: Subscription, change: PlanChange): SubscriptionSchedule {
  keepCurrentPlan(subscription);
  const made: SubscriptionSchedule = askApi(
    subscriptionScheduleResource,
    "POST /v1/subscription_schedules",
    "",
    { from_subscription: subscription.id },
  );
  const [current] = made.phases;
  if (!current) throw new Error(`${made.id} has no phase`);
  const kept = subscription.items.data.filter(({ id }) => id !== change.item);
  const changed = subscription.items.data.find(({ id }) => id === change.item);
  const next = [
    { price: change.price, quantity: String(change.quantity), ...taxedAs(changed) },
    ...kept.map((item) => ({
      price: item.price.id,
      quantity: String(item.quantity ?? 1),
      ...taxedAs(item),
    })),
  ];
  const code = change.promotionCode ? [{ promotion_code: change.promotionCode }] : [];
  const discounts = code.length > 0 ? code : subscription.discounts.map((discount) => ({ discount }));
  return askApi(subscriptionScheduleResource, "POST /v1/subscription_schedules/:id", made.id, {
    phases: [formOf(current), { items: next, discounts }],
  });
}

/** Another plan is taxed as the one before it. */
const taxedAs = (item: SubscriptionItem | undefined): { tax_rates?: string[] } =>
  item?.tax_rates?.length ? { tax_rates: item.tax_rates.map(({ id }) => id) } : {};

const formOf = ({ start_date, end_date, items, discounts, trial_end }: Phase): Form => ({
  start_date: String(start_date),
  end_date: String(end_date),
  items: items.map(({ price, quantity }) => ({ price, quantity: String(quantity) })),
  discounts: discounts.map(({ discount }) => ({ discount: String(discount) })),
  ...(trial_end === null ? {} : { trial_end: String(trial_end) }),
});

/** The invoice that the change will bring: it is scheduled, looked at, and taken back. */
export const previewScheduled = (subscription: Subscription, change: PlanChange): Invoice =>
  rehearse(() => {
    scheduleChange(subscription, change);
    return preview(subscription);
  });

export interface Coming {
  readonly names: string;
  readonly at: number;
}

/** The plan that the subscription's schedule brings next. */
export function comingPlan(subscription: Subscription): Coming | undefined {
  const schedule = scheduleOf(subscription);
  const phase = schedule && nextPhaseOf(schedule);
  if (!phase) return undefined;
  const names = phase.items.map(({ price, quantity = 1 }) => {
    const name = productName(prices.must(price));
    return quantity > 1 ? `${name} × ${quantity}` : name;
  });
  return { names: names.join(", "), at: phase.start_date };
}
