import { expect, test } from "vitest";
import { Browser } from "../../test/browser";
import { startLocalStripe } from "../../test/harness";
import { confirm, paymentSession, submitPage, subscriptionSession } from "../../test/shop";

/** https://docs.stripe.com/payments/checkout/abandoned-carts */

const local = startLocalStripe();

const RECOVERY = { recovery: { allow_promotion_codes: true, enabled: true } };
const DAYS = 24 * 3600;

const originals = async () =>
  (await local.stripe.checkout.sessions.list()).data.filter((session) => session.recovered_from);

test("an expired session tells where it can be taken up again, for thirty days", async () => {
  const session = await subscriptionSession(local, {
    after_expiration: RECOVERY,
    client_reference_id: "cart_7",
    metadata: { cart: "7" },
    subscription_data: { metadata: { plan: "pro" }, trial_period_days: 14 },
  });
  expect(session.after_expiration).toEqual({
    recovery: { allow_promotion_codes: true, enabled: true, expires_at: null, url: null },
  });
  await local.stripe.checkout.sessions.expire(session.id);
  const event = (await local.happened()).find(({ type }) => type === "checkout.session.expired");
  const expired = event?.data.object as typeof session;
  const { expires_at, url } = expired.after_expiration?.recovery ?? {};
  expect((expires_at ?? 0) - (event?.created ?? 0)).toBe(30 * DAYS);

  const page = await new Browser().get(String(url));
  expect(page.text).toContain("Try Pro");
  expect(page.text).toContain("Promotion code");
  const [copy] = await originals();
  expect(page.url).toBe(copy?.url);
  expect(copy).toMatchObject({
    allow_promotion_codes: true,
    client_reference_id: "cart_7",
    customer_email: "ada@example.com",
    metadata: { cart: "7" },
    recovered_from: session.id,
    status: "open",
  });
  expect((copy?.expires_at ?? 0) - (copy?.created ?? 0)).toBe(DAYS);
  expect(copy?.after_expiration?.recovery?.url).toBeNull();
  await confirm(local, String(copy?.id));
  const [subscription] = (await local.stripe.subscriptions.list()).data;
  expect(subscription).toMatchObject({ metadata: { plan: "pro" }, status: "trialing" });
});

test("the copy asks again, and is bought like its original", async () => {
  const session = await paymentSession(local, {
    after_expiration: { recovery: { enabled: true } },
    custom_fields: [{ key: "size", label: { custom: "Size", type: "custom" }, type: "text" }],
  });
  const { after_expiration } = await local.stripe.checkout.sessions.expire(session.id);
  await new Browser().get(String(after_expiration?.recovery?.url));
  const [copy] = await originals();
  expect(copy).toMatchObject({ allow_promotion_codes: false, custom_fields: [{ text: { value: null } }] });
  await submitPage(String(copy?.url), { "custom_fields[size]": "large" });
  const { data } = await local.stripe.checkout.sessions.listLineItems(String(copy?.id));
  expect(data).toMatchObject([{ amount_total: 2000 }]);
  expect((await local.stripe.charges.list()).data).toMatchObject([{ amount: 2000 }]);
});

// Inferred.
test("the link leads to the same copy while that is open, and to another once it is paid", async () => {
  const session = await paymentSession(local, { after_expiration: RECOVERY });
  const { after_expiration } = await local.stripe.checkout.sessions.expire(session.id);
  const open = async () => (await new Browser().get(String(after_expiration?.recovery?.url))).url;
  const first = await open();
  expect(await open()).toBe(first);
  await submitPage(first);
  expect(await open()).not.toBe(first);
  expect(await originals()).toHaveLength(2);
});

test("after thirty days the link has run out", async () => {
  const session = await paymentSession(local, { after_expiration: RECOVERY });
  const { after_expiration } = await local.stripe.checkout.sessions.expire(session.id);
  await local.control(`clock/advance?seconds=${30 * DAYS}`);
  const answer = await fetch(String(after_expiration?.recovery?.url));
  expect(answer.status).toBe(404);
  expect(await originals()).toEqual([]);
});

test("a discount that has run out since is not on the copy", async () => {
  const { id: coupon } = await local.stripe.coupons.create({ duration: "once", percent_off: 50 });
  const session = await paymentSession(local, { after_expiration: RECOVERY, discounts: [{ coupon }] });
  expect(session.amount_total).toBe(1000);
  const { after_expiration } = await local.stripe.checkout.sessions.expire(session.id);
  await local.stripe.coupons.del(coupon);
  await new Browser().get(String(after_expiration?.recovery?.url));
  expect(await originals()).toMatchObject([{ amount_total: 2000, discounts: [] }]);
});

test.each([undefined, { recovery: { enabled: false } }])("%j gives no link", async (after_expiration) => {
  const session = await paymentSession(local, { after_expiration });
  const expired = await local.stripe.checkout.sessions.expire(session.id);
  expect(expired.after_expiration?.recovery?.url ?? null).toBeNull();
  expect((await fetch(`${local.origin}/r/test_x`)).status).toBe(404);
});

// Type: the comment of `Stripe.Checkout.Session.CustomerDetails.email`.
test.each([
  [{ "consent[promotions]": "yes" }, "grace@example.com", "opt_in"],
  [{}, undefined, undefined],
])("with %j the expired session tells the address that was typed: %s", async (ticked, email, promotions) => {
  const session = await paymentSession(local, {
    after_expiration: RECOVERY,
    consent_collection: { promotions: "auto" },
    customer_email: undefined,
  });
  const typed = { ...ticked, email: "grace@example.com", number: "4000 0000 0000 0002" };
  await submitPage(String(session.url), typed);
  const expired = await local.stripe.checkout.sessions.expire(session.id);
  expect([expired.customer_details?.email, expired.consent?.promotions]).toEqual([email, promotions]);
  await new Browser().get(String(expired.after_expiration?.recovery?.url));
  expect(await originals()).toMatchObject([{ consent: null, customer_details: null }]);
});
