import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { client } from "@/db";
import { countEvents, listEvents } from "@/db/queries/events";
import { getProduct } from "@/db/queries/products";
import { ledgerRows, postgresRow } from "./fields/postgres-row";
import { someProduct } from "./queries/some-product";
import { post } from "./support/post-event";
import { inboxRow, someUser } from "./support/rows";
import { event, invoice, stripeId, subscription } from "./support/stripe-objects";

/** A shop with a live key. Stripe is never asked: there is no live one here, and each event tells all that is needed. */

/** Its own database: what it puts on sale in test mode would be on sale in other tests. */
const own = await vi.hoisted(async () => {
  process.env.STRIPE_API_KEY = "sk_live_tests";
  delete process.env.STRIPE_API_URL;
  const { startOwnDatabase } = await import("./support/own-database");
  const database = await startOwnDatabase();
  await database.migrate();
  return database;
});
beforeAll(() => void vi.spyOn(console, "error").mockImplementation(() => {}));
afterAll(async () => {
  vi.restoreAllMocks();
  await client.end();
  await own.stop();
});

it("takes live events, and every row says that it is live", async () => {
  const user = await someUser();
  const plan = subscription({ customer: user.customer, livemode: true });
  const bill = invoice({ customer: user.customer, livemode: true });
  const sent = event("customer.subscription.created", plan, { livemode: true });
  const paid = event("invoice.paid", bill, { livemode: true });
  for (const one of [sent, paid]) expect((await post(one)).status).toBe(200);
  expect(await postgresRow("subscriptions", plan.id)).toMatchObject({ livemode: true });
  expect(await postgresRow("invoices", bill.id)).toMatchObject({ livemode: true });
  expect(await ledgerRows(user.customer)).toMatchObject([{ kind: "invoice_paid", livemode: true }]);
  expect(await inboxRow(sent.id)).toMatchObject({ livemode: true });
  // The other tests' events are all of test mode.
  expect((await listEvents(null, 9)).map(({ id }) => id)).toEqual([paid.id, sent.id]);
  expect(await countEvents()).toEqual({ received: 0, applied: 2, parked: 0 });
});

it("refuses test events, and stores nothing of them", async () => {
  const sent = event("customer.created", { id: stripeId("cus"), object: "customer" });
  expect((await post(sent)).status).toBe(400);
  expect(await inboxRow(sent.id)).toBeUndefined();
});

it("remembers a deleted customer as a live one", async () => {
  const user = await someUser();
  await post(event("customer.deleted", { id: user.customer, object: "customer" }, { livemode: true }));
  expect(await postgresRow("customers", user.customer)).toMatchObject({ livemode: true });
});

it("sells no product of test mode", async () => {
  const test = await someProduct({ active: true, position: 99, livemode: false });
  expect(await getProduct(test.id)).toBeNull();
});
