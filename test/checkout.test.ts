import { eq } from "drizzle-orm";
import { beforeAll, expect, it } from "vitest";
import { db } from "@/db";
import { listProducts } from "@/db/queries/products";
import { getUserById } from "@/db/queries/users";
import { checkoutSessions } from "@/db/schema";
import { ensureCustomer } from "@/lib/billing/checkout/customer";
import { getCheckoutResult } from "@/lib/billing/checkout/result";
import { createCheckoutSession } from "@/lib/billing/checkout/session";
import { stripe } from "@/lib/billing/stripe";
import { ledgerOf, sessionRow, someUser, subscriptionRow, userById } from "./support/rows";

/** Checkout against the local Stripe. The app is not running here, so no webhook ever arrives. */

let productId: (lookupKey: string) => string;
beforeAll(async () => {
  const products = await listProducts();
  productId = (lookupKey) => products.find((product) => product.lookupKey === lookupKey)?.id ?? "";
});

const buyer = () => someUser({ stripeCustomerId: null });
const openAtStripe = async (customer: string) =>
  (await stripe.checkout.sessions.list({ customer, limit: 100 })).data.filter(
    ({ status }) => status === "open",
  );

/** Stripe's own page calls this when the person presses the button. */
const confirm = (session: string, amount: number) =>
  stripe.rawRequest("POST", `/v1/payment_pages/${session}/confirm`, {
    payment_method: "pm_card_visa",
    expected_amount: amount,
  });

it("a hundred first checkouts at once make one customer", async () => {
  const user = await buyer();
  const customers = await Promise.all(Array.from({ length: 100 }, () => ensureCustomer(user)));
  expect(new Set(customers).size).toBe(1);
  expect((await userById(user.id))?.stripeCustomerId).toBe(customers[0]);
});

it("ten clicks at once on one plan lead to one open session", async () => {
  const user = await buyer();
  const request = { productId: productId("aiaas_starter_monthly") };
  const sessions = await Promise.all(Array.from({ length: 10 }, () => createCheckoutSession(user, request)));
  expect(new Set(sessions.map(({ id }) => id)).size).toBe(1);
  const { stripeCustomerId } = (await getUserById(user.id)) ?? {};
  expect(await openAtStripe(stripeCustomerId ?? "")).toHaveLength(1);
});

it("a second plan of the family takes the first one's place", async () => {
  const user = await buyer();
  const first = await createCheckoutSession(user, { productId: productId("aiaas_starter_monthly") });
  const second = await createCheckoutSession(user, { productId: productId("aiaas_pro_yearly") });
  expect((await stripe.checkout.sessions.retrieve(first.id)).status).toBe("expired");
  expect((await stripe.checkout.sessions.retrieve(second.id)).status).toBe("open");
});

it("packages are bought as often as one likes", async () => {
  const user = await buyer();
  const request = { productId: productId("micro_feature_once") };
  const [first, second] = [
    await createCheckoutSession(user, request),
    await createCheckoutSession(user, request),
  ];
  expect(second.id).not.toBe(first.id);
});

it("what was just paid is seen by the next click, though no webhook has come", async () => {
  const user = await buyer();
  const session = await createCheckoutSession(user, { productId: productId("aiaas_starter_monthly") });
  await confirm(session.id, 1900);
  await expect(
    createCheckoutSession(user, { productId: productId("aiaas_pro_monthly") }),
  ).rejects.toMatchObject({
    code: "already_subscribed",
  });
});

it("a crash between the row and Stripe's answer costs nothing: the next click finds the same session", async () => {
  const user = await buyer();
  const request = { productId: productId("aiaas_starter_monthly") };
  const session = await createCheckoutSession(user, request);
  await db
    .update(checkoutSessions)
    .set({ stripeId: null, url: null, expiresAt: null })
    .where(eq(checkoutSessions.stripeId, session.id));
  expect((await createCheckoutSession(user, request)).id).toBe(session.id);
});

it("the success page copies what happened without a webhook, for the buyer only", async () => {
  const [user, other] = [await buyer(), await buyer()];
  const { id } = await createCheckoutSession(user, { productId: productId("aiaas_pro_monthly") });
  expect(await getCheckoutResult(user, id)).toMatchObject({ outcome: "open" });
  await confirm(id, 9900);

  expect(await getCheckoutResult(other, id)).toBeNull();
  for (const odd of ["\0", "cs_\0", "", "cs_", "💥"]) expect(await getCheckoutResult(user, odd)).toBeNull();
  expect(await getCheckoutResult(user, id)).toMatchObject({
    outcome: "paid",
    amountTotal: 9900,
    product: { plan: "pro" },
    renewsAt: expect.any(Date),
  });
  const row = await sessionRow(id);
  const subscription = await subscriptionRow(row?.stripeSubscriptionId ?? "");
  expect(subscription).toMatchObject({ status: "active", userId: user.id });
  expect((await userById(user.id))?.currentSubscriptionId).toBe(subscription?.id);
  expect(await ledgerOf(row?.stripeCustomerId ?? "")).toMatchObject([
    { kind: "checkout", revenue: 0 },
    { kind: "invoice_paid", eventType: "invoice.payment_succeeded", revenue: 9900 },
  ]);
});
