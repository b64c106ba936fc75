import { Connection } from "./connection";
import { cpuOf, cpuOfMachine } from "./processes";
import { type Requests, requestsTo } from "./requests";

/** Started by cell.ts, in a process of its own: asks a server for some seconds and says what that took. */

export interface Load {
  port: number;
  /** Of the server that is asked, and of its Postgres. */
  server: number;
  postgres: number;
  requests: Requests;
  seconds: number;
  atOnce: number;
}

/** CPU is in microseconds a request, times in milliseconds. */
export interface Measured {
  count: number;
  refused: number;
  aSecond: number;
  median: number;
  p99: number;
  server: number;
  postgres: number;
  /** The part of this process. */
  load: number;
  /** Cores that neither of these had. */
  others: number;
}

const { port, server, postgres, requests, seconds, atOnce }: Load = JSON.parse(process.argv[2] ?? "");
const next = requestsTo(port, requests);
const connections = await Promise.all(Array.from({ length: atOnce }, () => Connection.open(port)));

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return { server: cpuOf(server), postgres: cpuOf(postgres), load: user + system, all: cpuOfMachine() };
};
const before = cpu();
const startedAt = performance.now();
const endsAt = startedAt + seconds * 1000;
const took: number[] = [];
let refused = 0;

await Promise.all(
  connections.map(async (connection) => {
    while (performance.now() < endsAt) {
      const askedAt = performance.now();
      if ((await connection.ask(next())) !== 200) refused++;
      took.push(performance.now() - askedAt);
    }
  }),
);

const lasted = (performance.now() - startedAt) / 1000;
const after = cpu();
for (const connection of connections) connection.close();
took.sort((a, b) => a - b);
const percentile = (share: number) => took[Math.ceil(took.length * share) - 1] ?? 0;
const each = (part: "server" | "postgres" | "load") => (after[part] - before[part]) / took.length;
const known =
  (after.server - before.server + after.postgres - before.postgres + after.load - before.load) / 1e6;
const measured: Measured = {
  count: took.length,
  refused,
  aSecond: took.length / lasted,
  median: percentile(0.5),
  p99: percentile(0.99),
  server: each("server"),
  postgres: each("postgres"),
  load: each("load"),
  others: ((after.all - before.all) / 1e6 - known) / lasted,
};
process.send?.(measured, () => process.exit(0));
