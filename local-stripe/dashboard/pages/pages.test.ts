import { expect, test } from "vitest";
import { Browser } from "../../test/browser";
import { startLocalStripe } from "../../test/harness";
import { callMeter } from "../../test/metering";
import { monthlyPrice } from "../../test/shop";

/** Every page as it is, not as it is used: whole, within its frame, and closed to what others wrote. */

const local = startLocalStripe();
const browser = new Browser();

const SECTIONS = [
  "/",
  "/events",
  "/logs",
  "/faults",
  "/customers",
  "/subscriptions",
  "/payments",
  "/invoices",
  "/products",
  "/coupons",
  "/taxes",
  "/meters",
  "/webhooks",
  "/test-clocks",
];

const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found]) => found ?? "");
const linksOn = (text: string) => all(text, /<a [^>]*href="([^"]*)"/g);

/** A reader without eyes, and a browser without scripts, depend on this. */
function expectWhole(path: string, text: string): void {
  const ids = all(text, /\sid="([^"]*)"/g);
  expect(new Set(ids).size, `${path}: ids are unique`).toBe(ids.length);
  expect(all(text, /<(h1)[ >]/g), `${path}: one h1`).toHaveLength(1);
  expect(text, path).not.toMatch(/<script|\son\w+=|\sstyle=/);
  expect(
    all(text, /<th(?![^>]*scope=)([^>]*)>/g).filter((rest) => !rest.startsWith("ead")),
    path,
  ).toEqual([]);
  const labelled = new Set(all(text, /<label[^>]* for="([^"]*)"/g));
  const fields = all(text, /<(?:input|select)(?![^>]*type="hidden")[^>]* id="([^"]*)"/g);
  expect(
    fields.filter((id) => !labelled.has(id)),
    `${path}: fields have labels`,
  ).toEqual([]);
  expect(all(text, /<button[^>]*>(\s*)<\/button>/g), `${path}: buttons have names`).toEqual([]);
}

/** Something of every kind that pages show. */
async function everything(): Promise<void> {
  await local.control("seed");
  await local.control("test_clock/create?name=Clock");
  await callMeter(local);
  const charge = (await local.stripe.charges.list()).data.find((one) => one.paid && !one.disputed);
  await local.control(`refund?charge=${charge?.id}&amount=100`);
  await credited();
  await taxed();
  await local.control("fail_next_payment");
  await local.control("hold?type=customer.updated");
  const { id } = await local.stripe.customers.create({ name: "Gone" });
  await local.stripe.customers.del(id);
  await local.happened();
}

/** A customer whose balance has moved, and an invoice with a credit note. */
async function credited(): Promise<{ customer: string; invoice: string }> {
  const { stripe } = local;
  const customer = (await stripe.customers.create({ balance: -150, name: "Grace" })).id;
  const invoice = String((await stripe.invoices.create({ customer })).id);
  await stripe.invoices.addLines(invoice, { lines: [{ amount: 900, description: "Support" }] });
  await stripe.invoices.finalizeInvoice(invoice);
  await stripe.creditNotes.create({ invoice, amount: 250 });
  return { customer, invoice };
}

/** An invoice of a line that is taxed twice, of a business, and a place where tax is collected. */
async function taxed(): Promise<{ customer: string; invoice: string }> {
  const { stripe } = local;
  const tax_id_data = [{ type: "eu_vat" as const, value: "DE123456789" }];
  const customer = (await stripe.customers.create({ name: "Ada GmbH", tax_id_data })).id;
  const country_options = { us: { state: "CA", type: "state_sales_tax" as const } };
  await stripe.tax.registrations.create({ active_from: "now", country: "US", country_options });
  const rate = async (percentage: number, display_name: string) =>
    (await stripe.taxRates.create({ display_name, inclusive: false, percentage })).id;
  const tax_rates = [await rate(5, "GST"), await rate(9.975, "QST")];
  const invoice = String((await stripe.invoices.create({ customer })).id);
  await stripe.invoices.addLines(invoice, { lines: [{ amount: 2000, description: "Work", tax_rates }] });
  await stripe.invoices.finalizeInvoice(invoice);
  return { customer, invoice };
}

test("taxes are listed, and an invoice's page says which are on each line", async () => {
  const { customer, invoice } = await taxed();
  const { text: taxes } = await browser.get(`${local.origin}/taxes`);
  expect(taxes).toMatch(/QST<\/a>[\s\S]*9\.975/);
  expect(taxes).toContain("US-CA 7.25");
  const { text: shown } = await browser.get(`${local.origin}/invoices/${invoice}`);
  // 5 % and 9.975 % of 2,000 are 100 and 199.5.
  expect(shown).toContain("GST 5%: $1.00, QST 9.975%: $2.00");
  expect(shown).toMatch(/<dt>Total<\/dt><dd>[^/]*23\.00/);
  expect((await browser.get(`${local.origin}/customers/${customer}`)).text).toContain("DE123456789");
});

test("a customer's page says why the balance moved, an invoice's what was credited", async () => {
  const { customer, invoice } = await credited();
  const { text: moved } = await browser.get(`${local.origin}/customers/${customer}`);
  expect(moved).toContain("applied to invoice");
  const { number } = (await local.stripe.creditNotes.list({ invoice })).data[0] ?? {};
  const { text: shown } = await browser.get(`${local.origin}/invoices/${invoice}`);
  expect(shown).toContain(`>${number}</a>`);
  expect(shown).toMatch(/Credit notes<\/dt><dd><span class="money">-\$2\.50/);
});

