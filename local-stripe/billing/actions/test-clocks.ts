import { atTime } from "../../kit/clock";
import { runDue } from "../../kit/due";
import { invalid } from "../../kit/errors";
import { emit, tellLateOf } from "../../kit/events";
import { unscheduleAll, unscheduleClock } from "../../kit/jobs";
import { onReload, tombstones } from "../../kit/store";
import { byItself, transaction } from "../../kit/transaction";
import { customers } from "../../objects/customer";
import type { Recurring } from "../../objects/price";
import { subscriptions } from "../../objects/subscription";
import { type TestClock, testClocks } from "../../objects/test-clock";
import { afterIntervals } from "../time/periods";
import { deleteCustomer } from "./customers";

const MOST_CUSTOMERS = 3;

/**
 * Refuses another customer on this clock when it has three
 * (https://docs.stripe.com/billing/testing/test-clocks/api-advanced-usage).
 */
export function refuseCrowd(clock: string): void {
  if (customers.where({ test_clock: clock }).length < MOST_CUSTOMERS) return;
  throw invalid(`A test clock can have at most ${MOST_CUSTOMERS} customers.`, { param: "test_clock" });
}

/**
 * Two intervals of the subscription that renews most often; a clock without any may leap two years
 * (https://docs.stripe.com/billing/testing/test-clocks/api-advanced-usage).
 */
function furthest(clock: TestClock): number {
  const recurring = subscriptions
    .where({ test_clock: clock.id })
    .filter((subscription) => subscription.ended_at === null)
    .flatMap((subscription) => subscription.items.data.map((item) => item.price.recurring));
  const yearly: Pick<Recurring, "interval" | "interval_count"> = { interval: "year", interval_count: 1 };
  const limits = [yearly, ...recurring].map((one) => afterIntervals(clock.frozen_time, one ?? yearly, 2));
  return Math.min(...limits);
}

/**
 * Answers at once; the work that falls due on the way happens after the answer
 * (https://docs.stripe.com/billing/testing/test-clocks/api-advanced-usage).
 */
export function beginAdvance(clock: TestClock, target: number): TestClock {
  if (clock.status !== "ready") throw invalid("Test clock advancement underway - cannot advance further.");
  if (target <= clock.frozen_time) {
    throw invalid("The `frozen_time` must be after the clock's current `frozen_time`.", {
      param: "frozen_time",
    });
  }
  if (target > furthest(clock)) {
    throw invalid(
      "You cannot advance a test clock by more than two intervals of its shortest subscription at once.",
      { param: "frozen_time" },
    );
  }
  const advancing = testClocks.put({
    ...clock,
    status: "advancing",
    status_details: { advancing: { target_frozen_time: target } },
  });
  emit("test_helpers.test_clock.advancing", advancing);
  setImmediate(() => void finishAdvance(clock.id));
  return advancing;
}

async function finishAdvance(id: string): Promise<void> {
  const target = testClocks.get(id)?.status_details.advancing?.target_frozen_time;
  if (target === undefined) return;
  if (!(await runDue(id, target))) return;
  // In the meantime it may have been deleted.
  const clock = testClocks.get(id);
  if (clock?.status !== "advancing") return;
  transaction(byItself, () => {
    const ready = testClocks.put({ ...clock, frozen_time: target, status: "ready", status_details: {} });
    emit("test_helpers.test_clock.ready", ready);
  });
}

/** A clock that was stopped on its way goes on. */
onReload(() => {
  for (const { id } of testClocks.all()) setImmediate(() => void finishAdvance(id));
});

export function deleteClock(clock: TestClock) {
  atTime(clock.frozen_time, clock.id, () => {
    for (const customer of customers.where({ test_clock: clock.id })) deleteCustomer(customer);
  });
  tellLateOf(clock.id);
  unscheduleAll(clock.id);
  unscheduleClock(clock.id);
  testClocks.delete(clock.id);
  emit("test_helpers.test_clock.deleted", clock);
  return tombstones.put({ id: clock.id, object: "test_helpers.test_clock", deleted: true });
}

export function deleteClockOnTime(id: string): void {
  deleteClock(testClocks.must(id));
}
