import { z } from "zod";
import { ParameterError } from "./errors";
import type { Form } from "./form";
import { versionRefusal } from "./versions";
import type { Metadata } from "./wire";

type Code =
  | "parameter_invalid_empty"
  | "parameter_invalid_integer"
  | "url_invalid"
  | "email_invalid"
  | (string & {});

/** A form value that becomes something else, or is refused with Stripe's code and words. */
function read<T>(reader: (value: string, refuse: (message: string, code?: Code) => never) => T) {
  return z.string().transform((value, context): T => {
    const refuse = (message: string, code?: Code): never => {
      throw new Refusal(message, code);
    };
    try {
      return value === "" ? refuse(EMPTY, "parameter_invalid_empty") : reader(value, refuse);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      context.addIssue({ code: "custom", message: error.message, params: { code: error.code } });
      return z.NEVER;
    }
  });
}

class Refusal extends Error {
  constructor(
    message: string,
    readonly code?: Code,
  ) {
    super(message);
  }
}

const EMPTY =
  "You passed an empty string for '%'. We assume empty values are an attempt to unset a parameter; however '%' cannot be unset. You should remove '%' from your request or supply a non-empty value.";

export const textUpTo = (longest: number) =>
  read((value, refuse) => {
    if (value.length > longest) {
      refuse(`Invalid string: ${value.slice(0, 20)}...; must be at most ${longest} characters`);
    }
    return value;
  });

export const text = textUpTo(5000);

export const integerFrom = (smallest: number, largest = Number.MAX_SAFE_INTEGER) =>
  read((value, refuse) => {
    const number = Number(value);
    if (!/^-?\d+$/.test(value) || !Number.isSafeInteger(number)) {
      refuse(`Invalid integer: ${value}`, "parameter_invalid_integer");
    }
    if (number < smallest) {
      refuse(`This value must be greater than or equal to ${smallest}.`, "parameter_invalid_integer");
    }
    if (number > largest) {
      refuse(`This value must be less than or equal to ${largest}.`, "parameter_invalid_integer");
    }
    return number;
  });

export const integer = integerFrom(Number.MIN_SAFE_INTEGER);
/** Eight digits. */
export const LARGEST_AMOUNT = 99_999_999;
export const amount = integerFrom(0, LARGEST_AMOUNT);
/** The last second of the year 9999: beyond it there are dates that no calendar has. */
export const timestamp = integerFrom(0, 253_402_300_799);

export const decimal = read((value, refuse) => {
  if (!/^\d{1,12}(\.\d{1,12})?$/.test(value)) refuse(`Invalid decimal: ${value}`);
  return value;
});

export const signedDecimal = read((value, refuse) => {
  if (!/^-?\d{1,12}(\.\d{1,12})?$/.test(value)) refuse(`Invalid decimal: ${value}`);
  return value;
});

/** Up to 100, with up to four decimals. */
export const percentageFrom = (smallest: number) =>
  read((value, refuse) => {
    const number = Number(value);
    if (!/^\d{1,3}(\.\d{1,4})?$/.test(value)) refuse(`Invalid decimal: ${value}`);
    const currently = `(it currently is '${Number.isInteger(number) ? `${number}.0` : number}')`;
    if (number < smallest) refuse(`This value must be greater than or equal to ${smallest} ${currently}.`);
    if (number > 100) refuse(`This value must be less than or equal to 100 ${currently}.`);
    return number;
  });

/** Of a discount: from 0.01 (recorded). */
export const percentage = percentageFrom(0.01);

export const countryCode = read((value, refuse) =>
  /^[A-Z]{2}$/.test(value)
    ? value
    : refuse(
        `Country '${value}' is unknown. Try using a 2-character alphanumeric country code instead, such as 'US', 'EG', or 'GB'.`,
      ),
);

export const flag = read((value, refuse) => {
  if (value !== "true" && value !== "false") refuse(`Invalid boolean: ${value}`);
  return value === "true";
});

/**
 * One of these. A refusal lists them as Stripe does where that was recorded, else as its docs do: in the course of a life
 * for a status, in the order of the sentence that explains a parameter.
 */
export const choice = <const Value extends string>(...values: Value[]) =>
  read((value, refuse): Value => {
    const found = values.find((candidate) => candidate === value);
    return found ?? refuse(`Invalid %: must be one of ${inWords(values)}`);
  });

export const url = read((value, refuse) => {
  const ok = /^https?:\/\//i.test(value) && URL.canParse(value);
  return ok ? value : refuse("Not a valid URL", "url_invalid");
});

export const email = read((value, refuse) => {
  const ok = /^[^\s@]+@[^\s@]+$/.test(value) && value.length <= 512;
  return ok ? value : refuse(`Invalid email address: ${value}`, "email_invalid");
});

/** A version of the API. */
export const release = read((value, refuse) => {
  const refusal = versionRefusal(value);
  return refusal === undefined ? value : refuse(refusal);
});

export const currency = read((value, refuse) => {
  const lower = value.toLowerCase();
  return /^[a-z]{3}$/.test(lower) ? lower : refuse(`Invalid currency: ${value}`);
});

/** An empty string unsets. */
export const emptyable = <S extends z.ZodType>(schema: S) =>
  z.preprocess((value) => (value === "" ? null : value), schema.nullable());

