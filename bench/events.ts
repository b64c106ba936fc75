import type Stripe from "stripe";
import { customerNumber, type Events, eventOf, partsOf, signatureOf, TOKENS } from "./load/requests";

/** Events as Stripe sends them, about a thousand customers who exist only in the database. */

export const CUSTOMERS = 1_000;

/** One of the real events of a customer at Local Stripe, with tokens where those of others differ. */
export type Template = string;

interface Subscribed {
  customer: string;
  subscription: string;
  item: string;
}

/** Pretty-printed, as Stripe's are. */
export function toTemplate(event: Stripe.Event, { customer, subscription, item }: Subscribed): Template {
  const object = { ...event.data.object } as Record<string, unknown>;
  const isSubscription = object.object === "subscription";
  if (isSubscription) object.cancel_at_period_end = "__FLAG__";
  const text = JSON.stringify(
    { ...event, id: `evt_bench${TOKENS.unique}`, created: "__CREATED__", data: { ...event.data, object } },
    null,
    2,
  )
    .replaceAll(customer, `cus_bench${TOKENS.customer}`)
    .replaceAll(subscription, `sub_bench${TOKENS.customer}`)
    .replaceAll(item, `si_bench${TOKENS.customer}`);
  return isSubscription ? text : text.replaceAll(String(object.id), `in_bench${TOKENS.unique}`);
}

/** The clock of the events: each is newer than all before, whichever cell it is in. */
export class EventClock {
  #now = 1_800_000_000;

  /** @returns a second after which the next so many events may be created */
  take(count: number): number {
    this.#now += count;
    return this.#now - count;
  }
}

/** More than any server answers in a cell. */
const MOST_OF_A_CELL = 100_000;

export const eventsFor =
  (path: string, template: Template, secret: string, clock: EventClock) => (): Events => ({
    kind: "events",
    path,
    template,
    secret,
    customers: CUSTOMERS,
    createdAfter: clock.take(MOST_OF_A_CELL),
  });

/** One event about each of the customers, so that all of them have their rows. */
export async function introduce(origin: string, template: Template, secret: string, clock: EventClock) {
  const parts = partsOf(template);
  const createdAfter = clock.take(CUSTOMERS);
  for (let index = 0; index < CUSTOMERS; index++)
    await post(origin, eventOf(parts, index, index, createdAfter), secret);
}

export async function post(origin: string, body: string, secret: string) {
  const response = await fetch(`${origin}/api/v1/stripe-webhook`, {
    method: "POST",
    body,
    headers: { "Content-Type": "application/json", "Stripe-Signature": signatureOf(body, secret) },
  });
  if (!response.ok) throw new Error(`An event was answered ${response.status}: ${await response.text()}`);
}

export const customerIds = Array.from(
  { length: CUSTOMERS },
  (_, index) => `cus_bench${customerNumber(index)}`,
);
