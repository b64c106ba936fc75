import { sql } from "drizzle-orm";
import type Stripe from "stripe";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startTruth } from "./support/stripe-truth";

/** An event that cannot be applied: how often it is tried, when it is parked, what is kept of it. */

const truth = await startTruth();
process.env.STRIPE_API_URL = truth.url;
// From here on the app's modules may read the environment.
const { handleEvent, handleListed, replay } = await import("@/lib/billing/events/handle");
const { recordFailure } = await import("@/lib/billing/events/inbox");
const { db } = await import("@/db");
const { post } = await import("./support/post-event");
const { inboxRow, someUser, subscriptionRow } = await import("./support/rows");
const { event, PERIOD_START, stripeId, subscription } = await import("./support/stripe-objects");

// Every refusal is wanted here.
const said = vi.spyOn(console, "error").mockImplementation(() => {});

afterAll(() => truth.close());
beforeEach(() => {
  Object.assign(truth, { now: PERIOD_START + 1, reads: 0, isAway: false, whileAnswering: async () => {} });
  said.mockClear();
});

const asStripe = (one: object) => one as unknown as Stripe.Event;
const broken = (over: object = {}) => subscription({ items: { data: [] }, ...over });
const updated = (object: object, over: object = {}) => event("customer.subscription.updated", object, over);

