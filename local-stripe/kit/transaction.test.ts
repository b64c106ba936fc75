import { afterEach, expect, test, vi } from "vitest";
import { now } from "./clock";
import { emit, events } from "./events";
import { load } from "./store";
import { byItself, transaction } from "./transaction";

afterEach(() => {
  vi.useRealTimers();
  load({});
});

test("what one request does is dated with one second, however long it takes", () => {
  vi.useFakeTimers({ now: 1_800_000_000_999 });
  const dates = transaction(byItself, () => {
    emit("charge.succeeded", { id: "ch_1", object: "charge" });
    vi.setSystemTime(1_800_000_001_000);
    emit("customer.created", { id: "cus_1", object: "customer" });
    return [now(), now()];
  });
  expect(dates).toEqual([1_800_000_000, 1_800_000_000]);
  expect(events.all().map(({ created }) => created)).toEqual(dates);
  expect(now()).toBe(1_800_000_001);
});
