import { describe, expect, it } from "vitest";
import { elements, links, render, textOf } from "@/test/support/render";
import { PlanSheet } from "./plan-sheet";

/** What a person reads about their plan in every state that Stripe knows. */

type Subscription = NonNullable<Parameters<typeof PlanSheet>[0]["subscription"]>;

const at = (day: string) => new Date(`${day}T00:00:00Z`);

const product: NonNullable<Subscription["product"]> = {
  id: "11111111-1111-4111-8111-111111111111",
  plan: "pro",
  family: "aiaas",
  name: "AIaaS Pro",
  description: "Hosted AI.",
  features: [],
  interval: "year",
  unitAmount: 88_800,
  currency: "eur",
  stripeProductId: "prod_1",
  stripePriceId: "price_of_the_product",
  lookupKey: "aiaas_pro_yearly",
  active: true,
  position: 1,
  livemode: false,
  createdAt: at("2026-01-01"),
};

/** No two dates are equal, nor is any price of the product's the subscription's. */
const subscription = (over: Partial<Subscription>): Subscription => ({
  id: "22222222-2222-4222-8222-222222222222",
  stripeId: "sub_1",
  stripeCustomerId: "cus_1",
  userId: "33333333-3333-4333-8333-333333333333",
  status: "active",
  stripePriceId: "price_of_the_subscription",
  quantity: 3,
  unitAmount: 1950,
  currency: "usd",
  interval: "month",
  currentPeriodStart: at("2026-02-02"),
  currentPeriodEnd: at("2026-03-03"),
  trialEnd: null,
  cancelAt: null,
  cancelAtPeriodEnd: false,
  canceledAt: null,
  endedAt: null,
  startedAt: at("2026-01-07"),
  livemode: false,
  stampLo: 1,
  stampHi: 2,
  fromCreated: false,
  rev: 3,
  deletedAt: null,
  createdAt: at("2026-01-08"),
  product,
  ...over,
});

/** The badge's tone is its background: dark for sound, hot for what wants doing, an outline for the rest. */
const TONES = { sound: "bg-ink", hot: "bg-ember", plain: "shadow-edge" };

async function read(over: Partial<Subscription>) {
  const html = await render(<PlanSheet subscription={subscription(over)} />);
  const [heading = "", sentence] = elements(html, "p").map(({ text }) => text);
  const badge = html.match(/<span class="(label [^"]*)">([^<]*)<\/span>/);
  const tone = Object.entries(TONES).find(([, look]) => badge?.[1]?.split(" ").includes(look))?.[0];
  return { name: heading.replace(badge?.[2] ?? "", ""), badge: badge?.[2], tone, sentence };
}

const DECLINED =
  "The last payment of $58.50 was declined. Please check your card under Manage billing: the plan goes on as soon as it is paid.";
const RESTS = "The plan rests until $58.50 is paid. You can pay under Manage billing.";
const UNTIL = (day: string) =>
  `It stays yours until ${day} and does not renew. Until then you can take it up again under Manage billing.`;

describe("PlanSheet", () => {
  it.each<[string, Partial<Subscription>, string, string, string]>([
    ["active", {}, "Active", "sound", "Renews on March 3, 2026 for $58.50."],
    [
      "on trial",
      { status: "trialing", trialEnd: at("2026-02-20") },
      "Free trial",
      "sound",
      "The trial is free until February 20, 2026; then it costs $58.50 a month.",
    ],
    [
      "on a trial without an end of its own",
      { status: "trialing", interval: "year" },
      "Free trial",
      "sound",
      "The trial is free until March 3, 2026; then it costs $58.50 a year.",
    ],
    ["past due", { status: "past_due" }, "Payment overdue", "hot", DECLINED],
    [
      "past due and canceled",
      { status: "past_due", cancelAt: at("2026-04-04") },
      "Active until it ends",
      "hot",
      DECLINED,
    ],
    ["unpaid", { status: "unpaid" }, "Unpaid", "hot", RESTS],
    ["paused", { status: "paused" }, "Paused", "hot", RESTS],
    ["incomplete", { status: "incomplete" }, "Waiting for the first payment", "hot", RESTS],
    ["in a status that Stripe adds one day", { status: "frozen" }, "Not active", "hot", RESTS],
    [
      "unpaid and canceled",
      { status: "unpaid", cancelAt: at("2026-04-04"), cancelAtPeriodEnd: true },
      "Unpaid",
      "hot",
      RESTS,
    ],
    [
      "ended",
      { status: "canceled", endedAt: at("2026-02-14"), cancelAt: at("2026-04-04") },
      "Ended",
      "plain",
      "It ended on February 14, 2026. Nothing renews.",
    ],
    [
      "ended at an unknown time",
      { status: "canceled" },
      "Ended",
      "plain",
      "It ended on March 3, 2026. Nothing renews.",
    ],
    [
      "never begun",
      { status: "incomplete_expired", endedAt: at("2026-02-14") },
      "Ended",
      "plain",
      "It ended on February 14, 2026. Nothing renews.",
    ],
    [
      "canceled for a day",
      { cancelAt: at("2026-04-04") },
      "Active until it ends",
      "plain",
      UNTIL("April 4, 2026"),
    ],
    [
      "canceled for the period's end",
      { cancelAtPeriodEnd: true },
      "Active until it ends",
      "plain",
      UNTIL("March 3, 2026"),
    ],
    [
      "canceled on trial",
      { status: "trialing", trialEnd: at("2026-02-20"), cancelAt: at("2026-04-04") },
      "Active until it ends",
      "plain",
      UNTIL("April 4, 2026"),
    ],
  ])("%s", async (_, over, badge, tone, sentence) => {
    expect(await read(over)).toEqual({ name: "AIaaS Pro", badge, tone, sentence });
  });

  it("does not invent an amount that Stripe gave in no whole unit", async () => {
    expect((await read({ unitAmount: null })).sentence).toBe("Renews on March 3, 2026 for the price agreed.");
    expect((await read({ unitAmount: 0 })).sentence).toBe("Renews on March 3, 2026 for $0.00.");
  });

  it("counts in the subscription's own currency", async () => {
    const { sentence } = await read({ unitAmount: 2500, quantity: 1, currency: "eur" });
    expect(sentence).toBe("Renews on March 3, 2026 for €25.00.");
  });

  it("names a plan that is no product of ours any more", async () => {
    expect(await read({ product: null })).toMatchObject({ name: "A former plan", badge: "Active" });
  });

  it("leads somebody without a plan to the prices", async () => {
    const html = await render(<PlanSheet subscription={null} />);
    expect(textOf(html)).toBe("You have no plan at the moment, and nothing renews.\nSee prices");
    expect(links(html)).toEqual(["See prices → /pricing"]);
  });
});
