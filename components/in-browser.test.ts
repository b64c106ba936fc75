import type { Page } from "@playwright/test";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Browser, startBrowser } from "@/test/support/browser-page";

/** What the components do only in a browser, once the page has loaded. */

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

const open: Browser["open"] = (...story) => browser.open(...story);

/** Until what has arrived has been handled and painted. */
const twoFrames = (page: Page) =>
  page.evaluate("new Promise((frame) => requestAnimationFrame(() => requestAnimationFrame(frame)))");

describe("PasswordField", () => {
  it("shows what was typed and hides it again", async () => {
    const page = await open(
      `import { PasswordField } from "/components/ui/password-field.tsx";`,
      `<form><PasswordField autoComplete="new-password" /></form>`,
    );
    const [field, button] = [page.getByLabel("Password"), page.getByRole("button")];
    const state = async () => [
      await field.getAttribute("type"),
      await button.getAttribute("aria-pressed"),
      await button.innerText(),
    ];
    await field.fill("a secret");
    await button.click();
    expect(await state()).toEqual(["text", "true", "Hide what I typed"]);
    expect(await field.inputValue()).toBe("a secret");
    await button.click();
    expect(await state()).toEqual(["password", "false", "Show what I typed"]);
  });
});

describe("CredentialsForm", () => {
  const imports = `import { CredentialsForm } from "/components/credentials-form.tsx";
    const answer = (errors) => async () => {
      await new Promise((resolve) => { window.answer = resolve; });
      return { values: {}, errors };
    };`;
  const submit = async (page: Page) => {
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForFunction("window.answer");
  };

  it("is busy until it is answered, and goes to the first field that is wrong", async () => {
    const page = await open(
      imports,
      `<CredentialsForm kind="login" action={answer({ password: "Short." })} />`,
    );
    const button = page.getByRole("button", { name: "Sign in" });
    await submit(page);
    expect(await button.getAttribute("aria-busy")).toBe("true");
    expect(await button.getAttribute("class")).toContain("heating");
    await page.evaluate("window.answer()");
    await page.getByText("Short.").waitFor();
    await expect.poll(() => page.evaluate("document.activeElement.name")).toBe("password");
    expect(await button.getAttribute("aria-busy")).toBe("false");
    expect(await button.getAttribute("class")).not.toContain("heating");
  });

  it("goes to the first of several fields", async () => {
    const page = await open(
      imports,
      `<CredentialsForm kind="login" action={answer({ password: "Short.", email: "Odd." })} />`,
    );
    await submit(page);
    await page.evaluate("window.answer()");
    await expect.poll(() => page.evaluate("document.activeElement.name")).toBe("email");
  });

  it.each([
    ["thawed in the middle of its submission, is loaded anew", true, true, true],
    ["that merely comes to the front is not", true, false, false],
    ["thawed when nothing is under way is not", false, true, false],
  ])("a page %s", async (_, isPending, persisted, isLoadedAnew) => {
    const page = await open(imports, `<CredentialsForm kind="login" action={answer({})} />`);
    if (isPending) await submit(page);
    let loads = 0;
    page.on("request", (request) => {
      loads += request.isNavigationRequest() ? 1 : 0;
    });
    await page.evaluate(`dispatchEvent(new PageTransitionEvent("pageshow", { persisted: ${persisted} }))`);
    // Answered after a page that was asked for before it; or never, by the page that is gone.
    await page.evaluate("fetch('/page').then((response) => response.text())").catch(() => {});
    expect(loads).toBe(isLoadedAnew ? 1 : 0);
  });
});

