import { z } from "zod";

const share = z.number().min(0).max(1);
const name = z.string().min(1).max(250);
/** Every key of an amount and of an interval: the price is found by it, or else created. */
const price = z.strictObject({ lookup_key: name, unit_amount: z.int().min(1).max(99_999_999) });

const plan = z
  .strictObject({
    name,
    /** The share of people who choose it, next to the other plans' shares. */
    share: z.number().positive().default(1),
    monthly: price.optional(),
    yearly: price.optional(),
  })
  .refine(({ monthly, yearly }) => monthly ?? yearly, "needs a `monthly` or a `yearly` price");

const scenario = z.strictObject({
  name,
  /** The same seed makes the same history. */
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1),
  months: z.int().min(1).max(120),
  /** Its first day; unless given, it ends today. */
  start: z.iso.date().optional(),
  currency: z
    .string()
    .regex(/^[a-z]{3}$/)
    .default("usd"),
  customers: z.strictObject({
    total: z.int().min(1).max(10_000),
    /** So much more come in each month than in the one before. */
    growth_per_month: z.number().min(-0.5).max(1).default(0),
  }),
  /** From the smallest to the largest: an upgrade leads to the next one. */
  plans: z.array(plan).min(1).max(20),
  /** Of those who subscribe to a plan with both. */
  yearly: share.default(0),
  trials: z.strictObject({ share, days: z.int().min(1).max(730) }).optional(),
  /** Of first payments, of renewals, and of those who then bring another card in time. */
  declines: z
    .strictObject({
      at_checkout: share.default(0),
      at_renewal: share.default(0),
      recovering: share.default(0),
    })
    .optional(),
  /** Of subscriptions, in a month. */
  upgrades: share.default(0),
  downgrades: share.default(0),
  cancellations: z.strictObject({ per_month: share, at_once: share.default(0) }).optional(),
  /** Of payments, in the month after. */
  refunds: share.default(0),
  disputes: z.strictObject({ share, won: share.default(0) }).optional(),
});

export type Scenario = z.output<typeof scenario>;
export type ScenarioPlan = Scenario["plans"][number];

/** A scenario that cannot be played, in a sentence that says why. */
export class ScenarioError extends Error {}

/** Reads a description. `seed` is played instead of its own. */
export function readScenario(text: string, seed?: number): Scenario {
  let described: unknown;
  try {
    described = JSON.parse(text);
  } catch (error) {
    throw new ScenarioError(`The scenario is no JSON: ${(error as Error).message}.`);
  }
  const read = scenario.safeParse(described, { reportInput: true });
  if (!read.success) throw new ScenarioError(read.error.issues.map(toSentence).join(" "));
  const keys = read.data.plans.flatMap(({ monthly, yearly }) =>
    [monthly, yearly].map((one) => one?.lookup_key),
  );
  const twice = keys.find((key, at) => key !== undefined && keys.indexOf(key) !== at);
  if (twice) throw new ScenarioError(`The lookup key \`${twice}\` is given to two prices.`);
  return { ...read.data, seed: seed ?? read.data.seed };
}

function toSentence(issue: z.core.$ZodIssue): string {
  const path = issue.path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("");
  const field = path ? `\`${path.slice(1)}\`` : "The scenario";
  switch (issue.code) {
    case "unrecognized_keys":
      return `${field} has no ${issue.keys.map((key) => `\`${key}\``).join(", ")}.`;
    case "invalid_type":
      return issue.input === undefined
        ? `${field} must be given.`
        : `${field} must be ${issue.expected === "int" ? "a whole number" : `of type ${issue.expected}`}.`;
    case "too_small":
      return `${field} must be ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}${unitOf(issue.origin)}.`;
    case "too_big":
      return `${field} must be at most ${issue.maximum}${unitOf(issue.origin)}.`;
    case "invalid_format":
      return issue.format === "date"
        ? `${field} must be a date such as 2026-01-31.`
        : `${field} must be three small letters, such as usd.`;
    default:
      return `${field} ${issue.message}.`;
  }
}

const unitOf = (origin: string) =>
  origin === "string" ? " characters long" : origin === "array" ? " entries long" : "";
