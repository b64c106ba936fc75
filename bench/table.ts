import type { Result } from "./rounds";

/** As docs/RELIABILITY.md shows it; `beside` is what the ratios are of. */
export function toTable(results: Result[], beside: string): string {
  const reference = results.find(({ target }) => target.name === beside)?.aSecond ?? 1;
  const rows = results.map(({ target, aSecond, server, postgres, median, p99, load, others }) => [
    target.name,
    Math.round(aSecond),
    (aSecond / reference).toFixed(2),
    Math.round(server),
    Math.round(postgres),
    median.toFixed(1),
    p99.toFixed(1),
    Math.round(load),
    others.toFixed(2),
  ]);
  return [
    `| | a second | × ${beside} | server CPU, µs | Postgres CPU, µs | median ms | p99 ms | load's CPU, µs | cores of others |`,
    "|---|---|---|---|---|---|---|---|---|",
    ...rows.map((row) => `| ${row.join(" | ")} |`),
  ].join("\n");
}
