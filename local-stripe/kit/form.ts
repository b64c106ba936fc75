import qs from "qs";

export type Form = Readonly<Record<string, unknown>>;

/** Stripe's brackets: `items[0][price]`, `expand[]`, `created[gte]`. Values stay text here. */
export function parseForm(text: string): Form {
  return qs.parse(text, { depth: 8, arrayLimit: 1000, parameterLimit: 5000, plainObjects: true });
}
