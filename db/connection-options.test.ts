import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { selfSignedCertificate } from "@/test/support/certificate";
import { openAt, openSocketAt, openWithTls } from "@/test/support/postgres-doors";
import { connectionOptions } from "./connection-options";

/** Connection strings as hosting companies hand them out, on a real Postgres: as with libpq, or refused by a sentence. */

const common = new URL(process.env.DATABASE_URL ?? "");
const database = common.pathname.slice(1);
const base = `postgres://${common.username}@127.0.0.1:${common.port}/${database}`;
let folder: string;

beforeAll(async () => {
  // As libpq does, the driver takes from there what no URL says; few of these say it.
  vi.stubEnv("PGPASSWORD", common.password);
  folder = await mkdtemp(join(tmpdir(), "titanforge-connection-"));
});
afterAll(() => {
  vi.unstubAllEnvs();
  return rm(folder, { recursive: true });
});

async function ask(url: string) {
  const { options } = connectionOptions(url);
  const sql = postgres({ ...options, max: 1, onnotice: () => {} });
  try {
    const [row] = await sql`
      select current_user as user, current_database() as database,
        current_setting('application_name') as application_name, current_setting('work_mem') as work_mem,
        current_setting('statement_timeout') as statement_timeout`;
    return row;
  } finally {
    await sql.end({ timeout: 1 });
  }
}
const asUsual = {
  user: "postgres",
  database,
  application_name: "titanforge",
  work_mem: "4MB",
  statement_timeout: "0",
};

describe("the parameter", () => {
  it.each([
    "sslmode=disable",
    "sslmode=allow",
    "sslmode=prefer",
    "ssl=false",
    // libpq's four: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-SSL-MIN-PROTOCOL-VERSION
    "ssl_min_protocol_version=TLSv1",
    "ssl_min_protocol_version=TLSv1.1",
    "ssl_min_protocol_version=TLSv1.2",
    "ssl_max_protocol_version=TLSv1",
    "ssl_max_protocol_version=TLSv1.1",
    "ssl_max_protocol_version=TLSv1.2",
    "ssl_max_protocol_version=TLSv1.3",
    "channel_binding=disable",
    "channel_binding=prefer",
    "pgbouncer=true",
    "pgbouncer=true&connection_limit=1&pool_timeout=0",
    "schema=public",
    "schema=public&connection_limit=5&socket_timeout=3",
    "statement_cache_size=0",
    "connect_timeout=15",
    "connect_timeout=0",
    "target_session_attrs=any",
    "target_session_attrs=read-write",
    "target_session_attrs=primary",
    "load_balance_hosts=random",
    "keepalives=1&keepalives_idle=30&keepalives_interval=10&keepalives_count=3",
    "keepalives=0",
    "client_encoding=UTF8",
    "gssencmode=disable",
    "sslmode=prefer&supa=base-pooler.x",
    "workaround=supabase-pooler.vercel",
    "uselibpqcompat=true&sslmode=disable",
    "fallback_application_name=titanforge",
  ])("%s is understood", async (query) => {
    expect(await ask(`${base}?${query}`)).toEqual(asUsual);
  });

  it.each<[string, Partial<typeof asUsual>]>([
    ["application_name=x%20y", { application_name: "x y" }],
    ["application_name=a%2Bb", { application_name: "a+b" }],
    // In a URL of libpq's a plus is a plus.
    ["application_name=a+b", { application_name: "a+b" }],
    ["fallback_application_name=later&application_name=first", { application_name: "first" }],
    ["options=-c%20work_mem%3D8MB", { work_mem: "8MB" }],
    ["options=-c work_mem=9MB", { work_mem: "9MB" }],
    ["statement_timeout=7000", { statement_timeout: "7s" }],
  ])("%s reaches the server", async (query, expected) => {
    expect(await ask(`${base}?${query}`)).toEqual({ ...asUsual, ...expected });
  });

  it("target_session_attrs of another kind of server finds none here", async () => {
    await expect(ask(`${base}?target_session_attrs=standby&connect_timeout=2`)).rejects.toThrow();
  });

  it.each([
    ["colour=red", /^DATABASE_URL has the parameter colour, which cannot be honoured here\. Take it out/],
    ["service=shop", /parameter service,/],
    ["passfile=%2Froot%2F.pgpass", /parameter passfile,/],
    ["require_auth=none", /parameter require_auth,/],
    ["toString=1", /parameter toString,/],
    ["schema=shop", /parameter schema with a value that cannot be honoured here\. It may be: public\.$/],
    ["gssencmode=require", /parameter gssencmode with a value .* disable, prefer\.$/],
    ["sslmode=required", /parameter sslmode with a value .* verify-full, no-verify\.$/],
    ["target_session_attrs=main", /parameter target_session_attrs with a value/],
    ["client_encoding=latin1", /parameter client_encoding with a value/],
    ["channel_binding=yes", /parameter channel_binding with a value/],
    ["connect_timeout=soon", /parameter connect_timeout, which must be a number\.$/],
    ["connection_limit=", /parameter connection_limit, which must be a number\.$/],
    ["sslmode", /has a parameter without a value\. /],
    ["options=%zz", /holds a % that begins no character\. /],
    [
      "sslrootcert=/nowhere/root.crt",
      /parameter sslrootcert, which names a file that cannot be read: \/nowhere\/root\.crt$/,
    ],
    [
      "sslmode=disable&channel_binding=require",
      /channel_binding=require, which needs TLS, and turns TLS off\.$/,
    ],
  ])("%s is refused by a sentence", (query, sentence) => {
    expect(() => connectionOptions(`${base}?${query}`)).toThrow(sentence);
  });

  it("connection_limit is the size of the pool", () => {
    expect(connectionOptions(`${base}?connection_limit=5`).limit).toBe(5);
    expect(connectionOptions(base).limit).toBeUndefined();
  });

  it.each([
    ["pgbouncer=true", 0],
    ["statement_cache_size=0", 0],
    ["pgbouncer=false", 1],
  ])("%s: so many statements are prepared", async (query, expected) => {
    const { options } = connectionOptions(`${base}?${query}`);
    const sql = postgres({ ...options, max: 1 });
    await sql`select ${randomBytes(3).toString("hex")} as mark`;
    const [row] =
      await sql`select count(*)::int as count from pg_prepared_statements where statement like '%as mark%' and statement not like '%pg_prepared%'`;
    expect(row?.count).toBe(expected);
    await sql.end();
  });
});

