import { describe, expect, it } from "vitest";
import { stripe } from "@/lib/billing/stripe";
import { syncObject } from "@/lib/billing/sync/sync-object";
import { post } from "../support/post-event";
import { inboxRow, someUser, userById } from "../support/rows";
import { event, invoice, stripeId, subscription } from "../support/stripe-objects";
import { ledgerRows, postgresRow } from "./postgres-row";

/** A customer is a column of its user, and a row that counts its news and remembers whose it was after its end. */

const START = 1_804_136_767; // 2027-03-04 05:06:07
const END = 1_806_905_228; // 2027-04-05 06:07:08
const gone = (id: string, over: object = {}) =>
  event("customer.deleted", { id, object: "customer", ...over }, { created: END });

async function subscribed(over: object = {}) {
  const user = await someUser();
  const told = subscription({ customer: user.customer, ...over });
  await post(event("customer.subscription.created", told, { created: START }));
  return { ...user, told };
}

describe("a customer that is deleted", () => {
  it("ends its subscriptions at that moment, and leaves its user free for another", async () => {
    const { id, customer, told } = await subscribed();
    expect((await post(gone(customer))).status).toBe(200);
    expect(await postgresRow("subscriptions", told.id)).toMatchObject({
      status: "canceled",
      ended_at: "2027-04-05T06:07:08+00:00",
      user_id: id,
      stamp_lo: END,
      stamp_hi: END,
      from_created: false,
      rev: 1,
      deleted_at: null,
    });
    expect(await userById(id)).toMatchObject({ stripeCustomerId: null, currentSubscriptionId: null });
    expect(await postgresRow("customers", customer)).toEqual({
      stripe_id: customer,
      user_id: id,
      rev: 1,
      deleted_at: expect.any(String),
      livemode: false,
      created_at: expect.any(String),
    });
  });

  it("does not move the end of one that had ended, nor its version", async () => {
    const endings = [
      { status: "canceled", ended_at: 1_798_859_045 },
      { status: "incomplete_expired", ended_at: null },
    ];
    for (const { status, ended_at } of endings) {
      const { customer, told } = await subscribed({ status, ended_at });
      await post(gone(customer));
      expect(await postgresRow("subscriptions", told.id)).toMatchObject({
        status,
        ended_at: ended_at && "2027-01-02T03:04:05+00:00",
        stamp_hi: START,
        rev: 0,
      });
    }
  });

  it("keeps an end that was set already, and a version that is newer than its own", async () => {
    const user = await someUser();
    const told = subscription({ customer: user.customer, ended_at: 1_798_859_045 });
    await post(event("customer.subscription.updated", told, { created: END + 100 }));
    await post(gone(user.customer));
    expect(await postgresRow("subscriptions", told.id)).toMatchObject({
      status: "canceled",
      ended_at: "2027-01-02T03:04:05+00:00",
      stamp_lo: END + 100,
      stamp_hi: END + 100,
    });
  });

  it("ends nobody else's", async () => {
    const [first, other] = [await subscribed(), await subscribed()];
    await post(gone(first.customer));
    expect(await postgresRow("subscriptions", other.told.id)).toMatchObject({ status: "active", rev: 0 });
    expect(await userById(other.id)).toMatchObject({ stripeCustomerId: other.customer });
    expect((await userById(other.id))?.currentSubscriptionId).not.toBeNull();
  });

  it("of nobody we know is remembered for nobody", async () => {
    const id = stripeId("cus");
    expect((await post(gone(id))).status).toBe(200);
    expect(await postgresRow("customers", id)).toMatchObject({
      user_id: null,
      deleted_at: expect.any(String),
    });
  });

  it("may be told twice", async () => {
    const { id, customer } = await subscribed();
    await post(gone(customer));
    expect((await post(gone(customer))).status).toBe(200);
    expect(await postgresRow("customers", customer)).toMatchObject({ user_id: id, rev: 2 });
  });

  it("is still its user's, in all that arrives afterwards", async () => {
    const { id, customer } = await subscribed();
    await post(gone(customer));
    const [late, bill] = [subscription({ customer }), invoice({ customer })];
    await post(event("customer.subscription.updated", late, { created: END + 60 }));
    await post(event("invoice.paid", bill, { created: END + 60 }));
    expect(await postgresRow("subscriptions", late.id)).toMatchObject({ user_id: id, status: "active" });
    expect(await postgresRow("invoices", bill.id)).toMatchObject({ user_id: id });
    expect(await ledgerRows(customer)).toMatchObject([{ kind: "invoice_paid", user_id: id }]);
    // Stripe lets no deleted customer have a subscription, so it grants nothing, whatever it says.
    expect(await userById(id)).toMatchObject({ currentSubscriptionId: null });
  });
});

describe("in the inbox", () => {
  it("the event says what it changed: the subscription's end and the user's two columns, never the rest of a user", async () => {
    const { id, customer, told } = await subscribed();
    const row = await postgresRow("subscriptions", told.id);
    const sent = gone(customer);
    await post(sent);
    expect(await inboxRow(sent.id)).toMatchObject({
      type: "customer.deleted",
      status: "applied",
      attempts: 1,
      objectId: customer,
      stripeCustomerId: customer,
      stripeCreatedAt: new Date("2027-04-05T06:07:08Z"),
      note: `Customer ${customer} is gone.`,
    });
    const { changes } = (await inboxRow(sent.id)) ?? {};
    expect(changes?.toSorted((one, other) => one.table.localeCompare(other.table))).toEqual([
      {
        table: "subscriptions",
        id: row.id,
        before: expect.objectContaining({ stripe_id: told.id, status: "active", ended_at: null }),
        after: expect.objectContaining({ stripe_id: told.id, status: "canceled" }),
      },
      {
        table: "users",
        id,
        before: { stripe_customer_id: customer, current_subscription_id: row.id },
        after: { stripe_customer_id: null, current_subscription_id: null },
      },
    ]);
  });
});

describe("a customer that exists", () => {
  it("changes no row, whatever is told of it", async () => {
    const { id, customer } = await someUser();
    const sent = event("customer.updated", { id: customer, object: "customer", email: "new@example.com" });
    await post(sent);
    expect(await userById(id)).toMatchObject({ stripeCustomerId: customer });
    expect(await inboxRow(sent.id)).toMatchObject({
      note: "customer.updated needs nothing from us.",
      changes: null,
    });
  });

  it("is found to be gone when Stripe is asked, without any event", async () => {
    const { id: customer } = await stripe.customers.create({ email: "ada@example.com" });
    const user = await someUser({ stripeCustomerId: customer });
    expect(await syncObject("customer", customer)).toMatchObject({
      note: `Customer ${customer} exists.`,
    });
    expect(await userById(user.id)).toMatchObject({ stripeCustomerId: customer });
    await stripe.customers.del(customer);
    await syncObject("customer", customer);
    expect(await userById(user.id)).toMatchObject({ stripeCustomerId: null });
    expect(await postgresRow("customers", customer)).toMatchObject({
      user_id: user.id,
      deleted_at: expect.any(String),
    });
  });
});
