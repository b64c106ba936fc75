import { describe, expect, test } from "vitest";
import { ask, errorIn } from "../test/ask";
import { startLocalStripe } from "../test/harness";

/** REAL_STRIPE.md, "Customers, cards" and what "Values" says of customers; one row is one test. */

const local = startLocalStripe();

async function customer(form = ""): Promise<string> {
  return (await ask(local, "POST /v1/customers", form)).body.id;
}

const updated = async (id: string, form: string) => (await ask(local, `POST /v1/customers/${id}`, form)).body;

describe("recorded", () => {
  test("address merges per leaf", async () => {
    const id = await customer("address[line1]=1&address[city]=Rome&address[country]=IT");
    expect((await updated(id, "address[country]=FR&address[city]=")).address).toEqual({
      city: null,
      country: "FR",
      line1: "1",
      line2: null,
      postal_code: null,
      state: null,
    });
    expect((await updated(id, "address=")).address).toBeNull();
  });

  test("balance stamps currency", async () => {
    const { body } = await ask(local, "POST /v1/customers", "balance=500");
    expect([body.balance, body.currency]).toEqual([500, "usd"]);
    const id = await customer("balance=0");
    expect((await updated(id, "name=Ada")).currency).toBeNull();
    expect((await updated(id, "balance=-7")).currency).toBe("usd");
    expect((await updated(id, "balance=0")).currency).toBe("usd");
  });

  test("shipping: {} is a no-op, and what it holds merges", async () => {
    const id = await customer("shipping[name]=Ada&shipping[address][city]=Rome&shipping[address][line1]=1");
    const merged = await updated(id, "shipping[phone]=5&shipping[address][line1]=2");
    expect(merged.shipping).toEqual({
      address: { city: "Rome", country: null, line1: "2", line2: null, postal_code: null, state: null },
      name: "Ada",
      phone: "5",
    });
  });

  test("unknown token: param, message", async () => {
    expect(errorIn(await ask(local, "POST /v1/payment_methods", "type=card&card[token]=tok_nope"))).toEqual({
      status: 400,
      type: "invalid_request_error",
      code: "resource_missing",
      message: "Invalid token id: tok_nope",
      param: "token",
    });
  });

  test.each([
    ["tok_threeDSecureRequired", "3063"],
    ["tok_visa_createDispute", "0259"],
  ])("%s", async (token, last4) => {
    const { body } = await ask(local, "POST /v1/payment_methods", `type=card&card[token]=${token}`);
    expect(body.card.last4).toBe(last4);
  });

  test("klarna stub creates", async () => {
    const { body } = await ask(local, "POST /v1/payment_methods", "type=klarna&billing_details[name]=Ada");
    expect([body.type, body.klarna, body.billing_details.name, body.card]).toEqual([
      "klarna",
      {},
      "Ada",
      undefined,
    ]);
  });

  test("expand of tax and invoice_credit_balance", async () => {
    const id = await customer();
    const { body } = await ask(
      local,
      `GET /v1/customers/${id}`,
      "expand[]=tax&expand[]=invoice_credit_balance",
    );
    expect([body.tax, body.invoice_credit_balance]).toEqual([
      { automatic_tax: "unrecognized_location", ip_address: null, location: null, provider: "stripe" },
      {},
    ]);
    expect(Object.keys((await ask(local, `GET /v1/customers/${id}`)).body)).not.toContain("tax");
  });

  test("both are sent with every call of a whole library", async () => {
    const fields = "expand[]=tax&expand[]=invoice_credit_balance";
    const made = await ask(local, "POST /v1/customers", `name=Ada&${fields}`);
    expect(made.body.tax.provider).toBe("stripe");
    const listed = await ask(local, "GET /v1/customers", "expand[]=data.tax");
    expect(listed.body.data[0].tax.provider).toBe("stripe");
  });

  test.each(["a", "abc", "AB_1", "ABCDEFGHIJKLM"])("the prefix %s is refused", async (prefix) => {
    expect(errorIn(await ask(local, "POST /v1/customers", `invoice_prefix=${prefix}`))).toEqual({
      status: 400,
      type: "invalid_request_error",
      message: "Invoice number prefix must be 1–12 uppercase letters or numbers.",
    });
  });

  test("a prefix is one customer's alone", async () => {
    const holder = await customer("invoice_prefix=ABCDEFGHIJKL");
    const other = await customer("invoice_prefix=A");
    for (const line of ["POST /v1/customers", `POST /v1/customers/${other}`]) {
      expect(errorIn(await ask(local, line, "invoice_prefix=ABCDEFGHIJKL"))).toEqual({
        status: 400,
        type: "invalid_request_error",
        message: `This invoice number prefix is taken by customer: ${holder}. Please enter a different prefix.`,
        param: "invoice_prefix",
      });
    }
    expect((await updated(holder, "invoice_prefix=ABCDEFGHIJKL")).id).toBe(holder);
  });

  test.each(["description", "invoice_settings.bogus", "invoice_settings.footer"])(
    "%s cannot be expanded, null or not",
    async (path) => {
      const id = await customer();
      expect(errorIn(await ask(local, `GET /v1/customers/${id}`, `expand[]=${path}`))).toEqual({
        status: 400,
        type: "invalid_request_error",
        message: `This property cannot be expanded (${path}).`,
      });
    },
  );

  test.each(["default_source", "discount", "shipping", "invoice_settings.default_payment_method"])(
    "%s is null, and stays so when it is expanded",
    async (path) => {
      const id = await customer();
      const { status, body } = await ask(local, `GET /v1/customers/${id}`, `expand[]=${path}`);
      expect([status, path.split(".").reduce((at, step) => at[step], body)]).toEqual([200, null]);
    },
  );

  test("a bad path to expand is not kept under its idempotency key", async () => {
    const key = { "Idempotency-Key": "expand" };
    expect((await ask(local, "POST /v1/customers", "name=Ada&expand[]=bogus", key)).status).toBe(400);
    expect((await ask(local, "POST /v1/customers", "name=Ada", key)).body.name).toBe("Ada");
  });

  test("an address may be named in expand", async () => {
    const id = await customer("address[city]=Rome");
    const { status, body } = await ask(local, `GET /v1/customers/${id}`, "expand[]=address");
    expect([status, body.address.city]).toEqual([200, "Rome"]);
  });
});

