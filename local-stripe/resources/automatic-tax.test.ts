import type Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { startLocalStripe } from "../test/harness";
import { allEvents } from "../test/life";
import { confirm, monthlyPrice, submitPage, subscriptionSession } from "../test/shop";

/**
 * Source of these rules: the docs under https://docs.stripe.com/tax, and the SDK's types `Tax.Registration`,
 * `Tax.Settings`, `Customer.Tax` and `Invoice.AutomaticTax`. The rates are Local Stripe's own table.
 */

const local = startLocalStripe();

const register = (
  country: string,
  type = "standard",
  more: Partial<Stripe.Tax.RegistrationCreateParams> = {},
) =>
  local.stripe.tax.registrations.create({
    active_from: "now",
    country,
    country_options: { [country.toLowerCase()]: { type } },
    ...more,
  } as Stripe.Tax.RegistrationCreateParams);

const inCalifornia = () =>
  register("US", "state_sales_tax", { country_options: { us: { state: "CA", type: "state_sales_tax" } } });

const GERMANY = { country: "DE" };
const CALIFORNIA = { country: "US", postal_code: "94107" };

async function customer(more: Partial<Stripe.CustomerCreateParams> = {}): Promise<string> {
  const card = "pm_card_visa";
  const paying = { payment_method: card, invoice_settings: { default_payment_method: card } };
  return (await local.stripe.customers.create({ ...paying, ...more })).id;
}

async function subscribe(owner: string, more: Partial<Stripe.PriceCreateParams> = {}) {
  const { id: price } = await monthlyPrice(local, more);
  const subscription = await local.stripe.subscriptions.create({
    automatic_tax: { enabled: true },
    customer: owner,
    expand: ["latest_invoice"],
    items: [{ price }],
  });
  return { subscription, invoice: subscription.latest_invoice as Stripe.Invoice };
}

const taxOf = ({ total, total_taxes: taxes }: Stripe.Invoice) => [
  total,
  taxes?.map(({ amount, tax_behavior, taxability_reason }) => [amount, tax_behavior, taxability_reason]),
];

describe("a registration", () => {
  test("is active between its dates", async () => {
    const now = Math.floor(Date.now() / 1000);
    const active = await register("DE");
    const scheduled = await register("FR", "standard", { active_from: now + 86_400 });
    expect([active.status, scheduled.status]).toEqual(["active", "scheduled"]);
    const ended = await local.stripe.tax.registrations.update(active.id, { expires_at: "now" });
    expect(ended.status).toBe("expired");
    const ids = async (status?: "active" | "all" | "expired" | "scheduled") =>
      (await local.stripe.tax.registrations.list(status ? { status } : {})).data.map(({ id }) => id);
    expect(await ids("scheduled")).toEqual([scheduled.id]);
    expect(await ids("expired")).toEqual([active.id]);
    expect(await ids("active")).toEqual([]);
    expect(await ids()).toEqual([scheduled.id, active.id]);
    await local.control("clock/advance?seconds=86400");
    expect((await local.stripe.tax.registrations.retrieve(scheduled.id)).status).toBe("active");
  });

  test("needs the options of its country and, in the US, a state", async () => {
    const wrong = register("DE", "standard", { country_options: { fr: { type: "standard" } } });
    await expect(wrong).rejects.toMatchObject({ param: "country_options[fr]" });
    const stateless = {
      us: { type: "state_sales_tax" },
    } as Stripe.Tax.RegistrationCreateParams["country_options"];
    await expect(register("US", "", { country_options: stateless })).rejects.toMatchObject({
      code: "parameter_missing",
      param: "country_options[us][state]",
    });
  });
});

test("the settings are kept, and told of", async () => {
  expect(await local.stripe.tax.settings.retrieve()).toMatchObject({ status: "active" });
  const changed = await local.stripe.tax.settings.update({
    defaults: { tax_behavior: "inclusive" },
    head_office: { address: { country: "DE" } },
  });
  expect(changed).toMatchObject({
    defaults: { provider: "stripe", tax_behavior: "inclusive", tax_code: "txcd_10000000" },
    head_office: { address: { country: "DE" } },
  });
  expect(await local.stripe.tax.settings.retrieve()).toEqual(changed);
  expect((await allEvents(local)).map(({ type }) => type)).toContain("tax.settings.updated");
});

