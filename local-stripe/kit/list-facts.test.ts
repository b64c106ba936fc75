import { beforeEach, describe, expect, test } from "vitest";
import { resources } from "../resources/index";
import { ask, errorIn } from "../test/ask";
import { startLocalStripe } from "../test/harness";
import { confirm, subscriptionSession } from "../test/shop";

/** REAL_STRIPE.md, "Lists": what was recorded of a few lists, held to by every list that is served. */

const local = startLocalStripe();

/** By list: Stripe's word for what it holds, in the complaint about a cursor (recorded: customer; others inferred). */
const NOUNS: Readonly<Record<string, string>> = {
  "/v1/billing_portal/configurations": "configuration",
  "/v1/charges": "charge",
  "/v1/checkout/sessions": "checkout.session",
  "/v1/coupons": "coupon",
  "/v1/customers": "customer",
  "/v1/customers/:id/payment_methods": "PaymentMethod",
  "/v1/disputes": "dispute",
  "/v1/entitlements/features": "feature",
  "/v1/events": "event",
  "/v1/invoice_payments": "invoice_payment",
  "/v1/invoiceitems": "invoiceitem",
  "/v1/invoices": "invoice",
  "/v1/payment_intents": "payment_intent",
  "/v1/payment_methods": "PaymentMethod",
  "/v1/prices": "price",
  "/v1/products": "product",
  "/v1/promotion_codes": "promotion code",
  "/v1/refunds": "refund",
  "/v1/setup_intents": "setupintent",
  "/v1/shipping_rates": "shipping rate",
  "/v1/subscription_items": "subscription_item",
  "/v1/subscriptions": "subscription",
  "/v1/test_helpers/test_clocks": "test_clock",
  "/v1/webhook_endpoints": "webhook endpoint",
};

const routes = resources
  .flatMap((resource) => Object.entries(resource.routes))
  .filter(([, { schema }]) => "starting_after" in schema.shape)
  .map(([route]) => route.slice("GET ".length))
  // A preview's lines are made anew whenever they are asked for.
  .filter((route) => route !== "/v1/credit_notes/preview/lines");

let parents: Readonly<Record<string, string>> = {};
let narrowed: Readonly<Record<string, string>> = {};

beforeEach(async () => {
  const { id } = await subscriptionSession(local);
  await confirm(local, id);
  const session = await local.stripe.checkout.sessions.retrieve(id);
  parents = {
    "/v1/checkout/sessions": id,
    "/v1/customers": String(session.customer),
    "/v1/invoices": String(session.invoice),
  };
  const setup = await local.stripe.setupIntents.create({});
  narrowed = {
    "/v1/entitlements/active_entitlements": `customer=${session.customer}&`,
    "/v1/setup_attempts": `setup_intent=${setup.id}&`,
    "/v1/subscription_items": `subscription=${session.subscription}&`,
  };
});

/** Every list with what has to be said to get it; one below an object that this file does not make is left out. */
const lists = () =>
  routes.flatMap((route) => {
    const [parent = ""] = route.split("/:id");
    if (route.includes("/:id") && parents[parent] === undefined) return [];
    const get = (query: string) =>
      ask(local, `GET ${route.replace(":id", parents[parent] ?? "")}`, (narrowed[route] ?? "") + query);
    return [{ route, get }];
  });

test("the lists are there to be asked", () => {
  const asked = lists().map(({ route }) => route);
  expect(asked).toEqual(expect.arrayContaining(Object.keys(NOUNS)));
});

const BOTH = "Received both starting_after and ending_before parameters. Please pass in only one.";

