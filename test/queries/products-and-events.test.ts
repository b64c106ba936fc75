import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { client, db } from "@/db";
import { countEvents, listEvents } from "@/db/queries/events";
import { getProduct, listProducts } from "@/db/queries/products";
import { stripeEvents } from "@/db/schema";
import { someProduct } from "./some-product";

/** Queries that look at everything there is, in a database of their own. The shop is in test mode. */

const own = await vi.hoisted(async () => (await import("../support/own-stack")).startOwnStack());
afterAll(async () => {
  await client.end();
  await own.stop();
});

describe("products", () => {
  const sold = (name: string, position: number, unitAmount: number, over: object = {}) =>
    someProduct({ name, position, unitAmount, active: true, ...over });
  let cheap: Awaited<ReturnType<typeof sold>>;
  let archived: typeof cheap;
  let live: typeof cheap;
  beforeAll(async () => {
    await sold("third", 2, 100);
    await sold("second", 1, 300);
    cheap = await sold("first", 1, 200);
    archived = await sold("archived", 0, 50, { active: false });
    live = await sold("live", 0, 60, { livemode: true });
  });

  it("are listed in the catalog's order, of one plan the cheaper first; none that is off sale or of the other mode", async () => {
    expect((await listProducts()).map(({ name }) => name)).toEqual(["first", "second", "third"]);
  });

  it("are found by their id while they are on sale", async () => {
    expect(await getProduct(cheap.id)).toEqual(cheap);
    expect(await getProduct(archived.id)).toBeNull();
    expect(await getProduct(live.id)).toBeNull();
    expect(await getProduct(randomUUID())).toBeNull();
  });
});

describe("events", () => {
  const note = (
    id: string,
    status: "received" | "applied" | "parked",
    minute: number,
    over: object = {},
  ) => ({
    id,
    type: "customer.updated",
    livemode: false,
    stripeCreatedAt: new Date(Date.UTC(2027, 0, 1, 0, 60 - minute)),
    status,
    createdAt: new Date(Date.UTC(2027, 0, 1, 0, minute)),
    ...over,
  });
  const ids = async (...asked: Parameters<typeof listEvents>) =>
    (await listEvents(...asked)).map(({ id }) => id);

  it("are counted by status, none of them included", async () => {
    expect(await countEvents()).toEqual({ received: 0, applied: 0, parked: 0 });
  });

  it("are listed as they arrived, newest first, of one status or of all, and only of this mode", async () => {
    await db
      .insert(stripeEvents)
      .values([
        note("evt_3", "applied", 3),
        note("evt_1", "parked", 1),
        note("evt_4", "received", 4),
        note("evt_2", "applied", 2),
        note("evt_5", "applied", 5),
        note("evt_live", "applied", 6, { livemode: true }),
        note("evt_live_dead", "parked", 7, { livemode: true }),
      ]);
    expect(await countEvents()).toEqual({ received: 1, applied: 3, parked: 1 });
    expect(await ids(null, 9)).toEqual(["evt_5", "evt_4", "evt_3", "evt_2", "evt_1"]);
    expect(await ids("applied", 9)).toEqual(["evt_5", "evt_3", "evt_2"]);
    expect(await ids("parked", 9)).toEqual(["evt_1"]);
    expect(await ids("received", 9)).toEqual(["evt_4"]);
  });

  it("are as many as were asked for", async () => {
    expect(await ids("applied", 2)).toEqual(["evt_5", "evt_3"]);
    expect(await ids("applied", 3)).toEqual(["evt_5", "evt_3", "evt_2"]);
    expect(await ids(null, 0)).toEqual([]);
  });
});
