import { describe, expect, it } from "vitest";
import * as status from "@/lib/billing/status";

/**
 * Every status that Stripe documents, and one it may invent, against every name that we have for it.
 * https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses
 */

const PERIOD_END = new Date("2030-01-01T00:00:00Z");
const SECOND = 1_000;
const [BEFORE, AFTER] = [-SECOND, SECOND].map((ms) => new Date(PERIOD_END.getTime() + ms));
const state = (name: string, over: Partial<status.SubscriptionState> = {}) => ({
  status: name,
  cancelAt: null,
  cancelAtPeriodEnd: false,
  currentPeriodEnd: PERIOD_END,
  pauseBehavior: null,
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

describe("a cancellation to come, with the period that is paid for", () => {
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
      { cancelAt: BEFORE },
      { cancelAt: PERIOD_END },
      { cancelAtPeriodEnd: true },
      { cancelAt: PERIOD_END, cancelAtPeriodEnd: true },
      { cancelAt: AFTER, cancelAtPeriodEnd: true },
    ]) {
      expect(status.isOnGracePeriod(state(name, over))).toBe(isGrace);
      expect(status.isEndingLater(state(name, over))).toBe(false);
      expect(status.isRenewing(state(name, over))).toBe(false);
      expect(status.describeStatus(state(name, over))).toBe(words);
    }
    expect(status.isOnGracePeriod(state(name))).toBe(false);
    expect(status.isEndingLater(state(name))).toBe(false);
  });
});

describe("a cancellation to come, a second or more after the period that is paid for", () => {
  it.each([
    ["trialing", true, "Free trial"],
    ["active", true, "Active"],
    ["past_due", true, "Payment overdue"],
    ["unpaid", false, "Unpaid"],
    ["paused", false, "Paused"],
    ["incomplete", false, "Waiting for the first payment"],
    ["incomplete_expired", false, "Ended"],
    ["canceled", false, "Ended"],
    ["invented_tomorrow", false, "Not active"],
  ])("of one that is %s: it renews and ends later is %s, in words %s", (name, isLater, words) => {
    const one = state(name, { cancelAt: AFTER });
    expect(status.isOnGracePeriod(one)).toBe(false);
    expect(status.isEndingLater(one)).toBe(isLater);
    expect(status.isRenewing(one)).toBe(isLater);
    expect(status.describeStatus(one)).toBe(words);
  });
});

/** https://docs.stripe.com/billing/subscriptions/pause-payment: the status does not change. */
describe("while its payments are paused", () => {
  const BEHAVIORS = ["void", "keep_as_draft", "mark_uncollectible", "invented_tomorrow"];
  it.each([
    ["trialing", "Payments paused"],
    ["active", "Payments paused"],
    ["past_due", "Payments paused"],
    ["unpaid", "Unpaid"],
    ["paused", "Paused"],
    ["incomplete", "Waiting for the first payment"],
    ["incomplete_expired", "Ended"],
    ["canceled", "Ended"],
  ])("one that is %s does not renew, in words %s", (name, words) => {
    for (const pauseBehavior of BEHAVIORS) {
      expect(status.isCollectionPaused({ pauseBehavior })).toBe(true);
      expect(status.isRenewing(state(name, { pauseBehavior }))).toBe(false);
      expect(status.describeStatus(state(name, { pauseBehavior }))).toBe(words);
      // That it ends is one thing, that nothing is collected another.
      const ending = state(name, { pauseBehavior, cancelAt: PERIOD_END });
      expect(status.isOnGracePeriod(ending)).toBe(words === "Payments paused");
      expect(status.describeStatus(ending)).toBe(words);
    }
  });
});

it("without any of that, what is active renews, and nothing else", () => {
  const names = ["trialing", "active", "past_due", "unpaid", "paused", "incomplete", "canceled", "invented"];
  expect(names.filter((name) => status.isRenewing(state(name)))).toEqual(["trialing", "active", "past_due"]);
  expect(status.isCollectionPaused({ pauseBehavior: null })).toBe(false);
});

it.each([
  ["send_invoice", true],
  ["charge_automatically", false],
])("collected by %s: paid by hand is %s", (collectionMethod, isByHand) => {
  expect(status.isInvoiced({ collectionMethod })).toBe(isByHand);
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
