import { describe, expect, it } from "vitest";
import { decide, isCurrent, stampOfEvent, stampOfRead } from "./decide";

const stored = { stampLo: 100, stampHi: 104, fromCreated: false, rev: 1, deleted: false, rank: 0 };
const changed = (createdAt: number) => ({ createdAt, moment: "changed" as const, rank: 0 });

describe("decide", () => {
  it("reads the object when the event does not tell, whatever is stored", () => {
    expect(decide(null, null, false)).toBe("fetch");
    expect(decide({ ...stored, deleted: true }, null, true)).toBe("fetch");
  });
  it("leaves an object that Stripe no longer knows alone", () => {
    expect(decide({ ...stored, deleted: true }, changed(999), false)).toBe("keep");
  });
  it("takes the first snapshot it sees", () => {
    expect(decide(null, changed(1), false)).toBe("write");
    expect(decide(null, { ...changed(1), moment: "created" }, false)).toBe("write");
  });
  it("never lets `created` overwrite, however late its second", () => {
    expect(decide(stored, { ...changed(999), moment: "created" }, false)).toBe("keep");
  });
  it("takes `deleted` as the last word", () => {
    expect(decide(stored, { ...changed(1), moment: "deleted" }, false)).toBe("write");
  });
  it("takes anything over the content of `created`, even of the same second", () => {
    expect(decide({ ...stored, fromCreated: true }, changed(100), false)).toBe("write");
  });
  it("lets a status that only climbs decide before any time does", () => {
    expect(decide({ ...stored, rank: 1 }, { ...changed(1), rank: 2 }, false)).toBe("write");
    expect(decide({ ...stored, rank: 2 }, { ...changed(999), rank: 1 }, false)).toBe("keep");
    expect(decide({ ...stored, rank: 2 }, { ...changed(999), rank: 2 }, false)).toBe("write");
  });
  it("skips what is older than the interval and takes what is newer", () => {
    expect(decide(stored, changed(99), false)).toBe("keep");
    expect(decide(stored, changed(105), false)).toBe("write");
  });
  it.each([100, 102, 104])("cannot order second %i inside the interval by itself", (second) => {
    expect(decide(stored, changed(second), false)).toBe("fetch");
    expect(decide(stored, changed(second), true)).toBe("keep-equal");
  });
});

describe("isCurrent", () => {
  it("trusts a read only while nothing was taken since it began", () => {
    expect(isCurrent({ rev: 1 }, stored)).toBe(true);
    expect(isCurrent({ rev: 0 }, stored)).toBe(false);
    expect(isCurrent({ rev: null }, null)).toBe(true);
    expect(isCurrent({ rev: null }, stored)).toBe(false);
  });
});

describe("stamps", () => {
  it("knows an event to the second", () => {
    expect(stampOfEvent({ ...changed(7), moment: "created" })).toEqual({
      stampLo: 7,
      stampHi: 7,
      fromCreated: true,
    });
  });
  it("widens a read by its duration and the clocks' margin", () => {
    expect(stampOfRead(new Date(50_000), 1_200)).toEqual({ stampLo: 46, stampHi: 52, fromCreated: false });
  });
  it("widens it further when Stripe did not say when it answered", () => {
    expect(stampOfRead(null, 0, 1_000_000)).toEqual({ stampLo: 700, stampHi: 1_300, fromCreated: false });
  });
});
