import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { client, db } from "@/db";
import { customers, stripeTransactions } from "@/db/schema";
import { type LedgerEntry, upsertLedgerEntries } from "@/lib/billing/ledger";
import { linkUser } from "@/lib/billing/sync/link-user";
import { getRev, writeInTurn } from "@/lib/billing/sync/turn";
import { post } from "./support/post-event";
import { factsOf, inboxRow, someUser, subscriptionRow, userById } from "./support/rows";
import { event, invoice, PERIOD_START, stripeId, subscription } from "./support/stripe-objects";

/** The one writing statement: it writes everything or nothing, and the customer's row says which. */

const entry = (over: Partial<LedgerEntry> = {}): LedgerEntry => ({
  kind: "payment",
  stripeId: stripeId("pi"),
  eventType: "checkout.session.completed",
  amount: 1_301,
  revenue: 1_302,
  currency: "usd",
  occurredAt: new Date(1_790_000_003_000),
  ...over,
});
const rowOf = async (stripeId: string) =>
  (await db.select().from(customers).where(eq(customers.stripeId, stripeId)))[0];
const write = (key: string | null, rev: number | null, entries: LedgerEntry[]) =>
  writeInTurn({ key, rev, isDeleted: false }, upsertLedgerEntries(entries), null);
const mark = (id: string, type: string, again = false) => ({
  rows: [{ id, type, livemode: false, stripeCreatedAt: new Date(), note: `It was ${type}.` }],
  again,
  before: [],
});
const NOBODY = { key: null, rev: null, isDeleted: false };

describe("a turn", () => {
  it("is the first's of those who read no row, and each later one's who read the row's number", async () => {
    const key = stripeId("cus");
    const [first, late, next] = [entry(), entry(), entry()];
    expect(await getRev(key)).toBeNull();
    expect(await write(key, null, [first])).toBe(true);
    expect(await getRev(key)).toBe(0);
    expect(await write(key, null, [late])).toBe(false);
    expect(await write(key, 0, [next])).toBe(true);
    expect(await getRev(key)).toBe(1);
    expect(await write(key, 0, [late])).toBe(false);
    expect(await write(key, 2, [late])).toBe(false);
    expect(await factsOf(first.stripeId)).toHaveLength(1);
    expect(await factsOf(next.stripeId)).toHaveLength(1);
    expect(await factsOf(late.stripeId)).toEqual([]);
    expect(await getRev(key)).toBe(1);
  });

  it("that is lost marks nothing either, and leaves the user's access as it was", async () => {
    const { id, customer } = await someUser();
    const told = event("customer.subscription.created", subscription({ customer }));
    expect(await write(customer, null, [])).toBe(true);
    const held = await getRev(customer);
    const lost = { key: customer, rev: (held ?? 0) + 1, isDeleted: true };
    expect(await writeInTurn(lost, [], mark(told.id, told.type))).toBe(false);
    expect(await inboxRow(told.id)).toBeUndefined();
    expect(await rowOf(customer)).toMatchObject({ userId: id, deletedAt: null });
  });

  it("of two who decided on the same rows is one's", async () => {
    const key = stripeId("cus");
    await write(key, null, []);
    const entries = Array.from({ length: 8 }, () => entry());
    const won = await Promise.all(entries.map((one) => write(key, 0, [one])));
    expect(won.filter(Boolean)).toHaveLength(1);
    const stored = await Promise.all(entries.map(({ stripeId }) => factsOf(stripeId)));
    expect(stored.map((rows) => rows.length > 0)).toEqual(won);
    expect(await getRev(key)).toBe(1);
  });

  it("is waited for at most four seconds, and leaves no setting behind", async () => {
    const key = stripeId("cus");
    await write(key, null, []);
    let isHeld = () => {};
    const held = new Promise<void>((resolve) => {
      isHeld = resolve;
    });
    let letGo = () => {};
    const done = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const holder = client.begin(async (tx) => {
      await tx`update customers set rev = rev + 1 where stripe_id = ${key}`;
      isHeld();
      await done;
    });
    await held;
    await expect(write(key, 0, [])).rejects.toMatchObject({ code: "55P03" });
    letGo();
    await holder;
    const settings = await Promise.all(Array.from({ length: 10 }, () => client`show lock_timeout`));
    expect(new Set(settings.map(([row]) => row?.lock_timeout))).toEqual(new Set(["0"]));
  }, 20_000);
});

