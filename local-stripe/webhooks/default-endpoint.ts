import {
  buildWebhookEndpoint,
  endpointSecrets,
  newSecret,
  webhookEndpoints,
} from "../objects/webhook-endpoint";

const ID = "we_1LocalStripeDefaultEndpoint";

/**
 * The endpoint that the environment asks for. It keeps its id, so that a restart with another address or
 * secret changes it and adds none; a secret that was made up is kept as long as the state is.
 */
export function ensureDefaultEndpoint(url: string | undefined, given: string | undefined): string {
  const secret = given ?? endpointSecrets.get(ID)?.secrets[0] ?? newSecret();
  endpointSecrets.put({ id: ID, secrets: [secret] });
  if (!url) {
    webhookEndpoints.delete(ID);
    return secret;
  }
  const before = webhookEndpoints.get(ID);
  webhookEndpoints.put(
    before ? { ...before, url } : { ...buildWebhookEndpoint({ url, enabled_events: ["*"] }), id: ID },
  );
  return secret;
}
