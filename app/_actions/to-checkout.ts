import { redirect } from "next/navigation";
import { refreshPricing } from "@/app/_actions/refresh-pricing";
import type { User } from "@/db/queries/users";
import { accountLimits, countAttempt } from "@/lib/auth/rate-limits";
import { CheckoutError, createCheckoutSession } from "@/lib/billing/checkout/session";

/** Sends a signed-in person on to Stripe's hosted page, or to where the matter can be resolved. */
export async function toCheckout(user: User, productId: string): Promise<never> {
  const retryAfter = await countAttempt(accountLimits("checkout", user.id));
  if (retryAfter !== null) redirect("/account?notice=too-many-checkouts");
  const session = await createCheckoutSession(user, { productId }).catch((error: unknown) => {
    if (error instanceof CheckoutError) return error;
    throw error;
  });
  if (!(session instanceof CheckoutError)) redirect(session.url);
  // The account says so: `already-subscribed`, `currency-mismatch`, `checkout-in-progress`.
  if (session.code !== "product_not_found") redirect(`/account?notice=${session.code.replaceAll("_", "-")}`);
  // The page that offered it was older than the catalog.
  refreshPricing();
  redirect("/pricing");
}
