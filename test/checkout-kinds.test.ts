import { eq } from "drizzle-orm";
import { revalidatePath } from "next/cache";
import type Stripe from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { toCheckout } from "@/app/_actions/to-checkout";
import { POST as createSession } from "@/app/api/v1/create-checkout-session/route";
import { client, db } from "@/db";
import { listProducts, type Product } from "@/db/queries/products";
import type { User } from "@/db/queries/users";
import { checkoutSessions, products, subscriptions, users } from "@/db/schema";
import { createAccessToken } from "@/lib/auth/tokens";
import { applyCatalog } from "@/lib/billing/catalog/apply";
import { createCheckoutSession } from "@/lib/billing/checkout/session";
import { stripe } from "@/lib/billing/stripe";
import { syncObject } from "@/lib/billing/sync/sync-object";
import { outcomeOf } from "./support/next-request";
import { post } from "./support/post-event";
import { sessionRow, someUser, userById } from "./support/rows";
import { event, stripeId } from "./support/stripe-objects";

/** Kinds of trouble that Stripe and the shop's rows can be in when somebody presses a button. */

vi.mock("next/cache", () => ({ revalidatePath: vi.fn() }));

const own = await vi.hoisted(async () => (await import("./support/own-stack")).startOwnStack());
afterAll(async () => {
  await client.end();
  await own.stop();
});

let catalog: Product[];
let anvil: Product;
beforeAll(async () => {
  await applyCatalog();
  anvil = await sell({ plan: "anvil", family: "smithy", amount: 700 });
  catalog = await listProducts();
});
beforeEach(() => {
  own.stripe.rest();
  vi.mocked(revalidatePath).mockClear();
});

/** A plan that is on sale beside those of the catalog. */
async function sell({
  plan,
  family,
  amount,
  currency = "usd",
}: Record<"plan" | "family", string> & { amount: number; currency?: string }) {
  const { id } = await stripe.products.create({
    name: `Plan ${plan}`,
    metadata: { plan, family, position: 99 },
  });
  const price = await stripe.prices.create({
    product: id,
    currency,
    unit_amount: amount,
    recurring: { interval: "month" },
    lookup_key: `${plan}_monthly`,
  });
  await syncObject("product", id);
  const [product] = await db.select().from(products).where(eq(products.stripePriceId, price.id));
  if (!product?.active) throw new Error(`${plan} is not on sale.`);
  return product;
}

const product = (lookupKey: string) => {
  const found = catalog.find((one) => one.lookupKey === lookupKey);
  if (!found) throw new Error(`The catalog has no ${lookupKey}.`);
  return found;
};
const starter = () => product("aiaas_starter_monthly").id;
const pro = () => product("aiaas_pro_monthly").id;
const micro = () => product("micro_feature_once").id;

const buyer = () => someUser({ stripeCustomerId: null });
const begin = (user: User, productId: string) => createCheckoutSession(user, { productId });
const statusAt = async (id: string) => (await stripe.checkout.sessions.retrieve(id)).status;
const customerOf = async ({ id }: User) => (await userById(id))?.stripeCustomerId ?? "";
const rowsOf = ({ id }: User) => db.select().from(checkoutSessions).where(eq(checkoutSessions.userId, id));
const openRowsOf = async (user: User) => (await rowsOf(user)).filter(({ status }) => status === "open");

/** Stripe's own page does this when the person presses the button. */
const pay = (session: string) =>
  stripe.rawRequest("POST", `/v1/payment_pages/${session}/confirm`, { payment_method: "pm_card_visa" });

const sessionsAt = async (user: User) =>
  (await stripe.checkout.sessions.list({ customer: await customerOf(user), limit: 100 })).data;
const openAt = async (user: User) =>
  (await sessionsAt(user)).flatMap(({ id, status }) => (status === "open" ? [id] : []));
const runningAt = async (user: User) =>
  (await stripe.subscriptions.list({ customer: await customerOf(user), limit: 100 })).data;

