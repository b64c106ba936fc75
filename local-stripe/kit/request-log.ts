import { wallTime } from "./clock";
import type { Form } from "./form";
import { onReload } from "./store";

/** One call of the API and what was answered, without anything that is secret. */
export interface LoggedRequest {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** JSON; one that was too long ends with `…`. */
  readonly parameters: string;
  readonly status: number;
  /** JSON as it was sent; one that was too long ends with `…`. */
  readonly answer: string;
  readonly idempotency_key: string | null;
  /** The request under the same key whose answer this one was given again. */
  readonly replayed_from: string | null;
  readonly version: string;
  readonly created: number;
  /** From when its headers had been read until it was answered. */
  readonly took_ms: number;
}

export const MOST_REQUESTS = 1000;
/** Of its parameters, and of its answer. */
export const MOST_CHARACTERS = 32_768;

/** The newest requests in a ring: a new one takes the place of the oldest. */
let ring: LoggedRequest[] = [];
let oldest = 0;

onReload(() => {
  ring = [];
  oldest = 0;
});

type Given = Omit<LoggedRequest, "parameters" | "created"> & { readonly form: Form };

/** Keeps a request that was answered. It is read by people and rarely, so it becomes a page only when somebody looks. */
export function logRequest({ form, answer, path, idempotency_key, version, ...rest }: Given): void {
  ring[oldest] = {
    ...rest,
    path: kept(path),
    parameters: kept(JSON.stringify(form, withoutSecretFields)),
    answer: kept(answer),
    idempotency_key: idempotency_key === null ? null : kept(idempotency_key),
    version: kept(version),
    created: wallTime(),
  };
  oldest = (oldest + 1) % MOST_REQUESTS;
}

/** All that are kept, oldest first. */
export function loggedRequests(): LoggedRequest[] {
  return ring.length < MOST_REQUESTS ? ring : [...ring.slice(oldest), ...ring.slice(0, oldest)];
}

export const loggedRequest = (id: string): LoggedRequest | undefined => ring.find((one) => one.id === id);

export const isFailed = ({ status }: LoggedRequest): boolean => status >= 400;

const HIDDEN = "[hidden]";

/** Fields whose values nobody may keep, whatever they look like. */
const SECRET_FIELD = /\b(number|cvc|cvv|account_number|password|secret|client_secret|api_key)\b/i;

/**
 * Thirteen digits or more are a card's number, wherever somebody wrote it; no amount and no time is as long. The
 * others are keys of the API, secrets of endpoints and of clients, and links into the portal.
 */
const SECRET_TEXT =
  /\d(?:(?:[ +-]|%20)?\d){12,}|\b[sr]k_(?:test|live)_\w+|\bwhsec_\w+|_secret_\w+|(?<=\/p\/session\/)\w+/g;

const withoutSecretFields = (name: string, value: unknown) => (SECRET_FIELD.test(name) ? HIDDEN : value);

/** A secret that the cut would leave half is found as a whole: so far behind the cut it is looked for. */
const LONGEST_SECRET = 256;

function kept(text: string): string {
  const shown = text.slice(0, MOST_CHARACTERS + LONGEST_SECRET).replace(SECRET_TEXT, HIDDEN);
  // A part of a string keeps the whole of it in memory, a copy does not.
  return text.length > MOST_CHARACTERS
    ? Buffer.from(`${shown.slice(0, MOST_CHARACTERS)}…`).toString()
    : shown;
}
