import { createHmac } from "node:crypto";

/** One `v1` per secret, so that a rolled secret and its predecessor are both served. */
export function sign(body: string, secrets: readonly string[], timestamp: number): string {
  const digest = (secret: string) =>
    createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
  const signatures = secrets.map((secret) => `v1=${digest(secret)}`);
  // Stripe adds a deliberately wrong v0; a receiver must not accept it.
  return [`t=${timestamp}`, ...signatures, `v0=${digest("v0")}`].join(",");
}
