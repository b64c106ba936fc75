import { beforeAll, describe, expect, it } from "vitest";
import { post } from "../support/post-event";
import { someUser } from "../support/rows";
import { event } from "../support/stripe-objects";
import { columnsOf, type Line, postgresRow } from "./postgres-row";

/** Every column of `subscriptions`, held against the field of Stripe's that it copies. */

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
  items: {
    object: "list",
    data: [
      {
        id: `si_1_${id}`,
        object: "subscription_item",
        quantity: 7,
        created: 1_798_859_046,
        current_period_start: 1_820_574_733, // 2027-09-10 11:12:13
        current_period_end: 1_823_256_794, // 2027-10-11 12:13:14
        price: {
          id: `price_1_${id}`,
          object: "price",
          product: `prod_1_${id}`,
          unit_amount: 2_305,
          currency: "eur",
          recurring: { interval: "year", interval_count: 3 },
        },
      },
      {
        id: `si_2_${id}`,
        object: "subscription_item",
        quantity: 11,
        current_period_start: 1_820_574_734,
        current_period_end: 1_823_256_795,
        price: {
          id: `price_2_${id}`,
          object: "price",
          unit_amount: 4_711,
          recurring: { interval: "month", interval_count: 5 },
        },
      },
    ],
  },
  trial_settings: null,
  latest_invoice: `in_${id}`,
  schedule: null,
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
    [
      "items[0].current_period_start",
      "current_period_start",
      "2027-09-10T11:12:13+00:00",
      "what is paid for begins",
    ],
    ["items[0].current_period_end", "current_period_end", "2027-10-11T12:13:14+00:00", "the next bill"],
    ["trial_end", "trial_end", "2027-05-06T07:08:09+00:00", "the first day that costs"],
    ["cancel_at", "cancel_at", "2027-07-08T09:10:11+00:00", "it will end then by itself"],
    ["cancel_at_period_end", "cancel_at_period_end", true, "it will end with its period"],
    ["canceled_at", "canceled_at", "2027-06-07T08:09:10+00:00", "somebody asked for its end"],
    ["ended_at", "ended_at", "2027-08-09T10:11:12+00:00", "it came to its end"],
    ["start_date", "started_at", "2027-03-04T05:06:07+00:00", "it began, before any later change"],
    ["livemode", "livemode", false, "real money"],
    ["event.created", "stamp_lo", TOLD_AT, "includes all that was before"],
    ["event.created", "stamp_hi", TOLD_AT, "includes nothing that came after"],
    ["event.type", "from_created", false, "not the first version"],
    ["–", "rev", 0, "the row's first version"],
    ["–", "deleted_at", null, "Stripe knows it"],
    ["–", "id", expect.stringMatching(/^[0-9a-f-]{36}$/), "ours"],
    ["–", "created_at", expect.any(String), "when we first saw it"],
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
      trial_end: null,
      cancel_at: null,
      cancel_at_period_end: false,
      canceled_at: null,
      ended_at: null,
    });
    const [item] = told.items.data;
    // A metered price has no quantity, a tiered or custom one no amount; a one-time price cannot recur.
    const { quantity, ...metered } = item ?? { quantity: 0 };
    const price = { id: "price_null", object: "price", unit_amount: null, recurring: null };
    const items = { object: "list", data: [{ ...metered, price }] };
    await post(event("customer.subscription.updated", { ...told, items }));
    expect(await postgresRow("subscriptions", told.id)).toMatchObject({
      trial_end: null,
      cancel_at: null,
      cancel_at_period_end: false,
      canceled_at: null,
      ended_at: null,
      quantity: 1,
      unit_amount: null,
      interval: null,
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
