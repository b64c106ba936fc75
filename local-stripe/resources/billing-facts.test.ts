import Stripe from "stripe";
import { describe, expect, test } from "vitest";
import { at, DAY_SECONDS } from "../test/clock";
import { startLocalStripe } from "../test/harness";
import { Life } from "../test/life";
import { monthlyPrice, paymentSession } from "../test/shop";

/**
 * What Stripe itself was recorded to answer about subscriptions, prorations and invoices (REAL_STRIPE.md), fact by fact
 * under the names that they have there. Ids are shortened to their prefix, as they are there.
 */

const local = startLocalStripe();
const api = () => local.stripe;

type Facts = Readonly<Record<string, readonly [() => Promise<unknown>, unknown]>>;

const shortened = (text: string) => text.replace(/\b((?:cus|sub|si|price|in)_)\w+/g, "$1…");

/** The parts of an error that a fact is about; one that was not sent is null. */
async function refusal(call: Promise<unknown>) {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    const { statusCode: status, code = null, param = null, message } = error;
    return { status, code, param, message: shortened(message) };
  }
  throw new Error("This was not refused.");
}

const refused = (message: string, more: object = {}) => ({
  status: 400,
  code: null,
  param: null,
  message,
  ...more,
});

async function customer(card: string | null = "pm_card_visa", balance = 0): Promise<string> {
  const paying = card && { payment_method: card, invoice_settings: { default_payment_method: card } };
  return (await api().customers.create({ balance, ...paying })).id;
}

interface Ordered {
  card?: string | null;
  price?: string;
  more?: Partial<Stripe.SubscriptionCreateParams>;
}

async function order({ card, price, more }: Ordered = {}) {
  const items = [{ price: price ?? (await monthlyPrice(local)).id }];
  return { customer: await customer(card), items, ...more };
}

const subscribe = async (ordered: Ordered = {}) => api().subscriptions.create(await order(ordered));
const refuseOrder = async (more: object, card?: string | null) =>
  refusal(subscribe({ card: card === undefined ? "pm_card_visa" : card, more }));

const latest = async ({ latest_invoice }: Stripe.Subscription) =>
  api().invoices.retrieve(String(latest_invoice));

/** The outcome of a trial without a card that is ended now. */
async function endTrial(missing_payment_method: "cancel" | "create_invoice" | "pause") {
  const trial_settings = { end_behavior: { missing_payment_method } };
  const { id } = await subscribe({ card: null, more: { trial_period_days: 7, trial_settings } });
  return api().subscriptions.update(id, { trial_end: "now" });
}

const SAME_PRICE =
  "A new item with Price price_… can't be added to this Subscription because an existing Subscription Item si_… is already using that Price. If you want to update the existing item (e.g., to adjust the quantity), pass the existing Subscription Item's `id` in your update request: https://stripe.com/docs/api/subscriptions/update#update_subscription-items-id";
const NO_METHOD =
  "This customer has no attached payment source or default payment method. Please consider adding a default payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.";

