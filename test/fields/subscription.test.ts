import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/db";
import { subscriptionItems } from "@/db/schema";
import { post } from "../support/post-event";
import { someUser } from "../support/rows";
import { event } from "../support/stripe-objects";
import { columnsOf, type Line, mirrorLines, postgresRow } from "./postgres-row";

/** Every column of `subscriptions` and `subscription_items`, held against the field of Stripe's that it copies. */

/** No two times, amounts or ids are equal, and nothing is null that has a neighbour to be taken for. */
const subscription = (customer: string, id: string, over: object = {}) => ({
  id,
  object: "subscription",
  customer,
  status: "past_due",
  currency: "eur",
  billing_cycle_anchor: 1_798_859_045, // 2027-01-02 03:04:05
  created: 1_801_627_506, // 2027-02-03 04:05:06
  start_date: 1_804_136_767, // 2027-03-04 05:06:07
  trial_start: 1_806_905_228, // 2027-04-05 06:07:08
  trial_end: 1_809_587_289, // 2027-05-06 07:08:09
  canceled_at: 1_812_355_750, // 2027-06-07 08:09:10
  cancel_at: 1_815_037_811, // 2027-07-08 09:10:11
  ended_at: 1_817_806_272, // 2027-08-09 10:11:12
  cancel_at_period_end: true,
  cancellation_details: { comment: "Too dear.", feedback: "too_expensive", reason: "payment_failed" },
  collection_method: "send_invoice",
  days_until_due: 13,
  pause_collection: { behavior: "keep_as_draft", resumes_at: 1_828_707_316 }, // 2027-12-13 14:15:16
  discounts: [],
  items: {
    object: "list",
    data: [
      {
        id: `si_1_${id}`,
        object: "subscription_item",
        quantity: 7,
        discounts: [],
        created: 1_798_859_046,
        current_period_start: 1_820_574_733, // 2027-09-10 11:12:13
        current_period_end: 1_823_256_794, // 2027-10-11 12:13:14
        price: {
          id: `price_1_${id}`,
          object: "price",
          product: `prod_1_${id}`,
          unit_amount: 2_305,
          unit_amount_decimal: "2305",
          currency: "chf",
          recurring: { interval: "year", interval_count: 3, usage_type: "licensed" },
        },
      },
      {
        id: `si_2_${id}`,
        object: "subscription_item",
        quantity: undefined as number | undefined,
        discounts: [],
        current_period_start: 1_829_048_717, // 2027-12-17 13:05:17
        current_period_end: 1_831_471_577, // 2028-01-14 14:06:17
        price: {
          id: `price_2_${id}`,
          object: "price",
          product: `prod_2_${id}`,
          unit_amount: null as number | null,
          unit_amount_decimal: "1250.5",
          currency: "gbp",
          recurring: { interval: "week", interval_count: 5, usage_type: "metered" },
        },
      },
    ],
  },
  trial_settings: null,
  latest_invoice: `in_${id}`,
  schedule: `sub_sched_${id}`,
  test_clock: null,
  metadata: {},
  livemode: false,
  ...over,
});

/** 2027-11-12 13:14:15 */
const TOLD_AT = 1_826_025_255;

