import type { StoredEvent } from "../kit/events";
import { endpointSecrets, type WebhookEndpoint } from "../objects/webhook-endpoint";
import { renderEvent } from "../versions/index";
import { deliveryFaults } from "./delivery-faults";
import { sign } from "./signature";

export interface Attempt {
  readonly number: number;
  /** Milliseconds since the epoch, by the machine's clock. */
  readonly at: number;
  readonly ms: number;
  /** Null when there was no answer; then `body` says why. */
  readonly status: number | null;
  readonly body: string;
}

const EXCERPT_CHARACTERS = 500;
const STALE_SECONDS = 600;

/**
 * Makes one signed POST. No redirect is followed: anything but a 2xx is a failure (https://docs.stripe.com/webhooks).
 */
export async function send(
  event: StoredEvent,
  endpoint: WebhookEndpoint,
  timeoutMs: number,
): Promise<Omit<Attempt, "number">> {
  const body = JSON.stringify(renderEvent(event, endpoint.api_version ?? event.api_version), null, 2);
  const at = Date.now();
  // Receivers compare this with their own clock, so neither test clocks nor ours may move it.
  let timestamp = Math.floor(at / 1000);
  if (deliveryFaults.stale > 0) {
    deliveryFaults.stale--;
    timestamp -= STALE_SECONDS;
  }
  const signature = sign(body, endpointSecrets.must(endpoint.id).secrets, timestamp);
  let sent = body;
  if (deliveryFaults.tampered > 0) {
    deliveryFaults.tampered--;
    sent = body.replace('"livemode": false', '"livemode":  false');
  }
  try {
    const response = await fetch(endpoint.url, {
      method: "POST",
      body: sent,
      headers: {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        "Stripe-Signature": signature,
      },
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    return { at, ms: Date.now() - at, status: response.status, body: text.slice(0, EXCERPT_CHARACTERS) };
  } catch (error) {
    return { at, ms: Date.now() - at, status: null, body: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