/** REAL_STRIPE.md, "Wrong without an error", 8: the same of what else is nested (inferred). */
describe("every nested object merges per leaf", () => {
  test("a payment method's billing details", async () => {
    const id = await customer();
    const { body } = await ask(local, "POST /v1/payment_methods/pm_card_visa/attach", `customer=${id}`);
    const path = `POST /v1/payment_methods/${body.id}`;
    await ask(local, path, "billing_details[name]=Ada&billing_details[address][city]=Rome");
    const { billing_details } = (await ask(local, path, "billing_details[address][line1]=2")).body;
    expect([billing_details.name, billing_details.address.city, billing_details.address.line1]).toEqual([
      "Ada",
      "Rome",
      "2",
    ]);
    expect((await ask(local, path, "card[exp_month]=3")).body.card).toMatchObject({
      brand: "visa",
      exp_month: 3,
    });
  });

  test("invoice settings", async () => {
    const id = await customer("invoice_settings[footer]=Thanks");
    const { body } = await ask(local, "POST /v1/payment_methods/pm_card_visa/attach", `customer=${id}`);
    const after = await updated(id, `invoice_settings[default_payment_method]=${body.id}`);
    expect(after.invoice_settings).toMatchObject({ default_payment_method: body.id, footer: "Thanks" });
  });

  test("a portal configuration's features and profile", async () => {
    const { body } = await ask(
      local,
      "POST /v1/billing_portal/configurations",
      "business_profile[headline]=Hello&features[subscription_cancel][enabled]=true&features[subscription_cancel][mode]=immediately&features[invoice_history][enabled]=true",
    );
    const after = await ask(
      local,
      `POST /v1/billing_portal/configurations/${body.id}`,
      "features[subscription_cancel][enabled]=false&business_profile[privacy_policy_url]=http://127.0.0.1/",
    );
    expect(after.body.business_profile).toMatchObject({
      headline: "Hello",
      privacy_policy_url: "http://127.0.0.1/",
    });
    expect(after.body.features).toMatchObject({
      invoice_history: { enabled: true },
      subscription_cancel: { enabled: false, mode: "immediately" },
    });
  });

  test("a paused collection keeps the day on which it goes on", async () => {
    const id = await customer();
    const price = await ask(
      local,
      "POST /v1/prices",
      "currency=usd&unit_amount=500&recurring[interval]=month&product_data[name]=Pro",
    );
    const made = await ask(
      local,
      "POST /v1/subscriptions",
      `customer=${id}&items[0][price]=${price.body.id}&trial_period_days=7`,
    );
    const resumes_at = made.body.trial_end + 5;
    const path = `POST /v1/subscriptions/${made.body.id}`;
    await ask(local, path, `pause_collection[behavior]=void&pause_collection[resumes_at]=${resumes_at}`);
    const after = await ask(local, path, "pause_collection[behavior]=keep_as_draft");
    expect(after.body.pause_collection).toEqual({ behavior: "keep_as_draft", resumes_at });
  });
});

describe("other ways to pay", () => {
  test.each(["affirm", "afterpay_clearpay", "alipay", "klarna", "wechat_pay"])(
    "%s is empty (SDK types) and pays nothing",
    async (type) => {
      const { body } = await ask(local, "POST /v1/payment_methods", `type=${type}`);
      expect(body[type]).toEqual({});
      const paid = await ask(
        local,
        "POST /v1/payment_intents",
        `amount=500&currency=usd&confirm=true&payment_method=${body.id}`,
      );
      expect(errorIn(paid)).toMatchObject({
        status: 400,
        message: `Local Stripe makes a payment method of the type ${type}, but nothing pays with it.`,
        param: "payment_method",
      });
    },
  );
});
