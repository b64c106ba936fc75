import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser as Chromium, chromium, type FrameLocator, type Page } from "@playwright/test";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { stripe } from "@/lib/billing/stripe";
import { BROWSER_ARGS, findBrowser } from "@/scripts/stack/browser";

/**
 * Local Stripe's Stripe.js in a real browser, on a page of another address that loads it as a shop would: by
 * @stripe/stripe-js, whose types are the authority for what `createEmbeddedCheckoutPage` takes and gives.
 */

const localStripe = () => process.env.STRIPE_API_URL ?? "";
const LOADER = "node_modules/@stripe/stripe-js/dist/pure.mjs";

let shop: Server;
let origin: string;
let browser: Chromium;
let page: Page;
let failures: string[];

beforeAll(async () => {
  const loadStripe = await readFile(LOADER, "utf8");
  shop = createServer((request, response) => {
    const isLoader = request.url === "/load-stripe.js";
    response.setHeader("Content-Type", isLoader ? "text/javascript" : "text/html");
    if (isLoader) return response.end(loadStripe);
    response.end(`<!doctype html><title>Shop</title><script src="${localStripe()}/stripe.js"></script>
      <h1>The shop</h1><div id="checkout"></div>
      <script type="module">
        import { loadStripe } from "/load-stripe.js";
        window.stripe = loadStripe("pk_test_local");
      </script>`);
  });
  await new Promise<void>((listening) => shop.listen(0, "127.0.0.1", listening));
  origin = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
  browser = await chromium.launch({ executablePath: findBrowser().path, args: BROWSER_ARGS });
});
afterAll(async () => {
  await browser.close();
  shop.close();
});

beforeEach(async () => {
  for (const context of browser.contexts()) await context.close();
  page = await browser.newPage();
  failures = [];
  page.on("pageerror", ({ message }) => failures.push(message));
  page.on("console", (said) => {
    if (["error", "warning"].includes(said.type())) failures.push(said.text());
  });
  await page.goto(`${origin}/`);
});

async function session(more: object = {}) {
  const price = { currency: "usd", product_data: { name: "Difference engine" }, unit_amount: 4200 };
  const made = await stripe.checkout.sessions.create({
    line_items: [{ price_data: price, quantity: 1 }],
    mode: "payment",
    return_url: `${origin}/return?session={CHECKOUT_SESSION_ID}`,
    ui_mode: "embedded_page",
    ...more,
  });
  return { id: made.id, secret: String(made.client_secret) };
}

/** Runs in the shop's page, with `stripe` and, once it is made, `checkout`. */
const run = (code: string) =>
  page.evaluate(`(async () => { const stripe = await window.stripe; ${code} })()`);

const mount = (secret: string) =>
  run(`window.checkout = await stripe.createEmbeddedCheckoutPage({
    fetchClientSecret: async () => ${JSON.stringify(secret)},
    onComplete: () => { window.completions = (window.completions ?? 0) + 1; },
  });
  window.checkout.mount("#checkout");`);

async function pay(frame: FrameLocator, number = "4242 4242 4242 4242") {
  await frame.getByLabel("Email").fill("ada@example.com");
  await frame.getByLabel("Card number").fill(number);
  await frame.getByLabel("Expiry").fill("12 / 34");
  await frame.getByLabel("CVC").fill("123");
  await frame.getByLabel("Name on card").fill("Ada Lovelace");
  await frame.getByLabel("ZIP").fill("94107");
  await frame.getByRole("button", { name: "Pay", exact: true }).click();
}

const checkout = () => page.frameLocator("#checkout iframe");

