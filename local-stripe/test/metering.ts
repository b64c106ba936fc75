import type Stripe from "stripe";
import type { Local } from "./harness";

type MeterMore = Partial<Stripe.Billing.MeterCreateParams>;

/** A meter that adds up calls. */
export const callMeter = (local: Local, more: MeterMore = {}) =>
  local.stripe.billing.meters.create({
    default_aggregation: { formula: "sum" },
    display_name: "Calls",
    event_name: "calls",
    ...more,
  });

/** A monthly price of seven cents a call. */
export const meteredPrice = (local: Local, meter: string, more: Partial<Stripe.PriceCreateParams> = {}) =>
  local.stripe.prices.create({
    currency: "usd",
    unit_amount: 7,
    recurring: { interval: "month", meter, usage_type: "metered" },
    product_data: { name: "Calls", unit_label: "call" },
    ...more,
  });

/** Reports that a customer made so many calls. */
export const report = (
  local: Local,
  customer: string,
  value: number | string,
  more: Partial<Stripe.Billing.MeterEventCreateParams> = {},
) =>
  local.stripe.billing.meterEvents.create({
    event_name: "calls",
    payload: { stripe_customer_id: customer, value: String(value) },
    ...more,
  });
