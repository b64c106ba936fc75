import { readFile } from "node:fs/promises";
import { z } from "zod";
import { projectFile } from "@/project-file";
import { CURRENCIES } from "./currencies";

/**
 * catalog.json, read as Stripe would keep it: it writes currencies in small letters and takes the blanks around a text
 * away. Compared as a person typed it, each run would find the same difference again and, of a price, make a new one.
 */
const text = (most: number) => z.string().trim().min(1).max(most);

const code = z.string().trim().toLowerCase();

const priceSchema = z.strictObject({
  lookup_key: text(200),
  unit_amount: z.int().min(0),
  currency: code.refine((currency) => CURRENCIES.includes(currency), {
    error: ({ input }) => `${JSON.stringify(input)} is no currency that Stripe knows`,
  }),
  interval: code.pipe(z.enum(["month", "year"])).nullable(),
});

const planSchema = z.strictObject({
  plan: text(500),
  family: z.string().trim().max(500).nullable(),
  name: text(250),
  description: text(5_000),
  features: z.array(text(80)).max(15),
  prices: z.array(priceSchema).min(1),
});

/** Two plans or two prices of one key would take it from one another, at every run. */
const catalogSchema = z.strictObject({ plans: z.array(planSchema) }).superRefine(({ plans }, context) => {
  const names = plans.map(({ plan }) => plan);
  const keys = plans.flatMap(({ prices }) => prices.map((price) => price.lookup_key));
  for (const twice of repeated(names))
    context.addIssue({ code: "custom", path: ["plans"], message: `two plans are called "${twice}"` });
  for (const twice of repeated(keys))
    context.addIssue({
      code: "custom",
      path: ["plans"],
      message: `two prices have the lookup key "${twice}"`,
    });
});

const repeated = (names: string[]) => new Set(names.filter((name, at) => names.indexOf(name) !== at));

export type Plan = z.infer<typeof planSchema>;
export type PlanPrice = z.infer<typeof priceSchema>;

/** @throws Error with a line for each thing that is wrong in it */
export async function readCatalogFile() {
  const result = catalogSchema.safeParse(parseJson(await readFile(projectFile("catalog.json"), "utf8")));
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
  throw new Error(`catalog.json is not right, so nothing was changed:\n${lines.join("\n")}`);
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(file);
  } catch (error) {
    throw new Error(`catalog.json is no JSON: ${error instanceof Error ? error.message : error}`);
  }
}
