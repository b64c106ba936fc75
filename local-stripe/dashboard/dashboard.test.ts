import { expect, test } from "vitest";
import { Browser, type Page } from "../test/browser";
import { DAY_SECONDS } from "../test/clock";
import { startLocalStripe } from "../test/harness";
import type { Received } from "../test/receiver";
import { card, confirm, monthlyPrice, subscriptionSession } from "../test/shop";

const local = startLocalStripe();
const browser = new Browser();
const open = (path: string) => browser.get(local.origin + path);

/** Looks at a page until it says what is awaited; deliveries take a moment. */
async function until(url: string, ...said: string[]): Promise<Page> {
  for (;;) {
    const page = await browser.get(url);
    if (said.every((text) => page.text.includes(text))) return page;
  }
}

const eventOf = async (type: string) => {
  const [event] = (await local.stripe.events.list({ type })).data;
  return `${local.origin}/events/${event?.id}`;
};

test("a newcomer seeds, looks at an event, and sends it again", async () => {
  const empty = await open("/");
  for (const part of ["No events yet.", "Nobody has paid yet.", "whsec_test", local.receiver.url]) {
    expect(empty.text).toContain(part);
  }
  await browser.press(empty, "Seed");
  await local.happened();
  const waiting = async () => (await fetch(`${local.origin}/__local/deliveries?state=waiting`)).json();
  await expect.poll(waiting).toEqual([]);
  const event = await browser.follow(await open("/events?type=invoice.paid"), "invoice.paid");
  for (const part of [
    "It arrived.",
    "data.object",
    "pending_webhooks",
    '<span class="badge good">200</span>',
  ]) {
    expect(event.text).toContain(part);
  }
  local.receiver.answers = [500];
  await browser.press(event, "Resend");
  const again = await until(event.url, "It arrived with attempt 2.");
  expect(again.text.match(/<article class="delivery">/g)).toHaveLength(2);
  expect(again.text).toContain('<span class="badge bad">500</span>');
});

test("an update shows apart what it changed, with links to what it names", async () => {
  const { id } = await local.stripe.customers.create({ name: "Ada" });
  await local.stripe.customers.update(id, { name: "Bob" });
  const page = await browser.get(await eventOf("customer.updated"));
  const before = page.text.slice(
    page.text.indexOf("What it was before"),
    page.text.indexOf("as it was then"),
  );
  expect(before).toContain("&quot;name&quot;: &quot;Ada&quot;");
  expect(page.text).toContain(`"<a href="/customers/${id}">${id}</a>"`);
  expect(page.text).toMatch(/API request <a class="id" href="\/logs\/(req_\w+)">\1<\/a> with key/);
});

test("the clock is moved by a button", async () => {
  const before = Number((await open("/")).text.match(/class="reading"><time [^>]*title="(\d+)"/)?.[1]);
  const after = await browser.press(await open("/"), "+ 1 day");
  const moved = Number(after.text.match(/class="reading"><time [^>]*title="(\d+)"/)?.[1]) - before;
  expect(moved).toBeGreaterThanOrEqual(DAY_SECONDS);
  expect(moved).toBeLessThan(DAY_SECONDS + 60);
  expect(after.text).toContain("1 d ahead of this machine");
  const refused = await browser.press(after, "To the next renewal");
  expect(refused.status).toBe(400);
  expect(refused.text).toContain("There is no subscription to renew.");
});

