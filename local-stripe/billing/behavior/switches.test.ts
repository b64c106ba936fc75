import { expect, test } from "vitest";
import { at, HOUR_SECONDS } from "../../test/clock";
import { startLocalStripe } from "../../test/harness";
import { allEvents, Life } from "../../test/life";
import { confirm, subscriptionSession } from "../../test/shop";
import { type switches, switchValues } from "./switches";

const local = startLocalStripe();

const types = async () => (await allEvents(local)).map(({ type }) => type);
const count = async (wanted: string) => (await types()).filter((type) => type === wanted).length;

const renewed = async () => {
  const life = await Life.begin(local);
  await life.to(at("2026-02-15T12:00:00"));
  const before = await types();
  await life.to(life.time + HOUR_SECONDS);
  return (await types()).slice(before.length);
};

/** Shows for each switch what it changes, under each of its values. */
const seen: Record<keyof typeof switches, () => Promise<unknown>> = {
  trialPaymentStatus: async () => {
    const { id } = await subscriptionSession(local, { subscription_data: { trial_period_days: 14 } });
    await confirm(local, id);
    return (await local.stripe.checkout.sessions.retrieve(id)).payment_status;
  },
  portalCardDefault: async () => {
    const life = await Life.begin(local, {});
    const [method] = (await local.stripe.customers.listPaymentMethods(life.customer)).data;
    await local.stripe.subscriptions.update(life.id, { default_payment_method: method?.id as string });
    const { url } = await local.stripe.billingPortal.sessions.create({ customer: life.customer });
    const opened = await fetch(url);
    const cookie = opened.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const body = new URLSearchParams({
      number: "5555 5555 5555 4444",
      expiry: "12 / 34",
      cvc: "123",
      name: "Ada",
      country: "US",
      zip: "94107",
    });
    await fetch(`${url}/card`, { method: "POST", body, headers: { cookie }, redirect: "manual" });
    const { default_payment_method: own } = await life.subscription();
    const owner = (await local.stripe.customers.retrieve(life.customer)) as {
      invoice_settings?: { default_payment_method: unknown };
    };
    return [own !== method?.id, owner.invoice_settings?.default_payment_method !== method?.id];
  },
  finalizationUpdatesInvoice: async () =>
    (await renewed()).filter((type) => type === "invoice.updated").length,
  finalizationUpdatesCustomer: async () => (await renewed()).includes("customer.updated"),
  pauseUpdatesSubscription: async () => {
    const life = await Life.begin(local);
    await local.stripe.subscriptions.pause(life.id);
    return count("customer.subscription.updated");
  },
  disputeUpdatesCharge: async () => {
    const life = await Life.begin(local);
    const [charge] = (await local.stripe.charges.list({ customer: life.customer })).data;
    await local.control(`dispute?charge=${charge?.id}`);
    return count("charge.updated");
  },
  retries: async () => {
    const life = await Life.begin(local);
    await life.switchCard("pm_card_chargeCustomerFail");
    await life.to(at("2026-02-15T13:00:00"));
    const { next_payment_attempt } = await life.lastInvoice();
    return ((next_payment_attempt ?? 0) - life.time) / 86_400;
  },
  afterRetries: async () => {
    const life = await Life.begin(local);
    await life.switchCard("pm_card_chargeCustomerFail");
    await life.days(28);
    await life.days(25);
    return (await life.subscription()).status;
  },
};

const expected: { [Name in keyof typeof seen]: readonly unknown[] } = {
  trialPaymentStatus: ["no_payment_required", "paid"],
  portalCardDefault: [
    [true, true],
    [false, true],
    [true, false],
  ],
  finalizationUpdatesInvoice: [1, 2],
  finalizationUpdatesCustomer: [true, false],
  pauseUpdatesSubscription: [1, 0],
  disputeUpdatesCharge: [1, 0],
  retries: [3, 1],
  afterRetries: ["canceled", "unpaid", "past_due"],
};

const rows = (Object.keys(seen) as (keyof typeof seen)[]).flatMap((name) =>
  switchValues[name].map((value, position) => [name, value, expected[name][position]] as const),
);

test.each(rows)("%s: %s", async (name, value, outcome) => {
  await local.control(`switch?name=${name}&value=${value}`);
  expect(await seen[name]()).toEqual(outcome);
});
