import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { db } from "@/db";
import { checkoutSessions, customers, invoices, stripeTransactions, subscriptions, users } from "@/db/schema";
import { ensureCustomer } from "@/lib/billing/checkout/customer";
import { stripe } from "@/lib/billing/stripe";
import { post } from "./support/post-event";
import { someUser, subscriptionRow, userById } from "./support/rows";
import { event, stripeId, subscription } from "./support/stripe-objects";

/** A customer's rows find their user, always with somebody else beside; and one subscription grants access. */

type User = Awaited<ReturnType<typeof someUser>>;
const time = (after: number) => new Date((1_790_000_000 + after) * 1000);

const insertSubscription = async (row: Partial<typeof subscriptions.$inferInsert>) => {
  const [inserted] = await db
    .insert(subscriptions)
    .values({
      stripeId: stripeId("sub"),
      stripeCustomerId: stripeId("cus"),
      status: "active",
      stripePriceId: stripeId("price"),
      quantity: 1,
      currency: "usd",
      currentPeriodStart: time(1),
      currentPeriodEnd: time(2),
      cancelAtPeriodEnd: false,
      startedAt: time(3),
      livemode: false,
      ...row,
    })
    .returning();
  if (!inserted) throw new Error("The subscription was not inserted.");
  return inserted;
};

/** One of each that may belong to a customer. */
async function rowsOf(stripeCustomerId: string, userId: string | null) {
  const of = { stripeCustomerId, userId, livemode: false };
  const money = { amount: 1, revenue: 1, currency: "usd" };
  const ids = { session: stripeId("cs_test"), invoice: stripeId("in"), fact: stripeId("pi") };
  const { id: subscriptionId, stripeId: subscription } = await insertSubscription(of);
  await db
    .insert(checkoutSessions)
    .values({ ...of, stripeId: ids.session, mode: "payment", status: "complete", paymentStatus: "paid" });
  await db.insert(invoices).values({
    ...of,
    stripeId: ids.invoice,
    status: "paid",
    attemptCount: 1,
    amountDue: 1,
    amountPaid: 1,
    currency: "usd",
    stripeCreatedAt: time(4),
  });
  await db
    .insert(stripeTransactions)
    .values({ ...of, ...money, kind: "payment", stripeId: ids.fact, eventType: "x", occurredAt: time(5) });
  const owners = async () => {
    const tables = [
      [subscriptions, subscription],
      [checkoutSessions, ids.session],
      [invoices, ids.invoice],
      [stripeTransactions, ids.fact],
    ] as const;
    return Promise.all(
      tables.map(
        async ([table, id]) =>
          (await db.select({ userId: table.userId }).from(table).where(eq(table.stripeId, id)))[0]?.userId,
      ),
    );
  };
  return { subscriptionId, owners };
}

const fourOf = (userId: string | null) => Array(4).fill(userId);

let [ada, bob]: User[] = [];
beforeEach(async () => {
  [ada, bob] = [await someUser({ stripeCustomerId: null }), await someUser()];
});
const both = () => {
  if (!ada || !bob) throw new Error("There are no users.");
  return { ada, bob };
};

describe("a customer becomes known", () => {
  /** The customer that ensureCustomer will be answered with: Stripe keeps to the key. */
  const customerOf = async ({ id, email, name }: User) =>
    (
      await stripe.customers.create(
        { email, name, metadata: { user_id: id } },
        { idempotencyKey: `customer-${id}` },
      )
    ).id;

  it("its rows that are nobody's become the user's; another's, and another customer's, do not", async () => {
    const { ada, bob } = both();
    const customer = await customerOf(ada);
    const early = await rowsOf(customer, null);
    const bobs = await rowsOf(customer, bob.id);
    const strangers = await rowsOf(stripeId("cus"), null);
    expect(await ensureCustomer(ada)).toBe(customer);
    expect(await early.owners()).toEqual(fourOf(ada.id));
    expect(await bobs.owners()).toEqual(fourOf(bob.id));
    expect(await strangers.owners()).toEqual(fourOf(null));
    expect(await userById(ada.id)).toMatchObject({
      stripeCustomerId: customer,
      currentSubscriptionId: early.subscriptionId,
    });
    expect(await userById(bob.id)).toMatchObject({
      stripeCustomerId: bob.customer,
      currentSubscriptionId: null,
    });
  });

  it("a user who has one keeps it, though another was made meanwhile, whose rows stay nobody's", async () => {
    const { ada } = both();
    const customer = await customerOf(ada);
    const stray = await rowsOf(customer, null);
    const own = stripeId("cus");
    await db.update(users).set({ stripeCustomerId: own }).where(eq(users.id, ada.id));
    // The user as they were before another request stored theirs.
    expect(await ensureCustomer(ada)).toBe(own);
    expect(await userById(ada.id)).toMatchObject({ stripeCustomerId: own, currentSubscriptionId: null });
    expect(await stray.owners()).toEqual(fourOf(null));
  });
});

