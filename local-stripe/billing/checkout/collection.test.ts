import type Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { ANSWERS, ASKING } from "../../test/asking-session";
import { startLocalStripe } from "../../test/harness";
import { confirm, paymentSession, subscriptionSession } from "../../test/shop";

const local = startLocalStripe();

type Params = Stripe.Checkout.SessionCreateParams;

const completed = async () => {
  const events = await local.happened();
  return events.find(({ type }) => type === "checkout.session.completed")?.data.object;
};

const SHIPPED = {
  address: {
    city: "Oakland",
    country: "US",
    line1: "1 Loopback Road",
    line2: null,
    postal_code: "94607",
    state: "CA",
  },
  name: "Charles Babbage",
};

describe("an answer", () => {
  test("is on the session, and in the event that reports it", async () => {
    const session = await paymentSession(local, ASKING);
    expect(session).toMatchObject({
      consent: null,
      consent_collection: ASKING.consent_collection,
      custom_text: ASKING.custom_text,
      name_collection: {
        business: { enabled: true, optional: true },
        individual: { enabled: true, optional: false },
      },
      phone_number_collection: { enabled: true },
      shipping_address_collection: { allowed_countries: ["US", "DE"] },
    });
    // The shape of a field: type `Stripe.Checkout.Session.CustomField`.
    expect(session.custom_fields).toEqual([
      {
        key: "engraving",
        label: { custom: "Engraving", type: "custom" },
        optional: true,
        text: { default_value: null, maximum_length: 12, minimum_length: 2, value: null },
        type: "text",
      },
      {
        key: "member",
        label: { custom: "Member number", type: "custom" },
        numeric: { default_value: null, maximum_length: null, minimum_length: null, value: null },
        optional: false,
        type: "numeric",
      },
      {
        dropdown: {
          default_value: "m",
          options: [
            { label: "Small", value: "s" },
            { label: "Medium", value: "m" },
          ],
          value: null,
        },
        key: "size",
        label: { custom: "Size", type: "custom" },
        optional: false,
        type: "dropdown",
      },
    ]);
    await confirm(local, session.id, "pm_card_visa", ANSWERS);
    const expected = {
      collected_information: {
        business_name: null,
        individual_name: "Ada Lovelace",
        shipping_details: SHIPPED,
      },
      consent: { promotions: "opt_in", terms_of_service: "accepted" },
      custom_fields: [
        { text: { value: null } },
        { numeric: { value: "0042" } },
        { dropdown: { value: "s" } },
      ],
      customer_details: { individual_name: "Ada Lovelace", phone: "+14155550123" },
    };
    expect(await local.stripe.checkout.sessions.retrieve(session.id)).toMatchObject(expected);
    expect(await completed()).toMatchObject(expected);
    const [intent] = (await local.stripe.paymentIntents.list()).data;
    expect(intent?.shipping).toEqual({
      ...SHIPPED,
      carrier: null,
      phone: "+14155550123",
      tracking_number: null,
    });
  });

  test("to promotions is no where it was not yes", async () => {
    const session = await paymentSession(local, { consent_collection: { promotions: "auto" } });
    const done = await confirm(local, session.id);
    expect(done).toMatchObject({ consent: { promotions: "opt_out", terms_of_service: null } });
  });

  test("without a question is nothing", async () => {
    const session = await paymentSession(local);
    expect(session).toMatchObject({ consent_collection: null, custom_fields: [] });
    const done = await confirm(local, session.id, "pm_card_visa", { phone: "(415) 555-0123" });
    expect(done).toMatchObject({ consent: null, custom_fields: [] });
  });

  const without = (key: keyof typeof ANSWERS) => ({ ...ANSWERS, [key]: undefined });
  const shipping = (change: object) => ({
    ...ANSWERS,
    shipping: { ...ANSWERS.shipping, address: { ...ANSWERS.shipping.address, ...change } },
  });
  const fields = (custom_fields: object) => ({ ...ANSWERS, custom_fields });
  test.each([
    ["no phone number", without("phone"), "phone"],
    ["letters for a phone number", { ...ANSWERS, phone: "no phone" }, "phone"],
    ["six digits", { ...ANSWERS, phone: "+491234" }, "phone"],
    ["no name", without("individual_name"), "individual_name"],
    ["terms not accepted", without("consent"), "consent[terms_of_service]"],
    ["no address", without("shipping"), "shipping[name]"],
    ["a country to which nothing is shipped", shipping({ country: "FR" }), "shipping[address][country]"],
    ["an American address without a state", shipping({ state: undefined }), "shipping[address][state]"],
    ["four digits of a ZIP code", shipping({ postal_code: "9460" }), "shipping[address][postal_code]"],
    ["a required field left empty", fields({ size: "s" }), "custom_fields[member]"],
    ["letters in a numeric field", fields({ member: "4a", size: "s" }), "custom_fields[member]"],
    ["none of the options", fields({ member: "4", size: "xl" }), "custom_fields[size]"],
    ["too short a text", fields({ engraving: "A", member: "4", size: "s" }), "custom_fields[engraving]"],
    [
      "too long a text",
      fields({ engraving: "Thirteenchars", member: "4", size: "s" }),
      "custom_fields[engraving]",
    ],
    ["a field that is not asked", fields({ color: "red", member: "4", size: "s" }), "custom_fields[color]"],
  ])("%s is refused, and nothing is paid", async (_, answers, param) => {
    const session = await paymentSession(local, ASKING);
    await expect(confirm(local, session.id, "pm_card_visa", answers)).rejects.toMatchObject({
      param,
      statusCode: 400,
    });
    expect((await local.stripe.charges.list()).data).toEqual([]);
  });

  test("a text of the least and of the greatest length is taken", async () => {
    for (const engraving of ["AB", "Twelve chars"]) {
      const session = await paymentSession(local, ASKING);
      const custom_fields = { engraving, member: "4", size: "m" };
      const done = await confirm(local, session.id, "pm_card_visa", { ...ANSWERS, custom_fields });
      expect(done).toMatchObject({
        custom_fields: [{ text: { value: engraving } }, {}, {}],
        status: "complete",
      });
    }
  });

  test("a German address needs no state", async () => {
    const session = await paymentSession(local, ASKING);
    const answers = shipping({ country: "DE", postal_code: undefined, state: undefined });
    await expect(confirm(local, session.id, "pm_card_visa", answers)).resolves.toMatchObject({
      collected_information: { shipping_details: { address: { country: "DE", state: null } } },
    });
  });
});

