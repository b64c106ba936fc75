import type { z } from "zod";
import type { User } from "@/db/queries/users";
import { getUserByAccessToken } from "@/lib/auth/tokens";
import { isTransient } from "@/lib/transient";
import { BodyTooLargeError, readBody } from "./body";
import { ApiError, unauthorized } from "./errors";

/**
 * Every route of the API is made here: authentication, size, JSON and schema are checked once, the handler
 * holds only intent, and whatever it throws becomes an answer. Cookies mean nothing to the API.
 */

const MAX_BODY = 64 * 1024;

type Handler<Body, Context> = (body: Body, context: Context) => Promise<object>;

/** For anybody, to read. */
export const readRoute = (read: () => Promise<object>) => () => answer(read);

/** For anybody, to send something. */
export const publicRoute =
  <Schema extends z.ZodType>(schema: Schema, handle: Handler<z.infer<Schema>, { request: Request }>) =>
  (request: Request) =>
    answer(async () => handle(await parseJson(schema, request), { request }));

/** For programs: `Authorization: Bearer <access token>`. */
export const tokenRoute =
  <Schema extends z.ZodType>(schema: Schema, handle: Handler<z.infer<Schema>, { user: User }>) =>
  (request: Request) =>
    answer(async () => {
      const user = await requireTokenUser(request);
      return handle(await parseJson(schema, request), { user });
    });

async function answer(work: () => Promise<object>): Promise<Response> {
  try {
    return Response.json(await work(), { headers: { "Cache-Control": "no-store" } });
  } catch (error) {
    if (error instanceof ApiError) return error.toResponse();
    console.error(error);
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

async function requireTokenUser(request: Request): Promise<User> {
  const token = request.headers.get("authorization")?.match(/^Bearer +(\S+)$/i)?.[1];
  if (!token) throw unauthorized("Send an access token: Authorization: Bearer tf_….");
  const user = await getUserByAccessToken(token);
  if (!user) throw unauthorized("This access token is unknown, expired or revoked.");
  return user;
}

async function parseJson<Schema extends z.ZodType>(
  schema: Schema,
  request: Request,
): Promise<z.infer<Schema>> {
  const result = schema.safeParse(await readJson(request));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue?.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    throw new ApiError(400, "unknown_parameter", `Unknown parameter: ${key}.`, key);
  }
  const param = issue?.path.join(".") || null;
  throw new ApiError(
    400,
    "invalid_parameter",
    `${param ?? "The body"}: ${issue?.message ?? "is not valid"}`,
    param,
  );
}

async function readJson(request: Request): Promise<unknown> {
  try {
    const bytes = await readBody(request, MAX_BODY);
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes), withoutNul);
  } catch (error) {
    if (error instanceof BodyTooLargeError) throw new ApiError(413, "body_too_large", error.message);
    throw new ApiError(400, "invalid_json", "The body is not valid JSON.");
  }
}

/** JSON may hold one; no text of Postgres' can. */
function withoutNul(_: string, value: unknown) {
  if (typeof value === "string" && value.includes("\0")) throw new Error("A text holds a NUL.");
  return value;
}
