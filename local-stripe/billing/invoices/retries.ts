import { now } from "../../kit/clock";
import { switches } from "../behavior/switches";
import { DAY_SECONDS } from "../time/durations";

/**
 * Days between one attempt and the next (https://docs.stripe.com/billing/revenue-recovery/smart-retries). Inferred:
 * Smart Retries choose their own moments, up to eight in two weeks by default.
 */
const SCHEDULES = { fixed: [3, 5, 7], smart: [1, 1, 2, 2, 2, 2, 2, 2] } as const;

/** The time at which a payment that has failed so often is tried again; null when no more. */
export function retryAfter(attempts: number): number | null {
  const days = SCHEDULES[switches.retries][attempts - 1];
  return days === undefined ? null : now() + days * DAY_SECONDS;
}
