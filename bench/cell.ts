import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Load, Measured } from "./load/load";
import type { Requests } from "./load/requests";
import type { Server } from "./server";

const AT_ONCE = 16;

/** Something that is measured beside others. */
export interface Target {
  name: string;
  server: Server;
  /** The requests of one cell; `created` of events has to grow from cell to cell. */
  requests: () => Requests;
  /** Counts the requests that left their row since it was last asked; for requests that have to leave one. */
  applied?: () => Promise<number>;
}

/** @throws Error when an answer was not 200, or a request left no row */
export async function measure(target: Target, seconds: number, postgres: number): Promise<Measured> {
  await target.applied?.();
  const { server } = target;
  const load: Load = {
    port: server.port,
    server: server.pid,
    postgres,
    requests: target.requests(),
    seconds,
    atOnce: AT_ONCE,
  };
  const script = fileURLToPath(new URL("load/load.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script, JSON.stringify(load)], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const [measured] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) => {
      throw new Error(`The load on ${target.name} ended (${code}) without a result.`);
    }),
  ])) as [Measured];
  if (measured.refused) throw new Error(`${target.name} refused ${measured.refused} of ${measured.count}.`);
  const applied = await target.applied?.();
  if (applied !== undefined && applied !== measured.count)
    throw new Error(`${target.name} applied ${applied} of ${measured.count}.`);
  return measured;
}
