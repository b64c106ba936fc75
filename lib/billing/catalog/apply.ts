import { isDeepStrictEqual } from "node:util";
import type Stripe from "stripe";
import { stripe } from "../stripe";
import { syncObject } from "../sync/sync-object";
import { type Plan, type PlanPrice, readCatalogFile } from "./catalog-file";

/** Plans as data: catalog.json is pushed into Stripe, and Stripe's products and prices are mirrored into rows. */

/**
 * Makes Stripe and the rows say what catalog.json says. A second run changes nothing: products are found by
 * `metadata.plan`, prices by lookup key. An amount cannot be edited in Stripe, so a new one is a new price that
 * takes over the lookup key; the old one is archived and its subscribers keep it.
 * @returns one line per change.
 */
export async function applyCatalog(): Promise<string[]> {
  const { plans } = await readCatalogFile();
  const changes: string[] = [];
  const existing = await listOurProducts();
  for (const [position, plan] of plans.entries()) {
    const product = await applyProduct(plan, position, existing.get(plan.plan), changes);
    await applyPrices(plan, product, changes);
  }
  for (const [key, product] of existing) {
    if (plans.some(({ plan }) => plan === key) || !product.active) continue;
    await stripe.products.update(product.id, { active: false });
    changes.push(`archived the product ${product.name}`);
  }
  for (const { id } of (await listOurProducts()).values()) await syncObject("product", id);
  return changes;
}

/** By plan. Listed rather than searched, because Stripe's search runs a minute behind. */
async function listOurProducts() {
  const ours = new Map<string, Stripe.Product>();
  for await (const product of stripe.products.list({ limit: 100 })) {
    if (product.metadata.plan) ours.set(product.metadata.plan, product);
  }
  return ours;
}

async function applyProduct(
  plan: Plan,
  position: number,
  found: Stripe.Product | undefined,
  changes: string[],
) {
  const wanted = {
    name: plan.name,
    description: plan.description,
    marketing_features: plan.features.map((name) => ({ name })),
    metadata: { plan: plan.plan, family: plan.family ?? "", position: String(position) },
    active: true,
  } satisfies Stripe.ProductCreateParams;
  if (!found) {
    changes.push(`created the product ${plan.name}`);
    return stripe.products.create(wanted);
  }
  const same =
    found.active &&
    found.name === wanted.name &&
    found.description === wanted.description &&
    isDeepStrictEqual(
      found.marketing_features.map(({ name }) => name),
      plan.features,
    ) &&
    (found.metadata.family ?? "") === wanted.metadata.family &&
    found.metadata.position === wanted.metadata.position;
  if (same) return found;
  changes.push(`updated the product ${plan.name}`);
  // The SDK leaves an empty list out of a request, and Stripe would keep the old one.
  const marketing_features = wanted.marketing_features.length ? wanted.marketing_features : ("" as const);
  return stripe.products.update(found.id, { ...wanted, marketing_features });
}

async function applyPrices(plan: Plan, product: Stripe.Product, changes: string[]) {
  const existing = await stripe.prices.list({ product: product.id, active: true, limit: 100 });
  const kept = new Set<string>();
  for (const price of plan.prices) {
    const found = existing.data.find((candidate) => isSamePrice(candidate, price));
    if (found) {
      kept.add(found.id);
      continue;
    }
    await stripe.prices.create({
      product: product.id,
      unit_amount: price.unit_amount,
      currency: price.currency,
      lookup_key: price.lookup_key,
      transfer_lookup_key: true,
      ...(price.interval && { recurring: { interval: price.interval } }),
    });
    changes.push(`created the price ${price.lookup_key}`);
  }
  for (const { id } of existing.data) {
    if (kept.has(id)) continue;
    await stripe.prices.update(id, { active: false });
    changes.push(`archived the price ${id} of ${plan.name}`);
  }
}

const isSamePrice = (found: Stripe.Price, wanted: PlanPrice) =>
  found.lookup_key === wanted.lookup_key &&
  found.unit_amount === wanted.unit_amount &&
  found.currency === wanted.currency &&
  (found.recurring?.interval ?? null) === wanted.interval;