const aboutSubscriptions: Facts = {
  "pending_if_incomplete on create": [
    () => refuseOrder({ payment_behavior: "pending_if_incomplete" }),
    refused(
      "Setting `payment_behavior` to `pending_if_incomplete` has no effect when creating a subscription.",
      { param: "payment_behavior" },
    ),
  ],
  "unknown customer": [
    () => refuseOrder({ customer: "cus_nope" }),
    refused("No such customer: 'cus_…'", { status: 404, code: "resource_missing", param: "customer" }),
  ],
  "days_until_due on automatic": [
    () => refuseOrder({ days_until_due: 3 }),
    refused("You can only specify 'days_until_due' if invoice collection method is 'send_invoice'."),
  ],
  "trial_from_plan conflict": [
    () => refuseOrder({ trial_from_plan: true, trial_period_days: 3 }),
    refused("You cannot set `trial_end` or `trial_period_days` when `trial_from_plan=true`."),
  ],
  "trial_from_plan conflict, with trial_end": [
    () => refuseOrder({ trial_from_plan: true, trial_end: "now" }),
    refused("You cannot set `trial_end` or `trial_period_days` when `trial_from_plan=true`."),
  ],
  "trial_end past": [
    () => refuseOrder({ trial_end: 1000 }),
    refused(
      "The parameter `trial_end` expects a unix timestamp representing a date and time in the future. You specified the value `1000` which is in the past.",
      { param: "trial_end" },
    ),
  ],
  "status filter": [
    () => refusal(api().subscriptions.list({ status: "bogus" as never })),
    refused(
      "Invalid status: must be one of active, past_due, unpaid, canceled, incomplete, incomplete_expired, trialing, paused, all, or ended",
      { param: "status" },
    ),
  ],
  "payment_behavior choice": [
    () => refuseOrder({ payment_behavior: "bogus" }),
    refused(
      "Invalid payment_behavior: must be one of allow_incomplete, error_if_incomplete, pending_if_incomplete, or default_incomplete",
      { param: "payment_behavior" },
    ),
  ],
  "unknown item": [
    () => refusal(api().subscriptionItems.retrieve("si_nope")),
    refused("Invalid subscription_item id: si_…", { status: 404 }),
  ],
  "resume non-paused": [
    async () => refusal(api().subscriptions.resume((await subscribe()).id)),
    refused("You can only resume a subscription if it is `paused`."),
  ],
  "duplicate item on update": [
    async () => {
      const { id, items } = await subscribe();
      return refusal(api().subscriptions.update(id, { items: [{ price: String(items.data[0]?.price.id) }] }));
    },
    refused(SAME_PRICE, { param: "plan" }),
  ],
  "duplicate price on create": [
    async () => {
      const price = (await monthlyPrice(local)).id;
      return refuseOrder({ items: [{ price }, { price }] });
    },
    refused("Cannot create a Subscription with multiple Subscription Items with the same Price: price_…", {
      param: "plan",
    }),
  ],
  "currency mismatch": [
    async () => {
      const { id } = await subscribe();
      const euro = await monthlyPrice(local, { currency: "eur" });
      return refusal(api().subscriptionItems.create({ subscription: id, price: euro.id }));
    },
    refused("The price specified only supports `eur`. This doesn't match the expected currency: `usd`.", {
      param: "price",
    }),
  ],
  "item on canceled": [
    async () => {
      const { id } = await subscribe();
      await api().subscriptions.cancel(id);
      const price = (await monthlyPrice(local)).id;
      return refusal(api().subscriptionItems.create({ subscription: id, price }));
    },
    refused("No such subscription: 'sub_…'", {
      status: 404,
      code: "resource_missing",
      param: "subscription",
    }),
  ],
  "3DS create": [
    async () => {
      const made = await subscribe({ card: "pm_card_authenticationRequired" });
      const { status, attempted, attempt_count, next_payment_attempt } = await latest(made);
      return [made.status, status, attempted, attempt_count, next_payment_attempt];
    },
    ["incomplete", "open", true, 0, null],
  ],
  "send_invoice first invoice is a draft": [
    async () => {
      const made = await subscribe({ more: { collection_method: "send_invoice", days_until_due: 7 } });
      const { status, number, auto_advance } = await latest(made);
      return [made.status, status, number, auto_advance];
    },
    ["active", "draft", null, true],
  ],
  "trial_end=now, no card, pause": [async () => (await endTrial("pause")).status, "paused"],
  "trial_end=now, no card, cancel": [
    async () => {
      const { status, cancellation_details } = await endTrial("cancel");
      return [status, cancellation_details?.reason];
    },
    ["canceled", "cancellation_requested"],
  ],
  "trial_end=now, no card, create_invoice": [
    () => refusal(endTrial("create_invoice")),
    refused(NO_METHOD, { code: "resource_missing" }),
  ],
  "no method on create": [() => refuseOrder({}, null), refused(NO_METHOD, { code: "resource_missing" })],
  billing_thresholds: [
    async () => (await subscribe({ more: { billing_thresholds: { amount_gte: 5000 } } })).billing_thresholds,
    { amount_gte: 5000, reset_billing_cycle_anchor: null },
  ],
  "cancel now forgets a planned end": [
    async () => {
      const { id } = await subscribe();
      const planned = await api().subscriptions.update(id, { cancel_at_period_end: true });
      await local.control("clock/advance?seconds=60");
      const { cancel_at, cancel_at_period_end, canceled_at } = await api().subscriptions.cancel(id);
      return [cancel_at, cancel_at_period_end, canceled_at === planned.canceled_at];
    },
    [null, false, true],
  ],
  "expand[]=schedule": [
    async () => {
      const { id } = await subscribe();
      return (await api().subscriptions.retrieve(id, { expand: ["schedule"] })).schedule;
    },
    null,
  ],
  "a euro subscription beside a dollar one": [
    async () => {
      const { customer } = await subscribe();
      const euro = await monthlyPrice(local, { currency: "eur" });
      return refuseOrder({ customer: String(customer), items: [{ price: euro.id }] });
    },
    expect.objectContaining({
      status: 400,
      message: expect.stringMatching(/^You cannot combine currencies/),
    }),
  ],
};