describe("NewToken", () => {
  it("copies the token", async () => {
    const page = await open(
      `import { NewToken } from "/components/account/new-token.tsx";`,
      `<NewToken action={async () => ({ values: {}, errors: {}, token: "tf_secret" })} />`,
      (page) => page.context().grantPermissions(["clipboard-read", "clipboard-write"]),
    );
    await page.getByRole("button", { name: "Make a token" }).click();
    await page.getByRole("button", { name: "Copy" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe("tf_secret");
  });
});

describe("who looks at a cached page", () => {
  const imports = `import { ViewerLink } from "/components/viewer.tsx";
    import { Tier } from "/components/pricing/tier.tsx";
    const tier = { id: "1", name: "AIaaS Pro", description: "", features: [], unitAmount: 9900, currency: "usd" };
    const shown = [
      { ...tier, plan: "pro", interval: "month" },
      { ...tier, plan: "pro", interval: "year" },
      { ...tier, plan: "starter", interval: "year" },
    ];`;
  const parts = `<ViewerLink />{shown.map((tier) =>
    <Tier key={tier.plan + tier.interval} tier={tier} siblings={[]} action={async () => {}} />)}`;
  let asked: number;
  beforeEach(() => {
    asked = 0;
  });

  async function look(answer: { status?: number; body?: string } | null) {
    const page = await open(imports, parts, (page) =>
      page.route("**/api/viewer", (route) => {
        asked += 1;
        return answer ? route.fulfill(answer) : route.abort();
      }),
    );
    const link = page.locator("a");
    return {
      page,
      read: async () => ({
        href: await link.getAttribute("href"),
        hidden: await link.locator(".invisible").innerText(),
        marks: await page.locator(".min-h-5").allInnerTexts(),
      }),
    };
  }
  const UNKNOWN = { href: "/login", hidden: "Account", marks: ["", "", ""] };

  it("is asked once, led to the account, and shown the plan that is theirs", async () => {
    const body = JSON.stringify({ name: "Ada", plan: "pro", interval: "year" });
    const { read } = await look({ body });
    await expect.poll(read).toEqual({
      href: "/account",
      hidden: "Sign in",
      marks: ["Your plan, billed yearly", "Your plan", ""],
    });
    expect(asked).toBe(1);
  });

  it("has no mark without a plan", async () => {
    const { read } = await look({ body: JSON.stringify({ name: "Ada", plan: null, interval: null }) });
    await expect.poll(read).toEqual({ href: "/account", hidden: "Sign in", marks: ["", "", ""] });
  });

  it.each([
    ["nobody is signed in", { body: "null" }],
    ["the shop is overloaded", { status: 503, body: '{"name":"Ada"}' }],
    ["the network is away", null],
  ])("sees the page as every visitor does when %s", async (_, answer) => {
    const { page, read } = await look(answer);
    const failures: string[] = [];
    page.on("pageerror", ({ message }) => failures.push(message));
    await expect.poll(() => asked).toBe(1);
    await twoFrames(page);
    expect(await read()).toEqual(UNKNOWN);
    expect(failures).toEqual([]);
  });
});

describe("StripeJs", () => {
  async function load(script: string | null) {
    const asked: string[] = [];
    const failures: string[] = [];
    const page = await open(
      `import { StripeJs } from "/components/stripe-js.tsx";`,
      `<p>Here</p><StripeJs publishableKey="pk_test_1" />`,
      async (page) => {
        page.on("pageerror", ({ message }) => failures.push(message));
        await page.route("https://js.stripe.com/**", (route) => {
          asked.push(route.request().url());
          return script ? route.fulfill({ body: script, contentType: "text/javascript" }) : route.abort();
        });
      },
    );
    return { page, asked, failures };
  }

  it("is Stripe's own script, begun with the shop's key", async () => {
    const { page, asked } = await load("window.Stripe = (key) => { window.begunWith = key; };");
    await page.waitForFunction("window.begunWith");
    expect(await page.evaluate("window.begunWith")).toBe("pk_test_1");
    expect(asked).toEqual([expect.stringMatching(/^https:\/\/js\.stripe\.com\//)]);
  });

  it("is done without where it is blocked", async () => {
    const { page, asked, failures } = await load(null);
    // Stripe's loader tries a second time before it gives up.
    await expect.poll(() => asked.length).toBe(2);
    await twoFrames(page);
    expect(failures).toEqual([]);
  });
});
