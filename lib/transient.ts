/** An object that changes faster than it can be read; a little later it will not. */
export class BusyError extends Error {}

/**
 * Tells if the same work may succeed later without anybody's doing: the database or Stripe is away, slow or
 * refuses us. Everything else is about the event itself, and will be the same the next time.
 */
export function isTransient(error: unknown): boolean {
  if (error instanceof BusyError) return true;
  if (isStripeError(error)) return error.type !== "StripeInvalidRequestError";
  const code = codeOf(error);
  // Of Postgres' classes, 22 and 23 speak of the data, and 54 of its size; ERR_ is Node's word for a wrong argument.
  return code !== null && !/^(22|23|54|ERR_)/.test(code);
}

/** As its SDK throws it, told by its shape: this file is read where nothing else knows Stripe. */
export interface StripeError extends Error {
  /** The name of its class, which is how the SDK wants its errors told apart. */
  type: string;
  rawType: string | undefined;
  headers: Record<string, string> | undefined;
}

export const isStripeError = (error: unknown): error is StripeError =>
  error instanceof Error && "type" in error && "rawType" in error;

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if ("code" in error && typeof error.code === "string") return error.code;
  return codeOf(error.cause);
}
