import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { client, db } from "@/db";
import { getUserById } from "@/db/queries/users";
import { invoices, users } from "@/db/schema";
import { env } from "@/env";
import { ensureCustomer } from "@/lib/billing/checkout/customer";
import { createPortalSession } from "@/lib/billing/checkout/portal";
import { stripe } from "@/lib/billing/stripe";
import { post } from "./support/post-event";
import { invoiceRow, someUser, subscriptionRow, userById } from "./support/rows";
import { event, invoice, stripeId, subscription } from "./support/stripe-objects";

/** A user's one customer: how it is made, made again, and whose rows are linked to it. */

const own = await vi.hoisted(async () => (await import("./support/own-stack")).startOwnStack());
afterAll(async () => {
  await client.end();
  await own.stop();
});
beforeEach(() => own.stripe.rest());

const nobodyYet = (over: object = {}) => someUser({ stripeCustomerId: null, ...over });
const customersMade = () => own.stripe.calls.filter((call) => call === "POST /v1/customers").length;

describe("ensureCustomer", () => {
  it("makes a customer with the person's address and name, and our id to find it by", async () => {
    const user = await nobodyYet({ name: "Ada Lovelace" });
    const id = await ensureCustomer(user);
    expect(await stripe.customers.retrieve(id)).toMatchObject({
      email: user.email,
      name: "Ada Lovelace",
      metadata: { user_id: user.id },
    });
    expect(await userById(user.id)).toMatchObject({ stripeCustomerId: id });
  });

  it("does not ask Stripe for one who has a customer", async () => {
    const user = await someUser();
    expect(await ensureCustomer(user)).toBe(user.customer);
    expect(own.stripe.calls).toEqual([]);
  });

  it("makes two people two customers, though they have one name", async () => {
    const [ada, bob] = [await nobodyYet(), await nobodyYet()];
    expect(await ensureCustomer(ada)).not.toBe(await ensureCustomer(bob));
  });

  it("gets the same one from Stripe when the row was lost, as after a crash", async () => {
    const user = await nobodyYet();
    const id = await ensureCustomer(user);
    await db.update(users).set({ stripeCustomerId: null }).where(eq(users.id, user.id));
    expect(await ensureCustomer(user)).toBe(id);
    expect(await userById(user.id)).toMatchObject({ stripeCustomerId: id });
  });

  /** Under one key Stripe refuses other parameters: https://docs.stripe.com/api/idempotent_requests */
  it("gets the same one under a new name, too, and another under the next", async () => {
    const user = await nobodyYet({ name: "Ada Byron" });
    const forget = () => db.update(users).set({ stripeCustomerId: null }).where(eq(users.id, user.id));
    const made: string[] = [];
    for (const name of ["Ada Byron", "Ada King", "Ada King", "Ada Lovelace"]) {
      made.push(await ensureCustomer({ ...user, name }));
      await forget();
    }
    const [byron, king, kingAgain, lovelace] = made;
    expect(kingAgain).toBe(king);
    expect(new Set([byron, king, lovelace]).size).toBe(3);
  });

  it("makes another after the first was deleted, and a third after the second", async () => {
    const user = await nobodyYet();
    const made: string[] = [];
    for (let n = 1; n <= 3; n++) {
      const id = await ensureCustomer((await getUserById(user.id)) ?? user);
      expect(await stripe.customers.retrieve(id)).not.toHaveProperty("deleted");
      made.push(id);
      await stripe.customers.del(id);
      await post(event("customer.deleted", { id, object: "customer" }));
    }
    expect(new Set(made).size).toBe(3);
    // The first answer of each key was looked at once more, and only where it was a repeated one.
    expect(customersMade()).toBe(1 + 2 + 3);
  });

  it("keeps the customer that another request has stored meanwhile", async () => {
    const user = await nobodyYet();
    const stored = stripeId("cus");
    await db.update(users).set({ stripeCustomerId: stored }).where(eq(users.id, user.id));
    expect(await ensureCustomer(user)).toBe(stored);
    expect(await userById(user.id)).toMatchObject({ stripeCustomerId: stored });
  });

  it("says so when the user is gone", async () => {
    const user = { ...(await nobodyYet()), id: randomUUID() };
    await expect(ensureCustomer(user)).rejects.toThrow(
      `User ${user.id} is gone, so there is nobody to bill.`,
    );
  });

  it("gives the person the rows of their customer and of no other, and takes none from its user", async () => {
    const [ada, bob] = [await nobodyYet(), await someUser()];
    const { id: customer } = await stripe.customers.create(
      { email: ada.email, name: ada.name, metadata: { user_id: ada.id } },
      { idempotencyKey: `customer-${ada.id}` },
    );
    const [hers, taken, strangers] = [
      invoice({ customer }),
      invoice({ customer }),
      invoice({ customer: stripeId("cus") }),
    ];
    const plan = subscription({ customer });
    for (const one of [hers, taken, strangers]) await post(event("invoice.updated", one));
    await post(event("customer.subscription.created", plan));
    await db.update(invoices).set({ userId: bob.id }).where(eq(invoices.stripeId, taken.id));
    expect(await ensureCustomer(ada)).toBe(customer);
    expect(await invoiceRow(hers.id)).toMatchObject({ userId: ada.id });
    expect(await invoiceRow(taken.id)).toMatchObject({ userId: bob.id });
    expect(await invoiceRow(strangers.id)).toMatchObject({ userId: null });
    const { id } = (await subscriptionRow(plan.id)) ?? {};
    expect(await userById(ada.id)).toMatchObject({ currentSubscriptionId: id });
    expect(await userById(bob.id)).toMatchObject({ currentSubscriptionId: null });
  });
});

describe("the portal", () => {
  it("is of the person's customer, and leads back to the account", async () => {
    const [ada, bob] = [await nobodyYet({ name: "Ada Lovelace" }), await nobodyYet({ name: "Bob Martin" })];
    const hers = await createPortalSession(await ensureCustomer(ada));
    const his = await createPortalSession(await ensureCustomer(bob));
    const page = await (await fetch(hers ?? "")).text();
    expect(page).toContain(`href="${env.APP_URL}/account"`);
    expect(page).toContain(ada.email);
    expect(page).not.toContain(bob.email);
    expect(his).not.toBe(hers);
  });
});
