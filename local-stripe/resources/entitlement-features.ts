import { call, list, type Resource } from "../kit/api";
import { alreadyExists, invalid } from "../kit/errors";
import { find } from "../kit/lookup";
import { flag, mergeMetadata, metadata, optional, text, textUpTo } from "../kit/params";
import { buildFeature, features } from "../objects/entitlement";

export const entitlementFeatureResource: Resource = {
  routes: {
    "POST /v1/entitlements/features": call(
      { lookup_key: textUpTo(80), name: textUpTo(80), ...optional({ metadata }) },
      ({ metadata, ...given }) => {
        // Inferred: the words. The key of an archived one is free again.
        if (features.where({ lookup_key: given.lookup_key }).some(({ active }) => active)) {
          throw alreadyExists(`A feature already uses the lookup key \`${given.lookup_key}\`.`, "lookup_key");
        }
        return features.put(buildFeature({ ...given, metadata: mergeMetadata({}, metadata) }));
      },
    ),

    "GET /v1/entitlements/features": list(
      optional({ archived: flag, lookup_key: text }),
      ({ archived, lookup_key }) =>
        features.where({ lookup_key }).filter(({ active }) => archived === undefined || active !== archived),
    ),

    "GET /v1/entitlements/features/:id": call({}, (_, { id }) => find(features, id)),

    "POST /v1/entitlements/features/:id": call(
      optional({ active: flag, metadata, name: textUpTo(80) }),
      ({ metadata, ...given }, { id }) => {
        const feature = find(features, id);
        // "You will not be able to edit or unarchive": Stripe's dashboard. Inferred: the words.
        if (!feature.active) throw invalid("An archived feature cannot be changed.");
        return features.put({
          ...feature,
          ...given,
          metadata: mergeMetadata(feature.metadata, metadata),
        });
      },
    ),
  },
};
