import type Stripe from "stripe";
import { atTime, currentTestClock, now } from "../kit/clock";
import { invalid } from "../kit/errors";
import { newId } from "../kit/ids";
import type { Immediate } from "../kit/immediate";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";
import { customers } from "./customer";

export type TestClock = Wire<Stripe.TestHelpers.TestClock>;

export const testClocks = new Table<TestClock>("test_clock", "clock_");

/**
 * Type: the comment of `Stripe.TestHelpers.TestClock.deletes_after`; the days:
 * https://docs.stripe.com/billing/testing/test-clocks/api-advanced-usage.
 */
const KEPT_SECONDS = 30 * 24 * 3600;

export function buildTestClock(given: Pick<TestClock, "frozen_time" | "name">): TestClock {
  const created = now();
  return {
    id: newId("clock_1"),
    object: "test_helpers.test_clock",
    created,
    deletes_after: created + KEPT_SECONDS,
    livemode: false,
    status: "ready",
    status_details: {},
    ...given,
  };
}

/** The test clock on which a customer lives, or null for the wall clock. */
export const clockOf = (customer: string | null): string | null =>
  (customer && customers.get(customer)?.test_clock) || null;

/** Runs `work` at the time of the customer's test clock; without one, simply now. */
export const inTimeOf = <T>(customer: string | null, work: () => Immediate<T>): Immediate<T> =>
  onClock(clockOf(customer), work);

export function onClock<T>(id: string | null, work: () => Immediate<T>): Immediate<T> {
  const clock = testClocks.get(id ?? "");
  // Due work of that clock has its own moment already.
  if (!clock || currentTestClock() === clock.id) return work();
  if (clock.status === "advancing") {
    throw invalid("Test clock advancement underway - cannot perform modifications until it is complete.");
  }
  return atTime(clock.frozen_time, clock.id, work);
}

/**
 * A list shows objects of test clocks only to those who ask for their customer, subscription or clock (type: the
 * comment of `Stripe.CustomerListParams.test_clock`).
 */
export function hidingClocks<T extends { readonly test_clock?: string | null }>(
  rows: readonly T[],
  ...narrowing: readonly (string | undefined)[]
): readonly T[] {
  return narrowing.some((given) => given !== undefined) ? rows : rows.filter((row) => !row.test_clock);
}
