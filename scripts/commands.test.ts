import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { STRIPE_API_VERSION } from "@/lib/billing/stripe";
import { runScript } from "@/test/support/command";
import { Children } from "./stack/children";
import { startStack } from "./stack/environment";

/**
 * `npm run migrate`, `catalog` and `reconcile` as a person calls them, in the order in which a new shop does: on
 * an empty database and a Stripe that sells nothing. The cases go on from one another.
 */

const children = new Children();
const name = `commands_${randomBytes(6).toString("hex")}`;
const common = process.env.DATABASE_URL ?? "";
const url = common.replace(/\/[^/]*$/, `/${name}`);
const admin = postgres(common, { max: 1 });
let folder: string;
let sql: postgres.Sql;
let env: Record<string, string>;

beforeAll(async () => {
  await admin`create database ${admin(name)}`;
  folder = await mkdtemp(join(tmpdir(), "titanforge-commands-"));
  const given = { DATABASE_URL: url } as unknown as NodeJS.ProcessEnv;
  // Nobody listens at port 9, so each event is one that Stripe could not deliver.
  ({ variables: env } = await startStack(children, { given, port: 9, folder, durable: false }));
  sql = postgres(url, { max: 1, onnotice: () => {} });
});

afterAll(async () => {
  await sql.end();
  await children.stop();
  await admin`drop database ${admin(name)} with (force)`;
  await admin.end();
  await rm(folder, { recursive: true });
});

const run = (command: string, ...args: string[]) => runScript(`scripts/${command}.ts`, args, { env });
const tables = async () =>
  (await sql`select table_name from information_schema.tables where table_schema = 'public'`).map(
    ({ table_name }) => table_name,
  );

describe("npm run migrate", { timeout: 60_000 }, () => {
  const DONE = "The database has the newest schema.\n";

  it("makes the tables of an empty database, from two places at once, and again without harm", async () => {
    expect(await tables()).toEqual([]);
    const both = await Promise.all([run("migrate"), run("migrate")]);
    for (const { code, stdout } of both) expect([code, stdout]).toEqual([0, DONE]);
    expect(await tables()).toEqual(
      expect.arrayContaining(["users", "products", "subscriptions", "stripe_events"]),
    );
    expect(await run("migrate")).toMatchObject({ code: 0, stdout: DONE });
  });

  it("says what it needs, and which variable to look at when it cannot", async () => {
    const migrate = (DATABASE_URL?: string) => runScript("scripts/migrate.ts", [], { env: { DATABASE_URL } });
    const [none, away] = await Promise.all([migrate(), migrate("postgres://127.0.0.1:9/x")]);
    expect(none).toMatchObject({ code: 1, stdout: "" });
    expect(none.stderr).toContain(
      "DATABASE_URL is not set. It names the Postgres to migrate: postgres://user:password@host/database",
    );
    expect(away).toMatchObject({ code: 1, stdout: "" });
    expect(away.stderr).toMatch(
      /could not be brought to the newest schema: .*ECONNREFUSED.*Check DATABASE_URL\./,
    );
  });
});

describe("npm run catalog", { timeout: 60_000 }, () => {
  it("applies only when it is told to", async () => {
    const refusals = await Promise.all([[], ["aply"]].map((args) => run("catalog", ...args)));
    for (const refusal of refusals)
      expect(refusal).toEqual({
        code: 2,
        stdout: "",
        stderr: "The catalog can be applied, and nothing else.\n\nUsage: npm run catalog apply\n",
      });
    expect(await sql`select * from products`).toEqual([]);
  });

  it("says each change once, and then that there is none", async () => {
    const { code, stdout } = await run("catalog", "apply");
    expect(code).toBe(0);
    expect(stdout.trim().split("\n")).toEqual([
      "created the product AIaaS Starter",
      "created the price aiaas_starter_monthly",
      "created the price aiaas_starter_yearly",
      "created the product AIaaS Pro",
      "created the price aiaas_pro_monthly",
      "created the price aiaas_pro_yearly",
      "created the product Micro-Feature Development",
      "created the price micro_feature_once",
    ]);
    expect(await sql`select lookup_key from products where active order by lookup_key`).toEqual(
      [
        "aiaas_pro_monthly",
        "aiaas_pro_yearly",
        "aiaas_starter_monthly",
        "aiaas_starter_yearly",
        "micro_feature_once",
      ].map((lookup_key) => ({ lookup_key })),
    );
    expect(await run("catalog", "apply")).toMatchObject({
      code: 0,
      stdout: "Nothing to change: Stripe says what catalog.json says.\n",
    });
  });
});

