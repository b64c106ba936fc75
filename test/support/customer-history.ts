import fc from "fast-check";
import {
  dispute,
  event,
  invoice,
  invoicePayment,
  PERIOD_END,
  PERIOD_START,
  paymentSession,
  refund,
  subscription,
  type TestEvent,
} from "./stripe-objects";

/** A customer's life at Stripe, by chance: every change of every object, in order, with the events that tell of it. */

export interface Change {
  /** Seconds of Stripe's clock. */
  at: number;
  object: { id: string; object: string } & Record<string, unknown>;
  events: TestEvent[];
}

/** Most changes share their second with another. */
const gap = fc.constantFrom(0, 0, 0, 1, 2, 60);
const path = (...paths: string[][]) =>
  fc.record({
    startsAt: fc.nat(10),
    path: fc.constantFrom(...paths),
    gaps: fc.array(gap, { minLength: 6, maxLength: 6 }),
  });

export const historyArbitrary = fc.record({
  subscription: fc.record({
    startsAt: fc.nat(10),
    path: fc.array(
      fc.constantFrom(
        "active",
        "past_due",
        "unpaid",
        "cancels",
        "resumes",
        "pauses",
        "collects",
        "adds an item",
        "takes three of it",
        "swaps an item",
      ),
      { maxLength: 5 },
    ),
    ends: fc.boolean(),
    gaps: fc.array(gap, { minLength: 6, maxLength: 6 }),
  }),
  invoices: fc.array(
    path(
      ["open", "paid"],
      ["open", "failed", "failed", "paid"],
      ["open", "uncollectible", "paid"],
      ["open", "void"],
    ),
    { maxLength: 2 },
  ),
  sales: fc.array(path(["paid"], ["unpaid", "arrived"], ["unpaid", "failed"], ["expired"]), { maxLength: 2 }),
  refunds: fc.array(
    path(
      ["succeeded"],
      ["pending", "succeeded"],
      ["pending", "succeeded", "failed"],
      ["pending", "canceled"],
    ),
    { maxLength: 2 },
  ),
  disputes: fc.array(path(["needs_response", "under_review", "won"], ["needs_response", "lost"]), {
    maxLength: 1,
  }),
  /** In the end, and its subscription with it. */
  isDeleted: fc.constantFrom(true, false, false, false),
});

type History = typeof historyArbitrary extends fc.Arbitrary<infer T> ? T : never;
type Told = [types: string[], change: Record<string, unknown>];
type Subscription = ReturnType<typeof subscription>;

/** Each step changes these fields. */
const SUBSCRIPTION: Record<string, Partial<Record<keyof Subscription, unknown>>> = {
  active: { status: "active" },
  past_due: { status: "past_due" },
  unpaid: { status: "unpaid" },
  cancels: { cancel_at: PERIOD_END },
  resumes: { cancel_at: null },
  pauses: { pause_collection: { behavior: "void", resumes_at: PERIOD_END + 5 } },
  collects: { pause_collection: null },
};

type Item = Subscription["items"]["data"][number];

/** The items after each of the subscription's steps. There are two of them, each at a price of its own. */
function itemsAfter(steps: string[], items: Item[], other: Item) {
  const [first] = items;
  let data = items;
  return steps.map((step) => {
    const missing = [first, other].find((item) => !data.some(({ id }) => id === item?.id));
    if (step === "adds an item" && missing) data = [...data, missing];
    if (step === "swaps an item") data = [...data.slice(1), ...(missing ? [missing] : [])];
    if (step === "takes three of it")
      data = data.map((item, index) => (index ? item : { ...item, quantity: 3 }));
    return { items: { object: "list", data } };
  });
}

