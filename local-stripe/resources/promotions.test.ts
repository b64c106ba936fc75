import type Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { startLocalStripe } from "../test/harness";
import { monthlyPrice } from "../test/shop";

const local = startLocalStripe();

const seconds = (days: number) => Math.floor(Date.now() / 1000) + days * 86_400;
const coupon = (more: Stripe.CouponCreateParams = { percent_off: 25 }) => local.stripe.coupons.create(more);

async function promotionCode(more: Partial<Stripe.PromotionCodeCreateParams> = {}) {
  const { id } = await coupon();
  return local.stripe.promotionCodes.create({ promotion: { type: "coupon", coupon: id }, ...more });
}

const types = async () => (await local.happened()).map((event) => event.type);

describe("coupons", () => {
  test("a percentage needs nothing more", async () => {
    const made = await coupon({ percent_off: 12.5, currency: "usd" });
    expect(made).toMatchObject({
      object: "coupon",
      amount_off: null,
      currency: null,
      duration: "once",
      percent_off: 12.5,
      times_redeemed: 0,
      valid: true,
    });
    expect(made.id).toMatch(/^\w{8}$/);
    expect(await types()).toEqual(["coupon.created"]);
  });

  test("name and metadata can be changed, the terms cannot", async () => {
    const { id } = await coupon({ id: "SPRING", amount_off: 500, currency: "EUR", name: "Spring" });
    const changed = await local.stripe.coupons.update(id, { name: "Summer", metadata: { season: "2" } });
    expect(changed).toMatchObject({
      amount_off: 500,
      currency: "eur",
      name: "Summer",
      metadata: { season: "2" },
    });
    await expect(local.stripe.coupons.update(id, { percent_off: 5 } as never)).rejects.toMatchObject({
      code: "parameter_unknown",
    });
    expect(await types()).toEqual(["coupon.created", "coupon.updated"]);
  });

  test("its products show when they are asked for", async () => {
    const { product } = await monthlyPrice(local);
    const { id } = await coupon({ percent_off: 5, applies_to: { products: [String(product)] } });
    expect(await local.stripe.coupons.retrieve(id)).not.toHaveProperty("applies_to");
    const shown = await local.stripe.coupons.retrieve(id, { expand: ["applies_to"] });
    expect(shown.applies_to).toEqual({ products: [product] });
  });

  test("a deleted coupon is gone, its codes no longer work, and its id is free again", async () => {
    const code = await promotionCode();
    const id = String(code.promotion.coupon);
    expect(await local.stripe.coupons.del(id)).toEqual(expect.objectContaining({ id, deleted: true }));
    await expect(local.stripe.coupons.retrieve(id)).rejects.toMatchObject({
      statusCode: 404,
      message: `No such coupon: '${id}'`,
    });
    expect((await local.stripe.promotionCodes.retrieve(code.id)).active).toBe(false);
    expect(await coupon({ id, percent_off: 5 })).toMatchObject({ id });
    const events = await types();
    expect(events.slice(2)).toEqual(["promotion_code.updated", "coupon.deleted", "coupon.created"]);
  });

  test("after its last second it is no longer valid, nor are its codes", async () => {
    const made = await coupon({ percent_off: 5, redeem_by: seconds(2) });
    const code = await local.stripe.promotionCodes.create({ promotion: { type: "coupon", coupon: made.id } });
    await local.control(`clock/advance?seconds=${2 * 86_400 + 1}`);
    expect((await local.stripe.coupons.retrieve(made.id)).valid).toBe(false);
    expect((await local.stripe.promotionCodes.retrieve(code.id)).active).toBe(false);
  });

  test.each<[string, object, object]>([
    ["nothing to take off", {}, { code: "parameter_missing", param: undefined }],
    [
      "two things at once",
      { percent_off: 5, amount_off: 5, currency: "usd" },
      { code: undefined, param: undefined },
    ],
    ["an amount of no currency", { amount_off: 5 }, { code: undefined, param: "currency" }],
    ["an amount of nothing", { amount_off: 0, currency: "usd" }, { code: "parameter_invalid_integer" }],
    ["no percent", { percent_off: 0 }, { param: "percent_off" }],
    ["more than all", { percent_off: 100.5 }, { param: "percent_off" }],
    ["an unknown duration", { percent_off: 5, duration: "monthly" }, { param: "duration" }],
    [
      "a repetition without months",
      { percent_off: 5, duration: "repeating" },
      { code: undefined, param: "duration" },
    ],
    ["months without repetition", { percent_off: 5, duration_in_months: 3 }, { param: "duration_in_months" }],
    ["an end in the past", { percent_off: 5, redeem_by: 1 }, { param: "redeem_by" }],
    ["an end too far away", { percent_off: 5, redeem_by: seconds(2000) }, { param: "redeem_by" }],
    ["an id that no URL takes", { percent_off: 5, id: "a/b" }, { param: "id" }],
    [
      "products that are not there",
      { percent_off: 5, applies_to: { products: ["prod_x"] } },
      { code: "resource_missing", message: "No such product: 'prod_x'" },
    ],
  ])("refuse %s", async (_, given, error) => {
    await expect(coupon(given)).rejects.toMatchObject({ statusCode: 400, ...error });
    expect(await types()).toEqual([]);
  });

  test("refuse an id that is in use", async () => {
    await coupon({ id: "FALL", percent_off: 5 });
    await expect(coupon({ id: "FALL", percent_off: 5 })).rejects.toMatchObject({
      statusCode: 400,
      code: "resource_already_exists",
      message: "Coupon already exists.",
    });
  });
});