test("a customer's page says which features they are entitled to", async () => {
  const { entitlements, products, subscriptions } = local.stripe;
  const { id: customer } = await local.stripe.customers.create({ source: "tok_visa" });
  const { id: price, product } = await monthlyPrice(local);
  const { id } = await entitlements.features.create({ lookup_key: "reports", name: "Weekly reports" });
  await products.createFeature(String(product), { entitlement_feature: id });
  await subscriptions.create({ customer, items: [{ price }] });
  const { text } = await browser.get(`${local.origin}/customers/${customer}`);
  expect(text).toContain("<dt>Entitled to</dt><dd>Weekly reports</dd>");
});

test("in an empty Stripe every page says how it comes to be filled", async () => {
  for (const path of SECTIONS) {
    const page = await browser.get(local.origin + path);
    expect(page.status, path).toBe(200);
    expectWhole(path, page.text);
    expect(page.text).toMatch(new RegExp(`<a href="${path}" aria-current="page">`));
  }
});

test("every link leads somewhere", async () => {
  await everything();
  const seen = new Set<string>(["/"]);
  const kinds = new Map<string, number>();
  for (const path of seen) {
    const answer = await fetch(local.origin + path);
    expect(answer.status, path).toBe(200);
    if (!answer.headers.get("Content-Type")?.includes("html")) continue;
    const text = await answer.text();
    if (!text.includes('href="/assets/dashboard.css"')) continue;
    expectWhole(path, text);
    const kind = path.split(/[/?]/)[1] ?? "";
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    for (const link of linksOn(text)) {
      const url = new URL(link.replaceAll("&amp;", "&"), local.origin + path);
      if (url.origin === local.origin) seen.add(url.pathname + url.search);
    }
  }
  const visited = [...kinds.keys()].sort();
  const sections = SECTIONS.map((path) => path.slice(1));
  expect(visited).toEqual([...sections, "objects"].sort());
  // Of each kind there is its list, and at least one of the listed.
  for (const [kind, pages] of kinds) {
    if (!["", "faults", "coupons", "taxes"].includes(kind)) expect(pages, kind).toBeGreaterThan(1);
  }
});

test("what somebody else wrote stays text", async () => {
  const script = `<script>alert(1)</script>"'&`;
  const shown = "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;";
  const customer = await local.stripe.customers.create({
    name: script,
    email: `${script}@example.com`,
    metadata: { [script.slice(0, 30)]: script },
  });
  const product = await local.stripe.products.create({ name: script, description: script });
  await local.control(`test_clock/create?name=${encodeURIComponent(script)}`);
  await local.control(`drop?type=${encodeURIComponent(script)}`);
  const [event] = (await local.stripe.events.list({ type: "customer.created" })).data;
  for (const path of [
    "/customers",
    `/customers/${customer.id}`,
    "/products",
    `/products/${product.id}`,
    "/test-clocks",
    "/faults",
    `/events/${event?.id}`,
    `/customers/${encodeURIComponent(script)}`,
    `/find?id=${encodeURIComponent(script)}`,
    `/events?type=${encodeURIComponent(script)}&starting_after=${encodeURIComponent(script)}`,
    `/subscriptions?status=${encodeURIComponent(script)}`,
  ]) {
    const text = await (await fetch(local.origin + path)).text();
    expect(text, path).not.toContain("<script");
    expect(text, path).toContain(shown.slice(0, 30));
  }
});

test("an id that is unknown, and one that was deleted, have a page in the same frame", async () => {
  const nowhere = [
    "/nowhere",
    "/customers/cus_nobody",
    "/events/evt_none",
    "/objects/x",
    "/find?id=cus_nobody",
  ];
  for (const path of nowhere) {
    const page = await browser.get(local.origin + path);
    expect(page.status, path).toBe(404);
    expect(page.text).toContain('<nav class="navigation"');
    expectWhole(path, page.text);
  }
  const { id } = await local.stripe.customers.create({ name: "Gone" });
  await local.stripe.customers.del(id);
  const page = await browser.get(`${local.origin}/customers/${id}`);
  expect(page.status).toBe(200);
  for (const part of [">deleted</span>", ">customer.deleted</a>", ">customer.created</a>"]) {
    expect(page.text).toContain(part);
  }
});

test("nothing comes from elsewhere, nobody frames it, and its forms go nowhere else", async () => {
  const { headers } = await fetch(local.origin);
  const policy = headers.get("Content-Security-Policy");
  for (const part of ["default-src 'none'", "frame-ancestors 'none'", `form-action 'self' ${local.origin}`]) {
    expect(policy).toContain(part);
  }
  expect(policy).not.toContain("script-src");
  expect(headers.get("X-Frame-Options")).toBe("DENY");
  const styles = await fetch(`${local.origin}/assets/dashboard.css`);
  expect(styles.headers.get("Content-Type")).toBe("text/css; charset=utf-8");
  expect(await styles.text()).not.toMatch(/url\(|@import/);
});
