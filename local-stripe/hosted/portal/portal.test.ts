import type Stripe from "stripe";
import { expect, test } from "vitest";
import { Browser } from "../../test/browser";
import { startLocalStripe } from "../../test/harness";
import { card, confirm, monthlyPrice, subscriptionSession } from "../../test/shop";

const local = startLocalStripe();
const RETURN = "http://127.0.0.1:3000/account";

async function subscriber(more: Partial<Stripe.Checkout.SessionCreateParams> = {}) {
  const session = await subscriptionSession(local, more);
  await confirm(local, session.id);
  const paid = await local.stripe.checkout.sessions.retrieve(session.id);
  return { customer: String(paid.customer), subscription: String(paid.subscription) };
}

async function openPortal(customer: string, more: Partial<Stripe.BillingPortal.SessionCreateParams> = {}) {
  const { url } = await local.stripe.billingPortal.sessions.create({
    customer,
    return_url: RETURN,
    ...more,
  });
  const browser = new Browser();
  return { browser, url, page: await browser.get(url) };
}

test("a link opens once, for one browser, and only for five minutes", async () => {
  const { customer } = await subscriber();
  const { browser, url, page } = await openPortal(customer);
  expect(page.text).toContain(`href="${RETURN}"`);
  expect((await browser.get(url)).status).toBe(200);
  expect((await new Browser().get(url)).text).toContain("This link has expired");
  const late = await local.stripe.billingPortal.sessions.create({ customer });
  await local.control("clock/advance?seconds=301");
  expect((await new Browser().get(late.url)).text).toContain("This link has expired");
});

test("without a default configuration there is no portal, unless one is named", async () => {
  const { id: customer } = await local.stripe.customers.create({});
  const [saved] = (await local.stripe.billingPortal.configurations.list({ is_default: true })).data;
  await local.stripe.billingPortal.configurations.update(String(saved?.id), { active: false });
  await expect(local.stripe.billingPortal.sessions.create({ customer })).rejects.toMatchObject({
    statusCode: 400,
    message: expect.stringContaining("your test mode default configuration has not been created"),
  });
  const { id: configuration } = await local.stripe.billingPortal.configurations.create({
    features: { invoice_history: { enabled: true } },
  });
  const { page } = await openPortal(customer, { configuration });
  expect(page.text).toContain("Invoice history");
  expect(page.text).not.toContain("Payment methods");
});

test("a feature that is off cannot be reached by its address either", async () => {
  const { customer, subscription } = await subscriber();
  const { id: configuration } = await local.stripe.billingPortal.configurations.create({
    features: { invoice_history: { enabled: true } },
  });
  const { browser, url } = await openPortal(customer, { configuration });
  const page = await browser.post(`${url}/cancel/${subscription}`);
  expect(page.text).toContain("Current plan");
  expect((await local.stripe.subscriptions.retrieve(subscription)).cancel_at).toBeNull();
});

test("cancelling sets cancel_at alone, and is undone by “Don't cancel”", async () => {
  const { customer, subscription } = await subscriber();
  const { browser, url } = await openPortal(customer);
  const page = await browser.post(`${url}/cancel/${subscription}`, {
    feedback: "too_expensive",
    comment: "",
  });
  expect(page.text).toContain("Your plan ends on");
  const canceled = await local.stripe.subscriptions.retrieve(subscription);
  expect(canceled).toMatchObject({
    status: "active",
    cancel_at: canceled.items.data[0]?.current_period_end,
    cancel_at_period_end: false,
    cancellation_details: { feedback: "too_expensive", reason: "cancellation_requested" },
  });
  await browser.post(`${url}/keep/${subscription}`);
  const kept = await local.stripe.subscriptions.retrieve(subscription);
  expect(kept).toMatchObject({ cancel_at: null, canceled_at: null });
  const updates = (await local.happened()).filter(({ type }) => type === "customer.subscription.updated");
  expect(updates.map((event) => event.data.previous_attributes)).toMatchObject([
    { cancel_at: null },
    { cancel_at: canceled.cancel_at },
  ]);
  expect(updates[0]?.request).toEqual({ id: null, idempotency_key: null });
});

