import { now } from "../../kit/clock";
import { exclusive, invalid, missing } from "../../kit/errors";
import { emit } from "../../kit/events";
import { find } from "../../kit/lookup";
import { mergeMetadata } from "../../kit/params";
import type { CheckoutSession, LineItem } from "../../objects/checkout-session";
import { lineTaxRates } from "../../objects/line-rates";
import { isMetered, type Price, prices } from "../../objects/price";
import { buildProduct, products } from "../../objects/product";
import { createPrice } from "../catalog/prices";
import { formatAmount } from "../money/amounts";
import { isTooSmall, minimumOf } from "../money/minimums";
import { refuseBoth } from "../tax/automatic-tax";
import { findTaxRates } from "../tax/given-rates";
import { DAY_SECONDS, HOUR_SECONDS } from "../time/durations";
import { afterIntervals } from "../time/periods";
import { checkCollection } from "./collection-checks";
import { lineItem } from "./line-items";
import { checkPage } from "./page-checks";
import type { Given } from "./session-params";

type GivenItem = NonNullable<Given["line_items"]>[number];

const refuse = (message: string, param: string) => invalid(message, { param });

/** Refuses parameters that a session may not have together. */
export function checkSession(given: Given): void {
  const { mode } = given;
  checkPage(given);
  checkMode(given);
  if (mode !== "setup" && !given.line_items?.length) throw missing("line_items");
  if (given.customer && given.customer_email) throw exclusive("customer", "customer_email");
  if (given.invoice_creation && mode !== "payment") {
    throw refuse("You can only enable invoice creation when `mode` is set to `payment`.", "invoice_creation");
  }
  if (given.customer_creation && mode === "subscription") {
    throw refuse("`customer_creation` can only be used in `payment` and `setup` mode.", "customer_creation");
  }
  if (given.payment_method_collection && mode !== "subscription") {
    throw refuse(
      "You can only set `payment_method_collection` if there are recurring prices.",
      "payment_method_collection",
    );
  }
  // Of another kind of money there would be other means of payment to offer.
  if (mode === "setup" && !given.currency && !given.allowed_payment_method_types) throw missing("currency");
  checkCollection(given);
  checkDiscounts(given);
  checkTimes(given);
}

const PURCHASE = ["payment", "subscription"];

/** In these modes alone (type: the comments of the parameters; `shipping_options`: inferred). */
const MODES: Partial<Record<keyof Given, readonly string[]>> = {
  custom_fields: PURCHASE,
  optional_items: PURCHASE,
  payment_intent_data: ["payment"],
  phone_number_collection: PURCHASE,
  saved_payment_method_options: PURCHASE,
  setup_intent_data: ["setup"],
  shipping_options: ["payment"],
  submit_type: PURCHASE,
  subscription_data: ["subscription"],
};

function checkMode(given: Given): void {
  for (const [param, modes] of Object.entries(MODES)) {
    if (given[param as keyof Given] === undefined || modes.includes(given.mode)) continue;
    throw refuse(`You can not pass \`${param}\` in \`${given.mode}\` mode.`, param);
  }
}

function checkDiscounts({ mode, allow_promotion_codes, discounts }: Given): void {
  if (allow_promotion_codes !== undefined && discounts) throw exclusive("allow_promotion_codes", "discounts");
  if ((discounts?.length ?? 0) > 1) {
    throw refuse("You can only specify up to 1 discount for a Checkout Session.", "discounts");
  }
  const asked = discounts ? "discounts" : allow_promotion_codes ? "allow_promotion_codes" : null;
  if (mode === "setup" && asked) throw refuse(`You can not pass \`${asked}\` in \`setup\` mode.`, asked);
}

/** The debit of a currency. */
const DEBIT_IN: Readonly<Record<string, string>> = { eur: "sepa_debit", usd: "us_bank_account" };

/**
 * The means of payment that the page offers: debits only of dollars and euros, and what the shop neither left out nor excluded.
 */
export function offeredTypes(given: Given, currency: string | null): string[] {
  const { allowed_payment_method_types: allowed, excluded_payment_method_types: excluded } = given;
  const debit = DEBIT_IN[currency ?? "usd"];
  const all = debit ? ["card", debit] : ["card"];
  const offered = all.filter((type) => (allowed?.includes(type) ?? true) && !excluded?.includes(type));
  if (offered.length > 0) return offered;
  throw refuse(
    "No valid payment method types for this Checkout Session. Please ensure that at least one of `card`, `sepa_debit` and `us_bank_account` is allowed and works with its currency.",
    allowed ? "allowed_payment_method_types" : "excluded_payment_method_types",
  );
}

/** Nobody can be charged less than the minimum; an order that costs nothing is no charge (recorded). */
export function refuseTooSmall({ amount_total, currency }: CheckoutSession): void {
  if (!currency || !isTooSmall(amount_total ?? 0, currency)) return;
  const least = formatAmount(minimumOf(currency), currency, "narrowSymbol");
  throw invalid(`The Checkout Session's total amount due must add up to at least ${least} ${currency}`, {
    code: "amount_too_small",
  });
}

