import { cp, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runScript } from "@/test/support/command";
import { freePort } from "./ports";

/**
 * One meaning of .env for every command: each is run in a copy of the project with an .env of its own. A parameter of
 * DATABASE_URL that nobody knows is refused by name, which tells what a command has read.
 */

let folder: string;
const UNSET = Object.fromEntries(
  [
    "DATABASE_URL",
    "STRIPE_API_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "STRIPE_API_URL",
    "AUTH_SECRET",
    "APP_URL",
    "PORT",
  ].map((name) => [name, undefined]),
);
const COMPLETE = {
  STRIPE_API_KEY: "sk_test_1",
  STRIPE_WEBHOOK_SECRET: "whsec_1",
  AUTH_SECRET: "x".repeat(32),
  APP_URL: "http://localhost:3000",
};
const databaseOf = (name: string) => ({ DATABASE_URL: `postgres://127.0.0.1:9/x?${name}=1` });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "titanforge-env-file-"));
  for (const part of ["scripts", "db", "lib", "env.ts", "project-file.ts", "package.json", "tsconfig.json"])
    await cp(part, join(folder, part), { recursive: true });
  await mkdir(join(folder, "node_modules/next/dist/bin"), { recursive: true });
  for (const name of await readdir("node_modules"))
    if (name !== "next") await symlink(resolve("node_modules", name), join(folder, "node_modules", name));
  // Next's server would need a build; this one only says how it was called.
  await writeFile(
    join(folder, "node_modules/next/dist/bin/next"),
    `console.log(JSON.stringify({ port: process.env.PORT, color: process.env.ANVIL_COLOR, args: process.argv.slice(2) }));`,
  );
});
beforeEach(async () => {
  await Promise.all(
    [".env", ".env.local", ".env.production", ".env.development"].map((name) =>
      rm(join(folder, name), { force: true }),
    ),
  );
  await rm(join(folder, ".data"), { recursive: true, force: true });
});
afterAll(() => rm(folder, { recursive: true }));

const lines = (variables: Record<string, string>) =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
const write = (file: string, variables: Record<string, string>) =>
  writeFile(join(folder, file), lines(variables));
async function announce(variables: Record<string, string>) {
  await mkdir(join(folder, ".data"));
  await writeFile(join(folder, ".data/running.json"), JSON.stringify(variables));
}
const run = (command: string, args: string[] = [], env: Record<string, string> = {}) =>
  runScript(join(folder, `scripts/${command}.ts`), args, {
    cwd: folder,
    env: { ...UNSET, NODE_ENV: undefined, ...env },
  });
/** Tells by what a command refuses which of the names above it has read. */
const read = async (...call: Parameters<typeof run>) =>
  (await run(...call)).stderr.match(/^DATABASE_URL has the parameter (\w+),/)?.[1];

describe(".env", { timeout: 60_000 }, () => {
  it.each([["catalog", "apply"], ["events"], ["reconcile"], ["migrate"]])(
    "is read by npm run %s",
    async (command, ...args) => {
      await write(".env", { ...COMPLETE, ...databaseOf("by_file") });
      expect(await read(command, args)).toBe("by_file");
    },
  );

  it("comes after the person's own variables, and before the running development stack", async () => {
    await write(".env", databaseOf("by_file"));
    await announce(databaseOf("by_stack"));
    expect(await read("migrate", [], databaseOf("by_person"))).toBe("by_person");
    expect(await read("migrate")).toBe("by_file");
    await rm(join(folder, ".env"));
    expect(await read("migrate")).toBe("by_stack");
  });

  it("with an empty line says nothing, as .env.example does when it is copied", async () => {
    await write(".env", { DATABASE_URL: "", PORT: "" });
    await announce(databaseOf("by_stack"));
    expect(await read("migrate")).toBe("by_stack");
    expect(JSON.parse((await run("start")).stdout).port).toBeUndefined();
  });

  it("comes after the other files that Next.js reads", async () => {
    await write(".env", databaseOf("by_file"));
    await write(".env.production", databaseOf("of_production"));
    await write(".env.development", databaseOf("of_development"));
    expect(await read("migrate")).toBe("of_production");
    await announce({});
    expect(await read("migrate")).toBe("of_development");
    await write(".env.local", databaseOf("of_this_machine"));
    expect(await read("migrate")).toBe("of_this_machine");
  });

  it("may hold what a file of a shell would change", async () => {
    await write(".env", { DATABASE_URL: `"postgres://u:a#b@127.0.0.1:9/x?by_quotes=1"` });
    expect(await read("migrate")).toBe("by_quotes");
  });

  it("names the port of npm start; the person's own comes first, and what is asked for before both", async () => {
    await write(".env", { PORT: "3330", ANVIL_COLOR: "red" });
    const started = async (args: string[] = [], env = {}) =>
      JSON.parse((await run("start", args, env)).stdout);
    expect(await started()).toEqual({ port: "3330", color: "red", args: ["start", folder] });
    expect(await started([], { PORT: "3331" })).toMatchObject({ port: "3331" });
    expect(await started(["-p", "3332", "-H", "::1"], { PORT: "3331" })).toMatchObject({
      port: "3332",
      args: ["start", folder, "--hostname", "::1"],
    });
  });

  it("names the port of npm run dev", async () => {
    const port = await freePort();
    const server = createServer().listen(port);
    await write(".env", { PORT: String(port) });
    expect((await run("dev")).stderr).toBe(
      `Port ${port} is taken. Stop what uses it, or choose another: PORT=${port + 1} npm run dev\n`,
    );
    server.close();
  });
});

describe("a command", { timeout: 60_000 }, () => {
  it.each([["catalog", "apply"], ["events"], ["reconcile"]])(
    "npm run %s says in words what the environment lacks",
    async (command, ...args) => {
      await write(".env", databaseOf("by_file"));
      const { code, stdout, stderr } = await run(command, args);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(/^The environment is not complete:\n {2}STRIPE_API_KEY is not set\n/);
      expect(stderr).not.toMatch(/\n {4}at /);
    },
  );
});

it("the running stack is announced to its user only, whole, and withdrawn", async () => {
  await mkdir(join(folder, ".data"), { recursive: true });
  const script = join(folder, "announce.mts");
  const password = 'postgres://u:a#b "c$d@h/x';
  await writeFile(
    script,
    `const { announceRunning, loadVariables, withdrawRunning } = await import("./scripts/stack/load-environment");
     announceRunning({ ANVIL_COLOR: ${JSON.stringify(password)} });
     loadVariables();
     console.log(process.env.ANVIL_COLOR);
     if (process.argv[2]) withdrawRunning();
     if (process.argv[2]) withdrawRunning();`,
  );
  expect((await runScript(script, [], { cwd: folder })).stdout).toBe(`${password}\n`);
  expect((await stat(join(folder, ".data/running.json"))).mode & 0o777).toBe(0o600);
  // Twice is no error: it may never have been announced.
  expect((await runScript(script, ["withdraw"], { cwd: folder })).code).toBe(0);
  expect(await readdir(join(folder, ".data"))).toEqual([]);
});
