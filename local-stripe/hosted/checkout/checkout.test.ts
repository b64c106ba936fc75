import { expect, test } from "vitest";
import { Browser } from "../../test/browser";
import { startLocalStripe } from "../../test/harness";
import { card, monthlyPrice, paymentSession, submitPage, subscriptionSession } from "../../test/shop";

const local = startLocalStripe();

const FUTURE = "12 / 34";

test.each([
  ["4000 0000 0000 0002", "Your card was declined.", "card_declined", "generic_decline"],
  ["4000 0000 0000 9995", "Your card has insufficient funds.", "card_declined", "insufficient_funds"],
  ["4000 0000 0000 0069", "Your card has expired.", "expired_card", "expired_card"],
  ["4000 0000 0000 0127", "Your card's security code is incorrect.", "incorrect_cvc", "incorrect_cvc"],
  [
    "4000 0000 0000 0119",
    "An error occurred while processing your card.",
    "processing_error",
    "processing_error",
  ],
  ["4000 0000 0000 0341", "Your card was declined.", "card_declined", "generic_decline"],
])("card %s is refused by the bank", async (number, message, code, decline_code) => {
  const session = await subscriptionSession(local);
  const answer = await submitPage(session.url as string, { number });
  expect((await answer.text()).replaceAll("&#39;", "'")).toContain(message);
  const [intent] = (await local.stripe.paymentIntents.list()).data;
  expect(intent?.last_payment_error).toMatchObject({ code, decline_code });
});

test.each([
  [{ number: "4242 4242 4242 4241" }, "Your card number is invalid."],
  [{ number: "4242" }, "Your card number is incomplete."],
  [{ expiry: "01 / 20" }, "Your card's expiration year is in the past."],
  [{ expiry: "13 / 34" }, "Your card's expiration date is incomplete."],
  [{ cvc: "12" }, "Your card's security code is incomplete."],
  [{ name: "" }, "Enter the name on your card."],
  [{ zip: "" }, "Your ZIP code is incomplete."],
])("%j is corrected on the page and reaches no bank", async (wrong, message) => {
  const session = await subscriptionSession(local);
  const answer = await submitPage(session.url as string, { expiry: FUTURE, ...wrong } as never);
  expect((await answer.text()).replaceAll("&#39;", "'")).toContain(message);
  expect((await local.stripe.paymentIntents.list()).data).toEqual([]);
});

test("success leads to the success page with the session's id", async () => {
  const session = await subscriptionSession(local);
  const answer = await submitPage(session.url as string);
  expect(answer.status).toBe(303);
  expect(answer.headers.get("Location")).toBe(`http://127.0.0.1:3000/success?session_id=${session.id}`);
  const paid = await local.stripe.checkout.sessions.retrieve(session.id);
  expect(paid.customer_details).toMatchObject({
    email: "ada@example.com",
    name: "Ada Lovelace",
    address: { country: "US", postal_code: "94107" },
  });
});

test("a double click pays once and lands once", async () => {
  const session = await subscriptionSession(local);
  const url = session.url as string;
  const answers = await Promise.all([submitPage(url), submitPage(url), submitPage(url)]);
  expect(new Set(answers.map((answer) => answer.headers.get("Location"))).size).toBe(1);
  expect((await local.stripe.charges.list()).data).toHaveLength(1);
  expect((await local.stripe.subscriptions.list()).data).toHaveLength(1);
});

test("the page says what is bought, and that it is a test", async () => {
  const session = await subscriptionSession(local, { customer_email: undefined });
  const answer = await fetch(session.url as string);
  const text = await answer.text();
  expect(answer.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
  for (const part of [
    "Local test mode",
    "no real card is charged",
    "Subscribe to Pro",
    "$20.00",
    ">Subscribe<",
  ]) {
    expect(text).toContain(part);
  }
  expect(text).not.toContain("<script");
  expect(text).toContain('href="http://127.0.0.1:3000/pricing"');
});

test("a product's name cannot write into the page", async () => {
  const session = await subscriptionSession(local, {
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: "usd",
          unit_amount: 500,
          recurring: { interval: "year" },
          product_data: { name: "<img src=x onerror=alert(1)>" },
        },
      },
    ],
  });
  expect(await (await fetch(session.url as string)).text()).not.toContain("<img");
});

test("an expired and a completed session say so", async () => {
  const expired = await subscriptionSession(local);
  await local.stripe.checkout.sessions.expire(expired.id);
  expect(await (await fetch(expired.url as string)).text()).toContain("This link has expired");
  const complete = await subscriptionSession(local);
  await submitPage(complete.url as string);
  expect(await (await fetch(complete.url as string)).text()).toContain("all done here");
  expect((await fetch(`${local.origin}/c/pay/cs_test_x`)).status).toBe(404);
});

