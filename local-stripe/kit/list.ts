import type { z } from "zod";
import { noSuch, onlyOneOf } from "./errors";
import { nounOf } from "./lookup";
import { integer, optional, range, text } from "./params";
import { type Table, tableNamed } from "./store";
import type { List } from "./wire";

/** A limit beyond the bounds is the nearest one within them (REAL_STRIPE.md, recorded for 0 and 101). */
export const limit = integer.transform((given) => Math.min(Math.max(given, 1), 100));

export const pageParams = optional({ limit, starting_after: text, ending_before: text });

/** Parameters of lists that can be narrowed to a span of time (type: `Stripe.RangeQueryParam`). */
export const createdParam = optional({ created: range });

export interface PageParams {
  readonly limit?: number;
  readonly starting_after?: string;
  readonly ending_before?: string;
  readonly created?: z.output<typeof range>;
}

interface Listed {
  readonly id: string;
}

/** Cuts one page, newest first, from rows given oldest first (https://docs.stripe.com/api/pagination). */
export function page<T extends Listed>(url: string, rows: readonly T[], params: PageParams): List<T> {
  const { limit = 10, starting_after, ending_before, created } = params;
  const matching = created
    ? rows.filter((row) => within(created, (row as { created?: number }).created ?? 0))
    : rows;
  // Positions count from the newest; only the page itself is turned round.
  const start = starting_after === undefined ? 0 : behind(url, starting_after, matching);
  const end =
    ending_before === undefined ? matching.length : before(url, ending_before, matching, "ending_before");
  const backwards = ending_before !== undefined;
  // Of two cursors one that does not exist is the first complaint (recorded).
  if (backwards && starting_after !== undefined) throw onlyOneOf("starting_after", "ending_before");
  const [from, to] = backwards ? [Math.max(0, end - limit), end] : [start, Math.min(end, start + limit)];
  const data = matching.slice(matching.length - Math.max(from, to), matching.length - from).reverse();
  const has_more = backwards ? from > 0 : to < end;
  return { object: "list", url, has_more, data };
}

/** A list that is part of its object and always whole. */
export function inlineList<T>(url: string, data: readonly T[]): List<T> {
  return { object: "list", data, has_more: false, url };
}

/** Counts the rows newer than this one, which need not be listed itself: it may have left the filter. */
function before(url: string, id: string, rows: readonly Listed[], param: string): number {
  const index = rows.findLastIndex((row) => row.id === id);
  if (index >= 0) return rows.length - 1 - index;
  const { noun, table } = listedAt(url);
  const age = table?.ageOf(id);
  if (age === undefined) throw noSuch(noun, id, param);
  return rows.filter((row) => (table?.ageOf(row.id) ?? 0) > age).length;
}

function behind(url: string, id: string, rows: readonly Listed[]): number {
  const position = before(url, id, rows, "starting_after");
  return rows[rows.length - 1 - position]?.id === id ? position + 1 : position;
}

/** The last words of a list's URL say what it holds: `/v1/promotion_codes`, `/v1/checkout/sessions`. */
function listedAt(url: string): { noun: string; table: Table<Listed, string> | undefined } {
  const [room = "", plural = ""] = url.split("/").slice(-2);
  const singular = plural.replace(/s$/, "");
  const table = tableNamed(singular) ?? tableNamed(`${room}.${singular}`);
  return { noun: nounOf(table?.name ?? singular), table };
}

/** True if a moment lies in a span such as `created[gte]=…`. */
export function within(span: PageParams["created"], at: number): boolean {
  if (!span) return true;
  const { gt, gte, lt, lte } = span as Partial<Record<"gt" | "gte" | "lt" | "lte", number>>;
  return (
    (gt === undefined || at > gt) &&
    (gte === undefined || at >= gte) &&
    (lt === undefined || at < lt) &&
    (lte === undefined || at <= lte)
  );
}