/** In a form a list is a group with numbers for names. */
export const listOf = <S extends z.ZodType>(schema: S, most = 1000) =>
  z.preprocess((value) => (isNumbered(value) ? Object.values(value) : value), z.array(schema).max(most));

const isNumbered = (value: unknown): value is object =>
  typeof value === "object" && value !== null && Object.keys(value).every((name) => /^\d+$/.test(name));

export const group = <S extends z.ZodRawShape>(shape: S) => z.strictObject(shape);

/**
 * Merges what is given: an empty value unsets a key, and an empty text all of them
 * (https://docs.stripe.com/api/metadata).
 */
export const metadata = emptyable(z.record(z.string(), z.string()).superRefine(refuseMuchMetadata));

const [MOST_KEYS, LONGEST_KEY, LONGEST_VALUE] = [50, 40, 500];

function refuseMuchMetadata(entries: Metadata, context: z.core.$RefinementCtx): void {
  const refuse = (message: string) => context.addIssue({ code: "custom", message });
  const keys = Object.keys(entries);
  if (keys.length > MOST_KEYS) {
    refuse(`You can only have ${MOST_KEYS} keys of metadata, but you passed in ${keys.length}.`);
  }
  for (const [key, value] of Object.entries(entries)) {
    if (key.length > LONGEST_KEY) refuse(tooLong("key", LONGEST_KEY, key));
    if (value.length > LONGEST_VALUE) refuse(tooLong("value", LONGEST_VALUE, value));
  }
}

const tooLong = (what: string, longest: number, text: string) =>
  `Metadata ${what}s can have up to ${longest} characters, but you passed in a ${what} that is ${text.length} characters. Invalid ${what}: ${text}`;

export type MetadataParam = Readonly<Record<string, string>> | null | undefined;

export function mergeMetadata(before: Metadata, given: MetadataParam): Metadata {
  if (given === undefined) return before;
  const merged = Object.entries({ ...(given && before), ...given });
  return Object.fromEntries(merged.filter(([, value]) => value !== ""));
}

const addressLine = emptyable(text);
export const address = group({
  ...optional({ city: addressLine, country: addressLine, line1: addressLine, line2: addressLine }),
  ...optional({ postal_code: addressLine, state: addressLine }),
});

export const range = z.union([
  timestamp.transform((at) => ({ gte: at, lte: at })),
  group(optional({ gt: timestamp, gte: timestamp, lt: timestamp, lte: timestamp })),
]);

/** A parameter that this API version no longer has; the answer says what replaced it. */
const removed = (code: Code, message: string) =>
  z
    .unknown()
    .superRefine((value, context) => {
      if (value !== undefined) context.addIssue({ code: "custom", message, params: { code } });
    })
    .transform(() => undefined);

export const noPaymentMethodTypes = removed(
  "payment_method_types_no_longer_supported",
  "`payment_method_types` is no longer supported. Use `allowed_payment_method_types` or manage payment methods in the Dashboard.",
);

export function optional<S extends z.ZodRawShape>(shape: S) {
  const entries = Object.entries(shape).map(([key, schema]) => [key, z.optional(schema)]);
  return Object.fromEntries(entries) as { [K in keyof S]: z.ZodOptional<S[K]> };
}

export function parse<S extends z.ZodType>(schema: S, form: Form): z.output<S> {
  const result = schema.safeParse(form);
  if (result.success) return result.data;
  const unknown = result.error.issues.find((issue) => issue.code === "unrecognized_keys");
  throw refusal(unknown ?? (result.error.issues[0] as z.core.$ZodIssue), form);
}

function refusal(issue: z.core.$ZodIssue, form: Form): ParameterError {
  if (issue.code === "unrecognized_keys") {
    const names = issue.keys.map((key) => paramName([...issue.path, key]));
    const noun = names.length > 1 ? "parameters" : "parameter";
    return answer(`Received unknown ${noun}: ${names.join(", ")}`, "parameter_unknown", names[0]);
  }
  const param = paramName(issue.path);
  const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], form);
  if (value === undefined) return answer(`Missing required param: ${param}.`, "parameter_missing", param);
  if (issue.code === "custom") {
    const code = (issue.params as { code?: Code } | undefined)?.code;
    return answer(issue.message.replaceAll("%", param), code, param);
  }
  if (issue.code === "invalid_union") {
    const inner = issue.errors.at(-1)?.[0];
    if (inner) return refusal({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue, form);
  }
  const kind = issue.code === "invalid_type" && issue.expected === "record" ? "object" : expected(issue);
  return answer(`Invalid ${kind}`, undefined, param);
}

const expected = (issue: z.core.$ZodIssue) => (issue.code === "invalid_type" ? issue.expected : "value");

function answer(message: string, code: Code | undefined, param: string | undefined): ParameterError {
  return new ParameterError(400, {
    type: "invalid_request_error",
    message,
    ...(code ? { code } : {}),
    ...(param ? { param } : {}),
  });
}

function paramName(path: readonly PropertyKey[]): string {
  return path.map((key, depth) => (depth === 0 ? String(key) : `[${String(key)}]`)).join("");
}

function inWords(values: readonly string[]): string {
  if (values.length <= 2) return values.join(" or ");
  return `${values.slice(0, -1).join(", ")}, or ${values.at(-1)}`;
}