describe("recorded", () => {
  test.each([
    ["limit=0 clamps to 1", "limit=0", 1],
    ["limit below zero clamps to 1 (inferred)", "limit=-7", 1],
    ["limit=101 clamps to 100", "limit=101", 100],
  ])("%s", async (_, query, most) => {
    for (const { route, get } of lists()) {
      const [{ status, body }, whole] = [await get(query), await get("limit=100")];
      expect([route, status, body.data?.length]).toEqual([
        route,
        200,
        Math.min(whole.body.data.length, most),
      ]);
    }
  });

  test("expand[]=data is a no-op", async () => {
    for (const { route, get } of lists()) {
      const [plain, expanded] = [await get("limit=3"), await get("limit=3&expand[]=data")];
      expect([route, expanded.status, expanded.body]).toEqual([route, 200, plain.body]);
    }
  });

  test("bad expand on list: message", async () => {
    for (const { route, get } of lists()) {
      expect([route, errorIn(await get("expand[]=bogus.deeper"))]).toEqual([
        route,
        {
          status: 400,
          type: "invalid_request_error",
          message:
            "This property cannot be expanded (bogus). You may want to try expanding 'data.bogus' instead.",
        },
      ]);
    }
  });

  test.each(["starting_after", "ending_before"])("bad cursor: message (%s)", async (param) => {
    for (const { route, get } of lists()) {
      const noun = NOUNS[route];
      if (noun === undefined) continue;
      expect([route, errorIn(await get(`${param}=cus_aaa`))]).toEqual([
        route,
        {
          status: 400,
          type: "invalid_request_error",
          code: "resource_missing",
          message: `No such ${noun}: 'cus_aaa'`,
          param,
        },
      ]);
    }
  });

  test("both cursors: status, message", async () => {
    for (const { route, get } of lists()) {
      const [row] = (await get("limit=1")).body.data;
      if (!row) continue;
      const error = errorIn(await get(`starting_after=${row.id}&ending_before=${row.id}`));
      expect([route, error]).toEqual([route, { status: 400, type: "invalid_request_error", message: BOTH }]);
    }
  });

  test("of both cursors one that does not exist is the first complaint", async () => {
    const { id } = await local.stripe.customers.create({});
    const asked = await ask(local, "GET /v1/customers", `starting_after=cus_aaa&ending_before=${id}`);
    expect(errorIn(asked)).toMatchObject({ code: "resource_missing", param: "starting_after" });
  });

  test("an object of another kind is no cursor (inferred)", async () => {
    const { id } = await local.stripe.products.create({ name: "Pro" });
    const asked = await ask(local, "GET /v1/customers", `starting_after=${id}`);
    expect(errorIn(asked)).toMatchObject({ status: 400, message: `No such customer: '${id}'` });
  });

  test("a coupon that has left the filter is still a place to go on from (inferred)", async () => {
    const made: { id: string; created: number }[] = [];
    for (let count = 0; count < 3; count++) {
      made.push(await local.stripe.coupons.create({ percent_off: 5 }));
      await local.control("clock/advance?seconds=10");
    }
    const [oldest, middle, newest] = made.map(({ id }) => id);
    const created = made[1]?.created;
    const older = await ask(local, "GET /v1/coupons", `created[lt]=${created}&starting_after=${newest}`);
    expect(older.body.data.map(({ id }: { id: string }) => id)).toEqual([oldest]);
    const newer = await ask(local, "GET /v1/coupons", `created[gt]=${created}&ending_before=${middle}`);
    expect(newer.body.data.map(({ id }: { id: string }) => id)).toEqual([newest]);
  });
});

/** REAL_STRIPE.md, "Wrong without an error", 7: recorded for invoices of a customer, inferred for the others. */
describe("filters by an id that does not exist", () => {
  test.each([
    ["/v1/billing/credit_grants", "customer", "customer"],
    ["/v1/charges", "customer", "customer"],
    ["/v1/charges", "payment_intent", "payment_intent"],
    ["/v1/checkout/sessions", "customer", "customer"],
    ["/v1/checkout/sessions", "payment_intent", "payment_intent"],
    ["/v1/checkout/sessions", "subscription", "subscription"],
    ["/v1/customers", "test_clock", "test_clock"],
    ["/v1/disputes", "charge", "charge"],
    ["/v1/disputes", "payment_intent", "payment_intent"],
    ["/v1/invoice_payments", "invoice", "invoice"],
    ["/v1/invoice_payments", "payment[payment_intent]", "payment_intent"],
    ["/v1/invoiceitems", "customer", "customer"],
    ["/v1/invoiceitems", "invoice", "invoice"],
    ["/v1/invoices", "customer", "customer"],
    ["/v1/invoices", "subscription", "subscription"],
    ["/v1/payment_intents", "customer", "customer"],
    ["/v1/payment_methods", "customer", "customer"],
    ["/v1/prices", "product", "product"],
    ["/v1/promotion_codes", "coupon", "coupon"],
    ["/v1/promotion_codes", "customer", "customer"],
    ["/v1/refunds", "charge", "charge"],
    ["/v1/refunds", "payment_intent", "payment_intent"],
    ["/v1/setup_intents", "customer", "customer"],
    ["/v1/setup_intents", "payment_method", "PaymentMethod"],
    ["/v1/subscription_items", "subscription", "subscription"],
    ["/v1/subscription_schedules", "customer", "customer"],
    ["/v1/subscriptions", "customer", "customer"],
    ["/v1/subscriptions", "price", "price"],
    ["/v1/subscriptions", "test_clock", "test_clock"],
  ])("%s by %s", async (path, param, noun) => {
    const type = param === "payment[payment_intent]" ? "payment[type]=payment_intent&" : "";
    expect(errorIn(await ask(local, `GET ${path}`, `${type}${param}=cus_invalid`))).toEqual({
      status: 400,
      type: "invalid_request_error",
      code: "resource_missing",
      message: `No such ${noun}: 'cus_invalid'`,
      param,
    });
  });

  test("one that exists and has nothing is an empty list", async () => {
    const { id } = await local.stripe.customers.create({});
    const asked = await ask(local, "GET /v1/invoices", `customer=${id}`);
    expect([asked.status, asked.body.data]).toEqual([200, []]);
  });

  test("a deleted customer is as missing as an unknown one (recorded for payment methods)", async () => {
    const { id } = await local.stripe.customers.create({});
    await local.stripe.customers.del(id);
    const asked = await ask(local, "GET /v1/payment_methods", `customer=${id}`);
    expect(errorIn(asked)).toMatchObject({ status: 400, message: `No such customer: '${id}'` });
  });
});
