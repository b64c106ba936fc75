import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { client, db } from "@/db";
import { listProducts } from "@/db/queries/products";
import { invoices, stripeEvents, stripeTransactions, subscriptions } from "@/db/schema";
import { applyCatalog } from "@/lib/billing/catalog";
import { createCheckoutSession } from "@/lib/billing/checkout";
import { isClean, reportDrift } from "@/lib/billing/reconcile/drift";
import { reconcile } from "@/lib/billing/reconcile/reconcile";
import { stripe } from "@/lib/billing/stripe";
import { someUser } from "./rows";

/** No webhook ever arrives here: all that the rows know, the sweeps have found. */

const own = await vi.hoisted(async () => (await import("./own-stack")).startOwnStack());
afterAll(async () => {
  await client.end();
  await own.stop();
});

const PACE = { until: Number.POSITIVE_INFINITY, delayScale: 0 };
const sweep = (sweeps: "due" | "all" = "all") => reconcile({ sweeps, delayScale: 0 });
const drift = () => reportDrift(PACE);

beforeAll(async () => {
  await applyCatalog();
  await own.control("drop");
});
beforeEach(() => own.stripe.rest());

async function buy(lookupKey: string, card = "pm_card_visa") {
  const product = (await listProducts()).find((one) => one.lookupKey === lookupKey);
  if (!product) throw new Error(`The catalog has no ${lookupKey}.`);
  const user = await someUser({ stripeCustomerId: null });
  const { id } = await createCheckoutSession(user, { productId: product.id });
  await stripe.rawRequest("POST", `/v1/payment_pages/${id}/confirm`, {
    payment_method: card,
    expected_amount: product.unitAmount,
  });
  const session = await stripe.checkout.sessions.retrieve(id);
  return { user, session };
}

describe("a sweep", () => {
  it("finds what no webhook brought", async () => {
    const bought = [await buy("aiaas_starter_monthly"), await buy("micro_feature_once")];
    await sweep("due");
    const report = await drift();
    expect(isClean(report)).toBe(true);
  });
});
