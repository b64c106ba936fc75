import { now } from "../../kit/clock";
import { invalid } from "../../kit/errors";
import { newId } from "../../kit/ids";
import { customers } from "../../objects/customer";
import { type Meter, meters, type Usage, type UsageError, usageErrors, usages } from "../../objects/meter";
import { inTimeOf } from "../../objects/test-clock";
import { DAY_SECONDS } from "../time/durations";

export interface Reported {
  readonly event_name: string;
  readonly payload: Readonly<Record<string, string>>;
  readonly identifier?: string | undefined;
  readonly timestamp?: number | undefined;
}

/** The event as it was taken, with what its sender had left out. */
export interface Taken extends Required<Reported> {
  readonly created: number;
}

const OLDEST_SECONDS = 35 * DAY_SECONDS;
const NEWEST_SECONDS = 300;
/** An identifier is used once, and an event can be canceled, so long after Stripe has received it (type). */
const RECENT_SECONDS = DAY_SECONDS;

/**
 * Takes usage. What is wrong with the event itself is refused at once (recorded); what is wrong with its payload is
 * found out later, and told by an error report
 * (https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage).
 */
export function reportUsage(reported: Reported): Taken {
  const meter = activeMeter(reported.event_name);
  const owner = customers.get(reported.payload[meter.customer_mapping.event_payload_key] ?? "");
  return inTimeOf(owner?.id ?? null, () => {
    const at = now();
    const { timestamp = at, identifier = newId("", 32) } = reported;
    refuseDistant(timestamp, at);
    if (recentUsage(identifier)) {
      throw invalid(`An event already exists with identifier ${identifier}.`);
    }
    const read = readPayload(meter, reported.payload);
    if ("code" in read) usageErrors.put({ id: newId(""), meter: meter.id, at, identifier, ...read });
    else {
      const id = newId("");
      usages.put({ id, meter: meter.id, identifier, timestamp, receivedAt: at, isCanceled: false, ...read });
    }
    return { ...reported, identifier, timestamp, created: at };
  });
}

/** Cancels one event. The words are inferred. */
export function cancelUsage(eventName: string, identifier: string): void {
  const meter = activeMeter(eventName);
  const usage = usages.where({ identifier }).find((one) => one.meter === meter.id);
  if (!usage) {
    throw invalid(`No event exists with identifier ${identifier}.`, { param: "cancel[identifier]" });
  }
  if (!inTimeOf(usage.customer, () => isRecent(usage))) {
    throw invalid("You can only cancel events within 24 hours of Stripe receiving them.", {
      param: "cancel[identifier]",
    });
  }
  usages.put({ ...usage, isCanceled: true });
}

function activeMeter(event_name: string): Meter {
  const [meter] = meters.where({ event_name, status: "active" });
  if (meter) return meter;
  // Recorded.
  throw invalid(`No active meter found for event name "${event_name}".`, { param: "event_name" });
}

/** The words for the past are recorded, for the future inferred. */
function refuseDistant(timestamp: number, at: number): void {
  const [oldest, newest] = [at - OLDEST_SECONDS, at + NEWEST_SECONDS];
  if (timestamp < oldest) {
    throw invalid(
      `The event timestamp cannot be more than 35 days in past. Expected a timestamp greater than or equal to ${oldest}.`,
      { param: "timestamp" },
    );
  }
  if (timestamp > newest) {
    throw invalid(
      `The event timestamp cannot be more than 5 minutes in the future. Expected a timestamp less than or equal to ${newest}.`,
      { param: "timestamp" },
    );
  }
}

const isRecent = ({ receivedAt }: Usage) => now() - receivedAt <= RECENT_SECONDS;

const recentUsage = (identifier: string) => usages.where({ identifier }).some(isRecent);

/** Counting needs no value. The message without a customer is recorded, the others are inferred. */
function readPayload(
  { customer_mapping, default_aggregation, value_settings }: Meter,
  payload: Reported["payload"],
): Pick<Usage, "customer" | "value"> | Pick<UsageError, "code" | "message"> {
  const customerKey = customer_mapping.event_payload_key;
  const customer = payload[customerKey];
  if (!customer) {
    const message = `Customer mapping key ${customerKey} not found in payload.`;
    return { code: "meter_event_no_customer_defined", message };
  }
  if (!customers.get(customer)) {
    return { code: "meter_event_customer_not_found", message: `No such customer: '${customer}'` };
  }
  const valueKey = value_settings.event_payload_key;
  const value = Number(payload[valueKey] ?? (default_aggregation.formula === "count" ? 1 : Number.NaN));
  if (Number.isSafeInteger(value)) return { customer, value };
  const message = `The value of ${valueKey} is no whole number: ${payload[valueKey] ?? "it is missing"}.`;
  return { code: "meter_event_invalid_value", message };
}