test("every page says what is not as usual, until its faults are cleared", async () => {
  const warned = async (path: string) => (await open(path)).text.includes("Not as usual");
  expect(await warned("/customers")).toBe(false);
  const armed = await browser.press(await open("/"), "Arm", { code: "expired_card" });
  expect(armed.text).toContain(
    "The next payment fails, whatever the card: Your card has expired. (expired_card)",
  );
  for (const path of ["/customers", "/events", "/nowhere"]) expect(await warned(path)).toBe(true);
  await browser.press(armed, "Disarm");
  expect(await warned("/")).toBe(false);
  let page = await open("/faults");
  page = await browser.press(page, "Drop", { type: "plan.created" });
  page = await browser.press(page, "Delay", { type: "price.created", ms: "1" });
  page = await browser.press(page, "Duplicate every event", { times: "2" });
  page = await browser.press(page, "Change their body", { times: "3" });
  page = await browser.press(page, "Date them ten minutes back");
  page = await browser.press(page, "Inject", { status: "429", path: "/v1/nothing", times: "2" });
  page = await browser.press(page, "Set", { mode: "shuffle", seed: "7" });
  await local.control("redirect?delay_ms=1");
  page = await open("/faults");
  const sentences = [
    "Every plan.created event is dropped and never sent.",
    "Every price.created event is sent 1 ms late.",
    "Every event is sent 3 times.",
    "The next 3 attempts will carry a changed body.",
    "The next 1 attempt will carry a timestamp of ten minutes ago.",
    "The next 2 requests to /v1/nothing get a 429.",
    "Events are sent one at a time, in shuffled order (seed 7).",
    "After a payment the browser returns 1 ms late.",
  ];
  for (const sentence of sentences) expect(page.text).toContain(sentence);
  // Each is ended by a button of its own, and the last one takes the banner with it.
  for (let left = sentences.length; left > 0; left--) {
    expect(page.text.match(/>End this</g)).toHaveLength(left);
    page = await browser.press(page, "End this");
  }
  expect(page.text).toContain("Everything is as usual");
  await browser.press(page, "Hold everything");
  expect(await warned("/")).toBe(true);
  expect((await browser.press(await open("/"), "Back to normal")).url).toBe(`${local.origin}/`);
  expect(await warned("/")).toBe(false);
});

test("what is held is seen, and goes out when it is released", async () => {
  await browser.press(await open("/faults"), "Hold", { type: "customer.created" });
  const { id } = await local.stripe.customers.create({ name: "Ada" });
  const held = await open("/events?state=held");
  expect(held.text).toContain('<span class="badge open">held</span>');
  const faults = await open("/faults");
  expect(faults.text).toContain("1 delivery is held.");
  const isAboutAda = ({ event }: Received) => (event.data.object as { id?: string }).id === id;
  const arrived = () => local.receiver.received.filter(isAboutAda).length;
  expect(arrived()).toBe(0);
  // Released by itself it leaves the hold behind; released by its type the hold is gone as well.
  const left = await browser.press(faults, "Release");
  await local.receiver.until(() => arrived() === 1);
  await until(await eventOf("customer.created"), "It arrived.");
  expect(left.text).toContain("Every customer.created event is held until it is released.");
  const free = await browser.press(left, "Release", { type: "customer.created" });
  expect(free.text).toContain("Everything is as usual");
  // One event alone, from its own page.
  const page = await browser.press(await browser.get(await eventOf("customer.created")), "Hold this event");
  const waiting = await browser.press(page, "Send twice more");
  const event = new URL(page.url).pathname;
  expect(waiting.text).toContain(
    `<li>Event <a class="id" href="${event}">${event.slice(8)}</a> is held until it is released.</li>`,
  );
  expect(waiting.text.match(/>held<\/span> to/g)).toHaveLength(2);
  await browser.press(waiting, "Release this event");
  await local.receiver.until(() => arrived() === 3);
});

test("money that is held is captured by a button, and refunded after that", async () => {
  const { id } = await local.stripe.paymentIntents.create({
    amount: 700,
    capture_method: "manual",
    confirm: true,
    currency: "usd",
    payment_method: "pm_card_visa",
  });
  const held = await open(`/payments/${id}`);
  expect(held.text).toContain("$7.00 are held");
  expect(held.text).not.toContain(">Refund</button>");
  const captured = await browser.press(held, "Capture");
  expect(captured.text).toContain("succeeded");
  expect((await browser.press(captured, "Refund", { amount: "" })).text).toContain("refunded");
});

