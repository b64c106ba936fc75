import { describe, expect, it } from "vitest";
import { element, elements, fieldOf, links, render, textOf } from "@/test/support/render";
import { serverAction } from "@/test/support/server-action";
import { Features } from "./features";
import { IntervalToggle } from "./interval-toggle";
import { JobTicket } from "./job-ticket";
import { Tier } from "./tier";

/** The parts of the price page. */

type Product = Parameters<typeof Tier>[0]["tier"];

const product = (over: Partial<Product>): Product => ({
  id: "11111111-1111-4111-8111-111111111111",
  plan: "starter",
  family: "aiaas",
  name: "AIaaS Starter",
  description: "Hosted AI for one product.",
  features: ["One feature", "E-mail support"],
  interval: "month",
  intervalCount: 1,
  unitAmount: 1900,
  unitAmountDecimal: "1900",
  currency: "usd",
  stripeProductId: "prod_1",
  stripePriceId: "price_1",
  lookupKey: "aiaas_starter_monthly",
  active: true,
  position: 0,
  livemode: false,
  createdAt: new Date("2026-01-01T00:00:00Z"),
  ...over,
});

const monthly = product({});
const yearly = product({ id: "22222222-2222-4222-8222-222222222222", interval: "year", unitAmount: 19_900 });
const action = serverAction(async () => {}, "start-checkout");

describe("Tier", () => {
  const read = (tier: Product, siblings = [monthly, yearly]) =>
    render(<Tier tier={tier} siblings={siblings} action={action} />);

  it("shows a plan by the month", async () => {
    expect(textOf(await read(monthly)).split("\n")).toEqual([
      "AIaaS Starter",
      "$19 a month",
      "$29 less by the year",
      "Hosted AI for one product.",
      "Subscribe to AIaaS Starter, monthly",
      "One feature",
      "E-mail support",
    ]);
  });

  it("shows a plan by the year", async () => {
    expect(
      textOf(await read(yearly))
        .split("\n")
        .slice(0, 5),
    ).toEqual([
      "AIaaS Starter",
      "$199 a year",
      "$29 less than twelve single months",
      "Hosted AI for one product.",
      "Subscribe to AIaaS Starter, yearly",
    ]);
  });

  it.each([
    ["month", 3, "$19 every 3 months", "Subscribe to AIaaS Starter, every 3 months"],
    ["week", 1, "$19 a week", "Subscribe to AIaaS Starter, weekly"],
    ["day", 1, "$19 a day", "Subscribe to AIaaS Starter, daily"],
    ["year", 2, "$19 every 2 years", "Subscribe to AIaaS Starter, every 2 years"],
  ] as const)(
    "says in full that a plan bills by the %s × %i",
    async (interval, intervalCount, price, button) => {
      const tier = product({ interval, intervalCount });
      const lines = textOf(await read(tier, [tier, monthly, yearly])).split("\n");
      expect(lines[1]).toBe(price);
      expect(lines).toContain(button);
    },
  );

  it("promises no saving where there is none", async () => {
    for (const siblings of [[monthly], [monthly, product({ interval: "year", unitAmount: 22_800 })]])
      expect(await read(monthly, siblings)).not.toContain("less");
  });

  it("sends the product that it shows", async () => {
    const html = await read(yearly);
    expect(element(html, "form").attributes.action).toBe("start-checkout");
    expect(fieldOf(html, "product_id")).toMatchObject({
      type: "hidden",
      value: "22222222-2222-4222-8222-222222222222",
    });
    expect(element(html, "button").attributes.type).toBe("submit");
  });

  it("leaves room for the mark of the visitor's own plan, which nobody has before the page has asked", async () => {
    expect(elements(await read(monthly), "p")[0]).toMatchObject({
      text: "",
      attributes: { class: expect.stringContaining("min-h-5") },
    });
  });
});

describe("JobTicket", () => {
  const job = product({
    id: "33333333-3333-4333-8333-333333333333",
    name: "Micro-Feature",
    description: "One small feature.",
    features: ["A specification", "A pull request"],
    interval: null,
    unitAmount: 49_950,
    currency: "eur",
  });

  it("shows what is sold, for how much, and that it is paid once", async () => {
    const html = await render(<JobTicket job={job} action={action} />);
    expect(textOf(html).split("\n")).toEqual([
      "Micro-Feature",
      "One small feature.",
      "A specification",
      "A pull request",
      "€499.50 once",
      "Buy Micro-Feature",
    ]);
    // The hole of the ticket is nothing to be read.
    expect(html).toMatch(/<span aria-hidden="true" class="[^"]*rounded-full[^"]*"><\/span>/);
    expect(element(html, "form").attributes.action).toBe("start-checkout");
    expect(fieldOf(html, "product_id")).toMatchObject({
      type: "hidden",
      value: "33333333-3333-4333-8333-333333333333",
    });
  });
});

describe("IntervalToggle", () => {
  const saving = { amount: 18_900, percent: 16, currency: "usd" };

  it.each([
    ["month", ["page", undefined]],
    ["year", [undefined, "page"]],
  ] as const)("marks the page of the %s as the one that is open", async (interval, current) => {
    const html = await render(<IntervalToggle interval={interval} saving={saving} />);
    expect(links(html)).toEqual([
      "Monthly → /pricing",
      expect.stringMatching(/^Yearly ?Save 16% → \/pricing\/yearly$/),
    ]);
    expect(elements(html, "a").map(({ attributes }) => attributes["aria-current"])).toEqual(current);
    expect(element(html, "nav").attributes["aria-label"]).toBe("Billing interval");
  });

  it("promises nothing without a saving", async () => {
    const html = await render(<IntervalToggle interval="month" saving={null} />);
    expect(links(html)).toEqual(["Monthly → /pricing", "Yearly → /pricing/yearly"]);
  });
});

describe("Features", () => {
  it("lists each of them in their order", async () => {
    const html = await render(<Features features={["Zinc", "Anvil"]} />);
    expect(elements(html, "li").map(({ text }) => text)).toEqual(["Zinc", "Anvil"]);
  });
});
