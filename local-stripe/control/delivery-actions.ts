import { events, publish } from "../kit/events";
import { newId } from "../kit/ids";
import { webhookEndpoints } from "../objects/webhook-endpoint";
import { release, resend } from "../webhooks/delivery";
import { deliveryFaults, PATIENCE_MS } from "../webhooks/delivery-faults";
import { rollSecret } from "../webhooks/secrets";
import { count, type Input, Mistake, oneOf } from "./input";

function eventOf(input: Input) {
  const event = events.get(input("event") ?? "");
  if (!event) throw new Mistake(`No such event: ${input("event")}`);
  return event;
}

const matchOf = (input: Input) => ({ type: input("type"), event: input("event") });

type Matches = typeof deliveryFaults.drops;

const without = (matches: Matches, { type, event }: Matches[number]): Matches =>
  matches.filter((one) => one.type !== type || one.event !== event);
const including = (matches: Matches, one: Matches[number]): Matches => [...without(matches, one), one];

/** Everything that can go otherwise than expected between an event and its endpoint. */
export const deliveryActions: Readonly<Record<string, (input: Input) => unknown>> = {
  hold: (input) => {
    deliveryFaults.holds = including(deliveryFaults.holds, matchOf(input));
  },
  release: (input) => ({ released: release(matchOf(input)) }),
  drop: (input) => {
    deliveryFaults.drops = including(deliveryFaults.drops, matchOf(input));
  },
  undrop: (input) => {
    deliveryFaults.drops = without(deliveryFaults.drops, matchOf(input));
  },
  delay: (input) => {
    const [type, ms] = [input("type"), count(input, "ms")];
    if (!type) throw new Mistake("`type` must be given.");
    if (ms > 0) deliveryFaults.delays.set(type, ms);
    else deliveryFaults.delays.delete(type);
  },
  timeout: (input) => {
    deliveryFaults.timeoutMs = count(input, "ms") || PATIENCE_MS;
  },
  duplicate: (input) => {
    deliveryFaults.duplicates = count(input, "times");
  },
  order: (input) => {
    deliveryFaults.order = oneOf(input, "mode", ["concurrent", "fifo", "reverse", "shuffle"]);
    deliveryFaults.seed = count(input, "seed", 1);
  },
  tamper: (input) => {
    deliveryFaults.tampered = count(input, "times", 1);
  },
  stale_timestamp: (input) => {
    deliveryFaults.stale = count(input, "times", 1);
  },
  resend: (input) => {
    const event = eventOf(input);
    for (let sent = 0; sent < count(input, "times", 1); sent++) resend(event, input("endpoint"));
  },
  twin: (input) => {
    const twin = events.put({ ...eventOf(input), id: newId("evt_1", 23) });
    publish([twin]);
    return twin;
  },
  roll_secret: (input) => {
    const endpoint = webhookEndpoints.get(input("endpoint") ?? "");
    if (!endpoint) throw new Mistake(`No such webhook endpoint: ${input("endpoint")}`);
    return { secret: rollSecret(endpoint.id, count(input, "expires_in", 24 * 3600)) };
  },
};
