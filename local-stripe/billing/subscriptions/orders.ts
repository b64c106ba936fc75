import type { z } from "zod";
import { now } from "../../kit/clock";
import { exclusive, invalid, missing } from "../../kit/errors";
import { type group, mergeMetadata } from "../../kit/params";
import { buildLine, type InvoiceLineItem, pricingOf } from "../../objects/invoice";
import { isMetered, type Price } from "../../objects/price";
import type { Subscription } from "../../objects/subscription";
import { findOrCreatePrice, findOrCreateRecurringPrice } from "../catalog/given-prices";
import { productName } from "../catalog/names";
import { amountOf } from "../money/amounts";
import { findTaxRates } from "../tax/given-rates";
import { withRates } from "../tax/line-rates";
import { DAY_SECONDS } from "../time/durations";
import { currentPeriodEnd } from "../time/subscription-periods";
import type { Change } from "./changes";
import type { ItemChange } from "./item-changes";
import type { createParams, updateParams } from "./params";
import type { OrderedItem } from "./subscriptions";

/** Translates the parameters of a new or changed subscription. */

export type Created = z.output<ReturnType<typeof group<typeof createParams>>>;
export type Updated = z.output<ReturnType<typeof group<typeof updateParams>>>;

/** The first price's currency is everybody's. */
export function orderItems(items: Created["items"], currency?: string): OrderedItem[] {
  let expected = currency;
  const seen = new Set<string>();
  return items.map((item, position) => {
    const price = findOrCreateRecurringPrice(item, `items[${position}]`, expected);
    if (!price) throw missing(`items[${position}][price]`);
    expected ??= price.currency;
    refuseQuantity(price, item.quantity, `items[${position}]`);
    if (seen.has(price.id)) {
      throw invalid(
        `Cannot create a Subscription with multiple Subscription Items with the same Price: ${price.id}`,
        { param: "plan" },
      );
    }
    seen.add(price.id);
    const { quantity = 1, discounts } = item;
    const tax_rates = findTaxRates(item.tax_rates, `items[${position}][tax_rates]`);
    return { price, quantity, discounts, metadata: mergeMetadata({}, item.metadata), tax_rates };
  });
}

/** The usage of a metered price tells how much of it there is (type; the words: inferred). */
function refuseQuantity(price: Price, quantity: number | undefined, param: string): void {
  if (quantity === undefined || !isMetered(price)) return;
  throw invalid("You can not pass a quantity for a metered price.", { param: `${param}[quantity]` });
}

/** Lines of `add_invoice_items`: due once, with the invoice that is made now. */
export function orderOnce(
  given: Created["add_invoice_items"],
  subscription: string | null,
  currency: string,
) {
  const wanted = (given ?? []).map((item, position) => {
    const param = `add_invoice_items[${position}]`;
    const price = findOrCreatePrice(item, param, currency);
    if (!price) throw missing(`${param}[price]`);
    const rates = findTaxRates(item.tax_rates, `${param}[tax_rates]`);
    return { price, quantity: item.quantity ?? 1, metadata: mergeMetadata({}, item.metadata), rates };
  });
  return (invoice: string): InvoiceLineItem[] =>
    wanted.map(({ price, quantity, metadata, rates }) => {
      const line = buildLine(invoice, {
        amount: amountOf(price, quantity),
        currency: price.currency,
        description: productName(price),
        metadata,
        parent: null,
        period: { start: now(), end: now() },
        pricing: pricingOf(price),
        quantity,
        subscription,
      });
      return withRates(line, rates);
    });
}

export function trialOf(given: Created, items: readonly OrderedItem[]): number | null {
  const { trial_end, trial_period_days, trial_from_plan } = given;
  if (trial_end !== undefined && trial_period_days !== undefined) {
    throw exclusive("trial_end", "trial_period_days");
  }
  if (trial_from_plan && (trial_end !== undefined || trial_period_days !== undefined)) {
    throw invalid("You cannot set `trial_end` or `trial_period_days` when `trial_from_plan=true`.");
  }
  if (typeof trial_end === "number") return inFuture(trial_end, "trial_end");
  const fromPrice = trial_from_plan ? (items[0]?.price.recurring?.trial_period_days ?? null) : null;
  const days = trial_period_days ?? fromPrice;
  return trial_end === "now" || days === null ? null : now() + days * DAY_SECONDS;
}

export function inFuture(at: number, param: string): number {
  if (at > now()) return at;
  throw invalid(
    `The parameter \`${param}\` expects a unix timestamp representing a date and time in the future. You specified the value \`${at}\` which is in the past.`,
    { param },
  );
}

export function readSubscriptionChange(subscription: Subscription, given: Partial<Updated>): Change {
  const { items = [], billing_cycle_anchor, proration_behavior, proration_date, trial_end } = given;
  if (typeof trial_end === "number") inFuture(trial_end, "trial_end");
  return {
    items: items.map((item, position) => readItemChange(subscription, item, `items[${position}]`)),
    anchor: billing_cycle_anchor?.type ?? "unchanged",
    prorations: proration_behavior ?? "create_prorations",
    prorationDate: proration_date === undefined ? null : checkedDate(subscription, proration_date),
    trialEnd: trial_end ?? null,
    endMoves: given.cancel_at !== undefined || given.cancel_at_period_end !== undefined,
  };
}

function readItemChange(
  subscription: Subscription,
  item: NonNullable<Updated["items"]>[number],
  param: string,
): ItemChange {
  const price = findOrCreateRecurringPrice(item, param, subscription.currency);
  const had = subscription.items.data.find(({ id }) => id === item.id);
  const before = had?.metadata ?? {};
  const billed = price ?? had?.price;
  if (billed) refuseQuantity(billed, item.quantity, param);
  return {
    ...(item.id === undefined ? {} : { id: item.id }),
    ...(price ? { price } : {}),
    ...(item.quantity === undefined ? {} : { quantity: item.quantity }),
    deleted: item.deleted ?? false,
    discounts: item.discounts,
    metadata: mergeMetadata(before, item.metadata),
    ...(item.tax_rates === undefined
      ? {}
      : { tax_rates: findTaxRates(item.tax_rates, `${param}[tax_rates]`, had?.tax_rates) }),
  };
}

function checkedDate(subscription: Subscription, at: number): number {
  const starts = subscription.items.data.map((item) => item.current_period_start);
  if (at >= Math.min(...starts) && at <= currentPeriodEnd(subscription)) return at;
  throw invalid("The `proration_date` must be within the subscription's current period.", {
    param: "proration_date",
  });
}