/** As a program calls it. */
async function viaApi(user: User, productId: string) {
  const authorization = `Bearer ${await createAccessToken(user.id, "test")}`;
  const body = JSON.stringify({ product_id: productId });
  const response = await createSession(
    new Request("http://shop.test/api", { method: "POST", headers: { authorization }, body }),
  );
  return {
    status: response.status,
    code: (await response.json()).error?.code,
    retryAfter: response.headers.get("retry-after"),
  };
}

const CREATE = "POST /v1/checkout/sessions";

/** Stripe refuses the next session, and no further one. */
function refuseOnce(status: number, error: object) {
  let isRefused = false;
  own.stripe.before = (call) => {
    if (call !== CREATE || isRefused) return null;
    isRefused = true;
    return { status, headers: { "Stripe-Should-Retry": "false" }, body: { error } };
  };
}

/** Stripe thinks about the next session until it is told to go on. */
function holdNext() {
  let isHeld = false;
  let goOn = () => {};
  const go = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const asked = new Promise<void>((resolve) => {
    own.stripe.before = async (call) => {
      if (call !== CREATE || isHeld) return null;
      isHeld = true;
      resolve();
      await go;
      return null;
    };
  });
  return { asked, goOn };
}

describe("a customer who is deleted at Stripe", () => {
  it("while a checkout is open: the same plan is a new session for a new customer", async () => {
    const user = await buyer();
    const first = await begin(user, starter());
    const before = await customerOf(user);
    await stripe.customers.del(before);
    await post(event("customer.deleted", { id: before, object: "customer" }));
    const again = await begin(user, starter());
    expect(again.id).not.toBe(first.id);
    expect(await statusAt(first.id)).toBe("expired");
    await pay(again.id);
    const [running] = await runningAt(user);
    expect(running).toMatchObject({ status: "active", customer: await customerOf(user) });
    expect(running?.customer).not.toBe(before);
  });

  it("the same, though no event tells of it", async () => {
    const user = await buyer();
    const first = await begin(user, starter());
    const before = await customerOf(user);
    await stripe.customers.del(before);
    const again = await begin(user, starter());
    expect(await statusAt(first.id)).toBe("expired");
    const { customer } = await stripe.checkout.sessions.retrieve(again.id);
    expect(customer).toBe(await customerOf(user));
    expect(customer).not.toBe(before);
  });

  it("between the row and Stripe's answer, before a crash: the key is not the one of before", async () => {
    const user = await buyer();
    const lost = await begin(user, starter());
    const row = await sessionRow(lost.id);
    await db
      .update(checkoutSessions)
      .set({ stripeId: null, url: null, expiresAt: null })
      .where(eq(checkoutSessions.id, row?.id ?? ""));
    const before = await customerOf(user);
    await stripe.customers.del(before);
    await post(event("customer.deleted", { id: before, object: "customer" }));
    const again = await begin(user, starter());
    expect(await rowsOf(user)).toMatchObject([{ id: row?.id, stripeId: again.id, status: "open" }]);
  });

  it("with a subscription, and no event tells of it: access ends, and the next checkout works", async () => {
    const user = await buyer();
    await pay((await begin(user, micro())).id);
    const before = await customerOf(user);
    const old = await subscribeAtStripe(user, [anvil.stripePriceId]);
    await stripe.customers.del(before);
    const { id } = await begin((await userById(user.id)) ?? user, starter());
    const [row] = await db.select().from(subscriptions).where(eq(subscriptions.stripeId, old.id));
    expect(row?.status).toBe("canceled");
    await pay(id);
    expect(await customerOf(user)).not.toBe(before);
    expect(await runningAt(user)).toHaveLength(1);
  });

  it("and has another name by now: the new customer has that name", async () => {
    const user = await buyer();
    await begin(user, starter());
    const before = await customerOf(user);
    await stripe.customers.del(before);
    await post(event("customer.deleted", { id: before, object: "customer" }));
    await db.update(users).set({ name: "Ada King" }).where(eq(users.id, user.id));
    await begin(user, starter());
    expect(await stripe.customers.retrieve(await customerOf(user))).toMatchObject({ name: "Ada King" });
  });

  it("and one that Stripe has never known is not taken for deleted: the key may be of another account", async () => {
    const stripeCustomerId = stripeId("cus");
    const user = await someUser({ stripeCustomerId });
    await expect(begin(user, starter())).rejects.toThrow(`No such customer: '${stripeCustomerId}'`);
    expect(await customerOf(user)).toBe(stripeCustomerId);
    expect(await openRowsOf(user)).toEqual([]);
  });
});

