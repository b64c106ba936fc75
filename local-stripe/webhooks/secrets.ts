import { wallTime } from "../kit/clock";
import { onDue, schedule } from "../kit/jobs";
import { endpointSecrets, newSecret } from "../objects/webhook-endpoint";

/** A new secret beside the old one, which signs as well until it expires. */
export function rollSecret(endpoint: string, expiresIn: number): string {
  const secret = newSecret();
  const [current] = endpointSecrets.must(endpoint).secrets;
  endpointSecrets.put({ id: endpoint, secrets: current ? [secret, current] : [secret] });
  schedule("webhook_endpoint.expire_secret", endpoint, wallTime() + expiresIn, null);
  return secret;
}

onDue("webhook_endpoint.expire_secret", (endpoint) => {
  const kept = endpointSecrets.get(endpoint);
  if (kept) endpointSecrets.put({ ...kept, secrets: kept.secrets.slice(0, 1) });
});
