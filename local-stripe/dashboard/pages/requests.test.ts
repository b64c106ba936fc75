import { expect, test } from "vitest";
import { MOST_CHARACTERS, MOST_REQUESTS } from "../../kit/request-log";
import { Browser } from "../../test/browser";
import { startLocalStripe } from "../../test/harness";
import { subscriptionSession } from "../../test/shop";

const local = startLocalStripe();
const browser = new Browser();
const open = (path: string) => browser.get(new URL(path, local.origin).href);

/** Every page of a list, in one text. */
async function wholeList(path: string): Promise<string> {
  let page = await open(path);
  let text = page.text;
  while (page.text.includes("Older →")) {
    page = await browser.follow(page, "Older →");
    text += page.text;
  }
  return text;
}

async function refusedRequest(work: Promise<unknown>): Promise<{ requestId: string; url: string }> {
  const error = await work.then(
    () => undefined,
    (reason) => reason,
  );
  return { requestId: error.requestId, url: error.raw.request_log_url };
}

test("an error leads to its request: what was asked, and what was answered", async () => {
  const params = { name: "Pro <1>", metadata: { tier: "gold" } };
  const { requestId, url } = await refusedRequest(
    local.stripe.products.create({ ...params, active: "perhaps" } as never, { idempotencyKey: "order-7" }),
  );
  expect(url).toBe(`${local.origin}/logs/${requestId}`);
  const page = await browser.get(url);
  expect(page.status).toBe(200);
  for (const part of [
    "POST /v1/products",
    ">400</span>",
    "<code>order-7</code>",
    "2026-10-28.endive",
    "Pro &lt;1&gt;",
    "gold",
    "perhaps",
    "invalid_request_error",
    "It caused no event.",
  ]) {
    expect(page.text, part).toContain(part);
  }
});

test("a request leads to its events, and an event to its request", async () => {
  const customer = await local.stripe.customers.create({ name: "Ada" });
  const page = await browser.follow(await open("/logs"), "POST /v1/customers");
  expect(page.url).toBe(`${local.origin}/logs/${customer.lastResponse.requestId}`);
  expect(page.text).toContain(`<a href="/customers/${customer.id}">${customer.id}</a>`);
  const event = await browser.follow(page, "customer.created");
  const back = await browser.follow(event, customer.lastResponse.requestId);
  expect(back.url).toBe(page.url);
  expect((await open(`/find?id=${customer.lastResponse.requestId}`)).url).toBe(page.url);
});

test("a replay tells which request was answered first", async () => {
  const options = { idempotencyKey: "once" };
  const first = await local.stripe.customers.create({ name: "Ada" }, options);
  const again = await local.stripe.customers.create({ name: "Ada" }, options);
  const replay = await open(`/logs/${again.lastResponse.requestId}`);
  expect(replay.text).toContain(">replayed</span>");
  const origin = await browser.follow(replay, first.lastResponse.requestId);
  expect(origin.text).not.toContain(">replayed</span>");
  expect(origin.text).toContain(">customer.created</a>");
});

test("they are listed newest first and page by page, all of them or the failed ones", async () => {
  for (let number = 1; number <= 60; number++) await local.stripe.products.list({ limit: 1 });
  await local.stripe.customers.retrieve("cus_nobody").catch(() => {});
  await local.stripe.coupons.list();
  const calls = (text: string) =>
    Array.from(text.matchAll(/>((?:GET|POST|DELETE) \/v1\/\S+)<\/a>/g), ([, call]) => call);
  const all = calls(await wholeList("/logs"));
  expect(all.slice(0, 3)).toEqual(["GET /v1/coupons", "GET /v1/customers/cus_nobody", "GET /v1/products"]);
  expect(all).toHaveLength(62);
  const failed = await browser.follow(await open("/logs"), "failed");
  expect(calls(failed.text)).toEqual(["GET /v1/customers/cus_nobody"]);
  expect(calls(await wholeList("/logs?status=succeeded"))).toHaveLength(61);
});

