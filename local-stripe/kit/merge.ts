import { isPlain, type Plain } from "./diff";

/**
 * Applies an update: a field that it names is replaced, inside of nested objects too, and every other one stays
 * (REAL_STRIPE.md, recorded for a customer's address; inferred for the rest). A list is replaced as a whole, and an
 * emptied one has no entries.
 */
export function mergeGiven<T extends object>(before: T, given: object): T {
  const merged: Record<string, unknown> = { ...(before as Plain) };
  for (const [key, value] of Object.entries(given)) {
    const was = merged[key];
    if (isPlain(value) && isPlain(was)) merged[key] = mergeGiven(was, value);
    else merged[key] = value === null && Array.isArray(was) ? [] : value;
  }
  return merged as T;
}
