import type Stripe from "stripe";
import { newId } from "../kit/ids";
import { inlineList } from "../kit/list";
import { Table } from "../kit/store";
import type { Wire } from "../kit/wire";

export type Feature = Wire<Stripe.Entitlements.Feature>;

export const features = new Table<Feature, "lookup_key">("entitlements.feature", "feat_", {
  lookup_key: (feature) => feature.lookup_key,
});

export function buildFeature(given: Pick<Feature, "lookup_key" | "metadata" | "name">): Feature {
  return {
    id: newId("feat_test_61", 30),
    object: "entitlements.feature",
    active: true,
    livemode: false,
    ...given,
  };
}

/** A product has the feature. Its object shows the feature as it is now, and not the product. */
interface Attachment {
  readonly id: string;
  readonly product: string;
  readonly feature: string;
}

export const attachments = new Table<Attachment, "product">("product_feature", "prodft_", {
  product: (attachment) => attachment.product,
});

export const productFeature = ({ id, feature }: Attachment): Wire<Stripe.ProductFeature> => ({
  id,
  object: "product_feature",
  entitlement_feature: features.must(feature),
  livemode: false,
});

export type ActiveEntitlement = Wire<Stripe.Entitlements.ActiveEntitlement>;

export const activeEntitlements = new Table<ActiveEntitlement>("entitlements.active_entitlement", "ent_");

/** The customer, whom the entitlement itself does not name. */
interface Holder {
  readonly id: string;
  readonly customer: string;
}

export const holders = new Table<Holder, "customer">("entitlement_holder", "", {
  customer: (holder) => holder.customer,
});

export const entitlementsOf = (customer: string): ActiveEntitlement[] =>
  holders.where({ customer }).map(({ id }) => activeEntitlements.must(id));

export function entitle(customer: string, feature: Feature): void {
  const id = newId("ent_test_61", 30);
  activeEntitlements.put({
    id,
    object: "entitlements.active_entitlement",
    feature: feature.id,
    livemode: false,
    lookup_key: feature.lookup_key,
  });
  holders.put({ id, customer });
}

export function disentitle({ id }: ActiveEntitlement): void {
  activeEntitlements.delete(id);
  holders.delete(id);
}

/** Only events have it. */
export const entitlementSummary = (customer: string): Wire<Stripe.Entitlements.ActiveEntitlementSummary> => ({
  object: "entitlements.active_entitlement_summary",
  customer,
  entitlements: inlineList(`/v1/customer/${customer}/entitlements`, entitlementsOf(customer)),
  livemode: false,
});
