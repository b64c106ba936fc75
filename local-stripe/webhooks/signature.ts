import { createHmac } from "node:crypto";

/**
 * Signs with one `v1` per secret, so that a rolled secret and its predecessor are both served
 * (https://docs.stripe.com/webhooks).
 */
export function sign(body: string, secrets: readonly string[], timestamp: number): string {
  const digest = (secret: string) =>
    createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
  const signatures = secrets.map((secret) => `v1=${digest(secret)}`);
  // Stripe adds a v0 to test events, which is not valid; a receiver must not accept it
  // (https://docs.stripe.com/webhooks).
  return [`t=${timestamp}`, ...signatures, `v0=${digest("v0")}`].join(",");
}
