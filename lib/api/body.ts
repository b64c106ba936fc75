import type { z } from "zod";
import { ApiError } from "./errors";

/** Thrown while reading; the rest of the body is never read. */
export class BodyTooLargeError extends Error {
  constructor(limit: number) {
    super(`The body is larger than ${limit / 1024} KB.`);
  }
}

/** The raw bytes, at most `limit` of them, whether or not a Content-Length announced how many there are. */
export async function readBody(request: Request, limit: number): Promise<Buffer> {
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw new BodyTooLargeError(limit);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) throw new BodyTooLargeError(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const MAX_JSON_BYTES = 64 * 1024;

/** @throws ApiError that names the first parameter that is wrong */
export async function parseJson<Schema extends z.ZodType>(
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
    const bytes = await readBody(request, MAX_JSON_BYTES);
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