describe("a user, a password and a database", () => {
  const role = `r_${randomBytes(4).toString("hex")}`;
  const odd = `odd ${role}`;
  const admin = postgres(common.href, { max: 1 });
  beforeAll(async () => {
    await admin.unsafe(`create role "${role}@x/y" login password '${common.password}'`);
    await admin.unsafe(`create database "${odd}"`);
  });
  afterAll(async () => {
    await admin.unsafe(`drop database "${odd}"`);
    await admin.unsafe(`drop role "${role}@x/y"`);
    await admin.end();
  });

  it.each([
    [`postgres://${role}%40x%2Fy@127.0.0.1:${common.port}/odd%20${role}`],
    [`postgres://127.0.0.1:${common.port}?user=${role}%40x%2Fy&dbname=odd%20${role}`],
    [`postgresql://someone@127.0.0.1:${common.port}/other?user=${role}%40x%2Fy&dbname=${odd}`],
  ])("%s", async (url) => {
    expect(await ask(url)).toEqual({ ...asUsual, user: `${role}@x/y`, database: odd });
  });

  it.each([
    ["postgres://u:p%40ss%3A%2F%25w%C3%A4@h/d", "p@ss:/%wä"],
    ["postgres://u:p:w@h/d", "p:w"],
    ["postgres://u:p#w?x+y@h/d", "p#w?x+y"],
    ["postgres://u:one@h/d?password=two%26", "two&"],
  ])("%s has the password %s", (url, password) => {
    expect(connectionOptions(url).options).toMatchObject({ user: "u", password });
  });

  it.each([
    "postgres://u:hunter2@more@h/d",
    "postgres://u:hunter2/more@h/d",
    "postgres://u:hunter2%@h/d",
    "postgres://u:hunter2[@[h/d",
    "mysql://u:hunter2@h/d",
  ])("%s is refused without a word of the password", (url) => {
    expect(() => connectionOptions(url)).toThrow(/^DATABASE_URL (?!.*hunter2)(?!.*more)/);
  });
});

