import { afterEach, expect, test, vi } from "vitest";
import { inTimeOf } from "../objects/test-clock";
import { atOnce, atTime, now } from "./clock";
import { emit, events, inSequence, unreported } from "./events";
import { load, undone } from "./store";
import { byItself, rehearse, transaction } from "./transaction";

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

test("work that returns a promise does not compile: what follows its first await would happen outside", async () => {
  const late = async () => {
    emit("charge.succeeded", { id: "ch_1", object: "charge" });
    await null;
    emit("customer.created", { id: "cus_1", object: "customer" });
  };
  // @ts-expect-error
  await transaction(byItself, late);
  expect(events.all().map(({ type }) => type)).toEqual(["charge.succeeded"]);
});

test("nor does it for whatever else does its work as a whole", async () => {
  const late = async () => now();
  const started = [
    // @ts-expect-error
    rehearse(late),
    // @ts-expect-error
    atOnce(late),
    // @ts-expect-error
    atTime(100, null, late),
    // @ts-expect-error
    undone(late),
    // @ts-expect-error
    unreported(late),
    // @ts-expect-error
    inSequence([], late),
    // @ts-expect-error
    inTimeOf(null, late),
  ];
  for (const result of started) expect(result).toBeInstanceOf(Promise);
  await Promise.all(started);
});
