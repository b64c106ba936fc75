import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import type Stripe from "stripe";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { startTruth } from "./support/stripe-truth";

/** Two that tell of the same row, in both orders: what it says in the end, and when Stripe has to be asked. */

const truth = await startTruth();
process.env.STRIPE_API_URL = truth.url;
// From here on the app's modules may read the environment.
const { db } = await import("@/db");
const { checkoutSessions, invoices } = await import("@/db/schema");
const { handleListed } = await import("@/lib/billing/events/handle");
const { syncObject } = await import("@/lib/billing/sync/sync-object");
const { post } = await import("./support/post-event");
const { factsOf, inboxRow, invoiceRow, ledgerOf, sessionRow, someUser, subscriptionRow, userById } =
  await import("./support/rows");
const { checkoutSession, event, invoice, PERIOD_END, PERIOD_START, paymentSession, refund, subscription } =
  await import("./support/stripe-objects");

afterAll(() => truth.close());
beforeEach(() => {
  Object.assign(truth, { now: PERIOD_START + 1, reads: 0, isAway: false, whileAnswering: async () => {} });
});

type Posted = Parameters<typeof post>[0];
const applied = async (...events: Posted[]) => {
  for (const one of events) expect((await post(one)).status).toBe(200);
};
const asStripe = (one: object) => one as unknown as Stripe.Event;
const time = (after: number) => new Date((PERIOD_START + after) * 1000);

describe("the status of an invoice only climbs", () => {
  const LADDER = ["draft", "open", "uncollectible", "paid"];
  const climbs = LADDER.flatMap((low, place) =>
    LADDER.slice(place + 1).map((high): [string, string] => [low, high]),
  );

  it.each<[string, string]>([...climbs, ["uncollectible", "void"], ["open", "void"]])(
    "%s, %s",
    async (low, high) => {
      for (const later of [-1, 0, 1])
        for (const order of [
          [low, high],
          [high, low],
        ]) {
          const known = invoice();
          const [first, second] = order.map((status, place) =>
            event("invoice.updated", { ...known, status }, { created: PERIOD_START + place * later }),
          );
          await applied(first ?? "", second ?? "");
          expect(await invoiceRow(known.id)).toMatchObject({ status: high });
        }
      expect(truth.reads).toBe(0);
    },
  );

  it("paid and void are both the end: of one second, Stripe is asked", async () => {
    const known = invoice({ status: "void" });
    truth.put(known);
    await applied(
      event("invoice.updated", { ...known, status: "paid" }),
      event("invoice.voided", { ...known, number: "told" }),
    );
    expect(truth.reads).toBe(1);
    expect(await invoiceRow(known.id)).toMatchObject({ status: "void", number: "TF-0001" });
  });

  it("the row is written although the ledger names its fact by the same id", async () => {
    const known = invoice({ amount_paid: 1_905 });
    await applied(event("invoice.paid", known));
    await db.delete(invoices).where(eq(invoices.stripeId, known.id));
    await applied(event("invoice.payment_succeeded", known));
    expect(await invoiceRow(known.id)).toMatchObject({ status: "paid", amountPaid: 1_905, rev: 0 });
    expect(truth.reads).toBe(0);
  });
});

describe("two of one second", () => {
  it.each([
    ["a time", { trial_end: PERIOD_END + 1 }, { trial_end: PERIOD_END + 2 }],
    ["a time, and none", { cancel_at: PERIOD_END }, { cancel_at: null }],
    ["yes and no", { cancel_at_period_end: true }, { cancel_at_period_end: false }],
    ["a text", { status: "active" }, { status: "past_due" }],
    ["an amount's currency", { currency: "usd" }, { currency: "eur" }],
  ])("that differ in %s: Stripe is asked", async (_, one, other) => {
    const known = subscription();
    truth.put({ ...known, ...other, status: "paused" });
    await applied(
      event("customer.subscription.updated", { ...known, ...one }),
      event("customer.subscription.updated", { ...known, ...other }),
    );
    expect(truth.reads).toBe(1);
    expect(await subscriptionRow(known.id)).toMatchObject({ status: "paused" });
  });

  it("that say the same in every column: it is not asked", async () => {
    const known = subscription({
      trial_end: PERIOD_END + 1,
      cancel_at: PERIOD_END + 2,
      canceled_at: PERIOD_END + 3,
      ended_at: PERIOD_END + 4,
    });
    await applied(
      event("customer.subscription.updated", known),
      event("customer.subscription.updated", { ...known, description: "which no column holds" }),
    );
    expect(truth.reads).toBe(0);
    expect(await subscriptionRow(known.id)).toMatchObject({ rev: 1 });
  });

  it("after `created` anything is newer, even of an earlier second", async () => {
    const known = subscription();
    await applied(
      event("customer.subscription.created", known, { created: PERIOD_START + 9 }),
      event("customer.subscription.updated", { ...known, status: "past_due" }),
    );
    expect(await subscriptionRow(known.id)).toMatchObject({ status: "past_due", fromCreated: false });
    expect(truth.reads).toBe(0);
  });
});

