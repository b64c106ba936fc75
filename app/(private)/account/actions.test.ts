import { beforeEach, describe, expect, it, vi } from "vitest";
import { stripe } from "@/lib/billing/stripe";
import { newVisitor, outcomeOf } from "@/test/support/next-request";
import { signedIn } from "@/test/support/visitor";
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

  it("leads somebody who never bought anything to the prices", async () => {
    await signedIn();
    expect(await outcomeOf(openBillingPortal(new FormData()))).toEqual({ to: "/pricing" });
  });

  it("asks somebody who is signed out to sign in, and to come back", async () => {
    expect(await outcomeOf(openBillingPortal(new FormData()))).toEqual({ to: "/login?next=%2Faccount" });
  });
});
