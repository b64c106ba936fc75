import type Stripe from "stripe";
import { beforeEach, describe, expect, test } from "vitest";
import { startLocalStripe } from "../test/harness";
import { monthlyPrice } from "../test/shop";

/** https://docs.stripe.com/billing/entitlements, the SDK's types, and what `billing/entitlements/grants.ts` names. */

const local = startLocalStripe();

const SUMMARY = "entitlements.active_entitlement_summary.updated";
const MONTH = 31 * 86_400;

const feature = (lookup_key: string) =>
  local.stripe.entitlements.features.create({ lookup_key, name: `The ${lookup_key}` });

const attach = (product: unknown, { id }: Stripe.Entitlements.Feature) =>
  local.stripe.products.createFeature(String(product), { entitlement_feature: id });

let customer = "";

beforeEach(async () => {
  customer = (await local.stripe.customers.create({ source: "tok_visa" })).id;
});

/** A monthly price of a product with these features. */
async function priceWith(...given: readonly Stripe.Entitlements.Feature[]) {
  const price = await monthlyPrice(local);
  for (const one of given) await attach(price.product, one);
  return price;
}

const subscribe = ({ id }: Stripe.Price, more: Partial<Stripe.SubscriptionCreateParams> = {}) =>
  local.stripe.subscriptions.create({ customer, items: [{ price: id }], ...more });

const held = async (of = customer) => {
  const list = await local.stripe.entitlements.activeEntitlements.list({ customer: of });
  return list.data.map(({ lookup_key }) => lookup_key).sort();
};

const keysIn = (entitlements: unknown) =>
  ((entitlements as { data: Stripe.Entitlements.ActiveEntitlement[] } | undefined)?.data ?? []).map(
    ({ lookup_key }) => lookup_key,
  );

/** By event: what the customer had, and has. */
async function told() {
  const { data } = await local.stripe.events.list({ type: SUMMARY });
  return data
    .reverse()
    .map(({ data: { object, previous_attributes } }) => [
      keysIn((previous_attributes as { entitlements?: unknown } | undefined)?.entitlements),
      keysIn((object as Stripe.Entitlements.ActiveEntitlementSummary).entitlements),
    ]);
}

describe("features", () => {
  test("are made, changed, found by their key and archived for good", async () => {
    const made = await feature("api");
    expect(made).toMatchObject({ object: "entitlements.feature", active: true, name: "The api" });
    expect(made.id).toMatch(/^feat_test_/);
    const { features } = local.stripe.entitlements;
    const other = await feature("sso");
    expect(await features.update(made.id, { name: "API", metadata: { tier: "2" } })).toMatchObject({
      lookup_key: "api",
      name: "API",
      metadata: { tier: "2" },
    });
    const ids = async (params: Stripe.Entitlements.FeatureListParams) =>
      (await features.list(params)).data.map(({ id }) => id);
    expect(await ids({ lookup_key: "sso" })).toEqual([other.id]);
    await features.update(made.id, { active: false });
    expect(await ids({ archived: true })).toEqual([made.id]);
    expect(await ids({ archived: false })).toEqual([other.id]);
    expect(await ids({})).toEqual([other.id, made.id]);
    await expect(features.update(made.id, { active: true })).rejects.toMatchObject({ statusCode: 400 });
  });

  test("have a key of their own, which is free again once they are archived", async () => {
    const { id } = await feature("api");
    await expect(feature("api")).rejects.toMatchObject({ statusCode: 400, param: "lookup_key" });
    await local.stripe.entitlements.features.update(id, { active: false });
    expect((await feature("api")).id).not.toBe(id);
  });

  test.each([
    [{ name: "No key" }, "lookup_key"],
    [{ lookup_key: "no-name" }, "name"],
    [{ lookup_key: "k".repeat(81), name: "Long" }, "lookup_key"],
    [{ lookup_key: "k", name: "n".repeat(81) }, "name"],
  ])("%o is refused", async (given, param) => {
    const create = local.stripe.entitlements.features.create(given as never);
    await expect(create).rejects.toMatchObject({ statusCode: 400, param });
  });

  test("belong to products", async () => {
    const { product } = await monthlyPrice(local);
    const api = await feature("api");
    const attached = await attach(product, api);
    expect(attached).toMatchObject({ object: "product_feature", entitlement_feature: api, livemode: false });
    const { products } = local.stripe;
    expect((await products.listFeatures(String(product))).data).toEqual([attached]);
    expect(await products.retrieveFeature(String(product), attached.id)).toEqual(
      expect.objectContaining({ ...attached }),
    );
    await expect(attach(product, api)).rejects.toMatchObject({ statusCode: 400 });
    const another = (await monthlyPrice(local)).product;
    await expect(products.retrieveFeature(String(another), attached.id)).rejects.toMatchObject({
      statusCode: 404,
    });
    expect(await products.deleteFeature(String(product), attached.id)).toMatchObject({ deleted: true });
    expect((await products.listFeatures(String(product))).data).toEqual([]);
  });

  test("that are archived, or not there, are attached to none", async () => {
    const { product } = await monthlyPrice(local);
    const gone = await feature("gone");
    await local.stripe.entitlements.features.update(gone.id, { active: false });
    for (const wrong of [gone, { ...gone, id: "feat_1" }]) {
      await expect(attach(product, wrong)).rejects.toMatchObject({
        statusCode: 400,
        param: "entitlement_feature",
      });
    }
  });
});

