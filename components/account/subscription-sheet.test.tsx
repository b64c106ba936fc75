import { describe, expect, it } from "vitest";
import { elements, links, render, textOf } from "@/test/support/render";
import { SubscriptionSheets } from "./subscription-sheet";

/** The sentence that a person reads about a subscription, in every state that Stripe knows. */

type Subscription = Parameters<typeof SubscriptionSheets>[0]["subscriptions"][number];
type Item = Subscription["items"][number];
type Over = Partial<Subscription>;

const at = (day: string) => new Date(`${day}T00:00:00Z`);

const product: NonNullable<Subscription["product"]> = {
  id: "11111111-1111-4111-8111-111111111111",
  plan: "pro",
  family: "aiaas",
  name: "AIaaS Pro",
  description: "Hosted AI.",
  features: [],
  interval: "year",
  intervalCount: 2,
  unitAmount: 88_800,
  unitAmountDecimal: "88800",
  currency: "eur",
  stripeProductId: "prod_1",
  stripePriceId: "price_of_the_product",
  lookupKey: "aiaas_pro_yearly",
  active: true,
  position: 1,
  livemode: false,
  createdAt: at("2026-01-01"),
};

const item = (over: Partial<Item> = {}): Item => ({
  id: "44444444-4444-4444-8444-444444444444",
  stripeSubscriptionId: "sub_1",
  quantity: 1,
  unitAmount: 9_900,
  unitAmountDecimal: "9900",
  currency: "usd",
  interval: "month",
  intervalCount: 1,
  currentPeriodEnd: at("2026-03-03"),
  productName: "AIaaS Pro",
  ...over,
});

/** No two dates and no two sums are equal: only Stripe's preview is what the next bill costs. */
const subscription = (over: Over): Subscription => ({
  id: "22222222-2222-4222-8222-222222222222",
  stripeId: "sub_1",
  stripeCustomerId: "cus_1",
  userId: "33333333-3333-4333-8333-333333333333",
  status: "active",
  stripePriceId: "price_of_the_subscription",
  quantity: 1,
  unitAmount: 1950,
  currency: "usd",
  interval: "month",
  intervalCount: 1,
  currentPeriodStart: at("2026-02-02"),
  currentPeriodEnd: at("2026-03-03"),
  trialStart: null,
  trialEnd: null,
  cancelAt: null,
  cancelAtPeriodEnd: false,
  canceledAt: null,
  cancellationReason: null,
  endedAt: null,
  collectionMethod: "charge_automatically",
  pauseBehavior: null,
  pauseResumesAt: null,
  discounts: [],
  stripeScheduleId: null,
  startedAt: at("2026-01-07"),
  livemode: false,
  stampLo: 1,
  stampHi: 2,
  fromCreated: false,
  rev: 3,
  deletedAt: null,
  createdAt: at("2026-01-08"),
  product,
  items: [item()],
  openInvoice: null,
  nextInvoice: { amountDue: 7_213, currency: "usd" },
  ...over,
});

const bill = (over: Partial<NonNullable<Subscription["openInvoice"]>> = {}) => ({
  stripeSubscriptionId: "sub_1",
  amountRemaining: 5_850,
  currency: "usd",
  dueAt: null,
  nextPaymentAttemptAt: null,
  hostedInvoiceUrl: null,
  ...over,
});

/** The badge's tone is its background: dark for sound, hot for what wants doing, an outline for the rest. */
const TONES = { sound: "bg-ink", hot: "bg-ember", plain: "shadow-edge" };

async function read(over: Over) {
  const html = await render(<SubscriptionSheets subscriptions={[subscription(over)]} />);
  const [heading = "", sentence] = elements(html, "p").map(({ text }) => text);
  const badge = html.match(/<span class="(label [^"]*)">([^<]*)<\/span>/);
  const tone = Object.entries(TONES).find(([, look]) => badge?.[1]?.split(" ").includes(look))?.[0];
  return { name: heading.replace(badge?.[2] ?? "", ""), badge: badge?.[2], tone, sentence };
}

const RENEWS = "Renews on March 3, 2026 for $72.13.";
const CHECK = "Please check your card under Manage billing: the plan goes on as soon as it is paid.";
const UNTIL = (day: string) =>
  `It stays yours until ${day} and does not renew. Until then you can take it up again under Manage billing.`;
const PAUSED = "Payments are paused until further notice. Nothing is charged meanwhile.";
const BY_HAND = { collectionMethod: "send_invoice" };
const TRIAL = { status: "trialing", trialEnd: at("2026-02-20") };

