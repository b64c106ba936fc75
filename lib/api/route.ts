import type { z } from "zod";
import type { User } from "@/db/queries/users";
import { accountLimits, countAttempt } from "@/lib/auth/rate-limits";
import type { Scope } from "@/lib/auth/scopes";
import { authenticateToken } from "@/lib/auth/tokens";
import { log } from "@/lib/log";
import { isTransient } from "@/lib/transient";
import { parseJson } from "./body";
import { ApiError, insufficientScope, tooManyRequests, unauthorized } from "./errors";

/** The input and the output of a route of the API. */
type Definition<Auth, Body, Response> = {
  /** `token`: for programs that send `Authorization: Bearer <access token>`. Cookies mean nothing to the API. */
  auth: Auth;
  /** Of the JSON that is sent; left out by a GET. */
  body?: Body;
  /** Of the JSON that answers it. The handler's type comes from it; tests hold the answers against it. */
  response: Response;
} & (Auth extends "token" ? { scope: Scope } : { scope?: undefined });

interface Input<Auth, Body> {
  request: Request;
  user: Auth extends "token" ? User : null;
  body: z.infer<Body>;
}

/**
 * Every route of the API is made here: authentication, size, JSON and schema are checked once, the handler
 * holds only intent, and whatever it throws becomes an answer. The definition stays readable on the route.
 * Health, the viewer and the cron entry are none of it: the first has a 503 of its own, the second goes by the
 * cookie, and the third by the scheduler's secret, and all three are asked by parts of this shop or its platform.
 */
export function apiRoute<
  Auth extends "none" | "token",
  Response extends z.ZodType<object, object>,
  Body extends z.ZodType = z.ZodUndefined,
>(
  definition: Definition<Auth, Body, Response>,
  handle: (input: Input<Auth, Body>) => Promise<z.input<Response>>,
) {
  const { scope, body } = definition;
  const work = async (request: Request) => {
    const user = scope ? await requireTokenUser(request, scope) : null;
    const sent = body && (await parseJson(body, request));
    if (user && scope) await refuseTooMany(scope, user);
    return handle({ request, user, body: sent } as Input<Auth, Body>);
  };
  return Object.assign((request: Request) => logged(request, () => answer(work(request))), { definition });
}

/** By its path alone: a query may hold what a log must not. */
async function logged(request: Request, ask: () => Promise<Response>): Promise<Response> {
  const startedAt = performance.now();
  const response = await ask();
  const { pathname } = new URL(request.url);
  log.info("The API answered.", {
    method: request.method,
    path: pathname,
    status: response.status,
    ms: Math.round(performance.now() - startedAt),
  });
  return response;
}

async function answer(work: Promise<object>): Promise<Response> {
  try {
    return Response.json(await work, { headers: { "Cache-Control": "no-store" } });
  } catch (error) {
    if (error instanceof ApiError) return error.toResponse();
    log.error("The API could not answer.", error);
    const isAway = isTransient(error);
    const message = isAway
      ? "Something that we need is away just now. Send the request again in a moment."
      : "Something went wrong on our side. The request can be sent again.";
    return Response.json(
      { error: { code: isAway ? "unavailable" : "internal_error", message, param: null } },
      isAway ? { status: 503, headers: { "Retry-After": "5" } } : { status: 500 },
    );
  }
}

async function requireTokenUser(request: Request, scope: Scope): Promise<User> {
  const token = request.headers.get("authorization")?.match(/^Bearer +(\S+)$/i)?.[1];
  if (!token) throw unauthorized("Send an access token: Authorization: Bearer tf_….");
  const access = await authenticateToken(token);
  if (!access) throw unauthorized("This access token is unknown, expired or revoked.");
  if (!access.scopes.includes(scope)) throw insufficientScope(scope);
  return access.user;
}

/** A program may ask in a loop; what it asks for costs Stripe's calls and rows of ours. */
async function refuseTooMany(work: Scope, user: User) {
  const retryAfter = await countAttempt(accountLimits(work, user.id));
  if (retryAfter !== null) throw tooManyRequests(retryAfter);
}
