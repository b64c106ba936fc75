import type { Scenario } from "./scenario";

/** The number of customers who come in each month; together exactly as many as there are to be. */
export function arrivals({ months, customers }: Pick<Scenario, "months" | "customers">): number[] {
  const weights = Array.from({ length: months }, (_, month) => (1 + customers.growth_per_month) ** month);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  let weight = 0;
  let before = 0;
  return weights.map((one) => {
    weight += one;
    // Rounding the sum, not each month, leaves nobody out.
    const until = Math.round((customers.total * weight) / whole);
    const coming = until - before;
    before = until;
    return coming;
  });
}
