import type { z } from "zod";
import { noSuch } from "./errors";
import { nounOf } from "./lookup";
import { integerFrom, optional, range, text } from "./params";
import { ageOf } from "./store";
import type { List } from "./wire";

export const pageParams = optional({ limit: integerFrom(1, 100), starting_after: text, ending_before: text });

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
  readonly object?: string;
}

/** Cuts one page, newest first, from rows given oldest first (https://docs.stripe.com/api/pagination). */
export function page<T extends Listed>(url: string, rows: readonly T[], params: PageParams): List<T> {
  const { limit = 10, starting_after, ending_before, created } = params;
  const matching = created
    ? rows.filter((row) => within(created, (row as { created?: number }).created ?? 0))
    : rows;
  // Positions count from the newest; only the page itself is turned round.
  const start = starting_after === undefined ? 0 : behind(starting_after, matching, "starting_after");
  const end =
    ending_before === undefined ? matching.length : before(ending_before, matching, "ending_before");
  const backwards = ending_before !== undefined;
  const [from, to] = backwards ? [Math.max(start, end - limit), end] : [start, Math.min(end, start + limit)];
  const data = matching.slice(matching.length - Math.max(from, to), matching.length - from).reverse();
  const has_more = backwards ? from > start : to < end;
  return { object: "list", url, has_more, data };
}

/** A list that is part of its object and always whole. */
export function inlineList<T>(url: string, data: readonly T[]): List<T> {
  return { object: "list", data, has_more: false, url };
}

/** Counts the rows newer than this one, which need not be listed itself: it may have left the filter. */
function before(id: string, rows: readonly Listed[], param: string): number {
  const index = rows.findLastIndex((row) => row.id === id);
  if (index >= 0) return rows.length - 1 - index;
  const age = ageOf(id);
  if (age === undefined) throw noSuch(nounOf(rows[0]?.object ?? "object"), id, param);
  return rows.filter((row) => (ageOf(row.id) ?? 0) > age).length;
}

function behind(id: string, rows: readonly Listed[], param: string): number {
  const position = before(id, rows, param);
  return rows[rows.length - 1 - position]?.id === id ? position + 1 : position;
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
