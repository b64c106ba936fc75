import type { Context } from "hono";

/** The caller asked for what cannot be done; said as it is. */
export class Mistake extends Error {}

/** A value from the address or from a form; both serve, for scripts and for buttons. An empty field says nothing. */
export async function inputOf(c: Context): Promise<(name: string) => string | undefined> {
  const form = c.req.method === "POST" && /x-www-form-urlencoded/.test(c.req.header("Content-Type") ?? "");
  const body: Record<string, unknown> = form ? await c.req.parseBody() : {};
  return (name) => (c.req.query(name) ?? (typeof body[name] === "string" ? body[name] : "")) || undefined;
}

export type Input = Awaited<ReturnType<typeof inputOf>>;

export function count(input: Input, name: string, fallback?: number): number {
  const text = input(name);
  const value = text === undefined ? fallback : Number(text);
  if (value === undefined || !Number.isSafeInteger(value) || value < 0) {
    throw new Mistake(`\`${name}\` must be an integer.`);
  }
  return value;
}

export function oneOf<const Value extends string>(
  input: Input,
  name: string,
  values: readonly Value[],
  fallback?: Value,
): Value {
  const found = values.find((value) => value === (input(name) ?? fallback));
  if (!found) throw new Mistake(`\`${name}\` must be one of ${values.join(", ")}.`);
  return found;
}
