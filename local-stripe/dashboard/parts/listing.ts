import { html } from "hono/html";
import type { Markup } from "../../hosted/layout";

const ROWS_PER_PAGE = 50;

export type Query = Readonly<Record<string, string>>;

interface Row {
  readonly id: string;
}

export interface Listing<T> {
  readonly rows: readonly T[];
  /** Queries that lead to the neighbouring pages, with every filter kept. */
  readonly newer?: Query;
  readonly older?: Query;
}

const ANY = () => true;

/** One page, newest first, of rows given oldest first. It looks at no more rows than it needs to fill the page. */
export function listing<T extends Row>(
  rows: readonly T[],
  { starting_after, ending_before, ...filters }: Query,
  wanted: (row: T) => boolean = ANY,
): Listing<T> {
  const upwards = ending_before !== undefined;
  const cursor = ending_before ?? starting_after;
  const from = cursor === undefined ? -1 : rows.findIndex(({ id }) => id === cursor);
  const step = upwards && from >= 0 ? 1 : -1;
  const found: T[] = [];
  for (
    let at = (from < 0 ? rows.length : from) + step;
    rows[at] && found.length <= ROWS_PER_PAGE;
    at += step
  ) {
    const row = rows[at] as T;
    if (wanted(row)) found.push(row);
  }
  const more = found.length > ROWS_PER_PAGE;
  const shown = found.slice(0, ROWS_PER_PAGE);
  if (step === 1) shown.reverse();
  const [first, last] = [shown[0], shown.at(-1)];
  // The page that one came from has rows, whatever was found here.
  const newer = step === 1 ? more : from >= 0;
  const older = step === 1 ? true : more;
  return {
    rows: shown,
    ...(newer && first ? { newer: { ...filters, ending_before: first.id } } : {}),
    ...(older && last ? { older: { ...filters, starting_after: last.id } } : {}),
  };
}

/** The newest few. */
export const latest = <T>(rows: readonly T[], count: number): T[] => rows.slice(-count).reverse();

export function pager(path: string, { newer, older }: Listing<unknown>): Markup | string {
  if (!newer && !older) return "";
  const to = (query: Query | undefined, label: string, rel: string) =>
    query ? html`<a rel="${rel}" href="${path}?${new URLSearchParams(query).toString()}">${label}</a>` : "";
  return html`<nav class="pager" aria-label="Pages">
    ${to(newer, "← Newer", "prev")} ${to(older, "Older →", "next")}
  </nav>`;
}

/** Choices of one filter as links; the one that holds is marked. */
export function tabs(path: string, name: string, values: readonly string[], { [name]: now }: Query): Markup {
  const to = (value: string | undefined, label: string) =>
    html`<li><a href="${value ? `${path}?${name}=${value}` : path}"
      ${value === now ? html`aria-current="true"` : ""}>${label}</a></li>`;
  return html`<ul class="tabs" aria-label="Filter by ${name}">
    ${to(undefined, "All")}
    ${values.map((value) => to(value, value.replaceAll("_", " ")))}
  </ul>`;
}
