import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { readCatalogFile } from "@/lib/billing/catalog/catalog-file";

const dollars = (cents: number) => `$${(cents / 100).toFixed(2)}`;
const period = { month: "a month", year: "a year", once: "once" };

it("PRODUCT_CATALOG.md describes exactly what catalog.json holds", async () => {
  const page = await readFile("PRODUCT_CATALOG.md", "utf8");
  const { plans } = await readCatalogFile();

  const table = page.split("\n").filter((line) => line.startsWith("| ") && line.includes("`"));
  expect(table).toEqual(
    plans.flatMap(({ name, prices }) =>
      prices.map(
        ({ unit_amount, interval, lookup_key }) =>
          `| ${name} | ${dollars(unit_amount)} ${period[interval ?? "once"]} | \`${lookup_key}\` |`,
      ),
    ),
  );
  for (const { name, description, features } of plans) {
    const section = page.split(`\n## ${name}\n`)[1]?.split("\n## ")[0]?.trim();
    expect(section).toBe(`${description}\n\n${features.map((feature) => `- ${feature}`).join("\n")}`);
  }
  const described = [...page.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
  expect(described).toEqual([...plans.map(({ name }) => name), "Rules"]);
});
