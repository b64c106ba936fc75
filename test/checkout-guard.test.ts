import { and, eq, isNull } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { client, db } from "@/db";
import { listProducts } from "@/db/queries/products";
import { checkoutSessions, products, subscriptionItems, subscriptions } from "@/db/schema";
import { env } from "@/env";
import { applyCatalog } from "@/lib/billing/catalog/apply";
import { getCheckoutResult } from "@/lib/billing/checkout/result";
import { CheckoutError, createCheckoutSession } from "@/lib/billing/checkout/session";
import { stripe } from "@/lib/billing/stripe";
import { someProduct } from "./queries/some-product";
import { post } from "./support/post-event";
import { purchaseAt } from "./support/purchase";
import { sessionRow, someUser } from "./support/rows";
import { checkoutSession, event, stripeId, subscription } from "./support/stripe-objects";

/** The guard says who may begin which checkout, and which open one is given again. */

const own = await vi.hoisted(async () => (await import("./support/own-stack")).startOwnStack());
afterAll(async () => {
  await client.end();
  await own.stop();
});

const buy = purchaseAt(own.stripe);
let product: (lookupKey: string) => Awaited<ReturnType<typeof listProducts>>[number];
beforeAll(async () => {
  await applyCatalog();
  const products = await listProducts();
  product = (lookupKey) => {
    const found = products.find((one) => one.lookupKey === lookupKey);
    if (!found) throw new Error(`The catalog has no ${lookupKey}.`);
    return found;
  };
});
beforeEach(() => own.stripe.rest());

it("the shop's own catalog, applied a second time, changes nothing", async () => {
  const before = await listProducts();
  expect(await applyCatalog()).toEqual([]);
  expect(await listProducts()).toEqual(before);
});

const buyer = () => someUser({ stripeCustomerId: null });
const starter = () => product("aiaas_starter_monthly").id;
const statusAt = async (id: string) => (await stripe.checkout.sessions.retrieve(id)).status;

describe("a second subscription of the family", () => {
  /** A user of Starter, by an event. */
  async function subscribed(status: string) {
    const user = await someUser({ stripeCustomerId: (await stripe.customers.create()).id });
    const told = subscription({ customer: user.stripeCustomerId, status });
    const [item] = told.items.data;
    const price = { ...item?.price, id: product("aiaas_starter_monthly").stripePriceId };
    const items = { object: "list", data: [{ ...item, price }] };
    await post(event("customer.subscription.created", { ...told, items }));
    return user;
  }

  /** https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses: which may bill again. */
  it.each([
    ["trialing", true],
    ["active", true],
    ["past_due", true],
    ["unpaid", true],
    ["paused", true],
    ["incomplete", false],
    ["incomplete_expired", false],
    ["canceled", false],
    ["invented_tomorrow", false],
  ])("while the first is %s: refused is %s", async (status, isRefused) => {
    const user = await subscribed(status);
    const second = createCheckoutSession(user, { productId: product("aiaas_pro_yearly").id });
    if (isRefused)
      await expect(second).rejects.toThrow("You already have AIaaS Starter. Change it in your account.");
    else expect(await second).toMatchObject({ id: expect.stringMatching(/^cs_test_/) });
  });

  it("of a plan that was added to another one's subscription as an item is refused", async () => {
    const user = await subscribed("active");
    const [first] = await db.select().from(subscriptions).where(eq(subscriptions.userId, user.id));
    const anvil = await someProduct({ family: "smithy", interval: "month", active: true, position: 99 });
    const item = {
      stripeId: stripeId("si"),
      stripeSubscriptionId: first?.stripeId ?? "",
      stripePriceId: anvil.stripePriceId,
      currency: "usd",
      intervalCount: 1,
      currentPeriodStart: new Date(1_000),
      currentPeriodEnd: new Date(2_000),
      discounts: [],
      livemode: false,
    };
    await db.insert(subscriptionItems).values(item);
    await expect(createCheckoutSession(user, { productId: anvil.id })).rejects.toThrow(
      `You already have ${anvil.name}. Change it in your account.`,
    );
    await db.update(products).set({ active: false }).where(eq(products.id, anvil.id));
  });

  it("does not keep its owner from what is of no family, nor anybody else from the same", async () => {
    const user = await subscribed("active");
    const { id } = await createCheckoutSession(user, { productId: product("micro_feature_once").id });
    expect(await statusAt(id)).toBe("open");
    const { id: other } = await createCheckoutSession(await buyer(), { productId: starter() });
    expect(await statusAt(other)).toBe("open");
  });

  it("of another family is begun", async () => {
    const user = await subscribed("active");
    const made = await stripe.products.create({ name: "Anvil" });
    const price = await stripe.prices.create({
      product: made.id,
      currency: "usd",
      unit_amount: 900,
      recurring: { interval: "month" },
    });
    const anvil = await someProduct({
      family: "smithy",
      active: true,
      interval: "month",
      stripePriceId: price.id,
      position: 99,
    });
    const { id } = await createCheckoutSession(user, { productId: anvil.id });
    expect(await statusAt(id)).toBe("open");
  });

  it("what is not on sale is not found", async () => {
    const archived = await someProduct({ active: false });
    const user = await buyer();
    const refusal = await createCheckoutSession(user, { productId: archived.id }).catch((error) => error);
    expect(refusal).toBeInstanceOf(CheckoutError);
    expect(refusal).toMatchObject({
      code: "product_not_found",
      message: "There is no such product on sale.",
    });
  });
});

