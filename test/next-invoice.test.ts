import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { client, db } from "@/db";
import { nextInvoices, subscriptions } from "@/db/schema";
import { applyCatalog } from "@/lib/billing/catalog/apply";
import { reconcile } from "@/lib/billing/reconcile/reconcile";
import { stripe } from "@/lib/billing/stripe";
import { getNextInvoices } from "@/lib/billing/subscription/next-invoice";
import { listSubscriptionOverviews } from "@/lib/billing/subscription/overview";
import { syncObject } from "@/lib/billing/sync/sync-object";
import { purchaseAt } from "./support/purchase";
import { subscriptionRow } from "./support/rows";

/** The next bill is what Stripe's preview says, to the cent; asked for seldom, and never in the way of the page. */

const own = await vi.hoisted(async () => (await import("./support/own-stack")).startOwnStack());
afterAll(async () => {
  await client.end();
  await own.stop();
});

const PREVIEW = "POST /v1/invoices/create_preview";
const buy = purchaseAt(own.stripe);
type Bought = Awaited<ReturnType<typeof buy>>;

beforeAll(applyCatalog);
beforeEach(() => own.stripe.rest());

/** The account shows this sum; `Starter` costs 1,900 a month, `Pro` 9,900. */
async function overviewOf({ user, subscription }: Bought) {
  await syncObject("subscription", subscription);
  own.stripe.rest();
  const [one, ...others] = await listSubscriptionOverviews(user.id);
  expect(others).toEqual([]);
  return one;
}
const nextOf = async (bought: Bought) => (await overviewOf(bought))?.nextInvoice;
const usd = (amountDue: number) => ({ amountDue, currency: "usd" });

describe("the next bill", () => {
  it("of a plan is its price", async () => {
    expect(await nextOf(await buy("aiaas_starter_monthly"))).toEqual(usd(1_900));
    expect(own.stripe.calls).toEqual([PREVIEW]);
  });

  it.each([
    ["all of it, for ever", { percent_off: 100, duration: "forever" }, 0],
    ["20 % for three months", { percent_off: 20, duration: "repeating", duration_in_months: 3 }, 1_520],
    ["a fixed amount", { amount_off: 501, currency: "usd", duration: "forever" }, 1_399],
  ] as const)("with a coupon that takes off %s", async (_, terms, amountDue) => {
    const bought = await buy("aiaas_starter_monthly");
    const coupon = (await stripe.coupons.create(terms)).id;
    await stripe.subscriptions.update(bought.subscription, { discounts: [{ coupon }] });
    expect(await nextOf(bought)).toEqual(usd(amountDue));
  });

  it.each([
    ["covers a part", -700, 1_200],
    ["covers it all", -1_900, 0],
    ["covers more", -5_000, 0],
    ["is owed", 300, 2_200],
  ])("with a customer's balance that %s", async (_, balance, amountDue) => {
    const bought = await buy("aiaas_starter_monthly");
    await stripe.customers.update(bought.customer, { balance });
    expect(await nextOf(bought)).toEqual(usd(amountDue));
  });

  it("with an item more, and twice of it", async () => {
    const bought = await buy("aiaas_starter_monthly");
    const product = (await stripe.products.create({ name: "Extra" })).id;
    const extra = { currency: "usd", unit_amount: 333, product, recurring: { interval: "month" as const } };
    await stripe.subscriptions.update(bought.subscription, {
      items: [{ price_data: extra, quantity: 2 }],
      proration_behavior: "none",
    });
    const overview = await overviewOf(bought);
    expect(overview?.nextInvoice).toEqual(usd(1_900 + 2 * 333));
    expect(overview?.items).toMatchObject([
      { productName: "AIaaS Starter", quantity: 1, unitAmount: 1_900 },
      { productName: null, quantity: 2, unitAmount: 333, interval: "month", intervalCount: 1 },
    ]);
  });
});

describe("what Stripe said is kept", () => {
  const SECONDS = 10 * 60;
  let bought: Bought;
  beforeAll(async () => {
    bought = await buy("aiaas_pro_monthly");
    await overviewOf(bought);
  });

  /** The row says something that Stripe does not, asked for so long ago. */
  const keep = (seconds: number) =>
    db
      .update(nextInvoices)
      .set({ amountDue: 1, askedAt: sql`now() - make_interval(secs => ${seconds})` })
      .where(eq(nextInvoices.stripeSubscriptionId, bought.subscription));
  const next = async () => {
    const [one] = await listSubscriptionOverviews(bought.user.id);
    return one?.nextInvoice;
  };

  it.each([
    ["for a little less than ten minutes", SECONDS - 20, usd(1), []],
    ["no longer than that", SECONDS + 1, usd(9_900), [PREVIEW]],
  ])("%s", async (_, seconds, expected, calls) => {
    await keep(seconds);
    expect(await next()).toEqual(expected);
    expect(own.stripe.calls).toEqual(calls);
  });

  it("until the subscription's row changes, and then anew", async () => {
    await keep(0);
    expect(await next()).toEqual(usd(1));
    await db
      .update(subscriptions)
      .set({ rev: sql`${subscriptions.rev} + 1` })
      .where(eq(subscriptions.stripeId, bought.subscription));
    expect(await next()).toEqual(usd(9_900));
    expect(await next()).toEqual(usd(9_900));
    expect(own.stripe.calls).toEqual([PREVIEW]);
  });

  it("also that no bill follows", async () => {
    const stripeId = "sub_without_a_next_bill";
    const ask = async () => (await getNextInvoices([{ stripeId, rev: 3 }])).get(stripeId);
    const error = { type: "invalid_request_error", code: "invoice_upcoming_none", message: "None." };
    own.stripe.before = () => ({ status: 404, body: { error } });
    expect(await ask()).toBeNull();
    own.stripe.rest();
    expect(await ask()).toBeNull();
    expect(own.stripe.calls).toEqual([]);
  });

  it("for each subscription by itself", async () => {
    const other = await buy("aiaas_starter_monthly");
    await syncObject("subscription", other.subscription);
    await keep(0);
    const rows = await Promise.all([bought, other].map(({ subscription }) => subscriptionRow(subscription)));
    own.stripe.rest();
    const found = await getNextInvoices(rows.flatMap((row) => row ?? []));
    expect(found).toEqual(
      new Map([
        [bought.subscription, usd(1)],
        [other.subscription, usd(1_900)],
      ]),
    );
    expect(own.stripe.calls).toEqual([PREVIEW]);
    expect(await getNextInvoices([])).toEqual(new Map());
  });
});

