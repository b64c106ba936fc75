import { askApi } from "../kit/api";
import type { Form } from "../kit/form";
import { byItself, transaction } from "../kit/transaction";
import type { CheckoutSession } from "../objects/checkout-session";
import type { Price } from "../objects/price";
import { checkoutSessionResource } from "../resources/checkout-sessions";
import { paymentPageResource } from "../resources/payment-pages";
import { priceResource } from "../resources/prices";

const PRODUCTS = [
  { name: "Starter", monthly: 1900 },
  { name: "Pro", monthly: 9900, yearly: 99_900 },
];

interface Buyer {
  readonly name: string;
  readonly price: number;
  readonly card: string;
  readonly trialDays?: number;
}

const BUYERS: readonly Buyer[] = [
  { name: "Ada", price: 0, card: "pm_card_visa" },
  { name: "Grace", price: 2, card: "pm_card_mastercard" },
  { name: "Alan", price: 1, card: "pm_card_visa", trialDays: 14 },
  // Her trial will end in dunning.
  { name: "Edith", price: 1, card: "pm_card_chargeCustomerFail", trialDays: 7 },
  { name: "Konrad", price: 0, card: "pm_card_createDispute" },
];

/** Something to play with: a small catalog, and customers who bought from it in different ways. */
export function seed(): { customers: number } {
  transaction(byItself, () => {
    const prices = PRODUCTS.flatMap(({ name, monthly, yearly }) => {
      const first = createPrice({ product_data: { name } }, monthly, "month");
      return yearly ? [first, createPrice({ product: first.product }, yearly, "year")] : [first];
    });
    for (const buyer of BUYERS) buy(buyer, prices[buyer.price] as Price);
  });
  return { customers: BUYERS.length };
}

const createPrice = (of: Form, unit_amount: number, interval: string): Price =>
  askApi(priceResource, "POST /v1/prices", "", {
    currency: "usd",
    ...of,
    recurring: { interval },
    unit_amount: String(unit_amount),
  });

function buy({ name, card, trialDays }: Buyer, price: Price): void {
  const { id } = askApi<CheckoutSession>(checkoutSessionResource, "POST /v1/checkout/sessions", "", {
    customer_email: `${name.toLowerCase()}@example.com`,
    line_items: [{ price: price.id, quantity: "1" }],
    mode: "subscription",
    success_url: "http://127.0.0.1:3000/",
    ...(trialDays ? { subscription_data: { trial_period_days: String(trialDays) } } : {}),
  });
  askApi(paymentPageResource, "POST /v1/payment_pages/:id/confirm", id, { payment_method: card });
}
