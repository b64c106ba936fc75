import { events, type StoredEvent } from "../kit/events";
import { newId } from "../kit/ids";
import { onReload, Table } from "../kit/store";
import { type WebhookEndpoint, webhookEndpoints } from "../objects/webhook-endpoint";
import { deliveryFaults, inOrder, isDropped, isHeld, matches } from "./delivery-faults";
import { type Attempt, send } from "./send";

/** One event on its way to one endpoint, with everything that was tried. */
export interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly endpoint: string;
  /** `pending_webhooks` as the payload says it: rendered once, however late it arrives. */
  readonly pending: number;
  readonly state: "waiting" | "held" | "dropped" | "delivered" | "failed";
  readonly attempts: readonly Attempt[];
  /** It is tried next at this time, in milliseconds. */
  readonly next_at: number | null;
}

export const deliveries = new Table<Delivery, "event" | "endpoint" | "state">("delivery", "", {
  event: (delivery) => delivery.event,
  endpoint: (delivery) => delivery.endpoint,
  state: (delivery) => delivery.state,
});

export const deliverySettings = {
  retryScale: 1,
  /** False while a history is played: nobody is told of what is long ago, as if there were no endpoint. */
  telling: true,
};

/** In a sandbox Stripe tries three times over a few hours (https://docs.stripe.com/webhooks); these pauses are ours. */
const RETRY_AFTER_MS = [5_000, 30_000, 120_000];
const MOST_AT_ONCE = 16;

interface Lane {
  readonly queue: string[];
  running: number;
}

const lanes = new Map<string, Lane>();

const wants = (endpoint: WebhookEndpoint, event: StoredEvent) =>
  endpoint.status === "enabled" &&
  (endpoint.enabled_events.includes("*") || endpoint.enabled_events.includes(event.type));

/** Begins to send what has happened to every endpoint that wants to hear of it. */
export function deliver(published: readonly StoredEvent[]): void {
  if (!deliverySettings.telling) return;
  for (const event of inOrder(published)) {
    const endpoints = webhookEndpoints.all().filter((endpoint) => wants(endpoint, event));
    if (endpoints.length > 0) events.update(event.id, { pending_webhooks: endpoints.length });
    for (const endpoint of endpoints) {
      for (let copy = 0; copy <= deliveryFaults.duplicates; copy++)
        beginDelivery(event, endpoint, endpoints.length);
    }
  }
}

function beginDelivery(event: StoredEvent, endpoint: WebhookEndpoint, pending: number): void {
  const state = isDropped(event) ? "dropped" : isHeld(event) ? "held" : "waiting";
  const delay = deliveryFaults.delays.get(event.type) ?? 0;
  const delivery = deliveries.put({
    id: newId("whd_"),
    event: event.id,
    endpoint: endpoint.id,
    pending,
    state,
    attempts: [],
    next_at: state === "waiting" ? Date.now() + delay : null,
  });
  if (state === "waiting") wait(delivery);
}

/** Sends an event once more, beside whatever attempts are still to come. */
export function resend(event: StoredEvent, endpointId?: string): void {
  for (const endpoint of webhookEndpoints.all()) {
    if (endpointId ? endpoint.id === endpointId : wants(endpoint, event)) beginDelivery(event, endpoint, 0);
  }
}

/** Lets go what was held, all of it or some, in the order now asked for. */
export function release(match: Parameters<typeof matches>[1]): number {
  deliveryFaults.holds =
    match.type === undefined && match.event === undefined
      ? []
      : deliveryFaults.holds.filter((hold) => hold.type !== match.type || hold.event !== match.event);
  const held = deliveries
    .where({ state: "held" })
    .filter((delivery) => matches(events.must(delivery.event), match));
  for (const delivery of inOrder(held)) {
    wait(deliveries.put({ ...delivery, state: "waiting", next_at: Date.now() }));
  }
  return held.length;
}

function wait(delivery: Delivery): void {
  const milliseconds = (delivery.next_at ?? 0) - Date.now();
  if (milliseconds <= 0) enqueue(delivery);
  else setTimeout(() => enqueue(delivery), milliseconds).unref();
}

function enqueue(delivery: Delivery): void {
  const lane = lanes.get(delivery.endpoint) ?? { queue: [], running: 0 };
  lanes.set(delivery.endpoint, lane);
  lane.queue.push(delivery.id);
  void pump(lane);
}

async function pump(lane: Lane): Promise<void> {
  // An order that is asked for only means something if one delivery waits for the other.
  const limit = deliveryFaults.order === "concurrent" ? MOST_AT_ONCE : 1;
  if (lane.running >= limit) return;
  const id = lane.queue.shift();
  if (id === undefined) return;
  lane.running++;
  try {
    await attemptDelivery(id);
  } finally {
    lane.running--;
    void pump(lane);
  }
}

async function attemptDelivery(id: string): Promise<void> {
  const delivery = deliveries.get(id);
  const endpoint = delivery && webhookEndpoints.get(delivery.endpoint);
  const event = delivery && events.get(delivery.event);
  if (!delivery || !event || endpoint?.status !== "enabled") return giveUp(id);
  const result = await send(
    { ...event, pending_webhooks: delivery.pending },
    endpoint,
    deliveryFaults.timeoutMs,
  );
  // In the meantime everything may have been reset.
  if (!deliveries.get(id)) return;
  const attempts = [...delivery.attempts, { ...result, number: delivery.attempts.length + 1 }];
  const succeeded = result.status !== null && result.status >= 200 && result.status < 300;
  const pause = RETRY_AFTER_MS[delivery.attempts.length];
  if (succeeded) {
    deliveries.put({ ...delivery, attempts, state: "delivered", next_at: null });
    const { pending_webhooks } = events.must(event.id);
    events.update(event.id, { pending_webhooks: Math.max(0, pending_webhooks - 1) });
  } else if (pause === undefined) {
    deliveries.put({ ...delivery, attempts, state: "failed", next_at: null });
  } else {
    const next_at = Date.now() + pause * deliverySettings.retryScale;
    wait(deliveries.put({ ...delivery, attempts, next_at }));
  }
}

function giveUp(id: string): void {
  if (deliveries.get(id)) deliveries.update(id, { state: "failed", next_at: null });
}

/** After a restart, what had not arrived is tried again when its time comes. */
onReload(() => {
  lanes.clear();
  for (const delivery of deliveries.where({ state: "waiting" })) wait(delivery);
});