describe("the row of a checkout", () => {
  it("is open: its session is read, and not created again", async () => {
    const user = await buyer();
    const { id } = await begin(user, starter());
    own.stripe.rest();
    expect((await begin(user, starter())).id).toBe(id);
    expect(own.stripe.calls).toContain(`GET /v1/checkout/sessions/${id}`);
    expect(own.stripe.calls).not.toContain(CREATE);
  });

  it("names a session that Stripe knows no more: a new one is made", async () => {
    const user = await buyer();
    const { id } = await begin(user, starter());
    const unknown = stripeId("cs_test");
    await db.update(checkoutSessions).set({ stripeId: unknown }).where(eq(checkoutSessions.stripeId, id));
    const again = await begin(user, starter());
    expect(again.id).not.toBe(id);
    expect(await sessionRow(unknown)).toMatchObject({ status: "expired" });
    const other = await begin(user, pro());
    await db
      .update(checkoutSessions)
      .set({ stripeId: stripeId("cs_test") })
      .where(eq(checkoutSessions.stripeId, other.id));
    expect(await statusAt((await begin(user, starter())).id)).toBe("open");
  });

  it("names a session that has ended, and no event tells of it: a new one is made, or refused once paid", async () => {
    const user = await buyer();
    const first = await begin(user, starter());
    await stripe.checkout.sessions.expire(first.id);
    const again = await begin(user, starter());
    expect(await openAt(user)).toEqual([again.id]);
    await pay(again.id);
    await expect(begin(user, starter())).rejects.toMatchObject({ code: "already_subscribed" });
  });

  /** https://docs.stripe.com/api/idempotent_requests: kept for a day whatever it is, but not a conflict or a limit. */
  it.each([
    ["an invalid request", true, 400, { type: "invalid_request_error" }],
    ["an unknown price", true, 404, { type: "invalid_request_error", code: "resource_missing" }],
    ["a fault of Stripe's", true, 500, { type: "api_error" }],
    ["too many requests", false, 429, { type: "invalid_request_error" }],
  ])("after %s: closed is %s", async (_, isClosed, status, error) => {
    const user = await buyer();
    refuseOnce(status, { ...error, message: "No." });
    await expect(begin(user, starter())).rejects.toThrow("No.");
    const [row] = await rowsOf(user);
    expect(row?.status).toBe(isClosed ? "expired" : "open");
    const { id } = await begin(user, starter());
    expect((await sessionRow(id))?.id === row?.id).toBe(!isClosed);
  });

  it("after a key that was used for something else: the same click makes another", async () => {
    const user = await buyer();
    refuseOnce(400, {
      type: "idempotency_error",
      message: "Keys can only be used with the same parameters.",
    });
    const { id } = await begin(user, starter());
    expect(await statusAt(id)).toBe("open");
    expect((await rowsOf(user)).map(({ status }) => status).toSorted()).toEqual(["expired", "open"]);
  });
});

describe("a plan that Stripe does not sell any more", () => {
  const priceTold = async ({ stripePriceId }: Product) =>
    post(event("price.updated", await stripe.prices.retrieve(stripePriceId)));

  it("is not on sale here either, from the first click on, and is again when Stripe sells it", async () => {
    const bellows = await sell({ plan: "bellows", family: "smithy", amount: 1_100 });
    await stripe.prices.update(bellows.stripePriceId, { active: false });
    const user = await buyer();
    await expect(begin(user, bellows.id)).rejects.toMatchObject({
      code: "product_not_found",
      message: "Plan bellows is not on sale any more.",
    });
    expect((await listProducts()).map(({ id }) => id)).not.toContain(bellows.id);
    await stripe.prices.update(bellows.stripePriceId, { active: true });
    await priceTold(bellows);
    expect(await statusAt((await begin(user, bellows.id)).id)).toBe("open");
  });

  it("because its product is archived: 404 in the API, and the form leads to the prices, read anew", async () => {
    const tongs = await sell({ plan: "tongs", family: "smithy", amount: 1_300 });
    await stripe.products.update(tongs.stripeProductId, { active: false });
    expect(await viaApi(await buyer(), tongs.id)).toMatchObject({ status: 404, code: "product_not_found" });
    expect(await outcomeOf(toCheckout(await buyer(), tongs.id))).toEqual({ to: "/pricing" });
    expect(vi.mocked(revalidatePath).mock.calls).toEqual([["/(public)/pricing/[[...interval]]", "page"]]);
  });
});