describe("promotion codes", () => {
  test("get a code when none is given", async () => {
    const made = await promotionCode();
    expect(made.code).toMatch(/^[A-Z2-9]{8}$/);
    expect(made).toMatchObject({
      active: true,
      promotion: { type: "coupon", coupon: expect.any(String) },
      restrictions: { first_time_transaction: false, minimum_amount: null, minimum_amount_currency: null },
    });
    const shown = await local.stripe.promotionCodes.retrieve(made.id, { expand: ["promotion.coupon"] });
    expect(shown.promotion.coupon).toMatchObject({ object: "coupon", percent_off: 25 });
    expect(await types()).toEqual(["coupon.created", "promotion_code.created"]);
  });

  test("are found by code regardless of case, by coupon, customer and whether they work", async () => {
    const { id: customer } = await local.stripe.customers.create();
    const mine = await promotionCode({ code: "Mine", customer });
    const open = await promotionCode({ code: "OPEN", active: false });
    const ids = async (query: Stripe.PromotionCodeListParams) =>
      (await local.stripe.promotionCodes.list(query)).data.map((code) => code.id);
    expect(await ids({ code: "mINE" })).toEqual([mine.id]);
    expect(await ids({ customer })).toEqual([mine.id]);
    expect(await ids({ coupon: String(open.promotion.coupon) })).toEqual([open.id]);
    expect(await ids({ active: true })).toEqual([mine.id]);
    expect(await ids({})).toEqual([open.id, mine.id]);
  });

  test("are unique among those that work; a code that is switched off leaves its name to others", async () => {
    const first = await promotionCode({ code: "SAVE20" });
    await expect(promotionCode({ code: "save20" })).rejects.toMatchObject({
      statusCode: 400,
      message: "An active promotion code with `code: save20` already exists.",
    });
    await local.stripe.promotionCodes.update(first.id, { active: false });
    await promotionCode({ code: "save20" });
    const again = local.stripe.promotionCodes.update(first.id, { active: true });
    await expect(again).rejects.toMatchObject({
      message: expect.stringMatching(/`code: SAVE20` already exists/),
    });
  });

  test("may be the same for different customers", async () => {
    const [a, b] = [await local.stripe.customers.create(), await local.stripe.customers.create()];
    await promotionCode({ code: "YOURS", customer: a.id });
    expect(await promotionCode({ code: "YOURS", customer: b.id })).toMatchObject({ active: true });
    await expect(promotionCode({ code: "YOURS", customer: b.id })).rejects.toMatchObject({
      message: expect.stringMatching(/`code: YOURS` already exists/),
    });
  });

  test("end with their last second and cannot be revived", async () => {
    const { id } = await promotionCode({ expires_at: seconds(1) });
    await local.control(`clock/advance?seconds=${86_400 + 1}`);
    expect((await local.stripe.promotionCodes.retrieve(id)).active).toBe(false);
    await expect(local.stripe.promotionCodes.update(id, { active: true })).rejects.toMatchObject({
      param: "active",
    });
    expect(await types()).toContain("promotion_code.updated");
  });

  test.each<[string, (coupon: string) => object, object]>([
    ["no promotion", () => ({ promotion: undefined }), { code: "parameter_missing", param: "promotion" }],
    [
      "the coupon where it used to be",
      (id) => ({ coupon: id }),
      { code: "parameter_unknown", message: "Received unknown parameter: coupon" },
    ],
    [
      "a promotion of nothing",
      () => ({ promotion: { type: "coupon" } }),
      { code: undefined, param: "promotion.coupon" },
    ],
    [
      "a coupon that is not there",
      () => ({ promotion: { type: "coupon", coupon: "x" } }),
      { code: "resource_missing", message: "No such coupon: 'x'", param: "promotion[coupon]" },
    ],
    ["a code with spaces", () => ({ code: "two words" }), { param: "code" }],
    ["an end in the past", () => ({ expires_at: 1 }), { param: "expires_at" }],
    ["an end after the coupon's", () => ({ expires_at: seconds(9) }), { param: "expires_at" }],
    ["more uses than the coupon has", () => ({ max_redemptions: 9 }), { param: "max_redemptions" }],
    ["a customer who is not there", () => ({ customer: "cus_x" }), { code: "resource_missing" }],
    [
      "a minimum of no currency",
      () => ({ restrictions: { minimum_amount: 500 } }),
      { code: "parameter_missing", param: "restrictions[minimum_amount_currency]" },
    ],
  ])("refuse %s", async (_, given, error) => {
    const { id } = await coupon({ percent_off: 5, max_redemptions: 3, redeem_by: seconds(7) });
    const params = { promotion: { type: "coupon", coupon: id }, ...given(id) };
    const attempt = local.stripe.promotionCodes.create(params as Stripe.PromotionCodeCreateParams);
    await expect(attempt).rejects.toMatchObject({ statusCode: 400, ...error });
    expect(await types()).toEqual(["coupon.created"]);
  });

  test("cannot be made to point elsewhere", async () => {
    const { id } = await promotionCode();
    await expect(local.stripe.promotionCodes.update(id, { code: "NEW" } as never)).rejects.toMatchObject({
      code: "parameter_unknown",
    });
  });
});
