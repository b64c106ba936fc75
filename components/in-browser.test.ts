import type { Page } from "@playwright/test";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Browser, startBrowser } from "@/test/support/browser-page";

/** The components do this only in a browser, once the page has loaded. */

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
    const tier = { id: "1", description: "", features: [], unitAmount: 9900, currency: "usd", intervalCount: 1 };
    const shown = [
      { ...tier, plan: "pro", name: "AIaaS Pro", family: "aiaas", interval: "month" },
      { ...tier, plan: "pro", name: "AIaaS Pro", family: "aiaas", interval: "year" },
      { ...tier, plan: "starter", name: "AIaaS Starter", family: "aiaas", interval: "year" },
      { ...tier, plan: "hosting", name: "Hosting", family: null, interval: "month", intervalCount: 3 },
    ];`;
  const PRO = { name: "AIaaS Pro", plan: "pro", family: "aiaas", interval: "year", intervalCount: 1 };
  const HOSTING = { name: "Hosting", plan: "hosting", family: null, interval: "month", intervalCount: 3 };
  const viewer = (...plans: object[]) => ({ body: JSON.stringify({ name: "Ada", plans }) });
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
        buttons: await page.getByRole("button").allTextContents(),
      }),
    };
  }
  const SUBSCRIBE = [
    "Subscribe to AIaaS Pro, monthly",
    "Subscribe to AIaaS Pro, yearly",
    "Subscribe to AIaaS Starter, yearly",
    "Subscribe to Hosting, every 3 months",
  ];
  const UNKNOWN = { href: "/login", hidden: "Account", marks: ["", "", "", ""], buttons: SUBSCRIBE };
  const KNOWN = { href: "/account", hidden: "Sign in" };

  it("is asked once, led to the account, and shown the plan that is theirs", async () => {
    const { read } = await look(viewer(PRO));
    await expect.poll(read).toEqual({
      ...KNOWN,
      marks: ["Your plan, billed yearly", "Your plan", "", ""],
      buttons: [
        "Switch to AIaaS Pro billed monthly",
        "Manage AIaaS Pro, yearly",
        "Switch to AIaaS Starter billed yearly",
        "Subscribe to Hosting, every 3 months",
      ],
    });
    expect(asked).toBe(1);
  });

  it("may have several plans; one without a family is switched from by nothing", async () => {
    const { read } = await look(viewer(HOSTING, { ...PRO, interval: "month" }, PRO));
    await expect.poll(read).toEqual({
      ...KNOWN,
      marks: ["Your plan", "Your plan", "", "Your plan"],
      buttons: [
        "Manage AIaaS Pro, monthly",
        "Manage AIaaS Pro, yearly",
        "Switch to AIaaS Starter billed yearly",
        "Manage Hosting, every 3 months",
      ],
    });
  });

  it("of a plan that bills in another way is told in which", async () => {
    const { read } = await look(viewer({ ...PRO, interval: "month", intervalCount: 3 }));
    await expect.poll(read).toMatchObject({
      marks: ["Your plan, billed every 3 months", "Your plan, billed every 3 months", "", ""],
      buttons: [
        "Switch to AIaaS Pro billed monthly",
        "Switch to AIaaS Pro billed yearly",
        "Switch to AIaaS Starter billed yearly",
        "Subscribe to Hosting, every 3 months",
      ],
    });
  });

  it("is shown other words on the buttons, and nothing moves", async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const page = await open(imports, parts, (page) =>
      page.route("**/api/viewer", async (route) => {
        await released;
        await route.fulfill(viewer(PRO));
      }),
    );
    const boxes = () =>
      page.evaluate(`[...document.querySelectorAll("article, h3, form, button")].map((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return [x, y, width, height];
      })`);
    // The page's own sheet, as far as the button's size depends on it.
    await page.addStyleTag({
      content: `button { display: flex; width: 11rem; min-height: 3rem } .min-h-5 { min-height: 1.25rem }
        .sr-only { position: absolute } .truncate { overflow: hidden; white-space: nowrap }`,
    });
    const before = await boxes();
    release();
    await page.getByRole("button", { name: "Manage" }).waitFor();
    expect(await boxes()).toEqual(before);
  });

  it("has no mark without a plan", async () => {
    const { read } = await look(viewer());
    await expect.poll(read).toEqual({ ...KNOWN, marks: ["", "", "", ""], buttons: SUBSCRIBE });
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