test("a customer's address tells where they are taxed", async () => {
  await register("DE");
  const taxed = async (more: Stripe.CustomerCreateParams) =>
    ((await local.stripe.customers.retrieve(await customer(more), { expand: ["tax"] })) as Stripe.Customer)
      .tax;
  expect(await taxed({})).toMatchObject({ automatic_tax: "unrecognized_location", location: null });
  expect(await taxed({ address: GERMANY })).toMatchObject({
    automatic_tax: "supported",
    location: { country: "DE", source: "billing_address", state: null },
  });
  expect(await taxed({ address: CALIFORNIA })).toMatchObject({
    automatic_tax: "not_collecting",
    location: { country: "US", state: "CA" },
  });
  // In the US a country is not enough (docs).
  expect(await taxed({ address: { country: "US" } })).toMatchObject({
    automatic_tax: "unrecognized_location",
  });
  expect(
    await taxed({ address: CALIFORNIA, shipping: { address: { ...GERMANY, line1: "1" }, name: "Ada" } }),
  ).toMatchObject({ location: { country: "DE", source: "shipping_destination" } });
});

describe("a subscription", () => {
  test("is taxed where its customer is, as its price says", async () => {
    await register("DE");
    await inCalifornia();
    const german = await customer({ address: GERMANY });
    const included = await subscribe(german, { tax_behavior: "inclusive", unit_amount: 1190 });
    expect(taxOf(included.invoice)).toEqual([1190, [[190, "inclusive", "standard_rated"]]]);
    expect(included.invoice.automatic_tax).toMatchObject({
      enabled: true,
      liability: { type: "self" },
      provider: "stripe",
      status: "complete",
    });
    const added = await subscribe(german, { tax_behavior: "exclusive" });
    expect(taxOf(added.invoice)).toEqual([2380, [[380, "exclusive", "standard_rated"]]]);
    // By the custom of its currency a price in dollars does not include it (type).
    const californian = await subscribe(await customer({ address: CALIFORNIA }));
    expect(taxOf(californian.invoice)).toEqual([2145, [[145, "exclusive", "standard_rated"]]]);
    const id = String(californian.invoice.total_taxes?.[0]?.tax_rate_details?.tax_rate);
    expect(await local.stripe.taxRates.retrieve(id)).toMatchObject({
      active: false,
      effective_percentage: 7.25,
      jurisdiction_level: "state",
      percentage: 7.25,
      state: "CA",
    });
  });

  test("is not taxed where nothing is collected, and of nobody who is exempt", async () => {
    const french = await subscribe(await customer({ address: { country: "FR" } }));
    expect(taxOf(french.invoice)).toEqual([2000, [[0, "exclusive", "not_collecting"]]]);
    const id = String(french.invoice.total_taxes?.[0]?.tax_rate_details?.tax_rate);
    expect(await local.stripe.taxRates.retrieve(id)).toMatchObject({
      effective_percentage: 0,
      percentage: 20,
    });
    await register("DE");
    const reasonFor = async (more: Partial<Stripe.CustomerCreateParams>) =>
      (await subscribe(await customer({ address: GERMANY, ...more }))).invoice.total_taxes?.[0]
        ?.taxability_reason;
    expect(await reasonFor({ tax_exempt: "exempt" })).toBe("customer_exempt");
    expect(await reasonFor({ tax_exempt: "reverse" })).toBe("reverse_charge");
    // A business in another country of the Union than ours owes the tax itself.
    const business = { tax_id_data: [{ type: "eu_vat" as const, value: "DE123456789" }] };
    expect(await reasonFor(business)).toBe("reverse_charge");
    await local.stripe.tax.settings.update({ head_office: { address: { country: "DE" } } });
    expect(await reasonFor(business)).toBe("standard_rated");
  });

  test("of a shop in the One Stop Shop is taxed in the whole Union, and nowhere else", async () => {
    await register("IE", "oss_union");
    const french = await subscribe(await customer({ address: { country: "FR" } }));
    expect(taxOf(french.invoice)).toEqual([2400, [[400, "exclusive", "standard_rated"]]]);
    const british = await subscribe(await customer({ address: { country: "GB" } }));
    expect(taxOf(british.invoice)).toEqual([2000, [[0, "exclusive", "not_collecting"]]]);
  });

  test("follows what the control says of a place", async () => {
    await register("DE");
    await local.control("tax_rate?place=DE&percentage=16");
    const { invoice } = await subscribe(await customer({ address: GERMANY }));
    expect(taxOf(invoice)).toEqual([2320, [[320, "exclusive", "standard_rated"]]]);
    await expect(local.control("tax_rate?place=Germany&percentage=16")).rejects.toThrow("must be like DE");
    await expect(local.control("tax_rate?place=DE&percentage=101")).rejects.toThrow("from 0 to 100");
  });

  test("needs to know where its customer is, and takes no rates by hand", async () => {
    await expect(subscribe(await customer())).rejects.toMatchObject({
      code: "customer_tax_location_invalid",
    });
    const owner = await customer({ address: GERMANY });
    const { id: rate } = await local.stripe.taxRates.create({
      display_name: "VAT",
      inclusive: false,
      percentage: 7,
    });
    const { id: price } = await monthlyPrice(local);
    const both = { automatic_tax: { enabled: true }, customer: owner, items: [{ price }] };
    await expect(
      local.stripe.subscriptions.create({ ...both, default_tax_rates: [rate] }),
    ).rejects.toMatchObject({ param: "default_tax_rates" });
    await expect(
      local.stripe.subscriptions.create({ ...both, items: [{ price, tax_rates: [rate] }] }),
    ).rejects.toMatchObject({ param: "items[0][tax_rates]" });
    const { subscription } = await subscribe(owner);
    await expect(
      local.stripe.subscriptions.update(subscription.id, { default_tax_rates: [rate] }),
    ).rejects.toMatchObject({ param: "default_tax_rates" });
    const off = await local.stripe.subscriptions.update(subscription.id, {
      automatic_tax: { enabled: false },
    });
    expect(off.automatic_tax).toEqual({ disabled_reason: null, enabled: false, liability: null });
  });
});