test("a subscription's life by buttons alone: bought, refunded, disputed, canceled, kept, ended", async () => {
  await monthlyPrice(local);
  const checkout = await browser.press(await open("/products"), "Open a checkout");
  expect(checkout.url).toContain("/c/pay/cs_test_");
  const bought = await browser.post(checkout.url, card("4242 4242 4242 4242"));
  expect(bought.url).toContain("/objects/cs_test_");
  expect(bought.text).toContain("complete");

  const payment = await browser.follow(await open("/payments"), "Subscription creation");
  const partly = await browser.press(payment, "Refund", { amount: "500" });
  expect(partly.text).toContain("partly refunded");
  const tooMuch = await browser.press(partly, "Refund", { amount: "5000" });
  expect(tooMuch.status).toBe(400);
  expect(tooMuch.text).toContain(
    "Refund amount ($50.00) is greater than unrefunded amount on charge ($15.00)",
  );
  expect(tooMuch.text).toContain(`href="${new URL(payment.url).pathname}"`);
  const disputed = await browser.press(partly, "Dispute", { reason: "fraudulent" });
  expect(disputed.text).toContain("needs response");
  expect((await browser.press(disputed, "Submit winning evidence")).text).toContain(">won<");

  const subscription = await browser.follow(await open("/subscriptions"), "Pro");
  const ending = await browser.press(subscription, "Cancel at the end of the period");
  expect(ending.text).toContain(">ends</span>");
  expect((await browser.press(ending, "Don't cancel")).text).not.toContain(">ends</span>");
  const ended = await browser.press(subscription, "Cancel now");
  expect(ended.text).toContain("cancellation_requested");
  expect((await open("/subscriptions?status=canceled")).text).toContain("ended <time");
});

test("a customer's portal and checkout are a button away", async () => {
  await monthlyPrice(local);
  const { id } = await local.stripe.customers.create({ name: "Ada", email: "ada@example.com" });
  const customer = await browser.press(await open("/"), "Find", { id: "ada@example.com" });
  expect(customer.url).toBe(`${local.origin}/customers/${id}`);
  expect((await browser.press(customer, "Open the customer portal")).text).toContain("Billing");
  const checkout = await browser.press(customer, "Subscribe to Pro, $20.00 / month");
  expect(checkout.url).toContain("/c/pay/cs_test_");
  const { data } = await local.stripe.checkout.sessions.list();
  expect(data.map((session) => session.customer)).toEqual([id]);
});

test("a test clock is made and moved by buttons", async () => {
  await monthlyPrice(local);
  const clocks = await browser.press(await open("/test-clocks"), "Create", { name: "Ada" });
  const clock = await browser.follow(clocks, "Ada");
  const [{ id, frozen_time } = { id: "", frozen_time: 0 }] = (
    await local.stripe.testHelpers.testClocks.list()
  ).data;
  const checkout = await browser.press(clock, "Subscribe to Pro, $20.00 / month");
  await browser.post(checkout.url, card("4242 4242 4242 4242"));
  await browser.press(clock, "+ 1 day");
  await until(clock.url, "ready", `title="${frozen_time + DAY_SECONDS}"`);
  const [subscription] = (await local.stripe.subscriptions.list({ test_clock: id })).data;
  const end = subscription?.items.data[0]?.current_period_end as number;
  await browser.press(clock, "To the next renewal");
  await until(clock.url, "ready", `title="${end + 3660}"`);
  const renewed = await open(`/subscriptions/${subscription?.id}`);
  expect(renewed.text).toContain("subscription cycle");
  expect(renewed.text.match(/>paid<\/span>/g)).toHaveLength(2);
});

test("a renewal that fails is past due until it is collected", async () => {
  const session = await subscriptionSession(local);
  await confirm(local, session.id);
  let page = await browser.follow(await open("/subscriptions"), "Pro");
  await browser.press(await open("/"), "Arm insufficient_funds");
  page = await browser.press(page, "Advance the clock to its renewal");
  expect(page.text).toContain(">past due</span>");
  const [invoice] = (await local.stripe.invoices.list({ status: "open" })).data;
  const unpaid = await open(`/invoices/${invoice?.id}`);
  expect(unpaid.text).toContain("<dt>Next attempt</dt>");
  const paid = await browser.press(unpaid, "Try to collect it now");
  expect(paid.text).toContain(">paid</span>");
  expect((await browser.get(page.url)).text).toContain(">active</span>");
});

