import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { db } from "@/db";
import { getCurrentSubscription, listOrders } from "@/db/queries/account";
import { listAccessTokens } from "@/db/queries/tokens";
import { accessTokens, checkoutSessions } from "@/db/schema";
import { post } from "../support/post-event";
import { someUser, subscriptionRow, userById } from "../support/rows";
import { event, PERIOD_START, stripeId, subscription } from "../support/stripe-objects";
import { someProduct } from "./some-product";

/** A person's own rows. Each query is also asked by somebody else, who has rows of the same kind. */

const minute = (n: number) => new Date(Date.UTC(2027, 0, 1, 0, n));

const idsOf = (rows: { id: string }[]) => rows.map(({ id }) => id);

async function sold(userId: string, over: Partial<typeof checkoutSessions.$inferInsert> = {}) {
  const [row] = await db
    .insert(checkoutSessions)
    .values({
      stripeId: stripeId("cs_test"),
      userId,
      mode: "payment",
      status: "complete",
      paymentStatus: "paid",
      amountTotal: 900,
      currency: "eur",
      completedAt: minute(1),
      livemode: false,
      ...over,
    })
    .returning();
  return row?.id;
}

describe("listOrders", () => {
  it("shows a person theirs, newest first, by name, and nothing of anybody else's", async () => {
    const [ada, bob, product] = [await someUser(), await someUser(), await someProduct()];
    const first = await sold(ada.id, { productId: product.id });
    const third = await sold(ada.id, { completedAt: minute(3), paymentStatus: "unpaid" });
    const second = await sold(bob.id, { completedAt: minute(2) });
    expect(await listOrders(ada.id)).toEqual([
      {
        id: third,
        productName: null,
        amountTotal: 900,
        currency: "eur",
        completedAt: minute(3),
        status: "complete",
        paymentStatus: "unpaid",
      },
      {
        id: first,
        productName: product.name,
        amountTotal: 900,
        currency: "eur",
        completedAt: minute(1),
        status: "complete",
        paymentStatus: "paid",
      },
    ]);
    expect(idsOf(await listOrders(bob.id))).toEqual([second]);
    expect(await listOrders((await someUser()).id)).toEqual([]);
  });

  it("leaves out subscriptions, and what was never completed", async () => {
    const { id } = await someUser();
    await sold(id, { mode: "subscription" });
    await sold(id, { mode: "setup" });
    await sold(id, { status: "open", completedAt: null });
    expect(await listOrders(id)).toEqual([]);
  });

  it("shows the hundred newest", async () => {
    const { id } = await someUser();
    const rows: unknown[] = [];
    for (let n = 1; n <= 100; n++) rows.push(await sold(id, { completedAt: minute(n) }));
    await sold(id, { completedAt: minute(0) });
    expect(idsOf(await listOrders(id))).toEqual(rows.toReversed());
  });
});

describe("listAccessTokens", () => {
  const token = (userId: string, n: number) => ({
    userId,
    name: `Token ${n}`,
    tokenHash: randomUUID(),
    prefix: "tf_1234567",
    createdAt: minute(n),
  });
  const add = async (...rows: (typeof accessTokens.$inferInsert)[]) =>
    idsOf(await db.insert(accessTokens).values(rows).returning());

  it("shows a person theirs, newest first, revoked ones too, and nothing of anybody else's", async () => {
    const [ada, bob] = [await someUser(), await someUser()];
    const [first, third] = await add({ ...token(ada.id, 1), revokedAt: minute(9) }, token(ada.id, 3));
    const [second] = await add(token(bob.id, 2));
    expect(idsOf(await listAccessTokens(ada.id))).toEqual([third, first]);
    expect(idsOf(await listAccessTokens(bob.id))).toEqual([second]);
    expect(await listAccessTokens((await someUser()).id)).toEqual([]);
  });

  it("shows all that work, however many were made after them, and of the ended ones the fifty newest", async () => {
    const { id } = await someUser();
    const end = (n: number) =>
      n % 2 ? { revokedAt: minute(300) } : { expiresAt: new Date("2020-01-01T00:00:00Z") };
    const live = await add(token(id, 1), { ...token(id, 2), expiresAt: new Date("2099-01-01T00:00:00Z") });
    const ended = await add(...Array.from({ length: 51 }, (_, n) => ({ ...token(id, n + 3), ...end(n) })));
    expect(idsOf(await listAccessTokens(id))).toEqual([...live, ...ended.slice(1)].toReversed());
    const later = await add(...Array.from({ length: 120 }, (_, n) => token(id, n + 60)));
    expect(idsOf(await listAccessTokens(id))).toEqual([...live, ...ended.slice(1), ...later].toReversed());
  });
});

