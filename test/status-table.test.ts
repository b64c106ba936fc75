import { describe, expect, it } from "vitest";
import * as status from "@/lib/billing/status";

/**
 * Every status that Stripe documents, and one it may invent, against every name that we have for it.
 * https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses
 */

const LATER = new Date("2030-01-01T00:00:00Z");
const state = (name: string, over: Partial<status.SubscriptionState> = {}) => ({
  status: name,
  cancelAt: null,
  cancelAtPeriodEnd: false,
  trialEnd: null,
  ...over,
});

describe("a subscription's status", () => {
  const yes = true;
  const no = false;
  it.each([
    // status              active ongoing trial overdue unpaid paused waiting ended
    ["trialing", /*        */ yes, yes, yes, no, no, no, no, no],
    ["active", /*          */ yes, yes, no, no, no, no, no, no],
    ["past_due", /*        */ yes, yes, no, yes, no, no, no, no],
    ["unpaid", /*          */ no, yes, no, no, yes, no, no, no],
    ["paused", /*          */ no, yes, no, no, no, yes, no, no],
    ["incomplete", /*      */ no, no, no, no, no, no, yes, no],
    ["incomplete_expired", no, no, no, no, no, no, no, yes],
    ["canceled", /*        */ no, no, no, no, no, no, no, yes],
    ["invented_tomorrow", no, no, no, no, no, no, no, no],
  ])("%s", (name, active, ongoing, onTrial, pastDue, unpaid, paused, incomplete, ended) => {
    const one = { status: name };
    expect({
      active: status.isActive(one),
      ongoing: status.isOngoing(one),
      onTrial: status.isOnTrial(one),
      pastDue: status.isPastDue(one),
      unpaid: status.isUnpaid(one),
      paused: status.isPaused(one),
      incomplete: status.isIncomplete(one),
      ended: status.isEnded(one),
    }).toEqual({ active, ongoing, onTrial, pastDue, unpaid, paused, incomplete, ended });
  });
});

describe("a cancellation to come", () => {
  it.each([
    ["trialing", true, "Active until it ends"],
    ["active", true, "Active until it ends"],
    ["past_due", true, "Active until it ends"],
    ["unpaid", false, "Unpaid"],
    ["paused", false, "Paused"],
    ["incomplete", false, "Waiting for the first payment"],
    ["incomplete_expired", false, "Ended"],
    ["canceled", false, "Ended"],
    ["invented_tomorrow", false, "Not active"],
  ])("of one that is %s: grace is %s, in words %s", (name, isGrace, words) => {
    for (const over of [
      { cancelAt: LATER },
      { cancelAtPeriodEnd: true },
      { cancelAt: LATER, cancelAtPeriodEnd: true },
    ]) {
      expect(status.isOnGracePeriod(state(name, over))).toBe(isGrace);
      expect(status.describeStatus(state(name, over))).toBe(words);
    }
    expect(status.isOnGracePeriod(state(name, { trialEnd: LATER }))).toBe(false);
  });
});

describe("what became of a checkout", () => {
  it.each([
    ["open", "unpaid", "open"],
    ["open", "paid", "paid"],
    ["open", "no_payment_required", "paid"],
    ["open", "failed", "failed"],
    ["complete", "unpaid", "processing"],
    ["complete", "paid", "paid"],
    ["complete", "no_payment_required", "paid"],
    ["complete", "failed", "failed"],
    ["expired", "unpaid", "failed"],
    ["expired", "paid", "failed"],
    ["expired", "no_payment_required", "failed"],
    ["expired", "failed", "failed"],
  ] as const)("%s and %s: %s", (checkout, paymentStatus, outcome) => {
    expect(status.outcomeOf({ status: checkout, paymentStatus })).toBe(outcome);
  });
});

it.each([
  ["month", true],
  ["year", true],
  [null, false],
] as const)("a price of interval %s bills again: %s", (interval, isRecurring) => {
  expect(status.isRecurring({ interval })).toBe(isRecurring);
});
