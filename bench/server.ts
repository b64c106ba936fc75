import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Children, untilOutput } from "../scripts/stack/children";
import { freePort } from "../scripts/stack/ports";
import { memoryOf } from "./load/processes";

/** A production build under `next start`. */
export class Server {
  private constructor(
    readonly pid: number,
    readonly port: number,
    /** Milliseconds until it answered for the first time. */
    readonly startedIn: number,
    readonly stop: () => Promise<void>,
  ) {}

  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Megabytes. */
  get memory() {
    return memoryOf(this.pid);
  }

  static async start(
    children: Children,
    { name, folder, env, port }: { name: string; folder: string; env: Record<string, string>; port?: number },
  ): Promise<Server> {
    const ownPort = port ?? (await freePort());
    const next = resolve("node_modules/next/dist/bin/next");
    const startedAt = performance.now();
    const child = children.spawn(
      process.execPath,
      [next, "start", "--port", String(ownPort), "--hostname", "127.0.0.1"],
      { cwd: folder, env: { ...process.env, ...env, NODE_ENV: "production" } },
    );
    await mkdir("test-results", { recursive: true });
    const log = createWriteStream(`test-results/bench-${name}.log`);
    child.stdout?.pipe(log);
    child.stderr?.pipe(log);
    const pid = child.pid ?? 0;
    await Promise.race([
      untilAnswered(`http://127.0.0.1:${ownPort}/`),
      // It matches nothing: it only tells when the server ends before it has answered.
      untilOutput(child, /$^/),
    ]);
    return new Server(pid, ownPort, performance.now() - startedAt, async () => {
      const gone = once(child, "exit");
      children.end(pid, "SIGKILL");
      await gone;
    });
  }
}

const BETWEEN_TRIES_MS = 5;

async function untilAnswered(url: string): Promise<void> {
  for (;;) {
    const status = await fetch(url).then(
      ({ status }) => status,
      () => 0,
    );
    if (status === 200) return;
    await sleep(BETWEEN_TRIES_MS);
  }
}
