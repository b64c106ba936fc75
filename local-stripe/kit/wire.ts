import type Stripe from "stripe";

/**
 * A Stripe object as it is kept and sent: references are ids, decimals are strings, and it is never
 * changed in place. An event may therefore hold the very object that it reports, and an undone request
 * only has to put the previous one back.
 */
export type Wire<T> = string extends T
  ? Exclude<T, object>
  : T extends Stripe.Decimal
    ? string
    : T extends readonly (infer Item)[]
      ? readonly Wire<Item>[]
      : T extends object
        ? { readonly [Key in keyof T]: Wire<T[Key]> }
        : T;

export type Metadata = Readonly<Record<string, string>>;

export interface List<T> {
  readonly object: "list";
  readonly url: string;
  readonly has_more: boolean;
  readonly data: readonly T[];
}
