import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { db } from "@/db";
import {
  listOpenInvoices,
  listOwnPlans,
  listSubscriptionItems,
  listSubscriptions,
} from "@/db/queries/subscriptions";
import { invoices, subscriptionItems, subscriptions } from "@/db/schema";
import { post } from "../support/post-event";
import { someUser } from "../support/rows";
import { event, invoice, PERIOD_START, stripeId, subscription } from "../support/stripe-objects";
import { someProduct } from "./some-product";

/** The subscriptions that bill a person. Each query is also asked for somebody else, who has rows of the same kind. */

const DAY = 86_400;
const tell = async (...all: ReturnType<typeof subscription>[]) => {
  for (const one of all) expect((await post(event("customer.subscription.created", one))).status).toBe(200);
};
const idsOf = (rows: { stripeId: string }[]) => rows.map(({ stripeId }) => stripeId);

describe("listSubscriptions", () => {
  const ALL = ["active", "past_due", "unpaid", "incomplete"];

  it("is the one that gives access, then the others from the newest, and nobody else's", async () => {
    const [ada, bob] = [await someUser(), await someUser()];
    const of = (status: string, days: number, customer = ada.customer) =>
      subscription({ customer, status, start_date: PERIOD_START + days * DAY });
    const [old, access, newest, his] = [
      of("unpaid", 1),
      of("active", 2),
      of("incomplete", 3),
      of("active", 4, bob.customer),
    ];
    await tell(old, access, newest, his);
    expect(idsOf(await listSubscriptions(ada.id, ALL))).toEqual([access.id, newest.id, old.id]);
    expect(idsOf(await listSubscriptions(bob.id, ALL))).toEqual([his.id]);
    expect(await listSubscriptions((await someUser()).id, ALL)).toEqual([]);
    expect(await listSubscriptions(randomUUID(), ALL)).toEqual([]);
  });

  it("is in one of the statuses, and known to Stripe", async () => {
    const { id, customer } = await someUser();
    const [active, canceled, gone] = [
      subscription({ customer }),
      subscription({ customer, status: "canceled" }),
      subscription({ customer }),
    ];
    await tell(active, canceled, gone);
    await db
      .update(subscriptions)
      .set({ deletedAt: new Date(1_000) })
      .where(eq(subscriptions.stripeId, gone.id));
    expect(idsOf(await listSubscriptions(id, ["active"]))).toEqual([active.id]);
    expect(idsOf(await listSubscriptions(id, ["canceled"]))).toEqual([canceled.id]);
    expect(await listSubscriptions(id, [])).toEqual([]);
  });

  it("has the product of its price, or none", async () => {
    const [{ id, customer }, product] = [await someUser(), await someProduct()];
    const [plain, ours] = [subscription({ customer }), subscription({ customer })];
    const [item] = ours.items.data;
    if (item) item.price.id = product.stripePriceId;
    await tell(plain, ours);
    const found = await listSubscriptions(id, ["active"]);
    expect(found.find(({ stripeId }) => stripeId === ours.id)?.product).toEqual(product);
    expect(found.find(({ stripeId }) => stripeId === plain.id)?.product).toBeNull();
  });
});

describe("listOwnPlans", () => {
  const told = (customer: string, prices: string[], over: object = {}) => {
    const one = subscription({ customer, ...over });
    const [item] = one.items.data;
    const data = prices.map((id) => ({ ...item, id: stripeId("si"), price: { ...item?.price, id } }));
    return { ...one, items: { object: "list", data } } as typeof one;
  };
  const plansOf = async (userId: string) =>
    (await listOwnPlans(userId, ["active", "past_due"])).map(({ plan }) => plan).toSorted();

  it("is what any item of any of a person's subscriptions bills, once each, and nobody else's", async () => {
    const [ada, bob] = [await someUser(), await someUser()];
    const [first, extra, second, his] = [
      await someProduct({ family: "one", interval: "month", intervalCount: 3 }),
      await someProduct({ family: "two", interval: "year" }),
      await someProduct(),
      await someProduct(),
    ];
    await tell(
      told(ada.customer, [first.stripePriceId, extra.stripePriceId]),
      told(ada.customer, [second.stripePriceId, extra.stripePriceId], { status: "past_due" }),
      told(ada.customer, [his.stripePriceId], { status: "canceled" }),
      told(ada.customer, [stripeId("price")]),
      told(bob.customer, [his.stripePriceId]),
    );
    expect(await plansOf(ada.id)).toEqual([first.plan, extra.plan, second.plan].toSorted());
    expect(await plansOf(bob.id)).toEqual([his.plan]);
    expect(await plansOf((await someUser()).id)).toEqual([]);
    expect(await listOwnPlans(ada.id, ["active"])).toContainEqual({
      name: first.name,
      plan: first.plan,
      family: "one",
      interval: "month",
      intervalCount: 3,
    });
  });

  it("is known of a row from before items were kept, and nothing of one that Stripe knows no more", async () => {
    const [{ id, customer }, product] = [await someUser(), await someProduct()];
    const one = told(customer, [product.stripePriceId]);
    await tell(one);
    await db.delete(subscriptionItems).where(eq(subscriptionItems.stripeSubscriptionId, one.id));
    expect(await plansOf(id)).toEqual([product.plan]);
    const isRow = eq(subscriptions.stripeId, one.id);
    await db
      .update(subscriptions)
      .set({ deletedAt: new Date(1_000) })
      .where(isRow);
    expect(await plansOf(id)).toEqual([]);
  });
});

