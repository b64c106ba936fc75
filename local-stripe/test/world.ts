import Stripe from "stripe";
import { everythingAsked } from "./asking-session";
import type { Local } from "./harness";
import { callMeter, meteredPrice, report } from "./metering";
import { confirm, monthlyPrice, paymentSession, subscriptionSession } from "./shop";

/** At least one of everything that is served, made through the public API alone. Returns what was answered. */
export async function createWorld(local: Local): Promise<unknown[]> {
  const { stripe } = local;
  const answers: unknown[] = [];
  const keep = <T>(answer: T): T => {
    answers.push(answer);
    return answer;
  };

  keep(await stripe.webhookEndpoints.create({ url: local.receiver.url, enabled_events: ["plan.deleted"] }));
  const customer = keep(
    await stripe.customers.create({
      address: { line1: "1 Loopback Road", country: "US" },
      email: "ada@example.com",
      invoice_settings: { default_payment_method: "pm_card_visa" },
      metadata: { plan: "pro" },
      payment_method: "pm_card_visa",
    }),
  );

  keep(
    await confirm(
      local,
      (await subscriptionSession(local, { customer: customer.id, customer_email: undefined })).id,
    ),
  );
  const invoicing = { invoice_creation: { enabled: true } };
  keep(await confirm(local, (await paymentSession(local, invoicing)).id));
  const trial = await subscriptionSession(local, {
    automatic_tax: { enabled: false },
    subscription_data: { trial_period_days: 14 },
    tax_id_collection: { enabled: true },
  });
  keep(await confirm(local, trial.id));
  await confirm(local, (await paymentSession(local)).id, "pm_card_chargeDeclined").catch(() => {});
  keep(await confirm(local, (await paymentSession(local)).id, "pm_usBankAccount_success"));
  const iban = await stripe.paymentMethods.create({
    type: "sepa_debit",
    sepa_debit: { iban: "AT611904300234573201" },
    billing_details: { email: "ada@example.com", name: "Ada" },
  });
  const euros = await stripe.paymentIntents.create({
    amount: 700,
    confirm: true,
    currency: "eur",
    payment_method: iban.id,
    return_url: "http://127.0.0.1:3000/",
  });
  keep(await stripe.charges.retrieve(String(euros.latest_charge)));
  keep(iban);
  keep(await stripe.checkout.sessions.expire((await paymentSession(local)).id));
  // A debit whose bank has not answered yet.
  const debit = await stripe.paymentMethods.attach("pm_usBankAccount_success", { customer: customer.id });
  keep(await confirm(local, (await paymentSession(local)).id, keep(debit).id));

  const pay = (payment_method: string, more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
    stripe.paymentIntents.create({
      amount: 1500,
      confirm: true,
      currency: "usd",
      customer: customer.id,
      payment_method,
      return_url: "http://127.0.0.1:3000/",
      ...more,
    });
  await pay("pm_card_createDispute");
  const shipping = { name: "Ada Lovelace", address: { line1: "1 Loopback Road" } };
  const held = keep(await pay("pm_card_discover", { capture_method: "manual", shipping }));
  keep(await stripe.paymentIntents.capture(held.id, { amount_to_capture: 900 }));
  const payment = await pay("pm_card_visa");
  keep(await stripe.refunds.create({ payment_intent: payment.id, amount: 500 }));
  await stripe.paymentIntents.create({
    amount: 1500,
    confirm: true,
    currency: "usd",
    payment_method: "pm_card_threeDSecure2Required",
    return_url: "http://127.0.0.1:3000/",
  });
  keep(
    await stripe.setupIntents.create({
      confirm: true,
      customer: customer.id,
      payment_method: "pm_card_visa",
    }),
  );
  keep(await stripe.paymentMethods.attach("pm_usBankAccount_success", { customer: customer.id }));
  keep(await stripe.billingPortal.sessions.create({ customer: customer.id }));

  await everythingAsked(local, customer.id, keep);
  await metering(local, customer.id, keep);
  await entitlements(local, customer.id, keep);
  await discounts(local, customer.id, keep);
  await schedules(local, customer.id, keep);
  await invoicesByHand(stripe, customer.id, keep);
  await taxes(local, customer.id, keep);
  // A list shows the newest ten: this price has to be among them.
  await tieredPrice(stripe, keep);
  await deletedObjects(stripe, keep);
  keep(await stripe.testHelpers.testClocks.create({ frozen_time: 1_800_000_000 }));
  return answers;
}

async function tieredPrice(stripe: Stripe, keep: (answer: unknown) => void): Promise<void> {
  const tiers = [
    { up_to: 5, unit_amount: 700, flat_amount: 1000 },
    { up_to: "inf" as const, unit_amount_decimal: Stripe.Decimal.from("6.5") },
  ];
  const price = await stripe.prices.create({
    billing_scheme: "tiered",
    currency: "usd",
    currency_options: { eur: { tiers: [{ up_to: "inf", unit_amount: 600 }] } },
    product_data: { name: "Fonts", unit_label: "font" },
    recurring: { interval: "month" },
    tiers,
    tiers_mode: "graduated",
  });
  const items = [{ price: price.id, quantity: 6 }];
  keep(await stripe.invoices.createPreview({ subscription_details: { items } }));
}

async function entitlements(local: Local, customer: string, keep: <T>(answer: T) => T): Promise<void> {
  const { entitlements, events, products, subscriptions } = local.stripe;
  const { id: price, product } = await monthlyPrice(local);
  const attach = async (lookup_key: string) => {
    const { id } = keep(await entitlements.features.create({ lookup_key, name: "Reports" }));
    return products.createFeature(String(product), { entitlement_feature: id });
  };
  await attach("reports");
  keep(await products.deleteFeature(String(product), (await attach("old-reports")).id));
  await subscriptions.create({ customer, items: [{ price }] });
  keep(await events.list({ type: "entitlements.active_entitlement_summary.updated" }));
}

async function metering(local: Local, customer: string, keep: (answer: unknown) => void): Promise<void> {
  const { billing } = local.stripe;
  const meter = await callMeter(local);
  const price = await meteredPrice(local, meter.id);
  keep(await local.stripe.subscriptions.create({ customer, items: [{ price: price.id }] }));
  keep(await report(local, customer, 25, { identifier: "counted" }));
  keep(await report(local, customer, 4, { identifier: "canceled" }));
  const payload = { stripe_customer_id: customer, value: "3" };
  keep(await local.stripe.v2.billing.meterEvents.create({ event_name: "calls", payload }));
  keep(
    await billing.creditGrants.create({
      amount: { type: "monetary", monetary: { currency: "usd", value: 500 } },
      applicability_config: { scope: { price_type: "metered" } },
      customer,
    }),
  );
  const cancel = { identifier: "canceled" };
  keep(await billing.meterEventAdjustments.create({ cancel, event_name: "calls", type: "cancel" }));
}

async function discounts(local: Local, customer: string, keep: (answer: unknown) => void): Promise<void> {
  const { stripe } = local;
  const price = await monthlyPrice(local);
  const coupon = await stripe.coupons.create({
    applies_to: { products: [String(price.product)] },
    duration: "forever",
    name: "A quarter",
    percent_off: 25,
  });
  const code = await stripe.promotionCodes.create({
    code: "QUARTER",
    promotion: { type: "coupon", coupon: coupon.id },
  });
  const subscription = await stripe.subscriptions.create({
    customer,
    discounts: [{ promotion_code: code.id }],
    items: [{ price: price.id }],
  });
  const params = { expand: ["discounts"] };
  keep(await stripe.subscriptions.retrieve(subscription.id, params));
  const session = await subscriptionSession(local, { discounts: [{ coupon: coupon.id }] });
  keep(await confirm(local, session.id));
  const other = await stripe.subscriptions.create({ customer, items: [{ price: price.id, quantity: 2 }] });
  keep(
    await stripe.subscriptions.update(other.id, { items: [{ id: other.items.data[0]?.id, quantity: 3 }] }),
  );
  keep(await stripe.subscriptions.cancel(other.id));
  keep(await stripe.subscriptions.update(subscription.id, { pause_collection: { behavior: "void" } }));
}

/** One that runs with every kind of phase, and one that is still to begin. */
async function schedules(local: Local, customer: string, keep: (answer: unknown) => void): Promise<void> {
  const { coupons, subscriptions, subscriptionSchedules } = local.stripe;
  const { id: price, product } = await monthlyPrice(local);
  const once = (await monthlyPrice(local, { recurring: undefined })).id;
  const { id: coupon } = await coupons.create({
    applies_to: { products: [String(product)] },
    duration: "once",
    percent_off: 25,
  });
  const subscription = await subscriptions.create({ customer, items: [{ price }] });
  const made = await subscriptionSchedules.create({ from_subscription: subscription.id });
  const [current] = made.phases;
  keep(
    await subscriptionSchedules.update(made.id, {
      phases: [
        {
          items: [{ price }],
          start_date: current?.start_date as number,
          end_date: current?.end_date as number,
        },
        {
          add_invoice_items: [{ price: once }],
          discounts: [{ coupon }],
          invoice_settings: { days_until_due: 7 },
          items: [{ price, quantity: 2 }],
        },
      ],
    }),
  );
  const start_date = Math.floor(Date.now() / 1000) + 1_000_000;
  keep(await subscriptionSchedules.create({ customer, start_date, phases: [{ items: [{ price }] }] }));
}

/** A rate, on a subscription and each kind of item. */
async function taxes(local: Local, customer: string, keep: (answer: unknown) => void): Promise<void> {
  const { stripe } = local;
  const rate = await stripe.taxRates.create({
    country: "DE",
    display_name: "VAT",
    inclusive: true,
    percentage: 19,
  });
  const rates = [rate.id];
  keep(
    await stripe.tax.registrations.create({
      active_from: "now",
      country: "US",
      country_options: { us: { state: "CA", type: "state_sales_tax" } },
    }),
  );
  keep(await stripe.customers.createTaxId(customer, { type: "eu_vat", value: "DE123456789" }));
  const own = await stripe.taxIds.create({ type: "us_ein", value: "12-3456789" });
  keep(await stripe.taxIds.del((await stripe.taxIds.create({ type: "gb_vat", value: "GB123456789" })).id));
  keep(own);
  const { id: product } = await stripe.products.create({ name: "Taxed" });
  const { id: price } = await stripe.prices.create({
    currency: "usd",
    product,
    recurring: { interval: "month" },
    unit_amount: 1190,
  });
  const items = [{ price, tax_rates: rates }];
  const line_items = [{ price, quantity: 1, tax_rates: rates }];
  keep(await confirm(local, (await subscriptionSession(local, { line_items })).id));
  keep(await stripe.subscriptions.create({ customer, default_tax_rates: rates, items }));
  keep(await stripe.invoiceItems.create({ amount: 2380, currency: "usd", customer, tax_rates: rates }));
}

async function invoicesByHand(
  stripe: Stripe,
  customer: string,
  keep: (answer: unknown) => void,
): Promise<void> {
  const draft = await stripe.invoices.create({ customer });
  keep(await stripe.invoiceItems.create({ customer, invoice: draft.id, amount: 500, currency: "usd" }));
  keep(await stripe.invoices.finalizeInvoice(draft.id as string));
  keep(await stripe.invoices.voidInvoice(draft.id as string));
  keep(await stripe.invoiceItems.create({ customer, amount: 500, currency: "usd" }));
  keep(await stripe.invoices.createPreview({ customer }));
  keep(await stripe.invoices.create({ customer, collection_method: "send_invoice", days_until_due: 7 }));
  await creditNotes(stripe, customer, keep);
}

/** One of an invoice that is open, and one of a paid one that gives back in two ways. */
async function creditNotes(stripe: Stripe, customer: string, keep: (answer: unknown) => void): Promise<void> {
  const made = async () => {
    const { id } = await stripe.invoices.create({ customer });
    const lines = [
      { amount: 900, description: "Support" },
      { pricing: { price: (await oneTime()).id }, quantity: 2 },
    ];
    keep(await stripe.invoices.addLines(String(id), { lines }));
    return stripe.invoices.finalizeInvoice(String(id));
  };
  const oneTime = () =>
    stripe.prices.create({ currency: "usd", product_data: { name: "Hour" }, unit_amount: 300 });
  const open = await made();
  keep(await stripe.creditNotes.create({ invoice: String(open.id), amount: 250, memo: "Sorry" }));
  const paid = await stripe.invoices.pay(String((await made()).id));
  const [line] = paid.lines.data;
  keep(
    await stripe.creditNotes.create({
      invoice: String(paid.id),
      lines: [
        { type: "invoice_line_item", invoice_line_item: line?.id, amount: 100 },
        { type: "custom_line_item", description: "Goodwill", quantity: 2, unit_amount: 25 },
      ],
      refund_amount: 100,
      credit_amount: 50,
    }),
  );
}

/** Deletes one of each, and answers what remains of it. */
async function deletedObjects(stripe: Stripe, keep: (answer: unknown) => void): Promise<void> {
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: 1_800_000_000 });
  keep(await stripe.testHelpers.testClocks.del(clock.id));
  keep(await stripe.customers.del((await stripe.customers.create({})).id));
  keep(await stripe.products.del((await stripe.products.create({ name: "Gone" })).id));
  const coupon = await stripe.coupons.create({ percent_off: 25, duration: "once" });
  keep(await stripe.coupons.del(coupon.id));
  const customer = await stripe.customers.create({});
  const item = await stripe.invoiceItems.create({ customer: customer.id, amount: 5, currency: "usd" });
  keep(await stripe.invoiceItems.del(item.id));
  const draft = await stripe.invoices.create({ customer: customer.id });
  keep(await stripe.invoices.del(draft.id as string));
  const endpoint = await stripe.webhookEndpoints.create({
    url: "http://127.0.0.1:1/",
    enabled_events: ["*"],
  });
  keep(await stripe.webhookEndpoints.del(endpoint.id));
}