describe("a customer is deleted", () => {
  const deletedAt = 1_790_000_500;
  const deleteCustomer = async ({ customer }: User, created = deletedAt) => {
    const gone = { id: customer, object: "customer", deleted: true };
    expect((await post(event("customer.deleted", gone, { created }))).status).toBe(200);
  };
  const state = async (id: string) => {
    const [row] = await db.select().from(subscriptions).where(eq(subscriptions.stripeId, id));
    const { status, endedAt, stampLo, stampHi, fromCreated, rev } = row ?? {};
    return { status, endedAt, stampLo, stampHi, fromCreated, rev };
  };

  it("what it had ends in that second; what had ended before, and everybody else's, stays", async () => {
    const { bob } = both();
    const cleo = await someUser();
    const stamps = { stampLo: 1_790_000_100, stampHi: 1_790_000_900, fromCreated: true, rev: 4 };
    const of = ({ id, customer }: User) => ({ stripeCustomerId: customer, userId: id, ...stamps });
    const running = await insertSubscription({ ...of(bob), status: "past_due" });
    const ending = await insertSubscription({ ...of(bob), status: "unpaid", endedAt: time(7), stampHi: 5 });
    const ended = await insertSubscription({ ...of(bob), status: "canceled", endedAt: time(8) });
    const expired = await insertSubscription({ ...of(bob), status: "incomplete_expired" });
    const hers = await insertSubscription({ ...of(cleo), status: "active" });
    await deleteCustomer(bob);
    const newer = { status: "canceled", stampLo: deletedAt, fromCreated: false, rev: 5 };
    expect(await state(running.stripeId)).toEqual({ ...newer, endedAt: time(500), stampHi: 1_790_000_900 });
    expect(await state(ending.stripeId)).toEqual({ ...newer, endedAt: time(7), stampHi: deletedAt });
    expect(await state(ended.stripeId)).toEqual({ ...stamps, status: "canceled", endedAt: time(8) });
    expect(await state(expired.stripeId)).toEqual({ ...stamps, status: "incomplete_expired", endedAt: null });
    expect(await state(hers.stripeId)).toEqual({ ...stamps, status: "active", endedAt: null });
  });

  it("its user is remembered and free for another; others keep theirs", async () => {
    const { bob } = both();
    const cleo = await someUser();
    const own = await insertSubscription({ stripeCustomerId: bob.customer, userId: bob.id });
    const hers = await insertSubscription({ stripeCustomerId: cleo.customer, userId: cleo.id });
    for (const [user, row] of [
      [bob, own],
      [cleo, hers],
    ] as const)
      await db.update(users).set({ currentSubscriptionId: row.id }).where(eq(users.id, user.id));
    await deleteCustomer(bob);
    await deleteCustomer(bob);
    expect(await userById(bob.id)).toMatchObject({ stripeCustomerId: null, currentSubscriptionId: null });
    expect(await userById(cleo.id)).toMatchObject({
      stripeCustomerId: cleo.customer,
      currentSubscriptionId: hers.id,
    });
    const remembered = await db.select().from(customers).where(eq(customers.userId, bob.id));
    expect(remembered).toMatchObject([
      { stripeId: bob.customer, deletedAt: expect.any(Date), rev: 1, livemode: false },
    ]);
    expect(await db.select().from(customers).where(eq(customers.userId, cleo.id))).toEqual([]);
  });

  it("what happened a second before it, told later, changes nothing; what comes of it later is still theirs", async () => {
    const { bob } = both();
    const known = subscription({ customer: bob.customer });
    await post(event("customer.subscription.updated", known, { created: deletedAt - 100 }));
    await deleteCustomer(bob);
    await post(event("customer.subscription.updated", known, { created: deletedAt - 1 }));
    expect(await subscriptionRow(known.id)).toMatchObject({ status: "canceled", endedAt: time(500) });
    const late = subscription({ customer: bob.customer });
    await post(event("customer.subscription.created", late));
    expect(await subscriptionRow(late.id)).toMatchObject({ status: "active", userId: bob.id });
    expect((await userById(bob.id))?.currentSubscriptionId).toBeNull();
  });

  it("and the same person's next customer grants access again", async () => {
    const { bob } = both();
    await deleteCustomer(bob);
    const next = stripeId("cus");
    await db.update(users).set({ stripeCustomerId: next }).where(eq(users.id, bob.id));
    const bought = subscription({ customer: next });
    await post(event("customer.subscription.created", bought));
    const row = await subscriptionRow(bought.id);
    expect((await userById(bob.id))?.currentSubscriptionId).toBe(row?.id);
  });
});

