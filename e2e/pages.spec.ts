import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { listActionFiles } from "../test/support/entrances";
import { listPages } from "../test/support/pages";
import { expectAccessible } from "./accessibility";
import { CARDS, choose, expect, pay, registered, test } from "./shop";

/** Every page as it is, not as it is used: accessible, within the screen, and no wider open than it must be. */

/** A page may need more than its path to be more than a refusal. */
const QUERY: Record<string, string> = { "/success": "?session_id=cs_test_unknown" };

const pages = listPages().map((page) => ({ ...page, path: page.path + (QUERY[page.path] ?? "") }));
const PUBLIC = pages.filter(({ isPublic }) => isPublic).map(({ path }) => path);
const BEHIND_LOGIN = pages.filter(({ needsSession }) => needsSession).map(({ path }) => path);
const CREDENTIALS = pages.filter((page) => !page.isPublic && !page.needsSession).map(({ path }) => path);
/** An address that leads to no page. */
const NOWHERE = "/nowhere";

for (const colorScheme of ["light", "dark"] as const) {
  test(`no page has an accessibility violation or is wider than the screen (${colorScheme})`, async ({
    page,
  }) => {
    test.setTimeout(120_000);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const look = (path: string) => expectAccessible(page, path);
    for (const path of [...PUBLIC, ...CREDENTIALS, NOWHERE]) await look(path);
    await registered(page);
    for (const path of BEHIND_LOGIN) await look(path);
    await choose(page, "/pricing", /Subscribe.*Starter/);
    await expect(page).toHaveURL(/\/c\/pay\//);
    await look(page.url());
    await pay(page, CARDS.pays);
    await expect(page).toHaveURL(/\/success/);
    await look(page.url());
    await look("/account");
    await look("/pricing");
  });
}

test("nothing moves while a page loads", async ({ page }) => {
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(globalThis, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        shifts.push((entry as PerformanceEntry & { value: number }).value);
    }).observe({ type: "layout-shift", buffered: true });
  });
  await registered(page);
  for (const path of [...PUBLIC, ...BEHIND_LOGIN]) {
    // The public pages ask who is looking after they have loaded; what that changes must have had its room.
    const answered = PUBLIC.includes(path) ? page.waitForResponse("**/api/viewer") : null;
    await page.goto(path);
    await answered;
    await page.evaluate(
      () => new Promise((frame) => requestAnimationFrame(() => requestAnimationFrame(frame))),
    );
    const total = await page.evaluate(() =>
      (globalThis as unknown as { shifts: number[] }).shifts.reduce((sum, value) => sum + value, 0),
    );
    expect(total, path).toBe(0);
  }
});

test("the visitor's own plan is marked after load", async ({ page }) => {
  await registered(page);
  await choose(page, "/pricing", /Subscribe.*Pro/);
  await pay(page, CARDS.pays);
  await expect(page).toHaveURL(/\/success/);
  await page.goto("/pricing");
  await expect(page.getByText("Your plan")).toBeVisible();
});

test("a token is shown once, works, and stops working when it is revoked", async ({ page, request, sql }) => {
  await registered(page);
  await page.goto("/account/tokens");
  await page.getByLabel("Name").fill("Nightly build");
  await page.getByRole("button", { name: "Make a token" }).click();
  const token = await page.getByText(/^tf_[\w-]{43}$/).innerText();
  const [product] = await sql`select id from products where lookup_key = 'micro_feature_once'`;
  const call = () =>
    request.post("/api/v1/create-checkout-session", {
      headers: { authorization: `Bearer ${token}` },
      data: { product_id: product?.id },
    });
  expect((await call()).status()).toBe(200);
  await page.goto("/account/tokens");
  await expect(page.locator("body")).not.toContainText(token);
  await page.getByRole("button", { name: /revoke/i }).click();
  await expect.poll(async () => (await call()).status()).toBe(401);
});

test("a form for a token that is refused keeps what was chosen in it", async ({ page }) => {
  await registered(page);
  await page.goto("/account/tokens");
  const [lifetime, checkout] = [page.getByLabel("It works for"), page.getByLabel("start a checkout")];
  await page.getByLabel("Name").fill("Nightly build");
  await lifetime.selectOption("30 days");
  await checkout.uncheck();
  await page.getByRole("button", { name: "Make a token" }).click();
  await expect(page.getByText("Choose what the program may do.")).toBeVisible();
  await expect(lifetime).toHaveValue("30");
  await expect(checkout).not.toBeChecked();
});

