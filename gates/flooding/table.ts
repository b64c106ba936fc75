import type { Flooded } from "./flood";
import type { Visit } from "./people";
import { PROBES, type Probed } from "./probes";

/** The figures of one flood, or of the time without any. */
export interface Round {
  name: string;
  probed: Probed;
  browsers: Visit[];
  programs: Visit[];
  /** Null in the calm. */
  flooded: Flooded | null;
}

/** @returns the value below which this share of them lies; they are sorted */
export const quantile = (sorted: readonly number[], share: number) =>
  Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? 0);

const COLUMNS = [
  ...["flood", "begun a second", "its answers"],
  ...PROBES.map((name) => `${name} p50 / p99 / most, ms`),
  ...["browsers in", "programs in"],
];

const lineOf = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

export const HEADING = [COLUMNS, COLUMNS.map(() => "---")].map(lineOf).join("\n");

export const rowOf = (round: Round) => lineOf(cellsOf(round));

const cellsOf = ({ name, probed, browsers, programs, flooded }: Round) => [
  name,
  flooded ? `${Math.round(flooded.begun / flooded.seconds)}` : "",
  flooded ? answersOf(flooded) : "",
  ...PROBES.map((one) => [0.5, 0.99, 1].map((share) => quantile(probed.took[one], share)).join(" / ")),
  visitsOf(browsers),
  visitsOf(programs),
];

const answersOf = ({ answers, open, skipped, cpu }: Flooded) =>
  [
    ...Object.entries(answers).map(([status, count]) => `${count} × ${status === "0" ? "ended" : status}`),
    `${open} open`,
    ...(skipped ? [`${skipped} found no room`] : []),
    `${Math.round(100 * cpu)} % of a core to send`,
  ].join(", ");

function visitsOf(visits: readonly Visit[]) {
  const took = visits.map(({ ms }) => ms).sort((a, b) => a - b);
  const atOnce = visits.filter(({ isIn, tries }) => isIn && tries === 1).length;
  const inTheEnd = visits.filter(({ isIn }) => isIn).length;
  return `${inTheEnd} of ${visits.length}, ${atOnce} at the first try; ${quantile(took, 0.5)} / ${quantile(took, 1)} ms`;
}
