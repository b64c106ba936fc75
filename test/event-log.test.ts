import { afterEach, expect, it, vi } from "vitest";
import { log } from "@/lib/log";
import { post } from "./support/post-event";
import { someUser } from "./support/rows";
import { event, subscription } from "./support/stripe-objects";

/** Each event is one line in the log: the sentence of the inbox, or why it was not applied. */

afterEach(() => vi.restoreAllMocks());

const spies = () => ({ said: vi.spyOn(log, "info"), complained: vi.spyOn(log, "error") });

it("says what was done, and which delivery was one too many", async () => {
  const { said, complained } = spies();
  const { customer } = await someUser();
  const created = event("customer.subscription.created", subscription({ customer }));
  const { id } = created.data.object as { id: string };
  for (const delivery of [created, created]) expect((await post(delivery)).status).toBe(200);
  const fields = { event: created.id, type: "customer.subscription.created" };
  expect(said.mock.calls).toEqual([
    [`Subscription ${id} is active.`, { ...fields, status: "applied" }],
    [`Subscription ${id} is active.`, { ...fields, status: "duplicate" }],
  ]);
  expect(complained.mock.calls).toEqual([]);
});

it("says why an event was not applied, and that it is parked in the end", async () => {
  const { said, complained } = spies();
  const { customer } = await someUser();
  const poison = event("customer.subscription.updated", subscription({ customer, items: { data: [] } }));
  for (let delivery = 1; delivery <= 5; delivery++) await post(poison);
  const fields = { event: poison.id, type: "customer.subscription.updated" };
  const why = expect.any(Error);
  expect(complained.mock.calls).toEqual([
    ...Array(4).fill(["The event was not applied.", why, fields]),
    ["PARKED after 5 attempts.", why, fields],
  ]);
  // Its note may repeat what the database said of the data.
  expect(said.mock.calls).toEqual([]);
});
