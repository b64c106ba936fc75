import { z } from "zod";
import {
  choice,
  currency,
  emptyable,
  flag,
  group,
  integerFrom,
  listOf,
  metadata,
  optional,
  text,
  timestamp,
} from "../../kit/params";
import { priceDataParam } from "../catalog/given-prices";
import { discountParam } from "../discounts/discounts";
import { changedRatesParam } from "../tax/given-rates";

/** Parameters of schedules (types: `Stripe.SubscriptionScheduleCreateParams` and `…UpdateParams`). */

const invoiceSettings = group(
  optional({ days_until_due: integerFrom(1, 365), description: emptyable(text), footer: emptyable(text) }),
);

const shared = optional({
  automatic_tax: group({ enabled: flag }),
  billing_cycle_anchor: choice("automatic", "phase_start"),
  collection_method: choice("charge_automatically", "send_invoice"),
  default_payment_method: text,
  description: emptyable(text),
  invoice_settings: invoiceSettings,
});

const prorationBehavior = choice("always_invoice", "create_prorations", "none");

const phaseItem = group(
  optional({
    metadata,
    plan: text,
    price: text,
    price_data: priceDataParam,
    quantity: integerFrom(0),
    tax_rates: changedRatesParam,
  }),
);

const onceItem = group(
  optional({
    metadata,
    price: text,
    price_data: priceDataParam,
    quantity: integerFrom(0),
    tax_rates: changedRatesParam,
  }),
);

const phase = {
  items: listOf(phaseItem, 20),
  ...shared,
  ...optional({
    add_invoice_items: listOf(onceItem, 20),
    currency,
    default_tax_rates: changedRatesParam,
    discounts: emptyable(listOf(discountParam, 20)),
    duration: group({
      interval: choice("month", "year", "week", "day"),
      ...optional({ interval_count: integerFrom(1) }),
    }),
    metadata,
    proration_behavior: prorationBehavior,
    trial: flag,
  }),
};

const momentOrNow = z.union([choice("now"), timestamp]);

const common = optional({
  default_settings: group(shared),
  end_behavior: choice("cancel", "release"),
  metadata,
});

export const createParams = {
  ...common,
  ...optional({
    billing_mode: group({ type: choice("flexible") }),
    customer: text,
    from_subscription: text,
    phases: listOf(group({ ...phase, ...optional({ end_date: timestamp, trial_end: timestamp }) })),
    start_date: momentOrNow,
  }),
};

export const updateParams = {
  ...common,
  ...optional({
    phases: listOf(
      group({
        ...phase,
        ...optional({ end_date: momentOrNow, start_date: momentOrNow, trial_end: momentOrNow }),
      }),
    ),
    proration_behavior: prorationBehavior,
  }),
};

export type Created = z.output<ReturnType<typeof group<typeof createParams>>>;
export type Updated = z.output<ReturnType<typeof group<typeof updateParams>>>;
export type PhaseGiven = NonNullable<Updated["phases"]>[number];
export type SettingsGiven = NonNullable<Updated["default_settings"]>;
