import { call } from "./api";
import { invalid } from "./errors";
import { addExpansions } from "./expand";
import { limit } from "./list";
import { optional, text } from "./params";

type Row = Readonly<Record<string, unknown>>;

/**
 * The number of all that were found travels with the answer, and is sent only when `total_count` is expanded
 * (https://docs.stripe.com/api/pagination/search).
 */
const TOTAL = Symbol("total");

addExpansions("search_result", {
  total_count: (result: { readonly [TOTAL]: number }) => result[TOTAL],
});

/** `-metadata['plan']:'pro'`: a text stands between quotes of either kind, a number or `null` alone. */
const QUOTED = String.raw`"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'`;
const CLAUSE = new RegExp(
  String.raw`^\s*(-?)([\w.]+)(?:\[\s*(?:${QUOTED})\s*\])?\s*(:|~|>=|<=|>|<)\s*(?:${QUOTED}|([\w.-]+))`,
);
const JOINER = /^\s+(AND|OR)\s+|^\s+/i;

/**
 * Serves a search in Stripe's query language, `active:"true" AND metadata["plan"]:"pro"`
 * (https://docs.stripe.com/search).
 */
export function search(
  fields: readonly string[],
  select: () => readonly { readonly id: string }[],
  places: Places = {},
) {
  return call(
    { query: text, ...optional({ limit, page: text }) },
    ({ query, limit = 10, page }, { path }) => {
      const matches = parseQuery(query, { resource: path.split("/").at(-2) ?? "", fields, places });
      const found = select()
        .filter((row) => matches(row as unknown as Row))
        .reverse();
      const start = page ? found.findIndex((row) => row.id === page) : 0;
      if (start < 0) throw invalid("Invalid page.", { param: "page" });
      const next = found[start + limit];
      return {
        object: "search_result",
        url: path,
        has_more: next !== undefined,
        data: found.slice(start, start + limit),
        next_page: next?.id ?? null,
        [TOTAL]: found.length,
      };
    },
  );
}

type Test = (row: Row) => boolean;

/** By field: where its value stands, if not under the field's name. */
type Places = Readonly<Record<string, string>>;

interface Grammar {
  /** The word of the URL: `payment_intents`. */
  readonly resource: string;
  readonly fields: readonly string[];
  readonly places: Places;
}

function parseQuery(query: string, grammar: Grammar): Test {
  const tests: Test[] = [];
  const joiners = new Set<string>();
  let rest = query.trim();
  while (rest !== "") {
    const clause = CLAUSE.exec(rest);
    if (!clause) throw queryError(UNREADABLE);
    tests.push(testOf(clause, grammar));
    rest = rest.slice(clause[0].length);
    const joiner = JOINER.exec(rest);
    if (rest !== "" && !joiner) throw queryError(UNREADABLE);
    if (joiner) {
      joiners.add((joiner[1] ?? "AND").toUpperCase());
      rest = rest.slice(joiner[0].length);
    }
  }
  if (joiners.size > 1) throw queryError("You may not mix AND and OR in one query.");
  return joiners.has("OR")
    ? (row) => tests.some((test) => test(row))
    : (row) => tests.every((test) => test(row));
}

function testOf(clause: RegExpExecArray, grammar: Grammar): Test {
  const [, minus, field = "", doubleKey, singleKey, operator = ":", double, single, bare] = clause;
  const key = unescaped(doubleKey ?? singleKey);
  const wanted = unescaped(double ?? single) ?? bare ?? "";
  if (!grammar.fields.includes(field)) throw unsupported(field, grammar.resource);
  const path = key === undefined ? (grammar.places[field] ?? field).split(".") : [field, key];
  const test: Test = (row) => {
    const value = path.reduce<unknown>((at, step) => (at as Row | null | undefined)?.[step], row);
    if (wanted === "null" && bare !== undefined) return value === null || value === undefined;
    return compare(operator, value, wanted);
  };
  return minus ? (row) => !test(row) : test;
}

const unescaped = (text: string | undefined) => text?.replace(/\\(.)/g, "$1");

function compare(operator: string, value: unknown, wanted: string): boolean {
  if (value === null || value === undefined) return false;
  if (operator === ":") return String(value).toLowerCase() === wanted.toLowerCase();
  if (operator === "~") return String(value).toLowerCase().includes(wanted.toLowerCase());
  const [a, b] = [Number(value), Number(wanted)];
  return { ">": a > b, ">=": a >= b, "<": a < b, "<=": a <= b }[operator] ?? false;
}

/** Both are Stripe's words (https://github.com/stripe-ruby-mock/stripe-ruby-mock/pull/830, which ran against it). */
const UNREADABLE =
  'We were unable to parse your search query. Try using the format `metadata["key"]:"value"` to query for metadata or key:"value" to query for other fields.';

const unsupported = (field: string, resource: string) =>
  queryError(
    `Field \`${field}\` is an unsupported search field for resource \`${resource}\`. See http://stripe.com/docs/search#query-fields-for-${resource.replaceAll("_", "-")} for a list of supported fields.`,
  );

const queryError = (message: string) => invalid(message, { param: "query" });