const START = at("2026-01-01T00:00:00");
/** A 400th of January. */
const FRACTION_SECONDS = (31 * DAY_SECONDS) / 400;

/** A subscription of so many cents a month with so much of its January left; `change` is billed as `behavior` says. */
async function prorate(
  cents: number,
  left: number,
  change: { cents?: number; quantity?: number },
  proration_behavior: "always_invoice" | "create_prorations" = "create_prorations",
): Promise<Life> {
  const made = (unit_amount: number) => monthlyPrice(local, { unit_amount });
  const life = await Life.begin(local, { time: START, price: (await made(cents)).id });
  await life.to(START + 31 * DAY_SECONDS - left);
  const { id } = await life.item();
  const { cents: other, quantity = 1 } = change;
  const item = { id, quantity, ...(other ? { price: (await made(other)).id } : {}) };
  await api().subscriptions.update(life.id, { items: [item], proration_behavior });
  return life;
}

const pending = async ({ customer }: Life) =>
  (await api().invoiceItems.list({ customer, pending: true })).data;
const THIRD_SECONDS = (31 * DAY_SECONDS) / 3;

const aboutProrations: Facts = {
  "each line is rounded down, at a third left": [
    async () =>
      (await pending(await prorate(1000, THIRD_SECONDS, { cents: 2000 }))).map(({ amount }) => amount),
    [-334, 666],
  ],
  "each line is rounded down, at 1/400": [
    async () =>
      (await pending(await prorate(1000, FRACTION_SECONDS, { cents: 1800 }))).map(({ amount }) => amount),
    [-3, 4],
  ],
  "quantity re-prorates whole item": [
    async () =>
      (await pending(await prorate(1000, FRACTION_SECONDS, { quantity: 3 }))).map(({ amount, quantity }) => [
        amount,
        quantity,
      ]),
    [
      [-3, 1],
      [7, 3],
    ],
  ],
  "proration lines have no unit amount": [
    async () =>
      (
        await (await prorate(1000, THIRD_SECONDS, { cents: 2000 }, "always_invoice")).lastInvoice()
      ).lines.data.map(({ pricing }) => pricing?.unit_amount_decimal),
    [null, null],
  ],
  "the fields of a proration that are frozen": [
    async () =>
      (await pending(await prorate(1000, THIRD_SECONDS, { cents: 2000 }))).map((item) => item.frozen_fields),
    [
      ["pricing", "quantity", "discounts"],
      ["pricing", "quantity", "discounts"],
    ],
  ],
  "cancel with prorate": [
    async () => {
      const life = await Life.begin(local, { time: START });
      await life.to(START + 31 * DAY_SECONDS - THIRD_SECONDS);
      await api().subscriptions.cancel(life.id, { prorate: true });
      return [(await pending(life)).map(({ amount }) => amount), (await life.invoices()).length];
    },
    [[-667], 1],
  ],
  "cancel with prorate and invoice_now": [
    async () => {
      const life = await Life.begin(local, { time: START });
      await life.to(START + 31 * DAY_SECONDS - THIRD_SECONDS);
      await api().subscriptions.cancel(life.id, { invoice_now: true, prorate: true });
      const { billing_reason, status, number, total } = await life.lastInvoice();
      const owner = (await api().customers.retrieve(life.customer)) as Stripe.Customer;
      return [billing_reason, status, number, total, owner.balance];
    },
    ["subscription_cycle", "uncollectible", null, -667, 0],
  ],
  "balance_transactions readable": [
    async () => {
      const life = await prorate(2000, THIRD_SECONDS, { cents: 1000 }, "always_invoice");
      const { data } = await api().customers.listBalanceTransactions(life.customer);
      return data.map(({ type, amount }) => [type, amount]);
    },
    [["applied_to_invoice", -334]],
  ],
  "a net under the minimum is owed later": [
    async () => {
      const life = await prorate(1000, FRACTION_SECONDS, { quantity: 3 }, "always_invoice");
      const { status, attempted, attempt_count, amount_due, ending_balance } = await life.lastInvoice();
      const owner = (await api().customers.retrieve(life.customer)) as Stripe.Customer;
      await life.to(at("2026-02-01T01:00:00"));
      const next = await life.lastInvoice();
      return [status, attempted, attempt_count, amount_due, ending_balance, owner.balance, next.amount_paid];
    },
    ["paid", true, 0, 0, 4, 4, 3004],
  ],
};

