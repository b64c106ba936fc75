import { spawn } from "node:child_process";
import { once } from "node:events";
import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { db } from "@/db";
import { stripeEvents, subscriptions } from "@/db/schema";
import { post } from "./support/post-event";
import { inboxRow, someUser, subscriptionRow } from "./support/rows";
import { event, PERIOD_START, subscription } from "./support/stripe-objects";

/** `npm run events`, as a person calls it. */

async function events(...args: string[]) {
  const child = spawn(process.execPath, ["--import", "tsx", "scripts/events.ts", ...args], {
    env: process.env,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      output += chunk;
    });
  const [code] = await once(child, "close");
  return { code, output };
}

async function applied() {
  const user = await someUser();
  const created = event("customer.subscription.created", subscription({ customer: user.customer }));
  const changed = event(
    "customer.subscription.updated",
    { ...created.data.object, status: "past_due" },
    { created: PERIOD_START + 10 },
  );
  for (const one of [created, changed]) expect((await post(one)).status).toBe(200);
  return { created, changed, subscription: (created.data.object as { id: string }).id };
}

it("shows what an event carried, what was done, and every field that it changed", async () => {
  const { created, changed, subscription } = await applied();
  const { code, output } = await events("show", changed.id);
  expect(code).toBe(0);
  expect(output).toContain(`Event       ${changed.id}  customer.subscription.updated`);
  expect(output).toContain(`Done        Subscription ${subscription} is past_due.`);
  expect(output).toMatch(/^subscriptions [0-9a-f-]{36}$/m);
  expect(output).toContain("  status: active → past_due");
  expect(output).toContain('"object": "event"');
  expect((await events("show", created.id)).output).toMatch(/^subscriptions [0-9a-f-]{36} \(new\)$/m);
});

it("runs an event again: what was altered since is as it says", async () => {
  const { changed, subscription } = await applied();
  await db
    .update(subscriptions)
    .set({ status: "active", stampLo: 0, stampHi: 0 })
    .where(eq(subscriptions.stripeId, subscription));
  const { code, output } = await events("replay", changed.id);
  expect(output).toContain(`applied: Subscription ${subscription} is past_due.`);
  expect(code).toBe(0);
  expect(await subscriptionRow(subscription)).toMatchObject({ status: "past_due" });
  expect(await inboxRow(changed.id)).toMatchObject({ attempts: 2 });
});

it("names the parked ones before all others, with what stopped them", async () => {
  const { changed } = await applied();
  await db
    .update(stripeEvents)
    .set({ status: "parked", attempts: 5, lastError: "TypeError: \u001b[2J no items\nat somewhere" })
    .where(eq(stripeEvents.id, changed.id));
  const { output } = await events();
  expect(output).toMatch(/^\d+ applied, \d+ waiting for another try, \d+ parked: somebody has to look\.$/m);
  const parked = output.slice(output.indexOf("\nParked\n"), output.indexOf("\nNewest\n"));
  expect(parked).toContain(changed.id);
  expect(parked).toContain("TypeError: \ufffd[2J no items (after 5 attempts)");
  expect((await events("parked")).output).toContain(changed.id);
  expect((await events("received")).output).not.toContain(changed.id);
});

it("says what is wrong with what it was asked", async () => {
  for (const command of ["show", "replay"]) {
    const { code, output } = await events(command, "evt_none");
    expect(code).toBe(1);
    expect(output).toContain("There is no event evt_none.");
  }
  for (const args of [["show"], ["frobnicate"], ["parked", "evt_1"]]) {
    const { code, output } = await events(...args);
    expect(code).toBe(2);
    expect(output).toContain("Usage:");
  }
});