describe("npm run reconcile", { timeout: 120_000 }, () => {
  const alter = () => sql`update products set name = 'Altered' where lookup_key = 'micro_feature_once'`;
  const names = async () =>
    (await sql`select name from products where lookup_key = 'micro_feature_once'`)[0]?.name;

  it("knows its options and no others", async () => {
    for (const [option, args] of [
      ["--repot", ["--repot"]],
      ["--all", ["--report", "--json", "--all"]],
    ] as const) {
      const refusal = await run("reconcile", ...args);
      expect(refusal).toMatchObject({ code: 2, stdout: "" });
      expect(refusal.stderr).toContain(`Unknown option '${option}'`);
      expect(refusal.stderr).toContain("Usage: npm run reconcile [-- --report] [-- --json]\n");
    }
  });

  it("settles what no webhook brought, and finds no drift", async () => {
    const { code, stdout } = await run("reconcile");
    const [undelivered, objects, full, verdict, ...others] = stdout.trim().split("\n");
    expect(undelivered).toMatch(
      /^Swept what Stripe could not deliver: \d+ to settle on \d+ pages?, \d+ objects? read\.$/,
    );
    expect(full).toMatch(/^Swept all events: /);
    expect(objects).toMatch(/^Swept all objects: /);
    // Three products with five prices; nobody has bought anything yet, so there is no money to compare.
    expect(verdict).toMatch(/^Compared \d+ objects of Stripe's with our rows: no drift\.$/);
    expect(others).toEqual([]);
    expect(code).toBe(0);
  });

  it("only looks when it is told to: ends with 1, names each difference, and writes nothing", async () => {
    await alter();
    const { code, stdout } = await run("reconcile", "--report");
    expect(code).toBe(1);
    const [verdict, line, ...others] = stdout.trim().split("\n");
    expect(verdict).toMatch(/^Compared \d+ objects of Stripe's with our rows: 1 difference\.$/);
    expect(line).toMatch(/^ {2}product \S+: .*name is Altered here, Micro-Feature Development at Stripe\.$/);
    expect(others).toEqual([]);
    expect(await names()).toBe("Altered");
  });

  it("tells a program the same in JSON, and nothing else", async () => {
    const looked = await run("reconcile", "--json", "--report");
    expect(looked.code).toBe(1);
    expect(JSON.parse(looked.stdout)).toEqual({
      sweeps: [],
      objects: expect.any(Number),
      drift: [
        expect.objectContaining({ kind: "product", ours: "Altered", stripe: "Micro-Feature Development" }),
      ],
      ledger: [],
    });
    const repaired = await run("reconcile", "--json");
    expect(repaired.code).toBe(0);
    const { sweeps, drift } = JSON.parse(repaired.stdout);
    expect(drift).toEqual([]);
    expect(sweeps.map(({ sweep }: { sweep: string }) => sweep)).toEqual(["undelivered", "objects", "full"]);
    expect(await names()).toBe("Micro-Feature Development");
  });

  it("lets another instance finish, and ends with 2", async () => {
    const lease = { kind: "sweeper", livemode: false, lease_owner: "another" };
    await sql`delete from reconcile_state where kind = 'sweeper'`;
    await sql`insert into reconcile_state ${sql(lease)}`;
    await sql`update reconcile_state set lease_until = now() + interval '1 minute' where kind = 'sweeper'`;
    const { code, stdout, stderr } = await run("reconcile");
    expect([code, stdout, stderr]).toEqual([
      2,
      "",
      "Another instance is sweeping now. Try again in two minutes.\n",
    ]);
    // Looking needs no lease.
    expect((await run("reconcile", "--report")).code).toBe(0);
    await sql`delete from reconcile_state where kind = 'sweeper'`;
  });

  it("ends with 2 when it cannot look at all", async () => {
    const away = { ...env, DATABASE_URL: "postgres://127.0.0.1:9/x" };
    const { code, stdout, stderr } = await runScript("scripts/reconcile.ts", ["--report"], { env: away });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/\w/);
  });
});

describe("npm run events", { timeout: 60_000 }, () => {
  it("shows counts and the newest, and no parked ones where there are none", async () => {
    const [{ code, stdout }, list, parked] = await Promise.all([
      run("events"),
      run("events", "list"),
      run("events", "parked"),
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+ applied, 0 waiting for another try, 0 parked\.\n\nNewest\n/);
    expect(stdout).not.toContain("Parked");
    expect(stdout.match(/evt_/g)?.length).toBeLessThanOrEqual(20);
    expect(list).toMatchObject({ code: 0, stdout });
    expect(parked).toMatchObject({ code: 0, stdout: "None.\n" });
  });

  it("ends with 1 when the event that was run again is parked", async () => {
    const [event] = await sql`
      insert into stripe_events (id, type, livemode, stripe_created_at, status, attempts, payload)
      values ('evt_odd', 'customer.subscription.updated', false, now(), 'parked', 5, ${sql.json({
        id: "evt_odd",
        object: "event",
        type: "customer.subscription.updated",
        created: 1_790_000_000,
        livemode: false,
        api_version: STRIPE_API_VERSION,
        data: { object: { id: "sub_odd", object: "subscription" } },
      })}) returning id`;
    const { code, stdout } = await run("events", "replay", event?.id);
    expect([code, stdout.split(":")[0]]).toEqual([1, "parked"]);
  });

  it("ends with 1, and no stack of calls, when the database is away", async () => {
    const away = { ...env, DATABASE_URL: "postgres://127.0.0.1:9/x" };
    const { code, stdout, stderr } = await runScript("scripts/events.ts", [], { env: away });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).not.toMatch(/\n {4}at /);
  });
});

describe("with the database or Stripe away", { timeout: 60_000 }, () => {
  /** Nobody listens at port 9. */
  const away = { DATABASE_URL: "postgres://postgres@127.0.0.1:9/nothing" };

  it.each([
    ["events", [], 1],
    ["reconcile", ["--report"], 2],
    ["migrate", [], 1],
    ["catalog", ["apply"], 1],
  ])("%s says why in a sentence, and nothing of a query", async (command, args, code) => {
    const ended = await runScript(`scripts/${command}.ts`, args, { env: { ...env, ...away } });
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain("ECONNREFUSED");
    expect(ended.stderr).not.toMatch(/params|select |insert | at .*\.ts:/);
  });
});
