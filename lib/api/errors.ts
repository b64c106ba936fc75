/** The API's errors, in Stripe's shape: `{"error":{"code","message","param"}}`. */
export class ApiError extends Error {
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 429 | 503,
    readonly code: string,
    message: string,
    readonly param: string | null = null,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }

  toResponse() {
    const { code, message, param } = this;
    return Response.json({ error: { code, message, param } }, { status: this.status, headers: this.headers });
  }
}

export const unauthorized = (message: string) =>
  new ApiError(401, "unauthorized", message, null, { "WWW-Authenticate": "Bearer" });

/** https://www.rfc-editor.org/rfc/rfc6750#section-3.1 */
export const insufficientScope = (scope: string) =>
  new ApiError(403, "insufficient_scope", `This access token lacks the scope ${scope}.`, null, {
    "WWW-Authenticate": `Bearer error="insufficient_scope", scope="${scope}"`,
  });

/** No failure of ours, and nothing for the log: there is more to do than can be done at once. */
export const busy = (message: string) =>
  new ApiError(503, "unavailable", `${message} Send the request again in a moment.`, null, {
    "Retry-After": "5",
  });

export const tooManyRequests = (retryAfter: number) =>
  new ApiError(429, "rate_limited", `Too many attempts. Try again in ${retryAfter} seconds.`, null, {
    "Retry-After": String(retryAfter),
  });
