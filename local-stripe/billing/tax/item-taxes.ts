import {
  type CheckoutSession,
  checkoutPlans,
  type LineItem,
  lineItemTaxes,
} from "../../objects/checkout-session";
import { customers } from "../../objects/customer";
import { lineTaxRates } from "../../objects/line-rates";
import type { TaxRate } from "../../objects/tax-rate";
import { automaticTax, byHand, isCharged, type Taxation } from "./automatic-tax";
import { type Place, placeOf } from "./places";
import { taxAmounts } from "./tax-amounts";

type ItemTax = NonNullable<LineItem["taxes"]>[number];

/** The rates of an item of a checkout: its own, or those of the subscription that it begins. */
function ratesOfItem(session: Pick<CheckoutSession, "id">, item: LineItem): readonly TaxRate[] {
  const own = lineTaxRates.get(item.id)?.rates ?? [];
  return own.length > 0 ? own : checkoutPlans.must(session.id).subscriptionData.defaultTaxRates;
}

/** A session under automatic tax is taxed here; null while nobody knows where its customer is. */
export function placeOfSession({ id, customer }: Pick<CheckoutSession, "customer" | "id">): Place | null {
  const known = customers.get(customer ?? "");
  return checkoutPlans.must(id).place ?? (known ? placeOf(known) : null);
}

function taxationOf(session: CheckoutSession, item: LineItem): Taxation {
  const customer = customers.get(session.customer ?? "");
  if (!session.automatic_tax.enabled) return byHand(ratesOfItem(session, item), customer?.tax_exempt);
  const place = placeOfSession(session);
  if (!place) return byHand([], "none");
  return automaticTax(place, item.price ?? undefined, session.customer, item.currency);
}

/** The taxes of an item, on what discounts leave of it (type: `Stripe.LineItem.Tax`). */
function itemTaxes(session: CheckoutSession, item: LineItem): ItemTax[] {
  const { rates, reason } = taxationOf(session, item);
  const net = item.amount_subtotal - item.amount_discount;
  return taxAmounts(net, rates).map(({ amount, rate, taxable }) => ({
    amount: isCharged(reason) ? amount : 0,
    rate,
    // An item has no word for rates that were given by hand.
    taxability_reason: reason === "not_available" ? null : reason,
    taxable_amount: isCharged(reason) ? taxable : 0,
  }));
}

/** The item with its tax: on top of its amount, or a part of it. */
export function withItemTax(session: CheckoutSession, item: LineItem): LineItem {
  const { taxes } = lineItemTaxes.put({ id: item.id, taxes: itemTaxes(session, item) });
  const sum = (those: readonly ItemTax[]) => those.reduce((total, { amount }) => total + amount, 0);
  const exclusive = sum(taxes.filter(({ rate }) => !rate.inclusive));
  const net = item.amount_subtotal - item.amount_discount;
  return { ...item, amount_tax: sum(taxes), amount_total: net + exclusive };
}