describe("a refund's status", () => {
  const ORDER = ["pending", "requires_action", "succeeded", "failed"];
  const pairs = ORDER.flatMap((low, place) =>
    ORDER.slice(place + 1).map((high): [string, string] => [low, high]),
  );

  it.each<[string, string]>([...pairs, ["succeeded", "canceled"]])(
    "%s, then %s: in both orders the latter",
    async (low, high) => {
      for (const order of [
        [low, high],
        [high, low],
      ]) {
        const back = refund({ amount: 705 });
        await applied(...order.map((status) => event("refund.updated", { ...back, status })));
        const revenue = high === "succeeded" ? -705 : 0;
        expect(await factsOf(back.id)).toMatchObject([{ status: high, amount: 705, revenue }]);
      }
    },
  );

  it("none is lost to the event that names it", async () => {
    const back = refund({ status: "pending" });
    await applied(event("refund.updated", { ...back, status: "succeeded" }), event("refund.created", back));
    expect(await factsOf(back.id)).toMatchObject([
      { status: "succeeded", revenue: -1_900, eventType: "refund.updated" },
    ]);
  });
});

describe("a fact of the ledger", () => {
  it("is of the earliest second that anybody tells", async () => {
    for (const seconds of [
      [5, 9],
      [9, 5],
    ]) {
      const session = checkoutSession();
      await applied(
        ...seconds.map((after) =>
          event("checkout.session.completed", session, { created: PERIOD_START + after }),
        ),
      );
      expect(await factsOf(session.id)).toMatchObject([{ occurredAt: time(5) }]);
      expect(await sessionRow(session.id)).toMatchObject({ completedAt: time(5) });
    }
  });

  it("is named by `payment_succeeded` before `paid`, and of two alike by the lower id", async () => {
    for (const isReversed of [false, true]) {
      const paid = invoice();
      const names = [event("invoice.paid", paid), event("invoice.payment_succeeded", paid)];
      await applied(...(isReversed ? names.toReversed() : names));
      expect(await factsOf(paid.id)).toMatchObject([
        { eventType: "invoice.payment_succeeded", stripeEventId: names[1]?.id },
      ]);
      const twice = invoice();
      const alike = ["evt_a", "evt_b"].map((id) =>
        event("invoice.payment_succeeded", twice, { id: `${id}${randomUUID()}` }),
      );
      await applied(...(isReversed ? alike.toReversed() : alike));
      expect(await factsOf(twice.id)).toMatchObject([{ stripeEventId: alike[0]?.id }]);
    }
  });

  it("is named by an event before a reading, in both orders", async () => {
    for (const isReadFirst of [true, false]) {
      const paid = invoice({ status_transitions: { paid_at: PERIOD_START + 3 } });
      truth.put(paid);
      const told = event("invoice.payment_succeeded", paid);
      if (!isReadFirst) await applied(told);
      await syncObject("invoice", paid.id);
      if (isReadFirst) await applied(told);
      expect(await factsOf(paid.id)).toMatchObject([{ stripeEventId: told.id, occurredAt: time(3) }]);
    }
  });

  it("of two failed attempts that one reading is for: each is a fact, by its own event", async () => {
    const { customer } = await someUser();
    const now = invoice({ customer, status: "open", attempt_count: 4, amount_due: 1_907 });
    truth.put(now);
    const failed = [1, 2].map((attempt_count) =>
      event("invoice.payment_failed", { ...now, attempt_count }, { created: PERIOD_START + attempt_count }),
    );
    await handleListed({ kind: "invoice", id: now.id }, failed.map(asStripe));
    expect(await ledgerOf(customer)).toMatchObject([
      {
        stripeId: `${now.id}:1`,
        stripeEventId: failed[0]?.id,
        occurredAt: time(1),
        amount: 1_907,
        revenue: 0,
      },
      {
        stripeId: `${now.id}:2`,
        stripeEventId: failed[1]?.id,
        occurredAt: time(2),
        amount: 1_907,
        revenue: 0,
      },
    ]);
    expect(await invoiceRow(now.id)).toMatchObject({ attemptCount: 4 });
    expect(truth.reads).toBe(1);
  });
});