describe("by a webhook", () => {
  it("four times it is to come again; the fifth parks it, and Stripe's object is read instead", async () => {
    const known = subscription({ status: "past_due" });
    truth.put(known);
    const poison = updated(broken({ id: known.id }));
    for (let attempts = 1; attempts <= 4; attempts++) {
      expect((await post(poison)).status).toBe(503);
      expect(await inboxRow(poison.id)).toMatchObject({ status: "received", attempts });
    }
    expect(truth.reads).toBe(0);
    expect((await post(poison)).status).toBe(200);
    expect(truth.reads).toBe(1);
    expect(await inboxRow(poison.id)).toMatchObject({
      status: "parked",
      attempts: 5,
      note: `Parked. Subscription ${known.id} is past_due.`,
      lastError: `Error: Subscription ${known.id} has no items, so it has no price and no period.`,
    });
    expect(await subscriptionRow(known.id)).toMatchObject({ status: "past_due" });
  });

  it("it is not parked while Stripe cannot say what is true, nor while that is only on its way", async () => {
    const known = subscription();
    const poison = updated(broken({ id: known.id }));
    truth.isAway = true;
    for (let attempts = 1; attempts <= 6; attempts++) expect((await post(poison)).status).toBe(503);
    expect(await inboxRow(poison.id)).toMatchObject({ status: "received", attempts: 6 });
    truth.isAway = false;
    truth.put(known);
    expect((await post(poison)).status).toBe(200);
    expect(await inboxRow(poison.id)).toMatchObject({ status: "parked", attempts: 7 });
  });

  it("what may pass by itself is never parked", async () => {
    const known = subscription();
    truth.isAway = true;
    await post(updated(known));
    const unsure = updated({ ...known, status: "unpaid" });
    for (let attempts = 1; attempts <= 7; attempts++) expect((await post(unsure)).status).toBe(503);
    expect(await inboxRow(unsure.id)).toMatchObject({ status: "received", attempts: 7 });
  });

  it("not even when its object could be read by now: what kept changing is to come again", async () => {
    const known = subscription();
    truth.put(known);
    await post(updated(known));
    const unsure = updated({ ...known, status: "unpaid" });
    for (let attempts = 1; attempts <= 6; attempts++) {
      truth.reads = 0;
      // While each of its four readings is under way, something else may be newer.
      truth.whileAnswering = async () => {
        if (truth.reads <= 4) await post(updated(known));
      };
      expect((await post(unsure)).status).toBe(503);
      expect(truth.reads).toBe(4);
    }
    expect(await inboxRow(unsure.id)).toMatchObject({
      status: "received",
      attempts: 6,
      lastError: `Error: subscription ${known.id} kept changing while it was read.`,
    });
  });

  it("it is parked although its object cannot be applied either, and says so", async () => {
    const poison = updated(broken());
    truth.put(poison.data.object as { id: string });
    for (let attempts = 1; attempts <= 5; attempts++) await post(poison);
    const row = await inboxRow(poison.id);
    expect(row).toMatchObject({ status: "parked", attempts: 5 });
    expect(row?.note).toMatch(
      /^Parked, and its object cannot be applied either: Error: Subscription .* has no items/,
    );
  });

  it("one that was applied meanwhile by another delivery is done, and stays so", async () => {
    const known = subscription();
    const told = updated(known);
    expect((await post(told)).status).toBe(200);
    const before = await inboxRow(told.id);
    const garbled = { ...told, data: { object: broken({ id: known.id }) } };
    expect((await post(garbled)).status).toBe(200);
    expect(await inboxRow(told.id)).toEqual(before);
    expect(await handleEvent(asStripe(garbled))).toMatchObject({ status: "duplicate" });
  });

  it("after a failure the same event may succeed; what stopped it is remembered", async () => {
    const { customer } = await someUser();
    const known = subscription({ customer });
    const told = updated(known, { created: PERIOD_START + 77 });
    expect((await post({ ...told, data: { object: broken({ id: known.id, customer }) } })).status).toBe(503);
    expect((await post(told)).status).toBe(200);
    expect(await inboxRow(told.id)).toMatchObject({
      status: "applied",
      attempts: 2,
      type: "customer.subscription.updated",
      objectId: known.id,
      stripeCustomerId: customer,
      stripeCreatedAt: new Date((PERIOD_START + 77) * 1000),
      note: `Subscription ${known.id} is active.`,
      lastError: expect.stringContaining("has no items"),
      appliedAt: expect.any(Date),
    });
  });

  it.each([
    ["a NUL", "\u0000"],
    ["half a character", "\ud83d"],
  ])("%s in its text keeps nobody from noting it", async (_, character) => {
    const id = `${stripeId("sub")}${character}`;
    const poison = updated(
      broken({ id, description: `a${character}b`, metadata: { [`k${character}`]: "v" } }),
    );
    expect((await post(poison)).status).toBe(503);
    const row = await inboxRow(poison.id);
    expect(row).toMatchObject({ status: "received", attempts: 1, objectId: id.replace(character, "\ufffd") });
    expect(row?.lastError).toContain(`${id.replace(character, "\ufffd")} has no items`);
    expect(JSON.stringify(row?.payload)).toContain('"a\ufffdb"');
    for (let attempts = 2; attempts <= 5; attempts++) await post(poison);
    expect(await inboxRow(poison.id)).toMatchObject({ status: "parked" });
  });

  it("one that is nested deeper than anybody can store is parked without what it carried", async () => {
    const known = subscription({ status: "past_due" });
    truth.put(known);
    const told = updated({ ...known, status: "active", deep: "HERE" });
    const nested = JSON.stringify(told).replace(
      '"HERE"',
      `${'{"a":['.repeat(30_000)}1${"]}".repeat(30_000)}`,
    );
    for (let attempts = 1; attempts <= 4; attempts++) {
      expect((await post(nested)).status).toBe(503);
      expect(await inboxRow(told.id)).toMatchObject({ status: "received", attempts });
    }
    expect((await post(nested)).status).toBe(200);
    expect(await inboxRow(told.id)).toMatchObject({
      status: "parked",
      type: "customer.subscription.updated",
      objectId: known.id,
      payload: null,
      note: `Parked. Subscription ${known.id} is past_due.`,
      lastError: expect.stringMatching(/^RangeError: /),
    });
    await expect(replay(told.id)).rejects.toThrow(`Nothing is left of what ${told.id} carried`);
    expect(truth.reads).toBe(1);
  });

  it("one that changes no row, and cannot be stored either, is parked and nothing is read", async () => {
    const told = event("charge.refunded", { id: stripeId("ch"), object: "charge", deep: "HERE" });
    const nested = JSON.stringify(told).replace(
      '"HERE"',
      `${'{"a":['.repeat(30_000)}1${"]}".repeat(30_000)}`,
    );
    for (let attempts = 1; attempts <= 4; attempts++) expect((await post(nested)).status).toBe(503);
    expect((await post(nested)).status).toBe(200);
    expect(await inboxRow(told.id)).toMatchObject({
      status: "parked",
      attempts: 5,
      note: "Parked. It changes no row.",
    });
    expect(truth.reads).toBe(0);
  });

  it.each([500, 501, 3_000, 6_000])(
    "one of %i levels is kept whole, or parked without them",
    async (depth) => {
      // The envelope has three levels: the event, its data and the object.
      const known = broken();
      const told = updated({ ...known, deep: "HERE" });
      const nested = JSON.stringify(told).replace(
        '"HERE"',
        `${"[".repeat(depth - 3)}${"]".repeat(depth - 3)}`,
      );
      expect((await post(nested)).status).toBe(503);
      const row = await inboxRow(told.id);
      expect(row?.lastError).toMatch(/^(Error: Subscription .* has no items|RangeError)/);
      expect(JSON.stringify(row?.payload)?.includes("[".repeat(depth - 3))).toBe(depth === 500);
    },
  );

  it("what a query was given is in no note about it", async () => {
    const said = "canary@example.com";
    const failed = await db.execute(sql`select ${said}::int`).then(
      () => null,
      (error: Error) => error,
    );
    expect(String(failed)).toContain(said);
    const told = updated(broken());
    expect(await recordFailure(asStripe(told), failed)).toBe(1);
    expect((await inboxRow(told.id))?.lastError).toBe(
      'FailedQuery: invalid input syntax for type integer: "…"',
    );
  });

  it("of a plan, parked or not, the price pages hear", async () => {
    const id = stripeId("prod");
    const product = { id, object: "product", metadata: {}, livemode: false };
    truth.put({ id: stripeId("price"), object: "price", product: id, active: true, currency: "usd" });
    for (const [type, object] of [
      ["product.updated", product],
      ["price.updated", { id: stripeId("price"), object: "price", product: id }],
    ] as const) {
      truth.reads = 0;
      truth.put({ ...product, metadata: {} });
      const done = await handleEvent(asStripe(event(type, object)));
      expect(done).toMatchObject({ status: "applied", catalogChanged: true });
      expect(truth.reads).toBe(2);
    }
    // An object that is no product: reading it fails each time, and not because anybody is away.
    truth.put({ id, object: "product", livemode: false } as { id: string });
    const poison = event("product.updated", product);
    for (let attempts = 1; attempts <= 4; attempts++)
      await expect(handleEvent(asStripe(poison))).rejects.toThrow(TypeError);
    expect(await handleEvent(asStripe(poison))).toMatchObject({
      status: "parked",
      catalogChanged: true,
    });
  });
});

