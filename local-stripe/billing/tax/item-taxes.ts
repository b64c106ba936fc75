import {
  type CheckoutSession,
  checkoutPlans,
  type LineItem,
  lineItemTaxes,
} from "../../objects/checkout-session";
import { customers } from "../../objects/customer";
import { lineTaxRates } from "../../objects/line-rates";
import type { TaxRate } from "../../objects/tax-rate";
import { taxAmounts } from "./tax-amounts";

type ItemTax = NonNullable<LineItem["taxes"]>[number];

/** The rates of an item of a checkout: its own, or those of the subscription that it begins. */
function ratesOfItem(session: Pick<CheckoutSession, "id">, item: LineItem): readonly TaxRate[] {
  const own = lineTaxRates.get(item.id)?.rates ?? [];
  return own.length > 0 ? own : checkoutPlans.must(session.id).subscriptionData.defaultTaxRates;
}

/** The taxes of an item, on what discounts leave of it (type: `Stripe.LineItem.Tax`). */
function itemTaxes(session: CheckoutSession, item: LineItem): ItemTax[] {
  const exempt = customers.get(session.customer ?? "")?.tax_exempt ?? "none";
  const net = item.amount_subtotal - item.amount_discount;
  return taxAmounts(net, ratesOfItem(session, item)).map(({ amount, rate, taxable }) =>
    exempt === "none"
      ? { amount, rate, taxability_reason: null, taxable_amount: taxable }
      : {
          amount: 0,
          rate,
          taxability_reason: exempt === "exempt" ? "customer_exempt" : "reverse_charge",
          taxable_amount: 0,
        },
  );
}

/** The item with its tax: on top of its amount, or a part of it. */
export function withItemTax(session: CheckoutSession, item: LineItem): LineItem {
  const { taxes } = lineItemTaxes.put({ id: item.id, taxes: itemTaxes(session, item) });
  const sum = (those: readonly ItemTax[]) => those.reduce((total, { amount }) => total + amount, 0);
  const exclusive = sum(taxes.filter(({ rate }) => !rate.inclusive));
  const net = item.amount_subtotal - item.amount_discount;
  return { ...item, amount_tax: sum(taxes), amount_total: net + exclusive };
}