test("a configuration can let a cancellation take effect at once", async () => {
  const { customer, subscription } = await subscriber();
  const { id: configuration } = await local.stripe.billingPortal.configurations.create({
    features: { subscription_cancel: { enabled: true, mode: "immediately" } },
  });
  const { browser, url } = await openPortal(customer, { configuration });
  await browser.post(`${url}/cancel/${subscription}`);
  expect((await local.stripe.subscriptions.retrieve(subscription)).status).toBe("canceled");
});

test("somebody else's subscription is not there", async () => {
  const mine = await subscriber();
  const theirs = await subscriber({ customer_email: "eve@example.com" });
  const { browser, url } = await openPortal(mine.customer);
  await browser.post(`${url}/cancel/${theirs.subscription}`);
  expect((await local.stripe.subscriptions.retrieve(theirs.subscription)).cancel_at).toBeNull();
});

test("a new card is the one charged from now on, for the customer and the subscription", async () => {
  const { customer, subscription } = await subscriber();
  await local.control("clock/advance?seconds=30");
  const { browser, url } = await openPortal(customer);
  const page = await browser.post(`${url}/card`, card("5555 5555 5555 4444"));
  expect(page.text).toContain("Mastercard •••• 4444");
  const { invoice_settings } = (await local.stripe.customers.retrieve(customer)) as Stripe.Customer;
  const { default_payment_method } = await local.stripe.subscriptions.retrieve(subscription);
  expect(default_payment_method).toBe(invoice_settings.default_payment_method);
  const happened = (await local.happened()).map(({ type }) => type);
  const from = happened.indexOf("billing_portal.session.created");
  expect(happened.slice(from)).toEqual([
    "billing_portal.session.created",
    "setup_intent.created",
    "setup_intent.succeeded",
    "payment_method.attached",
    "customer.updated",
    "customer.subscription.updated",
  ]);
});

test("a declined card is said so and not kept", async () => {
  const { customer } = await subscriber();
  const { browser, url } = await openPortal(customer);
  const page = await browser.post(`${url}/card`, card("4000 0000 0000 9995"));
  expect(page.text).toContain("Your card has insufficient funds.");
  expect((await local.stripe.customers.listPaymentMethods(customer)).data).toHaveLength(1);
});

test.each([
  ["complete", 2],
  ["fail", 1],
])("3D Secure for a new card: %s", async (result, cards) => {
  const { customer } = await subscriber();
  const { browser, url } = await openPortal(customer);
  const bank = await browser.post(`${url}/card`, card("4000 0025 0000 3155"));
  expect(bank.url).toContain("/3ds/seti_");
  const page = await browser.post(bank.url, { result });
  expect(page.text).toContain(cards === 2 ? "Visa •••• 3155" : "We are unable to authenticate");
  expect((await local.stripe.customers.listPaymentMethods(customer)).data).toHaveLength(cards);
});

test("another card becomes the default, and one that is not can be removed", async () => {
  const { customer, subscription } = await subscriber();
  const other = await local.stripe.paymentMethods.attach("pm_card_mastercard", { customer });
  const { browser, url, page } = await openPortal(customer);
  expect(page.text).toContain(`/cards/${other.id}/remove`);
  await browser.post(`${url}/cards/${other.id}/default`);
  const updated = await local.stripe.subscriptions.retrieve(subscription);
  expect(updated.default_payment_method).toBe(other.id);
  const [old] = (await local.stripe.customers.listPaymentMethods(customer)).data.filter(
    ({ id }) => id !== other.id,
  );
  await browser.post(`${url}/cards/${old?.id}/remove`);
  expect((await local.stripe.customers.listPaymentMethods(customer)).data.map(({ id }) => id)).toEqual([
    other.id,
  ]);
});

