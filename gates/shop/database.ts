import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Children } from "../../scripts/stack/children";
import { freePort, isFree } from "../../scripts/stack/ports";
import { startPostgres } from "../../scripts/stack/postgres";

/** The Postgres of the gates, which can be taken away and brought back at the same address. */
export class Database {
  #port = 0;

  constructor(
    private readonly children: Children,
    private readonly folder: string,
  ) {}

  /** As durable as anybody's: what was committed has to be there after a crash. */
  async start(): Promise<string> {
    this.#port ||= await freePort();
    // A passing connection of somebody else's may have it for a moment.
    while (!(await isFree(this.#port, "127.0.0.1"))) await sleep(20);
    return startPostgres(this.children, this.folder, { durable: true, preferredPort: this.#port });
  }

  /** `fast` ends connections and saves; `immediate` is a crash, after which it has to recover. */
  async stop(how: "fast" | "immediate") {
    const [pid] = (await readFile(join(this.folder, "postmaster.pid"), "utf8")).split("\n").map(Number);
    if (!pid) throw new Error("Postgres does not run.");
    this.children.end(pid, how === "fast" ? "SIGINT" : "SIGQUIT");
    while (isAlive(pid)) await sleep(20);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