describe("a subscription with every field", () => {
  let row: Record<string, unknown>;
  let user: Awaited<ReturnType<typeof someUser>>;
  beforeAll(async () => {
    user = await someUser();
    const told = subscription(user.customer, `sub_${user.id}`);
    expect((await post(event("customer.subscription.updated", told, { created: TOLD_AT }))).status).toBe(200);
    row = await postgresRow("subscriptions", told.id);
  });

  const id = () => `sub_${user.id}`;
  const lines: Line[] = [
    ["id", "stripe_id", id, "its name at Stripe"],
    ["customer", "stripe_customer_id", () => user.customer, "who pays"],
    ["customer", "user_id", () => user.id, "our user with this customer"],
    ["status", "status", "past_due", "as Stripe says it"],
    ["items[0].price.id", "stripe_price_id", () => `price_1_${id()}`, "the plan's price"],
    ["items[0].quantity", "quantity", 7, "how many of it"],
    ["items[0].price.unit_amount", "unit_amount", 2_305, "what one costs, in minor units"],
    ["currency", "currency", "eur", "of the amount"],
    ["items[0].price.recurring.interval", "interval", "year", "how often it bills"],
    ["items[0].price.recurring.interval_count", "interval_count", 3, "every so many of them"],
    [
      "items[0].current_period_start",
      "current_period_start",
      "2027-09-10T11:12:13+00:00",
      "what is paid for begins",
    ],
    ["items[0].current_period_end", "current_period_end", "2027-10-11T12:13:14+00:00", "the next bill"],
    ["trial_start", "trial_start", "2027-04-05T06:07:08+00:00", "the first day that was free"],
    ["trial_end", "trial_end", "2027-05-06T07:08:09+00:00", "the first day that costs"],
    ["cancel_at", "cancel_at", "2027-07-08T09:10:11+00:00", "it will end then by itself"],
    ["cancel_at_period_end", "cancel_at_period_end", true, "it will end with its period"],
    ["canceled_at", "canceled_at", "2027-06-07T08:09:10+00:00", "somebody asked for its end"],
    ["cancellation_details.reason", "cancellation_reason", "payment_failed", "who or what ended it"],
    ["ended_at", "ended_at", "2027-08-09T10:11:12+00:00", "it came to its end"],
    ["collection_method", "collection_method", "send_invoice", "by card, or by a bill"],
    ["pause_collection.behavior", "pause_behavior", "keep_as_draft", "nothing is collected"],
    ["pause_collection.resumes_at", "pause_resumes_at", "2027-12-13T14:15:16+00:00", "until then"],
    ["discounts", "discounts", [], "what lowers its bills: see test/discounts.test.ts"],
    ["schedule", "stripe_schedule_id", () => `sub_sched_${id()}`, "what will change it"],
    ["start_date", "started_at", "2027-03-04T05:06:07+00:00", "it began, before any later change"],
    ["livemode", "livemode", false, "real money"],
    ...mirrorLines(TOLD_AT),
  ];

  it.each(lines)("%s → %s", (_, column, value) => {
    expect(row).toHaveProperty(column, typeof value === "function" ? value() : value);
  });
  it("has no other column", () => {
    expect(Object.keys(row).toSorted()).toEqual(columnsOf(lines));
  });
});

describe("a subscription with what may be null", () => {
  it("keeps each null a null, and is one of a kind without a quantity", async () => {
    const { customer, id: userId } = await someUser();
    const told = subscription(customer, `sub_${userId}`, {
      trial_start: null,
      trial_end: null,
      cancel_at: null,
      cancel_at_period_end: false,
      canceled_at: null,
      cancellation_details: null,
      ended_at: null,
      pause_collection: null,
      schedule: null,
    });
    const [item] = told.items.data;
    // A metered price has no quantity, a tiered or custom one no amount; a one-time price cannot recur.
    const { quantity, ...metered } = item ?? { quantity: 0 };
    const price = { id: "price_null", object: "price", currency: "eur", unit_amount: null, recurring: null };
    const items = { object: "list", data: [{ ...metered, price }] };
    await post(event("customer.subscription.updated", { ...told, items }));
    expect(await postgresRow("subscriptions", told.id)).toMatchObject({
      trial_start: null,
      trial_end: null,
      cancel_at: null,
      cancel_at_period_end: false,
      canceled_at: null,
      cancellation_reason: null,
      ended_at: null,
      pause_behavior: null,
      pause_resumes_at: null,
      stripe_schedule_id: null,
      quantity: 1,
      unit_amount: null,
      interval: null,
      interval_count: 1,
    });
  });

  it("paused without an end is paused until further notice", async () => {
    const told = subscription("cus_of_nobody", "sub_paused", {
      pause_collection: { behavior: "void", resumes_at: null },
    });
    await post(event("customer.subscription.updated", told));
    expect(await postgresRow("subscriptions", told.id)).toMatchObject({
      pause_behavior: "void",
      pause_resumes_at: null,
    });
  });

  it("of nobody we know has no user", async () => {
    const told = subscription("cus_of_nobody", "sub_of_nobody");
    await post(event("customer.subscription.created", told));
    expect(await postgresRow("subscriptions", told.id)).toMatchObject({ user_id: null, from_created: true });
  });

  it("whose customer is expanded is the same customer's", async () => {
    const user = await someUser();
    const told = subscription(user.customer, `sub_${user.id}`, { customer: { id: user.customer } });
    await post(event("customer.subscription.updated", told));
    expect(await postgresRow("subscriptions", told.id)).toMatchObject({
      stripe_customer_id: user.customer,
      user_id: user.id,
    });
  });

  it("of quantity 0 is kept as 0", async () => {
    const told = subscription("cus_of_nobody", "sub_with_nothing");
    const [item] = told.items.data;
    const items = { object: "list", data: [{ ...item, quantity: 0 }] };
    await post(event("customer.subscription.updated", { ...told, items }));
    expect(await postgresRow("subscriptions", told.id)).toMatchObject({ quantity: 0 });
  });
});

