import type { ReactNode } from "react";

type Props<Row> = {
  caption: string;
  rows: Row[];
  columns: { title: string; cell: (row: Row) => ReactNode; right?: boolean }[];
};

/** Rows of facts. */
export function Table<Row extends { id: string }>({ caption, rows, columns }: Props<Row>) {
  return (
    <table className="w-full text-left text-[0.9375rem]">
      <caption className="sr-only">{caption}</caption>
      <thead>
        <tr className="border-edge border-b">
          {columns.map(({ title, right }) => (
            <th
              key={title}
              scope="col"
              className={`label pt-1.5 pb-2 pr-4 font-normal text-iron last:pr-0 ${right ? "text-right" : ""}`}
            >
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id} className="border-line border-b align-baseline">
            {columns.map(({ title, cell, right }) => (
              <td key={title} className={`py-3.5 pr-4 last:pr-0 ${right ? "text-right tabular-nums" : ""}`}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
