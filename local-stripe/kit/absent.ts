import { StripeError, unrecognizedUrl } from "./errors";

/** A part of Stripe's API that is not served, under the name that the error gives it. */
export interface AbsentPart {
  readonly name: string;
  /** Each with all that is below it; `*` is any one segment, and a method before it leaves the others alone. */
  readonly calls: readonly string[];
}

interface Absent {
  readonly name: string;
  readonly call: RegExp;
}

let absent: readonly Absent[] = [];

export function declareAbsent(parts: readonly AbsentPart[]): void {
  absent = parts.flatMap(({ name, calls }) => calls.map((call) => ({ name, call: patternOf(call) })));
}

function patternOf(call: string): RegExp {
  const [path = "", method = "[A-Z]+"] = call.split(" ").reverse();
  return new RegExp(`^${method} ${path.replaceAll("*", "[^/]+")}(/|$)`);
}

/** Tells a call of Stripe's that Local Stripe does not have from one that Stripe does not have either. */
export function unservedCall(method: string, path: string): StripeError {
  const part = absent.find(({ call }) => call.test(`${method} ${path}`));
  if (!part) return unrecognizedUrl(method, path);
  return new StripeError(404, {
    type: "invalid_request_error",
    message: `Local Stripe has no ${part.name} (${method}: ${path}). The table in its README says what it serves.`,
  });
}