describe("entitlements", () => {
  test("begin and end with a subscription, and an event says what there was before", async () => {
    const { id } = await subscribe(await priceWith(await feature("api"), await feature("sso")));
    expect(await held()).toEqual(["api", "sso"]);
    await local.stripe.subscriptions.cancel(id);
    expect(await held()).toEqual([]);
    expect(await told()).toEqual([
      [[], ["api", "sso"]],
      [["api", "sso"], []],
    ]);
    const [last] = (await local.stripe.events.list({ type: SUMMARY })).data;
    expect(last?.data.object).toMatchObject({
      object: "entitlements.active_entitlement_summary",
      customer,
      livemode: false,
      entitlements: { object: "list", has_more: false },
    });
  });

  test("can be read one by one, with their feature", async () => {
    const api = await feature("api");
    await subscribe(await priceWith(api));
    const { activeEntitlements } = local.stripe.entitlements;
    const [one] = (await activeEntitlements.list({ customer })).data;
    expect(one).toMatchObject({ object: "entitlements.active_entitlement", feature: api.id });
    const whole = await activeEntitlements.retrieve(String(one?.id), { expand: ["feature"] });
    expect(whole.feature).toEqual(api);
    await expect(activeEntitlements.list({ customer: "cus_1" })).rejects.toMatchObject({ statusCode: 400 });
  });

  test("that two subscriptions give are one, and stay until the second ends", async () => {
    const api = await feature("api");
    const first = await subscribe(await priceWith(api));
    const second = await subscribe(await priceWith(api));
    expect(await held()).toEqual(["api"]);
    await local.stripe.subscriptions.cancel(first.id);
    expect(await held()).toEqual(["api"]);
    await local.stripe.subscriptions.cancel(second.id);
    expect(await told()).toEqual([
      [[], ["api"]],
      [["api"], []],
    ]);
  });

  test("follow the price", async () => {
    const [api, sso, audit] = [await feature("api"), await feature("sso"), await feature("audit")];
    const { id, items } = await subscribe(await priceWith(api, sso));
    const other = await priceWith(sso, audit);
    await local.stripe.subscriptions.update(id, { items: [{ id: items.data[0]?.id, price: other.id }] });
    expect(await held()).toEqual(["audit", "sso"]);
    expect(await told()).toEqual([
      [[], ["api", "sso"]],
      [
        ["api", "sso"],
        ["sso", "audit"],
      ],
    ]);
  });

  test("that a product gains or loses come with the next period", async () => {
    const price = await priceWith();
    await subscribe(price);
    const attached = await attach(price.product, await feature("late"));
    await local.stripe.customers.update(customer, { name: "Ada" });
    expect(await held()).toEqual([]);
    await local.control(`clock/advance?seconds=${MONTH}`);
    expect(await held()).toEqual(["late"]);
    await local.stripe.products.deleteFeature(String(price.product), attached.id);
    expect(await held()).toEqual(["late"]);
    await local.control(`clock/advance?seconds=${MONTH}`);
    expect(await held()).toEqual([]);
  });

  test("are there in a trial and in a pause, and not before the first payment", async () => {
    const price = await priceWith(await feature("api"));
    const trial_settings = { end_behavior: { missing_payment_method: "pause" as const } };
    customer = (await local.stripe.customers.create({})).id;
    const { id } = await subscribe(price, { trial_period_days: 3, trial_settings });
    expect(await held()).toEqual(["api"]);
    await local.control(`clock/advance?seconds=${4 * 86_400}`);
    expect((await local.stripe.subscriptions.retrieve(id)).status).toBe("paused");
    expect(await held()).toEqual(["api"]);
    customer = (await local.stripe.customers.create({})).id;
    expect((await subscribe(price, { payment_behavior: "default_incomplete" })).status).toBe("incomplete");
    expect(await held()).toEqual([]);
  });

  test("stay while Stripe tries to collect, and end when it has given up", async () => {
    await subscribe(await priceWith(await feature("api")));
    await local.control("switch?name=afterRetries&value=unpaid");
    const card = await local.stripe.paymentMethods.attach("pm_card_chargeCustomerFail", { customer });
    await local.stripe.customers.update(customer, { invoice_settings: { default_payment_method: card.id } });
    await local.control(`clock/advance?seconds=${MONTH + 86_400}`);
    const status = async () => (await local.stripe.subscriptions.list({ customer })).data[0]?.status;
    expect(await status()).toBe("past_due");
    expect(await held()).toEqual(["api"]);
    await local.control(`clock/advance?seconds=${20 * 86_400}`);
    expect(await status()).toBe("unpaid");
    expect(await held()).toEqual([]);
  });

  test("live by the customer's test clock", async () => {
    const clock = await local.stripe.testHelpers.testClocks.create({ frozen_time: 1_800_000_000 });
    customer = (await local.stripe.customers.create({ source: "tok_visa", test_clock: clock.id })).id;
    const price = await priceWith(await feature("api"));
    await subscribe(price);
    const [event] = (await local.stripe.events.list({ type: SUMMARY })).data;
    expect(event?.created).toBe(1_800_000_000);
    await attach(price.product, await feature("sso"));
    await local.stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: 1_800_000_000 + MONTH });
    expect(await held()).toEqual(["api", "sso"]);
  });

  test("are gone with their customer, who hears of it once", async () => {
    await subscribe(await priceWith(await feature("api")));
    await local.stripe.customers.del(customer);
    expect(await told()).toEqual([
      [[], ["api"]],
      [["api"], []],
    ]);
  });

  test("a preview gives none", async () => {
    const price = await priceWith(await feature("api"));
    await local.stripe.invoices.createPreview({
      customer,
      subscription_details: { items: [{ price: price.id }] },
    });
    expect(await held()).toEqual([]);
    expect(await told()).toEqual([]);
  });
});
