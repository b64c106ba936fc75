import { describe, expect, test } from "vitest";
import { at, DAY_SECONDS, HOUR_SECONDS } from "../../test/clock";
import { startLocalStripe } from "../../test/harness";
import { Life } from "../../test/life";

const local = startLocalStripe();
const START = at("2026-01-01T00:00:00");
const HALF = START + 15.5 * DAY_SECONDS;

async function paused(more: object = { bill_for: { unused_time_from: { type: "none" } } }): Promise<Life> {
  const life = await Life.begin(local, { time: START });
  await life.to(HALF);
  await local.stripe.subscriptions.pause(life.id, more);
  return life;
}

describe("a paused subscription", () => {
  test("says why, and makes no invoices", async () => {
    const life = await paused();
    expect(await life.subscription()).toMatchObject({
      status: "paused",
      status_details: { paused: { subscription: { type: "pause_requested" }, transitioned_at: HALF } },
    });
    await life.days(40);
    expect(await life.invoices()).toHaveLength(1);
  });

  test("gives back what is not used, with the next invoice or at once", async () => {
    const life = await paused({});
    const items = await local.stripe.invoiceItems.list({ customer: life.customer });
    expect(items.data.map(({ amount }) => amount)).toEqual([-1000]);
    const other = await paused({ invoicing_behavior: "invoice" });
    expect(await other.lastInvoice()).toMatchObject({ total: -1000, status: "paid" });
    expect(await local.stripe.customers.retrieve(other.customer)).toMatchObject({ balance: -1000 });
  });

  test("goes on with a new period that is paid at once", async () => {
    const life = await paused();
    await life.days(40);
    const resumed = await local.stripe.subscriptions.resume(life.id);
    expect(resumed).toMatchObject({ status: "active", billing_cycle_anchor: life.time });
    expect(resumed.status_details).toBeUndefined();
    expect(await life.lastInvoice()).toMatchObject({ status: "paid", amount_paid: 2000 });
    await life.days(31);
    await life.to(life.time + HOUR_SECONDS);
    expect((await life.invoices()).map(({ status }) => status)).toEqual(["paid", "paid", "paid"]);
  });

  test("or in the old one, for what is left of it", async () => {
    const life = await paused({});
    await life.to(at("2026-01-24T18:00:00"));
    const resumed = await local.stripe.subscriptions.resume(life.id, {
      billing_cycle_anchor: { type: "unchanged" },
      proration_behavior: "always_invoice",
    });
    expect(resumed).toMatchObject({ status: "active", billing_cycle_anchor: START });
    // A quarter of January costs 467 (7.25 of 31 days, rounded down); 1000 were given back before.
    expect((await life.lastInvoice()).lines.data.map(({ amount }) => amount)).toEqual([467, -1000]);
  });

  test("stays paused until it is paid, if so wanted, and not for longer than 23 hours", async () => {
    const life = await paused();
    await life.switchCard("pm_card_chargeCustomerFail");
    const options = { payment_behavior: "resume_on_payment_success" } as const;
    expect((await local.stripe.subscriptions.resume(life.id, options)).status).toBe("paused");
    await life.to(life.time + 24 * HOUR_SECONDS);
    expect(await life.lastInvoice()).toMatchObject({ status: "void" });
    expect((await life.subscription()).status).toBe("paused");
    const again = await local.stripe.subscriptions.resume(life.id, options);
    await local.stripe.invoices.pay(String(again.latest_invoice), { payment_method: "pm_card_visa" });
    expect((await life.subscription()).status).toBe("active");
  });

  test("otherwise goes on and is past due", async () => {
    const life = await paused();
    await life.switchCard("pm_card_chargeCustomerFail");
    expect((await local.stripe.subscriptions.resume(life.id)).status).toBe("past_due");
  });
});

test("only what runs can be paused, only what is paused can be resumed", async () => {
  const life = await paused();
  await expect(local.stripe.subscriptions.pause(life.id)).rejects.toMatchObject({ statusCode: 400 });
  await local.stripe.subscriptions.resume(life.id);
  await expect(local.stripe.subscriptions.resume(life.id)).rejects.toMatchObject({ statusCode: 400 });
});
