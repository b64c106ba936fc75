import { describe, expect, it } from "vitest";
import { describeDrift, describeSweeps } from "@/lib/billing/reconcile/describe";

/** `npm run reconcile` prints this, word for word. */

const COUNTS = { pages: 3, found: 4, reads: 5, failed: 0, pruned: 0 };

describe("sweeps", () => {
  it.each([
    [
      { ...COUNTS, sweep: "undelivered" as const, isWhole: true },
      "Swept what Stripe could not deliver: 4 to settle on 3 pages, 5 objects read.",
    ],
    [
      { sweep: "full" as const, isWhole: true, pages: 1, found: 0, reads: 1, failed: 2, pruned: 1 },
      "Swept all events: 0 to settle on 1 page, 1 object read, 2 FAILED, see npm run events, 1 old payload dropped.",
    ],
    [
      { ...COUNTS, sweep: "objects" as const, isWhole: false, reads: 0, pruned: 7 },
      "Swept all objects: 4 to settle on 3 pages, 0 objects read, 7 old payloads dropped, not finished, the next run goes on from here.",
    ],
  ])("%#", (sweep, sentence) => {
    expect(describeSweeps([sweep])).toBe(sentence);
  });

  it("one line each", () => {
    const sweep = { ...COUNTS, isWhole: true };
    const lines = describeSweeps([
      { ...sweep, sweep: "undelivered" },
      { ...sweep, sweep: "full" },
    ]);
    expect(lines.split("\n")).toHaveLength(2);
  });
});

describe("drift", () => {
  const ledger = [{ currency: "usd", ours: 1_900, stripe: 1_900 }];

  it("none", () => {
    expect(describeDrift({ objects: 12, drift: [], ledger })).toBe(
      "Compared 12 objects of Stripe's with our rows: no drift.\n  Ledger usd: 1900 here, 1900 at Stripe.",
    );
  });

  it.each([
    [{ field: "status", ours: "active", stripe: "past_due" }, "status is active here, past_due at Stripe."],
    [{ field: "cancelAt", ours: null, stripe: 7 }, "cancelAt is null here, 7 at Stripe."],
    [{ field: "family", ours: "x", stripe: null }, "family is x here, null at Stripe."],
    [{ field: "features", ours: ["a"], stripe: undefined }, 'features is ["a"] here, null at Stripe.'],
    [{ field: "row", ours: null, stripe: "exists" }, "Stripe has it, we have no row."],
    [{ field: "row", ours: "exists", stripe: null }, "we have a row, Stripe does not know it."],
    [{ field: "row", ours: "deleted", stripe: "exists" }, "row is deleted here, exists at Stripe."],
  ])("a line %#", (difference, sentence) => {
    expect(
      describeDrift({ objects: 1, drift: [{ kind: "invoice", id: "in_1", ...difference }], ledger }),
    ).toBe(
      `Compared 1 object of Stripe's with our rows: 1 difference.\n  invoice in_1: ${sentence}\n  Ledger usd: 1900 here, 1900 at Stripe.`,
    );
  });

  it.each([
    [
      { currency: "eur", ours: 90, stripe: 100 },
      "  Ledger eur: 90 here, 100 at Stripe, a difference of -10.",
    ],
    [{ currency: "jpy", ours: 7, stripe: 0 }, "  Ledger jpy: 7 here, 0 at Stripe, a difference of 7."],
  ])("a sum that differs is drift, too (%#)", (line, sentence) => {
    expect(describeDrift({ objects: 2, drift: [], ledger: [...ledger, line] })).toBe(
      `Compared 2 objects of Stripe's with our rows: 0 differences.\n  Ledger usd: 1900 here, 1900 at Stripe.\n${sentence}`,
    );
  });
});
