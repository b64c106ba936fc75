import type Stripe from "stripe";
import { beforeEach, describe, expect, test } from "vitest";
import { at, DAY_SECONDS, HOUR_SECONDS } from "../../test/clock";
import { startLocalStripe } from "../../test/harness";
import { Life } from "../../test/life";
import { callMeter, meteredPrice, report } from "../../test/metering";
import { monthlyPrice } from "../../test/shop";

/** https://docs.stripe.com/billing/subscriptions/usage-based/billing-credits; the words of refusals are inferred. */

const local = startLocalStripe();
const START = at("2026-01-01T00:00:00");
const RENEWAL = at("2026-02-01T00:00:00");

let meter: string;
let price: string;
let life: Life;

beforeEach(async () => {
  meter = (await callMeter(local)).id;
  price = (await meteredPrice(local, meter)).id;
  const flat = (await monthlyPrice(local)).id;
  life = await Life.begin(local, { time: START, price: flat, more: { items: [{ price: flat }, { price }] } });
});

type More = Partial<Stripe.Billing.CreditGrantCreateParams>;

const grant = (value: number, more: More = {}, currency = "usd") =>
  local.stripe.billing.creditGrants.create({
    amount: { type: "monetary", monetary: { currency, value } },
    applicability_config: { scope: { price_type: "metered" } },
    customer: life.customer,
    ...more,
  });

/** Type and amount of each transaction, oldest first. */
async function ledger(credit_grant: string): Promise<[string | undefined, number | undefined][]> {
  const { data } = await local.stripe.billing.creditBalanceTransactions.list({ credit_grant });
  return data
    .reverse()
    .map(({ credit, debit }) => [(credit ?? debit)?.type, (credit ?? debit)?.amount.monetary?.value]);
}

const refusal = (attempt: Promise<unknown>) =>
  attempt.then(
    () => undefined,
    ({ statusCode, param }: Stripe.errors.StripeError) => [statusCode, param],
  );

/** A hundred calls come to $7.00. */
async function renewed(calls = 100): Promise<Stripe.Invoice> {
  await report(local, life.customer, calls);
  await life.to(RENEWAL + HOUR_SECONDS);
  return life.lastInvoice();
}