function checkTimes({ subscription_data: data, expires_at }: Given): void {
  if (data?.trial_end !== undefined && data.trial_period_days !== undefined) {
    throw exclusive("subscription_data[trial_end]", "subscription_data[trial_period_days]");
  }
  if (data?.trial_end !== undefined && data.trial_end < now() + 2 * DAY_SECONDS) {
    throw refuse(
      "The `trial_end` date has to be at least 2 days in the future.",
      "subscription_data[trial_end]",
    );
  }
  if (expires_at === undefined) return;
  if (expires_at < now() + HOUR_SECONDS / 2) {
    throw refuse(
      "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
      "expires_at",
    );
  }
  if (expires_at > now() + DAY_SECONDS) {
    throw refuse(
      "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
      "expires_at",
    );
  }
}

function findOrCreateItemPrice({ price, price_data }: GivenItem, param: string): Price {
  if (price && price_data) throw exclusive(`${param}[price]`, `${param}[price_data]`);
  if (price) return find(prices, price, `${param}[price]`);
  if (!price_data) throw missing(`${param}[price]`);
  const { product, product_data, ...given } = price_data;
  if (product) return createPrice(find(products, product, `${param}[price_data][product]`).id, given);
  if (!product_data) throw missing(`${param}[price_data][product]`);
  const inline = { ...product_data, metadata: mergeMetadata({}, product_data.metadata) };
  const made = products.put(buildProduct(inline));
  emit("product.created", made);
  return createPrice(made.id, given);
}

/**
 * With a trial the first paid period begins at its end, and is a whole one
 * (https://docs.stripe.com/billing/subscriptions/trials).
 */
function firstAnchor({ subscription_data: data }: Given, { recurring }: Price): number | null {
  const anchor = data?.billing_cycle_anchor;
  if (anchor === undefined || !recurring || data?.trial_end || data?.trial_period_days) return null;
  if (anchor > now() && anchor <= afterIntervals(now(), recurring, 1)) return anchor;
  throw refuse(
    "`billing_cycle_anchor` must be in the future, and at most one interval of the price away.",
    "subscription_data[billing_cycle_anchor]",
  );
}

/**
 * The customer says the amount of one thing, once, and nothing is taken off it
 * (https://docs.stripe.com/payments/checkout/pay-what-you-want; the words: inferred).
 */
function checkCustomAmount({ discounts, allow_promotion_codes }: Given, items: readonly LineItem[]): void {
  const [only] = items;
  if (items.length > 1 || only?.quantity !== 1 || only.adjustable_quantity) {
    throw refuse(
      "A price with `custom_unit_amount` must be the only line item, with a `quantity` of 1 that is not adjustable.",
      "line_items",
    );
  }
  if (discounts || allow_promotion_codes) {
    throw refuse("You can not use discounts with a price that has `custom_unit_amount`.", "discounts");
  }
}

export function makeLineItems(given: Given): LineItem[] {
  const items = (given.line_items ?? []).map((item, position) => {
    const param = `line_items[${position}]`;
    const price = findOrCreateItemPrice(item, param);
    const metered = isMetered(price);
    if (metered && item.quantity !== undefined) {
      // Type: the comment of `Stripe.Checkout.SessionCreateParams.LineItem.quantity`; the words: inferred.
      throw refuse("You can not pass a quantity for a metered price.", `${param}[quantity]`);
    }
    if (item.quantity === undefined && !metered) {
      throw refuse(`Quantity is required. Add \`quantity\` to \`${param}\``, `${param}[quantity]`);
    }
    const { enabled, maximum, minimum } = item.adjustable_quantity ?? { enabled: false };
    const adjustable = enabled ? { enabled, maximum: maximum ?? 99, minimum: minimum ?? 0 } : null;
    const anchor = firstAnchor(given, price);
    const wanted = {
      price,
      currency: given.currency ?? price.currency,
      quantity: item.quantity ?? null,
      adjustable,
      anchor,
      metadata: mergeMetadata({}, item.metadata),
    };
    if (item.dynamic_tax_rates !== undefined) {
      throw refuse(
        "`dynamic_tax_rates` is not there in Local Stripe: the rate would depend on the customer's address. Use `tax_rates` or `automatic_tax`.",
        `${param}[dynamic_tax_rates]`,
      );
    }
    refuseBoth(given.automatic_tax?.enabled, item.tax_rates, `${param}[tax_rates]`);
    const made = lineItem(wanted, `${param}[price]`);
    const rates = findTaxRates(item.tax_rates, `${param}[tax_rates]`);
    if (rates.length > 0) lineTaxRates.put({ id: made.id, rates });
    return made;
  });
  const recurring = items.some((item) => item.price?.recurring);
  if (given.mode === "payment" && recurring) {
    throw refuse(
      "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.",
      "mode",
    );
  }
  if (given.mode === "subscription" && !recurring) {
    throw refuse(
      "You must provide at least one recurring price in `subscription` mode when using prices.",
      "mode",
    );
  }
  const other = items.find((item) => given.currency && item.currency !== given.currency);
  if (other) {
    throw refuse(
      `The price specified only supports \`${other.currency}\`. This doesn't match the expected currency: \`${given.currency}\`.`,
      "currency",
    );
  }
  if (items.some((item) => item.price?.custom_unit_amount)) checkCustomAmount(given, items);
  if (new Set(items.map((item) => item.currency)).size > 1) {
    throw refuse("All prices on a Checkout Session must use the same currency.", "line_items");
  }
  return items;
}
