import { events, type StoredEvent } from "../../kit/events";
import { onReload } from "../../kit/store";
import { deliveries } from "../../webhooks/delivery";

type Plain = Readonly<Record<string, unknown>>;

/** An event's object may be about these, besides itself. */
const REFERENCES = [
  "id",
  "customer",
  "subscription",
  "invoice",
  "payment_intent",
  "charge",
  "schedule",
  "test_clock",
];

const byObject = new Map<string, string[]>();
const sent = new Set<string>();
const read = { events: 0, deliveries: 0 };

onReload(() => {
  byObject.clear();
  sent.clear();
  Object.assign(read, { events: 0, deliveries: 0 });
});

// Events and deliveries are only ever added, so what is new is entered when somebody looks: the API, which never
// asks, does not pay for it.

/** The events about an object, oldest first. */
export function eventsOf(id: string): StoredEvent[] {
  if (read.events < events.size) {
    for (const event of events.all().slice(read.events)) enter(event);
    read.events = events.size;
  }
  return (byObject.get(id) ?? []).map((event) => events.must(event));
}

/** Those events that have a delivery, whatever became of it. */
export function sentEvents(): ReadonlySet<string> {
  if (read.deliveries < deliveries.size) {
    for (const { event } of deliveries.all().slice(read.deliveries)) sent.add(event);
    read.deliveries = deliveries.size;
  }
  return sent;
}

function enter({ id, data }: StoredEvent): void {
  const object = data.object as unknown as Plain;
  const parent = object.parent as { subscription_details?: { subscription?: string } } | null | undefined;
  const about = new Set(REFERENCES.map((key) => object[key]));
  about.add(parent?.subscription_details?.subscription);
  for (const one of about) {
    if (typeof one !== "string") continue;
    const known = byObject.get(one);
    if (known) known.push(id);
    else byObject.set(one, [id]);
  }
}