test("billing details change as far as they are allowed to", async () => {
  const { id: customer } = await local.stripe.customers.create({ name: "Ada", email: "ada@example.com" });
  const { id: configuration } = await local.stripe.billingPortal.configurations.create({
    features: { customer_update: { enabled: true, allowed_updates: ["name"] } },
  });
  const { browser, url } = await openPortal(customer, { configuration });
  await browser.post(`${url}/details`, { name: "Ada Lovelace", email: "eve@example.com" });
  const { name, email } = (await local.stripe.customers.retrieve(customer)) as Stripe.Customer;
  expect([name, email]).toEqual(["Ada Lovelace", "ada@example.com"]);
});

test("a flow opens on its task and leads where it should when done", async () => {
  const { customer, subscription } = await subscriber();
  const { browser, url, page } = await openPortal(customer, {
    flow_data: {
      type: "subscription_cancel",
      subscription_cancel: { subscription },
      after_completion: { type: "redirect", redirect: { return_url: `${RETURN}?left` } },
    },
  });
  expect(page.text).toContain("Cancel your plan");
  expect((await browser.post(`${url}/cancel/${subscription}`)).url).toBe(`${RETURN}?left`);
  const { page: cards } = await openPortal(customer, { flow_data: { type: "payment_method_update" } });
  expect(cards.text).toContain("Add a payment method");
  await expect(openPortal(customer, { flow_data: { type: "subscription_cancel" } })).rejects.toMatchObject({
    code: "parameter_missing",
    param: "flow_data[subscription_cancel]",
  });
});

test("a promotion code reduces a change of plan, and is said to be wrong where it is", async () => {
  const { customer, subscription } = await subscriber();
  const dear = await monthlyPrice(local, { unit_amount: 5000, product_data: { name: "Team" } });
  const { id: coupon } = await local.stripe.coupons.create({ percent_off: 20, duration: "forever" });
  const promotion = { type: "coupon", coupon } as const;
  const { id } = await local.stripe.promotionCodes.create({ promotion, code: "TEAM20" });
  await local.stripe.promotionCodes.create({
    promotion,
    code: "FIRST",
    restrictions: { first_time_transaction: true },
  });
  const { browser, url } = await openPortal(customer);
  const confirmation = (code: string) =>
    browser.get(`${url}/update/${subscription}/confirm?price=${dear.id}&promotion_code=${code}`);

  expect((await confirmation("")).text).toContain("Promotion code</label>");
  expect((await confirmation("NEVER")).text).toContain("This code is invalid.");
  expect((await confirmation("FIRST")).text).toContain("This code is only valid for first-time customers.");
  const applied = await confirmation("team20");
  for (const part of ["<strong>TEAM20</strong>", `value="${id}"`, "−$10.00"]) {
    expect(applied.text).toContain(part);
  }
  const post = (promotion_code: string) =>
    browser.post(`${url}/update/${subscription}`, { price: dear.id, promotion_code });
  expect((await post("NEVER")).text).toContain("This code is invalid.");
  expect((await local.stripe.subscriptions.retrieve(subscription)).items.data[0]?.price.id).not.toBe(dear.id);

  await post(id);
  const changed = await local.stripe.subscriptions.retrieve(subscription, { expand: ["discounts"] });
  expect(changed.items.data[0]?.price.id).toBe(dear.id);
  expect(changed.discounts).toMatchObject([{ promotion_code: id, source: { coupon } }]);
});