describe("events of one customer at once", () => {
  it("are all applied, each once, and counted", async () => {
    const { id, customer } = await someUser();
    const known = subscription({ customer });
    const told = [
      event("customer.subscription.created", known),
      event("customer.subscription.updated", { ...known, status: "past_due" }, { created: PERIOD_START + 7 }),
      ...Array.from({ length: 10 }, () => event("invoice.paid", invoice({ customer }))),
    ];
    const answers = await Promise.all([...told, ...told].map((one) => post(one)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    for (const { id: eventId } of told)
      expect(await inboxRow(eventId)).toMatchObject({ status: "applied", attempts: 1 });
    const row = await subscriptionRow(known.id);
    expect(row).toMatchObject({ status: "past_due", stampHi: PERIOD_START + 7 });
    expect((await userById(id))?.currentSubscriptionId).toBe(row?.id);
    expect(await getRev(customer)).toBe(told.length - 1);
  });
});

describe("a mark without a turn", () => {
  it("is written once, unless it is to be written again", async () => {
    const id = stripeId("evt");
    expect(await writeInTurn(NOBODY, [], mark(id, "first"))).toBe(true);
    expect(await writeInTurn(NOBODY, [], mark(id, "second"))).toBe(false);
    expect(await inboxRow(id)).toMatchObject({ note: "It was first.", attempts: 1, changes: null });
    expect(await writeInTurn(NOBODY, [], mark(id, "third", true))).toBe(true);
    expect(await inboxRow(id)).toMatchObject({ note: "It was third.", type: "first", attempts: 2 });
  });
});

describe("a customer's row", () => {
  it("finds its user with the first news, keeps them, and is nobody else's", async () => {
    const [ada, bob] = [await someUser(), await someUser()];
    await write(ada.customer, null, []);
    expect(await rowOf(ada.customer)).toMatchObject({ userId: ada.id, rev: 0, livemode: false });
    await linkUser(bob.id, ada.customer);
    expect(await rowOf(ada.customer)).toMatchObject({ userId: ada.id, rev: 1 });
    expect(await userById(bob.id)).toMatchObject({ stripeCustomerId: bob.customer });
  });

  it("of a stranger finds the user that names it later", async () => {
    const customer = stripeId("cus");
    await write(customer, null, []);
    expect(await rowOf(customer)).toMatchObject({ userId: null });
    const { id } = await someUser({ stripeCustomerId: customer });
    await write(customer, 0, []);
    expect(await rowOf(customer)).toMatchObject({ userId: id, rev: 1 });
  });
});

describe("several tellings of one entry in one statement", () => {
  const paid = (over: Partial<LedgerEntry>) => entry({ kind: "invoice_paid", ...over });
  const stored = async (entries: LedgerEntry[]) => {
    const [{ stripeId: key } = { stripeId: "" }] = entries;
    expect(await write(key, null, entries)).toBe(true);
    const rows = await db.select().from(stripeTransactions).where(eq(stripeTransactions.stripeId, key));
    return rows.map(({ eventType, stripeEventId, occurredAt }) => [
      eventType,
      stripeEventId,
      occurredAt.getTime() / 1000 - 1_790_000_000,
    ]);
  };
  const at = (second: number) => new Date((1_790_000_000 + second) * 1000);

  it.each([
    ["the naming event before another with a lower id", "evt_b", "invoice.payment_succeeded"],
    ["an event before a read", "evt_a", "invoice.paid"],
  ])("%s, with the earliest moment, in either order", async (_, winner, type) => {
    for (const isTurned of [false, true]) {
      const stripeId_ = stripeId("in");
      const tellings = [
        paid({ stripeId: stripeId_, eventType: type, stripeEventId: winner, occurredAt: at(9) }),
        paid({ stripeId: stripeId_, eventType: "invoice.updated", stripeEventId: null, occurredAt: at(5) }),
        ...(winner === "evt_b"
          ? [
              paid({
                stripeId: stripeId_,
                eventType: "invoice.paid",
                stripeEventId: "evt_a",
                occurredAt: at(7),
              }),
            ]
          : []),
      ];
      expect(await stored(isTurned ? tellings.toReversed() : tellings)).toEqual([[type, winner, 5]]);
    }
  });

  it("of two alike the lower id", async () => {
    for (const ids of [
      ["evt_1", "evt_2"],
      ["evt_2", "evt_1"],
    ]) {
      const key = stripeId("in");
      const tellings = ids.map((stripeEventId) =>
        paid({ stripeId: key, stripeEventId, eventType: "invoice.paid" }),
      );
      expect(await stored(tellings)).toEqual([["invoice.paid", "evt_1", 3]]);
    }
  });

  it("entries of the same id and another kind stay two", async () => {
    const key = stripeId("re");
    const entries = [entry({ kind: "refund", stripeId: key, status: "succeeded" }), entry({ stripeId: key })];
    expect(await stored(entries)).toHaveLength(2);
  });
});