const draft = async (more: Partial<Stripe.InvoiceCreateParams> = {}, owner?: string) => {
  const of = owner ?? (await customer());
  const { id } = await api().invoices.create({ customer: of, ...more });
  await api().invoiceItems.create({ customer: of, invoice: id, amount: 2000, currency: "usd" });
  return String(id);
};
const open = async (more: Partial<Stripe.InvoiceCreateParams> = {}) =>
  String((await api().invoices.finalizeInvoice(await draft(more))).id);
const paid = async () => String((await api().invoices.pay(await draft())).id);
const uncollectible = async () => String((await api().invoices.markUncollectible(await open())).id);
const voided = async () => String((await api().invoices.voidInvoice(await open())).id);

const NOT_OPEN = refused("You can only pass in open invoices. This invoice isn't open.");
const NOT_SENT = refused(
  "This invoice cannot be sent right now. Please contact us via https://support.stripe.com/contact with details, so we can help.",
);
const NO_DUE = refused(
  "You can only specify 'due_date' or 'days_until_due' if invoice collection method is 'send_invoice'.",
);
const REFINALIZED = refused("This invoice is already finalized, you can't re-finalize a non-draft invoice.");
const NOT_EDITABLE = refused("Invalid invoice: This invoice is no longer editable", {
  code: "invoice_not_editable",
});

