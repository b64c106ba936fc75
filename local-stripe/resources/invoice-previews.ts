import { z } from "zod";
import { previewCustomer, previewNewSubscription, previewSubscription } from "../billing/actions/previews";
import { applyDiscounts, discountParam } from "../billing/discounts/discounts";
import { createInvoiceItem } from "../billing/invoices/pending-items";
import { notedTaxes, planCancellation } from "../billing/subscriptions/notes";
import { orderItems, readSubscriptionChange } from "../billing/subscriptions/orders";
import { anchorType, changedItems, prorationBehavior, trialEnd } from "../billing/subscriptions/params";
import { changedRatesParam, findTaxRates, ratesParam } from "../billing/tax/given-rates";
import { call, type Resource } from "../kit/api";
import { now } from "../kit/clock";
import { missing, noSuch } from "../kit/errors";
import { find } from "../kit/lookup";
import {
  choice,
  currency,
  emptyable,
  flag,
  group,
  integer,
  listOf,
  optional,
  text,
  timestamp,
} from "../kit/params";
import { rehearse } from "../kit/transaction";
import { buildCustomer, type Customer, customers } from "../objects/customer";
import type { Invoice } from "../objects/invoice";
import { type Subscription, subscriptions } from "../objects/subscription";
import { inTimeOf } from "../objects/test-clock";

const subscriptionDetails = group(
  optional({
    billing_cycle_anchor: anchorType,
    cancel_at: emptyable(z.union([choice("min_period_end", "max_period_end"), timestamp])),
    cancel_at_period_end: flag,
    cancel_now: flag,
    default_tax_rates: changedRatesParam,
    items: changedItems,
    proration_behavior: prorationBehavior,
    proration_date: timestamp,
    trial_end: trialEnd,
  }),
);

const shape = optional({
  automatic_tax: group({ enabled: flag }),
  currency,
  customer: text,
  discounts: emptyable(listOf(discountParam, 20)),
  invoice_items: listOf(
    group({
      amount: integer,
      ...optional({ currency, description: text, discountable: flag, tax_rates: ratesParam }),
    }),
    250,
  ),
  preview_mode: choice("next"),
  subscription: text,
  subscription_details: subscriptionDetails,
});

type Given = z.output<ReturnType<typeof group<typeof shape>>>;

function preview(given: Given): Invoice {
  const subscription = given.subscription && find(subscriptions, given.subscription, "subscription");
  if (subscription && given.customer && subscription.customer !== given.customer) {
    throw noSuch("subscription", subscription.id, "subscription");
  }
  if (subscription) return inTimeOf(subscription.customer, () => ofSubscription(subscription, given));
  const customer = given.customer && find(customers, given.customer, "customer");
  // An invoice of somebody new is previewed for a customer who exists only in the meantime.
  if (!customer && !given.subscription_details?.items) throw missing("customer");
  return customer
    ? inTimeOf(customer.id, () => ofCustomer(customer, given))
    : rehearse(() => ofCustomer(customers.put(buildCustomer({})), given));
}

function ofSubscription(subscription: Subscription, given: Given): Invoice {
  const details = given.subscription_details ?? {};
  return previewSubscription(subscription.id, {
    prepare: (before) => {
      addItems(find(customers, before.customer, "customer"), given, before);
      const discounted = applyDiscounts(before, given.discounts, null);
      return planCancellation({ ...discounted, ...taxesOf(given, before) }, details);
    },
    change: (before) => readSubscriptionChange(before, details),
    cancelNow: details.cancel_now ? { prorate: details.proration_behavior !== "none" } : null,
  });
}

function ofCustomer(customer: Customer, given: Given): Invoice {
  const details = given.subscription_details;
  if (!details?.items) {
    return rehearse(() => {
      addItems(customer, given);
      return previewCustomer(customer.id, given.currency ?? customer.currency ?? "usd");
    });
  }
  const items = orderItems(details.items, given.currency);
  const trial_end = typeof details.trial_end === "number" ? details.trial_end : null;
  return previewNewSubscription(
    items,
    {
      ...taxesOf(given),
      currency: given.currency ?? items[0]?.price.currency ?? "usd",
      customer: customer.id,
      status: trial_end === null ? "active" : "trialing",
      trial_end,
    },
    (begun) => applyDiscounts(begun, given.discounts, null),
  );
}

/** The taxes that a subscription would have. */
const taxesOf = (given: Given, before: Partial<Subscription> = {}): Partial<Subscription> =>
  notedTaxes(before, {
    automatic_tax: given.automatic_tax,
    default_tax_rates: given.subscription_details?.default_tax_rates,
  });

function addItems(customer: Customer, given: Given, subscription?: Subscription): void {
  for (const [at, { amount, ...item }] of (given.invoice_items ?? []).entries()) {
    createInvoiceItem(customer.id, {
      amount,
      currency: item.currency ?? subscription?.currency ?? customer.currency ?? "usd",
      description: item.description ?? null,
      discountable: item.discountable ?? amount >= 0,
      period: { start: now(), end: now() },
      tax_rates: findTaxRates(item.tax_rates, `invoice_items[${at}][tax_rates]`),
    });
  }
}

export const invoicePreviewResource: Resource = {
  routes: { "POST /v1/invoices/create_preview": call(shape, preview) },
};
