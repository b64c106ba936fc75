import type { InvoiceItem } from "../../objects/invoice-item";
import type { Subscription, SubscriptionItem } from "../../objects/subscription";
import { type DiscountGiven, replaceDiscounts } from "./discounts";

/** Applies a `discounts` parameter to an item of a subscription; `param` is the item's. */
export function applyItemDiscounts(
  { customer, currency }: Pick<Subscription, "customer" | "currency">,
  item: SubscriptionItem,
  given: readonly DiscountGiven[] | null | undefined,
  param: string,
): SubscriptionItem {
  const target = { customer, subscription_item: item.id };
  const purchase = { customer, currency, amount: null };
  return {
    ...item,
    discounts: replaceDiscounts(item.discounts, given, purchase, target, `${param}[discounts]`),
  };
}

/** The same for an item that is billed once. */
export function applyInvoiceItemDiscounts(
  item: InvoiceItem,
  given: readonly DiscountGiven[] | null | undefined,
): InvoiceItem {
  const { id, customer, currency, amount } = item;
  const target = { customer, invoice_item: id };
  const purchase = { customer, currency, amount };
  return { ...item, discounts: replaceDiscounts(item.discounts ?? [], given, purchase, target) };
}