test("where promotion codes are not offered, none is taken", async () => {
  const { customer, subscription } = await subscriber();
  const dear = await monthlyPrice(local, { unit_amount: 5000, product_data: { name: "Team" } });
  const { id: coupon } = await local.stripe.coupons.create({ percent_off: 20, duration: "forever" });
  await local.stripe.promotionCodes.create({ promotion: { type: "coupon", coupon }, code: "TEAM20" });
  const configuration = await local.stripe.billingPortal.configurations.create({
    features: {
      subscription_update: {
        enabled: true,
        default_allowed_updates: ["price"],
        products: [{ product: String(dear.product), prices: [dear.id] }],
      },
    },
  });
  const { browser, url } = await openPortal(customer, { configuration: configuration.id });
  const page = await browser.get(
    `${url}/update/${subscription}/confirm?price=${dear.id}&promotion_code=TEAM20`,
  );
  expect(page.text).toContain("Confirm your updates");
  expect(page.text).not.toContain("TEAM20");
  await browser.post(`${url}/update/${subscription}`, { price: dear.id, promotion_code: "TEAM20" });
  expect((await local.stripe.subscriptions.retrieve(subscription)).discounts).toEqual([]);
});

/** A product with two prices, and a portal in which the customer of the smaller one may change to the larger. */
async function changeable(
  update: Partial<Stripe.BillingPortal.ConfigurationCreateParams.Features.SubscriptionUpdate>,
  adjustable_quantity?: { enabled: boolean; minimum?: number; maximum?: number },
) {
  const { id: product } = await local.stripe.products.create({ name: "Pro" });
  const inProduct = { product, product_data: undefined };
  const small = await monthlyPrice(local, inProduct);
  const large = await monthlyPrice(local, { ...inProduct, unit_amount: 5000 });
  const configuration = await local.stripe.billingPortal.configurations.create({
    features: {
      subscription_update: {
        enabled: true,
        default_allowed_updates: ["price", "quantity"],
        products: [
          { product, prices: [small.id, large.id], ...(adjustable_quantity ? { adjustable_quantity } : {}) },
        ],
        ...update,
      },
    },
  });
  return { small, large, configuration };
}

test.each([
  ["the difference at once", { proration_behavior: "always_invoice" }, {}, "Amount due today"],
  ["a new cycle at once", { billing_cycle_anchor: "now" }, {}, "Amount due today"],
  [
    "the end of a trial",
    { trial_update_behavior: "end_trial" },
    { trial_period_days: 14 },
    "Amount due today",
  ],
  ["the next cycle", {}, {}, "Due on"],
] as const)(
  "a change of plan says what it costs and when, and costs that: %s",
  async (_, update, data, words) => {
    const { small, large, configuration } = await changeable(update);
    const { customer, subscription } = await subscriber({
      line_items: [{ price: small.id, quantity: 1 }],
      subscription_data: data,
    });
    const { browser, url } = await openPortal(customer, { configuration: configuration.id });
    const page = await browser.get(`${url}/update/${subscription}/confirm?price=${large.id}`);
    const said = page.text.match(/<dt>([^<]*)<\/dt><dd>\$([\d.]+)<\/dd>\s*<\/div>\s*<\/dl>/);
    expect(said?.[1]).toContain(words);
    await browser.press(page, "Confirm");
    if (words === "Due on") await local.control("clock/next_renewal");
    const { latest_invoice } = await local.stripe.subscriptions.retrieve(subscription);
    const invoice = await local.stripe.invoices.retrieve(String(latest_invoice));
    expect(invoice.status).toBe("paid");
    // A second or two pass between the page and the click.
    expect(Math.abs(invoice.amount_paid - Math.round(Number(said?.[2]) * 100))).toBeLessThanOrEqual(1);
  },
);

test("a product's quantity stays within its limits", async () => {
  const { small, large, configuration } = await changeable({}, { enabled: true, minimum: 2, maximum: 4 });
  const { customer, subscription } = await subscriber({ line_items: [{ price: small.id, quantity: 3 }] });
  const { browser, url } = await openPortal(customer, { configuration: configuration.id });
  const quantity = async (wanted: number) => {
    await browser.post(`${url}/update/${subscription}`, { price: large.id, quantity: String(wanted) });
    return (await local.stripe.subscriptions.retrieve(subscription)).items.data[0]?.quantity;
  };
  expect([await quantity(1), await quantity(5)]).toEqual([3, 3]);
  expect(await quantity(4)).toBe(4);
});
