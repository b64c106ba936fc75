import { isPlain, type Plain } from "./diff";
import { ParameterError } from "./errors";
import { EXPANDABLE_WHEN_NULL } from "./expandable";
import { dereference } from "./store";

// Declared with `never` so that a resource may state the type of its own object.
export type Expansions = Readonly<Record<string, (object: never) => unknown>>;

/** Fields that hold an id and may be asked for as the object (https://docs.stripe.com/api/expanding_objects). */
const REFERENCES = new Set(
  `balance_transaction charge configuration coupon credit_balance_transaction credit_grant customer
   default_payment_method default_price discount discounts feature invoice latest_attempt latest_charge
   latest_invoice latest_revision payment_intent payment_method pending_setup_intent price product products
   promotion_code schedule setup_intent shipping_rate source subscription test_clock`.split(/\s+/),
);

const virtual = new Map<string, Expansions>();

/** Fields that an object has only when they are expanded. */
export function addExpansions(objectType: string, expansions: Expansions): void {
  virtual.set(objectType, expansions);
}

type Render = <T>(value: T) => T;

/** @param render puts what is expanded into the words of the answer */
export function expand(
  answer: unknown,
  paths: readonly string[],
  render: Render = (value) => value,
): unknown {
  return paths.reduce((grown, path) => {
    const steps = path.split(".");
    if (steps.length > 4) throw refusal(`You cannot expand more than 4 levels of a property (${path}).`);
    return isListing(grown) ? growListed(grown, steps, render) : grow(grown, steps, [], render);
  }, answer);
}

interface Listing extends Plain {
  readonly data: readonly unknown[];
}

const isListing = (answer: unknown): answer is Listing =>
  isPlain(answer) && (answer.object === "list" || answer.object === "search_result");

/** The paths of a list begin with `data`, which alone means nothing (REAL_STRIPE.md, recorded). */
function growListed(list: Listing, steps: readonly string[], render: Render): unknown {
  const [first = "", ...rest] = steps;
  if (own(virtual.get(String(list.object)), first)) return grow(list, steps, [], render);
  if (first !== "data") throw cannotExpand(first, ` You may want to try expanding 'data.${first}' instead.`);
  return { ...list, data: list.data.map((row) => grow(row, rest, [], render)) };
}

/** Null stays null, and an object that is there already is all that was asked for (recorded for `address`). */
function grow(
  node: unknown,
  [step, ...rest]: readonly string[],
  passed: readonly string[],
  render: Render,
): unknown {
  if (step === undefined || node === null) return node;
  if (Array.isArray(node)) return node.map((item) => grow(item, [step, ...rest], passed, render));
  const path = [...passed, step];
  if (!isPlain(node)) throw cannotExpand(path.join("."));
  const make = own(virtual.get(String(node.object)), step);
  const value = own(node, step) ?? render(make?.(node as never));
  // Not every price has tiers: then there is nothing to show.
  if (make && value === undefined) return node;
  const isReference = REFERENCES.has(step);
  if (value === null || value === undefined) {
    const isKnown = make !== undefined || isReference || EXPANDABLE_WHEN_NULL.has(step);
    if (!isKnown || !(make || Object.hasOwn(node, step))) throw cannotExpand(path.join("."));
    return { ...node, [step]: null };
  }
  if (!isReference && !make && !isGrown(value, step)) throw cannotExpand(path.join("."));
  return { ...node, [step]: grow(isReference ? resolve(value, step, render) : value, rest, path, render) };
}

/** Objects and lists of them; the caller's own keys are none of Stripe's. */
const isGrown = (value: unknown, step: string): boolean =>
  step !== "metadata" && (Array.isArray(value) ? value.every(isPlain) : isPlain(value));

/** Reads a property that the object has itself; `constructor` is nothing to expand. */
const own = <T>(object: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  object && Object.hasOwn(object, name) ? object[name] : undefined;

function resolve(value: unknown, field: string, render: Render): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, field, render));
  return typeof value === "string" ? (render(dereference(value, field)) ?? value) : value;
}

/** The complaint names the way to what cannot be expanded, and no parameter (recorded). */
const cannotExpand = (path: string, hint = "") =>
  refusal(`This property cannot be expanded (${path}).${hint}`);

/** Nothing is done then: the same idempotency key may be used again with another path. */
const refusal = (message: string) => new ParameterError(400, { type: "invalid_request_error", message });
