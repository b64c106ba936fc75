import { sql } from "drizzle-orm";
import { beforeAll, expect, it } from "vitest";
import { db } from "@/db";
import { post } from "../support/post-event";
import { event, stripeId } from "../support/stripe-objects";
import { columnsOf, type Line } from "./postgres-row";

/** Every column of `subscription_versions`, held against the field of Stripe's that it copies. */

const id = stripeId("sub");
/** No two times, amounts or ids are equal, and nothing is null that has a neighbour to be taken for. */
const told = event(
  "customer.subscription.updated",
  {
    id,
    object: "subscription",
    customer: `cus_${id}`,
    status: "past_due",
    currency: "eur",
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
          current_period_start: 1_820_574_733,
          current_period_end: 1_823_256_794,
          price: {
            id: `price_1_${id}`,
            object: "price",
            product: `prod_1_${id}`,
            unit_amount: 2_305,
            unit_amount_decimal: "2305.0",
            currency: "chf",
            recurring: { interval: "year", interval_count: 3, usage_type: "licensed" },
          },
        },
        {
          id: `si_2_${id}`,
          object: "subscription_item",
          discounts: [],
          current_period_start: 1_829_048_717,
          current_period_end: 1_831_471_577,
          price: {
            id: `price_2_${id}`,
            object: "price",
            product: { id: `prod_2_${id}` },
            unit_amount: null,
            unit_amount_decimal: "1250.5",
            currency: "gbp",
            recurring: { interval: "week", interval_count: 5, usage_type: "metered" },
          },
        },
      ],
    },
    schedule: null,
    test_clock: null,
    metadata: {},
    livemode: false,
  },
  { created: 1_826_025_255 }, // 2027-11-12 13:14:15
);

let row: Record<string, unknown>;
beforeAll(async () => {
  expect((await post(told)).status).toBe(200);
  const rows = await db.transaction(async (tx) => {
    await tx.execute(sql`set local time zone 'UTC'`);
    return tx.execute<{ row: typeof row }>(
      sql`select to_jsonb(one) as row from subscription_versions as one where stripe_subscription_id = ${id}`,
    );
  });
  expect(rows).toHaveLength(1);
  row = rows[0]?.row ?? {};
});

const items = [
  {
    stripeId: `si_1_${id}`,
    stripePriceId: `price_1_${id}`,
    stripeProductId: `prod_1_${id}`,
    quantity: 7,
    unitAmountDecimal: "2305.0",
    interval: "year",
    intervalCount: 3,
    usageType: "licensed",
  },
  {
    stripeId: `si_2_${id}`,
    stripePriceId: `price_2_${id}`,
    stripeProductId: `prod_2_${id}`,
    quantity: null,
    unitAmountDecimal: "1250.5",
    interval: "week",
    intervalCount: 5,
    usageType: "metered",
  },
];

const lines: Line[] = [
  ["event.id", "id", told.id, "one version an event"],
  ["event.id", "stripe_event_id", told.id, "what told of it"],
  ["id", "stripe_subscription_id", id, "whose version it is"],
  ["customer", "stripe_customer_id", `cus_${id}`, "who pays"],
  ["status", "status", "past_due", "as Stripe says it"],
  ["pause_collection.behavior", "pause_behavior", "keep_as_draft", "nothing is collected"],
  ["pause_collection.resumes_at", "pause_resumes_at", "2027-12-13T14:15:16+00:00", "until then"],
  ["items[0].price.id", "stripe_price_id", `price_1_${id}`, "the plan's price"],
  ["items[0].quantity", "quantity", 7, "how many of it"],
  ["items[0].price.unit_amount", "unit_amount", 2_305, "what one costs, in minor units"],
  ["currency", "currency", "eur", "of the amount"],
  ["items[0].price.recurring.interval", "interval", "year", "how often it bills"],
  ["items[0].price.recurring.interval_count", "interval_count", 3, "every so many of them"],
  ["items", "items", items, "all that it bills"],
  ["discounts", "discounts", [], "what lowers its bills: see test/subscription-versions.test.ts"],
  ["cancel_at", "cancel_at", "2027-07-08T09:10:11+00:00", "it will end then by itself"],
  ["cancellation_details.reason", "cancellation_reason", "payment_failed", "who or what ended it"],
  ["trial_end", "trial_end", "2027-05-06T07:08:09+00:00", "the first day that costs"],
  ["livemode", "livemode", false, "real money"],
  ["–", "mrr_micro", 0, "nothing while paused: see test/mrr.test.ts"],
  ["–", "mrr_steps", [], "no discount runs out"],
  ["event.type", "moment", "changed", "neither the first nor the last"],
  ["event.created", "valid_from", "2027-11-12T13:14:15+00:00", "the second that it began in"],
  ["–", "read_by", null, "nobody had to read it"],
  ["–", "content_hash", expect.stringMatching(/^[\w-]{43}$/), "all of the above from status on"],
  ["event.data.previous_attributes", "previous_hash", null, "it does not say what was before"],
  ["–", "recorded_at", expect.any(String), "when we first knew"],
];

it.each(lines)("%s → %s", (_, column, value) => {
  expect(row).toHaveProperty(column, value);
});
it("has no other column", () => {
  expect(Object.keys(row).toSorted()).toEqual(columnsOf(lines));
});
