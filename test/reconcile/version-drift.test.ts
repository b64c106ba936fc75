import { eq } from "drizzle-orm";
import type Stripe from "stripe";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { client, db } from "@/db";
import { listSpans } from "@/db/queries/subscription-spans";
import { subscriptionVersions } from "@/db/schema";
import { applyCatalog } from "@/lib/billing/catalog/apply";
import { reportDrift } from "@/lib/billing/reconcile/drift";
import { reconcile } from "@/lib/billing/reconcile/reconcile";
import { toldPurchaseAt } from "../support/purchase";

/** The newest version of a subscription is held against Stripe; what no event told of is there after a sweep. */

const own = await vi.hoisted(async () => (await import("../support/own-stack")).startOwnStack());
afterAll(async () => {
  await client.end();
  await own.stop();
});

const sweep = () => reconcile({ sweeps: "all", delayScale: 0 });
const drift = async () => (await reportDrift({ until: Number.POSITIVE_INFINITY, delayScale: 0 })).drift;

let id: string;
beforeAll(async () => {
  await applyCatalog();
  id = (await toldPurchaseAt(own.stripe)("aiaas_starter_monthly")).subscription;
  await sweep();
});
const name = () => `${id} in its history`;

it("has every version of a purchase, from its events alone", async () => {
  const spans = await listSpans(id);
  expect(spans.at(-1)).toMatchObject({ status: "active", mrrMicro: 1_900_000_000n, validTo: null });
  expect(spans.every(({ stripeEventId }) => stripeEventId?.startsWith("evt_"))).toBe(true);
  expect(await drift()).toEqual([]);
});

it("names each field that no event told of, and records it by the sweep's read", async () => {
  await own.editState((state) => {
    const known = state.subscription?.find((one) => one.id === id) as unknown as Stripe.Subscription;
    Object.assign(known, {
      cancel_at: 1_900_000_001,
      pause_collection: { behavior: "void", resumes_at: null },
    });
  });
  const ofHistory = (await drift()).filter((one) => one.id === name());
  expect(ofHistory).toEqual([
    { kind: "subscription", id: name(), field: "pauseBehavior", ours: null, stripe: "void" },
    { kind: "subscription", id: name(), field: "cancelAt", ours: null, stripe: new Date(1_900_000_001_000) },
    { kind: "subscription", id: name(), field: "mrrMicro", ours: "1900000000", stripe: "0" },
  ]);
  await sweep();
  expect(await drift()).toEqual([]);
  expect((await listSpans(id)).at(-1)).toMatchObject({
    pauseBehavior: "void",
    mrrMicro: 0n,
    stripeEventId: null,
  });
});

it("says that a subscription has no history, and begins one", async () => {
  await db.delete(subscriptionVersions).where(eq(subscriptionVersions.stripeSubscriptionId, id));
  expect(await drift()).toEqual([
    { kind: "subscription", id: name(), field: "row", ours: null, stripe: "exists" },
  ]);
  await sweep();
  expect(await drift()).toEqual([]);
  expect(await listSpans(id)).toHaveLength(1);
});
