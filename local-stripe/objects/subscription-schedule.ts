import type Stripe from "stripe";
import { now } from "../kit/clock";
import { newId } from "../kit/ids";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";

export type SubscriptionSchedule = Wire<Stripe.SubscriptionSchedule>;
export type Phase = SubscriptionSchedule["phases"][number];
export type PhaseItem = Phase["items"][number];
export type DefaultSettings = SubscriptionSchedule["default_settings"];

type Index = "customer" | "status" | "test_clock";

export const subscriptionSchedules = new Table<SubscriptionSchedule, Index>(
  "subscription_schedule",
  "sub_sched_",
  {
    customer: (schedule) => schedule.customer,
    status: (schedule) => schedule.status,
    test_clock: (schedule) => schedule.test_clock,
  },
);

export const defaultSettings: DefaultSettings = {
  application_fee_percent: null,
  automatic_tax: { disabled_reason: null, enabled: false, liability: null },
  billing_cycle_anchor: "automatic",
  billing_thresholds: null,
  collection_method: "charge_automatically",
  default_payment_method: null,
  description: null,
  invoice_settings: {
    account_tax_ids: null,
    custom_fields: null,
    days_until_due: null,
    description: null,
    footer: null,
    issuer: { type: "self" },
  },
  on_behalf_of: null,
  transfer_data: null,
};

type Given = Partial<SubscriptionSchedule> & Pick<SubscriptionSchedule, "customer" | "phases" | "test_clock">;

/** A schedule that has not started. */
export function buildSubscriptionSchedule(given: Given): SubscriptionSchedule {
  const created = now();
  return {
    id: newId("sub_sched_1"),
    object: "subscription_schedule",
    application: null,
    billing_mode: { flexible: { proration_discounts: "included" }, type: "flexible", updated_at: created },
    canceled_at: null,
    completed_at: null,
    created,
    current_phase: null,
    customer_account: null,
    default_settings: defaultSettings,
    end_behavior: "release",
    livemode: false,
    metadata: {},
    pause_schedules: [],
    released_at: null,
    released_subscription: null,
    status: "not_started",
    subscription: null,
    ...given,
  };
}

type PhaseGiven = Partial<Phase> & Pick<Phase, "currency" | "end_date" | "items" | "start_date">;

export function buildPhase(given: PhaseGiven): Phase {
  return {
    add_invoice_items: [],
    application_fee_percent: null,
    billing_cycle_anchor: null,
    billing_thresholds: null,
    collection_method: null,
    default_payment_method: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    invoice_settings: null,
    metadata: {},
    on_behalf_of: null,
    proration_behavior: "create_prorations",
    transfer_data: null,
    trial_end: null,
    ...given,
  };
}

export const buildPhaseItem = (
  price: string,
  quantity: number,
  metadata: PhaseItem["metadata"] = {},
  tax_rates: PhaseItem["tax_rates"] = [],
): PhaseItem => ({
  billing_thresholds: null,
  discounts: [],
  metadata,
  plan: price,
  price,
  quantity,
  tax_rates,
});
