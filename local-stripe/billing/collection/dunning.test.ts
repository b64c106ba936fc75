import { describe, expect, test } from "vitest";
import { at, CLOCKS, DAY_SECONDS, HOUR_SECONDS } from "../../test/clock";
import { startLocalStripe } from "../../test/harness";
import { Life } from "../../test/life";
import { monthlyPrice } from "../../test/shop";

const local = startLocalStripe();
/** To come on every clock, whenever these tests run. */
const START = at(`${new Date().getUTCFullYear() + 1}-01-15T12:00:00`);

describe.each(CLOCKS)("dunning on %s", (on) => {
  const begin = () => Life.begin(local, { on, time: START });
  /** The renewal's invoice is first asked for at this time. */
  const firstAttempt = ({ renewal }: Life) => renewal + HOUR_SECONDS;

  /** A month paid, then a card that is refused. */
  async function failing(): Promise<Life> {
    const life = await begin();
    await life.switchCard("pm_card_chargeCustomerFail");
    await life.to(firstAttempt(life));
    return life;
  }

  test("a failed renewal is past due, and tried again after 3, 5 and 7 days", async () => {
    const life = await failing();
    expect(await life.subscription()).toMatchObject({ status: "past_due" });
    expect(await local.stripe.customers.retrieve(life.customer)).toMatchObject({ delinquent: true });
    const attempts: [number, number | null][] = [];
    for (let days = 0; days <= 15; days++) {
      const { attempt_count, next_payment_attempt: next } = await life.lastInvoice();
      if (attempts.at(-1)?.[0] !== attempt_count) {
        attempts.push([attempt_count, next && (next - firstAttempt(life)) / DAY_SECONDS]);
      }
      await life.days(1);
    }
    expect(attempts).toEqual([
      [1, 3],
      [2, 8],
      [3, 15],
      [4, null],
    ]);
    const [invoice] = (await life.invoices()).slice(-1);
    expect(invoice).toMatchObject({ status: "open", auto_advance: false });
    const payments = await local.stripe.invoicePayments.list({ invoice: invoice?.id });
    expect(payments.data).toHaveLength(1);
  });

  test("canceled when the last retry fails", async () => {
    const life = await failing();
    await life.days(16);
    expect(await life.subscription()).toMatchObject({
      status: "canceled",
      ended_at: firstAttempt(life) + 15 * DAY_SECONDS,
      cancellation_details: { reason: "payment_failed" },
    });
  });

  test("or left unpaid, whose later invoices stay drafts until somebody pays", async () => {
    await local.control("switch?name=afterRetries&value=unpaid");
    const life = await failing();
    await life.days(16);
    expect(await life.subscription()).toMatchObject({ status: "unpaid", ended_at: null });
    await life.days(16);
    expect(await life.lastInvoice()).toMatchObject({ status: "draft", auto_advance: false });
    await life.switchCard("pm_card_visa");
    await local.stripe.invoices.pay((await life.lastInvoice()).id as string);
    expect((await life.subscription()).status).toBe("active");
  });

  test("paid before the next period is asked for, it is active again", async () => {
    const { id: weekly } = await monthlyPrice(local, { recurring: { interval: "week" } });
    const life = await Life.begin(local, { on, time: START, price: weekly });
    await life.switchCard("pm_card_chargeCustomerFail");
    await life.to(firstAttempt(life));
    const unpaid = await life.lastInvoice();
    await life.to(life.renewal + 7 * DAY_SECONDS);
    expect((await life.lastInvoice()).status).toBe("draft");
    await local.stripe.invoices.pay(unpaid.id as string, { payment_method: "pm_card_visa" });
    expect((await life.subscription()).status).toBe("active");
  });

  test("a later period that costs nothing is paid all the same", async () => {
    await local.control("switch?name=afterRetries&value=past_due");
    const life = await failing();
    const { id: coupon } = await local.stripe.coupons.create({ percent_off: 100, duration: "forever" });
    await local.stripe.subscriptions.update(life.id, { discounts: [{ coupon }] });
    await life.days(31);
    expect((await life.invoices()).map(({ status }) => status)).toEqual(["paid", "open", "paid"]);
    expect((await life.subscription()).status).toBe("active");
  });

  test("given up by hand, the invoice no longer makes the customer delinquent", async () => {
    const life = await failing();
    const given = await life.during(async () =>
      local.stripe.invoices.markUncollectible((await life.lastInvoice()).id as string),
    );
    expect(given.map(([type]) => type)).toEqual(["invoice.marked_uncollectible", "customer.updated"]);
    expect(await local.stripe.customers.retrieve(life.customer)).toMatchObject({ delinquent: false });
    await life.days(16);
    expect((await life.subscription()).status).toBe("past_due");
  });

  test("canceled, its invoice can still be paid, and nothing wakes", async () => {
    const life = await failing();
    await local.stripe.subscriptions.cancel(life.id);
    await life.days(16);
    const left = await life.lastInvoice();
    expect(left).toMatchObject({ status: "open", attempt_count: 1, auto_advance: false });
    await local.stripe.invoices.pay(left.id as string, { payment_method: "pm_card_visa" });
    expect((await life.subscription()).status).toBe("canceled");
    expect(await local.stripe.customers.retrieve(life.customer)).toMatchObject({ delinquent: false });
  });

  test.each(["cancel", "unpaid"])(
    "ended with a last bill that nobody pays, it has ended once (%s)",
    async (then) => {
      await local.control(`switch?name=afterRetries&value=${then}`);
      const life = await begin();
      const { id: dearer } = await monthlyPrice(local, { unit_amount: 9_900 });
      const [item] = (await life.subscription()).items.data;
      await local.stripe.subscriptions.update(life.id, { items: [{ id: item?.id, price: dearer }] });
      await local.stripe.subscriptions.update(life.id, { cancel_at_period_end: true });
      await life.switchCard("pm_card_chargeCustomerFail");
      await life.to(life.renewal + HOUR_SECONDS);
      const ended = await life.subscription();
      expect(ended).toMatchObject({ status: "canceled", ended_at: life.renewal });
      const events = await life.during(() => life.days(16));
      expect(await life.lastInvoice()).toMatchObject({
        status: "open",
        attempt_count: 4,
        auto_advance: false,
      });
      expect(await life.subscription()).toEqual(ended);
      expect(events.filter(([type]) => type.startsWith("customer.subscription."))).toEqual([]);
    },
  );

  test("goes on where it was in a state that was put back", async () => {
    const life = await failing();
    await life.days(4);
    const state = await (await fetch(`${local.origin}/__local/state`)).text();
    await life.days(4);
    expect(await life.lastInvoice()).toMatchObject({ attempt_count: 3 });
    await fetch(`${local.origin}/__local/state`, { method: "PUT", body: state });
    life.time -= 4 * DAY_SECONDS;
    expect(await life.lastInvoice()).toMatchObject({ attempt_count: 2 });
    await life.days(3);
    expect(await life.lastInvoice()).toMatchObject({ attempt_count: 2 });
    await life.days(9);
    expect(await life.subscription()).toMatchObject({
      status: "canceled",
      ended_at: firstAttempt(life) + 15 * DAY_SECONDS,
    });
  });

  test("or left past due", async () => {
    await local.control("switch?name=afterRetries&value=past_due");
    const life = await failing();
    await life.days(16);
    expect((await life.subscription()).status).toBe("past_due");
  });

  test("eight retries in two weeks, as Smart Retries may", async () => {
    await local.control("switch?name=retries&value=smart");
    const life = await failing();
    await life.days(16);
    expect(await life.lastInvoice()).toMatchObject({ attempt_count: 9, next_payment_attempt: null });
  });

  test("a retry with a better card recovers", async () => {
    const life = await failing();
    await life.switchCard("pm_card_visa");
    await life.days(3);
    expect(await life.lastInvoice()).toMatchObject({ status: "paid", attempt_count: 2 });
    expect(await life.subscription()).toMatchObject({ status: "active" });
    expect(await local.stripe.customers.retrieve(life.customer)).toMatchObject({ delinquent: false });
    await life.days(30);
    expect((await life.invoices()).map(({ status }) => status)).toEqual(["paid", "paid", "paid"]);
  });

  test("paid by hand before the retry: no second charge", async () => {
    const life = await failing();
    await local.stripe.invoices.pay((await life.lastInvoice()).id as string, {
      payment_method: "pm_card_visa",
    });
    await life.days(10);
    expect((await life.subscription()).status).toBe("active");
    const charges = (await local.stripe.charges.list({ customer: life.customer })).data;
    expect(charges.map(({ status }) => status)).toEqual(["succeeded", "failed", "succeeded"]);
  });

  test("a card that always asks is waited for, and the customer's answer recovers", async () => {
    const life = await begin();
    await life.switchCard("pm_card_authenticationRequired");
    await life.to(firstAttempt(life));
    expect((await life.subscription()).status).toBe("past_due");
    const [payment] = (await local.stripe.invoicePayments.list({ invoice: (await life.lastInvoice()).id }))
      .data;
    const intent = await local.stripe.paymentIntents.retrieve(String(payment?.payment.payment_intent));
    expect(intent.status).toBe("requires_action");
    const page = intent.next_action?.redirect_to_url?.url as string;
    await fetch(page, { method: "POST", body: new URLSearchParams({ result: "complete" }) });
    expect((await life.subscription()).status).toBe("active");
    expect((await life.lastInvoice()).status).toBe("paid");
  });

  test("without any card the attempt fails without a charge", async () => {
    const life = await begin();
    const [method] = (await local.stripe.customers.listPaymentMethods(life.customer)).data;
    await local.stripe.paymentMethods.detach(method?.id as string);
    await life.to(firstAttempt(life));
    expect(await life.lastInvoice()).toMatchObject({ status: "open", attempted: true, attempt_count: 1 });
    expect((await life.subscription()).status).toBe("past_due");
    expect((await local.stripe.charges.list({ customer: life.customer })).data).toHaveLength(1);
  });

  test("the next payment fails as asked, whatever the card", async () => {
    const life = await begin();
    await local.control("fail_next_payment?code=insufficient_funds");
    await life.to(firstAttempt(life));
    const [charge] = (await local.stripe.charges.list({ customer: life.customer })).data;
    expect(charge).toMatchObject({ status: "failed", outcome: { reason: "insufficient_funds" } });
    await life.days(3);
    expect((await life.subscription()).status).toBe("active");
  });
});
