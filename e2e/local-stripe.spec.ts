import Stripe from "stripe";
import { DESKTOP, expectAccessible, expectAccessibleNow, PHONE } from "./accessibility";
import { CARDS, choose, expect, pay, registered, test } from "./shop";

/** The local Stripe's dashboard beside the shop, on the stand-in that all journeys share: it has no faults but one. */

const origin = () => process.env.STRIPE_API_URL ?? "";
const control = (action: string) => fetch(`${origin()}/__local/${action}`, { method: "POST" });

const SECTIONS = [
  "",
  "events",
  "faults",
  "customers",
  "subscriptions",
  "payments",
  "invoices",
  "products",
  "coupons",
  "taxes",
  "webhooks",
  "test-clocks",
];

function client(): Stripe {
  const { hostname: host, port } = new URL(origin());
  return new Stripe("sk_test_local", { host, port, protocol: "http" });
}

async function oneOfEach(): Promise<string[]> {
  const stripe = client();
  const limit = { limit: 1 };
  const pages = await Promise.all([
    stripe.events.list({ ...limit, type: "customer.updated" }).then(({ data }) => `events/${data[0]?.id}`),
    stripe.customers.list(limit).then(({ data }) => `customers/${data[0]?.id}`),
    stripe.subscriptions.list(limit).then(({ data }) => `subscriptions/${data[0]?.id}`),
    stripe.paymentIntents.list(limit).then(({ data }) => `payments/${data[0]?.id}`),
    stripe.invoices.list(limit).then(({ data }) => `invoices/${data[0]?.id}`),
    stripe.products.list(limit).then(({ data }) => `products/${data[0]?.id}`),
    stripe.webhookEndpoints.list(limit).then(({ data }) => `webhooks/${data[0]?.id}`),
    stripe.testHelpers.testClocks.list(limit).then(({ data }) => `test-clocks/${data[0]?.id}`),
    stripe.checkout.sessions.list(limit).then(({ data }) => `objects/${data[0]?.id}`),
  ]);
  expect(pages.filter((page) => page.endsWith("undefined"))).toEqual([]);
  return pages;
}

// Colours do not depend on the screen, nor the arrangement on colours: two rounds see both of both.
for (const [colorScheme, screen] of [
  ["light", PHONE],
  ["dark", DESKTOP],
] as const) {
  test(`the dashboard has no accessibility violation and fits the screen (${colorScheme})`, async ({
    page,
  }) => {
    test.setTimeout(120_000);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await control("seed");
    await control("test_clock/create?name=Ada");
    // An event that nobody waits for brings the banner out.
    await control("drop?type=nothing.happens");
    for (const path of [...SECTIONS, ...(await oneOfEach()), "nowhere"]) {
      await expectAccessible(page, `${origin()}/${path}`, [screen]);
      await expect(page.getByText("Every nothing.happens event is dropped")).not.toHaveCount(0);
    }
  });
}

test("what somebody buys in the shop is told in the dashboard, and a click there sends it again", async ({
  page,
  sql,
}) => {
  const person = await registered(page);
  await choose(page, "/pricing", /Subscribe.*Starter/);
  await pay(page, CARDS.pays);
  await expect(page).toHaveURL(/\/success/);
  await page.goto(`${origin()}/`);
  await page.getByLabel("Find an id or an e-mail address").fill(person.email);
  await page.getByRole("button", { name: "Find" }).click();
  await page.getByRole("link", { name: "invoice.paid" }).click();
  await expect(page.getByRole("heading", { name: "invoice.paid" })).toBeVisible();
  await page.getByRole("button", { name: "Resend", exact: true }).click();
  await expect(page.getByRole("article")).toHaveCount(2);
  await expect
    .poll(async () => {
      await page.reload();
      return page.getByText("It arrived.").count();
    })
    .toBe(2);
  const [ledger] = await sql`
    select count(*)::int as rows from stripe_transactions t join users u on u.id = t.user_id
    where u.email = ${person.email} and t.event_type = 'invoice.payment_succeeded'`;
  expect(ledger?.rows).toBe(1);
});

// Colours do not depend on the screen here either.
for (const [colorScheme, screen] of [
  ["light", PHONE],
  ["dark", DESKTOP],
] as const) {
  test(`a checkout that asks for everything is accessible and fits the screen (${colorScheme})`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const label = (custom: string) => ({ custom, type: "custom" }) as const;
    const options = ["Small", "Medium"].map((name) => ({ label: name, value: name }));
    const session = await client().checkout.sessions.create({
      billing_address_collection: "required",
      consent_collection: { promotions: "auto", terms_of_service: "required" },
      custom_fields: [
        { key: "size", label: label("Size"), dropdown: { options }, type: "dropdown" },
        { key: "member", label: label("Member number"), type: "numeric" },
      ],
      custom_text: { submit: { message: "Sent back within [a month](http://127.0.0.1:3000/)." } },
      line_items: [
        {
          price_data: { currency: "usd", product_data: { name: "Difference engine" }, unit_amount: 4200 },
          quantity: 1,
        },
      ],
      mode: "payment",
      name_collection: { business: { enabled: true }, individual: { enabled: true } },
      phone_number_collection: { enabled: true },
      shipping_address_collection: { allowed_countries: ["US", "DE"] },
      shipping_options: ["Ground", "Air"].map((display_name, at) => ({
        shipping_rate_data: { display_name, fixed_amount: { amount: 500 + 1000 * at, currency: "usd" } },
      })),
      success_url: `${origin()}/`,
      tax_id_collection: { enabled: true },
    });
    await expectAccessible(page, String(session.url), [screen]);
    await page.getByRole("button", { name: "Pay", exact: true }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await expect(page.getByLabel("Member number")).toHaveAccessibleDescription("This field is required.");
    await expectAccessibleNow(page);
  });
}
