import { expect, test } from "vitest";
import { ASKING } from "../../test/asking-session";
import { Browser } from "../../test/browser";
import { startLocalStripe } from "../../test/harness";
import { card, monthlyPrice, paymentSession, subscriptionSession } from "../../test/shop";

/** The page of a shop that asks, in a browser without scripts (https://docs.stripe.com/payments/checkout/custom-components). */

const local = startLocalStripe();

/** Everything that a customer types and ticks. */
const TYPED = {
  ...card("4242 4242 4242 4242"),
  city: "Oakland",
  "consent[promotions]": "yes",
  "consent[terms_of_service]": "yes",
  "custom_fields[engraving]": "To Mary",
  "custom_fields[member]": "0042",
  "custom_fields[size]": "s",
  individual_name: "Ada King",
  line1: "1 Loopback Road",
  line2: "Flat 2",
  method: "card",
  phone: "+44 20 7946 0958",
  "shipping[address][city]": "Berlin",
  "shipping[address][country]": "DE",
  "shipping[address][line1]": "2 Ring",
  "shipping[address][line2]": "",
  "shipping[address][postal_code]": "10115",
  "shipping[address][state]": "",
  "shipping[name]": "Charles Babbage",
  state: "CA",
};

test("the page asks in the shop's own words, with nothing agreed to beforehand", async () => {
  const { url } = await paymentSession(local, ASKING);
  const { text } = await new Browser().get(String(url));
  for (const shown of [
    "Engraving (optional)",
    "Member number",
    "Shipping information",
    "No post boxes, please.",
    "We send it on Monday.",
    '<a href="http://127.0.0.1:3000/returns" target="_blank" rel="noopener">a month</a>',
    'I agree to the <a href="http://127.0.0.1:3000/terms"',
    "Get updates and offers from Local Stripe",
    "3 to 5 business days",
    "Business name (optional)",
  ]) {
    expect(text).toContain(shown);
  }
  expect(text).toMatch(/<option value="m" selected>Medium/);
  const [, countries = ""] =
    text.match(/<select id="shipping\[address\]\[country\]"([\s\S]*?)<\/select>/) ?? [];
  expect(Array.from(countries.matchAll(/<option value="(..)"/g), ([, code]) => code)).toEqual(["US", "DE"]);
  expect(text).not.toMatch(/type="checkbox"[^>]*checked/);
});

test("answers arrive, also past 3D Secure", async () => {
  const session = await paymentSession(local, ASKING);
  const browser = new Browser();
  const page = await browser.get(String(session.url));
  const bank = await browser.press(page, "Pay", { ...TYPED, number: "4000 0027 6000 3184" });
  await browser.press(bank, "Complete authentication", { result: "complete" });
  expect(await local.stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
    collected_information: {
      business_name: null,
      individual_name: "Ada King",
      shipping_details: {
        address: {
          city: "Berlin",
          country: "DE",
          line1: "2 Ring",
          line2: null,
          postal_code: "10115",
          state: null,
        },
        name: "Charles Babbage",
      },
    },
    consent: { promotions: "opt_in", terms_of_service: "accepted" },
    custom_fields: [
      { text: { value: "To Mary" } },
      { numeric: { value: "0042" } },
      { dropdown: { value: "s" } },
    ],
    customer_details: {
      address: {
        city: "Oakland",
        country: "US",
        line1: "1 Loopback Road",
        line2: "Flat 2",
        postal_code: "94107",
        state: "CA",
      },
      individual_name: "Ada King",
      name: "Ada Lovelace",
      phone: "+442079460958",
    },
    payment_status: "paid",
  });
});

test("mistakes are marked where they stand, and the rest remains as it was typed", async () => {
  const { id, url } = await paymentSession(local, ASKING);
  const browser = new Browser();
  const page = await browser.get(String(url));
  const { text } = await browser.press(page, "Pay", {
    ...TYPED,
    "consent[terms_of_service]": "",
    "custom_fields[engraving]": "Much too long for it",
    "custom_fields[member]": "x",
    individual_name: " ",
    phone: "12",
    "shipping[address][country]": "US",
    "shipping[address][postal_code]": "1",
    "shipping[name]": "",
  });
  const marked = (name: string) => {
    const id = `${name}-wrong`.replace(/[[\]]/g, "\\$&");
    return text.match(new RegExp(`id="${id}">([^<]*)`))?.[1];
  };
  expect(Object.fromEntries(Object.keys(TYPED).map((name) => [name, marked(name)]))).toEqual({
    ...Object.fromEntries(Object.keys(TYPED).map((name) => [name, undefined])),
    "consent[terms_of_service]": "Please accept the terms of service.",
    "custom_fields[engraving]": "Enter at most 12 characters.",
    "custom_fields[member]": "Enter digits only.",
    individual_name: "Enter your name.",
    phone: "Enter a valid phone number.",
    "shipping[address][postal_code]": "Enter a ZIP code.",
    "shipping[address][state]": "Enter a state.",
    "shipping[name]": "Enter the name of whoever receives it.",
  });
  expect(text).toContain('value="Much too long for it"');
  expect(text).toMatch(/<option value="s" selected>Small/);
  expect(text).toMatch(/name="consent\[promotions\]" value="yes" checked/);
  expect((await local.stripe.checkout.sessions.retrieve(id)).status).toBe("open");
  expect((await local.stripe.paymentIntents.list()).data).toEqual([]);
});

