import { type DestinationStream, destination as openFile, pino, stdTimeFunctions } from "pino";

/**
 * The log: one JSON line for each event and each request of the API, a sentence as `msg` and ids as fields. Whoever
 * reads logs may see neither people's data nor their password hashes, so no parameter of a query gets in.
 */

type Fields = Record<string, string | number | boolean | null | undefined>;

/** The standard output is a command's own: programs read it. */
const STANDARD_ERROR = 2;

/** Written without pino's workers and transports, which a bundle cannot follow. */
export function createLog(destination: DestinationStream = openFile(STANDARD_ERROR)) {
  const options = {
    // The process and the host are known to whoever collects the lines.
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
  };
  const lines = pino(options, destination);
  // The sentence is not optional: without one, pino would take the message of the error.
  return {
    info: (sentence: string, fields: Fields = {}) => lines.info(fields, sentence),
    warn: (sentence: string, fields: Fields = {}) => lines.warn(fields, sentence),
    error: (sentence: string, error?: unknown, fields: Fields = {}) =>
      lines.error(error === undefined ? fields : { ...fields, error: toFields(error) }, sentence),
  };
}

export const log = createLog();

/** One line about an error, for a place that is not the log: with no more in it than the log may have. */
export function describeError(error: unknown): string {
  const { name, message } = toFields(error);
  return error instanceof Error ? `${name}: ${message}` : message;
}

interface ErrorFields {
  name: string;
  message: string;
  code?: string;
  /** The text of a query that failed, with its placeholders. */
  query?: string;
  stack?: string;
  cause?: ErrorFields;
}

function toFields(error: unknown): ErrorFields {
  if (!(error instanceof Error)) return { name: typeof error, message: String(error) };
  const cause = causeOf(error);
  // The message of a query that failed in Drizzle is its text and its parameters; its cause says why it failed.
  if ("params" in error) {
    const reason = cause ? toFields(cause) : { name: "FailedQuery", message: "A query failed." };
    return { ...reason, ...queryOf(error), stack: framesOf(error) };
  }
  return {
    // Of a query, the driver's own name for it is lost in a bundle.
    name: "query" in error ? "FailedQuery" : error.name,
    message: messageOf(error, cause),
    ...("code" in error && { code: String(error.code) }),
    ...queryOf(error),
    stack: framesOf(error),
    ...(cause && { cause: toFields(cause) }),
  };
}

/** Auth.js puts what went wrong one level deeper. */
function causeOf({ cause }: Error): Error | null {
  if (cause instanceof Error) return cause;
  const isWrapped = typeof cause === "object" && cause !== null && "err" in cause;
  return isWrapped && cause.err instanceof Error ? cause.err : null;
}

const queryOf = (error: Error) =>
  "query" in error && typeof error.query === "string" ? { query: error.query } : {};

function messageOf(error: Error, cause: Error | null): string {
  // Postgres' class 22 speaks of the data, and quotes it: invalid input syntax for type uuid: "…".
  const quotesData = "code" in error && /^22/.test(String(error.code));
  if (quotesData) return error.message.replace(/".*"/s, '"…"');
  // An error that wraps another may repeat its message.
  const message = cause?.message
    ? error.message.replaceAll(cause.message, toFields(cause).message)
    : error.message;
  // Stripe's speak of what was sent: Invalid email address: ….
  return message.replace(/[^\s"'<>/]+/g, (word) => (word.indexOf("@") > 0 ? "…" : word));
}

/** A stack begins with the message, which is left out; where that was changed later, nobody knows where it ends. */
function framesOf({ message, stack = "" }: Error): string | undefined {
  const at = stack.indexOf(message);
  return at < 0 ? undefined : stack.slice(at + message.length).trim();
}
