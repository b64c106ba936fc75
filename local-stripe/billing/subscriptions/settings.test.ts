import type Stripe from "stripe";
import { expect, test } from "vitest";
import { startLocalStripe } from "../../test/harness";
import { Life } from "../../test/life";

const local = startLocalStripe();

// Source: the SDK's types `Subscription.InvoiceSettings` and `Subscription.PaymentSettings`.
test("a subscription's invoices say and are paid by what it says", async () => {
  const life = await Life.begin(local, {
    more: {
      invoice_settings: {
        custom_fields: [{ name: "Order", value: "17" }],
        description: "Thank you",
        footer: "Small print",
      },
      payment_settings: {
        payment_method_options: { card: { request_three_d_secure: "any" } },
        payment_method_types: ["card"],
      },
    },
  });
  expect(await life.subscription()).toMatchObject({
    invoice_settings: { description: "Thank you", issuer: { type: "self" } },
    payment_settings: {
      payment_method_options: { card: { network: null, request_three_d_secure: "any" } },
      payment_method_types: ["card"],
      save_default_payment_method: "off",
    },
  });
  expect(await life.lastInvoice()).toMatchObject({
    custom_fields: [{ name: "Order", value: "17" }],
    description: "Thank you",
    footer: "Small print",
    payment_settings: { payment_method_types: ["card"] },
  });
});

test("settings are changed one by one, and unset", async () => {
  const life = await Life.begin(local, {
    more: { invoice_settings: { description: "Thank you", footer: "Small print" } },
  });
  const changed = (more: Stripe.SubscriptionUpdateParams) => local.stripe.subscriptions.update(life.id, more);
  const thresholds = { amount_gte: 5000, reset_billing_cycle_anchor: true };
  await changed({
    billing_thresholds: thresholds,
    invoice_settings: { footer: "Smaller print" },
    payment_settings: { save_default_payment_method: "on_subscription" },
  });
  expect(await life.subscription()).toMatchObject({
    billing_thresholds: thresholds,
    invoice_settings: { description: "Thank you", footer: "Smaller print" },
    payment_settings: { payment_method_types: null, save_default_payment_method: "on_subscription" },
  });
  expect((await changed({ billing_thresholds: "" })).billing_thresholds).toBeNull();
});
