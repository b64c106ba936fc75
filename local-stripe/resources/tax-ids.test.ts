import type Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { startLocalStripe } from "../test/harness";
import { allEvents } from "../test/life";
import { confirm, subscriptionSession } from "../test/shop";

/** Source of these rules: https://docs.stripe.com/billing/customer/tax-ids and the SDK's type `TaxId`. */

const local = startLocalStripe();

const customer = async (more: Stripe.CustomerCreateParams = {}) =>
  (await local.stripe.customers.create({ name: "Ada GmbH", ...more })).id;

const told = async () =>
  (await allEvents(local)).map(({ type }) => type).filter((type) => type.startsWith("customer.tax_id."));

const later = () => local.control("clock/advance?seconds=60");

describe("a customer's tax id", () => {
  test("is added, read, listed and deleted, and told of", async () => {
    const id = await customer();
    const made = await local.stripe.customers.createTaxId(id, { type: "eu_vat", value: "DE123456789" });
    expect(made).toMatchObject({
      country: "DE",
      customer: id,
      owner: { customer: id, type: "customer" },
      type: "eu_vat",
      value: "DE123456789",
      verification: { status: "pending", verified_address: null, verified_name: null },
    });
    expect(await local.stripe.customers.retrieveTaxId(id, made.id)).toEqual(made);
    expect(await local.stripe.taxIds.retrieve(made.id)).toEqual(made);
    const other = await local.stripe.taxIds.create({
      owner: { customer: id, type: "customer" },
      type: "us_ein",
      value: "12-3456789",
    });
    expect(other).toMatchObject({ country: "US", verification: { status: "unavailable" } });
    const ids = (await local.stripe.customers.listTaxIds(id)).data.map((one) => one.id);
    expect(ids).toEqual([other.id, made.id]);
    const expanded = await local.stripe.customers.retrieve(id, { expand: ["tax_ids"] });
    expect(expanded).toMatchObject({ tax_ids: { data: [{ id: made.id }, { id: other.id }] } });
    expect(await local.stripe.customers.deleteTaxId(id, made.id)).toEqual(
      expect.objectContaining({ id: made.id, object: "tax_id", deleted: true }),
    );
    expect(await told()).toEqual([
      "customer.tax_id.created",
      "customer.tax_id.created",
      "customer.tax_id.deleted",
    ]);
  });

  test.each([
    ["000000000", "verified", "Ada GmbH"],
    ["111111111", "unverified", null],
  ])("%s is %s after some seconds", async (value, status, verified_name) => {
    const id = await customer();
    const made = await local.stripe.customers.createTaxId(id, { type: "eu_vat", value: `DE${value}` });
    expect(made.verification?.status).toBe("pending");
    await later();
    expect(await local.stripe.taxIds.retrieve(made.id)).toMatchObject({
      verification: { status, verified_name },
    });
    expect(await told()).toEqual(["customer.tax_id.created", "customer.tax_id.updated"]);
  });

  test("222222222 stays pending, without its country too", async () => {
    const made = await local.stripe.customers.createTaxId(await customer(), {
      type: "gb_vat",
      value: "222222222",
    });
    await later();
    expect(await local.stripe.taxIds.retrieve(made.id)).toMatchObject({
      country: "GB",
      verification: { status: "pending" },
    });
    expect(await told()).toEqual(["customer.tax_id.created"]);
  });

  test.each([
    ["eu_vat", "US123456789"],
    ["eu_vat", "123456789"],
    ["gb_vat", "GB12345678"],
    ["au_abn", "1234567890"],
    ["us_ein", "1234"],
  ] as const)("of the type %s is never %s", async (type, value) => {
    const asked = local.stripe.customers.createTaxId(await customer(), { type, value });
    await expect(asked).rejects.toMatchObject({ code: "tax_id_invalid", param: "value" });
  });

  test("is another customer's business to nobody", async () => {
    const [mine, theirs] = [await customer(), await customer()];
    const { id } = await local.stripe.customers.createTaxId(theirs, {
      type: "eu_vat",
      value: "FR12345678901",
    });
    await expect(local.stripe.customers.retrieveTaxId(mine, id)).rejects.toMatchObject({ statusCode: 404 });
    await expect(local.stripe.customers.deleteTaxId(mine, id)).rejects.toMatchObject({ statusCode: 404 });
    await local.stripe.customers.del(theirs);
    await expect(local.stripe.taxIds.retrieve(id)).rejects.toMatchObject({ code: "resource_missing" });
  });

  test("comes with its customer, and stands on the invoices made since", async () => {
    const id = await customer({ tax_id_data: [{ type: "eu_vat", value: "ATU12345678" }] });
    const { id: draft } = await local.stripe.invoices.create({ customer: id });
    const added = await local.stripe.customers.createTaxId(id, {
      type: "ch_vat",
      value: "CHE-123.456.789 MWST",
    });
    const final = await local.stripe.invoices.finalizeInvoice(String(draft));
    const both = [
      { type: "eu_vat", value: "ATU12345678" },
      { type: "ch_vat", value: "CHE-123.456.789 MWST" },
    ];
    expect(final.customer_tax_ids).toEqual(both);
    await local.stripe.customers.deleteTaxId(id, added.id);
    expect((await local.stripe.invoices.retrieve(String(draft))).customer_tax_ids).toEqual(both);
    const wrong = customer({ tax_id_data: [{ type: "eu_vat", value: "1" }] });
    await expect(wrong).rejects.toMatchObject({ param: "tax_id_data[0][value]" });
  });

  test("is kept when Checkout collects it", async () => {
    const session = await subscriptionSession(local, { tax_id_collection: { enabled: true } });
    await confirm(local, session.id, "pm_card_visa", { business_name: "Ada GmbH", tax_id: "DE123456789" });
    const { customer: id, invoice } = await local.stripe.checkout.sessions.retrieve(session.id);
    expect((await local.stripe.customers.listTaxIds(String(id))).data).toMatchObject([
      { type: "eu_vat", value: "DE123456789" },
    ]);
    expect((await local.stripe.invoices.retrieve(String(invoice))).customer_tax_ids).toEqual([
      { type: "eu_vat", value: "DE123456789" },
    ]);
  });
});

test("the account has tax ids of its own, which nobody verifies", async () => {
  const own = await local.stripe.taxIds.create({ type: "us_ein", value: "12-3456789" });
  expect(own).toMatchObject({ customer: null, owner: { type: "self" }, verification: null });
  await local.stripe.customers.createTaxId(await customer(), { type: "eu_vat", value: "DE123456789" });
  expect((await local.stripe.taxIds.list()).data.map(({ id }) => id)).toEqual([own.id]);
  const connected = local.stripe.taxIds.list({ owner: { account: "acct_1", type: "account" } });
  await expect(connected).rejects.toMatchObject({ param: "owner[type]" });
  await local.stripe.taxIds.del(own.id);
  expect(await told()).toEqual(["customer.tax_id.created"]);
});