describe("a grant", () => {
  test("is created, changed, expired and voided, and says so", async () => {
    const made = await grant(500, { name: "Welcome", category: "promotional", metadata: { from: "us" } });
    expect(made).toMatchObject({
      amount: { type: "monetary", monetary: { currency: "usd", value: 500 } },
      applicability_config: { scope: { price_type: "metered" } },
      category: "promotional",
      customer: life.customer,
      effective_at: START,
      expires_at: null,
      name: "Welcome",
      priority: 50,
      test_clock: life.clock,
      voided_at: null,
    });
    const { creditGrants } = local.stripe.billing;
    const later = START + 90 * DAY_SECONDS;
    const updated = await creditGrants.update(made.id, { expires_at: later, metadata: { of: "May" } });
    expect([updated.expires_at, updated.metadata]).toEqual([later, { from: "us", of: "May" }]);
    expect((await creditGrants.update(made.id, { expires_at: "" })).expires_at).toBeNull();
    expect((await creditGrants.expire(made.id)).expires_at).toBe(START);
    const other = await grant(300);
    expect((await creditGrants.voidGrant(other.id)).voided_at).toBe(START);
    expect((await creditGrants.list({ customer: life.customer })).data.map(({ id }) => id)).toEqual([
      other.id,
      made.id,
    ]);
    expect([await ledger(made.id), await ledger(other.id)]).toEqual([
      [
        ["credits_granted", 500],
        ["credits_expired", 500],
      ],
      [
        ["credits_granted", 300],
        ["credits_voided", 300],
      ],
    ]);
    const types = (await local.happened()).map(({ type }) => type).filter((type) => type.includes("credit"));
    expect(types).toEqual([
      "billing.credit_grant.created",
      "billing.credit_balance_transaction.created",
      "billing.credit_grant.updated",
      "billing.credit_grant.updated",
      "billing.credit_grant.updated",
      "billing.credit_balance_transaction.created",
      "billing.credit_grant.created",
      "billing.credit_balance_transaction.created",
      "billing.credit_grant.updated",
      "billing.credit_balance_transaction.created",
    ]);
  });

  test("expires when it said", async () => {
    const made = await grant(500, { expires_at: START + DAY_SECONDS });
    await life.to(START + DAY_SECONDS - 1);
    expect(await ledger(made.id)).toEqual([["credits_granted", 500]]);
    await life.to(START + DAY_SECONDS);
    expect(await ledger(made.id)).toEqual([
      ["credits_granted", 500],
      ["credits_expired", 500],
    ]);
  });

  test("has a balance, of which a part may not be usable yet", async () => {
    await grant(500);
    await grant(300, { effective_at: START + DAY_SECONDS });
    await grant(200, { applicability_config: { scope: { prices: [{ id: price }] } } });
    await grant(900, {}, "eur");
    const ask = async (filter: Stripe.Billing.CreditBalanceSummaryRetrieveParams.Filter) => {
      const { balances } = await local.stripe.billing.creditBalanceSummaries.retrieve({
        customer: life.customer,
        filter,
      });
      return balances.map(({ available_balance: usable, ledger_balance: all }) => [
        all.monetary?.currency,
        usable.monetary?.value,
        all.monetary?.value,
      ]);
    };
    const metered = { price_type: "metered" as const };
    expect(await ask({ type: "applicability_scope", applicability_scope: metered })).toEqual([
      ["usd", 500, 800],
      ["eur", 900, 900],
    ]);
    const named = { prices: [{ id: price }] };
    expect(await ask({ type: "applicability_scope", applicability_scope: named })).toEqual([
      ["usd", 200, 200],
    ]);
    const { id } = await grant(40);
    expect(await ask({ type: "credit_grant", credit_grant: id })).toEqual([["usd", 40, 40]]);
  });

  test("is refused: in the past, without a scope, for a licensed price, as the 101st, and once it is over", async () => {
    expect(await refusal(grant(500, { expires_at: START }))).toEqual([400, "expires_at"]);
    expect(await refusal(grant(0))).toEqual([400, "amount[monetary][value]"]);
    expect(await refusal(grant(500, { priority: 101 }))).toEqual([400, "priority"]);
    const flat = (await monthlyPrice(local)).id;
    const scoped = (scope: object) => grant(500, { applicability_config: { scope } });
    const path = "applicability_config[scope]";
    expect(await refusal(scoped({ prices: [{ id: flat }] }))).toEqual([400, `${path}[prices][0][id]`]);
    expect(await refusal(scoped({ price_type: "metered", prices: [{ id: price }] }))).toEqual([
      400,
      `${path}[price_type]`,
    ]);
    const { creditGrants } = local.stripe.billing;
    const over = await grant(1);
    await creditGrants.expire(over.id);
    expect(await refusal(creditGrants.voidGrant(over.id))).toEqual([400, undefined]);
    for (let made = 0; made < 100; made++) await grant(1);
    expect(await refusal(grant(1))).toEqual([400, undefined]);
  });
});

