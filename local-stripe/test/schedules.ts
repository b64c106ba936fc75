import type Stripe from "stripe";
import { expect } from "vitest";
import { at } from "./clock";
import type { Local } from "./harness";
import type { Life } from "./life";
import { monthlyPrice } from "./shop";

/** The plans of the tests about schedules: $7.30, $20.00 and $50.00 a month. */
export async function threePlans(local: Local) {
  const [small, middle, large] = await Promise.all(
    ([730, 2000, 5000] as const).map((unit_amount, size) =>
      monthlyPrice(local, { unit_amount, product_data: { name: ["Basic", "Pro", "Max"][size] as string } }),
    ),
  );
  return { small: small?.id as string, middle: middle?.id as string, large: large?.id as string };
}

export const JUNE = at("2030-06-01T00:00:00");
export const HALF_OF_JUNE = at("2030-06-16T00:00:00");
export const JULY = at("2030-07-01T00:00:00");
export const AUGUST = at("2030-08-01T00:00:00");

/** A 400 with these words. */
export const refusal = (message: string | RegExp, more: object = {}) => ({
  statusCode: 400,
  message: typeof message === "string" ? message : expect.stringMatching(message),
  ...more,
});

export const MONTH = { interval: "month" } as const;

/** A subscription that was there before its schedule, with the phases that follow the one that it is in. */
export async function scheduled(
  life: Life,
  next: readonly Stripe.SubscriptionScheduleUpdateParams.Phase[],
  more: Partial<Stripe.SubscriptionScheduleUpdateParams> = {},
): Promise<Stripe.SubscriptionSchedule> {
  const { subscriptionSchedules } = life.local.stripe;
  const made = await subscriptionSchedules.create({ from_subscription: life.id });
  return subscriptionSchedules.update(made.id, { phases: [echo(made.phases[0]), ...next], ...more });
}

/** A phase as it has to be given again to stay as it is. */
export function echo(
  phase: Stripe.SubscriptionSchedule.Phase | undefined,
): Stripe.SubscriptionScheduleUpdateParams.Phase {
  if (!phase) throw new Error("There is no such phase.");
  const { start_date, end_date, items, trial_end } = phase;
  return {
    start_date,
    end_date,
    items: items.map(({ price, quantity }) => ({ price: String(price), quantity: quantity as number })),
    ...(trial_end ? { trial_end } : {}),
  };
}
