import { now } from "../../kit/clock";
import { emit } from "../../kit/events";
import { mergeMetadata } from "../../kit/params";
import { type Subscription, subscriptions } from "../../objects/subscription";
import {
  type DefaultSettings,
  type Phase,
  type SubscriptionSchedule,
  subscriptionSchedules,
} from "../../objects/subscription-schedule";
import { currentPhaseOf, isPhaseOver } from "../schedules/current";
import { planPhases } from "../schedules/ends";
import type { SettingsGiven, Updated } from "../schedules/params";
import { replacePhases } from "../schedules/phase-updates";
import { invoiceSettings } from "../schedules/phases";
import { refuseEnded } from "../schedules/refusals";
import { cancelAt } from "../subscriptions/cancellation";
import { advanceSchedule } from "./schedule-advances";
import { changeToPhase } from "./schedule-phases";
import { withPlannedEnd } from "./schedule-start";

export function updateSchedule(schedule: SubscriptionSchedule, given: Updated): SubscriptionSchedule {
  refuseEnded(schedule, "update");
  const subscription = subscriptions.get(schedule.subscription ?? "");
  const anchor = subscription?.billing_cycle_anchor ?? null;
  const default_settings = withSettings(schedule.default_settings, given.default_settings);
  const set = { ...schedule, default_settings };
  const changed: SubscriptionSchedule = {
    ...set,
    end_behavior: given.end_behavior ?? schedule.end_behavior,
    metadata: mergeMetadata(schedule.metadata ?? {}, given.metadata),
    phases: given.phases ? replacePhases(set, given.phases, anchor) : schedule.phases,
  };
  const phase = currentPhaseOf(changed);
  const after = subscriptionSchedules.put({
    ...changed,
    current_phase: phase ? { start_date: phase.start_date, end_date: phase.end_date } : null,
  });
  planPhases(after);
  emit("subscription_schedule.updated", after, schedule);
  if (subscription && phase) carryOver(subscription, schedule, after, given.proration_behavior);
  const begins = after.status === "not_started" && (after.phases[0]?.start_date ?? Infinity) <= now();
  if (begins || isPhaseOver(after)) advanceSchedule(after.id);
  return subscriptionSchedules.must(after.id);
}

/** An update of the current phase is one of the subscription (type: the comment of `…UpdateParams.proration_behavior`). */
function carryOver(
  subscription: Subscription,
  before: SubscriptionSchedule,
  after: SubscriptionSchedule,
  prorations: string = "create_prorations",
): void {
  const [was, is] = [currentPhaseOf(before) as Phase, currentPhaseOf(after) as Phase];
  const planned = movePlannedEnd(subscription, before, after);
  const newDiscounts = JSON.stringify(was.discounts) !== JSON.stringify(is.discounts);
  const same = sameBilling(was, is) && before.default_settings === after.default_settings;
  if (same) {
    emit("customer.subscription.updated", subscriptions.put(planned), subscription);
    return;
  }
  changeToPhase(subscription, after, is, { prorations, isNew: false, newDiscounts, prepared: planned });
}

/** True if nothing differs that concerns the subscription: the end of a phase alone does not. */
const sameBilling = (was: Phase, is: Phase): boolean => billingOf(was) === billingOf(is);

const billingOf = (phase: Phase): string => JSON.stringify({ ...phase, end_date: 0, proration_behavior: "" });

function movePlannedEnd(
  subscription: Subscription,
  before: SubscriptionSchedule,
  after: SubscriptionSchedule,
): Subscription {
  const lifted = before.end_behavior === "cancel" && after.end_behavior !== "cancel";
  return lifted ? cancelAt(subscription, null, false) : withPlannedEnd(subscription, after);
}

/** The defaults with what is given in their place. */
export function withSettings(before: DefaultSettings, given: SettingsGiven | undefined): DefaultSettings {
  if (!given) return before;
  const { automatic_tax, invoice_settings, ...rest } = given;
  return {
    ...before,
    ...rest,
    ...(automatic_tax ? { automatic_tax: { disabled_reason: null, liability: null, ...automatic_tax } } : {}),
    invoice_settings: {
      ...before.invoice_settings,
      ...(invoice_settings
        ? { ...invoiceSettings(invoice_settings), issuer: before.invoice_settings.issuer }
        : {}),
    },
  };
}