describe("the customer", () => {
  const BILLED = {
    city: "Berlin",
    country: "DE",
    line1: "2 Ring",
    line2: null,
    postal_code: null,
    state: null,
  };
  const method = async () => {
    const { id } = await local.stripe.paymentMethods.create({
      type: "card",
      card: { token: "tok_visa" },
      billing_details: { address: { city: "Berlin", country: "DE", line1: "2 Ring" }, name: "Grace Hopper" },
    });
    return id;
  };
  const answers = { phone: ANSWERS.phone, shipping: ANSWERS.shipping };
  const asking: Partial<Params> = {
    customer_email: undefined,
    phone_number_collection: { enabled: true },
    shipping_address_collection: { allowed_countries: ["US"] },
  };

  // Type: the comments of `Stripe.Checkout.SessionCreateParams.CustomerUpdate`.
  test("is given what customer_update says, and one event tells all of it", async () => {
    const { id: customer } = await local.stripe.customers.create({ email: "ada@example.com", name: "Ada" });
    const customer_update = { address: "auto", name: "auto", shipping: "auto" } as const;
    const session = await paymentSession(local, { ...asking, customer, customer_update });
    await confirm(local, session.id, await method(), answers);
    const told = (await local.happened()).filter(({ type }) => type === "customer.updated");
    expect(told).toHaveLength(1);
    expect(told[0]?.data).toMatchObject({
      object: {
        address: BILLED,
        name: "Grace Hopper",
        phone: "+14155550123",
        shipping: { ...SHIPPED, phone: "+14155550123" },
      },
      previous_attributes: { address: null, name: "Ada", phone: null, shipping: null },
    });
  });

  test.each([undefined, { address: "never", name: "never", shipping: "never" } as const])(
    "keeps everything but the phone number with %j",
    async (customer_update) => {
      const { id: customer } = await local.stripe.customers.create({ email: "ada@example.com", name: "Ada" });
      const session = await paymentSession(local, { ...asking, customer, customer_update });
      await confirm(local, session.id, await method(), answers);
      expect(await local.stripe.customers.retrieve(customer)).toMatchObject({
        address: null,
        name: "Ada",
        phone: "+14155550123",
        shipping: null,
      });
    },
  );

  test("that the session makes has everything", async () => {
    const session = await subscriptionSession(local, { ...asking, customer_email: "ada@example.com" });
    await confirm(local, session.id, await method(), answers);
    expect((await local.stripe.customers.list()).data[0]).toMatchObject({
      address: BILLED,
      email: "ada@example.com",
      name: "Grace Hopper",
      phone: "+14155550123",
      shipping: { ...SHIPPED, phone: "+14155550123" },
    });
  });

  test("an e-mail that a customer did not have is told as a change", async () => {
    const { id: customer } = await local.stripe.customers.create({});
    const session = await paymentSession(local, { customer, customer_email: undefined });
    await confirm(local, session.id, "pm_card_visa", { email: "ada@example.com" });
    const told = (await local.happened()).find(({ type }) => type === "customer.updated");
    expect(told?.data.previous_attributes).toEqual({ email: null });
  });
});

