import { afterAll, expect, it } from "vitest";
import { stripeTransactions } from "@/db/schema";
import { runScript } from "./support/command";
import { startOwnDatabase } from "./support/own-database";

/** `npm run ledger`, as a person calls it: everybody's entries of this mode, and what they add up to. */

const own = await startOwnDatabase();
await own.migrate();
// From here on the app's modules may read the environment.
const { client, db } = await import("@/db");
afterAll(async () => {
  await client.end();
  await own.stop();
});

const ledger = () => runScript("scripts/ledger.ts");
const at = (day: number) => new Date(Date.UTC(2027, 0, day, 3, 4, 5));
const entry = (over: Partial<typeof stripeTransactions.$inferInsert>) => ({
  kind: "payment" as const,
  stripeId: "pi_1",
  eventType: "checkout.session.completed",
  amount: 49_900,
  revenue: 49_900,
  currency: "usd",
  occurredAt: at(1),
  livemode: false,
  ...over,
});

it("says that there is none yet", async () => {
  expect(await ledger()).toEqual({ code: 0, stdout: "Nobody has paid yet.\n", stderr: "" });
});

it("has a line for each, newest first, and the revenue of each currency", async () => {
  await db.insert(stripeTransactions).values([
    entry({}),
    entry({
      kind: "refund",
      stripeId: "re_1",
      eventType: "refund.created",
      amount: 1_100,
      revenue: -1_100,
      status: "succeeded",
      occurredAt: at(3),
    }),
    entry({
      kind: "invoice_paid",
      stripeId: "in_1",
      eventType: "invoice.paid",
      amount: 700,
      revenue: 700,
      currency: "eur",
      occurredAt: at(2),
    }),
    entry({ stripeId: "pi_live", amount: 5, revenue: 5, livemode: true, occurredAt: at(4) }),
  ]);
  const { code, stdout } = await ledger();
  expect(code).toBe(0);
  expect(stdout).toBe(
    [
      "when                 kind          amount  revenue  currency  status     named after                 of",
      "2027-01-03 03:04:05  refund        1100    -1100    usd       succeeded  refund.created              re_1",
      "2027-01-02 03:04:05  invoice_paid  700     700      eur                  invoice.paid                in_1",
      "2027-01-01 03:04:05  payment       49900   49900    usd                  checkout.session.completed  pi_1",
      "",
      "Revenue, in minor units: 700 eur, 48800 usd.",
      "",
    ].join("\n"),
  );
});

it("shows the newest fifty, and counts all", async () => {
  await db
    .insert(stripeTransactions)
    .values(
      Array.from({ length: 50 }, (_, n) =>
        entry({ stripeId: `pi_more_${n}`, amount: 1, revenue: 1, occurredAt: at(9) }),
      ),
    );
  const { stdout } = await ledger();
  expect(stdout.match(/pi_more_/g)).toHaveLength(50);
  expect(stdout).not.toContain("in_1");
  expect(stdout).toContain("700 eur, 48850 usd.");
});