const aboutInvoices: Facts = {
  "minted price retrievable": [
    async () => {
      const { lines } = await api().invoices.retrieve(await draft());
      const price = String(lines.data[0]?.pricing?.price_details?.price);
      return [
        (await api().prices.retrieve(price)).unit_amount,
        (await api().products.retrieve(String(lines.data[0]?.pricing?.price_details?.product))).object,
        (await api().prices.list()).data.length,
        (await api().products.list()).data.length,
      ];
    },
    [2000, "product", 0, 0],
  ],
  "draft window": [
    async () => {
      const id = await draft({ auto_advance: true });
      const {
        created,
        automatically_finalizes_at: at,
        next_payment_attempt: next,
      } = await api().invoices.retrieve(id);
      return [Number(at) - created, Number(next) - created];
    },
    [3601, 3600],
  ],
  "draft window, cleared and set again": [
    async () => {
      const id = await draft({ auto_advance: true });
      const cleared = await api().invoices.update(id, { auto_advance: false });
      await local.control("clock/advance?seconds=60");
      const { created, ...again } = await api().invoices.update(id, { auto_advance: true });
      return [
        cleared.automatically_finalizes_at,
        cleared.next_payment_attempt,
        Number(again.automatically_finalizes_at) - created,
      ];
    },
    [null, null, 3601],
  ],
  "draft window of one that is sent": [
    async () => {
      const sent = { auto_advance: true, collection_method: "send_invoice", days_until_due: 3 } as const;
      const { created, automatically_finalizes_at, next_payment_attempt, due_date } =
        await api().invoices.retrieve(await draft(sent));
      return [Number(automatically_finalizes_at) - created, next_payment_attempt, Number(due_date) - created];
    },
    [3601, null, 3 * DAY_SECONDS],
  ],
  "due on automatic": [() => refusal(draft({ days_until_due: 3 })), NO_DUE],
  "due on automatic, as a date": [() => refusal(draft({ due_date: START })), NO_DUE],
  "nothing due on one that is sent": [
    () => refusal(draft({ collection_method: "send_invoice" })),
    refused(
      "If invoice collection method is 'send_invoice', you must specify 'due_date' or 'days_until_due'.",
    ),
  ],
  "re-finalize": [async () => refusal(api().invoices.finalizeInvoice(await open())), REFINALIZED],
  "re-finalize paid": [async () => refusal(api().invoices.finalizeInvoice(await paid())), REFINALIZED],
  "description after finalize": [
    async () => refusal(api().invoices.update(await open(), { description: "no" })),
    refused("Finalized invoices can't be updated in this way", { param: "description" }),
  ],
  "metadata after payment": [
    async () => (await api().invoices.update(await paid(), { metadata: { k: "v" } })).metadata,
    { k: "v" },
  ],
  "void paid": [
    async () => refusal(api().invoices.voidInvoice(await paid())),
    refused("Invoices with `paid` payments cannot be voided."),
  ],
  "void draft": [async () => refusal(api().invoices.voidInvoice(await draft())), NOT_OPEN],
  "void uncollectible": [async () => refusal(api().invoices.voidInvoice(await uncollectible())), NOT_OPEN],
  "re-mark": [
    async () => refusal(api().invoices.markUncollectible(await uncollectible())),
    refused("This invoice has already been marked uncollectible."),
  ],
  "mark paid": [async () => refusal(api().invoices.markUncollectible(await paid())), NOT_OPEN],
  "mark draft": [async () => refusal(api().invoices.markUncollectible(await draft())), NOT_OPEN],
  "pay void": [async () => refusal(api().invoices.pay(await voided())), NOT_OPEN],
  "re-pay": [async () => refusal(api().invoices.pay(await paid())), refused("Invoice is already paid")],
  "pay out of band": [
    async () => {
      const { status, attempted } = await api().invoices.pay(await open(), { paid_out_of_band: true });
      return [status, attempted];
    },
    ["paid", false],
  ],
  "send paid": [async () => refusal(api().invoices.sendInvoice(await paid())), NOT_SENT],
  "send automatic": [
    async () => refusal(api().invoices.sendInvoice(await open())),
    refused("You can only manually send an invoice if its collection method is 'send_invoice'."),
  ],
  "send again": [
    async () => {
      const id = await open({ collection_method: "send_invoice", days_until_due: 3 });
      return (await api().invoices.sendInvoice(id)).status;
    },
    "open",
  ],
  "delete open": [
    async () => refusal(api().invoices.del(await open())),
    refused("You can only delete draft invoices."),
  ],
  "unknown invoice": [
    async () => {
      const calls = {
        GET: api().invoices.retrieve("in_nope"),
        DELETE: api().invoices.del("in_nope"),
        send: api().invoices.sendInvoice("in_nope"),
        add_lines: api().invoices.addLines("in_nope", { lines: [{ amount: 1 }] }),
        update: api().invoices.update("in_nope", {}),
        pay: api().invoices.pay("in_nope"),
        void: api().invoices.voidInvoice("in_nope"),
      };
      const asked = Object.entries(calls).map(async ([name, call]) => [name, (await refusal(call)).param]);
      return Object.fromEntries(await Promise.all(asked));
    },
    {
      GET: "invoice",
      DELETE: "invoice",
      send: "invoice",
      add_lines: "invoice",
      update: "id",
      pay: "id",
      void: "id",
    },
  ],
  "status filter": [
    () => refusal(api().invoices.list({ status: "bogus" as never })),
    refused("Invalid status: must be one of draft, open, void, paid, or uncollectible", { param: "status" }),
  ],
  add_lines: [
    async () => {
      const { lines, total } = await api().invoices.addLines(await draft(), { lines: [{ amount: 999 }] });
      return [lines.data.map(({ amount }) => amount), total];
    },
    [[999, 2000], 2999],
  ],
  "add_lines, amount and quantity": [
    async () => refusal(api().invoices.addLines(await draft(), { lines: [{ amount: 999, quantity: 2 }] })),
    refused("You may only specify one of these parameters: amount, quantity.", {
      code: "parameters_exclusive",
      param: "lines[0][amount]",
    }),
  ],
  "add_lines after finalize": [
    async () => refusal(api().invoices.addLines(await open(), { lines: [{ amount: 999 }] })),
    NOT_EDITABLE,
  ],
  update_lines: [
    async () => {
      const id = await draft();
      const line = (await api().invoices.retrieve(id)).lines.data[0];
      const { lines, total } = await api().invoices.updateLines(id, {
        lines: [{ id: String(line?.id), amount: 1200, description: "Less" }],
      });
      return [lines.data.map((one) => [one.id === line?.id, one.amount, one.description]), total];
    },
    [[[true, 1200, "Less"]], 1200],
  ],
  "one line updated": [
    async () => {
      const id = await draft();
      const line = String((await api().invoices.retrieve(id)).lines.data[0]?.id);
      const { object, amount } = await api().invoices.updateLineItem(id, line, { amount: 1700 });
      return [object, amount, (await api().invoices.retrieve(id)).total];
    },
    ["line_item", 1700, 1700],
  ],
  remove_lines: [
    async () => {
      const owner = await customer();
      const id = await draft({}, owner);
      const added = await api().invoices.addLines(id, { lines: [{ amount: 999 }] });
      const [first, second] = added.lines.data.map((line) => line.id);
      const { lines } = await api().invoices.removeLines(id, {
        lines: [
          { id: String(first), behavior: "delete" },
          { id: String(second), behavior: "unassign" },
        ],
      });
      const waiting = await api().invoiceItems.list({ customer: owner, pending: true });
      return [lines.data.length, waiting.data.map(({ amount }) => amount)];
    },
    [0, [2000]],
  ],
  "remove_lines without a behavior": [
    async () => refusal(api().invoices.removeLines(await draft(), { lines: [{ id: "il_x" }] as never })),
    refused("Missing required param: lines[0][behavior].", {
      code: "parameter_missing",
      param: "lines[0][behavior]",
    }),
  ],
  "quantity on invoiceitem": [
    async () => {
      const given = { customer: await customer(), currency: "usd", quantity: 3 };
      const { amount, quantity, pricing } = await api().invoiceItems.create({
        ...given,
        unit_amount_decimal: Stripe.Decimal.from("2000"),
      });
      return [amount, quantity, String(pricing?.unit_amount_decimal)];
    },
    [6000, 3, "2000"],
  ],
  "a deleted item": [
    async () => {
      const item = await api().invoiceItems.create({
        customer: await customer(),
        amount: 5,
        currency: "usd",
      });
      await api().invoiceItems.del(item.id);
      return refusal(api().invoiceItems.retrieve(item.id));
    },
    expect.objectContaining({
      status: 404,
      param: "id",
      message: expect.stringMatching(/^No such Invoice Item: 'ii_\w+'\(livemode=false\)$/),
    }),
  ],
};

