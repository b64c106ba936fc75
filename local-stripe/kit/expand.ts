import { invalid } from "./errors";
import { dereference } from "./store";

type Plain = Readonly<Record<string, unknown>>;
// Declared with `never` so that a resource may state the type of its own object.
export type Expansions = Readonly<Record<string, (object: never) => unknown>>;

/** Fields that hold an id and may be asked for as the object (https://docs.stripe.com/api/expanding_objects). */
const REFERENCES = new Set(
  `balance_transaction charge configuration coupon credit_balance_transaction credit_grant customer
   default_payment_method default_price discount discounts invoice latest_attempt latest_charge latest_invoice
   latest_revision payment_intent payment_method pending_setup_intent price product products promotion_code schedule
   setup_intent shipping_rate source subscription test_clock`.split(/\s+/),
);

const virtual = new Map<string, Expansions>();

/** Fields that an object has only when they are expanded. */
export function addExpansions(objectType: string, expansions: Expansions): void {
  virtual.set(objectType, expansions);
}

export function expand(object: unknown, paths: readonly string[]): unknown {
  return paths.reduce((grown, path) => {
    const steps = path.split(".");
    if (steps.length > 4) throw invalid(`You cannot expand more than 4 levels of a property (${path}).`);
    return grow(grown, steps, path);
  }, object);
}

function grow(node: unknown, [step, ...rest]: readonly string[], path: string): unknown {
  if (step === undefined || node === null) return node;
  if (Array.isArray(node)) return node.map((item) => grow(item, [step, ...rest], path));
  if (typeof node !== "object") throw cannotExpand(path);
  const plain = node as Plain;
  const make = own(virtual.get(String(plain.object)), step);
  const value = own(plain, step) ?? make?.(plain as never);
  const isThere = make !== undefined || Object.hasOwn(plain, step);
  // Not every price has tiers: then there is nothing to show.
  if (make && value === undefined) return node;
  const isExpandable = make !== undefined || REFERENCES.has(step) || rest.length > 0;
  // What is null may be asked for whatever it would refer to, and stays null (recorded).
  if (!isThere || ((value ?? null) !== null && !isExpandable)) throw cannotExpand(path);
  return {
    ...plain,
    [step]: grow(REFERENCES.has(step) ? resolve(value, step) : (value ?? null), rest, path),
  };
}

/** Reads a property that the object has itself; `constructor` is nothing to expand. */
const own = <T>(object: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  object && Object.hasOwn(object, name) ? object[name] : undefined;

function resolve(value: unknown, field: string): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, field));
  return typeof value === "string" ? (dereference(value, field) ?? value) : (value ?? null);
}

function cannotExpand(path: string) {
  return invalid(`This property cannot be expanded (${path}).`, { param: "expand" });
}
