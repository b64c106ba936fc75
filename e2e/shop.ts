import { randomUUID } from "node:crypto";
import { test as base, expect, type Page } from "@playwright/test";
import postgres from "postgres";
import { someAddress } from "../test/support/addresses";

/** Every journey needs these: a page whose console stays silent, a person, a card, and the rows. */

export interface Person {
  name: string;
  email: string;
  password: string;
}

export const somebody = (): Person => ({
  name: "Ada Lovelace",
  email: `ada-${randomUUID()}@example.com`,
  password: "correct horse battery",
});

export const CARDS = {
  pays: "4242 4242 4242 4242",
  declined: "4000 0000 0000 0002",
  asksFirst: "4000 0025 0000 3155",
};

export const test = base.extend<{ sql: postgres.Sql }>({
  // Each test comes from an address of its own: together they register more often than one address may.
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from its first argument.
  extraHTTPHeaders: async ({}, use) => {
    await use({ "x-forwarded-for": someAddress() });
  },
  page: async ({ page }, use) => {
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
    page.on("console", (message) => {
      // A missing page and a declined card have statuses of their own, which the browser reports by itself.
      const expected = /status of (402|404)/.test(message.text());
      if (message.type() === "error" && !expected) complaints.push(`${page.url()}: ${message.text()}`);
    });
    await use(page);
    expect(complaints).toEqual([]);
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from its first argument.
  sql: async ({}, use) => {
    const sql = postgres(process.env.DATABASE_URL ?? "", { max: 1 });
    await use(sql);
    await sql.end();
  },
});

export { expect };

export async function register(page: Page, person: Person) {
  await page.getByLabel("Name").fill(person.name);
  await page.getByLabel("Email").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Create account" }).click();
}

/** A new account; leaves the browser on its account page. */
export async function registered(page: Page): Promise<Person> {
  const person = somebody();
  await page.goto("/register");
  await register(page, person);
  await expect(page).toHaveURL(/\/account$/);
  return person;
}

/** On the pricing page: the button of a plan. Leaves the browser on the hosted page. */
export async function choose(page: Page, path: "/pricing" | "/pricing/yearly", button: RegExp) {
  await page.goto(path);
  await page.getByRole("button", { name: button }).click();
}

export async function pay(page: Page, card: string) {
  await expect(page).toHaveURL(/\/c\/pay\/cs_test_/);
  await page.getByLabel("Card number").fill(card);
  await page.getByLabel("Expiry").fill("12 / 40");
  await page.getByLabel("CVC").fill("123");
  await page.getByLabel("Name on card").fill("Ada Lovelace");
  const zip = page.getByLabel("ZIP");
  if (await zip.isVisible()) await zip.fill("94107");
  await page.getByRole("button", { name: /^(Pay|Subscribe)/ }).click();
}

/** The rows of a person, once the events that matter have arrived. */
export async function billingOf(sql: postgres.Sql, { email }: Person) {
  const [user] = await sql`select * from users where email = ${email}`;
  const userId = user?.id ?? null;
  return {
    user,
    subscriptions: await sql`select * from subscriptions where user_id = ${userId}`,
    ledger:
      await sql`select kind, event_type, revenue::int from stripe_transactions where user_id = ${userId} order by kind`,
  };
}
