import { account } from "./account";

export interface ErrorBody {
  readonly type: "invalid_request_error" | "card_error" | "idempotency_error" | "api_error";
  readonly message: string;
  readonly code?: string;
  readonly param?: string;
  readonly decline_code?: string;
  readonly advice_code?: string;
  readonly network_decline_code?: string;
  readonly network_advice_code?: string;
  readonly charge?: string;
  readonly payment_intent?: unknown;
  readonly setup_intent?: unknown;
  readonly payment_method?: unknown;
}

export class StripeError extends Error {
  constructor(
    readonly status: number,
    readonly body: ErrorBody,
  ) {
    super(body.message);
  }

  /** A declined payment has happened: its intent, charge and events remain (inferred). Every other error undoes. */
  get keepsEffects(): boolean {
    return this.status === 402 && Boolean(this.body.payment_intent ?? this.body.setup_intent);
  }
}

/**
 * A parameter that never reached execution; such an answer is not stored under its idempotency key
 * (https://docs.stripe.com/api/idempotent_requests).
 */
export class ParameterError extends StripeError {}

export function invalid(message: string, more: Partial<ErrorBody> = {}): StripeError {
  return new StripeError(400, { type: "invalid_request_error", message, ...more });
}

export function missing(param: string): StripeError {
  return invalid(`Missing required param: ${param}.`, { code: "parameter_missing", param });
}

export function exclusive(a: string, b: string, param = a): StripeError {
  return invalid(`You may only specify one of these parameters: ${a}, ${b}.`, {
    code: "parameters_exclusive",
    param,
  });
}

/** Some pairs are refused in these words, without a code and a parameter (REAL_STRIPE.md, recorded). */
export function onlyOneOf(a: string, b: string): StripeError {
  return invalid(`Received both ${a} and ${b} parameters. Please pass in only one.`);
}

/** Stripe answers 404 for an id in the URL and 400 for one in a parameter (recorded for most calls). */
export function noSuch(
  noun: string,
  id: string,
  param = "id",
  status = param === "id" ? 404 : 400,
): StripeError {
  return new StripeError(status, {
    type: "invalid_request_error",
    code: "resource_missing",
    message: `No such ${noun}: '${id}'`,
    param,
  });
}

export function alreadyExists(message: string, param?: string): StripeError {
  return invalid(message, { code: "resource_already_exists", param });
}

const TRAILING_SLASH =
  "If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code. ";

/** Its hint about a slash at the end is Stripe's too (https://github.com/stripe/stripe-php/issues/598). */
export function unrecognizedUrl(method: string, path: string): StripeError {
  const hint = /^\/v\d\/.+\/$/.test(path) ? TRAILING_SLASH : "";
  return new StripeError(404, {
    type: "invalid_request_error",
    message: `Unrecognized request URL (${method}: ${path}). ${hint}Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
  });
}

/** The page of Stripe's documentation about an error's code. */
export const docUrlOf = (code: string): string =>
  `https://stripe.com/docs/error-codes/${code.replaceAll("_", "-")}`;

export function errorAnswer(error: StripeError, requestId: string) {
  const { code } = error.body;
  return {
    error: {
      ...(code ? { doc_url: docUrlOf(code) } : {}),
      ...error.body,
      request_log_url: `${account.origin}/logs/${requestId}`,
    },
  };
}
