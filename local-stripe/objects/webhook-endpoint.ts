import type Stripe from "stripe";
import { now } from "../kit/clock";
import { newId } from "../kit/ids";
import { Table } from "../kit/store";
import type { Metadata, Wire } from "../kit/wire";

export type WebhookEndpoint = Wire<Stripe.WebhookEndpoint>;

export const webhookEndpoints = new Table<WebhookEndpoint>("webhook_endpoint", "we_");

/** Told once, at creation, and therefore kept apart from the object. A rolled endpoint signs with several. */
export const endpointSecrets = new Table<{ id: string; secrets: readonly string[] }>("endpoint_secret", "");

export const newSecret = () => newId("whsec_", 32);

interface Given {
  readonly url: string;
  readonly enabled_events: readonly string[];
  readonly api_version?: string | null;
  readonly description?: string | null;
  readonly metadata?: Metadata;
}

export function buildWebhookEndpoint(given: Given): WebhookEndpoint {
  return {
    id: newId("we_1"),
    object: "webhook_endpoint",
    api_version: null,
    application: null,
    created: now(),
    description: null,
    livemode: false,
    metadata: {},
    status: "enabled",
    ...given,
  };
}
