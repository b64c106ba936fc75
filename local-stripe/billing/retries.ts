import { now } from "../kit/clock";
import { switches } from "./switches";

const DAY = 24 * 3600;

/** Days between one attempt and the next. Live, Smart Retries choose their own moments. */
const SCHEDULES = { fixed: [3, 5, 7], smart: [1, 1, 2, 2, 2, 2, 2, 2] } as const;

/** When a payment that has failed so often is tried again; null when no more. */
export function retryAfter(attempts: number): number | null {
  const days = SCHEDULES[switches.retries][attempts - 1];
  return days === undefined ? null : now() + days * DAY;
}