test("a question of the shop's cannot write into the page", async () => {
  const nasty = "<b>x</b>[y](javascript:alert(1))";
  const { url } = await paymentSession(local, {
    custom_fields: [{ key: "a", label: { custom: nasty, type: "custom" }, type: "text" }],
    custom_text: { submit: { message: nasty } },
  });
  const { text } = await new Browser().get(String(url));
  expect(text).not.toContain("<b>");
  expect(text).not.toContain('href="javascript');
});

test("customers choose how it is shipped, and pay for that", async () => {
  const session = await paymentSession(local, ASKING);
  const browser = new Browser();
  const page = await browser.get(String(session.url));
  expect(page.text).toMatch(/Total due today<\/dt><dd>\$25\.00/);
  const shipping_rate = String(session.shipping_options[1]?.shipping_rate);
  const changed = await browser.press(page, "Update shipping", { shipping_rate });
  expect(changed.text).toMatch(/Total due today<\/dt><dd>\$35\.00/);
  const refused = await browser.press(changed, "Update shipping", { shipping_rate: "shr_x" });
  expect(refused.text).toContain("That way to ship is not available.");
  await browser.press(changed, "Pay", TYPED);
  expect((await local.stripe.charges.list()).data[0]?.amount).toBe(3500);
});

test("customers add what is offered beside, change how many, and take it away again", async () => {
  const [main, extra] = [
    await monthlyPrice(local),
    await monthlyPrice(local, { recurring: undefined, unit_amount: 300 }),
  ];
  const session = await subscriptionSession(local, {
    line_items: [{ price: main.id, quantity: 1 }],
    optional_items: [{ adjustable_quantity: { enabled: true, maximum: 4 }, price: extra.id, quantity: 2 }],
  });
  expect(session.optional_items).toEqual([
    { adjustable_quantity: { enabled: true, maximum: 4, minimum: 0 }, price: extra.id, quantity: 2 },
  ]);
  const browser = new Browser();
  const total = (page: { text: string }) => page.text.match(/Total due today<\/dt><dd>([^<]*)/)?.[1];
  const page = await browser.get(String(session.url));
  expect(total(page)).toBe("$20.00");
  const added = await browser.press(page, "Add");
  expect(total(added)).toBe("$26.00");
  const three = await browser.press(added, "Update", { quantity: "3" });
  expect(total(three)).toBe("$29.00");
  const removed = await browser.press(three, "Remove");
  expect(total(removed)).toBe("$20.00");
  await browser.press(await browser.press(removed, "Add"), "Subscribe", {
    ...card("4242 4242 4242 4242"),
    method: "card",
  });
  const items = await local.stripe.checkout.sessions.listLineItems(session.id);
  expect(items.data.map(({ price, quantity }) => [price?.id, quantity])).toEqual([
    [main.id, 1],
    [extra.id, 2],
  ]);
  expect((await local.stripe.invoices.list()).data[0]?.amount_paid).toBe(2600);
});

test("only what is offered can be added, and only that be removed", async () => {
  const other = await monthlyPrice(local, { recurring: undefined });
  const session = await paymentSession(local);
  const [item] = (await local.stripe.checkout.sessions.listLineItems(session.id)).data;
  const post = (path: string, fields: Record<string, string>) =>
    new Browser().post(`${session.url}/items/${path}`, fields);
  expect((await post("add", { price: other.id })).text).toContain("That is not on offer.");
  expect((await post("remove", { item: String(item?.id) })).text).toContain("That cannot be removed.");
  expect((await local.stripe.checkout.sessions.listLineItems(session.id)).data).toHaveLength(1);
});

test.each([
  ["eleven", Array(11).fill(null), "optional_items"],
  ["another currency's", ["eur"], "optional_items[0][price]"],
])("%s optional items are refused", async (_, currencies, param) => {
  const optional_items = await Promise.all(
    currencies.map(async (currency) => {
      const { id } = await monthlyPrice(local, { currency: currency ?? "usd", recurring: undefined });
      return { price: id, quantity: 1 };
    }),
  );
  await expect(paymentSession(local, { optional_items })).rejects.toMatchObject({ param, statusCode: 400 });
});

test.each([
  ["book", "Book"],
  ["donate", "Donate"],
  ["pay", "Pay"],
  ["subscribe", "Subscribe"],
] as const)("submit_type %s is the button's word", async (submit_type, word) => {
  const { url } = await paymentSession(local, { submit_type });
  expect((await new Browser().get(String(url))).text).toContain(`<button type="submit">${word}</button>`);
});

test("customers whose card is used again are told so, unless the shop does it", async () => {
  const words = "You allow Local Stripe to charge you for future payments";
  const shows = async (url: string | null) => (await new Browser().get(String(url))).text.includes(words);
  const hidden = { payment_method_reuse_agreement: { position: "hidden" } } as const;
  expect(await shows((await subscriptionSession(local)).url)).toBe(true);
  expect(await shows((await subscriptionSession(local, { consent_collection: hidden })).url)).toBe(false);
  expect(await shows((await paymentSession(local)).url)).toBe(false);
});

test("an address of the page that asks is fixed in no frame", async () => {
  const { url } = await paymentSession(local, ASKING);
  const { headers } = await fetch(String(url));
  expect(headers.get("Content-Security-Policy")).toMatch(/frame-ancestors 'none'/);
  expect(headers.get("X-Frame-Options")).toBe("DENY");
});
