import type Stripe from "stripe";
import { now } from "../kit/clock";
import { newId } from "../kit/ids";
import { inlineList } from "../kit/list";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";
import { isMetered, type Price, planOf, priceIn } from "./price";

export type Subscription = Wire<Stripe.Subscription>;
export type SubscriptionItem = Wire<Stripe.SubscriptionItem>;

type Index = "customer" | "item" | "price" | "status" | "test_clock";

export const subscriptions = new Table<Subscription, Index>("subscription", "sub_", {
  customer: (subscription) => subscription.customer,
  item: (subscription) => subscription.items.data.map((item) => item.id),
  price: (subscription) => subscription.items.data.map((item) => item.price.id),
  status: (subscription) => subscription.status,
  test_clock: (subscription) => subscription.test_clock,
});

export const itemList = (subscription: string, items: readonly SubscriptionItem[]) =>
  inlineList(`/v1/subscription_items?subscription=${subscription}`, items);

/** The item's price as the subscription is billed for it: in its currency. */
export function billedPrice(
  { currency }: Pick<Subscription, "currency">,
  { id, price }: Pick<SubscriptionItem, "id" | "price">,
): Price {
  const billed = priceIn(price, currency);
  if (!billed) throw new Error(`${id} has no price in ${currency}`);
  return billed;
}

export function buildSubscriptionItem(
  subscription: string,
  price: Price,
  given: Pick<SubscriptionItem, "current_period_start" | "current_period_end"> & Partial<SubscriptionItem>,
): SubscriptionItem {
  const { quantity = 1, ...rest } = given;
  return {
    id: newId("si_", 14),
    object: "subscription_item",
    billing_thresholds: null,
    created: now(),
    current_trial: null,
    discounts: [],
    metadata: {},
    plan: planOf(price),
    price,
    subscription,
    tax_rates: [],
    // Only its usage tells how much of a metered price there is.
    ...(isMetered(price) ? {} : { quantity }),
    ...rest,
  };
}

type Given = Partial<Subscription> &
  Pick<Subscription, "id" | "customer" | "currency" | "status" | "items" | "billing_cycle_anchor">;

export const noInvoiceSettings: Subscription["invoice_settings"] = {
  account_tax_ids: null,
  custom_fields: null,
  description: null,
  footer: null,
  issuer: { type: "self" },
};

export const noPaymentSettings: NonNullable<Subscription["payment_settings"]> = {
  payment_method_options: null,
  payment_method_types: null,
  save_default_payment_method: "off",
};

export function buildSubscription(given: Given): Subscription {
  const created = now();
  return {
    object: "subscription",
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: { proration_discounts: "included" }, type: "flexible", updated_at: created },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: "charge_automatically",
    created,
    customer_account: null,
    days_until_due: null,
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    ended_at: null,
    invoice_settings: noInvoiceSettings,
    latest_invoice: null,
    livemode: false,
    managed_payments: null,
    metadata: {},
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: noPaymentSettings,
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: created,
    test_clock: null,
    transfer_data: null,
    trial_end: null,
    trial_settings: {
      end_behavior: { billing_cycle_anchor: null, missing_payment_method: "create_invoice" },
    },
    trial_start: null,
    ...given,
  };
}
