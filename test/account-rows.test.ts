import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { client, db } from "@/db";
import { listPayments } from "@/db/queries/payments";
import { listProducts } from "@/db/queries/products";
import { disputes, products, stripeEvents, stripeTransactions } from "@/db/schema";
import { applyCatalog } from "@/lib/billing/catalog/apply";
import { reconcile } from "@/lib/billing/reconcile/reconcile";
import { stripe } from "@/lib/billing/stripe";
import { listSubscriptionOverviews } from "@/lib/billing/subscription/overview";
import { post } from "./support/post-event";
import { purchaseAt } from "./support/purchase";
import { factsOf, someUser } from "./support/rows";
import { event, subscription } from "./support/stripe-objects";

/** Support acts in Stripe's dashboard, and the person's account follows. */

const own = await vi.hoisted(async () => (await import("./support/own-stack")).startOwnStack());
afterAll(async () => {
  await client.end();
  await own.stop();
});

const buy = purchaseAt(own.stripe);

/** An hour later: Stripe's event that a payment paid its invoice comes half a minute after the money. */
async function sweep() {
  const paid_at = Math.floor(Date.now() / 1000) - 3_600;
  await own.editState((state) => {
    for (const payment of state.invoice_payment ?? [])
      if (payment.status === "paid") payment.status_transitions = { canceled_at: null, paid_at };
  });
  return reconcile({ sweeps: "all", delayScale: 0 });
}

type Bought = Awaited<ReturnType<typeof buy>>;

beforeAll(applyCatalog);

const productOf = async (lookupKey: string) => {
  const [row] = await db.select().from(products).where(eq(products.lookupKey, lookupKey));
  if (!row) throw new Error(`The catalog has no ${lookupKey}.`);
  return row;
};
const cardOf = async ({ customer }: Bought) =>
  (await stripe.customers.listPaymentMethods(customer)).data[0]?.id ?? "";
const paymentsOf = async ({ user }: Bought) =>
  (await listPayments(user.id)).map(({ kind, title, amount }) => [kind, title, amount]).toSorted();
const overviewsOf = ({ user }: Bought) => listSubscriptionOverviews(user.id);

describe("a price made by hand", () => {
  it("is never on sale, and its plan is named on the account of who has it", async () => {
    const pro = await productOf("aiaas_pro_monthly");
    const bought = await buy("aiaas_starter_monthly");
    const price = await stripe.prices.create({
      product: pro.stripeProductId,
      currency: "usd",
      unit_amount: 500,
      recurring: { interval: "month", interval_count: 3 },
      nickname: "for one customer",
    });
    const order = { customer: bought.customer, items: [{ price: price.id }] };
    await stripe.subscriptions.create({ ...order, default_payment_method: await cardOf(bought) });
    await sweep();
    expect((await listProducts()).map(({ stripePriceId }) => stripePriceId)).not.toContain(price.id);
    const overviews = await overviewsOf(bought);
    expect(overviews.filter(({ stripePriceId }) => stripePriceId === price.id)).toMatchObject([
      {
        unitAmount: 500,
        interval: "month",
        intervalCount: 3,
        product: { name: "AIaaS Pro", plan: "pro", active: false },
        nextInvoice: { amountDue: 500, currency: "usd" },
      },
    ]);
    expect(await paymentsOf(bought)).toEqual([
      ["invoice_paid", "AIaaS Pro", 500],
      ["invoice_paid", "AIaaS Starter", 1_900],
    ]);
  });

  it("of a copied product is not on sale either, and what was copied is", async () => {
    const pro = await productOf("aiaas_pro_monthly");
    const { metadata, name } = await stripe.products.retrieve(pro.stripeProductId);
    const copy = await stripe.products.create({ name: `${name} (copy)`, metadata });
    const recurring = { interval: "month" as const };
    const terms = { product: copy.id, currency: "usd", unit_amount: 9_900, recurring };
    const price = await stripe.prices.create(terms);
    await sweep();
    const onSale = (await listProducts()).map(({ stripePriceId }) => stripePriceId);
    expect(onSale).not.toContain(price.id);
    expect(onSale).toContain(pro.stripePriceId);
  });
});

describe("a subscription that support changes", () => {
  const changed = async (change: Parameters<typeof stripe.subscriptions.update>[1]) => {
    const bought = await buy("aiaas_starter_monthly");
    await stripe.subscriptions.update(bought.subscription, change);
    await sweep();
    return bought;
  };

  it("by a pause until a day: it says so", async () => {
    const pause = { behavior: "keep_as_draft" as const, resumes_at: 1_830_000_000 };
    expect(await overviewsOf(await changed({ pause_collection: pause }))).toMatchObject([
      { status: "active", pauseBehavior: "keep_as_draft", pauseResumesAt: new Date(1_830_000_000_000) },
    ]);
  });

  it("by an end of the pause: it renews again", async () => {
    const bought = await changed({ pause_collection: { behavior: "void" } });
    await stripe.subscriptions.update(bought.subscription, { pause_collection: "" });
    await sweep();
    expect(await overviewsOf(bought)).toMatchObject([
      { pauseBehavior: null, pauseResumesAt: null, nextInvoice: { amountDue: 1_900 } },
    ]);
  });
});