describe("a subscription", () => {
  it.each<[string, Over, string, keyof typeof TONES, string]>([
    ["renewing: the sum is that of Stripe's preview", {}, "Active", "sound", RENEWS],
    [
      "with a coupon that takes everything off",
      { nextInvoice: { amountDue: 0, currency: "usd" } },
      "Active",
      "sound",
      "Renews on March 3, 2026 for $0.00.",
    ],
    [
      "in a currency of its own",
      { nextInvoice: { amountDue: 2500, currency: "jpy" } },
      "Active",
      "sound",
      "Renews on March 3, 2026 for ¥2,500.",
    ],
    [
      "when no bill follows",
      { nextInvoice: null },
      "Active",
      "sound",
      "It runs until March 3, 2026, and no bill follows.",
    ],
    [
      "when Stripe is away",
      { nextInvoice: undefined },
      "Active",
      "sound",
      "Renews on March 3, 2026. How much it will be could not be asked for just now.",
    ],
    [
      "of which another item renews before the first",
      { items: [item(), item({ currentPeriodEnd: at("2026-02-25") })] },
      "Active",
      "sound",
      "Renews on February 25, 2026 for $72.13.",
    ],
    ["with an open bill", { openInvoice: bill() }, "Active", "sound", `A bill of $58.50 is open. ${RENEWS}`],
    [
      "with an open bill that is due",
      { ...BY_HAND, openInvoice: bill({ dueAt: at("2026-02-27") }) },
      "Active",
      "sound",
      `A bill of $58.50 is open, due on February 27, 2026. ${RENEWS}`,
    ],
    ["paused", { pauseBehavior: "void", nextInvoice: undefined }, "Payments paused", "plain", PAUSED],
    [
      "paused until a day",
      { pauseBehavior: "keep_as_draft", pauseResumesAt: at("2026-05-05") },
      "Payments paused",
      "plain",
      "Payments are paused until May 5, 2026. Nothing is charged before then.",
    ],
    [
      "paused and canceled",
      { pauseBehavior: "void", cancelAtPeriodEnd: true },
      "Payments paused",
      "plain",
      `${PAUSED} It ends on March 3, 2026.`,
    ],
    [
      "paused and ending later",
      { pauseBehavior: "void", cancelAt: at("2026-08-03") },
      "Payments paused",
      "plain",
      `${PAUSED} It ends on August 3, 2026.`,
    ],
    [
      "paused on trial",
      { ...TRIAL, pauseBehavior: "mark_uncollectible" },
      "Payments paused",
      "plain",
      PAUSED,
    ],
    [
      "canceled for a day within the period",
      { cancelAt: at("2026-02-24") },
      "Active until it ends",
      "plain",
      UNTIL("February 24, 2026"),
    ],
    [
      "canceled for the period's last day",
      { cancelAt: at("2026-03-03") },
      "Active until it ends",
      "plain",
      UNTIL("March 3, 2026"),
    ],
    [
      "canceled for the period's end",
      { cancelAtPeriodEnd: true },
      "Active until it ends",
      "plain",
      UNTIL("March 3, 2026"),
    ],
    [
      "ending five periods later",
      { cancelAt: at("2026-08-03") },
      "Active",
      "sound",
      `${RENEWS} It ends on August 3, 2026.`,
    ],
    [
      "on trial",
      TRIAL,
      "Free trial",
      "sound",
      "The trial is free until February 20, 2026; then the first bill is $72.13.",
    ],
    [
      "on a trial without an end of its own",
      { status: "trialing" },
      "Free trial",
      "sound",
      "The trial is free until March 3, 2026; then the first bill is $72.13.",
    ],
    [
      "on a trial that nothing follows",
      { ...TRIAL, nextInvoice: null },
      "Free trial",
      "sound",
      "The trial is free until February 20, 2026, and no bill follows.",
    ],
    [
      "on trial when Stripe is away",
      { ...TRIAL, nextInvoice: undefined },
      "Free trial",
      "sound",
      "The trial is free until February 20, 2026. How much the first bill will be could not be asked for just now.",
    ],
    [
      "on trial and ending later",
      { ...TRIAL, cancelAt: at("2026-08-03") },
      "Free trial",
      "sound",
      "The trial is free until February 20, 2026; then the first bill is $72.13. It ends on August 3, 2026.",
    ],
    [
      "canceled on trial",
      { ...TRIAL, cancelAt: at("2026-02-20") },
      "Active until it ends",
      "plain",
      UNTIL("February 20, 2026"),
    ],
    [
      "overdue by card, with a next attempt",
      { status: "past_due", openInvoice: bill({ nextPaymentAttemptAt: at("2026-02-28") }) },
      "Payment overdue",
      "hot",
      `The last payment of $58.50 was declined. ${CHECK} The card is tried again on February 28, 2026.`,
    ],
    [
      "overdue by card, without a next attempt",
      { status: "past_due", openInvoice: bill() },
      "Payment overdue",
      "hot",
      `The last payment of $58.50 was declined. ${CHECK}`,
    ],
    [
      "overdue, and its bill has not arrived yet",
      { status: "past_due" },
      "Payment overdue",
      "hot",
      `The last payment was declined. ${CHECK}`,
    ],
    [
      "overdue and canceled",
      { status: "past_due", openInvoice: bill(), cancelAtPeriodEnd: true },
      "Active until it ends",
      "hot",
      `The last payment of $58.50 was declined. ${CHECK} It ends on March 3, 2026.`,
    ],
    [
      "overdue and paused: the card is not tried",
      {
        status: "past_due",
        pauseBehavior: "void",
        openInvoice: bill({ nextPaymentAttemptAt: at("2026-02-28") }),
      },
      "Payments paused",
      "hot",
      `The last payment of $58.50 was declined. ${CHECK}`,
    ],
    [
      "overdue by invoice",
      { ...BY_HAND, status: "past_due", openInvoice: bill({ dueAt: at("2026-02-14") }) },
      "Payment overdue",
      "hot",
      "The bill of $58.50 was due on February 14, 2026. The plan goes on as soon as it is paid.",
    ],
    [
      "overdue by invoice, and its bill has not arrived yet",
      { ...BY_HAND, status: "past_due" },
      "Payment overdue",
      "hot",
      "The bill is overdue. The plan goes on as soon as it is paid.",
    ],
    [
      "waiting for its first payment",
      { status: "incomplete", openInvoice: bill() },
      "Waiting for the first payment",
      "hot",
      "It begins as soon as the first payment has gone through.",
    ],
    [
      "unpaid",
      { status: "unpaid", openInvoice: bill() },
      "Unpaid",
      "hot",
      "The plan rests until $58.50 is paid. You can pay under Manage billing.",
    ],
    [
      "unpaid and canceled, and its bill has not arrived yet",
      { status: "unpaid", cancelAt: at("2026-02-24"), cancelAtPeriodEnd: true },
      "Unpaid",
      "hot",
      "The plan rests until the open bill is paid. You can pay under Manage billing.",
    ],
    [
      "at rest since its trial ended without a card",
      { status: "paused" },
      "Paused",
      "hot",
      "The plan rests, and nothing is charged meanwhile.",
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
  ])("%s", async (_, over, badge, tone, sentence) => {
    expect(await read(over)).toEqual({ name: "AIaaS Pro", badge, tone, sentence });
  });

  it.each<[string, Over]>([
    ["AIaaS Pro", {}],
    ["3 × AIaaS Pro", { quantity: 3 }],
    ["A plan agreed with you", { product: null }],
    ["2 × A plan agreed with you", { product: null, quantity: 2 }],
  ])("is called %s", async (name, over) => {
    expect(await read(over)).toMatchObject({ name, badge: "Active" });
  });

  it("of several items shows each with what it costs", async () => {
    const items = [
      item({ id: "a" }),
      item({ id: "b", productName: null, quantity: 2, unitAmount: 500, interval: "month", intervalCount: 3 }),
      item({ id: "c", productName: "Calls", quantity: null, unitAmount: null, unitAmountDecimal: "0.5" }),
      item({ id: "d", productName: "Tiers", quantity: null, unitAmount: null, unitAmountDecimal: null }),
      item({
        id: "e",
        productName: "Weekly",
        unitAmount: null,
        unitAmountDecimal: "1250.5",
        interval: "week",
      }),
    ];
    const html = await render(<SubscriptionSheets subscriptions={[subscription({ items })]} />);
    expect(textOf(html).split("\n").slice(2)).toEqual([
      "AIaaS Pro, $99.00 a month",
      "2 × An extra agreed with you, $5.00 every 3 months",
      "Calls, $0.005 apiece",
      "Tiers, at the price agreed",
      "Weekly, $12.505 a week",
    ]);
  });

  it("of one item does not say it twice", async () => {
    const html = await render(<SubscriptionSheets subscriptions={[subscription({})]} />);
    expect(textOf(html)).toBe(`AIaaS ProActive\n${RENEWS}`);
    expect(links(html)).toEqual([]);
  });

  it("leads to the open bill, where it can be paid", async () => {
    const openInvoice = bill({ hostedInvoiceUrl: "https://invoice.example/open" });
    const html = await render(<SubscriptionSheets subscriptions={[subscription({ openInvoice })]} />);
    expect(links(html)).toEqual(["See and pay the open bill → https://invoice.example/open"]);
  });
});

describe("a person's subscriptions", () => {
  it("are all shown, each with its own sentence, in the order given", async () => {
    const second = subscription({
      id: "55555555-5555-4555-8555-555555555555",
      stripeId: "sub_2",
      product: { ...product, name: "AIaaS Starter" },
      currentPeriodEnd: at("2027-01-09"),
      items: [item({ currentPeriodEnd: at("2027-01-09") })],
      nextInvoice: { amountDue: 19_900, currency: "eur" },
    });
    const html = await render(<SubscriptionSheets subscriptions={[subscription({}), second]} />);
    expect(textOf(html).split("\n")).toEqual([
      "AIaaS ProActive",
      RENEWS,
      "AIaaS StarterActive",
      "Renews on January 9, 2027 for €199.00.",
    ]);
  });

  it("are none: the way to the prices", async () => {
    const html = await render(<SubscriptionSheets subscriptions={[]} />);
    expect(textOf(html)).toBe("You have no plan at the moment, and nothing renews.\nSee prices");
    expect(links(html)).toEqual(["See prices → /pricing"]);
  });
});
