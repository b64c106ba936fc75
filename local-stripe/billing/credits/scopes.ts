import { exclusive, invalid, missing } from "../../kit/errors";
import { find } from "../../kit/lookup";
import { choice, group, listOf, optional, text } from "../../kit/params";
import type { CreditGrant } from "../../objects/credit-grant";
import { isMetered, type Price, prices } from "../../objects/price";

/** The prices that a grant pays for (type: `Stripe.Billing.CreditGrantCreateParams.ApplicabilityConfig`). */
export const scopeParam = group(
  optional({ price_type: choice("metered"), prices: listOf(group({ id: text }), 20) }),
);

interface Scope {
  readonly price_type?: "metered";
  readonly prices?: readonly { readonly id: string }[];
}

/** All metered prices, or some of them (type; the words: inferred). */
export function checkedScope({ price_type, prices: named }: Scope, param: string): Scope {
  if (price_type && named) throw exclusive(`${param}[price_type]`, `${param}[prices]`);
  if (price_type) return { price_type };
  if (!named?.length) throw missing(`${param}[price_type]`);
  for (const [position, { id }] of named.entries()) {
    const path = `${param}[prices][${position}][id]`;
    if (isMetered(find(prices, id, path))) continue;
    throw invalid("Credit grants can only apply to metered prices.", { param: path });
  }
  return { prices: named.map(({ id }) => ({ id })) };
}

/** The grants that a scope asks for: all metered prices, or prices that a grant reaches. */
export function inScope(given: Scope): (grant: CreditGrant) => boolean {
  const wanted = new Set(given.prices?.map(({ id }) => id));
  return ({ applicability_config: { scope: own } }) =>
    given.price_type
      ? own.price_type !== undefined
      : (own.prices ?? []).some(({ id }) => wanted.has(id ?? ""));
}

/** True if a grant may pay for what has this price. */
export function reaches({ applicability_config }: CreditGrant, price: Pick<Price, "id">): boolean {
  const { prices: named } = applicability_config.scope;
  return named === undefined || named.some(({ id }) => id === price.id);
}
