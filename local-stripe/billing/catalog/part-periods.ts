import type { Price } from "../../objects/price";
import { amountOf, shareOf } from "../money/amounts";
import { afterIntervals } from "../time/periods";

/**
 * Before the billing cycle's anchor there is only a part of a period
 * (https://docs.stripe.com/billing/subscriptions/billing-cycle).
 */
export function amountUntil(anchor: number, price: Price, quantity: number, start: number): number {
  const whole = amountOf(price, quantity);
  if (!price.recurring) return whole;
  return shareOf(whole, anchor - start, anchor - afterIntervals(anchor, price.recurring, -1));
}