describe("getCurrentSubscription", () => {
  const told = (customer: string, over: object = {}) => subscription({ customer, ...over });
  const begin = async (...all: ReturnType<typeof told>[]) => {
    for (const one of all) expect((await post(event("customer.subscription.created", one))).status).toBe(200);
  };

  it("is a person's own, with its plan; somebody else gets theirs, or none", async () => {
    const [ada, bob, product] = [await someUser(), await someUser(), await someProduct()];
    const [hers, his] = [told(ada.customer), told(bob.customer)];
    const [item] = hers.items.data;
    const items = {
      object: "list",
      data: [{ ...item, price: { ...item?.price, id: product.stripePriceId } }],
    };
    await begin({ ...hers, items } as typeof hers, his);
    expect(await getCurrentSubscription(ada.id)).toMatchObject({
      stripeId: hers.id,
      userId: ada.id,
      product,
    });
    expect(await getCurrentSubscription(bob.id)).toMatchObject({ stripeId: his.id, product: null });
    expect(await getCurrentSubscription((await someUser()).id)).toBeNull();
    expect(await getCurrentSubscription(randomUUID())).toBeNull();
  });

  /** https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses */
  it.each([
    ["trialing", true],
    ["active", true],
    ["past_due", true],
    ["unpaid", true],
    ["paused", true],
    ["incomplete", false],
    ["incomplete_expired", false],
    ["canceled", false],
    ["invented_tomorrow", false],
  ])("one that is %s: current is %s", async (status, isCurrent) => {
    const user = await someUser();
    const only = told(user.customer, { status });
    await begin(only);
    expect((await getCurrentSubscription(user.id))?.stripeId ?? null).toBe(isCurrent ? only.id : null);
  });

  it.each([
    ["of two that give access, the newer", ["active", 1], ["active", 2], 1],
    ["of two that do not, the newer", ["unpaid", 1], ["paused", 2], 1],
    ["one that gives access before a newer one that does not", ["past_due", 1], ["unpaid", 2], 0],
    ["one that gives access before an older one that does not", ["paused", 1], ["trialing", 2], 1],
    ["one that goes on before a newer one that has ended", ["unpaid", 1], ["canceled", 2], 0],
  ] as const)("is %s", async (_, first, second, expected) => {
    for (const isReversed of [false, true]) {
      const user = await someUser();
      const all = [first, second].map(([status, days]) =>
        told(user.customer, { status, start_date: PERIOD_START + days * 86_400 }),
      );
      await begin(...(isReversed ? all.toReversed() : all));
      expect(await getCurrentSubscription(user.id)).toMatchObject({ stripeId: all[expected]?.id });
    }
  });

  it("is the next best when it ends", async () => {
    const user = await someUser();
    const [old, now] = [
      told(user.customer, { start_date: PERIOD_START - 1 }),
      told(user.customer, { start_date: PERIOD_START }),
    ];
    await begin(old, now);
    await post(event("customer.subscription.deleted", { ...now, status: "canceled" }));
    expect(await getCurrentSubscription(user.id)).toMatchObject({ stripeId: old.id });
    await post(event("customer.subscription.deleted", { ...old, status: "canceled" }));
    expect(await getCurrentSubscription(user.id)).toBeNull();
  });

  it("does not change because of somebody else's", async () => {
    const [ada, bob] = [await someUser(), await someUser()];
    const [hers, his] = [told(ada.customer), told(bob.customer, { start_date: PERIOD_START + 9 })];
    await begin(hers, his);
    const current = (await subscriptionRow(hers.id))?.id;
    await post(event("customer.subscription.deleted", { ...his, status: "canceled" }));
    expect(await userById(ada.id)).toMatchObject({ currentSubscriptionId: current });
    expect(await userById(bob.id)).toMatchObject({ currentSubscriptionId: null });
  });
});
