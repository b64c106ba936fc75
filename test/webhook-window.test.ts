import { afterEach, describe, expect, it, vi } from "vitest";
import { env } from "@/env";
import { post, sign } from "./support/post-event";
import { inboxRow } from "./support/rows";
import { event, stripeId } from "./support/stripe-objects";

/** A webhook's signature may be so old, so new and by these secrets, at both edges. The clock stands still meanwhile. */

const unread = (over: object = {}) => event("customer.created", { id: "cus_1", object: "customer" }, over);

describe("the signature's time", () => {
  afterEach(() => vi.useRealTimers());

  // A second is the signature's unit, so it must not matter where in a second the clock stands.
  describe.each([0, 1, 500, 999])("at %i ms of a second", (milliseconds) => {
    it.each([
      [299, 200],
      [300, 200],
      [301, 400],
      [-299, 200],
      [-300, 200],
      [-301, 400],
    ])("%i s old: %i", async (age, status) => {
      vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2027, 0, 1) + milliseconds });
      const sent = unread();
      expect((await post(sent, { age })).status).toBe(status);
      expect((await inboxRow(sent.id))?.status).toBe(status === 200 ? "applied" : undefined);
    });
  });

  it("is looked for wherever it stands in the header", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2027, 0, 1) });
    const last = (header: string) => header.split(",").toReversed().join(",");
    const [now, ahead] = [unread(), unread()];
    const signed = (told: typeof now, age: number) => last(sign(JSON.stringify(told, null, 2), { age }));
    expect((await post(now, { signature: signed(now, 0) })).status).toBe(200);
    expect((await post(ahead, { signature: signed(ahead, -301) })).status).toBe(400);
  });
});

describe("while a secret is rolled", () => {
  const configured = env.STRIPE_WEBHOOK_SECRET;
  afterEach(() => {
    env.STRIPE_WEBHOOK_SECRET = configured;
  });

  it.each([
    ["whsec_new", 200],
    ["whsec_old", 200],
    ["whsec_older", 400],
    ["whsec_ol", 400],
    ["", 400],
  ])("a signature by %s: %i", async (secret, status) => {
    env.STRIPE_WEBHOOK_SECRET = ["whsec_new", "whsec_old"];
    expect((await post(unread(), { secret })).status).toBe(status);
  });
});

describe("what every event has", () => {
  it.each([
    ["an id of 255 characters", { id: stripeId("evt").padEnd(255, "x") }, 200],
    ["an id of 256 characters", { id: stripeId("evt").padEnd(256, "x") }, 400],
    ["a type of 255 characters", { type: "x".repeat(255) }, 200],
    ["a type of 256 characters", { type: "x".repeat(256) }, 400],
    ["an empty type", { type: "" }, 400],
    ["the first second of all", { created: 0 }, 200],
    ["a second before it", { created: -1 }, 400],
    ["no mode", { livemode: undefined }, 400],
    ["a mode in words", { livemode: "false" }, 400],
    ["the other mode", { livemode: true }, 400],
  ])("%s: %i", async (_, over, status) => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    expect((await post(unread(over))).status).toBe(status);
    vi.restoreAllMocks();
  });
});