test("the build has no action but in the files whose actions test/authorisation.test.ts calls", () => {
  const { node, edge } = JSON.parse(readFileSync(".next/server/server-reference-manifest.json", "utf8"));
  const built: { filename: string }[] = Object.values({ ...node, ...edge });
  expect([...new Set(built.map(({ filename }) => filename))].toSorted()).toEqual(
    listActionFiles().toSorted(),
  );
});

test.describe("headers", () => {
  // One after another: one of them changes a page that others read twice.
  test.describe.configure({ mode: "default" });
  const scriptPolicy = (policy = "") => policy.match(/script-src ([^;]+)/)?.[1] ?? "";

  for (const path of [
    ...[...PUBLIC, ...CREDENTIALS, ...BEHIND_LOGIN],
    ...[NOWHERE, "/api/health", "/api/v1/stripe-webhook"],
  ]) {
    test(`${path} is told apart, framed by nobody and sniffed by nobody`, async ({ request }) => {
      const headers = (await request.get(path, { maxRedirects: 0 })).headers();
      expect(headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "strict-origin-when-cross-origin",
        "strict-transport-security": expect.stringContaining("max-age="),
      });
      expect(headers["x-powered-by"]).toBeUndefined();
    });
  }

  test("no page but the cached ones runs an inline script without its nonce", async ({ request }) => {
    for (const path of [...CREDENTIALS, ...BEHIND_LOGIN, NOWHERE]) {
      const policies = await Promise.all(
        [1, 2].map(
          async () => (await request.get(path, { maxRedirects: 0 })).headers()["content-security-policy"],
        ),
      );
      expect(scriptPolicy(policies[0])).toMatch(/'nonce-[\w-]+'/);
      expect(scriptPolicy(policies[0])).not.toContain("unsafe");
      expect(policies[0]).not.toBe(policies[1]);
      expect(policies[0]).toContain("frame-ancestors 'none'");
    }
  });

  test("a script that got into a page does not run, and the page works", async ({ browser }) => {
    test.setTimeout(120_000);
    const context = await browser.newContext();
    // As somebody would for whom it is worth the trouble.
    await registered(await context.newPage());
    for (const path of [...PUBLIC, ...CREDENTIALS, ...BEHIND_LOGIN, NOWHERE]) {
      const page = await context.newPage();
      const refused: string[] = [];
      page.on("console", (message) => {
        if (message.text().includes("Content Security Policy")) refused.push(message.text());
      });
      await page.goto(path);
      expect(refused, `${path} has only scripts that may run`).toEqual([]);
      await page.route(
        (url) => url.pathname === new URL(page.url()).pathname,
        async (route) => {
          const answer = await route.fetch();
          const injected = `<script>globalThis.injected = 1</script><script>self.__next_f.push([1,"x:[]\\n"]);globalThis.injected = 2</script><img src="data:," onerror="globalThis.injected = 3"><a href="javascript:globalThis.injected = 4" style="position:fixed">go</a>`;
          await route.fulfill({
            response: answer,
            body: (await answer.text()).replace("<body>", `<body>${injected}`),
          });
        },
      );
      // As soon as it is there: React takes away what it did not make.
      await page.addInitScript(() => {
        addEventListener("DOMContentLoaded", () =>
          document.querySelector<HTMLElement>("a[href^=javascript]")?.click(),
        );
      });
      await page.goto(page.url());
      await expect.poll(() => refused.length, path).toBeGreaterThanOrEqual(4);
      expect(await page.evaluate(() => "injected" in globalThis), path).toBe(false);
      await page.close();
    }
    await context.close();
  });

  test("public pages are the same for everybody, cached, and hold nothing of a visitor", async ({
    page,
    request,
  }) => {
    const person = await registered(page);
    for (const path of PUBLIC) {
      const [signedIn, anonymous] = [await page.request.get(path), await request.get(path)];
      expect(await signedIn.text()).toBe(await anonymous.text());
      expect(await signedIn.text()).not.toContain(person.email);
      expect(signedIn.headers()["cache-control"]).toContain("s-maxage");
      expect(signedIn.headers()["set-cookie"]).toBeUndefined();
    }
  });

  test("a cached page names by their hashes the inline scripts that it may run", async ({ request }) => {
    for (const path of PUBLIC) {
      const answer = await request.get(path);
      const policies = answer
        .headersArray()
        .filter(({ name }) => name.toLowerCase() === "content-security-policy")
        .map(({ value }) => value);
      expect(policies, path).toHaveLength(2);
      // A browser goes by both.
      expect(scriptPolicy(policies[0])).toBe("'self' 'unsafe-inline'");
      expect(policies[0]).toContain("frame-ancestors 'none'");
      const inline = [...(await answer.text()).matchAll(/<script(?![^>]*\ssrc=)[^>]*>(.*?)<\/script>/gs)];
      const hashes = inline.map(
        ([, script = ""]) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`,
      );
      expect(hashes.length, path).toBeGreaterThan(2);
      expect(scriptPolicy(policies[1]), path).toBe(["'self'", ...hashes].join(" "));
    }
  });

  test("a cached page that is rendered again names the scripts that it has then", async ({
    page,
    request,
    sql,
  }) => {
    const [product] =
      await sql`select stripe_product_id as id, description from products where lookup_key = 'micro_feature_once'`;
    const describe = (description: string) =>
      request.post(`${process.env.STRIPE_API_URL}/v1/products/${product?.id}`, {
        headers: { authorization: `Bearer ${process.env.STRIPE_API_KEY}` },
        form: { description },
      });
    const read = async () => {
      const answer = await request.get("/pricing");
      return { text: await answer.text(), policy: answer.headers()["content-security-policy"] };
    };
    const before = await read();
    expect((await describe(`${product?.description} By hand.`)).status()).toBe(200);
    await expect.poll(async () => (await read()).text).toContain("By hand.");
    expect((await read()).policy).not.toBe(before.policy);
    // A script that it did not name would be told in the console.
    await page.goto("/pricing");
    await expect(page.getByText("By hand.")).toBeVisible();
    await describe(product?.description);
    await expect.poll(read).toEqual(before);
  });

  test("a form from another site is refused, whatever page it is sent to", async ({ request }) => {
    for (const path of [...PUBLIC, "/login"])
      for (const headers of [{ origin: "https://evil.example" }, { origin: "null" }]) {
        const sent = [{ form: { email: "a" } }, { multipart: { email: "a" } }, {}];
        for (const body of sent)
          expect((await request.post(path, { headers, ...body })).status(), path).toBe(403);
      }
  });

  test("a visitor of a cached page by another name is led to the shop's own", async ({ request }) => {
    for (const path of PUBLIC) {
      const headers = { "x-forwarded-host": "shop.example" };
      const answer = await request.get(`${path}?x=1`, { headers, maxRedirects: 0 });
      expect([answer.status(), answer.headers().location]).toEqual([
        307,
        `${process.env.BASE_URL}${path}?x=1`,
      ]);
    }
  });

  test("what no browser sends is refused before the framework fails at it", async ({ request }) => {
    const origin = process.env.BASE_URL ?? "";
    const type = "text/plain;charset=UTF-8";
    const [action] =
      (await (await request.get("/login")).text()).match(/(?<=&quot;id&quot;:&quot;)\w+/) ?? [];
    expect(action).toBeTruthy();
    const call = { origin, "content-type": type, "next-action": action ?? "" };
    const tooMuch = "x".repeat(65_537);
    expect((await request.post("/login", { headers: call, data: tooMuch })).status()).toBe(413);
    expect((await request.post("/login", { headers: call, data: "[]" })).status()).toBe(200);
    const foreign = { ...call, origin: "https://evil.example" };
    for (const [path, status] of [
      ["/iconx", 403],
      ["/favicon.ico", 403],
      ["/api/v1/nowhere", 404],
      ["/api/healthx", 404],
    ] as const) {
      expect((await request.post(path, { headers: foreign, data: "[]" })).status(), path).toBe(status);
    }
    // Behind a proxy that keeps the browser's Host to itself.
    const behind = { ...call, host: "inner.example" };
    expect((await request.post("/login", { headers: behind, data: "[]" })).status()).toBe(200);
    const hostless = { rsc: "1", "x-forwarded-host": "[" };
    expect((await request.get("/login", { headers: hostless })).status()).toBe(400);
    expect((await request.fetch("/login", { method: "PROPFIND" })).status()).toBe(400);
    const chain = (host: string) => ({
      "x-forwarded-host": `${host}, inner.example`,
      "x-forwarded-proto": "https, http",
    });
    const own = await request.get("/login", { headers: chain(new URL(origin).host) });
    expect(own.status()).toBe(200);
    const other = await request.get("/login", { headers: chain("shop.example"), maxRedirects: 0 });
    expect([other.status(), other.headers().location]).toEqual([307, `${origin}/login`]);
  });

  test("a made-up price page leads to the real one instead of into the cache", async ({ request }) => {
    const answer = await request.get("/pricing/weekly", { maxRedirects: 0 });
    expect([answer.status(), answer.headers().location]).toEqual([307, "/pricing"]);
  });
});
