import type Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { Browser } from "../../test/browser";
import { advanceTo, at, customerAt, DAY_SECONDS } from "../../test/clock";
import { startLocalStripe } from "../../test/harness";
import { card, confirm, paymentSession, subscriptionSession } from "../../test/shop";

const local = startLocalStripe();

const coupon = (more: Stripe.CouponCreateParams) => local.stripe.coupons.create({ percent_off: 20, ...more });

async function code(
  name: string,
  more: Partial<Stripe.PromotionCodeCreateParams> = {},
  terms: Stripe.CouponCreateParams = {},
) {
  const promotion = { type: "coupon", coupon: (await coupon(terms)).id } as const;
  return local.stripe.promotionCodes.create({ promotion, code: name, ...more });
}

const amounts = ({ amount_subtotal, amount_total, total_details }: Stripe.Checkout.Session) => [
  amount_subtotal,
  total_details?.amount_discount,
  amount_total,
];

const whole = (session: string) =>
  local.stripe.checkout.sessions.retrieve(session, {
    expand: ["line_items", "invoice.discounts.source.coupon", "subscription.discounts"],
  });

/** The events of coupons and discounts, from the moment of the checkout. */
async function sinceCheckout(): Promise<string[]> {
  const types = (await local.happened()).map((event) => event.type);
  return types.slice(types.indexOf("charge.succeeded"));
}

