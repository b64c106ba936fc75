import { beginAdvance, deleteClock } from "../billing/actions/test-clocks";
import { call, list, type Resource } from "../kit/api";
import { invalid } from "../kit/errors";
import { emit } from "../kit/events";
import { schedule } from "../kit/jobs";
import { find } from "../kit/lookup";
import { optional, text, textUpTo, timestamp } from "../kit/params";
import { customers } from "../objects/customer";
import { subscriptions } from "../objects/subscription";
import { buildTestClock, testClocks } from "../objects/test-clock";

/** A customer with a past on another clock cannot begin anew on this one. */
function moveTo(clock: string, id: string): void {
  const customer = find(customers, id, "customer");
  if (customer.test_clock || subscriptions.where({ customer: id }).length > 0) {
    throw invalid("This customer cannot be attached to a test clock.", { param: "customer" });
  }
  customers.put({ ...customer, test_clock: clock });
}

export const testClockResource: Resource = {
  routes: {
    "POST /v1/test_helpers/test_clocks": call(
      { frozen_time: timestamp, ...optional({ customer: text, name: textUpTo(300) }) },
      ({ frozen_time, customer, name }) => {
        const clock = testClocks.put(buildTestClock({ frozen_time, name: name ?? null }));
        if (customer) moveTo(clock.id, customer);
        schedule("test_clock.delete", clock.id, clock.deletes_after, null);
        emit("test_helpers.test_clock.created", clock);
        return clock;
      },
    ),

    "GET /v1/test_helpers/test_clocks": list({}, () => testClocks.all()),

    "GET /v1/test_helpers/test_clocks/:id": call({}, (_, { id }) => find(testClocks, id)),

    "POST /v1/test_helpers/test_clocks/:id/advance": call(
      { frozen_time: timestamp },
      ({ frozen_time }, { id }) => beginAdvance(find(testClocks, id), frozen_time),
    ),

    "DELETE /v1/test_helpers/test_clocks/:id": call({}, (_, { id }) => deleteClock(find(testClocks, id))),
  },
};
