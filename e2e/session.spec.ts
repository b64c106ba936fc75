import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, type Person, register, registered, somebody, test } from "./shop";

async function signIn(page: Page, { email, password }: Pick<Person, "email" | "password">) {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

const signOut = async (page: Page) => {
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/$/);
};

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("sign in leads back to where the person was heading", async ({ page }) => {
      const person = await registered(page);
      await signOut(page);
      await page.goto("/account/tokens");
      await expect(page).toHaveURL(/\/login\?next=%2Faccount%2Ftokens$/);
      await signIn(page, { ...person, email: person.email.toUpperCase() });
      await expect(page).toHaveURL(/\/account\/tokens$/);
    });

    test("a wrong password and an unknown address are told in the same words", async ({ page }) => {
      const person = await registered(page);
      await signOut(page);
      await page.goto("/login");
      await signIn(page, { ...person, password: "not my password" });
      const words = page.getByText("There is no account with this e-mail and password.");
      await expect(words).toBeVisible();
      await expect(page.getByLabel("Email")).toHaveValue(person.email);
      await page.goto("/login");
      await signIn(page, somebody());
      await expect(words).toBeVisible();
    });

    test("an address that has an account cannot be registered again", async ({ page }) => {
      const person = await registered(page);
      await signOut(page);
      await page.goto("/register");
      await page.getByLabel("Name").fill("Somebody else");
      await page.getByLabel("Email").fill(person.email.toUpperCase());
      await page.getByLabel("Password", { exact: true }).fill("another long password");
      await page.getByRole("button", { name: "Create account" }).click();
      // The answer is the same as to somebody new; where it leads, the page says what happened.
      await expect(page).toHaveURL(/\/login\?next=%2Faccount$/);
      await expect(
        page.getByText("The address that you registered with had an account already"),
      ).toBeVisible();
      await signIn(page, person);
      await expect(page.getByRole("heading", { name: person.name })).toBeVisible();
    });
  });
}

test("raising the session version signs every browser out at its next request", async ({ page, sql }) => {
  const person = await registered(page);
  await sql`update users set session_version = session_version + 1 where email = ${person.email}`;
  await page.goto("/account");
  await expect(page).toHaveURL(/\/login\?next=%2Faccount$/);
});

test("a sign-in page never leads to another site", async ({ page }) => {
  const person = await registered(page);
  for (const next of ["//evil.example", "/\\evil.example", "https://evil.example"]) {
    await signOut(page);
    await page.goto(`/login?${new URLSearchParams({ next })}`);
    await signIn(page, person);
    await expect(page).toHaveURL(/\/account$/);
  }
});

test("after ten failures the browser waits, and is told for how long", async ({ page }) => {
  const person = await registered(page);
  await signOut(page);
  await page.goto("/login");
  for (let failure = 0; failure < 10; failure++) {
    await signIn(page, { ...person, password: randomUUID() });
    await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
    await expect(page.getByRole("button", { name: "Sign in" })).toBeEnabled();
  }
  await signIn(page, person);
  await expect(page.getByText(/Too many attempts. Try again in \d+ minutes./)).toBeVisible();
});

test("whoever comes by another name of the shop is led to its own, and is signed in there", async ({
  page,
}) => {
  const own = new URL(process.env.BASE_URL ?? "");
  expect(own.hostname).toBe("localhost");
  for (const host of ["127.0.0.1", "[::1]"]) {
    const other = `http://${host}:${own.port}`;
    for (const path of ["/", "/pricing", "/login?next=%2Faccount"]) {
      const answer = await page.request.get(`${other}${path}`, { maxRedirects: 0 });
      expect(answer.status()).toBe(307);
      expect(answer.headers().location).toBe(`${own.origin}${path}`);
      expect(answer.headers()["set-cookie"]).toBeUndefined();
    }
    expect((await page.request.get(`${other}/api/health`)).status()).toBe(200);
  }
  await page.goto(`http://127.0.0.1:${own.port}/register`);
  await register(page, somebody());
  await expect(page).toHaveURL(`${own.origin}/account`);
});