describe("a person with two subscriptions", () => {
  it("sees of each its own items", async () => {
    const { id, customer } = await someUser();
    const both = [subscription({ customer }), subscription({ customer })];
    for (const one of both)
      expect((await post(event("customer.subscription.created", one))).status).toBe(200);
    const seen = (await listSubscriptionOverviews(id)).map(({ stripeId, items }) => [
      stripeId,
      items.map(({ stripeSubscriptionId }) => stripeSubscriptionId),
    ]);
    expect(seen.toSorted()).toEqual(both.map((one) => [one.id, [one.id]]).toSorted());
  });
});

describe("money is named by what was paid for", () => {
  const paymentIntentOf = async (invoice: string) => {
    const { data } = await stripe.invoicePayments.list({ invoice });
    return String(data[0]?.payment.payment_intent);
  };
  const dispute = async (paymentIntent: string) => {
    const { latest_charge } = await stripe.paymentIntents.retrieve(paymentIntent);
    return (await own.control("dispute", { charge: String(latest_charge) })).id as string;
  };

  it("a refund of a subscription's payment: the plan", async () => {
    const bought = await buy("aiaas_starter_monthly");
    await stripe.refunds.create({ payment_intent: await paymentIntentOf(bought.invoice), amount: 501 });
    await sweep();
    expect(await paymentsOf(bought)).toEqual([
      ["invoice_paid", "AIaaS Starter", 1_900],
      ["refund", "AIaaS Starter", 501],
    ]);
  });

  it("an invoice made by hand, and its refund: the words on it", async () => {
    const bought = await buy("aiaas_starter_monthly");
    const extra = { customer: bought.customer, amount: 12_300, currency: "usd" };
    await stripe.invoiceItems.create({ ...extra, description: "Onboarding by hand" });
    const { id = "" } = await stripe.invoices.create({
      customer: bought.customer,
      pending_invoice_items_behavior: "include",
    });
    await stripe.invoices.finalizeInvoice(id);
    await stripe.invoices.pay(id, { payment_method: await cardOf(bought) });
    await stripe.refunds.create({ payment_intent: await paymentIntentOf(id), amount: 300 });
    await sweep();
    expect(await paymentsOf(bought)).toEqual([
      ["invoice_paid", "AIaaS Starter", 1_900],
      ["invoice_paid", "Onboarding by hand", 12_300],
      ["refund", "Onboarding by hand", 300],
    ]);
  });

  it("a change of plan: the new plan, though the bill begins with what is given back", async () => {
    const bought = await buy("aiaas_starter_monthly");
    const { items } = await stripe.subscriptions.retrieve(bought.subscription);
    const pro = await productOf("aiaas_pro_monthly");
    await stripe.subscriptions.update(bought.subscription, {
      items: [{ id: items.data[0]?.id ?? "", price: pro.stripePriceId }],
      proration_behavior: "always_invoice",
    });
    await sweep();
    const named = (await paymentsOf(bought)).map(([, title]) => title);
    expect(named.toSorted()).toEqual(["AIaaS Pro", "AIaaS Starter"]);
  });

  it.each([
    ["a one-time sale", "micro_feature_once", "Micro-Feature Development"],
    ["a subscription's payment", "aiaas_pro_monthly", "AIaaS Pro"],
  ])("a dispute about %s: its person's, and nobody else's", async (_, lookupKey, title) => {
    const [bought, stranger] = [await buy(lookupKey), await buy(lookupKey)];
    const isSale = lookupKey === "micro_feature_once";
    const id = await dispute(isSale ? bought.paymentIntent : await paymentIntentOf(bought.invoice));
    const { data } = await stripe.events.list({ type: "charge.dispute.created", limit: 1 });
    await sweep();
    await db.delete(disputes);
    await db.delete(stripeTransactions).where(eq(stripeTransactions.kind, "dispute"));
    await db.delete(stripeEvents).where(eq(stripeEvents.id, data[0]?.id ?? ""));
    own.stripe.rest();
    expect((await post(JSON.stringify(data[0]))).status).toBe(200);
    // The event names the charge alone, and the charge whose it is.
    expect(own.stripe.calls).toEqual([`GET /v1/disputes/${id}`]);
    expect(await factsOf(id)).toMatchObject([
      { kind: "dispute", userId: bought.user.id, stripeCustomerId: bought.customer, revenue: 0 },
    ]);
    expect((await paymentsOf(bought)).map(([kind, name]) => [kind, name])).toContainEqual(["dispute", title]);
    expect((await paymentsOf(stranger)).map(([kind]) => kind)).not.toContain("dispute");
  });
});
