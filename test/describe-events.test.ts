import { describe, expect, it } from "vitest";
import { describeCounts, describeEvent, describeEvents } from "@/lib/billing/events/describe";

/** `npm run events` prints this, to the letter. */

const row = (over: object = {}) => ({
  id: "evt_1",
  type: "invoice.paid",
  apiVersion: "2026-10-28.endive",
  livemode: false,
  stripeCreatedAt: new Date("2027-01-02T03:04:05.678Z"),
  objectId: "in_1",
  stripeCustomerId: "cus_1",
  payload: { id: "evt_1", nested: [1] } as unknown,
  status: "applied" as "applied" | "received" | "parked",
  attempts: 1,
  lastError: null as string | null,
  note: "Invoice in_1 is paid." as string | null,
  changes: null,
  appliedAt: new Date("2027-03-04T05:06:07.999Z"),
  createdAt: new Date("2027-02-03T04:05:06.001Z"),
  ...over,
});

describe("the counts", () => {
  it.each([
    [{ applied: 3, received: 2, parked: 0 }, "3 applied, 2 waiting for another try, 0 parked."],
    [
      { applied: 0, received: 4, parked: 1 },
      "0 applied, 4 waiting for another try, 1 parked: somebody has to look.",
    ],
  ])("%j", (counts, words) => expect(describeCounts(counts)).toBe(words));
});

describe("a list", () => {
  it("of nothing", () => expect(describeEvents([])).toBe("None."));

  it("has a line for each, aligned, and below it what was done or what went wrong", () => {
    const events = [
      row(),
      row({ id: "evt_2", type: "customer.deleted", status: "received", attempts: 2, lastError: "Error: no" }),
      row({ id: "evt_3", type: "x", status: "parked", attempts: 5, lastError: "TypeError: a\nat b\nat c" }),
    ];
    expect(describeEvents(events)).toBe(
      [
        "2027-02-03 04:05:06  applied   invoice.paid      evt_1",
        "    Invoice in_1 is paid.",
        "2027-02-03 04:05:06  received  customer.deleted  evt_2",
        "    Error: no (after 2 attempts)",
        "2027-02-03 04:05:06  parked    x                 evt_3",
        "    TypeError: a (after 5 attempts)",
      ].join("\n"),
    );
  });

  it("tells of an applied one what was done, though something went wrong before; of another what is wrong", () => {
    expect(describeEvents([row({ lastError: "Error: before" })])).not.toContain("before");
    expect(describeEvents([row({ status: "parked", lastError: "Error: now" })])).not.toContain("is paid");
    expect(describeEvents([row({ note: null })])).toBe("2027-02-03 04:05:06  applied   invoice.paid  evt_1");
  });

  it("cuts off what is longer than 200 letters", () => {
    const line = (length: number) => describeEvents([row({ note: "x".repeat(length) })]).split("\n")[1];
    expect(line(200)).toBe(`    ${"x".repeat(200)}`);
    expect(line(201)).toBe(`    ${"x".repeat(200)}`);
  });

  it.each([
    ["a terminal's command", "\u001b[2J", "\ufffd[2J"],
    ["a carriage return", "a\rb", "a\ufffdb"],
    ["a C1 control", "a\u009bb", "a\ufffdb"],
    ["text that runs the other way", "a\u202eb", "a\ufffdb"],
    ["a letter of no width", "a\u200bb", "a\ufffdb"],
    ["letters, signs and an emoji", "ä → 💥", "ä → 💥"],
  ])("shows %s as text", (_, note, shown) => {
    expect(describeEvents([row({ note })]).split("\n")[1]).toBe(`    ${shown}`);
  });
});

describe("one event", () => {
  it("that was applied and changed rows", () => {
    const changes = [
      {
        table: "subscriptions",
        id: "1",
        before: { status: "active", rev: 0, gone: 1, same: [1] },
        after: { status: "past_due", rev: 0, come: { a: null }, same: [1] },
      },
      { table: "invoices", id: "2", before: null, after: { number: null, amount: 5 } },
      { table: "plans", id: "3", before: { active: true }, after: null },
    ];
    expect(describeEvent(row({ changes }))).toBe(
      [
        "Event       evt_1  invoice.paid",
        "Status      applied, 2027-03-04 05:06:07",
        "Happened    2027-01-02 03:04:05, arrived 2027-02-03 04:05:06",
        "Attempts    1",
        "Object      in_1",
        "Customer    cus_1",
        "API version 2026-10-28.endive",
        "Done        Invoice in_1 is paid.",
        "",
        "subscriptions 1",
        "  status: active → past_due",
        "  gone: 1 → null",
        '  come: null → {"a":null}',
        "invoices 2 (new)",
        "  amount: 5",
        "plans 3",
        "  active: true → null",
        "",
        '{\n  "id": "evt_1",\n  "nested": [\n    1\n  ]\n}',
      ].join("\n"),
    );
  });

  it("that is parked, of no object and no customer, and old", () => {
    const parked = row({
      status: "parked",
      attempts: 5,
      appliedAt: null,
      apiVersion: null,
      objectId: null,
      stripeCustomerId: null,
      note: "Parked.",
      lastError: "Error: \u001b[2J",
      payload: null,
      changes: [],
    });
    expect(describeEvent(parked)).toBe(
      [
        "Event       evt_1  invoice.paid",
        "Status      parked",
        "Happened    2027-01-02 03:04:05, arrived 2027-02-03 04:05:06",
        "Attempts    5",
        "Done        Parked.",
        "Last error  Error: \ufffd[2J",
        "",
        "It changed no row.",
        "",
        "Its payload was dropped because of its age, or could not be kept.",
      ].join("\n"),
    );
  });
});
