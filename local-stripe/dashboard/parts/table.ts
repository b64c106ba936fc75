import { html } from "hono/html";
import type { Markup } from "../../hosted/layout";
import type { Content } from "./elements";

export interface Column<T> {
  readonly label: string;
  readonly cell: (row: T) => Content;
  /** Figures stand under one another by their last digit. */
  readonly figures?: true;
}

/**
 * Rows with what they are called in the first column. On a phone each row becomes a block, in which the
 * columns' names stand beside the values; the roles keep it a table for those who hear it.
 */
export function table<T>(
  caption: string,
  columns: readonly Column<T>[],
  rows: readonly T[],
  empty: Content,
): Markup {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  const cell = ({ label, cell, figures }: Column<T>, row: T, first: boolean) => {
    const look = figures ? "figures" : "";
    return first
      ? html`<th scope="row" role="rowheader" class="${look}">${cell(row)}</th>`
      : html`<td role="cell" class="${look}"><span class="label" aria-hidden="true">${label}</span><div>${cell(row)}</div></td>`;
  };
  return html`<table role="table">
    <caption class="unseen">${caption}</caption>
    <thead role="rowgroup">
      <tr role="row">
        ${columns.map(
          ({ label, figures }) =>
            html`<th scope="col" role="columnheader" class="${figures ? "figures" : ""}">${label}</th>`,
        )}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map(
        (row) => html`<tr role="row">${columns.map((column, at) => cell(column, row, at === 0))}</tr>`,
      )}
    </tbody>
  </table>`;
}
