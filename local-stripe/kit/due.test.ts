import { beforeEach, expect, test } from "vitest";
import { advanceWallClock, runDue } from "./due";
import type { DueKind } from "./due-kinds";
import { onDue, schedule, unscheduleClock } from "./jobs";
import { dump, load } from "./store";

const done: string[] = [];
let before: ReturnType<typeof dump>;

/** The kind whose work loads another state; work of any other kind is only noted. */
const LOADS: DueKind = "test_clock.delete";
const IS_NOTED: DueKind = "invoice.finalize";

onDue((kind, subject) => {
  done.push(subject);
  if (kind !== LOADS) return;
  setImmediate(() => load(before));
  // Long enough for requests to be let in.
  const end = performance.now() + 30;
  while (performance.now() < end);
});

beforeEach(() => {
  load({});
  done.length = 0;
  before = dump();
});

test("what is due runs in the order of time, whenever it was scheduled", async () => {
  schedule(IS_NOTED, "second", 200, "clock");
  schedule(IS_NOTED, "first", 100, "clock");
  schedule(IS_NOTED, "beside", 200, "clock");
  schedule(IS_NOTED, "later", 300, "clock");
  schedule(IS_NOTED, "elsewhere", 50, "other");
  expect(await runDue("clock", 250)).toBe(true);
  expect(done).toEqual(["first", "second", "beside"]);
});

test("a state that is loaded meanwhile ends what was under way, and keeps what is due in it", async () => {
  schedule(IS_NOTED, "kept", 200, "clock");
  before = dump();
  schedule(LOADS, "loads", 100, "clock");
  expect(await runDue("clock", 300)).toBe(false);
  expect(done).toEqual(["loads"]);
  expect(await runDue("clock", 300)).toBe(true);
  expect(done).toEqual(["loads", "kept"]);
});

test("also on the wall clock, whose time is then that of the state", async () => {
  const start = Math.floor(Date.now() / 1000);
  schedule(LOADS, "loads", start + 1000, null);
  await advanceWallClock(10_000);
  schedule(IS_NOTED, "soon", start + 5000, null);
  await advanceWallClock(2000);
  expect(done).toEqual(["loads"]);
});

test("nothing is due on a clock that is gone", async () => {
  schedule(IS_NOTED, "gone", 100, "clock");
  schedule(IS_NOTED, "stays", 100, "other");
  unscheduleClock("clock");
  await runDue("clock", 200);
  await runDue("other", 200);
  expect(done).toEqual(["stays"]);
});
