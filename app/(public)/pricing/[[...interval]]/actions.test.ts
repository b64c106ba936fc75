import { eq } from "drizzle-orm";
import { revalidatePath } from "next/cache";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { startCheckout } from "@/app/_actions/start-checkout";
import { db } from "@/db";
import { checkoutSessions } from "@/db/schema";
import { stripe } from "@/lib/billing/stripe";
import { formOf, newVisitor, outcomeOf } from "@/test/support/next-request";
import {
  attemptsMade,
  productOf,
  productOffSale,
  signedIn,
  subscribe,
  userById,
} from "@/test/support/visitor";

vi.mock("next/headers", () => import("@/test/support/next-request"));
vi.mock("next/cache", () => ({ revalidatePath: vi.fn() }));

const start = (product_id: string) => outcomeOf(startCheckout(formOf({ product_id })));
const checkoutsOf = (userId: string) =>
  db.select().from(checkoutSessions).where(eq(checkoutSessions.userId, userId));

beforeEach(() => {
  newVisitor();
  vi.mocked(revalidatePath).mockClear();
});

describe("startCheckout", () => {
  it("leads to Stripe's page for the product at its price", async () => {
    const user = await signedIn();
    const product = await productOf("aiaas_pro_yearly");
    const { to } = (await start(product.id)) as { to: string };
    const [row, ...others] = await checkoutsOf(user.id);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ productId: product.id, mode: "subscription", status: "open", url: to });
    const session = await stripe.checkout.sessions.retrieve(row?.stripeId ?? "");
    expect(session).toMatchObject({ url: to, amount_total: 99_900, client_reference_id: user.id });
    expect(session.customer).toBe((await userById(user.id))?.stripeCustomerId);
    expect(revalidatePath).not.toHaveBeenCalled();
  });

  it("asks somebody who is signed out to sign in, and keeps the product for after that", async () => {
    const { id } = await productOf("micro_feature_once");
    expect(await start(id)).toEqual({ to: `/login?product=${id}` });
  });

  it("leads back to the prices when no product was named", async () => {
    await signedIn();
    for (const odd of ["", "starter", "11111111-1111-4111-8111"])
      expect(await start(odd)).toEqual({ to: "/pricing" });
    expect(await outcomeOf(startCheckout(undefined as unknown as FormData))).toEqual({ to: "/pricing" });
  });

  it("leads to the prices, read anew, when the product is off sale", async () => {
    const user = await signedIn();
    const { id } = await productOffSale();
    expect(await start(id)).toEqual({ to: "/pricing" });
    expect(vi.mocked(revalidatePath).mock.calls).toEqual([["/(public)/pricing/[[...interval]]", "page"]]);
    expect(await checkoutsOf(user.id)).toEqual([]);
  });

  it("begins sixty in a quarter of an hour, and then leads to the account, which says so", async () => {
    const user = await signedIn();
    const { id } = await productOf("micro_feature_once");
    await attemptsMade(`checkout:account:${user.id}`, 59, 90);
    expect(await start(id)).toEqual({ to: expect.stringContaining("/c/pay/cs_test_") });
    expect(await start(id)).toEqual({ to: "/account?notice=too-many-checkouts" });
    expect(await checkoutsOf(user.id)).toHaveLength(1);
  });

  it("sells no second plan, but any number of jobs", async () => {
    const user = await signedIn();
    await subscribe(user, "aiaas_starter_monthly");
    const [plan, job] = [await productOf("aiaas_pro_monthly"), await productOf("micro_feature_once")];
    expect(await start(plan.id)).toEqual({ to: "/account?notice=already-subscribed" });
    expect(await start(job.id)).toEqual({ to: expect.stringContaining("/c/pay/cs_test_") });
    expect(await checkoutsOf(user.id)).toMatchObject([{ productId: job.id, mode: "payment" }]);
  });

  it("throws what is nobody's choice, such as Stripe not knowing the customer", async () => {
    await signedIn({ stripeCustomerId: "cus_unknown_to_stripe" });
    const { id } = await productOf("micro_feature_once");
    await expect(start(id)).rejects.toThrow("No such customer: 'cus_unknown_to_stripe'");
  });
});
