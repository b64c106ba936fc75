import type { LedgerRow, Revenue } from "@/db/queries/ledger";

/** The words of `npm run ledger`. Amounts stay as the rows have them: in the currency's minor unit. */

const HEAD = ["when", "kind", "amount", "revenue", "currency", "status", "named after", "of"];

export function describeLedger(entries: LedgerRow[], revenue: Revenue[]): string {
  if (!entries.length) return "Nobody has paid yet.";
  const lines = alignColumns([HEAD, ...entries.map(toCells)]);
  const sums = revenue.map((one) => `${one.revenue} ${one.currency}`);
  return [...lines, "", `Revenue, in minor units: ${sums.join(", ")}.`].join("\n");
}

const toCells = (entry: LedgerRow): string[] => [
  entry.occurredAt.toISOString().slice(0, 19).replace("T", " "),
  entry.kind,
  String(entry.amount),
  String(entry.revenue),
  entry.currency,
  entry.status ?? "",
  entry.eventType,
  entry.stripeId,
];

function alignColumns(rows: string[][]): string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