describe("an invoice", () => {
  test("uses credits for its metered lines alone, after discounts, when it is final", async () => {
    const { id: coupon } = await local.stripe.coupons.create({ percent_off: 10, duration: "forever" });
    await local.stripe.subscriptions.update(life.id, { discounts: [{ coupon }] });
    const made = await grant(400);
    await report(local, life.customer, 100);
    await life.to(RENEWAL);
    const draft = await life.lastInvoice();
    // 2000 − 200, and 700 − 70 − 400.
    expect([draft.subtotal, draft.total]).toEqual([2700, 2030]);
    expect(await ledger(made.id)).toEqual([["credits_granted", 400]]);
    await life.to(RENEWAL + HOUR_SECONDS);
    const invoice = await life.lastInvoice();
    expect([invoice.total, invoice.amount_paid]).toEqual([2030, 2030]);
    const [flat, metered] = invoice.lines.data;
    expect(flat?.pretax_credit_amounts?.map(({ type }) => type)).toEqual(["discount"]);
    const used = metered?.pretax_credit_amounts?.find(({ type }) => type === "credit_balance_transaction");
    expect(used?.amount).toBe(400);
    const transaction = await local.stripe.billing.creditBalanceTransactions.retrieve(
      String(used?.credit_balance_transaction),
      { expand: ["credit_grant.customer", "debit.credits_applied.invoice"] },
    );
    expect(transaction).toMatchObject({
      credit_grant: { id: made.id, customer: { id: life.customer } },
      debit: {
        amount: { monetary: { currency: "usd", value: 400 } },
        credits_applied: { invoice: { id: invoice.id }, invoice_line_item: metered?.id },
        type: "credits_applied",
      },
      type: "debit",
    });
    const page = await (await fetch(String(invoice.hosted_invoice_url))).text();
    expect(page).toContain("Billing credits");
    expect(await refusal(local.stripe.billing.creditGrants.voidGrant(made.id))).toEqual([400, undefined]);
  });

  test("uses the higher priority first, then the earlier end, then what was given away", async () => {
    const paid = await grant(100);
    const gift = await grant(100, { category: "promotional" });
    const ending = await grant(100, { expires_at: START + 90 * DAY_SECONDS });
    const first = await grant(100, { priority: 10 });
    const last = await grant(1000, { priority: 51 });
    await renewed(50);
    // 350: one hundred of each of the first three, and fifty of the fourth.
    const left = async ({ id }: { id: string }) =>
      (await ledger(id)).reduce(
        (sum, [type, value = 0]) => sum + (type === "credits_granted" ? value : -value),
        0,
      );
    expect([
      await left(first),
      await left(ending),
      await left(gift),
      await left(paid),
      await left(last),
    ]).toEqual([0, 0, 0, 50, 1000]);
  });

  test.each([
    ["of another currency", () => grant(500, {}, "eur"), 0],
    [
      "for another price",
      async () => {
        const other = (await meteredPrice(local, meter)).id;
        return grant(500, { applicability_config: { scope: { prices: [{ id: other }] } } });
      },
      0,
    ],
    [
      "for its price",
      () => grant(500, { applicability_config: { scope: { prices: [{ id: price }] } } }),
      500,
    ],
    ["effective after its period", () => grant(500, { effective_at: RENEWAL + 1 }), 0],
    ["effective with its period's end", () => grant(500, { effective_at: RENEWAL }), 500],
    ["that expires with its period", () => grant(500, { expires_at: RENEWAL }), 0],
    ["that expires before it is final", () => grant(500, { expires_at: RENEWAL + HOUR_SECONDS / 2 }), 0],
    ["that expires later", () => grant(500, { expires_at: RENEWAL + 2 * HOUR_SECONDS }), 500],
  ] as const)("uses a grant %s or not, as it may", async (_, make, credits) => {
    await make();
    expect((await renewed()).total).toBe(2700 - credits);
  });

  test("that becomes void gives back what it used, unless that has expired", async () => {
    await life.switchCard("pm_card_chargeCustomerFail");
    const kept = await grant(100, { priority: 1 });
    const gone = await grant(100, { expires_at: RENEWAL + DAY_SECONDS });
    const invoice = await renewed();
    expect([invoice.status, invoice.total]).toEqual(["open", 2500]);
    await life.to(RENEWAL + 2 * DAY_SECONDS);
    await local.stripe.invoices.voidInvoice(String(invoice.id));
    expect(await ledger(kept.id)).toEqual([
      ["credits_granted", 100],
      ["credits_applied", 100],
      ["credits_application_invoice_voided", 100],
    ]);
    expect((await ledger(gone.id)).at(-1)).toEqual(["credits_expired", 100]);
  });
});
