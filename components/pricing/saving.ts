import type { Product } from "@/db/queries/products";

export type Saving = { amount: number; percent: number; currency: string };

type Price = Pick<Product, "plan" | "interval" | "intervalCount" | "unitAmount" | "currency">;

export const isMonthly = (price: Pick<Price, "interval" | "intervalCount">) =>
  price.interval === "month" && price.intervalCount === 1;
export const isYearly = (price: Pick<Price, "interval" | "intervalCount">) =>
  price.interval === "year" && price.intervalCount === 1;

/** The difference between a year and twelve months of the same plan; null when there is no such pair or no saving. */
export function yearlySaving(plan: string, tiers: Price[]): Saving | null {
  const month = tiers.find((tier) => tier.plan === plan && isMonthly(tier));
  const year = tiers.find((tier) => tier.plan === plan && isYearly(tier));
  if (!month || !year || month.currency !== year.currency) return null;
  const twelve = month.unitAmount * 12;
  const amount = twelve - year.unitAmount;
  return amount > 0
    ? { amount, percent: Math.round((amount / twelve) * 100), currency: year.currency }
    : null;
}

export function bestSaving(tiers: Price[]): Saving | null {
  const savings = tiers.map(({ plan }) => yearlySaving(plan, tiers)).filter((saving) => saving !== null);
  return savings.sort((a, b) => b.percent - a.percent)[0] ?? null;
}
