import { ParameterError } from "./errors";

export type Form = Readonly<Record<string, unknown>>;

// Without a prototype, so that `__proto__` and `constructor` are names like any other.
type Node = Record<string, unknown>;

const MOST_LEVELS = 10;

/**
 * Stripe's brackets: `items[0][price]`, `expand[]`, `created[gte]`. Values stay text here, and a list is a
 * group with numbers for names: only the parameter that is meant knows whether `metadata[0]` is a list.
 */
export function parseForm(text: string): Form {
  const form: Node = Object.create(null);
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const [name = "", ...value] = pair.split("=");
    put(form, pathOf(decoded(name)), decoded(value.join("=")));
  }
  return form;
}

function decoded(text: string): string {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** `a[b][]` is a, b and a next one; a name whose brackets do not match, or nest too deep, is only a name. */
function pathOf(name: string): readonly string[] {
  const [, first = name, brackets = ""] = /^([^[\]]+)((?:\[[^[\]]*\])+)$/.exec(name) ?? [];
  const steps = [first, ...Array.from(brackets.matchAll(/\[([^[\]]*)\]/g), ([, step = ""]) => step)];
  return steps.length > MOST_LEVELS ? [name] : steps;
}

function put(form: Node, path: readonly string[], value: string): void {
  let node = form;
  path.forEach((step, depth) => {
    const following = path[depth + 1];
    const key = step === "" && depth > 0 ? nextIn(node, following) : step;
    if (following === undefined) {
      if (typeof node[key] === "object") throw mixed(path);
      node[key] = value;
      return;
    }
    const inner = node[key] ?? Object.create(null);
    if (typeof inner === "string") throw mixed(path);
    node[key] = inner;
    node = inner as Node;
  });
}

/** `[]` begins a next entry, unless it adds another name to the last one: `items[][price]=…&items[][quantity]=…`. */
function nextIn(list: Node, following: string | undefined): string {
  const length = Object.keys(list).length;
  const last = list[length - 1];
  const adds = following && typeof last === "object" && last !== null && !(following in last);
  return String(adds ? length - 1 : length);
}

function mixed([name = ""]: readonly string[]): ParameterError {
  const message = `Invalid ${name}: it is given both as a value and as a group.`;
  return new ParameterError(400, { type: "invalid_request_error", message, param: name });
}

/** The body of a call of the second API; without one it is empty. */
export function parseJson(text: string): Form {
  try {
    const value: unknown = JSON.parse(text || "{}");
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Form;
  } catch {
    // Said below.
  }
  const message = "Invalid request body: it must be a JSON object.";
  throw new ParameterError(400, { type: "invalid_request_error", message });
}
