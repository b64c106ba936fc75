import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import postgres from "postgres";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runScript } from "@/test/support/command";
import { Children } from "./children";
import { freePort } from "./ports";
import { isReachable, startPostgres } from "./postgres";

const isRoot = process.getuid?.() === 0;
let folder: string;
let children: Children;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "titanforge-postgres-test-"));
  // The user that Postgres runs as must get there.
  await chmod(folder, 0o711);
  children = new Children();
});

afterEach(async () => {
  await children.stop();
  await rm(folder, { recursive: true });
});

async function ask<T>(url: string, question: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await question(sql);
  } finally {
    await sql.end();
  }
}
const setting = (url: string, name: string) =>
  ask(url, async (sql) => (await sql`select current_setting(${name}) as value`)[0]?.value);

describe("startPostgres", { timeout: 120_000 }, () => {
  it("keeps its data, trades safety for speed only when told to, and is not begun twice", async () => {
    const dataDir = join(folder, "deep", "postgres");
    const port = await freePort();
    const url = await startPostgres(children, dataDir, { preferredPort: port });
    expect(url).toMatch(new RegExp(`^postgres://postgres:[0-9a-f]{64}@127\\.0\\.0\\.1:${port}/titanforge$`));
    expect(await setting(url, "data_directory")).toBe(dataDir);
    expect(await setting(url, "fsync")).toBe("on");
    expect(await setting(url, "server_encoding")).toBe("UTF8");
    expect(await setting(url, "listen_addresses")).toBe("127.0.0.1");
    expect(await setting(url, "max_connections")).toBe("200");
    await ask(url, (sql) => sql`create table kept as select 7 as value`);

    // A second runner on the same data attaches to what runs.
    const other = new Children();
    expect(await startPostgres(other, dataDir, { preferredPort: await freePort() })).toBe(url);
    // It took charge of it too: when it ends, the server ends.
    await other.stop();
    await expect(setting(url, "fsync")).rejects.toThrow(/ECONNREFUSED/);

    const again = await startPostgres(children, dataDir, { durable: false, preferredPort: port });
    expect(await ask(again, (sql) => sql`select value from kept`)).toEqual([{ value: 7 }]);
    for (const name of ["fsync", "synchronous_commit", "full_page_writes"])
      expect(await setting(again, name)).toBe("off");
  });

  it("lets in nobody without the password, which only its owner can read", async () => {
    const dataDir = join(folder, "postgres");
    const url = await startPostgres(children, dataDir, { durable: false, preferredPort: 0 });
    const { password } = new URL(url);
    const kept = join(dataDir, "titanforge-password");
    expect(await readFile(kept, "utf8")).toBe(password);
    expect((await stat(kept)).mode & 0o777).toBe(0o600);
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);

    const refusal = (as: string) => setting(url.replace(`postgres:${password}@`, as), "port");
    await expect(refusal("postgres:wrong@")).rejects.toThrow("password authentication failed");
    // An empty password is none to the driver, and Postgres asks for one.
    await expect(refusal("postgres:@")).rejects.toThrow(/password/i);
    const [rule] = await ask(url, (sql) => sql`select auth_method, address from pg_hba_file_rules`);
    expect(rule).toEqual({ auth_method: "scram-sha-256", address: "127.0.0.1" });
    await ask(url, (sql) => sql`create table kept as select 9 as value`);
    await children.stop();

    // As it was before there were passwords, and for whoever has lost theirs.
    await rm(kept);
    await writeFile(join(dataDir, "pg_hba.conf"), "host all all 127.0.0.1/32 trust\n");
    children = new Children();
    const again = await startPostgres(children, dataDir, { durable: false, preferredPort: 0 });
    expect(new URL(again).password).toMatch(/^[0-9a-f]{64}$/);
    expect(new URL(again).password).not.toBe(password);
    expect(await ask(again, (sql) => sql`select value from kept`)).toEqual([{ value: 9 }]);
    const old = again.replace(new URL(again).password, password);
    await expect(setting(old, "port")).rejects.toThrow("password authentication failed");
  });

  it("says that it cannot have a password while another one runs there, and does not say which", async () => {
    const dataDir = join(folder, "postgres");
    await startPostgres(children, dataDir, { durable: false, preferredPort: 0 });
    await rm(join(dataDir, "titanforge-password"));
    await expect(startPostgres(children, dataDir, { durable: false, preferredPort: 0 })).rejects.toThrow(
      new Error(`Postgres could not be given a password in ${dataDir}. Does another one run there?`),
    );
  });

  it("takes another port than the one that somebody has, and another server's data for nothing of its own", async () => {
    const common = new URL(process.env.DATABASE_URL ?? "");
    const dataDir = join(folder, "postgres");
    const first = await startPostgres(children, dataDir, {
      durable: false,
      preferredPort: Number(common.port),
    });
    expect(new URL(first).port).not.toBe(common.port);
    await children.stop();

    // A crash leaves this: its port has gone to another Postgres meanwhile.
    const pidFile = join(dataDir, "postmaster.pid");
    const dead = 2 ** 22 - 1;
    await writeFile(pidFile, [dead, dataDir, 1_790_000_000, common.port, "", "127.0.0.1", ""].join("\n"));
    children = new Children();
    const second = await startPostgres(children, dataDir, { durable: false });
    expect(new URL(second).port).not.toBe(common.port);
    expect(await setting(second, "data_directory")).toBe(dataDir);
    expect(Number((await readFile(pidFile, "utf8")).split("\n")[0])).not.toBe(dead);
  });
});

