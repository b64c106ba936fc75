import { z } from "zod";
import { tooManyRequests, unauthorized } from "@/lib/api/errors";
import { apiRoute } from "@/lib/api/route";
import { authenticate } from "@/lib/auth/authenticate";
import { clientIp } from "@/lib/auth/client-ip";
import { tokenRequestLimits } from "@/lib/auth/rate-limits";
import { createAccessToken } from "@/lib/auth/tokens";

const LIFETIME_SECONDS = 60 * 60;

const body = z.strictObject({ email: z.string().max(254), password: z.string().max(256) });

const response = z.strictObject({
  access_token: z.string(),
  token_type: z.literal("bearer"),
  expires_in: z.int(),
});

export const POST = apiRoute({ auth: "none", body, response }, async ({ body, request }) => {
  const limits = tokenRequestLimits(body.email, clientIp(request.headers));
  const result = await authenticate(body.email, body.password, limits);
  if (result.user) {
    const token = await createAccessToken(
      result.user.id,
      "Requested with e-mail and password",
      LIFETIME_SECONDS,
    );
    return { access_token: token, token_type: "bearer" as const, expires_in: LIFETIME_SECONDS };
  }
  throw result.reason === "limited"
    ? tooManyRequests(result.retryAfter)
    : unauthorized("There is no account with this e-mail and password.");
});