describe("an open checkout", () => {
  const at = (path: string) => `${env.APP_URL}${path}`;

  it("is given again for the same, and for that alone", async () => {
    const user = await buyer();
    const first = { productId: starter(), successUrl: at("/a"), cancelUrl: at("/b") };
    const { id } = await createCheckoutSession(user, first);
    expect((await createCheckoutSession(user, { ...first })).id).toBe(id);
    let before = id;
    const yearly = product("aiaas_starter_yearly").id;
    // Each differs in one thing from the one before it.
    for (const other of [
      { ...first, productId: yearly },
      { ...first, productId: yearly, successUrl: at("/c") },
      { ...first, productId: yearly, successUrl: at("/c"), cancelUrl: at("/d") },
      { productId: yearly, successUrl: at("/c") },
      { productId: yearly },
    ]) {
      const now = await createCheckoutSession(user, other);
      expect(now.id).not.toBe(before);
      expect(await statusAt(before)).toBe("expired");
      expect((await createCheckoutSession(user, other)).id).toBe(now.id);
      before = now.id;
    }
  });

  it("of one person is not given to another, who begins one of their own", async () => {
    const [ada, bob] = [await buyer(), await buyer()];
    const hers = await createCheckoutSession(ada, { productId: starter() });
    const his = await createCheckoutSession(bob, { productId: product("aiaas_pro_monthly").id });
    const again = await createCheckoutSession(bob, { productId: starter() });
    expect(new Set([hers.id, his.id, again.id]).size).toBe(3);
    expect([await statusAt(hers.id), await statusAt(his.id)]).toEqual(["open", "expired"]);
    expect((await createCheckoutSession(ada, { productId: starter() })).id).toBe(hers.id);
  });

  it("is made for its row, its user and its product, and so is what comes of it", async () => {
    for (const key of ["aiaas_starter_monthly", "micro_feature_once"]) {
      const bought = await buy(key);
      const row = await sessionRow(bought.session);
      const session = await stripe.checkout.sessions.retrieve(bought.session);
      const metadata = {
        checkout_session_id: row?.id,
        user_id: bought.user.id,
        product_id: product(key).id,
      };
      expect(session).toMatchObject({ client_reference_id: bought.user.id, metadata });
      const outcome =
        session.mode === "payment"
          ? await stripe.paymentIntents.retrieve(bought.paymentIntent)
          : await stripe.subscriptions.retrieve(bought.subscription);
      expect(outcome.metadata).toEqual(metadata);
    }
  });

  describe("that ends in five minutes", () => {
    afterEach(() => vi.useRealTimers());
    it.each([
      ["and a second more is given again", 301, true],
      ["is not: its person would be stranded on the way", 300, false],
      ["less a second is not", 299, false],
    ])("%s", async (_, secondsLeft, isSame) => {
      const user = await buyer();
      const { id, expiresAt } = await createCheckoutSession(user, { productId: starter() });
      vi.useFakeTimers({ toFake: ["Date"], now: (expiresAt - secondsLeft) * 1000 });
      const again = await createCheckoutSession(user, { productId: starter() });
      vi.useRealTimers();
      expect(again.id === id).toBe(isSame);
      expect(await statusAt(id)).toBe(isSame ? "open" : "expired");
    });
  });

  it("that never got its session is cleared away for something else, and nobody else's with it", async () => {
    const [ada, bob] = [await buyer(), await buyer()];
    const lost = await createCheckoutSession(ada, { productId: starter() });
    const his = await createCheckoutSession(bob, { productId: starter() });
    const row = await sessionRow(lost.id);
    await db
      .update(checkoutSessions)
      .set({ stripeId: null, url: null, expiresAt: null })
      .where(eq(checkoutSessions.id, row?.id ?? ""));
    const other = await createCheckoutSession(ada, { productId: product("aiaas_pro_monthly").id });
    expect(await sessionRow(other.id)).toMatchObject({ status: "open", userId: ada.id });
    const [cleared] = await db
      .select()
      .from(checkoutSessions)
      .where(eq(checkoutSessions.id, row?.id ?? ""));
    expect(cleared).toMatchObject({ status: "expired", stripeId: null });
    expect(await sessionRow(his.id)).toMatchObject({ status: "open" });
  });

  it("that is paid while Stripe is still asked for it has no page to go on with", async () => {
    const user = await buyer();
    const withoutSession = and(eq(checkoutSessions.userId, user.id), isNull(checkoutSessions.stripeId));
    own.stripe.before = async (call) => {
      if (call !== "POST /v1/checkout/sessions") return null;
      const [row] = await db.select().from(checkoutSessions).where(withoutSession);
      const paid = checkoutSession({ mode: "payment", metadata: { checkout_session_id: row?.id } });
      await post(event("checkout.session.completed", paid));
      return null;
    };
    const { id } = await createCheckoutSession(user, { productId: product("micro_feature_once").id });
    expect(await sessionRow(id)).toMatchObject({ status: "complete", url: null });
  });

  it("has a page to go on with", async () => {
    const { id, url } = await createCheckoutSession(await buyer(), { productId: starter() });
    expect(await sessionRow(id)).toMatchObject({ status: "open", url });
  });
});

