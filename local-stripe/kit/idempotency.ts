import { now } from "./clock";
import { StripeError } from "./errors";
import type { Form } from "./form";
import { Table } from "./store";

export interface Answer {
  readonly status: number;
  readonly body: string;
}

interface Entry extends Answer {
  readonly id: string;
  readonly request: string;
  /** The id of the request that did the work. */
  readonly original: string;
  readonly at: number;
}

const entries = new Table<Entry>("idempotency", "");
const KEPT_SECONDS = 24 * 3600;

/**
 * Two requests with the same fingerprint are the same (https://docs.stripe.com/api/idempotent_requests); the order in
 * which parameters were written does not matter (inferred).
 */
export function fingerprint(method: string, path: string, form: Form): string {
  return `${method} ${path} ${JSON.stringify(form, (_, value) => sorted(value))}`;
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Answers with what is stored of an earlier request with this key; another request under the same key is refused
 * (https://docs.stripe.com/api/idempotent_requests).
 */
export function replay(key: string, request: string): Entry | undefined {
  if (key === "") throw idempotencyError("Keys for idempotent requests cannot be empty.");
  if (key.length > 255) {
    throw idempotencyError(
      `Keys for idempotent requests can only be used with at most 255 characters: ${key.length}.`,
    );
  }
  const entry = entries.get(key);
  if (!entry || entry.at + KEPT_SECONDS <= now()) return undefined;
  if (entry.request !== request) {
    throw idempotencyError(
      `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
    );
  }
  return entry;
}

const inUse = new Set<string>();

/**
 * Of two requests under one key at the same time the later one is to come again: 409
 * (https://docs.stripe.com/error-low-level).
 */
export async function whileInUse<T>(key: string | undefined, work: () => Promise<T>): Promise<T> {
  if (key === undefined) return work();
  if (inUse.has(key)) {
    throw new StripeError(409, {
      type: "idempotency_error",
      code: "idempotency_key_in_use",
      message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
    });
  }
  inUse.add(key);
  try {
    return await work();
  } finally {
    inUse.delete(key);
  }
}

export function remember(key: string, request: string, answer: Answer, original: string): void {
  entries.delete(key);
  entries.put({ id: key, request, original, at: now(), ...answer });
  for (const entry of entries.oldestFirst()) {
    if (entry.at + KEPT_SECONDS > now()) return;
    entries.delete(entry.id);
  }
}

const idempotencyError = (message: string) => new StripeError(400, { type: "idempotency_error", message });