/** As support makes one in the dashboard; the shop has heard of it. */
async function subscribeAtStripe(user: User, prices: string[]): Promise<Stripe.Subscription> {
  const customer = await customerOf(user);
  const { id } = await stripe.paymentMethods.attach("pm_card_visa", { customer });
  const subscription = await stripe.subscriptions.create({
    customer,
    items: prices.map((price) => ({ price })),
    default_payment_method: id,
  });
  await syncObject("subscription", subscription.id);
  return subscription;
}

const withCustomer = async () => someUser({ stripeCustomerId: (await stripe.customers.create()).id });

describe("who has a plan of the family", () => {
  const refused = {
    code: "already_subscribed",
    message: "You already have AIaaS Starter. Change it in your account.",
  };

  it("as an item that was added by hand to a subscription of another family: is refused a second", async () => {
    const user = await withCustomer();
    await subscribeAtStripe(user, [anvil.stripePriceId, product("aiaas_starter_monthly").stripePriceId]);
    await expect(begin(user, pro())).rejects.toMatchObject(refused);
    expect(await viaApi(user, pro())).toMatchObject({ status: 409, code: "already_subscribed" });
    await expect(begin(user, anvil.id)).rejects.toMatchObject({ code: "already_subscribed" });
    expect(await statusAt((await begin(await withCustomer(), pro())).id)).toBe("open");
  });

  it.each([
    ["older", true],
    ["newer", false],
  ])("as the %s of two subscriptions: is refused a second", async (_, isFirst) => {
    const user = await withCustomer();
    const both = [product("aiaas_starter_monthly").stripePriceId, anvil.stripePriceId];
    for (const price of isFirst ? both : both.toReversed()) await subscribeAtStripe(user, [price]);
    await expect(begin(user, pro())).rejects.toMatchObject(refused);
  });

  it("at a price that was made by hand for it, and of which nobody has told: is refused a second", async () => {
    const user = await withCustomer();
    const { stripeProductId } = product("aiaas_starter_monthly");
    const special = await stripe.prices.create({
      product: stripeProductId,
      currency: "usd",
      unit_amount: 1_234,
      recurring: { interval: "month" },
    });
    await subscribeAtStripe(user, [anvil.stripePriceId, special.id]);
    await expect(begin(user, pro())).rejects.toMatchObject(refused);
  });

  it("in a subscription that has ended, or of a customer that is gone: may buy one", async () => {
    const user = await withCustomer();
    const ended = await subscribeAtStripe(user, [product("aiaas_starter_monthly").stripePriceId]);
    await stripe.subscriptions.cancel(ended.id);
    await syncObject("subscription", ended.id);
    expect(await statusAt((await begin(user, pro())).id)).toBe("open");

    const other = await withCustomer();
    const told = await subscribeAtStripe(other, [product("aiaas_starter_monthly").stripePriceId]);
    const before = await customerOf(other);
    await stripe.customers.del(before);
    await post(event("customer.deleted", { id: before, object: "customer" }));
    // Its beginning was told late, and its end has not been told.
    await db.update(subscriptions).set({ status: "active" }).where(eq(subscriptions.stripeId, told.id));
    expect(await statusAt((await begin(other, pro())).id)).toBe("open");
  });

  it("and of whose subscription only the checkout was told: is refused a second", async () => {
    const user = await buyer();
    const { id } = await begin(user, starter());
    await pay(id);
    await post(event("checkout.session.completed", await stripe.checkout.sessions.retrieve(id)));
    expect(await sessionRow(id)).toMatchObject({ status: "complete" });
    expect(await db.select().from(subscriptions).where(eq(subscriptions.userId, user.id))).toEqual([]);
    await expect(begin(user, pro())).rejects.toMatchObject(refused);
  });
});

