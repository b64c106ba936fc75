import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Children } from "../../scripts/stack/children";
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
    const url = await startPostgres(this.children, this.folder, {
      durable: true,
      ...(this.#port && { preferredPort: this.#port }),
    });
    const port = Number(new URL(url).port);
    if (this.#port && port !== this.#port) throw new Error(`Somebody took Postgres' port ${this.#port}.`);
    this.#port = port;
    return url;
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
