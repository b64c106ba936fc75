import { describe, expect, test } from "vitest";
import { ask, errorIn } from "../test/ask";
import { startLocalStripe } from "../test/harness";

/** REAL_STRIPE.md, "Catalog, coupons", all but metered, tiered and other shapes of prices; one row is one test. */

const local = startLocalStripe();

const make = async (path: string, form: string) => (await ask(local, `POST /v1/${path}`, form)).body;
const last = async (type: string) => (await ask(local, "GET /v1/events", `type=${type}`)).body.data[0];

describe("recorded of products and prices", () => {
  test("deleted product is gone: status, code, param, message", async () => {
    const { id } = await make("products", "name=Pro");
    await ask(local, `DELETE /v1/products/${id}`);
    expect(errorIn(await ask(local, `GET /v1/products/${id}`))).toEqual({
      status: 404,
      type: "invalid_request_error",
      code: "resource_missing",
      message: `No such product: '${id}'`,
      param: "id",
    });
    const { object } = (await last("product.deleted")).data;
    expect([object.name, object.active]).toEqual(["Pro", false]);
  });

  test("tax_code echoes in tax_details", async () => {
    const { id, ...made } = await make("products", "name=Pro&tax_code=txcd_10103000");
    expect([made.tax_code, made.tax_details]).toEqual([
      "txcd_10103000",
      { performance_location: null, tax_code: "txcd_10103000" },
    ]);
    expect((await make(`products/${id}`, "name=Max")).tax_details.tax_code).toBe("txcd_10103000");
    expect((await make(`products/${id}`, "tax_code=txcd_20030000")).tax_details.tax_code).toBe(
      "txcd_20030000",
    );
    expect((await make(`products/${id}`, "tax_code=")).tax_details).toBeNull();
    expect((await make("products", "name=Free")).tax_details).toBeNull();
  });

  test("products?url filter", async () => {
    const { id } = await make("products", "name=Pro&url=http://127.0.0.1/pro");
    await make("products", "name=Max&url=http://127.0.0.1/max");
    const found = await ask(local, "GET /v1/products", "url=http://127.0.0.1/pro");
    expect([found.status, found.body.data.map((one: { id: string }) => one.id)]).toEqual([200, [id]]);
  });

  test("products?shippable filter (SDK type)", async () => {
    const { id } = await make("products", "name=Mug&shippable=true");
    await make("products", "name=Pro");
    const found = await ask(local, "GET /v1/products", "shippable=true");
    expect(found.body.data.map((one: { id: string }) => one.id)).toEqual([id]);
  });

  test("lookup_key conflict: message", async () => {
    const form = "currency=usd&unit_amount=1&lookup_key=pro&product_data[name]=Pro";
    const { id } = await make("prices", form);
    expect(errorIn(await ask(local, "POST /v1/prices", form))).toMatchObject({
      status: 400,
      message: `A price (\`${id}\`) already uses that lookup key.`,
    });
  });
});

const past = (param: string) =>
  `The parameter \`${param}\` expects a unix timestamp representing a date and time in the future. You specified the value \`1000\` which is in the past.`;
const FAR = "Invalid timestamp: can be no more than five years in the future.";

describe("recorded of coupons", () => {
  test.each([
    [
      "Received both percent_off and amount_off",
      "percent_off=5&amount_off=5&currency=usd",
      { message: "Received both percent_off and amount_off parameters. Please pass in only one." },
    ],
    [
      "The duration_in_months param must be set",
      "percent_off=5&duration=repeating",
      {
        message: "The duration_in_months param must be set when creating a coupon with a repeating duration",
        param: "duration",
      },
    ],
    ["neither", "", { code: "parameter_missing", message: "Must provide percent_off or amount_off." }],
    [
      "an amount of no currency",
      "amount_off=5",
      { message: "You must pass currency when passing amount_off", param: "currency" },
    ],
    [
      "nothing off",
      "percent_off=0",
      {
        message: "This value must be greater than or equal to 0.01 (it currently is '0.0').",
        param: "percent_off",
      },
    ],
    [
      "an end that is over",
      "percent_off=5&redeem_by=1000",
      { message: past("redeem_by"), param: "redeem_by" },
    ],
    [
      "an end too far away (inferred)",
      "percent_off=5&redeem_by=4000000000",
      { message: FAR, param: "redeem_by" },
    ],
  ])("%s", async (_, form, error) => {
    expect(errorIn(await ask(local, "POST /v1/coupons", form))).toEqual({
      status: 400,
      type: "invalid_request_error",
      ...error,
    });
  });

  test("an id that is taken", async () => {
    await make("coupons", "id=HALF&percent_off=50");
    expect(errorIn(await ask(local, "POST /v1/coupons", "id=HALF&percent_off=50"))).toEqual({
      status: 400,
      type: "invalid_request_error",
      code: "resource_already_exists",
      message: "Coupon already exists.",
    });
  });

  test("coupon.deleted snapshot invalid", async () => {
    const { id } = await make("coupons", "percent_off=50");
    await ask(local, `DELETE /v1/coupons/${id}`);
    expect((await last("coupon.deleted")).data.object).toMatchObject({ id, percent_off: 50, valid: false });
  });
});

