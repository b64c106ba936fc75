import { describe, expect, it } from "vitest";
import { decide, stampOfEvent, stampOfRead } from "@/lib/billing/sync/decide";

/** The edges of the rule in docs/decisions/003-convergence.md that decide.test.ts leaves open. */

const stored = { stampLo: 100, stampHi: 104, fromCreated: false, rev: 1, deleted: false, rank: 1 };
const snapshot = (over: object = {}) => ({ createdAt: 102, moment: "changed" as const, rank: 1, ...over });

describe("which condition comes first", () => {
  it.each([
    // A row that is gone stays so, whatever is told of it.
    [{ deleted: true, fromCreated: true }, { moment: "deleted" }, "keep"],
    [{ deleted: true }, { moment: "created" }, "keep"],
    // The first version is older than all, also than a row from the first version.
    [{ fromCreated: true }, { moment: "created", createdAt: 999 }, "keep"],
    // The last version is newer than all, also with an earlier second and a lower rank.
    [{}, { moment: "deleted", createdAt: 1, rank: 0 }, "write"],
    // After the first version anything is newer, also with a lower rank.
    [{ fromCreated: true }, { createdAt: 1, rank: 0 }, "write"],
    // A rank decides before the second does.
    [{}, { createdAt: 999, rank: 0 }, "keep"],
    [{}, { createdAt: 1, rank: 2 }, "write"],
    // Of one rank the second decides, the interval's two ends belonging to it.
    [{}, { createdAt: 99 }, "keep"],
    [{}, { createdAt: 100 }, "fetch"],
    [{}, { createdAt: 104 }, "fetch"],
    [{}, { createdAt: 105 }, "write"],
  ] as const)("%j, told %j: %s", (held, told, expected) => {
    expect(decide({ ...stored, ...held }, snapshot(told), false)).toBe(expected);
  });

  it("equal content matters only inside the interval", () => {
    expect(decide(stored, snapshot({ createdAt: 99 }), true)).toBe("keep");
    expect(decide(stored, snapshot({ createdAt: 100 }), true)).toBe("keep-equal");
    expect(decide(stored, snapshot({ createdAt: 104 }), true)).toBe("keep-equal");
    expect(decide(stored, snapshot({ createdAt: 105 }), true)).toBe("write");
    expect(decide(null, snapshot(), true)).toBe("write");
  });
});

describe("the seconds that a reading spans", () => {
  it.each([
    // the answer's date in ms, how long it took in ms, from, to
    [100_000, 0, 98, 102],
    [100_000, 1, 97, 102],
    [100_000, 1_000, 97, 102],
    [100_000, 1_001, 96, 102],
    [100_999, 0, 98, 102],
    [101_000, 0, 99, 103],
  ])("dated %i, took %i ms: %i to %i", (answeredAt, tookMs, stampLo, stampHi) => {
    const stamp = { stampLo, stampHi, fromCreated: false };
    // Our own clock says something else, and does not matter.
    expect(stampOfRead(new Date(answeredAt), tookMs, 900_000_000)).toEqual(stamp);
  });

  it.each([
    [1_000_000, 0, 700, 1_300],
    [1_000_999, 1, 699, 1_300],
    [1_001_000, 2_500, 698, 1_301],
  ])("without a date, at %i by our clock, took %i ms: %i to %i", (now, tookMs, stampLo, stampHi) => {
    expect(stampOfRead(null, tookMs, now)).toEqual({ stampLo, stampHi, fromCreated: false });
  });
});

it.each([
  ["created", true],
  ["changed", false],
  ["deleted", false],
] as const)("an event of %s is of its second alone; from the first version: %s", (moment, fromCreated) => {
  const stamp = { stampLo: 102, stampHi: 102, fromCreated };
  expect(stampOfEvent({ createdAt: 102, moment, rank: 3 })).toEqual(stamp);
});
