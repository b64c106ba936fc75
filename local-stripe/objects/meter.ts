import type Stripe from "stripe";
import { now } from "../kit/clock";
import { newId } from "../kit/ids";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";

export type Meter = Wire<Stripe.Billing.Meter>;

export const meters = new Table<Meter, "event_name" | "status">("billing.meter", "mtr_", {
  event_name: (meter) => meter.event_name,
  status: (meter) => meter.status,
});

type Given = Partial<Meter> & Pick<Meter, "default_aggregation" | "display_name" | "event_name">;

export function buildMeter(given: Given): Meter {
  const created = now();
  return {
    id: newId("mtr_test_61", 30),
    object: "billing.meter",
    created,
    customer_mapping: { event_payload_key: "stripe_customer_id", type: "by_id" },
    event_time_window: null,
    livemode: false,
    status: "active",
    status_transitions: { deactivated_at: null },
    updated: created,
    value_settings: { event_payload_key: "value" },
    ...given,
  };
}

/** Usage that somebody reported. Its object has no id, and nobody can read it again. */
export interface Usage {
  readonly id: string;
  readonly meter: string;
  readonly customer: string;
  readonly identifier: string;
  readonly timestamp: number;
  readonly receivedAt: number;
  readonly value: number;
  readonly isCanceled: boolean;
}

export const usages = new Table<Usage, "identifier" | "meter" | "meterAndCustomer">("meter_usage", "", {
  identifier: (usage) => usage.identifier,
  meter: (usage) => usage.meter,
  meterAndCustomer: (usage) => usageKey(usage.meter, usage.customer),
});

export const usageKey = (meter: string, customer: string): string => `${meter} ${customer}`;

/** Usage that was taken and could not be counted. Stripe tells of it by an event of its second API. */
export interface UsageError {
  readonly id: string;
  readonly meter: string;
  readonly at: number;
  readonly code:
    | "meter_event_customer_not_found"
    | "meter_event_invalid_value"
    | "meter_event_no_customer_defined";
  readonly message: string;
  readonly identifier: string;
}

export const usageErrors = new Table<UsageError, "meter">("meter_usage_error", "", {
  meter: (error) => error.meter,
});