// Only root can become somebody without a name, who must get at this checkout.
const canBecomeNameless = isRoot && (await isReachable(process.cwd()));
describe.runIf(canBecomeNameless)("a user id without a name", { timeout: 60_000 }, () => {
  const UID = 54_321;
  const start = async () => {
    const script = join(folder, "start.mts");
    await writeFile(
      script,
      `const { Children } = await import(${JSON.stringify(resolve("scripts/stack/children.ts"))});
       const { startPostgres } = await import(${JSON.stringify(resolve("scripts/stack/postgres.ts"))});
       const children = new Children();
       try {
         console.log(await startPostgres(children, process.argv[2], { durable: false, preferredPort: 0 }));
       } catch (error) {
         console.log(error.message);
       }
       await children.stop();
       process.exit();`,
    );
    await chown(folder, UID, UID);
    const env = { HOME: folder, TMPDIR: folder };
    return (await runScript(script, [join(folder, "postgres")], { env, uid: UID })).stdout;
  };

  it("is told what to do in a sentence", async () => {
    expect(await start()).toBe(
      `The embedded Postgres cannot be made by user id ${UID}, which has no name in /etc/passwd. Run as a user that has one, give it one (echo "shop:x:${UID}:0::/tmp:/bin/sh" >> /etc/passwd), or set DATABASE_URL to a Postgres of your own.\n`,
    );
  });
});

it("a folder that cannot be prepared is named, with the reason that Postgres gives", async () => {
  const dataDir = join(folder, "postgres");
  await mkdir(dataDir);
  await writeFile(join(dataDir, "somebody-elses"), "");
  await expect(startPostgres(children, dataDir)).rejects.toThrow(
    /^Postgres could not prepare .*\/postgres: initdb: error: directory ".*" exists but is not empty/,
  );
});

describe("isReachable", () => {
  it("asks for a way through every folder above, where Postgres runs as another user", async () => {
    const inner = join(folder, "outer", "inner");
    await mkdir(inner, { recursive: true });
    expect(await isReachable(inner)).toBe(true);
    // A folder that will be made is made with a way through.
    expect(await isReachable(join(inner, "to-be-made"))).toBe(true);
    await chmod(join(folder, "outer"), 0o700);
    expect(await isReachable(inner)).toBe(!isRoot);
    await chmod(join(folder, "outer"), 0o711);
    await chmod(inner, 0o766);
    expect(await isReachable(inner)).toBe(!isRoot);
    await chmod(inner, 0o701);
    expect(await isReachable(inner)).toBe(true);
  });
});
