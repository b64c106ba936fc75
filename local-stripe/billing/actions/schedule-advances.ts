import { now } from "../../kit/clock";
import { emit, inSequence } from "../../kit/events";
import { subscriptions } from "../../objects/subscription";
import { type SubscriptionSchedule, subscriptionSchedules } from "../../objects/subscription-schedule";
import { SCHEDULE_BEGIN } from "../behavior/sequences";
import { isPhaseOver, nextPhaseOf } from "../schedules/current";
import { nextPeriodEnd } from "../time/subscription-periods";
import { endAsPlanned } from "./final-invoices";
import { endPeriod } from "./renewals";
import { releaseSchedule } from "./schedule-ends";
import { changeToPhase, moveTo } from "./schedule-phases";
import { beginSchedule } from "./schedule-start";

/** A phase's time has come or is over. */
export function advanceSchedule(id: string): void {
  const schedule = subscriptionSchedules.must(id);
  if (schedule.status === "not_started") {
    inSequence(SCHEDULE_BEGIN, () =>
      emit("subscription_schedule.updated", beginSchedule(schedule), schedule),
    );
  } else if (isPhaseOver(schedule)) leavePhase(schedule);
}

function leavePhase(schedule: SubscriptionSchedule): void {
  const subscription = subscriptions.must(schedule.subscription ?? "");
  const next = nextPhaseOf(schedule);
  const endsPeriod = nextPeriodEnd(subscription) <= now() && subscription.status !== "paused";
  if (!next && schedule.end_behavior === "cancel") endAsPlanned(subscription.id);
  // The period's end brings the phase with it: one invoice bills by the new one.
  else if (endsPeriod) endPeriod(subscription.id);
  else if (!next) releaseSchedule(schedule, { preserveCancelDate: true });
  else {
    const moved = moveTo(schedule, next);
    changeToPhase(subscription, moved, next, { prorations: next.proration_behavior, isNew: true });
  }
}
