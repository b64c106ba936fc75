import { describe, expect, it, vi } from "vitest";
import { listProducts } from "@/db/queries/products";
import { outcomeOf } from "@/test/support/next-request";
import { elements, fieldsOf, links, render, textOf } from "@/test/support/render";
import { productOf } from "@/test/support/visitor";
import PricingPage, { generateStaticParams, metadata, revalidate } from "./page";

vi.mock("next/headers", () => import("@/test/support/next-request"));
vi.mock("@/app/_actions/start-checkout", async (original) => {
  const { namedActions } = await import("@/test/support/server-action");
  return namedActions(await original());
});
// The rows as they are, without what other tests sell in the database that all share.
vi.mock("@/db/queries/products", async (original) => {
  const queries = await original<typeof import("@/db/queries/products")>();
  const listCatalog = async () =>
    (await queries.listProducts()).filter(({ lookupKey }) => CATALOG.includes(lookupKey ?? ""));
  return { ...queries, listProducts: vi.fn(listCatalog) };
});
const CATALOG = [
  "aiaas_starter_monthly",
  "aiaas_starter_yearly",
  "aiaas_pro_monthly",
  "aiaas_pro_yearly",
  "micro_feature_once",
];

const open = (interval?: string[]) => PricingPage({ params: Promise.resolve({ interval }) });
const read = async (interval?: string[]) => render(await open(interval));
const SHOWN = ["AIaaS Starter", "AIaaS Pro", "Micro-Feature Development"];

describe("/pricing", () => {
  it("is called so, says what is sold, and is read anew every five minutes at most", async () => {
    expect(metadata).toEqual({
      title: "Prices",
      description:
        "AIaaS Starter and AIaaS Pro by the month or by the year, Micro-Feature Development at a fixed price.",
    });
    expect(revalidate).toBe(300);
    expect(await generateStaticParams()).toEqual([]);
  });

  it.each([
    [
      undefined,
      "By the month",
      ["$19 a month", "$29 less by the year", "$99 a month", "$189 less by the year"],
    ],
    [
      ["yearly"],
      "By the year",
      [
        "$199 a year",
        "$29 less than twelve single months",
        "$999 a year",
        "$189 less than twelve single months",
      ],
    ],
  ])("shows the plans of %j and the job, at the catalog's prices", async (segments, heading, prices) => {
    const html = await read(segments);
    expect(elements(html, "h1").map(({ text }) => text)).toEqual(["Prices"]);
    expect(elements(html, "h2").map(({ text }) => text)).toEqual([heading, "By the piece"]);
    expect(elements(html, "h3").map(({ text }) => text)).toEqual(SHOWN);
    expect(
      textOf(html)
        .split("\n")
        .filter((line) => line.includes("$")),
    ).toEqual([...prices, "$499 once"]);
    // 189 of 1,188 is the larger saving of the two: 15.9 %.
    expect(links(html)[1]).toMatch(/^Yearly ?Save 16% → \/pricing\/yearly$/);
    expect(html).toMatch(
      segments ? /href="\/pricing\/yearly" aria-current/ : /href="\/pricing" aria-current/,
    );
    const bought = segments
      ? ["aiaas_starter_yearly", "aiaas_pro_yearly", "micro_feature_once"]
      : ["aiaas_starter_monthly", "aiaas_pro_monthly", "micro_feature_once"];
    const ids = fieldsOf(html).filter(({ name }) => name === "product_id");
    expect(ids.map(({ value }) => value)).toEqual(
      await Promise.all(bought.map(async (key) => (await productOf(key)).id)),
    );
    expect(new Set(elements(html, "form").map(({ attributes }) => attributes.action))).toEqual(
      new Set(["startCheckout"]),
    );
  });

  it("has no other pages below it", async () => {
    for (const odd of [["monthly"], ["year"], ["yearly", "yearly"], ["yearly", "x"]])
      expect(await outcomeOf(open(odd))).toEqual({ notFound: true });
  });

  it("says that nothing is on sale, and where what was bought is", async () => {
    vi.mocked(listProducts).mockResolvedValueOnce([]);
    const html = await read();
    expect(textOf(html).split("\n")).toEqual([
      "Prices",
      "Plans that renew, and a job that does not.",
      "Nothing on sale",
      "The catalogue is empty at the moment, so there is nothing to buy today. What you have bought already is in your account, as ever.",
    ]);
    expect(links(html)).toEqual(["your account → /account"]);
  });

  it("shows no plans where only a job is sold, and no job where only plans are", async () => {
    const [job, plan] = [await productOf("micro_feature_once"), await productOf("aiaas_pro_monthly")];
    vi.mocked(listProducts).mockResolvedValueOnce([job]);
    const jobs = await read();
    expect(elements(jobs, "h2").map(({ text }) => text)).toEqual(["By the piece"]);
    expect(links(jobs)).toEqual([]);
    vi.mocked(listProducts).mockResolvedValueOnce([plan]);
    const plans = await read();
    expect(elements(plans, "h2").map(({ text }) => text)).toEqual(["By the month"]);
    expect(links(plans)).toEqual(["Monthly → /pricing", "Yearly → /pricing/yearly"]);
    expect(plans).not.toContain("Nothing on sale");
  });
});