describe("by a sweep", () => {
  it("four times noted, the fifth parked; nothing is thrown", async () => {
    const known = broken();
    truth.put(known);
    const ref = { kind: "subscription", id: known.id } as const;
    const [one, other] = [updated(known), updated(known)];
    const sweep = (...events: object[]) => handleListed(ref, events.map(asStripe));
    expect(await sweep(one)).toEqual({ status: "failed" });
    for (let attempts = 1; attempts <= 3; attempts++)
      expect(await sweep(one, other)).toEqual({ status: "failed" });
    expect(await inboxRow(one.id)).toMatchObject({ status: "received", attempts: 4 });
    expect(await inboxRow(other.id)).toMatchObject({ status: "received", attempts: 3 });
    await sweep(one, other);
    expect(await inboxRow(one.id)).toMatchObject({
      status: "parked",
      attempts: 5,
      note: expect.stringMatching(/^Parked: Error: Subscription .* has no items/),
    });
    expect(await inboxRow(other.id)).toMatchObject({ status: "received", attempts: 4 });
  });

  it("what may pass by itself is thrown, and counts as no attempt", async () => {
    const known = subscription();
    truth.isAway = true;
    const told = updated(known);
    const swept = handleListed({ kind: "subscription", id: known.id }, [asStripe(told)]);
    await expect(swept).rejects.toThrow("Away.");
    expect(await inboxRow(told.id)).toBeUndefined();
  });
});

describe("by hand", () => {
  it("an applied one runs again; one whose payload was dropped, or that never was, does not", async () => {
    const known = subscription();
    const told = updated(known);
    await post(told);
    expect(await replay(told.id)).toMatchObject({ status: "applied" });
    expect(await inboxRow(told.id)).toMatchObject({ status: "applied", attempts: 2 });
    await expect(replay("evt_none")).rejects.toThrow("There is no event evt_none.");
    const { client } = await import("@/db");
    await client`update stripe_events set payload = null where id = ${told.id}`;
    await expect(replay(told.id)).rejects.toThrow(
      `Nothing is left of what ${told.id} carried, because of its age or because it could not be kept; \`npm run reconcile\` brings ${known.id} up to date.`,
    );
  });
});