test("customers choose how many, within what the shop allows, and pay for as many", async () => {
  const [pro, seat] = [await monthlyPrice(local), await monthlyPrice(local, { unit_amount: 700 })];
  const { id: coupon } = await local.stripe.coupons.create({ percent_off: 10, duration: "forever" });
  const session = await subscriptionSession(local, {
    discounts: [{ coupon }],
    line_items: [
      { price: pro.id, quantity: 1 },
      { price: seat.id, quantity: 2, adjustable_quantity: { enabled: true, minimum: 2, maximum: 5 } },
    ],
  });
  const browser = new Browser();
  const page = await browser.get(session.url as string);
  expect(page.text.match(/Update/g)).toHaveLength(1);
  const changed = await browser.press(page, "Update", { quantity: "4" });
  expect(changed.text).toContain("$43.20");
  for (const quantity of ["1", "6", "2.5", "", "x"]) {
    const refused = await browser.press(changed, "Update", { quantity });
    expect(refused.text).toContain("That quantity is not available.");
  }
  await submitPage(session.url as string);
  const paid = await local.stripe.checkout.sessions.retrieve(session.id, { expand: ["line_items"] });
  expect(paid).toMatchObject({ amount_subtotal: 4800, amount_total: 4320, payment_status: "paid" });
  expect(paid.line_items?.data.map(({ quantity }) => quantity)).toEqual([1, 4]);
  const subscription = await local.stripe.subscriptions.retrieve(String(paid.subscription));
  expect(subscription.items.data.map(({ quantity }) => quantity)).toEqual([1, 4]);
  expect((await local.stripe.charges.list()).data[0]?.amount).toBe(4320);
});

test("a fixed quantity cannot be chosen by its address either", async () => {
  const session = await subscriptionSession(local);
  const [item] = (await local.stripe.checkout.sessions.listLineItems(session.id)).data;
  const body = new URLSearchParams({ item: String(item?.id), quantity: "9" });
  await fetch(`${session.url}/quantity`, { method: "POST", body });
  expect((await local.stripe.checkout.sessions.retrieve(session.id)).amount_total).toBe(2000);
});

test("a code whose minimum is no longer met goes with the quantity", async () => {
  const { id } = await local.stripe.coupons.create({ percent_off: 50, duration: "once" });
  const { id: promotion_code } = await local.stripe.promotionCodes.create({
    promotion: { type: "coupon", coupon: id },
    restrictions: { minimum_amount: 5000, minimum_amount_currency: "usd" },
  });
  const price = await monthlyPrice(local, { recurring: undefined });
  const session = await paymentSession(local, {
    line_items: [{ price: price.id, quantity: 3, adjustable_quantity: { enabled: true } }],
    discounts: [{ promotion_code }],
  });
  expect(session.amount_total).toBe(3000);
  const browser = new Browser();
  await browser.press(await browser.get(session.url as string), "Update", { quantity: "2" });
  const changed = await local.stripe.checkout.sessions.retrieve(session.id);
  expect(changed).toMatchObject({ amount_total: 4000, discounts: [] });
});

test("where the shop requires an address, the page asks for all of it", async () => {
  const session = await paymentSession(local, {
    billing_address_collection: "required",
    submit_type: "donate",
  });
  const page = await (await submitPage(session.url as string)).text();
  expect(page).toContain("Enter your city.");
  expect(page).toContain(">Donate<");
  await submitPage(session.url as string, { line1: "1 Loopback Road", city: "Oakland" });
  const paid = await local.stripe.checkout.sessions.retrieve(session.id);
  expect(paid.customer_details?.address).toMatchObject({
    line1: "1 Loopback Road",
    city: "Oakland",
    postal_code: "94107",
    country: "US",
  });
});

test("whoever buys as a business may say so where the shop collects tax ids, also past 3D Secure", async () => {
  const session = await paymentSession(local, { tax_id_collection: { enabled: true } });
  const browser = new Browser();
  const page = await browser.get(session.url as string);
  const bank = await browser.press(page, "Pay", {
    ...card("4000 0027 6000 3184"),
    method: "card",
    business_name: "Lovelace Ltd",
    tax_id: "de123456789",
  });
  await browser.press(bank, "Complete authentication", { result: "complete" });
  const paid = await local.stripe.checkout.sessions.retrieve(session.id);
  expect(paid).toMatchObject({
    payment_status: "paid",
    collected_information: { business_name: "Lovelace Ltd" },
    customer_details: {
      business_name: "Lovelace Ltd",
      tax_ids: [{ type: "eu_vat", value: "DE123456789" }],
    },
  });
  const { url } = await paymentSession(local);
  expect((await browser.get(url as string)).text).not.toContain("Tax ID");
});

// Type: the comment of `Stripe.Checkout.SessionCreateParams.TaxIdCollection.required`.
test("a tax id is needed where the shop requires it", async () => {
  const tax_id_collection = { enabled: true, required: "if_supported" } as const;
  const session = await paymentSession(local, { tax_id_collection });
  expect(session.tax_id_collection).toEqual(tax_id_collection);
  const refused = await (await submitPage(session.url as string, { method: "card" })).text();
  expect(refused).toContain("Enter your tax ID.");
  expect(refused).not.toContain("Tax ID (optional)");
  const paid = await submitPage(session.url as string, { method: "card", tax_id: "12-3456789" });
  expect(paid.status).toBe(303);
});
