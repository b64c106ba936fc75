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

/** As it is with whatever stands for its time, which the signature of `made` seconds from now goes with. */
async function answerTo(timestamps: (made: number) => string, made: number) {
  const told = unread();
  const payload = JSON.stringify(told, null, 2);
  const signature = sign(payload, { age: -made }).replace(/^t=(\d+)/, (_, time) => timestamps(Number(time)));
  const response = await post(told, { signature });
  expect(await inboxRow(told.id)).toBeUndefined();
  return [response.status, await response.text()];
}

it("refuses a timestamp from the future, though it is signed", async () => {
  const FUTURE = "The signature's timestamp is in the future.";
  expect(await answerTo((time) => `t=${time}`, 301)).toEqual([400, FUTURE]);
});

it.each([
  ["a second one, which the signature goes with", (time: number) => `t=${time - 5},t=${time}`],
  ["a second one, which it does not go with", (time: number) => `t=${time},t=${time - 5}`],
  ["the same one again", (time: number) => `t=${time},t=${time}`],
  ["a second one behind a space", (time: number) => `t=${time}, t=${time + 400}`],
  ["a second one that is none", (time: number) => `t=,t=${time}`],
  ["none", () => "x=1"],
  ["one with a sign", (time: number) => `t=+${time}`],
  ["one with a fraction", (time: number) => `t=${time}.5`],
  ["one with something behind it", (time: number) => `t=${time}=0`],
  ["one behind a space", (time: number) => `x=1, t=${time}`],
])("refuses a signature with %s", async (_, timestamps) => {
  const ONE = "The signature must have one timestamp, in whole seconds.";
  expect(await answerTo(timestamps, 0)).toEqual([400, ONE]);
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
