import { z } from "zod";
import { cancelUsage, reportUsage, type Taken } from "../billing/usage/reports";
import { call, type Resource } from "../kit/api";
import { invalid, missing } from "../kit/errors";
import { choice, group, optional, text, textUpTo, timestamp } from "../kit/params";

const event = {
  event_name: textUpTo(100),
  payload: z.record(z.string(), text),
  ...optional({ identifier: textUpTo(100) }),
};

const cancellation = {
  event_name: textUpTo(100),
  type: choice("cancel"),
  ...optional({ cancel: group(optional({ identifier: textUpTo(100) })) }),
};

const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

/** The second API writes moments as text. */
function secondsOf(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw invalid(`Invalid timestamp: ${text}`, { param: "timestamp" });
  return Math.floor(at / 1000);
}

const eventOf = ({ event_name, identifier, payload }: Taken) => ({
  event_name,
  identifier,
  livemode: false,
  payload,
});

export const meterEventResource: Resource = {
  routes: {
    "POST /v1/billing/meter_events": call({ ...event, ...optional({ timestamp }) }, (given) => {
      const taken = reportUsage(given);
      const { created, timestamp } = taken;
      return { object: "billing.meter_event", created, timestamp, ...eventOf(taken) };
    }),

    "POST /v2/billing/meter_events": call({ ...event, ...optional({ timestamp: text }) }, (given) => {
      const at = given.timestamp === undefined ? undefined : secondsOf(given.timestamp);
      const taken = reportUsage({ ...given, timestamp: at });
      const moments = { created: iso(taken.created), timestamp: iso(taken.timestamp) };
      return { object: "v2.billing.meter_event", ...moments, ...eventOf(taken) };
    }),

    // Pending, as it is answered at first (https://docs.stripe.com/api/billing/meter-event-adjustment/create).
    "POST /v1/billing/meter_event_adjustments": call(cancellation, ({ event_name, type, cancel }) => {
      if (!cancel?.identifier) throw missing("cancel[identifier]");
      cancelUsage(event_name, cancel.identifier);
      return {
        object: "billing.meter_event_adjustment",
        cancel: { identifier: cancel.identifier },
        event_name,
        livemode: false,
        status: "pending",
        type,
      };
    }),
  },
};