test("the newest thousand are kept, and none from before a reset", async () => {
  expect(MOST_REQUESTS).toBe(1000);
  const first = await local.stripe.customers.list();
  const second = await local.stripe.coupons.list();
  for (let number = 0; number < 999; number++) await local.stripe.products.list({ limit: 1 });
  const status = async (id: string) => (await open(`/logs/${id}`)).status;
  expect(await status(first.lastResponse.requestId)).toBe(404);
  expect(await status(second.lastResponse.requestId)).toBe(200);
  await local.control("reset");
  const gone = await open(`/logs/${second.lastResponse.requestId}`);
  expect(gone.status).toBe(404);
  expect(gone.text).toContain("The newest 1000 are kept, until the next start or reset.");
}, 60_000);

test("what is too long is cut", async () => {
  const beginning = "x".repeat(MOST_CHARACTERS);
  const { requestId } = await refusedRequest(
    local.stripe.customers.create({ name: `${beginning}tail-of-it` }),
  );
  const page = await open(`/logs/${requestId}`);
  expect(page.text).toContain("Longer than 32768 characters; the rest is not kept.");
  expect(page.text).not.toContain("tail-of-it");
  // The parameters and, because the error repeats none of them, nothing else.
  expect(page.text.length).toBeLessThan(MOST_CHARACTERS + 10_000);
});

/** Each stands where somebody may write it, in the place that is meant for it or in another. */
const SECRET_CALLS: readonly (readonly [call: string, params: string])[] = [
  [
    "POST /v1/payment_methods",
    "type=card&card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=34&card[cvc]=937",
  ],
  ["POST /v1/payment_methods", "type=card&card[number]=4000 0566 5566 5556&card[cvc]=937&card[exp_month]=13"],
  [
    "POST /v1/payment_methods",
    "type=us_bank_account&us_bank_account[account_number]=000123456789&billing_details[name]=Ada",
  ],
  ["POST /v1/customers", "name=4242-4242-4242-4242&metadata[card]=4242424242424242"],
  ["POST /v1/customers", "metadata[4242424242424242]=a&card[cvc]=937&source[number]=4242%20424242424242"],
  ["GET /v1/customers", "email=4242424242424242&api_key=sk_test_secretive"],
  ["GET /v1/customers/4242424242424242", ""],
  ["GET /v1/customers/4242%204242%204242%204242", ""],
  ["POST /v1/payment_pages/cs_test_x/confirm", "card[number]=378282246310005&card[cvc]=9372"],
  ["POST /v1/customers", `name=${"x".repeat(MOST_CHARACTERS - 20)}4242424242424242`],
  ["POST /v1/webhook_endpoints", "url=http://127.0.0.1:1/&enabled_events[]=*"],
  ["POST /v1/payment_intents", "amount=500&currency=usd"],
];

test("no card number, no security code and no key is kept", async () => {
  const answers: string[] = [];
  for (const [call, params] of SECRET_CALLS) {
    const [method = "", path = ""] = call.split(" ");
    const query = method === "GET" && params ? `?${params}` : "";
    const answer = await fetch(local.origin + path + query, {
      method,
      headers: {
        Authorization: "Bearer sk_test_ofmine42",
        "Idempotency-Key": `key ${answers.length} of 4242 4242 4242 4242`,
      },
      ...(method === "POST" ? { body: params } : {}),
    });
    answers.push(await answer.text());
  }
  const { url } = await local.stripe.billingPortal.sessions.create({
    customer: (await local.stripe.customers.create({})).id,
  });
  await subscriptionSession(local, {
    ui_mode: "embedded_page",
    success_url: undefined,
    cancel_url: undefined,
    return_url: local.origin,
  } as never);
  const secrets = answers.join("").match(/whsec_\w+|_secret_\w+/g) ?? [];
  expect(secrets.map((secret) => secret.replace(/_\w+$/, ""))).toEqual(["whsec", ""]);

  const list = await wholeList("/logs");
  const pages = Array.from(list.matchAll(/href="(\/logs\/req_\w+)"/g), ([, path = ""]) => path);
  expect(pages.length).toBeGreaterThan(SECRET_CALLS.length);
  for (const path of ["/logs", ...new Set(pages)]) {
    const { text } = await open(path);
    const digits = text.replace(/[ -]/g, "");
    expect(digits, path).not.toMatch(/42424242424|40000566|3782822|000123456789/);
    expect(text, path).not.toMatch(/"9372?"|sk_test_\w|whsec_\w/);
    expect(text, path).not.toMatch(/_secret_\w/);
    expect(text, path).not.toContain(url);
  }
});
