import { z } from "zod";
import { ApiError } from "@/lib/api/errors";
import { tokenRoute } from "@/lib/api/route";
import { isAllowedRedirect } from "@/lib/billing/checkout/redirects";
import { CheckoutError, createCheckoutSession } from "@/lib/billing/checkout/session";

const redirectUrl = z
  .string()
  .max(2_000)
  .refine(isAllowedRedirect, "must lead to this site or to an origin in ALLOWED_REDIRECT_ORIGINS");

const body = z.strictObject({
  product_id: z.uuid(),
  success_url: redirectUrl.optional(),
  cancel_url: redirectUrl.optional(),
});

export const POST = tokenRoute(body, async ({ product_id, success_url, cancel_url }, { user }) => {
  const request = { productId: product_id, successUrl: success_url, cancelUrl: cancel_url };
  const session = await createCheckoutSession(user, request).catch(toApiError);
  return { checkout_session: { id: session.id, url: session.url, expires_at: session.expiresAt } };
});

function toApiError(error: unknown): never {
  if (!(error instanceof CheckoutError)) throw error;
  throw new ApiError(error.code === "product_not_found" ? 404 : 409, error.code, error.message, "product_id");
}
