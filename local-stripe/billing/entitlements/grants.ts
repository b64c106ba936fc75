import type { Consequence, EventType } from "../../kit/events";
import { Table } from "../../kit/store";
import {
  attachments,
  disentitle,
  entitle,
  entitlementSummary,
  entitlementsOf,
  features,
} from "../../objects/entitlement";
import { type Subscription, subscriptions } from "../../objects/subscription";

/** The features that a subscription gave its customer when it was last looked at. */
interface Grant {
  readonly id: string;
  /** The products and periods that they came of. */
  readonly basis: string;
  readonly features: readonly string[];
}

const grants = new Table<Grant>("entitlement_grant", "");

/**
 * A customer keeps what a subscription gives for as long as it goes on (https://docs.stripe.com/billing/entitlements), and
 * keeps it while it is paused (Stripe's staff, quoted in https://stackoverflow.com/a/79385906). Nothing is given
 * before the first payment; nor, inferred, is anything left once nobody tries to collect any more.
 */
const GIVES: readonly string[] = ["trialing", "active", "past_due", "paused"];

/** Follows the subscriptions of a customer, as what Stripe tells about entitlements follows what it tells of them. */
export function followSubscription(type: EventType, object: object): readonly Consequence[] {
  if (!type.startsWith("customer.subscription.")) return [];
  const { customer } = object as Subscription;
  const before = entitlementSummary(customer);
  const wanted = new Set(subscriptions.where({ customer }).flatMap(featuresGivenBy));
  const held = entitlementsOf(customer);
  for (const entitlement of held) if (!wanted.has(entitlement.feature)) disentitle(entitlement);
  for (const { feature } of held) wanted.delete(feature);
  for (const feature of wanted) entitle(customer, features.must(feature));
  const after = entitlementSummary(customer);
  return [{ type: "entitlements.active_entitlement_summary.updated", object: after, before }];
}

/**
 * A feature that a product is given or loses reaches a customer with the next billing period, or when the subscription's
 * products change ("Entitlements are updated at subscription creation or on a new billing cycle": Stripe's dashboard, quoted in
 * https://sgtpepperoni.substack.com/p/working-around-a-stripe-entitlements, which found that another price does it too).
 */
function featuresGivenBy({ id, items, status }: Subscription): readonly string[] {
  if (!GIVES.includes(status)) {
    grants.delete(id);
    return [];
  }
  const basis = items.data.map(({ price, current_period_start: start }) => `${price.id} ${start}`).join();
  const grant = grants.get(id);
  if (grant?.basis === basis) return grant.features;
  const products = new Set(items.data.map(({ price }) => price.product));
  const given = [...products].flatMap((product) => attachments.where({ product }));
  return grants.put({ id, basis, features: given.map(({ feature }) => feature) }).features;
}
