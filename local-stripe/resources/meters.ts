import { DAY_SECONDS, HOUR_SECONDS } from "../billing/time/durations";
import { usageBetween } from "../billing/usage/aggregation";
import { call, list, type Resource } from "../kit/api";
import { now } from "../kit/clock";
import { alreadyExists, invalid } from "../kit/errors";
import { emit } from "../kit/events";
import { find } from "../kit/lookup";
import { choice, group, optional, text, textUpTo, timestamp } from "../kit/params";
import { customers } from "../objects/customer";
import { buildMeter, type Meter, meters } from "../objects/meter";

const payloadKey = textUpTo(100);

/** Only one active meter counts the events of a name (recorded; the words: inferred). */
function refuseSecond(event_name: string): void {
  const [other] = meters.where({ event_name, status: "active" });
  if (!other) return;
  throw alreadyExists(
    `An active meter (\`${other.id}\`) already uses the event name ${event_name}.`,
    "event_name",
  );
}

function change(before: Meter, changes: Partial<Meter>): Meter {
  return meters.put({ ...before, ...changes, updated: now() });
}

const WINDOWS = { day: DAY_SECONDS, hour: HOUR_SECONDS } as const;

interface Span {
  readonly start_time: number;
  readonly end_time: number;
  readonly value_grouping_window?: keyof typeof WINDOWS;
}

/** Type: `Stripe.Billing.MeterListEventSummariesParams`; the words are inferred. */
function refuseCrooked({ start_time, end_time, value_grouping_window: window }: Span): void {
  const step = window ? WINDOWS[window] : 60;
  for (const [param, at] of [
    ["start_time", start_time],
    ["end_time", end_time],
  ] as const) {
    if (at % step === 0) continue;
    throw invalid(`\`${param}\` must be aligned with ${window ?? "minute"} boundaries.`, { param });
  }
  if (end_time <= start_time) {
    throw invalid("`end_time` must be after `start_time`.", { param: "end_time" });
  }
}

/** The whole span, or each hour or day in which there was usage (inferred). */
function summaries(meter: Meter, customer: string, span: Span) {
  const { start_time, end_time, value_grouping_window: window } = span;
  refuseCrooked(span);
  const step = window ? WINDOWS[window] : end_time - start_time;
  const starts = Array.from({ length: (end_time - start_time) / step }, (_, at) => start_time + at * step);
  const all = starts.map((start) => ({
    id: `mtrusg_test_${[meter.id, customer, start, start + step].join("").replace(/[a-z]+_(test_)?/g, "")}`,
    object: "billing.meter_event_summary" as const,
    aggregated_value: usageBetween(meter.id, customer, start, start + step),
    end_time: start + step,
    livemode: false,
    meter: meter.id,
    start_time: start,
  }));
  return window ? all.filter(({ aggregated_value }) => aggregated_value !== 0) : all;
}

export const meterResource: Resource = {
  routes: {
    "POST /v1/billing/meters": call(
      {
        default_aggregation: group({ formula: choice("count", "last", "sum") }),
        display_name: textUpTo(250),
        event_name: textUpTo(100),
        ...optional({
          customer_mapping: group({ event_payload_key: payloadKey, type: choice("by_id") }),
          event_time_window: choice("day", "hour"),
          value_settings: group({ event_payload_key: payloadKey }),
        }),
      },
      (given) => {
        refuseSecond(given.event_name);
        const meter = meters.put(buildMeter(given));
        emit("billing.meter.created", meter);
        return meter;
      },
    ),

    "GET /v1/billing/meters": list(optional({ status: choice("active", "inactive") }), (query) =>
      meters.where(query),
    ),

    "GET /v1/billing/meters/:id": call({}, (_, { id }) => find(meters, id)),

    "POST /v1/billing/meters/:id": call(optional({ display_name: textUpTo(250) }), (given, { id }) => {
      const before = find(meters, id);
      const meter = change(before, given);
      emit("billing.meter.updated", meter, before);
      return meter;
    }),

    "POST /v1/billing/meters/:id/deactivate": call({}, (_, { id }) => {
      const before = find(meters, id);
      if (before.status === "inactive") return before;
      const meter = change(before, { status: "inactive", status_transitions: { deactivated_at: now() } });
      emit("billing.meter.deactivated", meter);
      return meter;
    }),

    "POST /v1/billing/meters/:id/reactivate": call({}, (_, { id }) => {
      const before = find(meters, id);
      if (before.status === "active") return before;
      refuseSecond(before.event_name);
      const meter = change(before, { status: "active", status_transitions: { deactivated_at: null } });
      emit("billing.meter.reactivated", meter);
      return meter;
    }),

    "GET /v1/billing/meters/:id/event_summaries": list(
      {
        customer: text,
        end_time: timestamp,
        start_time: timestamp,
        ...optional({ value_grouping_window: choice("day", "hour") }),
      },
      ({ customer, ...span }, { id }) =>
        summaries(find(meters, id), find(customers, customer, "customer").id, span),
    ),
  },
};