describe("a reading", () => {
  it("serves for earlier events of its object, too, unless something else changed the row", async () => {
    const known = subscription();
    truth.put(known);
    const ref = { kind: "subscription", id: known.id } as const;
    const listed = () => [asStripe(event("customer.subscription.updated", known))];
    const first = await handleListed(ref, listed());
    if (first.status === "failed" || !first.answer) throw new Error("There is no answer.");
    const then = await handleListed(ref, listed(), first.answer);
    if (then.status === "failed") throw new Error("It failed.");
    const second = await handleListed(ref, listed(), then.answer);
    expect(truth.reads).toBe(1);
    await applied(
      event(
        "customer.subscription.updated",
        { ...known, status: "past_due" },
        { created: PERIOD_START + 90 },
      ),
    );
    if (second.status === "failed") throw new Error("It failed.");
    await handleListed(ref, listed(), second.answer);
    expect(truth.reads).toBe(2);
  });

  it("that finds nothing ends what the row's customer had, and the inbox says whose it was", async () => {
    const [user, other] = [await someUser(), await someUser()];
    const [known, hers] = [
      subscription({ customer: user.customer }),
      subscription({ customer: other.customer }),
    ];
    await applied(
      event("customer.subscription.updated", known),
      event("customer.subscription.updated", hers),
    );
    const unsure = event("customer.subscription.updated", known, { api_version: "2019-01-01" });
    await applied(unsure);
    const row = await subscriptionRow(known.id);
    expect(row).toMatchObject({ status: "canceled", deletedAt: expect.any(Date) });
    const inbox = await inboxRow(unsure.id);
    expect(inbox).toMatchObject({
      stripeCustomerId: user.customer,
      note: `Stripe knows no subscription ${known.id}.`,
    });
    expect(inbox?.changes).toContainEqual({
      table: "users",
      id: user.id,
      before: { stripe_customer_id: user.customer, current_subscription_id: row?.id },
      after: { stripe_customer_id: user.customer, current_subscription_id: null },
    });
    expect((await userById(other.id))?.currentSubscriptionId).toBe((await subscriptionRow(hers.id))?.id);
  });

  it("that an unsure event led to is what the inbox's note tells of", async () => {
    const known = subscription();
    truth.put({ ...known, status: "unpaid" });
    await applied(event("customer.subscription.updated", known));
    const unsure = event("customer.subscription.updated", { ...known, status: "past_due" });
    await applied(unsure);
    expect(await subscriptionRow(known.id)).toMatchObject({ status: "unpaid" });
    expect(await inboxRow(unsure.id)).toMatchObject({ note: `Subscription ${known.id} is unpaid.` });
  });

  it("of an event in another version's words: that a payment failed is in the event alone", async () => {
    const session = paymentSession({ payment_status: "unpaid" });
    truth.put(session);
    const told = event("checkout.session.async_payment_failed", session, { api_version: "2019-01-01" });
    await applied(told, told);
    expect(truth.reads, "the second time it is known without asking").toBe(1);
    expect(await sessionRow(session.id)).toMatchObject({ status: "complete", paymentStatus: "failed" });
  });
});

describe("a checkout", () => {
  const open = { status: "open", payment_status: "unpaid", url: "https://checkout.example/first" };

  it("open: the latest address and amount; complete: neither comes back", async () => {
    const session = paymentSession({ ...open, amount_total: 500 });
    truth.put(session);
    await syncObject("checkout.session", session.id);
    expect(await sessionRow(session.id)).toMatchObject({ status: "open", url: open.url, amountTotal: 500 });
    const changed = { ...session, url: "https://checkout.example/second", amount_total: 600 };
    truth.put(changed);
    await syncObject("checkout.session", session.id);
    expect(await sessionRow(session.id)).toMatchObject({ url: changed.url, amountTotal: 600 });

    const complete = { ...changed, status: "complete", payment_status: "paid", amount_total: 700, url: null };
    await applied(event("checkout.session.completed", complete));
    const after = await sessionRow(session.id);
    expect(after).toMatchObject({ status: "complete", paymentStatus: "paid", amountTotal: 700, url: null });
    await syncObject("checkout.session", session.id);
    expect(await sessionRow(session.id)).toEqual(after);
    await applied(
      event("checkout.session.completed", { ...complete, url: "https://checkout.example/third" }),
    );
    expect(await sessionRow(session.id)).toMatchObject({ url: null });
  });

  it.each([
    ["complete", "expired", "complete"],
    ["expired", "complete", "expired"],
  ])("%s stays so, whatever is told later: %s", async (first, second, stays) => {
    const session = checkoutSession();
    const types = { complete: "checkout.session.completed", expired: "checkout.session.expired" } as const;
    for (const status of [first, second] as const)
      await applied(event(types[status as keyof typeof types], { ...session, status }));
    expect(await sessionRow(session.id)).toMatchObject({ status: stays });
  });

  it.each([
    ["paid", "unpaid"],
    ["no_payment_required", "unpaid"],
    ["paid", "no_payment_required"],
  ])("%s stays so, whatever is told later: %s", async (first, second) => {
    const session = checkoutSession();
    for (const payment_status of [first, second])
      await applied(event("checkout.session.completed", { ...session, payment_status }));
    expect(await sessionRow(session.id)).toMatchObject({ paymentStatus: first });
  });

  it("a copy that carries another's metadata gets a row of its own", async () => {
    const [row] = await db
      .insert(checkoutSessions)
      .values({ mode: "payment", status: "open", paymentStatus: "unpaid", livemode: false })
      .returning();
    const metadata = { checkout_session_id: row?.id };
    const [first, copy] = [paymentSession({ metadata }), paymentSession({ metadata, amount_total: 777 })];
    await applied(
      event("checkout.session.completed", first),
      event("checkout.session.completed", copy),
      event("checkout.session.completed", first),
    );
    expect(await sessionRow(first.id)).toMatchObject({ id: row?.id, amountTotal: 49_900 });
    const other = await sessionRow(copy.id);
    expect(other).toMatchObject({ amountTotal: 777 });
    expect(other?.id).not.toBe(row?.id);
  });
});
