import Stripe from "stripe";
import { DESKTOP, expectAccessible, PHONE } from "./accessibility";
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
  "webhooks",
  "test-clocks",
];

async function oneOfEach(): Promise<string[]> {
  const { hostname: host, port } = new URL(origin());
  const stripe = new Stripe("sk_test_local", { host, port, protocol: "http" });
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
