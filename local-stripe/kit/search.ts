import { call } from "./api";
import { invalid } from "./errors";
import { integerFrom, optional, text } from "./params";

type Row = Readonly<Record<string, unknown>>;

const CLAUSE =
  /^\s*(-?)(\w+)(?:\["([^"]+)"\])?\s*(:|~|>=|<=|>|<)\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\w+))/;
const JOINER = /^\s+(AND|OR)\s+|^\s+/i;

/**
 * Serves a search in Stripe's query language, `active:"true" AND metadata["plan"]:"pro"`
 * (https://docs.stripe.com/search).
 */
export function search(fields: readonly string[], select: () => readonly { readonly id: string }[]) {
  return call(
    { query: text, ...optional({ limit: integerFrom(1, 100), page: text }) },
    ({ query, limit = 10, page }, { path }) => {
      const matches = parseQuery(query, fields);
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
      };
    },
  );
}

type Test = (row: Row) => boolean;

function parseQuery(query: string, fields: readonly string[]): Test {
  const tests: Test[] = [];
  const joiners = new Set<string>();
  let rest = query.trim();
  while (rest !== "") {
    const clause = CLAUSE.exec(rest);
    if (!clause) throw queryError(`We were unable to parse your search query near \`${rest.slice(0, 40)}\`.`);
    tests.push(testOf(clause, fields));
    rest = rest.slice(clause[0].length);
    const joiner = JOINER.exec(rest);
    if (rest !== "" && !joiner) throw queryError("We were unable to parse your search query.");
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

function testOf(clause: RegExpExecArray, fields: readonly string[]): Test {
  const [, minus, field = "", key, operator = ":", double, single, bare] = clause;
  const wanted = double ?? single ?? bare ?? "";
  if (!fields.includes(field)) throw queryError(`Field \`${field}\` is an unsupported search field.`);
  const test: Test = (row) => {
    const value = key === undefined ? row[field] : (row[field] as Row | null)?.[key];
    if (wanted === "null" && bare !== undefined) return value === null || value === undefined;
    return compare(operator, value, wanted);
  };
  return minus ? (row) => !test(row) : test;
}

function compare(operator: string, value: unknown, wanted: string): boolean {
  if (value === null || value === undefined) return false;
  if (operator === ":") return String(value).toLowerCase() === wanted.toLowerCase();
  if (operator === "~") return String(value).toLowerCase().includes(wanted.toLowerCase());
  const [a, b] = [Number(value), Number(wanted)];
  return { ">": a > b, ">=": a >= b, "<": a < b, "<=": a <= b }[operator] ?? false;
}

const queryError = (message: string) => invalid(message, { param: "query" });
