import { z } from "zod";
import { ApiError, busy, tooManyRequests, unauthorized } from "@/lib/api/errors";
import { apiRoute } from "@/lib/api/route";
import { type Authentication, authenticate } from "@/lib/auth/authenticate";
import { clientIp } from "@/lib/auth/client-ip";
import { MAX_TYPED } from "@/lib/auth/passwords";
import { accountLimits, countAttempt } from "@/lib/auth/rate-limits";
import { DEFAULT_SCOPES, formatScopes, parseScopes, SCOPES } from "@/lib/auth/scopes";
import { createAccessToken, TooManyTokensError } from "@/lib/auth/tokens";

const HOUR = 60 * 60;
const YEAR = 365 * 24 * HOUR;

/** In OAuth's words, as the answer is. */
const body = z.strictObject({
  email: z.string().max(254),
  password: z.string().max(MAX_TYPED),
  scope: z
    .string()
    .refine(parseScopes, `must be one or several of ${SCOPES.join(", ")}, with a space between two`)
    .optional(),
  expires_in: z.int().min(60).max(YEAR).default(HOUR),
});

const response = z.strictObject({
  access_token: z.string(),
  token_type: z.literal("bearer"),
  expires_in: z.int(),
  /** Said to programs that asked for one. */
  scope: z.string().optional(),
});

/** In the list of the person's tokens. */
const NAME = "Requested with e-mail and password";

export const POST = apiRoute({ auth: "none", body, response }, async ({ body, request }) => {
  const asker = { ip: clientIp(request.headers), device: null };
  const result = await authenticate(body.email, body.password, asker);
  if (!result.user) throw refusalOf(result);
  const retryAfter = await countAttempt(accountLimits("token", result.user.id));
  if (retryAfter !== null) throw tooManyRequests(retryAfter);
  const scopes = parseScopes(body.scope ?? "") ?? DEFAULT_SCOPES;
  const leave = { scopes, expiresInSeconds: body.expires_in };
  const token = await createAccessToken(result.user.id, NAME, leave).catch(toApiError);
  return {
    access_token: token,
    token_type: "bearer" as const,
    expires_in: body.expires_in,
    ...(body.scope && { scope: formatScopes(scopes) }),
  };
});

function refusalOf(refused: Extract<Authentication, { user: null }>): ApiError {
  if (refused.reason === "limited") return tooManyRequests(refused.retryAfter);
  if (refused.reason === "busy")
    return busy("So many programs and people are signing in that this one has to wait.");
  return unauthorized("There is no account with this e-mail and password.");
}

function toApiError(error: unknown): never {
  if (error instanceof TooManyTokensError) throw new ApiError(409, "too_many_tokens", error.message);
  throw error;
}