describe("an embedded Checkout", () => {
  it("is paid in a frame, and leads the shop's page to its return_url", async () => {
    const { id, secret } = await session();
    await mount(secret);
    await checkout().getByText("Pay for Difference engine").waitFor();
    await pay(checkout());
    await page.waitForURL(`${origin}/return?session=${id}`);
    expect(await stripe.checkout.sessions.retrieve(id)).toMatchObject({
      amount_total: 4200,
      payment_status: "paid",
      status: "complete",
    });
    expect(failures).toEqual([]);
  });

  it.each([["never"], ["if_required"]])(
    "with %s stays, past 3D Secure too, and calls onComplete once",
    async (when) => {
      const { id, secret } = await session({
        redirect_on_completion: when,
        ...(when === "never" ? { return_url: undefined } : {}),
      });
      await mount(secret);
      await pay(checkout(), "4000 0027 6000 3184");
      await checkout().getByRole("button", { name: "Complete authentication" }).click();
      await checkout().getByText("Thanks for your payment").waitFor();
      await expect.poll(() => page.evaluate("window.completions")).toBe(1);
      expect(page.url()).toBe(`${origin}/`);
      expect((await stripe.checkout.sessions.retrieve(id)).status).toBe("complete");
      expect(failures).toEqual([]);
    },
  );

  it("says in the frame what is wrong, and that a card was declined", async () => {
    const { secret } = await session();
    await mount(secret);
    await checkout().getByRole("button", { name: "Pay", exact: true }).click();
    await checkout().getByText("Enter your email.").waitFor();
    await pay(checkout(), "4000 0000 0000 0002");
    await checkout().getByText("Your card was declined.").waitFor();
    expect(page.url()).toBe(`${origin}/`);
  });

  it("is as tall as its page, so that nothing scrolls inside", async () => {
    const { secret } = await session();
    await mount(secret);
    const frame = await (await page.locator("#checkout iframe").elementHandle())?.contentFrame();
    await checkout().getByRole("button", { name: "Pay", exact: true }).waitFor();
    const heights = async () => ({
      frame: await page.evaluate(`document.querySelector("iframe").clientHeight`),
      page: await frame?.evaluate("document.documentElement.scrollHeight"),
    });
    // Higher than the frame was before its page had been measured.
    await expect.poll(async () => (await heights()).page).toBeGreaterThan(640);
    await expect
      .poll(async () => Object.values(await heights()).reduce((a, b) => Number(a) - Number(b)))
      .toBe(0);
  });

  it("is unmounted and mounted again; destroyed, it makes place for another", async () => {
    const [first, second] = [await session(), await session()];
    await mount(first.secret);
    await checkout().getByText("Pay for Difference engine").waitFor();
    await run("window.checkout.unmount();");
    expect(await page.locator("iframe").count()).toBe(0);
    await run(`window.checkout.mount(document.querySelector("#checkout"));`);
    await checkout().getByText("Pay for Difference engine").waitFor();
    await expect(mount(second.secret)).rejects.toThrow("You cannot have multiple Embedded Checkout objects.");
    await run("window.checkout.destroy();");
    expect(await page.locator("iframe").count()).toBe(0);
    await expect(run(`window.checkout.mount("#checkout");`)).rejects.toThrow(/was destroyed/);
    await mount(second.secret);
    await checkout().getByText("Pay for Difference engine").waitFor();
  });

  it.each([
    ["no secret at all", "{}", /either clientSecret or fetchClientSecret/],
    ["both", `{ clientSecret: "x", fetchClientSecret: async () => "x" }`, /either clientSecret or/],
    [
      "what it cannot do",
      `{ clientSecret: "cs_test_1_secret_2", onLineItemsChange: () => {} }`,
      /can't do onLineItemsChange of an embedded Checkout/,
    ],
    ["a secret of something else", `{ clientSecret: "pi_1_secret_2" }`, /is a Checkout Session's/],
  ])("is refused with %s, and a right one works afterwards", async (_, options, words) => {
    await expect(run(`await stripe.createEmbeddedCheckoutPage(${options});`)).rejects.toThrow(words);
    await mount((await session()).secret);
    await checkout().getByText("Pay for Difference engine").waitFor();
  });

  it("opens for its secret only", async () => {
    const { id } = await session();
    await mount(`${id}_secret_${"x".repeat(32)}`);
    await checkout().getByText("No Checkout Session has this client secret.").waitFor();
  });

  it("believes no message but its own frame's", async () => {
    await mount((await session({ redirect_on_completion: "if_required" })).secret);
    await checkout().getByText("Pay for Difference engine").waitFor();
    await page.evaluate(
      `new Promise((heard) => {
        addEventListener("message", heard, { once: true });
        postMessage({ source: "local-stripe", complete: true, returnUrl: null }, "*");
      })`,
    );
    expect(await page.evaluate("window.completions")).toBeUndefined();
  });
});

describe("the script", () => {
  it.each([["elements"], ["confirmPayment"], ["initCheckoutElementsSdk"], ["retrievePaymentIntent"]])(
    "says that it cannot do %s",
    async (name) => {
      await expect(run(`stripe.${name}();`)).rejects.toThrow(
        `Local Stripe's script can't do stripe.${name}(): it shows embedded Checkout only.`,
      );
    },
  );

  it.each([
    [`"sk_test_1"`, /should not use your secret key/],
    [`"pk_live_1"`, /takes a publishable test key/],
    ["", /with your publishable key/],
  ])("refuses the key %s", async (key, words) => {
    await expect(run(`window.Stripe(${key});`)).rejects.toThrow(words);
  });
});

describe("a frame", () => {
  const framedIn = async (url: string, host: string) => {
    await page.goto(`${origin.replace("127.0.0.1", host)}/`);
    failures = [];
    await page.evaluate(`{
      const frame = document.createElement("iframe");
      frame.src = ${JSON.stringify(url)};
      document.querySelector("#checkout").append(frame);
    }`);
  };

  it("of an embedded session is shown to another name of this machine", async () => {
    const { secret } = await session();
    await framedIn(`${localStripe()}/embed/${secret}`, "localhost");
    await checkout().getByText("Pay for Difference engine").waitFor();
  });

  it("of a hosted page, and of the dashboard, is shown to nobody", async () => {
    const hosted = await stripe.checkout.sessions.create({
      currency: "usd",
      mode: "setup",
      success_url: `${origin}/`,
    });
    for (const url of [String(hosted.url), localStripe()]) {
      await framedIn(url, "127.0.0.1");
      await expect.poll(() => failures.join()).toMatch(/frame-ancestors|refused to connect|X-Frame-Options/i);
      expect(await checkout().getByRole("heading").count()).toBe(0);
    }
  });

  it("of an embedded session is shown to no page from elsewhere", async () => {
    const { id } = await session();
    const { headers } = await fetch(`${localStripe()}/c/pay/${id}`);
    // A policy that names these two lets no other origin in (https://www.w3.org/TR/CSP3/#directive-frame-ancestors).
    expect(headers.get("Content-Security-Policy")).toContain(
      "frame-ancestors http://127.0.0.1:* http://localhost:*",
    );
    expect(headers.get("X-Frame-Options")).toBeNull();
  });
});
