import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runScript } from "@/test/support/command";
import { freePort } from "./stack/ports";

/** `npm run dev` refuses to begin; the journeys in the browser show that it works. */

const NOTHING_SET = Object.fromEntries(
  ["DATABASE_URL", "STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_URL", "AUTH_SECRET", "APP_URL"].map(
    (name) => [name, undefined],
  ),
);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "titanforge-dev-"));
});
afterEach(() => rm(folder, { recursive: true }));

const dev = (env: Record<string, string | undefined>, args: string[] = []) =>
  runScript("scripts/dev.ts", args, { cwd: folder, env: { ...NOTHING_SET, ...env } });

it("names a port that is taken, and how to choose another", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  expect(await dev({ PORT: String(port) })).toEqual({
    code: 1,
    stdout: "",
    stderr: `Port ${port} is taken. Stop what uses it, or choose another: PORT=${port + 1} npm run dev\n`,
  });
  server.close();
});

it("names the half of a Stripe account that is missing, without a stack of calls", async () => {
  const { code, stdout, stderr } = await dev({
    PORT: String(await freePort()),
    STRIPE_API_KEY: "sk_test_alone",
  });
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toBe(
    "STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET belong together: set both to use your Stripe account, or neither to use the local Stripe.\n",
  );
  await expect(readFile(join(folder, ".data/running.json"))).rejects.toThrow("ENOENT");
});

describe("the shop", () => {
  /** Says how it was called, and ends a moment later. */
  const NEXT = `#!${process.execPath}
require("node:fs").writeFileSync("called.json", JSON.stringify(process.argv.slice(2)));
console.log("Ready in 1 ms");
setTimeout(() => process.exit(3), 200);`;

  /** In a copy of the project, because a stack that runs is announced there. All but Next is somebody's own. */
  async function nextIsCalled(args: string[]) {
    const port = String(await freePort());
    const { code, stderr } = await runScript(join(folder, "scripts/dev.ts"), args, {
      cwd: folder,
      env: {
        ...NOTHING_SET,
        DATABASE_URL: process.env.DATABASE_URL,
        STRIPE_API_KEY: "sk_test_own",
        STRIPE_WEBHOOK_SECRET: "whsec_own",
        PORT: port,
      },
    });
    expect([code, stderr]).toEqual([3, ""]);
    const called: string[] = JSON.parse(await readFile(join(folder, "called.json"), "utf8"));
    return called.map((part) => (part === port ? "PORT" : part));
  }

  it("is for this machine alone, unless it is asked to be for others", { timeout: 60_000 }, async () => {
    for (const part of ["scripts", "db", "lib", "env.ts", "project-file.ts", "package.json", "tsconfig.json"])
      await cp(part, join(folder, part), { recursive: true });
    await mkdir(join(folder, "node_modules/.bin"), { recursive: true });
    for (const name of (await readdir("node_modules")).filter((one) => one !== ".bin"))
      await symlink(resolve("node_modules", name), join(folder, "node_modules", name));
    await writeFile(join(folder, "node_modules/.bin/next"), NEXT, { mode: 0o755 });
    const called = ["dev", "--port", "PORT", "--hostname"];
    expect(await nextIsCalled([])).toEqual([...called, "127.0.0.1"]);
    expect(await nextIsCalled(["--hostname", "0.0.0.0"])).toEqual([...called, "0.0.0.0"]);
  });

  it("cannot be at an address of somebody else's", async () => {
    const { code, stderr } = await dev({ PORT: String(await freePort()) }, ["--hostname", "192.0.2.77"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Port \d+ is taken at 192\.0\.2\.77, or that is no address of this machine\. /);
  });
});
