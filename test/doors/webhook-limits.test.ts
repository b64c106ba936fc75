import { afterAll, afterEach, expect, it, vi } from "vitest";
import { log } from "@/lib/log";
import { startPostgresProxy } from "../support/postgres-proxy";

/** The webhook's statuses: by 4xx Stripe is told not to send it again, by 5xx to do so. */

const refreshPricing = vi.hoisted(() => vi.fn());
// Next renews its pages only inside a server of its own.
vi.mock("@/app/_actions/refresh-pricing", () => ({ refreshPricing }));

const proxy = await startPostgresProxy(process.env.DATABASE_URL ?? "");
process.env.DATABASE_URL = proxy.url;
// From here on the app's modules may read the environment.
const { client } = await import("@/db");
const { listProducts } = await import("@/db/queries/products");

const { post } = await import("../support/post-event");
const { inboxRow } = await import("../support/rows");
const { event } = await import("../support/stripe-objects");

afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(async () => {
  await client.end({ timeout: 1 });
  proxy.close();
});

const unread = () => event("customer.created", { id: "cus_1", object: "customer" });
const KB = 1024;

/** An event whose body has exactly so many bytes. */
function sized(bytes: number) {
  const one = unread();
  const rest = JSON.stringify({ ...one, padding: "" }).length;
  return { id: one.id, body: JSON.stringify({ ...one, padding: "x".repeat(bytes - rest) }) };
}

const inPieces = (text: string) => {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent >= text.length) return controller.close();
      controller.enqueue(new TextEncoder().encode(text.slice(sent, sent + 5_000)));
      sent += 5_000;
    },
  });
};

it("takes 2 MB and not a byte more, in one piece or in many", async () => {
  for (const toBody of [(text: string) => text, inPieces]) {
    const largest = sized(2_048 * KB);
    expect(largest.body).toHaveLength(2_097_152);
    const taken = await post(largest.body, { body: toBody(largest.body) });
    expect([taken.status, await taken.text()]).toEqual([200, ""]);
    expect(await inboxRow(largest.id)).toMatchObject({ status: "applied" });

    const tooLarge = sized(2_048 * KB + 1);
    const refused = await post(tooLarge.body, { body: toBody(tooLarge.body) });
    expect([refused.status, await refused.text()]).toEqual([413, "The body is larger than 2048 KB."]);
    expect(await inboxRow(tooLarge.id)).toBeUndefined();
  }
});

it("takes an invoice of ten lines with all the metadata that Stripe lets them have", async () => {
  // As Stripe documents it: at most 50 keys, a value of at most 500 characters, here of three bytes each.
  const metadata = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`note_${n}`, "長".repeat(500)]));
  const line = (n: number) => ({ id: `il_${n}`, object: "line_item", metadata });
  const lines = { object: "list", data: Array.from({ length: 10 }, (_, n) => line(n)), has_more: false };
  const large = event("invoice.upcoming", { id: "in_1", object: "invoice", lines });
  expect(Buffer.byteLength(JSON.stringify(large))).toBeGreaterThan(704 * KB);
  expect((await post(large)).status).toBe(200);
  expect(await inboxRow(large.id)).toMatchObject({ status: "applied" });
});

it("asks nothing of the database for what is large and not signed", async () => {
  const { body, id } = sized(2_000 * KB);
  await proxy.away();
  const refused = await post(body, { signature: `t=${Math.floor(Date.now() / 1000)},v1=${"0".repeat(64)}` });
  expect(refused.status).toBe(400);
  await proxy.back();
  await vi.waitFor(async () => expect(await inboxRow(id)).toBeUndefined(), { timeout: 15_000 });
});

it("says to whoever sends it what is wrong with an event", async () => {
  const told = async (...args: Parameters<typeof post>) => {
    const response = await post(...args);
    return [response.status, await response.text()];
  };
  expect(await told(unread(), { signature: null })).toEqual([400, "The Stripe-Signature header is missing."]);
  expect(await told(unread(), { age: -400 })).toEqual([400, "The signature's timestamp is in the future."]);
  expect(await told("[]")).toEqual([
    400,
    "This is signed, but it is not an event: id, type, created and data.object are needed.",
  ]);
  expect(await told({ ...unread(), livemode: true })).toEqual([
    400,
    "This endpoint takes test mode events only.",
  ]);
});

it("asks for it again while the database is away, and takes it once it is back", async () => {
  const said = vi.spyOn(log, "error");
  const again = unread();
  await proxy.away();
  const refused = await post(again);
  expect([refused.status, await refused.text()]).toEqual([503, "It was not applied. Please send it again."]);
  expect(said.mock.calls[0]).toEqual([
    "The event was not applied.",
    expect.any(Error),
    { event: again.id, type: "customer.created" },
  ]);
  await proxy.back();
  await vi.waitFor(async () => expect((await post(again)).status).toBe(200), { timeout: 15_000 });
  expect(await inboxRow(again.id)).toMatchObject({ status: "applied" });
});

it("renews the price pages when the catalog changed, and only then", async () => {
  expect((await post(unread())).status).toBe(200);
  expect(refreshPricing).not.toHaveBeenCalled();
  const [product] = await listProducts();
  const told = event("product.updated", { id: product?.stripeProductId, object: "product" });
  expect((await post(told)).status).toBe(200);
  expect(refreshPricing).toHaveBeenCalledTimes(1);
});
