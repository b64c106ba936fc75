import type { z } from "zod";
import { noSuch } from "./errors";
import { nounOf } from "./lookup";
import { integerFrom, optional, range, text } from "./params";
import type { List } from "./wire";

export const pageParams = optional({ limit: integerFrom(1, 100), starting_after: text, ending_before: text });

/** For lists that can be narrowed to a span of time. */
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

/** One page, newest first, of rows given oldest first. */
export function page<T extends Listed>(url: string, rows: readonly T[], params: PageParams): List<T> {
  const { limit = 10, starting_after, ending_before, created } = params;
  const newest = rows.filter((row) => within(created, (row as { created?: number }).created ?? 0)).reverse();
  let start = 0;
  let end = newest.length;
  if (starting_after !== undefined) start = positionOf(starting_after, newest, "starting_after") + 1;
  if (ending_before !== undefined) end = positionOf(ending_before, newest, "ending_before");
  const backwards = ending_before !== undefined;
  const data = backwards
    ? newest.slice(Math.max(start, end - limit), end)
    : newest.slice(start, start + limit);
  const has_more = backwards ? end - limit > start : start + limit < end;
  return { object: "list", url, has_more, data };
}

/** A list that is part of its object and always whole. */
export function inlineList<T>(url: string, data: readonly T[]): List<T> {
  return { object: "list", data, has_more: false, url };
}

function positionOf(id: string, rows: readonly Listed[], param: string): number {
  const position = rows.findIndex((row) => row.id === id);
  if (position < 0) throw noSuch(nounOf(rows[0]?.object ?? "object"), id, param);
  return position;
}

/** Whether a moment lies in a span such as `created[gte]=…`. */
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