/** Each state an object gets to: the events that tell of it, and what it changes. */
const INVOICE: Record<string, Told> = {
  open: [["invoice.finalized"], { status: "open" }],
  failed: [["invoice.payment_failed", "invoice.updated"], {}],
  uncollectible: [["invoice.marked_uncollectible"], { status: "uncollectible" }],
  void: [["invoice.voided"], { status: "void" }],
  paid: [["invoice.paid", "invoice.payment_succeeded"], { status: "paid", amount_paid: 1900 }],
};
const COMPLETE = { status: "complete" };
const SALE: Record<string, Told> = {
  paid: [["checkout.session.completed"], { ...COMPLETE, payment_status: "paid" }],
  unpaid: [["checkout.session.completed"], { ...COMPLETE, payment_status: "unpaid" }],
  arrived: [["checkout.session.async_payment_succeeded"], { payment_status: "paid" }],
  failed: [["checkout.session.async_payment_failed"], {}],
  expired: [["checkout.session.expired"], { status: "expired", payment_status: "unpaid" }],
};

export function changesOf(history: History, customer: string): Change[] {
  const { subscription: life, invoices, sales, refunds, disputes, isDeleted } = history;
  const begun = subscription({ customer });
  const items = itemsAfter(life.path, begun.items.data, subscription().items.data[0] as Item);
  const states = life.path.map(
    (state, step): Told => [["customer.subscription.updated"], { ...SUBSCRIPTION[state], ...items[step] }],
  );
  const ended: Told = [["customer.subscription.deleted"], { status: "canceled", ended_at: PERIOD_START }];
  const changes = [
    changing(begun, life, [
      [["customer.subscription.created"], {}],
      ...states,
      ...(life.ends || isDeleted ? [ended] : []),
    ]),
    ...invoices.flatMap((one) => {
      const open = invoice({ customer, status: "open", amount_paid: 0, attempt_count: 0 });
      let attempts = 0;
      const bill = changing(
        open,
        one,
        one.path.map((state): Told => {
          const [types, change] = INVOICE[state] ?? [[], {}];
          if (state === "failed" || state === "paid") attempts++;
          return [types, { ...change, attempt_count: attempts }];
        }),
      );
      return [bill, ...paymentsOf(bill)];
    }),
    ...sales.map((one) =>
      changing(
        paymentSession({ customer, status: "open", payment_status: "unpaid" }),
        one,
        one.path.map((state): Told => SALE[state] ?? [[], {}]),
      ),
    ),
    ...refunds.map((one) =>
      changing(
        refund({ customer, amount: 700 }),
        one,
        one.path.map(
          (status, index): Told => [
            [index === 0 ? "refund.created" : status === "failed" ? "refund.failed" : "refund.updated"],
            { status },
          ],
        ),
      ),
    ),
    ...disputes.map((one) =>
      changing(
        dispute(),
        one,
        one.path.map(
          (status, index): Told => [
            [
              index === 0
                ? "charge.dispute.created"
                : index === one.path.length - 1
                  ? "charge.dispute.closed"
                  : "charge.dispute.updated",
            ],
            { status },
          ],
        ),
      ),
    ),
  ];
  const ordered = changes.flat().toSorted((one, other) => one.at - other.at);
  const at = ordered.at(-1)?.at ?? PERIOD_START;
  const gone = { id: customer, object: "customer", deleted: true };
  return isDeleted
    ? [...ordered, { at, object: gone, events: [event("customer.deleted", gone, { created: at })] }]
    : ordered;
}

/** Stripe tells of the payment after the invoice that it paid. */
function paymentsOf(bill: Change[]): Change[][] {
  const paid = bill.find(({ object }) => object.status === "paid");
  if (!paid) return [];
  const at = paid.at + 1;
  const payment = invoicePayment({
    invoice: paid.object.id,
    status_transitions: { canceled_at: null, paid_at: paid.at },
  });
  return [[{ at, object: payment, events: [event("invoice_payment.paid", payment, { created: at })] }]];
}

function changing(
  first: { id: string; object: string },
  { startsAt, gaps }: { startsAt: number; gaps: number[] },
  states: Told[],
): Change[] {
  let at = PERIOD_START + startsAt;
  let object: Change["object"] = { ...first };
  return states.map(([types, change], index) => {
    if (index > 0) at += gaps[index % gaps.length] ?? 0;
    object = { ...object, ...change };
    return { at, object, events: types.map((type) => event(type, object, { created: at })) };
  });
}
