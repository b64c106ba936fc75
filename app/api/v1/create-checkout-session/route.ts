import { z } from "zod";
import { ApiError } from "@/lib/api/errors";
import { apiRoute } from "@/lib/api/route";
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

const response = z.strictObject({
  checkout_session: z.strictObject({ id: z.string(), url: z.url(), expires_at: z.int() }),
});

export const POST = apiRoute({ auth: "token", scope: "checkout", body, response }, async ({ user, body }) => {
  const { product_id: productId, success_url: successUrl, cancel_url: cancelUrl } = body;
  const session = await createCheckoutSession(user, { productId, successUrl, cancelUrl }).catch(toApiError);
  return { checkout_session: { id: session.id, url: session.url, expires_at: session.expiresAt } };
});

function toApiError(error: unknown): never {
  if (!(error instanceof CheckoutError)) throw error;
  const status = error.code === "product_not_found" ? 404 : 409;
  const headers = error.code === "checkout_in_progress" ? { "Retry-After": "2" } : undefined;
  throw new ApiError(status, error.code, error.message, "product_id", headers);
}
