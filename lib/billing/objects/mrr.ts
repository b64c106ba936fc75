import type { MrrStep, VersionDiscount, VersionItem } from "@/db/schema";

/**
 * Monthly recurring revenue of one version of a subscription, in millionths of the minor unit. Sums are exact
 * fractions, which are rounded once, in the end, half up.
 *
 * Counted while `active` or `past_due` and not paused: the licensed items, by month, less the discounts of which more
 * than one bill gets something. Items of one interval are on one bill. A bill's discounts are taken off in Stripe's
 * order, the items' own first, and never more than there is. A price with tiers has no amount and counts nothing; a
 * price that includes its tax does not say how much of it.
 */
export interface BilledVersion {
  status: string;
  pauseBehavior: string | null;
  currency: string;
  items: VersionItem[];
  /** In the order in which they are taken off. */
  discounts: VersionDiscount[];
}

const COUNTED_STATUSES = ["active", "past_due"];

/** @param second of Stripe's clock: some discounts run out */
export function mrrAt(version: BilledVersion, second: number): bigint {
  if (!COUNTED_STATUSES.includes(version.status) || version.pauseBehavior !== null) return 0n;
  const discounts = version.discounts.filter((discount) => lowersEveryBill(discount, second));
  const monthly = billsOf(version.items).map((items) =>
    times(billAfter(items, discounts, version.currency), billsPerMonth(items[0])),
  );
  return toMicro(sumOf(monthly));
}

/** @returns the changes after that second, in order of time, which no event has to tell of */
export function mrrStepsAfter(version: BilledVersion, second: number): MrrStep[] {
  const ends = version.discounts.flatMap(({ end }) => (end !== null && end > second ? end : []));
  let last = mrrAt(version, second);
  return [...new Set(ends)]
    .toSorted((one, other) => one - other)
    .flatMap((at) => {
      const next = mrrAt(version, at);
      if (next === last) return [];
      last = next;
      return { at, mrrMicro: String(next) };
    });
}

function lowersEveryBill({ duration, end }: VersionDiscount, second: number): boolean {
  if (duration === "forever") return true;
  return duration === "repeating" && (end === null || second < end);
}

/** Metered items stand beside the revenue that recurs. */
function billsOf(items: VersionItem[]): VersionItem[][] {
  const bills = new Map<string, VersionItem[]>();
  for (const item of items) {
    if (item.usageType !== "licensed") continue;
    const bill = `${item.interval} ${item.intervalCount}`;
    bills.set(bill, [...(bills.get(bill) ?? []), item]);
  }
  return [...bills.values()];
}

function billAfter(items: VersionItem[], discounts: VersionDiscount[], currency: string): Fraction {
  const lines = items.map((item) => {
    const own = discounts.filter(({ stripeItemId }) => stripeItemId === item.stripeId);
    return own.reduce((left, discount) => lessOf(left, discount, currency), priceOf(item));
  });
  const ofAll = discounts.filter(({ stripeItemId }) => stripeItemId === null);
  return ofAll.reduce((left, discount) => lessOf(left, discount, currency), sumOf(lines));
}

const priceOf = ({ unitAmountDecimal, quantity }: VersionItem): Fraction =>
  times(toFraction(unitAmountDecimal ?? "0"), whole(quantity ?? 1));

/** An amount in another currency has its equal in this one, which only Stripe knows. */
function lessOf(
  amount: Fraction,
  { percentOff, amountOff, ...off }: VersionDiscount,
  currency: string,
): Fraction {
  if (percentOff !== null) return times(amount, remainder(percentOff));
  if (amountOff === null || off.currency !== currency) return amount;
  return atLeastZero(plus(amount, whole(-amountOff)));
}

const remainder = (percentOff: number): Fraction =>
  times(plus(whole(100), times(toFraction(String(percentOff)), whole(-1))), { over: 1n, under: 100n });

/** A year has 365.25 days, a month a twelfth of them. */
const BILLS_PER_MONTH: Record<string, Fraction> = {
  day: { over: 36_525n, under: 1_200n },
  week: { over: 36_525n, under: 8_400n },
  month: { over: 1n, under: 1n },
  year: { over: 1n, under: 12n },
};

function billsPerMonth(item: VersionItem | undefined): Fraction {
  const ofOne = BILLS_PER_MONTH[item?.interval ?? ""] ?? whole(0);
  return times(ofOne, { over: 1n, under: BigInt(item?.intervalCount ?? 1) });
}

/** `under` is positive. */
interface Fraction {
  over: bigint;
  under: bigint;
}

const whole = (number: number): Fraction => ({ over: BigInt(number), under: 1n });

function toFraction(decimal: string): Fraction {
  const [units = "", decimals = ""] = decimal.split(".");
  return { over: BigInt(units + decimals), under: 10n ** BigInt(decimals.length) };
}

const times = (one: Fraction, other: Fraction): Fraction => ({
  over: one.over * other.over,
  under: one.under * other.under,
});

const plus = (one: Fraction, other: Fraction): Fraction => ({
  over: one.over * other.under + other.over * one.under,
  under: one.under * other.under,
});

const sumOf = (parts: Fraction[]) => parts.reduce(plus, whole(0));

const atLeastZero = (amount: Fraction) => (amount.over < 0n ? whole(0) : amount);

const toMicro = ({ over, under }: Fraction) => (2_000_000n * over + under) / (2n * under);
