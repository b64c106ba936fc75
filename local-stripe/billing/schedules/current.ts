import { now } from "../../kit/clock";
import type { Subscription } from "../../objects/subscription";
import {
  type DefaultSettings,
  type Phase,
  type SubscriptionSchedule,
  subscriptionSchedules,
} from "../../objects/subscription-schedule";

/** Its phases still come and go. */
export const isRunning = ({ status }: SubscriptionSchedule): boolean =>
  status === "not_started" || status === "active";

/** The schedule that manages a subscription now; one that has ended may still be named by it. */
export function scheduleOf({ schedule }: Subscription): SubscriptionSchedule | undefined {
  const named = subscriptionSchedules.get(schedule ?? "");
  return named?.status === "active" ? named : undefined;
}

export const currentPhaseOf = ({ current_phase, phases }: SubscriptionSchedule): Phase | undefined =>
  current_phase ? phases.find(({ start_date }) => start_date === current_phase.start_date) : undefined;

export const nextPhaseOf = ({ current_phase, phases }: SubscriptionSchedule): Phase | undefined =>
  phases.find(({ start_date }) => start_date === current_phase?.end_date);

/** True once the current phase's time is over. */
export const isPhaseOver = ({ current_phase }: SubscriptionSchedule): boolean =>
  current_phase !== null && current_phase.end_date <= now();

/** True if the phase begins a billing cycle of its own; the schedule's default counts where the phase says nothing. */
export const startsCycle = (
  { billing_cycle_anchor }: Pick<Phase, "billing_cycle_anchor">,
  { billing_cycle_anchor: byDefault }: DefaultSettings,
): boolean => (billing_cycle_anchor ?? byDefault) === "phase_start";

export const endOf = ({ phases }: SubscriptionSchedule): number => phases.at(-1)?.end_date ?? 0;
