import { call, list, type Resource } from "../kit/api";
import { invalid } from "../kit/errors";
import { find } from "../kit/lookup";
import {
  emptyable,
  flag,
  listOf,
  mergeMetadata,
  metadata,
  optional,
  release,
  text,
  url,
} from "../kit/params";
import { tombstones } from "../kit/store";
import {
  buildWebhookEndpoint,
  endpointSecrets,
  newSecret,
  webhookEndpoints,
} from "../objects/webhook-endpoint";

/** An account has at most sixteen endpoints (https://docs.stripe.com/webhooks). */
const MOST_ENDPOINTS = 16;

export const webhookEndpointResource: Resource = {
  routes: {
    "POST /v1/webhook_endpoints": call(
      {
        url,
        enabled_events: listOf(text),
        ...optional({ api_version: release, connect: flag, description: emptyable(text), metadata }),
      },
      ({ connect, ...given }) => {
        if (connect) {
          throw invalid(
            "Local Stripe has one account and no Connect: create the endpoint without `connect`.",
            {
              param: "connect",
            },
          );
        }
        if (webhookEndpoints.size >= MOST_ENDPOINTS) {
          throw invalid(`You have reached the maximum of ${MOST_ENDPOINTS} test webhook endpoints.`);
        }
        const endpoint = webhookEndpoints.put(
          buildWebhookEndpoint({ ...given, metadata: mergeMetadata({}, given.metadata) }),
        );
        const secret = newSecret();
        endpointSecrets.put({ id: endpoint.id, secrets: [secret] });
        return { ...endpoint, secret };
      },
    ),

    "GET /v1/webhook_endpoints": list({}, () => webhookEndpoints.all()),

    "GET /v1/webhook_endpoints/:id": call({}, (_, { id }) => find(webhookEndpoints, id)),

    "POST /v1/webhook_endpoints/:id": call(
      optional({
        description: emptyable(text),
        disabled: flag,
        enabled_events: listOf(text),
        metadata,
        url,
      }),
      ({ disabled, ...given }, { id }) => {
        const endpoint = find(webhookEndpoints, id);
        return webhookEndpoints.put({
          ...endpoint,
          ...given,
          metadata: mergeMetadata(endpoint.metadata, given.metadata),
          status: disabled === undefined ? endpoint.status : disabled ? "disabled" : "enabled",
        });
      },
    ),

    "DELETE /v1/webhook_endpoints/:id": call({}, (_, { id }) => {
      webhookEndpoints.delete(find(webhookEndpoints, id).id);
      endpointSecrets.delete(id);
      return tombstones.put({ id, object: "webhook_endpoint", deleted: true });
    }),
  },
};
