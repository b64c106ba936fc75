import { z } from "zod";
import { tooManyRequests, unauthorized } from "@/lib/api/errors";
import { publicRoute } from "@/lib/api/route";
import { authenticate } from "@/lib/auth/authenticate";
import { clientIp } from "@/lib/auth/client-ip";
import { tokenRequestLimits } from "@/lib/auth/rate-limits";
import { createAccessToken } from "@/lib/auth/tokens";

const LIFETIME_SECONDS = 60 * 60;

const body = z.strictObject({ email: z.string().max(254), password: z.string().max(256) });

export const POST = publicRoute(body, async ({ email, password }, { request }) => {
  const limits = tokenRequestLimits(email, clientIp(request.headers));
  const result = await authenticate(email, password, limits);
  if (result.user) {
    const token = await createAccessToken(
      result.user.id,
      "Requested with e-mail and password",
      LIFETIME_SECONDS,
    );
    return { access_token: token, token_type: "bearer", expires_in: LIFETIME_SECONDS };
  }
  throw result.reason === "limited"
    ? tooManyRequests(result.retryAfter)
    : unauthorized("There is no account with this e-mail and password.");
});