describe("listSubscriptionItems", () => {
  it("is what these bill, each with the name of its plan, and nothing of another", async () => {
    const [product, sub, other] = [await someProduct(), stripeId("sub"), stripeId("sub")];
    const item = (name: string, over: Partial<typeof subscriptionItems.$inferInsert> = {}) => ({
      stripeId: `${sub}_${name}`,
      stripeSubscriptionId: sub,
      stripePriceId: stripeId("price"),
      quantity: 3,
      unitAmount: 700,
      unitAmountDecimal: "700.5",
      currency: "eur",
      interval: "week",
      intervalCount: 2,
      currentPeriodStart: new Date(1_000),
      currentPeriodEnd: new Date(2_000),
      discounts: [],
      livemode: false,
      ...over,
    });
    await db
      .insert(subscriptionItems)
      .values([
        item("a", { quantity: null, unitAmount: null, unitAmountDecimal: null }),
        item("b", { stripePriceId: product.stripePriceId }),
        item("c", { stripeSubscriptionId: other }),
      ]);
    const common = { stripeSubscriptionId: sub, currency: "eur", interval: "week", intervalCount: 2 };
    const always = { id: expect.any(String), ...common, currentPeriodEnd: new Date(2_000) };
    expect(await listSubscriptionItems([sub])).toEqual([
      { ...always, quantity: 3, unitAmount: 700, unitAmountDecimal: "700.5", productName: product.name },
      { ...always, quantity: null, unitAmount: null, unitAmountDecimal: null, productName: null },
    ]);
    expect(await listSubscriptionItems([sub, other])).toHaveLength(3);
    expect(await listSubscriptionItems([])).toEqual([]);
  });
});

describe("listOpenInvoices", () => {
  it("is what waits for its money, oldest first, of these alone", async () => {
    const { customer } = await someUser();
    const [sub, other] = [stripeId("sub"), stripeId("sub")];
    const bill = (of: string, status: string, days: number) =>
      invoice({
        customer,
        parent: { type: "subscription_details", subscription_details: { subscription: of, metadata: {} } },
        status,
        created: PERIOD_START + days * DAY,
        amount_remaining: 100 + days,
        due_date: PERIOD_START + 10 * DAY,
        next_payment_attempt: PERIOD_START + 11 * DAY,
        hosted_invoice_url: `https://invoice.example/${days}`,
      });
    const bills = [
      bill(sub, "open", 2),
      bill(sub, "open", 1),
      bill(other, "open", 3),
      bill(sub, "draft", 4),
      bill(sub, "paid", 5),
      bill(sub, "void", 6),
      bill(sub, "uncollectible", 7),
      bill(sub, "open", 8),
    ];
    for (const one of bills) await post(event("invoice.updated", one));
    await db
      .update(invoices)
      .set({ deletedAt: new Date(1_000) })
      .where(eq(invoices.stripeId, bills.at(-1)?.id ?? ""));
    const of = (days: number) => ({
      stripeSubscriptionId: sub,
      amountRemaining: 100 + days,
      currency: "usd",
      dueAt: new Date((PERIOD_START + 10 * DAY) * 1000),
      nextPaymentAttemptAt: new Date((PERIOD_START + 11 * DAY) * 1000),
      hostedInvoiceUrl: `https://invoice.example/${days}`,
    });
    expect(await listOpenInvoices([sub])).toEqual([of(1), of(2)]);
    expect(await listOpenInvoices([sub, other])).toHaveLength(3);
    expect(await listOpenInvoices([])).toEqual([]);
  });
});
