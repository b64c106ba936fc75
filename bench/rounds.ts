import { measure, type Target } from "./cell";
import type { Measured } from "./load/load";

export interface Plan {
  rounds: number;
  seconds: number;
  /** The process id of Postgres. */
  postgres: number;
}

/** Medians over the rounds. */
export type Result = Measured & { target: Target };

const WARM_UP_SECONDS = 3;

/** Every target in every round, in another order each time, so that what else the machine does meets all of them. */
export async function compare(targets: Target[], { rounds, seconds, postgres }: Plan): Promise<Result[]> {
  for (const target of targets) await measure(target, WARM_UP_SECONDS, postgres);
  const cells = new Map<Target, Measured[]>(targets.map((target) => [target, []]));
  for (let round = 0; round < rounds; round++)
    for (const target of shuffled(targets)) {
      const cell = await measure(target, seconds, postgres);
      cells.get(target)?.push(cell);
      const { aSecond, others } = cell;
      console.log(
        `  round ${round + 1}, ${target.name}: ${Math.round(aSecond)}/s (others: ${others.toFixed(2)} cores)`,
      );
    }
  return targets.map((target) => ({ ...medians(cells.get(target) ?? []), target }));
}

function shuffled<T>(items: T[]): T[] {
  const keyed = items.map((item) => ({ item, key: Math.random() }));
  return keyed.toSorted((a, b) => a.key - b.key).map(({ item }) => item);
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

function medians(cells: Measured[]): Measured {
  const of = (name: keyof Measured) => median(cells.map((cell) => cell[name]));
  return {
    count: of("count"),
    refused: of("refused"),
    aSecond: of("aSecond"),
    median: of("median"),
    p99: of("p99"),
    server: of("server"),
    postgres: of("postgres"),
    load: of("load"),
    others: of("others"),
  };
}
