import type Stripe from "stripe";
import type { Local } from "./harness";
import { confirm, monthlyPrice, paymentSession } from "./shop";

type Params = Partial<Stripe.Checkout.SessionCreateParams>;

/** A shop that asks its customer for everything that a single payment can ask for. */
export const ASKING: Params = {
  billing_address_collection: "required",
  consent_collection: {
    payment_method_reuse_agreement: { position: "auto" },
    promotions: "auto",
    terms_of_service: "required",
  },
  custom_fields: [
    {
      key: "engraving",
      label: { custom: "Engraving", type: "custom" },
      optional: true,
      text: { maximum_length: 12, minimum_length: 2 },
      type: "text",
    },
    { key: "member", label: { custom: "Member number", type: "custom" }, numeric: {}, type: "numeric" },
    {
      dropdown: {
        default_value: "m",
        options: [
          { label: "Small", value: "s" },
          { label: "Medium", value: "m" },
        ],
      },
      key: "size",
      label: { custom: "Size", type: "custom" },
      type: "dropdown",
    },
  ],
  custom_text: {
    after_submit: { message: "We send it on Monday." },
    shipping_address: { message: "No post boxes, please." },
    submit: { message: "You can send it back for [a month](http://127.0.0.1:3000/returns)." },
    terms_of_service_acceptance: { message: "I agree to the [terms](http://127.0.0.1:3000/terms)." },
  },
  name_collection: { business: { enabled: true, optional: true }, individual: { enabled: true } },
  phone_number_collection: { enabled: true },
  shipping_address_collection: { allowed_countries: ["US", "DE"] },
  shipping_options: [
    {
      shipping_rate_data: {
        delivery_estimate: {
          maximum: { unit: "business_day", value: 5 },
          minimum: { unit: "business_day", value: 3 },
        },
        display_name: "Ground",
        fixed_amount: { amount: 500, currency: "usd" },
      },
    },
    { shipping_rate_data: { display_name: "Air", fixed_amount: { amount: 1500, currency: "usd" } } },
  ],
};

/** The answers to it, for the private call. */
export const ANSWERS = {
  consent: { promotions: "opt_in", terms_of_service: "accepted" },
  custom_fields: { member: "0042", size: "s" },
  individual_name: "Ada Lovelace",
  phone: "(415) 555-0123",
  shipping: {
    address: {
      city: "Oakland",
      country: "US",
      line1: "1 Loopback Road",
      postal_code: "94607",
      state: "CA",
    },
    name: "Charles Babbage",
  },
};

/** Sessions that ask, that are embedded, that keep a card and that can be recovered. */
export async function everythingAsked(
  local: Local,
  customer: string,
  keep: (answer: unknown) => void,
): Promise<void> {
  const { checkout } = local.stripe;
  const extra = await monthlyPrice(local, { recurring: undefined, unit_amount: 300 });
  const asking = await paymentSession(local, {
    ...ASKING,
    customer,
    customer_email: undefined,
    customer_update: { address: "auto", name: "auto", shipping: "auto" },
    invoice_creation: { enabled: true },
    optional_items: [{ adjustable_quantity: { enabled: true }, price: extra.id, quantity: 1 }],
  });
  keep(asking);
  keep(await confirm(local, asking.id, "pm_card_visa", ANSWERS));
  const embedded = {
    return_url: "http://127.0.0.1:3000/return",
    success_url: undefined,
    ui_mode: "embedded_page",
  } as const;
  keep(await paymentSession(local, embedded));
  const setup = await checkout.sessions.create({
    currency: "usd",
    mode: "setup",
    setup_intent_data: { description: "For later" },
    success_url: "http://127.0.0.1:3000/success",
  });
  keep(setup);
  keep(await confirm(local, setup.id));
  const lost = await paymentSession(local, { after_expiration: { recovery: { enabled: true } } });
  const expired = await checkout.sessions.expire(lost.id);
  keep(expired);
  await fetch(String(expired.after_expiration?.recovery?.url));
}