describe("a session with a discount", () => {
  test("by coupon: the session, its line items and its subscription have it", async () => {
    const { id } = await coupon({ duration: "forever" });
    const session = await subscriptionSession(local, { discounts: [{ coupon: id }] });
    expect(amounts(session)).toEqual([2000, 400, 1600]);
    expect(session.discounts).toEqual([{ coupon: id, promotion_code: null }]);
    await confirm(local, session.id);

    const paid = await whole(session.id);
    expect(paid.line_items?.data[0]).toMatchObject({
      amount_discount: 400,
      amount_subtotal: 2000,
      amount_total: 1600,
    });
    const invoice = paid.invoice as Stripe.Invoice;
    const [discount] = (paid.subscription as Stripe.Subscription).discounts as Stripe.Discount[];
    expect(discount).toMatchObject({
      object: "discount",
      customer: paid.customer,
      end: null,
      promotion_code: null,
      checkout_session: null,
      source: { coupon: id, type: "coupon" },
      subscription: (paid.subscription as Stripe.Subscription).id,
    });
    const taken = [{ amount: 400, discount: discount?.id }];
    expect(invoice).toMatchObject({
      subtotal: 2000,
      total: 1600,
      amount_due: 1600,
      amount_paid: 1600,
      discounts: [{ id: discount?.id, source: { coupon: { id, percent_off: 20 } } }],
      total_discount_amounts: taken,
      total_pretax_credit_amounts: [{ ...taken[0], type: "discount" }],
    });
    expect(invoice.lines.data[0]).toMatchObject({ amount: 2000, subtotal: 2000, discount_amounts: taken });
    expect((await local.stripe.charges.list()).data[0]?.amount).toBe(1600);
    expect(await local.stripe.coupons.retrieve(id)).toMatchObject({ times_redeemed: 1, valid: true });
  });

  test("the events, in their order", async () => {
    const promotion = await code("SAVE20", {}, { duration: "forever" });
    const session = await subscriptionSession(local, { discounts: [{ promotion_code: promotion.id }] });
    expect(session.discounts).toEqual([{ coupon: null, promotion_code: promotion.id }]);
    await confirm(local, session.id);
    expect(await sinceCheckout()).toEqual([
      "charge.succeeded",
      "payment_method.attached",
      "customer.created",
      "customer.updated",
      "customer.discount.created",
      "promotion_code.updated",
      "coupon.updated",
      "checkout.session.completed",
      "customer.subscription.created",
      "payment_intent.succeeded",
      "payment_intent.created",
      "invoice.created",
      "invoice.finalized",
      "invoice.paid",
      "invoice.payment_succeeded",
      "invoice_payment.paid",
    ]);
    const events = await local.happened();
    const [subscribed] = events.filter(({ type }) => type === "customer.subscription.created");
    expect(subscribed?.data.object).toMatchObject({ discounts: [expect.stringMatching(/^di_/)] });
    const [created] = events.filter(({ type }) => type === "customer.discount.created");
    expect(created?.data.object).toMatchObject({ promotion_code: promotion.id });
  });

  test("a `once` coupon is spent by the first invoice, which still shows it", async () => {
    const { id } = await coupon({ duration: "once" });
    const session = await subscriptionSession(local, { discounts: [{ coupon: id }] });
    await confirm(local, session.id);
    const paid = await whole(session.id);
    expect((paid.subscription as Stripe.Subscription).discounts).toEqual([]);
    expect((paid.invoice as Stripe.Invoice).total).toBe(1600);
    expect((paid.invoice as Stripe.Invoice).discounts[0]).toMatchObject({
      object: "discount",
      deleted: true,
    });
    const types = await sinceCheckout();
    expect(types.filter((type) => type.startsWith("customer.discount"))).toEqual([
      "customer.discount.created",
      "customer.discount.deleted",
    ]);
    expect(types).not.toContain("customer.subscription.updated");
  });

  test("a `once` coupon outlasts a trial, whose invoice it cannot reduce", async () => {
    const { id } = await coupon({ duration: "once" });
    const session = await subscriptionSession(local, {
      discounts: [{ coupon: id }],
      subscription_data: { trial_period_days: 14 },
    });
    expect(amounts(session)).toEqual([0, 0, 0]);
    await confirm(local, session.id);
    const { subscription, invoice } = await whole(session.id);
    expect((subscription as Stripe.Subscription).discounts).toHaveLength(1);
    expect((invoice as Stripe.Invoice).total_discount_amounts).toMatchObject([{ amount: 0 }]);
  });

  test("a repeating coupon ends after its months, on the day of the month on which it began", async () => {
    const { clock, customer } = await customerAt(local, at("2027-01-31T12:00:00"));
    const { id } = await coupon({ duration: "repeating", duration_in_months: 3 });
    const session = await subscriptionSession(local, {
      customer,
      customer_email: undefined,
      discounts: [{ coupon: id }],
    });
    await confirm(local, session.id);
    const before = (await whole(session.id)).subscription as Stripe.Subscription;
    expect(before.discounts).toMatchObject([{ end: at("2027-04-30T12:00:00") }]);

    await advanceTo(local, clock, at("2027-03-20T00:00:00"), at("2027-04-30T11:59:59"));
    expect((await local.stripe.subscriptions.retrieve(before.id)).discounts).toHaveLength(1);
    await advanceTo(local, clock, at("2027-04-30T12:00:00"));
    expect((await local.stripe.subscriptions.retrieve(before.id)).discounts).toEqual([]);
    // The period that begins in the same second is no longer discounted.
    const { data } = await local.stripe.invoices.list({ subscription: before.id });
    expect(data.map(({ total }) => total)).toEqual([2000, 1600, 1600, 1600]);
    const ended = (await local.happened()).filter(({ created }) => created === at("2027-04-30T12:00:00"));
    expect(ended.map(({ type }) => type)).toEqual(
      expect.arrayContaining(["customer.discount.deleted", "customer.subscription.updated"]),
    );
  });

  test("a coupon for one month does not reach the second, which begins in the second of its end", async () => {
    const { clock, customer } = await customerAt(local, at("2027-01-31T12:00:00"));
    const { id } = await coupon({ duration: "repeating", duration_in_months: 1 });
    const more = { customer, customer_email: undefined, discounts: [{ coupon: id }] };
    await confirm(local, (await subscriptionSession(local, more)).id);
    await advanceTo(local, clock, at("2027-02-28T12:00:00"));
    const { data } = await local.stripe.invoices.list({ customer });
    expect(data.map(({ total }) => total)).toEqual([2000, 1600]);
  });

  test("an amount is taken off once and shared out over the lines", async () => {
    const { id } = await coupon({ percent_off: undefined, amount_off: 1001, currency: "usd" });
    const item = (unit_amount: number, recurring?: { interval: "month" }) => ({
      quantity: 1,
      price_data: { currency: "usd", unit_amount, recurring, product_data: { name: `Item ${unit_amount}` } },
    });
    const session = await subscriptionSession(local, {
      discounts: [{ coupon: id }],
      line_items: [item(2000, { interval: "month" }), item(999)],
    });
    expect(amounts(session)).toEqual([2999, 1001, 1998]);
    await confirm(local, session.id);
    const paid = await whole(session.id);
    const off = paid.line_items?.data.map((line) => line.amount_discount) ?? [];
    expect(off.reduce((sum, amount) => sum + amount, 0)).toBe(1001);
    expect(paid.invoice).toMatchObject({ subtotal: 2999, total: 1998, amount_paid: 1998 });
  });

  test("a single payment: the money, the discount of the session, and an invoice that agrees", async () => {
    const { id } = await coupon({});
    const session = await paymentSession(local, {
      discounts: [{ coupon: id }],
      invoice_creation: { enabled: true },
    });
    await confirm(local, session.id);
    const { invoice, customer } = await whole(session.id);
    expect(invoice).toMatchObject({
      subtotal: 2000,
      total: 1600,
      amount_paid: 1600,
      discounts: [{ checkout_session: session.id, customer, end: null, subscription: null }],
    });
    expect((await local.stripe.paymentIntents.list()).data[0]?.amount_received).toBe(1600);
    expect(await sinceCheckout()).toContain("customer.discount.created");
  });

  test("only the coupon's products are reduced", async () => {
    const elsewhere = await local.stripe.products.create({ name: "Other" });
    const { id } = await coupon({ applies_to: { products: [elsewhere.id] } });
    expect(amounts(await subscriptionSession(local, { discounts: [{ coupon: id }] }))).toEqual([
      2000, 0, 2000,
    ]);
  });

  test.each([
    ["always", 1],
    ["if_required", 0],
  ] as const)("nothing due, a card %s: %i card", async (payment_method_collection, cards) => {
    const { id } = await coupon({ percent_off: 100, duration: "forever" });
    const session = await subscriptionSession(local, {
      discounts: [{ coupon: id }],
      payment_method_collection,
    });
    const text = await (await fetch(session.url ?? "")).text();
    expect(text.includes("Card number")).toBe(cards === 1);
    if (cards) await confirm(local, session.id);
    else await new Browser().post(session.url ?? "", { email: "ada@example.com" });
    const done = await whole(session.id);
    expect(done).toMatchObject({
      status: "complete",
      payment_status: "no_payment_required",
      amount_total: 0,
    });
    expect(done.subscription).toMatchObject({ status: "active", discounts: [{ object: "discount" }] });
    expect(done.invoice).toMatchObject({ status: "paid", amount_due: 0, total: 0, subtotal: 2000 });
    expect((await local.stripe.charges.list()).data).toEqual([]);
    expect((await local.stripe.setupIntents.list()).data).toHaveLength(cards);
  });

  test("a single payment of nothing asks for no card", async () => {
    const { id } = await coupon({ percent_off: 100 });
    const session = await paymentSession(local, { discounts: [{ coupon: id }] });
    await new Browser().post(session.url ?? "", { email: "ada@example.com" });
    expect(await whole(session.id)).toMatchObject({
      payment_intent: null,
      payment_status: "no_payment_required",
      status: "complete",
    });
  });

  test("what was deleted meanwhile goes on for those who have it", async () => {
    const { id } = await coupon({ duration: "forever" });
    const session = await subscriptionSession(local, { discounts: [{ coupon: id }] });
    await confirm(local, session.id);
    await local.stripe.coupons.del(id);
    const subscription = (await whole(session.id)).subscription as Stripe.Subscription;
    const shown = await local.stripe.subscriptions.retrieve(subscription.id, {
      expand: ["discounts.source.coupon"],
    });
    expect(shown.discounts).toMatchObject([{ source: { coupon: { id, percent_off: 20, valid: false } } }]);
  });
});

