import { describe, expect, it } from "vitest";
import * as status from "./status";

const subscription = (name: string, over: Partial<status.SubscriptionState> = {}) => ({
  status: name,
  cancelAt: null,
  cancelAtPeriodEnd: false,
  currentPeriodEnd: new Date("2030-01-01"),
  pauseBehavior: null,
  ...over,
});

/** Every status Stripe documents, and one it may invent tomorrow. */
describe.each([
  // name                active ongoing ended  words
  ["trialing", true, true, false, "Free trial"],
  ["active", true, true, false, "Active"],
  ["past_due", true, true, false, "Payment overdue"],
  ["unpaid", false, true, false, "Unpaid"],
  ["paused", false, true, false, "Paused"],
  ["incomplete", false, false, false, "Waiting for the first payment"],
  ["incomplete_expired", false, false, true, "Ended"],
  ["canceled", false, false, true, "Ended"],
  ["invented_tomorrow", false, false, false, "Not active"],
])("%s", (name, active, ongoing, ended, words) => {
  it("means what it says", () => {
    expect(status.isActive({ status: name })).toBe(active);
    expect(status.isOngoing({ status: name })).toBe(ongoing);
    expect(status.isEnded({ status: name })).toBe(ended);
    expect(status.describeStatus(subscription(name))).toBe(words);
  });
});

describe("grace period", () => {
  const later = new Date("2030-01-01");
  it("is a cancellation to come, whichever of Stripe's two fields says so", () => {
    expect(status.isOnGracePeriod(subscription("active", { cancelAt: later }))).toBe(true);
    expect(status.isOnGracePeriod(subscription("active", { cancelAtPeriodEnd: true }))).toBe(true);
    expect(status.isOnGracePeriod(subscription("active"))).toBe(false);
  });
  it("is over when the subscription is", () => {
    expect(status.isOnGracePeriod(subscription("canceled", { cancelAt: later }))).toBe(false);
  });
});

describe("outcomeOf", () => {
  it.each([
    ["complete", "paid", "paid"],
    ["complete", "no_payment_required", "paid"],
    ["complete", "unpaid", "processing"],
    ["complete", "failed", "failed"],
    ["open", "unpaid", "open"],
    ["expired", "unpaid", "failed"],
  ] as const)("a checkout that is %s and %s is %s", (checkout, paymentStatus, outcome) => {
    expect(status.outcomeOf({ status: checkout, paymentStatus })).toBe(outcome);
  });
});
