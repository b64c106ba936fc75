import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { type Children, untilOutput } from "../../scripts/stack/children";
import { isUnhandled, originOf } from "../../test/support/log-line";

/** One process of the production build. What it says is kept in test-results/. */
export class Instance {
  /** Answers requests, as far as we know. */
  isReady = false;
  #child: ChildProcess | null = null;
  /** Lines that no request of any kind may lead to: errors that nobody took, unless Next took its own late. */
  readonly complaints: string[] = [];
  /** Lines about errors that code of ours raised. Some are in order, as while the database is away. */
  readonly errors: string[] = [];

  constructor(
    readonly name: string,
    readonly port: number,
    private readonly children: Children,
    private readonly env: Record<string, string>,
  ) {}

  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid() {
    return this.#child?.pid ?? 0;
  }

  async start() {
    const child = this.children.spawn("node_modules/.bin/next", ["start", "--port", String(this.port)], {
      env: { ...process.env, ...this.env, NODE_ENV: "production" },
    });
    this.#child = child;
    const log = createWriteStream(`test-results/gates-${this.name}.log`, { flags: "a" });
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      stream.on("data", (chunk: Buffer) => log.write(chunk));
      createInterface({ input: stream }).on("line", (line) => this.#read(line));
    }
    child.once("exit", () => {
      this.isReady = false;
      log.end();
    });
    await untilOutput(child, /Ready in/);
    this.isReady = true;
  }

  #read(line: string) {
    const origin = originOf(line);
    if (isUnhandled(line) && origin !== "framework") this.complaints.push(line);
    if (origin === "ours") this.errors.push(line);
  }

  /** kill −9. Resolves when it is gone. */
  async kill() {
    const child = this.#child;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    this.isReady = false;
    this.children.end(child.pid, "SIGKILL");
    await gone;
  }

  /** Resident bytes after a garbage collection; needs report-memory.mjs in it. */
  async memory(): Promise<number> {
    if (!this.#child) throw new Error(`${this.name} does not run.`);
    const said = untilOutput(this.#child, /Memory: (\d+) bytes/);
    this.#child.kill("SIGUSR2");
    return Number((await said)[1]);
  }

  async restart() {
    await this.kill();
    await this.start();
  }
}
