import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Children, untilOutput } from "./children";

/** With the watchdog that stops them: a process of its own, as in earnest. */

let folder: string;
let log: string;
let children: Children;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "titanforge-children-"));
  log = join(folder, "log");
  await writeFile(log, "");
  children = new Children();
});

afterEach(async () => {
  await children.stop();
  await rm(folder, { recursive: true });
});

const node = (code: string) => ["-e", `const { appendFileSync } = require("node:fs");${code}`];

/** Says "up" once it listens; what it is told to end by is written into the log under its name. */
const obedient = (name: string) =>
  node(`for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => {
    appendFileSync(${JSON.stringify(log)}, "${name} " + signal + "\\n");
    process.exit();
  });
  setInterval(() => {}, 1000);
  console.log("up");`);

async function started(name: string, stopSignal?: NodeJS.Signals) {
  const child = children.spawn(process.execPath, obedient(name), { stopSignal });
  await untilOutput(child, /up/);
  return child;
}

const logged = async () => (await readFile(log, "utf8")).trim().split("\n");
const isGone = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

function isAlive(pid: number) {
  try {
    process.kill(pid, 0);
    return !/ Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

describe("Children", () => {
  it("are stopped by their own signal, the last one first", async () => {
    const all = [await started("first"), await started("second", "SIGINT"), await started("third")];
    await children.stop();
    expect(await logged()).toEqual(["third SIGTERM", "second SIGINT", "first SIGTERM"]);
    await Promise.all(all.map((child) => isGone(child) || once(child, "exit")));
  });

  it("none is begun while all are being stopped", async () => {
    await started("first");
    await children.stop();
    expect(() => children.spawn("late-command", [], {})).toThrow(
      "late-command was not started, because everything is being stopped.",
    );
    // A second stop finds nothing to do.
    await children.stop();
  });

  it("one that was ended before its time is not stopped a second time", async () => {
    const early = await started("early");
    await started("late");
    children.end(early.pid ?? 0, "SIGINT");
    await once(early, "exit");
    // Its number may be somebody else's by then: here it is one that must live on.
    const bystander = spawn(process.execPath, obedient("bystander"), {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await untilOutput(bystander, /up/);
    children.adopt(bystander.pid ?? 0, "SIGTERM");
    children.end(bystander.pid ?? 0, "SIGCONT");
    await children.stop();
    expect(await logged()).toEqual(["early SIGINT", "late SIGTERM"]);
    expect(isGone(bystander)).toBe(false);
    bystander.kill("SIGKILL");
  });

  it("a process that was running already is stopped with them", async () => {
    const found = spawn(process.execPath, obedient("found"), { stdio: ["ignore", "pipe", "inherit"] });
    await untilOutput(found, /up/);
    children.adopt(found.pid ?? 0, "SIGINT");
    await children.stop();
    expect(await logged()).toEqual(["found SIGINT"]);
  });

  it("whatever a child has begun goes with it", async () => {
    const grandchild = `const child = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
      console.log("pid " + child.pid);
      setInterval(() => {}, 1000);`;
    const child = children.spawn(process.execPath, node(grandchild), {});
    const pid = Number((await untilOutput(child, /pid (\d+)/))[1]);
    expect(isAlive(pid)).toBe(true);
    await children.stop();
    await expect.poll(() => isAlive(pid), { timeout: 15_000 }).toBe(false);
  });

  it("one that does not obey is killed", async () => {
    const stubborn = node(`process.on("SIGTERM", () => appendFileSync(${JSON.stringify(log)}, "no\\n"));
      setInterval(() => {}, 1000);
      console.log("up");`);
    const child = children.spawn(process.execPath, stubborn, {});
    await untilOutput(child, /up/);
    const exited = once(child, "exit");
    await children.stop();
    expect(await exited).toEqual([null, "SIGKILL"]);
    expect((await logged())[0]).toBe("no");
  });

  it("none outlives a runner that was killed", async () => {
    const runner = join(folder, "runner.mts");
    const args = JSON.stringify(obedient("orphan"));
    await writeFile(
      runner,
      `import { Children, untilOutput } from ${JSON.stringify(resolve("scripts/stack/children.ts"))};
      const child = new Children().spawn(process.execPath, ${args}, {});
      await untilOutput(child, /up/);
      console.log("pid " + child.pid);
      setInterval(() => {}, 1000);`,
    );
    const process_ = spawn(process.execPath, ["--import", "tsx", runner], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const pid = Number((await untilOutput(process_, /pid (\d+)/))[1]);
    expect(isAlive(pid)).toBe(true);
    process_.kill("SIGKILL");
    await expect.poll(() => isAlive(pid), { timeout: 15_000 }).toBe(false);
    expect(await logged()).toEqual(["orphan SIGTERM"]);
  });
});

describe("untilOutput", () => {
  const say = (code: string) => children.spawn(process.execPath, node(code), {});

  it("finds a line in either stream, even in pieces, and what it matched", async () => {
    const inPieces = `process.stdout.write("listening on 12");
      setTimeout(() => process.stdout.write("34;\\n"), 50);
      setInterval(() => {}, 1000);`;
    expect((await untilOutput(say(inPieces), /on (\d+);/))[1]).toBe("1234");
    const inErrors = `console.error("ready"); setInterval(() => {}, 1000);`;
    expect((await untilOutput(say(inErrors), /ready/))[0]).toBe("ready");
  });

  it("gives a child's last words when it ends before", async () => {
    const child = say(`console.log("begun"); console.error("The port is taken."); process.exitCode = 3;`);
    await expect(untilOutput(child, /ready/)).rejects.toThrow(/ ended \(3\):\n(.*\n)?The port is taken\./s);
  });

  it("says when there is no such program", async () => {
    const child = children.spawn("no-such-program", [], {});
    await expect(untilOutput(child, /ready/)).rejects.toThrow("no-such-program ENOENT");
  });
});