describe("what became of a checkout", () => {
  const confirm = (id: string, amount: number) =>
    stripe.rawRequest("POST", `/v1/payment_pages/${id}/confirm`, {
      payment_method: "pm_card_visa",
      expected_amount: amount,
    });

  it("is told to its buyer alone: open, then paid, with what was paid and until when", async () => {
    const [ada, bob] = [await buyer(), await buyer()];
    const { id, url } = await createCheckoutSession(ada, { productId: starter() });
    const his = await createCheckoutSession(bob, { productId: product("aiaas_pro_monthly").id });
    expect(await getCheckoutResult(ada, id)).toMatchObject({
      outcome: "open",
      amountTotal: 1_900,
      currency: "usd",
      renewsAt: null,
      url,
      product: { id: starter() },
    });
    expect(await getCheckoutResult(bob, id)).toBeNull();
    expect(await getCheckoutResult(ada, his.id)).toBeNull();
    await confirm(id, 1_900);
    const { subscription: bought } = await stripe.checkout.sessions.retrieve(id, {
      expand: ["subscription"],
    });
    const until = typeof bought === "object" ? bought?.items.data[0]?.current_period_end : undefined;
    expect(await getCheckoutResult(ada, id)).toMatchObject({
      outcome: "paid",
      renewsAt: new Date((until ?? 0) * 1000),
      url: null,
    });
    expect(await getCheckoutResult(bob, id)).toBeNull();
  });

  it("says what was paid, not what it costs", async () => {
    const bought = await buy("micro_feature_once");
    await getCheckoutResult(bought.user, bought.session);
    await db
      .update(checkoutSessions)
      .set({ amountTotal: 123, currency: "eur" })
      .where(eq(checkoutSessions.stripeId, bought.session));
    expect(await getCheckoutResult(bought.user, bought.session)).toMatchObject({
      amountTotal: 123,
      currency: "eur",
      renewsAt: null,
    });
  });

  it.each([
    ["complete", "paid", false],
    ["complete", "no_payment_required", false],
    ["complete", "failed", false],
    ["expired", "unpaid", false],
    ["complete", "unpaid", true],
    ["open", "unpaid", true],
  ] as const)("of one that is %s and %s: Stripe is asked is %s", async (status, paymentStatus, isAsked) => {
    const user = await buyer();
    const { id } = await createCheckoutSession(user, { productId: product("micro_feature_once").id });
    await db.update(checkoutSessions).set({ status, paymentStatus }).where(eq(checkoutSessions.stripeId, id));
    own.stripe.rest();
    await getCheckoutResult(user, id);
    expect(own.stripe.calls).toEqual(isAsked ? [`GET /v1/checkout/sessions/${id}`] : []);
  });

  it("is asked in one request, for all that it led to", async () => {
    const user = await buyer();
    const { id } = await createCheckoutSession(user, { productId: product("micro_feature_once").id });
    const expanded: string[] = [];
    own.stripe.rest();
    own.stripe.before = (_, query) => {
      for (const [name, value] of query) if (name.startsWith("expand")) expanded.push(value);
      return null;
    };
    await getCheckoutResult(user, id);
    expect(expanded.toSorted()).toEqual(["invoice", "payment_intent", "subscription"]);
    expect(own.stripe.calls).toHaveLength(1);
  });

  it.each([
    ["250 letters", `cs_${"x".repeat(250)}`],
    ["251 letters", `cs_${"x".repeat(251)}`],
    ["another object's id", stripeId("sub")],
    ["an id with something before it", `x${stripeId("cs")}`],
    ["an id with something after it", `${stripeId("cs")}\n`],
  ])("of %s: nothing, and Stripe is not asked", async (_, id) => {
    expect(await getCheckoutResult(await buyer(), id)).toBeNull();
    expect(own.stripe.calls).toEqual([]);
  });
});