describe("the subscription that grants access", () => {
  /** Any event about any of a user's subscriptions looks at all of them. */
  async function currentOf(
    user: User,
    rows: Partial<typeof subscriptions.$inferInsert>[],
    told: Parameters<typeof subscription>[0] = { status: "canceled" },
  ) {
    const inserted = [];
    for (const row of rows)
      inserted.push(await insertSubscription({ stripeCustomerId: user.customer, userId: user.id, ...row }));
    const last = subscription({ customer: user.customer, ...told });
    await post(event("customer.subscription.updated", last));
    const current = (await userById(user.id))?.currentSubscriptionId;
    const own = await subscriptionRow(last.id);
    return current === own?.id ? "told" : inserted.findIndex(({ id }) => id === current);
  }
  const NONE = -1;

  it.each([
    ["trialing", 0],
    ["active", 0],
    ["past_due", 0],
    ["unpaid", 0],
    ["paused", 0],
    ["incomplete", NONE],
    ["incomplete_expired", NONE],
    ["canceled", NONE],
    ["invented_tomorrow", NONE],
  ])("%s: %d", async (status, expected) => {
    const { bob } = both();
    expect(await currentOf(bob, [{ status }])).toBe(expected);
  });

  it("an active one before one that is only ongoing, however much newer", async () => {
    const { bob } = both();
    const [active, unpaid] = [
      { status: "past_due", startedAt: time(1) },
      { status: "unpaid", startedAt: time(100) },
    ];
    expect(await currentOf(bob, [unpaid, active, { ...unpaid, startedAt: time(200) }])).toBe(1);
  });

  it("of two the newer", async () => {
    const { bob } = both();
    const started = [50, 70, 60].map((after) => ({ status: "active", startedAt: time(after) }));
    expect(await currentOf(bob, started)).toBe(1);
  });

  it("the one that is told of, when it is the newest", async () => {
    const { bob } = both();
    expect(await currentOf(bob, [{ startedAt: time(1) }], { start_date: 1_790_000_002 })).toBe("told");
  });

  it("nobody else's, and not one of a customer of theirs that was deleted", async () => {
    const { bob } = both();
    const cleo = await someUser();
    const gone = stripeId("cus");
    await db
      .insert(customers)
      .values({ stripeId: gone, userId: bob.id, deletedAt: time(6), livemode: false });
    const rows = [{ userId: cleo.id }, { stripeCustomerId: gone }, { status: "unpaid" }];
    expect(await currentOf(bob, rows)).toBe(2);
    expect((await userById(cleo.id))?.currentSubscriptionId).toBeNull();
  });

  it("one of a customer that was somebody else's and was deleted counts for whose it is", async () => {
    const { bob } = both();
    const cleo = await someUser();
    const hers = stripeId("cus");
    await db
      .insert(customers)
      .values({ stripeId: hers, userId: cleo.id, deletedAt: time(6), livemode: false });
    expect(await currentOf(bob, [{ stripeCustomerId: hers }])).toBe(0);
  });

  it("none any more, once it has ended or Stripe does not know it", async () => {
    const { bob } = both();
    const known = subscription({ customer: bob.customer });
    await post(event("customer.subscription.created", known));
    expect((await userById(bob.id))?.currentSubscriptionId).toBe((await subscriptionRow(known.id))?.id);
    // Of the same second, other content: Stripe is asked, which has no such subscription.
    await post(event("customer.subscription.updated", { ...known, status: "past_due" }));
    await post(event("customer.subscription.updated", { ...known, status: "unpaid" }));
    expect(await subscriptionRow(known.id)).toMatchObject({
      status: "canceled",
      deletedAt: expect.any(Date),
    });
    expect((await userById(bob.id))?.currentSubscriptionId).toBeNull();
  });
});
