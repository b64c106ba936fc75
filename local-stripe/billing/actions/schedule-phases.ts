import { now } from "../../kit/clock";
import { emit, inSequence } from "../../kit/events";
import { type Subscription, subscriptions } from "../../objects/subscription";
import {
  type Phase,
  type SubscriptionSchedule,
  subscriptionSchedules,
} from "../../objects/subscription-schedule";
import { SCHEDULE_CHANGE } from "../behavior/sequences";
import { isPhaseOver, nextPhaseOf, scheduleOf, startsCycle } from "../schedules/current";
import { endSchedule, planPhases } from "../schedules/ends";
import type { Change } from "../subscriptions/changes";
import {
  changesInterval,
  needsNewAnchor,
  phaseItemChanges,
  phaseSettings,
  withItemsFromNextPeriod,
  withPhaseMetadata,
} from "../subscriptions/phase-changes";
import { orderPhaseExtras, withPhaseDiscounts } from "../subscriptions/phase-extras";
import { updateSubscription } from "./subscription-updates";

/** The schedule in another of its phases. */
export function moveTo(schedule: SubscriptionSchedule, phase: Phase): SubscriptionSchedule {
  const { start_date, end_date } = phase;
  const moved = subscriptionSchedules.put({ ...schedule, current_phase: { start_date, end_date } });
  planPhases(moved);
  emit("subscription_schedule.updated", moved, schedule);
  return moved;
}

/**
 * A billing period has ended, and with it maybe a phase: the subscription as its next phase wants it, so that the
 * period to come is billed by it, or without the schedule that is over. The caller bills and reports it.
 */
export function enterPhaseWithPeriod(subscription: Subscription): Subscription {
  const schedule = scheduleOf(subscription);
  if (!schedule || !isPhaseOver(schedule)) return subscription;
  const phase = nextPhaseOf(schedule);
  if (!phase) return leave(schedule, subscription);
  const moved = moveTo(schedule, phase);
  const isBetweenPeriods = subscription.items.data.every((item) => item.current_period_end <= now());
  if (!isBetweenPeriods) {
    changeToPhase(subscription, moved, phase, { prorations: phase.proration_behavior, isNew: true });
    return subscriptions.must(subscription.id);
  }
  const set = withSettings(subscription, moved, phase, true);
  return subscriptions.put(withItemsFromNextPeriod(withCycle(set, moved, phase), phase));
}

function leave(schedule: SubscriptionSchedule, subscription: Subscription): Subscription {
  const released = endSchedule(schedule, {
    status: "released",
    released_at: now(),
    released_subscription: subscription.id,
    subscription: null,
  });
  emit("subscription_schedule.updated", released, schedule);
  emit("subscription_schedule.released", released);
  return subscriptions.put({ ...subscription, schedule: null });
}

function withSettings(
  subscription: Subscription,
  { default_settings }: SubscriptionSchedule,
  phase: Phase,
  isNew: boolean,
): Subscription {
  const set = { ...withPhaseMetadata(subscription, phase), ...phaseSettings(phase, default_settings) };
  if (isNew) orderPhaseExtras(set, phase);
  return isNew ? withPhaseDiscounts(set, phase) : set;
}

/** The cycle begins with the phase, if that says so or needs it, or with the end of its trial. */
function withCycle(
  subscription: Subscription,
  { default_settings }: SubscriptionSchedule,
  phase: Phase,
): Subscription {
  const at = now();
  const { trial_end } = phase;
  if (trial_end === null || trial_end <= at) {
    return startsCycle(phase, default_settings) || needsNewAnchor(subscription, phase)
      ? { ...subscription, billing_cycle_anchor: at }
      : subscription;
  }
  const trial_start = subscription.status === "trialing" ? subscription.trial_start : at;
  return { ...subscription, status: "trialing", billing_cycle_anchor: trial_end, trial_start, trial_end };
}

interface Entry {
  readonly prorations: Change["prorations"] | (string & {});
  /** The phase begins, or is only changed. */
  readonly isNew: boolean;
  /** A phase that is only changed applies its discounts again if they are others. */
  readonly newDiscounts?: boolean;
  /** The subscription with what else is changed about it. */
  readonly prepared?: Subscription;
}

const STANDING_STILL = new Set<string>(["canceled", "incomplete", "incomplete_expired", "paused"]);

/** Changes the subscription into what a phase wants, in the middle of a billing period. */
export function changeToPhase(
  before: Subscription,
  schedule: SubscriptionSchedule,
  phase: Phase,
  { prorations, isNew, newDiscounts = isNew, prepared = before }: Entry,
): Subscription {
  const set = withSettings(prepared, schedule, phase, isNew);
  const patched = newDiscounts && !isNew ? withPhaseDiscounts(set, phase) : set;
  const stands = STANDING_STILL.has(before.status);
  const restarts = isNew && !stands && beginsCycle(before, schedule, phase);
  const isPending = (after: Subscription) => after.latest_invoice === before.latest_invoice;
  return inSequence(
    (after) => (isPending(after) ? SCHEDULE_CHANGE : []),
    () =>
      updateSubscription(
        before,
        patched,
        {
          items: phaseItemChanges(before, phase),
          anchor: restarts ? "now" : "unchanged",
          prorations: stands ? "none" : (prorations as Change["prorations"]),
          prorationDate: null,
          trialEnd: stands ? null : trialChange(before, phase),
          endMoves: false,
        },
        { behavior: "allow_incomplete", once: () => [] },
      ),
  );
}

/** True if the phase wants a cycle of its own, or bills by an interval that the subscription did not have. */
function beginsCycle(
  before: Subscription,
  { default_settings }: SubscriptionSchedule,
  phase: Phase,
): boolean {
  if (phase.trial_end === null && startsCycle(phase, default_settings)) return true;
  if (before.status === "trialing" || phase.trial_end !== null) return false;
  return changesInterval(before, phase) && needsNewAnchor(before, phase);
}

function trialChange({ status, trial_end }: Subscription, phase: Phase): Change["trialEnd"] {
  const wanted = phase.trial_end !== null && phase.trial_end > now() ? phase.trial_end : null;
  if (wanted !== null) return wanted === trial_end ? null : wanted;
  return status === "trialing" ? "now" : null;
}