const minimumOf = (currency: string, unit_amount: number) =>
  paymentSession(local, {
    line_items: [{ price_data: { currency, product_data: { name: "Pen" }, unit_amount }, quantity: 1 }],
  });

const values: Facts = {
  "a line with a unit label": [
    async () => {
      const product = (await api().products.create({ name: "Pro", unit_label: "user" })).id;
      const monthly = {
        currency: "usd",
        product,
        unit_amount: 2500,
        recurring: { interval: "month" },
      } as const;
      const price = (await api().prices.create(monthly)).id;
      const trial = await latest(await subscribe({ price, more: { trial_period_days: 7 } }));
      const full = await latest(await subscribe({ price }));
      return [full, trial].map(({ lines }) => lines.data[0]?.description);
    },
    ["1 user × Pro (at $25.00 / month)", "Free trial for 1 user × Pro"],
  ],
  "Checkout under $0.50": [
    () => refusal(minimumOf("usd", 49)),
    refused("The Checkout Session's total amount due must add up to at least $0.50 usd", {
      code: "amount_too_small",
    }),
  ],
  "Checkout at $0.50": [async () => (await minimumOf("usd", 50)).amount_total, 50],
  "Checkout under £0.30": [
    () => refusal(minimumOf("gbp", 29)),
    refused("The Checkout Session's total amount due must add up to at least £0.30 gbp", {
      code: "amount_too_small",
    }),
  ],
  "Checkout of nothing": [async () => (await minimumOf("usd", 0)).amount_total, 0],
};

describe.each(Object.entries({ aboutSubscriptions, aboutProrations, aboutInvoices, values }))(
  "recorded: %s",
  (_, facts) => {
    test.each(Object.entries(facts))("%s", async (_, [ask, answer]) => {
      expect(await ask()).toEqual(answer);
    });
  },
);

test("the official command line pauses a subscription by a trial that ends now (CLI: customer.subscription.paused)", async () => {
  const { id } = await api().customers.create({ description: "(created by Stripe CLI)" });
  const price = await monthlyPrice(local, { unit_amount: 1500 });
  const trial_settings = { end_behavior: { missing_payment_method: "pause" } } as const;
  const made = await api().subscriptions.create({
    customer: id,
    items: [{ price: price.id }],
    trial_period_days: 7,
    trial_settings,
  });
  const before = (await local.happened()).length;
  await api().subscriptions.update(made.id, { trial_end: "now" });
  const types = (await local.happened()).slice(before).map(({ type }) => type);
  expect(types).toEqual(["customer.subscription.paused", "customer.subscription.updated"]);
  expect((await api().invoices.list({ subscription: made.id })).data).toHaveLength(1);
});