describe("a customer who is billed in another currency", () => {
  it("is told so, by the form and by the API, and may buy something else", async () => {
    const euros = await sell({ plan: "chisel", family: "masonry", amount: 1_700, currency: "eur" });
    const user = await withCustomer();
    await subscribeAtStripe(user, [anvil.stripePriceId]);
    await expect(begin(user, euros.id)).rejects.toMatchObject({
      code: "currency_mismatch",
      message:
        "Plan chisel is sold in EUR, and you are already billed in another currency. A customer is billed in one currency only.",
    });
    expect(await viaApi(user, euros.id)).toMatchObject({ status: 409, code: "currency_mismatch" });
    expect(await outcomeOf(toCheckout(user, euros.id))).toEqual({ to: "/account?notice=currency-mismatch" });
    expect(await openRowsOf(user)).toEqual([]);
    expect(await statusAt((await begin(user, starter())).id)).toBe("open");
  });
});

describe("two plans at once", () => {
  it("the second button waits until the first has its session, and takes its place", async () => {
    const user = await buyer();
    const { asked, goOn } = holdNext();
    const first = begin(user, starter());
    await asked;
    const others = Array.from({ length: 30 }, () => begin(user, pro()));
    // All of them have looked, more than once, and none of them keeps a connection to itself.
    for (let looks = 0; looks < 100; looks++) expect(await openRowsOf(user)).toHaveLength(1);
    expect(own.stripe.calls.filter((call) => call === CREATE)).toHaveLength(1);
    goOn();
    const { id } = await first;
    const ids = new Set((await Promise.all(others)).map((one) => one.id));
    expect(ids.size).toBe(1);
    expect(await statusAt(id)).toBe("expired");
    expect(await openAt(user)).toEqual([...ids]);
  });

  it("a session that comes after its row was taken for abandoned is given to nobody", async () => {
    const user = await buyer();
    const { asked, goOn } = holdNext();
    const slow = begin(user, starter());
    await asked;
    const [row] = await openRowsOf(user);
    await db
      .update(checkoutSessions)
      .set({ expiresAt: new Date(Date.now() - 1_000) })
      .where(eq(checkoutSessions.id, row?.id ?? ""));
    const fast = await begin(user, pro());
    goOn();
    const { id } = await slow;
    expect(await statusAt(fast.id)).toBe("expired");
    expect(await openAt(user)).toEqual([id]);
    expect((await sessionsAt(user)).length).toBe(3);
  });

  it("what is being made, or paid, for longer than a person waits is said: 409, and when to come again", async () => {
    const [ada, bob] = [await buyer(), await buyer()];
    const paying = await begin(bob, starter());
    const { asked, goOn } = holdNext();
    const hold = own.stripe.before;
    own.stripe.before = (call, query) =>
      call.endsWith("/expire")
        ? { status: 400, body: { error: { type: "invalid_request_error", message: "It is being paid." } } }
        : hold(call, query);
    const first = begin(ada, starter());
    await asked;
    const inProgress = { status: 409, code: "checkout_in_progress", retryAfter: "2" };
    const [hers, his, form] = await Promise.all([
      viaApi(ada, pro()),
      viaApi(bob, pro()),
      outcomeOf(toCheckout(bob, pro())),
    ]);
    expect([hers, his]).toEqual([inProgress, inProgress]);
    expect(form).toEqual({ to: "/account?notice=checkout-in-progress" });
    // Pauses of at least 25, 38, 56, 84, 127, 190 and then 250 ms leave each of his two buttons 28 tries in six seconds.
    expect(own.stripe.calls.filter((call) => call.endsWith("/expire")).length).toBeLessThanOrEqual(2 * 28);
    goOn();
    expect(await openAt(ada)).toEqual([(await first).id]);
    expect(await openAt(bob)).toEqual([paying.id]);
  });

  /** Only an invalid request speaks of the session (https://docs.stripe.com/api/errors); 400 is in the test above. */
  it.each([
    [403, "more_permissions_required"],
    [429, "rate_limit"],
    [500, "api_error"],
  ])("a %i at taking the open session away is told at once, and takes nothing away", async (status, code) => {
    const user = await buyer();
    const open = await begin(user, starter());
    own.stripe.before = (call) =>
      call.endsWith("/expire")
        ? { status, headers: { "Stripe-Should-Retry": "false" }, body: { error: { code, message: "No." } } }
        : null;
    await expect(begin(user, pro())).rejects.toThrow("No.");
    expect(own.stripe.calls.filter((call) => call.endsWith("/expire"))).toHaveLength(1);
    own.stripe.rest();
    expect(await openAt(user)).toEqual([open.id]);
    expect(await openAt(user)).toEqual((await openRowsOf(user)).map(({ stripeId }) => stripeId));
    const other = await begin(user, pro());
    expect(await openAt(user)).toEqual([other.id]);
  });

  it("a button that took the open session away makes its own, however late it is by then", async () => {
    const user = await buyer();
    const first = await begin(user, starter());
    const now = vi.spyOn(performance, "now");
    onTestFinished(() => now.mockRestore());
    own.stripe.before = (call) => {
      if (call.endsWith("/expire")) now.mockReturnValue(performance.now() + 60_000);
      return null;
    };
    const second = await begin(user, pro());
    expect(await statusAt(first.id)).toBe("expired");
    expect(await openAt(user)).toEqual([second.id]);
  });

  it("a button that is too late takes nothing away", async () => {
    const user = await buyer();
    const open = await begin(user, starter());
    const now = vi.spyOn(performance, "now");
    onTestFinished(() => now.mockRestore());
    const start = performance.now();
    now.mockReturnValueOnce(start).mockReturnValue(start + 6_000);
    await expect(begin(user, pro())).rejects.toMatchObject({ code: "checkout_in_progress" });
    expect(await openAt(user)).toEqual([open.id]);
    now.mockReset();
    now.mockReturnValueOnce(start).mockReturnValue(start + 5_999);
    const inTime = await begin(user, pro());
    expect(await openAt(user)).toEqual([inTime.id]);
  });

  it("leaves what is open of another family alone, and what may be bought any number of times", async () => {
    const user = await buyer();
    const smithy = await begin(user, anvil.id);
    const jobs = [await begin(user, micro()), await begin(user, micro())];
    const plan = await begin(user, starter());
    const other = await begin(user, pro());
    const open = [smithy, ...jobs, other].map(({ id }) => id);
    expect((await openAt(user)).toSorted()).toEqual(open.toSorted());
    expect(await statusAt(plan.id)).toBe("expired");
    for (const { id } of [smithy, ...jobs, other]) await pay(id);
    expect((await runningAt(user)).map(({ items }) => items.data[0]?.price.id).toSorted()).toEqual(
      [anvil.stripePriceId, product("aiaas_pro_monthly").stripePriceId].toSorted(),
    );
    expect(await statusAt((await begin(user, micro())).id)).toBe("open");
  });

  it("5 people, 20 buttons each, every page paid that can be: one plan each, and nothing but reasons", async () => {
    const plans = catalog.filter(({ family }) => family === "aiaas");
    expect(plans.length).toBeGreaterThan(3);
    const people = await Promise.all(Array.from({ length: 5 }, buyer));
    const tries = people.flatMap((user) =>
      Array.from({ length: 20 }, async (_, index) => {
        const { id } = await begin(user, plans[index % plans.length]?.id ?? "");
        // Refused where another took its place meanwhile.
        await pay(id).catch(() => {});
      }),
    );
    const reasons = (await Promise.allSettled(tries)).flatMap((result) =>
      result.status === "rejected" ? [result.reason] : [],
    );
    for (const reason of reasons)
      expect(reason).toMatchObject({
        code: expect.stringMatching(/^(already_subscribed|checkout_in_progress)$/),
      });
    for (const user of people) {
      for (const id of await openAt(user)) await pay(id);
      expect(await runningAt(user)).toHaveLength(1);
    }
  }, 60_000);
});
