import { beforeEach, describe, expect, it, vi } from "vitest";
import { stripe } from "@/lib/billing/stripe";
import { newVisitor, outcomeOf } from "@/test/support/next-request";
import { attemptsMade, signedIn, userById } from "@/test/support/visitor";
import { openBillingPortal } from "./actions";

vi.mock("next/headers", () => import("@/test/support/next-request"));

beforeEach(() => {
  newVisitor();
});

describe("openBillingPortal", () => {
  it("leads to Stripe's page of the person's own customer, which leads back to the account", async () => {
    const customer = await stripe.customers.create({ email: "portal@example.com", name: "Portia" });
    await signedIn({ stripeCustomerId: customer.id });
    const { to } = (await outcomeOf(openBillingPortal(new FormData()))) as { to: string };
    const page = await (await fetch(to)).text();
    expect(page).toContain("portal@example.com");
    expect(page).toContain(`${process.env.APP_URL}/account`);
  });

  it("says so in the account when the customer was deleted at Stripe, of which no event told", async () => {
    const { id } = await stripe.customers.create({ email: "gone@example.com" });
    const user = await signedIn({ stripeCustomerId: id });
    await stripe.customers.del(id);
    expect(await outcomeOf(openBillingPortal(new FormData()))).toEqual({
      to: "/account?notice=nothing-to-manage",
    });
    expect((await userById(user.id))?.stripeCustomerId).toBeNull();
    expect(await outcomeOf(openBillingPortal(new FormData()))).toEqual({ to: "/pricing" });
  });

  it("takes no customer for deleted that Stripe has never known: the key may be of another account", async () => {
    const user = await signedIn({ stripeCustomerId: "cus_of_another_account" });
    await expect(openBillingPortal(new FormData())).rejects.toThrow(
      "No such customer: 'cus_of_another_account'",
    );
    expect((await userById(user.id))?.stripeCustomerId).toBe("cus_of_another_account");
  });

  it("leads there thirty times in a quarter of an hour, and then says so in the account", async () => {
    const customer = await stripe.customers.create({ email: "often@example.com" });
    const user = await signedIn({ stripeCustomerId: customer.id });
    await attemptsMade(`portal:account:${user.id}`, 29, 90);
    expect(await outcomeOf(openBillingPortal(new FormData()))).toEqual({
      to: expect.stringMatching(/^http/),
    });
    expect(await outcomeOf(openBillingPortal(new FormData()))).toEqual({
      to: "/account?notice=too-many-visits",
    });
  });

  it("leads somebody who never bought anything to the prices", async () => {
    await signedIn();
    expect(await outcomeOf(openBillingPortal(new FormData()))).toEqual({ to: "/pricing" });
  });

  it("asks somebody who is signed out to sign in, and to come back", async () => {
    expect(await outcomeOf(openBillingPortal(new FormData()))).toEqual({ to: "/login?next=%2Faccount" });
  });
});