test("an invoice without a place waits for one, and is final without tax", async () => {
  await register("DE");
  const owner = await customer();
  const draft = async () => {
    const { id } = await local.stripe.invoices.create({ automatic_tax: { enabled: true }, customer: owner });
    const lines = [{ amount: 1000, description: "Work" }];
    return local.stripe.invoices.addLines(String(id), { lines });
  };
  const waiting = await draft();
  expect(waiting).toMatchObject({ automatic_tax: { status: "requires_location_inputs" }, total: 1000 });
  expect(await local.stripe.invoices.finalizeInvoice(String(waiting.id))).toMatchObject({
    automatic_tax: { disabled_reason: "finalization_requires_location_inputs", enabled: false },
    total: 1000,
  });
  const later = await draft();
  await local.stripe.customers.update(owner, { address: GERMANY });
  const final = await local.stripe.invoices.finalizeInvoice(String(later.id));
  expect(final).toMatchObject({ automatic_tax: { status: "complete" }, total: 1190 });
});

describe("Checkout", () => {
  const session = (more = {}) => subscriptionSession(local, { automatic_tax: { enabled: true }, ...more });

  const cardOf = async (address: Stripe.AddressParam) =>
    (
      await local.stripe.paymentMethods.create({
        billing_details: { address },
        card: { token: "tok_visa" },
        type: "card",
      })
    ).id;

  test("taxes by the address that its customer types", async () => {
    await register("DE");
    const open = await session();
    expect(open).toMatchObject({
      amount_total: 2000,
      automatic_tax: { enabled: true, provider: "stripe", status: "requires_location_inputs" },
    });
    await confirm(local, open.id, await cardOf(GERMANY));
    const done = await local.stripe.checkout.sessions.retrieve(open.id);
    expect(done).toMatchObject({
      amount_total: 2380,
      automatic_tax: { status: "complete" },
      total_details: { amount_tax: 380 },
    });
    expect(await local.stripe.invoices.retrieve(String(done.invoice))).toMatchObject({
      amount_paid: 2380,
      automatic_tax: { status: "complete" },
    });
    const sold = await local.stripe.subscriptions.retrieve(String(done.subscription));
    expect(sold.automatic_tax).toMatchObject({ enabled: true, liability: { type: "self" } });
  });

  test("knows at once where an existing customer is, or asks the shop to let it be typed", async () => {
    await inCalifornia();
    const known = await session({
      customer: await customer({ address: CALIFORNIA }),
      customer_email: undefined,
    });
    expect(known).toMatchObject({ amount_total: 2145, automatic_tax: { status: "complete" } });
    const unknown = { customer: await customer(), customer_email: undefined };
    await expect(session(unknown)).rejects.toMatchObject({ code: "customer_tax_location_invalid" });
    const typed = await session({ ...unknown, customer_update: { address: "auto" } });
    await confirm(local, typed.id, await cardOf(CALIFORNIA));
    expect(await local.stripe.checkout.sessions.retrieve(typed.id)).toMatchObject({ amount_total: 2145 });
  });

  test("charges nobody whom it cannot place", async () => {
    const { id } = await session();
    await expect(confirm(local, id)).rejects.toMatchObject({ code: "customer_tax_location_invalid" });
    expect((await local.stripe.checkout.sessions.retrieve(id)).status).toBe("open");
  });

  test("shows the new total before its page takes the money", async () => {
    await inCalifornia();
    const { id, url } = await session();
    const first = await submitPage(String(url));
    const page = await first.text();
    expect(page).toContain("The tax of your address changes the total.");
    expect(page).toMatch(/<dt>Sales Tax CA 7\.25%<\/dt>\s*<dd>\$1\.45<\/dd>/);
    expect((await local.stripe.checkout.sessions.retrieve(id)).status).toBe("open");
    expect((await submitPage(String(url))).status).toBe(303);
    expect(await local.stripe.checkout.sessions.retrieve(id)).toMatchObject({
      amount_total: 2145,
      status: "complete",
    });
  });
});
