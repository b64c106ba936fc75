import type Stripe from "stripe";
import { atTime } from "../kit/clock";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";
import { customers } from "./customer";

export type TestClock = Wire<Stripe.TestHelpers.TestClock>;

export const testClocks = new Table<TestClock>("test_clock", "clock_");

/** The test clock on which a customer lives, or null for the wall clock. */
export const clockOf = (customer: string | null): string | null =>
  (customer && customers.get(customer)?.test_clock) || null;

/** Runs `work` at the time of the customer's test clock; without one, simply now. */
export function inTimeOf<T>(customer: string | null, work: () => T): T {
  const clock = testClocks.get(clockOf(customer) ?? "");
  return clock ? atTime(clock.frozen_time, clock.id, work) : work();
}