describe("a session is refused", () => {
  const refused = async (more: object, error: object) => {
    const attempt = subscriptionSession(local, more as never);
    await expect(attempt).rejects.toMatchObject({ statusCode: 400, ...error });
  };

  test.each<[string, object, object]>([
    ["both", { discounts: [{ coupon: "x" }], allow_promotion_codes: true }, { code: "parameters_exclusive" }],
    ["two", { discounts: [{ coupon: "x" }, { coupon: "y" }] }, { param: "discounts" }],
    ["an empty one", { discounts: [{ coupon: undefined, promotion_code: undefined }] }, {}],
    [
      "an unknown coupon",
      { discounts: [{ coupon: "x" }] },
      { code: "resource_missing", message: "No such coupon: 'x'", param: "discounts[0][coupon]" },
    ],
    [
      "an unknown code",
      { discounts: [{ promotion_code: "promo_x" }] },
      { message: "No such promotion code: 'promo_x'", param: "discounts[0][promotion_code]" },
    ],
    [
      "a coupon and a code in one",
      { discounts: [{ coupon: "x", promotion_code: "y" }] },
      { code: "parameters_exclusive" },
    ],
  ])("with %s", async (name, more, error) => {
    if (name !== "an empty one") await refused(more, error);
    else expect(await subscriptionSession(local, more)).toMatchObject({ discounts: [] });
  });

  test("with a coupon that is used up, expired or of another currency", async () => {
    const single = await coupon({ max_redemptions: 1 });
    await confirm(local, (await subscriptionSession(local, { discounts: [{ coupon: single.id }] })).id);
    expect((await local.stripe.coupons.retrieve(single.id)).valid).toBe(false);
    const message = `Coupon expired: ${single.id}`;
    await refused({ discounts: [{ coupon: single.id }] }, { code: "coupon_expired", message });

    const euros = await coupon({ percent_off: undefined, amount_off: 500, currency: "eur" });
    await refused(
      { discounts: [{ coupon: euros.id }] },
      { message: expect.stringContaining("currency (eur)") },
    );
  });

  test.each<[string, Partial<Stripe.PromotionCodeCreateParams>, string]>([
    ["switched off", { active: false }, "because it is not active."],
    [
      "below its minimum",
      { restrictions: { minimum_amount: 5000, minimum_amount_currency: "usd" } },
      "because the amount is below the minimum of $50.00.",
    ],
  ])("with a code that is %s", async (_, more, why) => {
    const { id } = await code("NO", more);
    await refused(
      { discounts: [{ promotion_code: id }] },
      { message: `This promotion code cannot be redeemed ${why}`, param: "discounts[0][promotion_code]" },
    );
  });

  test("with a code for newcomers, or for somebody else, by a customer who has paid before", async () => {
    const first = await code("FIRST", { restrictions: { first_time_transaction: true } });
    const { id: other } = await local.stripe.customers.create();
    const theirs = await code("THEIRS", { customer: other });
    const session = await subscriptionSession(local, { discounts: [{ promotion_code: first.id }] });
    await confirm(local, session.id);
    const { customer } = await whole(session.id);
    const again = { customer: String(customer), customer_email: undefined };
    await refused(
      { ...again, discounts: [{ promotion_code: first.id }] },
      {
        message:
          "This promotion code cannot be redeemed because the associated customer has prior transactions.",
      },
    );
    await refused(
      { ...again, discounts: [{ promotion_code: theirs.id }] },
      { message: "This promotion code cannot be redeemed because it belongs to another customer." },
    );
  });
});

