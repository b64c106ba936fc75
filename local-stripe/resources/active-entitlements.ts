import { call, list, type Resource } from "../kit/api";
import { find, idOf } from "../kit/lookup";
import { customers } from "../objects/customer";
import { activeEntitlements, entitlementsOf } from "../objects/entitlement";

export const activeEntitlementResource: Resource = {
  routes: {
    "GET /v1/entitlements/active_entitlements": list({ customer: idOf(customers) }, ({ customer }) =>
      entitlementsOf(customer),
    ),

    "GET /v1/entitlements/active_entitlements/:id": call({}, (_, { id }) => find(activeEntitlements, id)),
  },
};