describe("a session is refused", () => {
  const text = { key: "a", label: { custom: "A", type: "custom" }, type: "text" } as const;
  const options = [{ label: "A", value: "a" }];
  const dropdown = { ...text, dropdown: { options }, type: "dropdown" } as const;
  const four = ["a", "b", "c", "d"].map((key) => ({ ...text, key }));

  // The limits: types, and https://docs.stripe.com/payments/checkout/custom-components.
  test.each<[string, object, string]>([
    ["four custom fields", { custom_fields: four }, "custom_fields"],
    ["two fields of one key", { custom_fields: [text, text] }, "custom_fields[1][key]"],
    ["a key with a dash", { custom_fields: [{ ...text, key: "a-b" }] }, "custom_fields[0][key]"],
    ["an unknown type", { custom_fields: [{ ...text, type: "date" }] }, "custom_fields[0][type]"],
    [
      "a label of 101 characters",
      { custom_fields: [{ ...text, label: { custom: "x".repeat(101), type: "custom" } }] },
      "custom_fields[0][label][custom]",
    ],
    ["no label", { custom_fields: [{ key: "a", type: "text" }] }, "custom_fields[0][label]"],
    [
      "a dropdown without options",
      { custom_fields: [{ ...text, type: "dropdown" }] },
      "custom_fields[0][dropdown][options]",
    ],
    [
      "a default that is no option",
      { custom_fields: [{ ...dropdown, dropdown: { default_value: "b", options } }] },
      "custom_fields[0][dropdown][default_value]",
    ],
    [
      "201 options",
      {
        custom_fields: [
          {
            ...dropdown,
            dropdown: { options: Array.from({ length: 201 }, (_, at) => ({ label: "x", value: `v${at}` })) },
          },
        ],
      },
      "custom_fields[0][dropdown][options]",
    ],
    [
      "letters as the default of a numeric field",
      { custom_fields: [{ ...text, numeric: { default_value: "x" }, type: "numeric" }] },
      "custom_fields[0][numeric][default_value]",
    ],
    [
      "a least length above the greatest",
      { custom_fields: [{ ...text, text: { maximum_length: 3, minimum_length: 4 } }] },
      "custom_fields[0][text][minimum_length]",
    ],
    [
      "a text field with options",
      { custom_fields: [{ ...text, dropdown: { options } }] },
      "custom_fields[0][dropdown]",
    ],
    [
      "words of 1201 characters",
      { custom_text: { submit: { message: "x".repeat(1201) } } },
      "custom_text[submit][message]",
    ],
    [
      "an unknown consent",
      { consent_collection: { terms_of_service: "please" } },
      "consent_collection[terms_of_service]",
    ],
    [
      "a country to which Stripe ships nothing",
      { shipping_address_collection: { allowed_countries: ["KP"] } },
      "shipping_address_collection[allowed_countries][0]",
    ],
    ["setup_intent_data", { setup_intent_data: { description: "x" } }, "setup_intent_data"],
  ])("with %s", async (_, params, param) => {
    const attempt = paymentSession(local, params as Partial<Params>);
    await expect(attempt).rejects.toMatchObject({ param, statusCode: 400 });
    expect((await local.stripe.checkout.sessions.list()).data).toEqual([]);
  });

  test.each<Partial<Params>>([
    { custom_fields: [text] },
    { phone_number_collection: { enabled: true } },
    { payment_intent_data: { description: "x" } },
    { submit_type: "pay" },
  ])("for a setup with %j", async (params) => {
    const attempt = local.stripe.checkout.sessions.create({
      currency: "usd",
      mode: "setup",
      success_url: "http://127.0.0.1:3000/success",
      ...params,
    });
    const [param] = Object.keys(params);
    await expect(attempt).rejects.toMatchObject({
      message: `You can not pass \`${param}\` in \`setup\` mode.`,
      param,
    });
  });

  test("that updates nobody: recorded", async () => {
    await expect(paymentSession(local, { customer_update: { name: "auto" } })).rejects.toMatchObject({
      message: "`customer_update` can only be used with `customer`.",
      statusCode: 400,
    });
  });

  // Recorded.
  test.each([
    [{}, "Tax ID collection requires updating business name on the customer."],
    [{ name: "auto" }, "We could not find a valid address on the provided customer."],
  ] as const)("that asks a customer for a tax id with customer_update %j", async (update, words) => {
    const { id: customer } = await local.stripe.customers.create({});
    const params = { customer, customer_email: undefined, tax_id_collection: { enabled: true } };
    const attempt = paymentSession(local, { ...params, customer_update: update });
    await expect(attempt).rejects.toMatchObject({ message: expect.stringContaining(words) });
    const whole = { address: "auto", name: "auto" } as const;
    await expect(paymentSession(local, { ...params, customer_update: whole })).resolves.toMatchObject({
      customer,
    });
  });
});

test("three fields of every kind at their limits are taken", async () => {
  const label = { custom: "x".repeat(100), type: "custom" } as const;
  const options = Array.from({ length: 200 }, (_, at) => ({ label: "x", value: `v${at}` }));
  const session = await paymentSession(local, {
    custom_fields: [
      { key: "k".repeat(200), label, text: { default_value: "x".repeat(255) }, type: "text" },
      { key: "n", label, numeric: { maximum_length: 255, minimum_length: 255 }, type: "numeric" },
      { dropdown: { options }, key: "d", label, type: "dropdown" },
    ],
  });
  expect(session.custom_fields.map(({ type }) => type)).toEqual(["text", "numeric", "dropdown"]);
});
