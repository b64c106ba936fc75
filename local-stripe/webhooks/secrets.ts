import { wallTime } from "../kit/clock";
import { schedule } from "../kit/jobs";
import { endpointSecrets, newSecret } from "../objects/webhook-endpoint";

/** Makes a new secret beside the old one, which signs as well until it expires (https://docs.stripe.com/webhooks). */
export function rollSecret(endpoint: string, expiresIn: number): string {
  const secret = newSecret();
  const [current] = endpointSecrets.must(endpoint).secrets;
  endpointSecrets.put({ id: endpoint, secrets: current ? [secret, current] : [secret] });
  schedule("webhook_endpoint.expire_secret", endpoint, wallTime() + expiresIn, null);
  return secret;
}

export function expireSecret(endpoint: string): void {
  const kept = endpointSecrets.get(endpoint);
  if (kept) endpointSecrets.put({ ...kept, secrets: kept.secrets.slice(0, 1) });
}
