import fc from "fast-check";
import { event, PERIOD_END, PERIOD_START, subscription, type TestEvent } from "./stripe-objects";

/** A subscription's life at Stripe, by chance: each of its versions in order, with the event that tells of it. */

export interface Version {
  /** Seconds of Stripe's clock. */
  at: number;
  object: ReturnType<typeof subscription> & Record<string, unknown>;
  event: TestEvent;
}

/** Most changes share their second with another, and some come back to what was. */
const CHANGES: Record<string, (object: Version["object"]) => object> = {
  active: () => ({ status: "active" }),
  past_due: () => ({ status: "past_due" }),
  unpaid: () => ({ status: "unpaid" }),
  paused: () => ({ pause_collection: { behavior: "void", resumes_at: null } }),
  collected: () => ({ pause_collection: null }),
  one: ({ items }) => withItem(items, { quantity: 1 }),
  three: ({ items }) => withItem(items, { quantity: 3 }),
  cancels: () => ({ cancel_at: PERIOD_END, cancellation_details: details("cancellation_requested") }),
  stays: () => ({ cancel_at: null, cancellation_details: details(null) }),
  renewed: ({ items }) =>
    withItem(items, { current_period_end: (items.data[0]?.current_period_end ?? 0) + 86_400 }),
};

const details = (reason: string | null) => ({ comment: null, feedback: null, reason });

function withItem(items: Version["object"]["items"], over: object) {
  return { items: { ...items, data: items.data.map((item) => ({ ...item, ...over })) } };
}

export const lifeArbitrary = fc.record({
  path: fc.array(fc.constantFrom(...Object.keys(CHANGES)), { maxLength: 9 }),
  gaps: fc.array(fc.constantFrom(0, 0, 0, 1, 2, 60), { minLength: 10, maxLength: 10 }),
  ends: fc.boolean(),
});
type Life = typeof lifeArbitrary extends fc.Arbitrary<infer T> ? T : never;

export function versionsOf({ path, gaps, ends }: Life, customer: string): Version[] {
  let at = PERIOD_START;
  const first: Version["object"] = subscription({ customer });
  const versions = [{ at, object: first, event: event("customer.subscription.created", first) }];
  const change = (type: string, over: object) => {
    const before = versions.at(-1)?.object ?? first;
    at += gaps[versions.length % gaps.length] ?? 0;
    const object = { ...before, ...over };
    const data = { object, previous_attributes: previousOf(before, object) };
    versions.push({ at, object, event: event(type, object, { created: at, data }) });
  };
  for (const name of path) {
    const before = versions.at(-1)?.object ?? first;
    change("customer.subscription.updated", CHANGES[name]?.(before) ?? {});
  }
  if (ends) change("customer.subscription.deleted", { status: "canceled", ended_at: at });
  return versions;
}

/** As Stripe writes them: of an object inside, the keys that changed; a list as a whole. */
function previousOf(before: object, after: object): Record<string, unknown> {
  const [was, is] = [before as Record<string, unknown>, after as Record<string, unknown>];
  const changed = Object.keys(was).filter((key) => JSON.stringify(was[key]) !== JSON.stringify(is[key]));
  return Object.fromEntries(
    changed.map((key) => {
      const [old, next] = [was[key], is[key]];
      const isInside = isObject(old) && isObject(next);
      return [key, isInside ? previousOf(old, next) : old];
    }),
  );
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
