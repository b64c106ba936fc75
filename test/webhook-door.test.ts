import { expect, it } from "vitest";
import { post, sign } from "./support/post-event";
import { inboxRow } from "./support/rows";
import { event, subscription } from "./support/stripe-objects";

/** The route's door: it decides what comes in, before anybody asks what it means. */

const unread = () => event("customer.created", { id: "cus_1", object: "customer" });

it("takes an event that Stripe signed now", async () => {
  const known = unread();
  expect((await post(known)).status).toBe(200);
  expect(await inboxRow(known.id)).toMatchObject({ status: "applied", type: "customer.created" });
});

it.each([
  ["no signature", { signature: null }],
  ["an empty signature", { signature: "" }],
  ["another secret's signature", { secret: "whsec_other" }],
  ["a signature 301 s old", { age: 301 }],
  ["a signature from 301 s ahead", { age: -302 }],
])("refuses %s and stores nothing", async (_, delivery) => {
  const refused = unread();
  expect((await post(refused, delivery)).status).toBe(400);
  expect(await inboxRow(refused.id)).toBeUndefined();
});

it.each([
  ["behind one from now", (now: number, future: number) => `t=${now},t=${future}`],
  ["before one from now", (now: number, future: number) => `t=${future},t=${now}`],
  ["written with a sign", (_: number, future: number) => `t=+${future}`],
  ["with a fraction", (_: number, future: number) => `t=${future}.5`],
])("refuses a timestamp from the future %s, though it is signed", async (_, timestamps) => {
  const refused = unread();
  const payload = JSON.stringify(refused, null, 2);
  const now = Math.floor(Date.now() / 1000);
  const ahead = sign(payload, { age: -400 }).replace(/^t=\d+/, timestamps(now, now + 400));
  const response = await post(refused, { signature: ahead });
  expect([response.status, await response.text()]).toEqual([
    400,
    "The signature's timestamp is in the future.",
  ]);
  expect(await inboxRow(refused.id)).toBeUndefined();
});

it("takes signatures up to 300 s off either way", async () => {
  expect((await post(unread(), { age: 295 })).status).toBe(200);
  expect((await post(unread(), { age: -295 })).status).toBe(200);
});

it("refuses a body that was changed or only re-serialised after it was signed", async () => {
  const refused = unread();
  expect((await post(refused, { body: JSON.stringify(refused) })).status).toBe(400);
  expect(await inboxRow(refused.id)).toBeUndefined();
});

it("refuses a truncated signature and one that has only v0", async () => {
  const refused = unread();
  const signature = sign(JSON.stringify(refused, null, 2));
  expect((await post(refused, { signature: signature.slice(0, -1) })).status).toBe(400);
  expect((await post(refused, { signature: signature.replace("v1=", "v0=") })).status).toBe(400);
});

it("takes two v1 signatures of which one is right, as while a secret is rolled", async () => {
  const known = unread();
  const signature = `${sign(JSON.stringify(known, null, 2))},v1=${"0".repeat(64)}`;
  expect((await post(known, { signature })).status).toBe(200);
});

it("refuses what is no event, though it is signed", async () => {
  const { data, ...rest } = unread();
  const withObject = (object: unknown) => ({ ...rest, data: { object } });
  const all = [null, [], {}, rest, withObject(null), withObject([]), withObject({})];
  const parts = [{ id: 1 }, { id: "" }, { type: null }, { created: "now" }, { created: 1.5 }];
  for (const one of [...all, ...parts.map((part) => ({ ...rest, data, ...part }))])
    expect((await post(JSON.stringify(one))).status).toBe(400);
});

it("refuses what is not JSON, though it is signed", async () => {
  expect((await post("{")).status).toBe(400);
  expect((await post("\u0000")).status).toBe(400);
});

it("refuses an event of the other mode and stores nothing", async () => {
  const live = { ...event("customer.subscription.created", subscription()), livemode: true };
  expect((await post(live)).status).toBe(400);
  expect(await inboxRow(live.id)).toBeUndefined();
});

it("refuses more than 2 MB, announced or not", async () => {
  const large = JSON.stringify({ ...unread(), padding: "x".repeat(2 * 1024 * 1024) });
  expect((await post(large)).status).toBe(413);
  const unannounced = new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(64 * 1024));
    },
  });
  expect((await post("{}", { body: unannounced })).status).toBe(413);
});

it("answers 200 to a type it has no use for, and notes it", async () => {
  const unknown = event("invented.tomorrow", { id: "x_1", object: "invention" });
  expect((await post(unknown)).status).toBe(200);
  expect((await inboxRow(unknown.id))?.note).toBe("invented.tomorrow needs nothing from us.");
});