describe("a host", () => {
  it("that is an IPv6 address is one", async () => {
    const door = await openAt("::1");
    expect(await ask(`postgres://postgres@[::1]:${door.port}/${database}`)).toEqual(asUsual);
    expect(await ask(`postgres://postgres@/${database}?host=::1&port=${door.port}`)).toEqual(asUsual);
    door.close();
    await expect(ask("postgres://postgres@[::1]:9/x")).rejects.toThrow(/ECONNREFUSED/);
  });

  it("that is a folder has a socket in it, and no TLS", async () => {
    const door = await openSocketAt(join(folder, ".s.PGSQL.5433"));
    const encoded = encodeURIComponent(folder);
    for (const url of [
      `postgres://postgres@/${database}?host=${folder}&port=5433`,
      `postgres://postgres@localhost/${database}?host=${encoded}&port=5433&sslmode=require`,
      `postgres://postgres@${encoded}:5433/${database}`,
    ])
      expect(await ask(url)).toEqual(asUsual);
    door.close();
  });

  it("of several that refuses leaves the turn to the next, with a port for all or one for each", async () => {
    const door = await openAt("::1");
    for (const url of [
      `postgres://postgres@127.0.0.1:9,[::1]:${door.port}/${database}`,
      `postgres://postgres@/${database}?host=127.0.0.1,::1&port=9,${door.port}`,
      `postgres://postgres@[::2]:1,wrong.invalid:1/${database}?host=127.0.0.1,::1&port=${door.port}`,
    ])
      expect(await ask(url)).toEqual(asUsual);
    door.close();
  });

  it("has its address beside it", async () => {
    const url = `postgres://postgres@name.invalid:${common.port}/${database}?hostaddr=127.0.0.1`;
    expect(await ask(url)).toEqual(asUsual);
  });

  it.each<[string, string[], number[]]>([
    ["postgres:///d", ["localhost"], [5432]],
    ["postgres://u@h", ["h"], [5432]],
    ["postgres://h1:1,h2,[::1]:3/d", ["h1", "h2", "::1"], [1, 5432, 3]],
    ["postgres://h1,h2/d?port=7", ["h1", "h2"], [7, 7]],
    ["postgres://%2Fcloudsql%2Fproject:5432/d", ["/cloudsql/project"], [5432]],
    ["postgres:///d?host=/cloudsql/project:region:name", ["/cloudsql/project:region:name"], [5432]],
  ])("%s", (url, host, port) => {
    expect(connectionOptions(url).options).toMatchObject({ host, port });
  });

  it.each([
    ["postgres://h:0/d", /a port that is no number from 1 to 65535/],
    ["postgres://h:65536/d", /a port that is no number from 1 to 65535/],
    ["postgres://h:1x/d", /a port that is no number from 1 to 65535/],
    ["postgres://h1,h2/d?port=1,2,3", /has 2 hosts and a port for 3\.$/],
    ["postgres://h1,h2/d?hostaddr=127.0.0.1", /has 2 hosts and a hostaddr for 1\.$/],
    ["postgres://::1/d", /has a host that cannot be read/],
  ])("%s is refused by a sentence", (url, sentence) => {
    expect(() => connectionOptions(url)).toThrow(sentence);
  });
});

describe("TLS", () => {
  const theirs = selfSignedCertificate("db.example");
  const others = selfSignedCertificate("db.example");
  let door: Awaited<ReturnType<typeof openWithTls>>;
  let at: (query: string) => Promise<unknown>;
  let rootcert: string;
  let foreign: string;
  beforeAll(async () => {
    door = await openWithTls(theirs);
    rootcert = `sslrootcert=${join(folder, "root.crt")}`;
    foreign = `sslrootcert=${join(folder, "foreign.crt")}`;
    await writeFile(join(folder, "root.crt"), theirs.cert);
    await writeFile(join(folder, "foreign.crt"), others.cert);
    at = (query) =>
      ask(`postgres://postgres@db.example:${door.port}/${database}?hostaddr=127.0.0.1&${query}`);
  });
  afterAll(() => door.close());
  const anotherName = (query: string) =>
    ask(`postgres://postgres@127.0.0.1:${door.port}/${database}?${rootcert}&${query}`);

  it.each([
    "",
    "sslmode=prefer",
    "sslmode=allow",
    "sslmode=require",
    "sslmode=no-verify",
    "ssl=true",
    "ssl=no-verify",
  ])("%j takes the certificate of anybody", async (query) => {
    expect(await at(query)).toEqual(asUsual);
  });

  it.each(["sslmode=disable", "ssl=0", "ssl=false"])("%s goes without", (query) => {
    expect(connectionOptions(`${base}?${query}`).options.ssl).toBe(false);
  });

  it.each(["sslmode=require", "sslmode=verify-ca", "sslmode=verify-full", "channel_binding=require"])(
    "%s with a root certificate takes one that it vouches for, and no other",
    async (query) => {
      expect(await at(`${query}&${rootcert}`)).toEqual(asUsual);
      await expect(at(`${query}&${foreign}`)).rejects.toThrow(/certificate|signature/);
    },
  );

  it.each(["sslmode=verify-full", "channel_binding=require", "sslmode=require&sslaccept=strict"])(
    "%s wants the certificate of this very host",
    async (query) => {
      await expect(anotherName(query)).rejects.toThrow(/127\.0\.0\.1/);
      expect(await anotherName("sslmode=verify-ca")).toEqual(asUsual);
    },
  );

  it.each([
    "sslmode=verify-ca",
    "sslmode=verify-full",
    "sslrootcert=system",
    "sslmode=require&channel_binding=require",
  ])("%s takes no certificate that nobody vouches for", async (query) => {
    await expect(at(query)).rejects.toThrow(/self-signed/);
  });

  it("tells the server which host is meant, unless sslsni=0", async () => {
    door.asked.names = [];
    await at("sslmode=require");
    await at("sslmode=require&sslsni=0");
    expect(door.asked.names).toEqual(["db.example", false]);
  });

  it.each(["sslmode=require", "sslmode=verify-full", "ssl=true", "channel_binding=require"])(
    "%s says that a server has none",
    async (query) => {
      await expect(ask(`${base}?${query}`)).rejects.toThrow(
        "127.0.0.1 has no TLS, which sslmode or channel_binding in DATABASE_URL asks for.",
      );
    },
  );
});