describe("recorded of promotion codes", () => {
  test("404 promo two words: param", async () => {
    expect(errorIn(await ask(local, "GET /v1/promotion_codes/promo_nope"))).toEqual({
      status: 404,
      type: "invalid_request_error",
      code: "resource_missing",
      message: "No such promotion code: 'promo_nope'",
      param: "promotion_code",
    });
  });

  test.each([
    [
      "promo without coupon",
      "promotion[type]=coupon",
      { message: "You must pass promotion.coupon when passing promotion", param: "promotion.coupon" },
    ],
    [
      "promo regex",
      "promotion[type]=coupon&promotion[coupon]=HALF&code=has spaces!",
      {
        message:
          "This value must match the regex pattern. (/\\A[a-zA-Z0-9\\-_]+\\z/ does not match for the value has spaces!).",
        param: "code",
      },
    ],
    [
      "an end that is over",
      "promotion[type]=coupon&promotion[coupon]=HALF&expires_at=1000",
      { message: past("expires_at"), param: "expires_at" },
    ],
    [
      "an end too far away",
      "promotion[type]=coupon&promotion[coupon]=HALF&expires_at=4000000000",
      { message: FAR, param: "expires_at" },
    ],
    [
      "an active code again",
      "promotion[type]=coupon&promotion[coupon]=HALF&code=AGAIN",
      { message: "An active promotion code with `code: AGAIN` already exists." },
    ],
  ])("%s", async (_, form, error) => {
    await make("coupons", "id=HALF&percent_off=50");
    await make("promotion_codes", "promotion[type]=coupon&promotion[coupon]=HALF&code=AGAIN");
    expect(errorIn(await ask(local, "POST /v1/promotion_codes", form))).toEqual({
      status: 400,
      type: "invalid_request_error",
      ...error,
    });
  });

  test("a code may have an underscore", async () => {
    await make("coupons", "id=HALF&percent_off=50");
    const { code } = await make(
      "promotion_codes",
      "promotion[type]=coupon&promotion[coupon]=HALF&code=half_off-1",
    );
    expect(code).toBe("half_off-1");
  });
});

/** Recorded for `cancel_at_period_end`; code and param of the other wording are documented (error code). */
describe("parameters that exclude each other", () => {
  test.each([
    [
      "POST /v1/prices",
      "currency=usd&unit_amount=1&product=prod_x&product_data[name]=Pro",
      {
        code: "parameters_exclusive",
        message: "You may only specify one of these parameters: product, product_data.",
      },
    ],
    [
      "POST /v1/prices",
      "currency=usd&unit_amount=1&unit_amount_decimal=1.5&product_data[name]=Pro",
      {
        code: "parameters_exclusive",
        message: "You may only specify one of these parameters: unit_amount, unit_amount_decimal.",
      },
    ],
    [
      "GET /v1/events",
      "type=a&types[]=b",
      { code: "parameters_exclusive", message: "You may only specify one of these parameters: type, types." },
    ],
  ])("%s %s", async (line, form, error) => {
    expect(errorIn(await ask(local, line, form))).toMatchObject({ status: 400, ...error });
  });

  test("cancel_at_period_end and cancel_at", async () => {
    const customer = await make("customers", "");
    const price = await make(
      "prices",
      "currency=usd&unit_amount=500&recurring[interval]=month&product_data[name]=Pro",
    );
    const { id } = await make(
      "subscriptions",
      `customer=${customer.id}&items[0][price]=${price.id}&trial_period_days=7`,
    );
    const asked = await ask(
      local,
      `POST /v1/subscriptions/${id}`,
      "cancel_at_period_end=true&cancel_at=min_period_end",
    );
    expect(errorIn(asked)).toEqual({
      status: 400,
      type: "invalid_request_error",
      message: "Received both cancel_at_period_end and cancel_at parameters. Please pass in only one.",
    });
  });
});