describe("the promotion box", () => {
  const open = (more: object = {}) => subscriptionSession(local, { allow_promotion_codes: true, ...more });
  const enter = (session: Stripe.Checkout.Session, promotion_code: string, browser = new Browser()) =>
    browser.post(`${session.url}/promotion`, { promotion_code });

  test("takes a code, changes the totals, and gives it back", async () => {
    await code("SAVE20", {}, { duration: "repeating", duration_in_months: 3 });
    const session = await open();
    const browser = new Browser();
    expect((await browser.get(session.url ?? "")).text).toContain("Promotion code</label>");
    const applied = await enter(session, " save20 ", browser);
    expect(applied.url).toBe(session.url);
    for (const part of ["$16.00", "−$4.00", "SAVE20", "20% off for 3 months, then $20.00 every month"]) {
      expect(applied.text).toContain(part);
    }
    expect(amounts(await whole(session.id))).toEqual([2000, 400, 1600]);
    const removed = await browser.post(`${session.url}/promotion/remove`);
    expect(removed.text).not.toContain("SAVE20");
    expect(amounts(await whole(session.id))).toEqual([2000, 0, 2000]);
  });

  test("pays the reduced amount", async () => {
    const { id } = await code("SAVE20");
    const session = await open();
    const browser = new Browser();
    await enter(session, "SAVE20", browser);
    await browser.post(session.url ?? "", card("4242 4242 4242 4242"));
    expect(await whole(session.id)).toMatchObject({
      status: "complete",
      amount_total: 1600,
      discounts: [{ coupon: null, promotion_code: id }],
    });
    expect(await local.stripe.promotionCodes.retrieve(id)).toMatchObject({ times_redeemed: 1 });
  });

  test("also after a card was declined for the full amount", async () => {
    await code("SAVE20");
    const session = await open();
    const browser = new Browser();
    await browser.post(session.url ?? "", card("4000 0000 0000 0002"));
    await enter(session, "SAVE20", browser);
    await browser.post(session.url ?? "", card("4242 4242 4242 4242"));
    const { data } = await local.stripe.paymentIntents.list();
    expect(data.map(({ amount, amount_received }) => [amount, amount_received])).toEqual([[1600, 1600]]);
  });

  test("says in Checkout's words what is wrong", async () => {
    const elsewhere = await local.stripe.products.create({ name: "Other" });
    const { id: other } = await local.stripe.customers.create();
    await code("OFF", { active: false });
    await code("THEIRS", { customer: other });
    await code("BIG", { restrictions: { minimum_amount: 5000, minimum_amount_currency: "usd" } });
    await code("ELSE", {}, { applies_to: { products: [elsewhere.id] } });
    await code("EURO", {}, { percent_off: undefined, amount_off: 500, currency: "eur" });
    await code("LATE", { expires_at: Math.floor(Date.now() / 1000) + DAY_SECONDS });
    const single = await code("ONE", { max_redemptions: 1 });
    const last = await subscriptionSession(local, { discounts: [{ promotion_code: single.id }] });
    await confirm(local, last.id);
    await local.control(`clock/advance?seconds=${DAY_SECONDS + 1}`);
    const session = await open();
    const said = async (typed: string) =>
      /id="promotion_code-wrong">([^<]*)</.exec((await enter(session, typed)).text)?.[1];
    expect(await said("NEVER")).toBe("This code is invalid.");
    expect(await said("")).toBe("This code is invalid.");
    expect(await said("OFF")).toBe("This code is invalid.");
    expect(await said("THEIRS")).toBe("This code is invalid.");
    expect(await said("LATE")).toBe("This code has expired.");
    expect(await said("ONE")).toBe("This code has been redeemed the maximum number of times.");
    expect(await said("BIG")).toBe("This code requires a minimum order of $50.00.");
    expect(await said("ELSE")).toBe("This code does not apply to the items in your order.");
    expect(await said("EURO")).toBe("This code cannot be used in this currency.");
    expect(amounts(await whole(session.id))).toEqual([2000, 0, 2000]);
  });

  test("tells a returning customer that a code is for newcomers", async () => {
    await code("FIRST", { restrictions: { first_time_transaction: true } });
    const bought = await subscriptionSession(local);
    await confirm(local, bought.id);
    const session = await open({
      customer: String((await whole(bought.id)).customer),
      customer_email: undefined,
    });
    expect((await enter(session, "FIRST")).text).toContain(
      "This code is only valid for first-time customers.",
    );
  });

  test("a code that ran out before paying is taken off, and nobody pays more unasked", async () => {
    await code("ONE", { max_redemptions: 1 });
    const [first, second] = [await open(), await open()];
    await enter(first, "ONE");
    await enter(second, "ONE");
    await confirm(local, first.id);
    const browser = new Browser();
    const answer = await browser.post(second.url ?? "", card("4242 4242 4242 4242"));
    expect(answer.text).toContain("Your discount is no longer available. Please check the new total.");
    expect(await whole(second.id)).toMatchObject({ status: "open", amount_total: 2000, discounts: [] });
    expect((await local.stripe.charges.list()).data).toHaveLength(1);
    await browser.post(second.url ?? "", card("4242 4242 4242 4242"));
    expect(await whole(second.id)).toMatchObject({ status: "complete", amount_total: 2000 });
  });

  test("is not there unless the shop asked for it", async () => {
    await code("SAVE20");
    const session = await subscriptionSession(local);
    expect((await new Browser().get(session.url ?? "")).text).not.toContain("Promotion code");
    await enter(session, "SAVE20");
    expect((await whole(session.id)).discounts).toEqual([]);
  });

  test("has a twin without a page", async () => {
    await code("SAVE20");
    const session = await open();
    const type = (promotion_code: string) =>
      local.stripe.rawRequest("POST", `/v1/payment_pages/${session.id}`, { promotion_code });
    await type("SAVE20");
    expect((await whole(session.id)).amount_total).toBe(1600);
    await type("");
    expect((await whole(session.id)).amount_total).toBe(2000);
    await expect(type("NEVER")).rejects.toMatchObject({ statusCode: 400, param: "promotion_code" });
  });
});