describe("when Stripe is away", () => {
  const unauthorized = { error: { type: "invalid_request_error", message: "Invalid API Key" } };
  it.each([
    ["answers 500", () => ({ status: 500, body: { error: { type: "api_error", message: "Away." } } })],
    ["answers 429", () => ({ status: 429, body: { error: { type: "rate_limit_error", message: "Slow." } } })],
    ["refuses the key", () => ({ status: 401, body: unauthorized })],
  ])("%s: the account is shown, without a sum, and nothing is kept", async (_, answer) => {
    const bought = await buy("aiaas_starter_monthly");
    await syncObject("subscription", bought.subscription);
    own.stripe.rest();
    own.stripe.before = (call) => (call === PREVIEW ? answer() : null);
    const [one] = await listSubscriptionOverviews(bought.user.id);
    expect(one).toMatchObject({ stripeId: bought.subscription, status: "active" });
    expect(one?.nextInvoice).toBeUndefined();
    expect(own.stripe.calls).toEqual([PREVIEW]);
    own.stripe.rest();
    expect(await nextOf(bought)).toEqual(usd(1_900));
  });
});

describe("Stripe is not asked about", () => {
  it("a subscription that ends with its period, nor one whose payments are paused", async () => {
    const [ending, paused] = [await buy("aiaas_starter_monthly"), await buy("aiaas_starter_monthly")];
    await stripe.subscriptions.update(ending.subscription, { cancel_at_period_end: true });
    await stripe.subscriptions.update(paused.subscription, { pause_collection: { behavior: "void" } });
    for (const one of [ending, paused]) {
      expect(await nextOf(one)).toBeUndefined();
      expect(own.stripe.calls).toEqual([]);
    }
  });

  it("one that ends after its next bill is asked about", async () => {
    const bought = await buy("aiaas_starter_monthly");
    const end = (await subscriptionAt(bought)).items.data[0]?.current_period_end ?? 0;
    await stripe.subscriptions.update(bought.subscription, { cancel_at: end + 150 * 86_400 });
    const one = await overviewOf(bought);
    expect(one).toMatchObject({ cancelAt: new Date((end + 150 * 86_400) * 1000), nextInvoice: usd(1_900) });
  });
});

const subscriptionAt = ({ subscription }: Bought) => stripe.subscriptions.retrieve(subscription);

describe("a person's subscriptions", () => {
  it("are all of them, made in the dashboard or here; nobody else's, and none that has ended", async () => {
    const [ada, bob] = [await buy("aiaas_starter_monthly"), await buy("aiaas_pro_monthly")];
    const [price] = (await stripe.prices.list({ lookup_keys: ["aiaas_pro_yearly"] })).data;
    const [card] = (await stripe.customers.listPaymentMethods(ada.customer)).data;
    const order = { items: [{ price: price?.id ?? "" }], default_payment_method: card?.id ?? "" };
    const made = [1, 2].map(() => stripe.subscriptions.create({ customer: ada.customer, ...order }));
    const [second, third] = await Promise.all(made);
    await stripe.subscriptions.cancel(third?.id ?? "");
    await reconcile({ sweeps: "all", delayScale: 0 });
    const shown = (await listSubscriptionOverviews(ada.user.id)).map((one) => [
      one.stripeId,
      one.product?.name,
      one.items.length,
      one.nextInvoice?.amountDue,
    ]);
    expect(shown.toSorted()).toEqual(
      [
        [ada.subscription, "AIaaS Starter", 1, 1_900],
        [second?.id, "AIaaS Pro", 1, 99_900],
      ].toSorted(),
    );
    expect((await listSubscriptionOverviews(bob.user.id)).map(({ stripeId }) => stripeId)).toEqual([
      bob.subscription,
    ]);
  });

  it("each has its own oldest open bill", async () => {
    const bought = await buy("aiaas_starter_monthly");
    await stripe.subscriptions.update(bought.subscription, {
      collection_method: "send_invoice",
      days_until_due: 7,
    });
    await own.editState((state) => {
      const of = (table: string, id: string) => state[table]?.find((row) => row.id === id) ?? {};
      const bill = { status: "open", amount_remaining: 1_234, due_date: 1_798_859_045 };
      Object.assign(of("invoice", bought.invoice), bill);
    });
    await syncObject("invoice", bought.invoice);
    expect(await overviewOf(bought)).toMatchObject({
      collectionMethod: "send_invoice",
      openInvoice: { amountRemaining: 1_234, currency: "usd", dueAt: new Date("2027-01-02T03:04:05Z") },
    });
    expect((await overviewOf(await buy("aiaas_starter_monthly")))?.openInvoice).toBeNull();
  });
});