test("an endpoint is disabled, enabled, and its secret rolled", async () => {
  const endpoint = await browser.follow(await open("/webhooks"), local.receiver.url);
  const disabled = await browser.press(endpoint, "Disable");
  expect(disabled.text).toContain(">disabled</span>");
  expect((await browser.press(disabled, "Enable")).text).toContain(">enabled</span>");
  const rolled = await browser.press(endpoint, "Roll the secret");
  expect(rolled.text.match(/whsec_\w+/g)).toEqual([expect.stringMatching(/^whsec_\w{32}$/), "whsec_test"]);
  await local.stripe.customers.create({});
  await until(endpoint.url, "customer.created", ">delivered</span>");
});

test("an endpoint is added, told, and deleted", async () => {
  const refused = await browser.press(await open("/webhooks"), "Add", { url: "nowhere" });
  expect(refused.text).toContain("That cannot be done");
  const url = local.receiver.url.replace("/webhook", "/another");
  const added = await browser.press(await open("/webhooks"), "Add", { url });
  const endpoint = await browser.follow(added, url);
  await local.stripe.customers.create({});
  await until(endpoint.url, ">customer.created</a>");
  const left = await browser.press(endpoint, "Delete");
  expect(left.url).toBe(`${local.origin}/webhooks`);
  expect(left.text).not.toContain(url);
  expect((await browser.get(endpoint.url)).text).toContain(">deleted</span>");
});

test("a long list is read page by page, there and back", async () => {
  for (let number = 1; number <= 120; number++)
    await local.stripe.customers.create({ name: `No ${number}.` });
  const names = (page: Page) => [...page.text.matchAll(/>(No \d+)\.<\/a>/g)].map(([, name]) => name);
  const newest = await open("/customers");
  expect(names(newest)).toHaveLength(50);
  expect(names(newest)[0]).toBe("No 120");
  const second = await browser.follow(newest, "Older →");
  const third = await browser.follow(second, "Older →");
  expect(names(third).at(-1)).toBe("No 1");
  expect(third.text).not.toContain("Older →");
  const back = await browser.follow(await browser.follow(third, "← Newer"), "← Newer");
  expect(names(back)).toEqual(names(newest));
  expect(back.text).not.toContain("← Newer");
});

test("a filter stays while one turns the pages", async () => {
  for (let number = 1; number <= 51; number++) await local.stripe.customers.create({});
  await monthlyPrice(local);
  await local.receiver.untilType("price.created");
  const older = await browser.follow(await open("/events?type=customer.created"), "Older →");
  expect(new URL(older.url).searchParams.get("type")).toBe("customer.created");
  expect(older.text.match(/>customer\.created<\/a>/g)).toHaveLength(1);
});

test("events are found by what became of them", async () => {
  await local.control("drop?type=customer.created");
  await local.stripe.customers.create({});
  expect((await open("/events?state=dropped")).text).toContain(">customer.created</a>");
  await local.control("clear_faults");
  // More than its four attempts: what an earlier test had in flight may take some.
  local.receiver.answers = Array(20).fill(500);
  await local.stripe.products.create({ name: "Pro" });
  await until(`${local.origin}/events?state=failed`, ">product.created</a>");
  const endpoint = (await local.stripe.webhookEndpoints.list()).data[0]?.id ?? "";
  await local.stripe.webhookEndpoints.update(endpoint, { disabled: true });
  await local.stripe.customers.create({});
  const unsent = await open("/events?state=none");
  expect(unsent.text.match(/>customer\.created<\/a>/g)).toHaveLength(1);
  expect((await browser.follow(unsent, "customer.created")).text).toContain("Not sent");
});

test("an event of the past is told apart by when it happened and by what it was", async () => {
  const session = await subscriptionSession(local);
  await confirm(local, session.id);
  await local.happened();
  const [subscription] = (await local.stripe.subscriptions.list()).data;
  const page = await open(`/subscriptions/${subscription?.id}`);
  for (const type of ["customer.subscription.created", "invoice.paid", "checkout.session.completed"]) {
    expect(page.text).toContain(`>${type}</a>`);
  }
  expect(page.text).not.toContain(">customer.created</a>");
});