describe("each of its items", () => {
  let id: string;
  beforeAll(async () => {
    const { customer, id: userId } = await someUser();
    const told = subscription(customer, `sub_${userId}`);
    id = told.id;
    expect((await post(event("customer.subscription.updated", told))).status).toBe(200);
  });

  const lines: [field: string, column: string, first: unknown, second: unknown, meaning: string][] = [
    ["id", "stripe_id", () => `si_1_${id}`, () => `si_2_${id}`, "its name at Stripe"],
    ["subscription", "stripe_subscription_id", () => id, () => id, "what bills it"],
    ["price.id", "stripe_price_id", () => `price_1_${id}`, () => `price_2_${id}`, "what it costs"],
    ["price.product", "stripe_product_id", () => `prod_1_${id}`, () => `prod_2_${id}`, "what it is"],
    ["quantity", "quantity", 7, null, "how many; a metered price has none"],
    ["price.unit_amount", "unit_amount", 2_305, null, "of one, in whole minor units"],
    ["price.unit_amount_decimal", "unit_amount_decimal", "2305", "1250.5", "with their fraction"],
    ["price.currency", "currency", "chf", "gbp", "of the amount"],
    ["price.recurring.interval", "interval", "year", "week", "how often it bills"],
    ["price.recurring.interval_count", "interval_count", 3, 5, "every so many of them"],
    ["price.recurring.usage_type", "usage_type", "licensed", "metered", "by number, or by use"],
    [
      "current_period_start",
      "current_period_start",
      "2027-09-10T11:12:13+00:00",
      "2027-12-17T13:05:17+00:00",
      "its own, since intervals may differ",
    ],
    [
      "current_period_end",
      "current_period_end",
      "2027-10-11T12:13:14+00:00",
      "2028-01-14T14:06:17+00:00",
      "its own next bill",
    ],
    ["discounts", "discounts", [], [], "what lowers its price: see test/discounts.test.ts"],
    ["subscription.livemode", "livemode", false, false, "real money"],
    ["–", "id", expect.stringMatching(/^[0-9a-f-]{36}$/), expect.any(String), "ours"],
    ["–", "created_at", expect.any(String), expect.any(String), "when we first saw it"],
  ];
  const valueAt = (value: unknown) => (typeof value === "function" ? value() : value);

  it.each(lines)("%s → %s", async (_, column, first, second) => {
    expect(await postgresRow("subscription_items", `si_1_${id}`)).toHaveProperty(column, valueAt(first));
    expect(await postgresRow("subscription_items", `si_2_${id}`)).toHaveProperty(column, valueAt(second));
  });

  it("has no other column", async () => {
    const row = await postgresRow("subscription_items", `si_1_${id}`);
    expect(Object.keys(row).toSorted()).toEqual(lines.map(([, column]) => column).toSorted());
  });
});

describe("the items of a subscription that changes", () => {
  const itemsOf = (id: string) =>
    db
      .select({ stripeId: subscriptionItems.stripeId, quantity: subscriptionItems.quantity })
      .from(subscriptionItems)
      .where(eq(subscriptionItems.stripeSubscriptionId, id))
      .orderBy(subscriptionItems.stripeId);

  it("follow it: one is added, one changes, one is taken away; another subscription's stay", async () => {
    const { customer, id: userId } = await someUser();
    const [other, told] = [subscription(customer, `sub_o${userId}`), subscription(customer, `sub_${userId}`)];
    await post(event("customer.subscription.created", other));
    const [first, second] = told.items.data;
    const tell = (created: number, data: unknown[]) =>
      post(event("customer.subscription.updated", { ...told, items: { object: "list", data } }, { created }));
    const [one, two] = [`si_1_${told.id}`, `si_2_${told.id}`];
    await tell(TOLD_AT, [first]);
    expect(await itemsOf(told.id)).toEqual([{ stripeId: one, quantity: 7 }]);
    await tell(TOLD_AT + 1, [{ ...first, quantity: 8 }, second]);
    expect(await itemsOf(told.id)).toEqual([
      { stripeId: one, quantity: 8 },
      { stripeId: two, quantity: null },
    ]);
    await tell(TOLD_AT + 2, [second]);
    expect(await itemsOf(told.id)).toEqual([{ stripeId: two, quantity: null }]);
    // Old news comes late, and changes nothing.
    await tell(TOLD_AT + 1, [first]);
    expect(await itemsOf(told.id)).toEqual([{ stripeId: two, quantity: null }]);
    expect(await itemsOf(other.id)).toHaveLength(2);
  });
});
