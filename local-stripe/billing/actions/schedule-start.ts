import { now } from "../../kit/clock";
import { emit, inSequence } from "../../kit/events";
import { prices } from "../../objects/price";
import { type Subscription, subscriptions } from "../../objects/subscription";
import {
  buildPhase,
  buildPhaseItem,
  buildSubscriptionSchedule,
  defaultSettings,
  type Phase,
  type SubscriptionSchedule,
  subscriptionSchedules,
} from "../../objects/subscription-schedule";
import { SCHEDULE_BEGIN } from "../behavior/sequences";
import { endOf } from "../schedules/current";
import { planPhases } from "../schedules/ends";
import { cancelAt } from "../subscriptions/cancellation";
import { createDraft } from "../subscriptions/drafts";
import { draftDates, keepForAnHour } from "../subscriptions/next-cycle";
import { moveStart } from "../subscriptions/past-start";
import { phaseSettings, withPhaseMetadata } from "../subscriptions/phase-changes";
import { orderPhaseExtras, withPhaseDiscounts } from "../subscriptions/phase-extras";
import { createSubscription } from "../subscriptions/subscriptions";
import { currentPeriodEnd } from "../time/subscription-periods";

/** Adds the schedule, and begins it at once if its time has come. */
export function startSchedule(schedule: SubscriptionSchedule): SubscriptionSchedule {
  return inSequence(SCHEDULE_BEGIN, () => {
    const [first] = schedule.phases;
    const begins = first !== undefined && first.start_date <= now();
    const added = begins ? beginSchedule(schedule) : subscriptionSchedules.put(schedule);
    if (!begins) planPhases(added);
    emit("subscription_schedule.created", added);
    return added;
  });
}

/**
 * The first phase begins its subscription: active, or on trial, whatever becomes of its invoice, which is a draft for
 * an hour (type: the comment of `SubscriptionResource.create`). The caller reports the schedule.
 */
export function beginSchedule(schedule: SubscriptionSchedule): SubscriptionSchedule {
  const phase = schedule.phases[0] as Phase;
  const { start_date, end_date } = phase;
  const created = createFromPhase(schedule, phase);
  const active = subscriptionSchedules.put({
    ...schedule,
    current_phase: { start_date, end_date },
    status: "active",
    subscription: created.id,
  });
  planPhases(active);
  orderPhaseExtras(created, phase);
  const discounted = withPhaseDiscounts(created, phase);
  const begun = subscriptions.put(withPlannedEnd(discounted, active));
  const draft = createDraft(begun, {
    reason: "subscription_create",
    items: begun.items.data,
    more: draftDates(begun, now(), now()),
  });
  keepForAnHour(begun, draft);
  emit("customer.subscription.created", subscriptions.must(begun.id));
  return active;
}

function createFromPhase(schedule: SubscriptionSchedule, phase: Phase): Subscription {
  const { currency, items, start_date, trial_end } = phase;
  const isTrial = trial_end !== null && trial_end > now();
  const ordered = items.map(({ price, quantity = 1, metadata }) => ({
    price: prices.must(price),
    quantity,
    metadata: metadata ?? {},
  }));
  const begun = createSubscription(ordered, {
    ...phaseSettings(phase, schedule.default_settings),
    currency,
    customer: schedule.customer,
    schedule: schedule.id,
    status: isTrial ? "trialing" : "active",
    ...(isTrial ? { trial_end } : {}),
  });
  const named = subscriptions.put(withPhaseMetadata(begun, phase));
  return start_date < now() && !isTrial ? moveStart(named, start_date) : named;
}

/** The subscription ends with its schedule, where that says so (type: the comment of `end_behavior`). */
export function withPlannedEnd(subscription: Subscription, schedule: SubscriptionSchedule): Subscription {
  if (schedule.end_behavior !== "cancel") return subscription;
  const end = endOf(schedule);
  return subscription.cancel_at === end ? subscription : cancelAt(subscription, end, false);
}

/**
 * A schedule for a subscription that runs already: its one phase is the period that it is in (inferred: up to the
 * subscription's own end, where it has one).
 */
export function scheduleFrom(subscription: Subscription): SubscriptionSchedule {
  const { id, cancel_at, currency, customer, discounts, items, test_clock } = subscription;
  const start_date = Math.min(...items.data.map((item) => item.current_period_start));
  const end_date = cancel_at ?? currentPeriodEnd(subscription);
  const phase = buildPhase({
    currency,
    default_tax_rates: subscription.default_tax_rates ?? [],
    discounts: discounts.map((discount) => ({ coupon: null, discount, promotion_code: null })),
    end_date,
    items: items.data.map(({ price, quantity, metadata, tax_rates }) =>
      buildPhaseItem(price.id, quantity ?? 1, metadata, tax_rates),
    ),
    start_date,
    trial_end: subscription.status === "trialing" ? subscription.trial_end : null,
  });
  const schedule = subscriptionSchedules.put({
    ...buildSubscriptionSchedule({ customer, phases: [phase], test_clock }),
    current_phase: { start_date, end_date },
    default_settings: settingsOf(subscription),
    end_behavior: cancel_at === null ? "release" : "cancel",
    status: "active",
    subscription: id,
  });
  planPhases(schedule);
  emit("subscription_schedule.created", schedule);
  emit(
    "customer.subscription.updated",
    subscriptions.put({ ...subscription, schedule: schedule.id }),
    subscription,
  );
  return schedule;
}

const settingsOf = (subscription: Subscription): SubscriptionSchedule["default_settings"] => ({
  ...defaultSettings,
  collection_method: subscription.collection_method,
  default_payment_method: subscription.default_payment_method,
  description: subscription.description,
  invoice_settings: { ...defaultSettings.invoice_settings, days_until_due: subscription.days_until_due },
});
