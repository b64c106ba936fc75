import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";
import { type Children, untilOutput } from "./children";
import { freePort } from "./ports";
import { postgresBinaries } from "./postgres-binaries";

const run = promisify(execFile);
const PREFERRED_PORT = 55_432;
const DATABASE = "titanforge";

/** Postgres refuses root; `nobody` exists on every Unix. */
const unprivileged = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** Every local user reaches the port, so it opens to a password that only the owner of the data can read. */
const HBA = "host all all 127.0.0.1/32 scram-sha-256\n";

interface Address {
  port: number;
  password: string;
}
const urlOf = ({ port, password }: Address, database = DATABASE) =>
  `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;

/**
 * A real Postgres in `dataDir`, created at the first start and kept between runs.
 * `durable: false` trades safety against a power cut for speed, for data that is thrown away.
 */
export async function startPostgres(
  children: Children,
  dataDir: string,
  { durable = true, preferredPort = PREFERRED_PORT } = {},
) {
  const bin = await postgresBinaries();
  if (!(await readFile(join(dataDir, "PG_VERSION")).catch(() => null))) await initialise(bin, dataDir);

  const kept = await readFile(passwordFile(dataDir), "utf8").catch(() => null);
  const running = kept && (await leftRunning(dataDir, kept));
  if (running) {
    children.adopt(running.pid, "SIGINT");
    return urlOf(running);
  }
  const password = kept ?? (await setPassword(bin, dataDir));
  const port = await freePort(preferredPort);
  const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200"];
  if (!durable) settings.push("fsync=off", "synchronous_commit=off", "full_page_writes=off");
  const server = children.spawn(
    join(bin, "postgres"),
    ["-D", dataDir, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
    // SIGINT is Postgres' "fast shutdown": open connections are ended instead of waited for.
    { ...unprivileged, cwd: dirname(bin), env: { ...process.env, LC_MESSAGES: "C" }, stopSignal: "SIGINT" },
  );
  await untilOutput(server, /ready to accept connections/);
  await createDatabase({ port, password });
  return urlOf({ port, password });
}

async function initialise(bin: string, dataDir: string) {
  await mkdir(dirname(dataDir), { recursive: true });
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  if (unprivileged.uid) await chown(dataDir, unprivileged.uid, unprivileged.gid);
  // It lets nobody in before it has a password.
  const flags = [
    "--username=postgres",
    "--auth=reject",
    "--encoding=UTF8",
    "--locale=C",
    "--no-instructions",
  ];
  const env = { ...process.env, LC_ALL: "C" };
  const options = { ...unprivileged, cwd: dirname(bin), env };
  await run(join(bin, "initdb"), ["-D", dataDir, ...flags], options).catch((error: { stderr?: string }) => {
    const [, nameless] = error.stderr?.match(/could not look up effective user ID (\d+)/) ?? [];
    if (nameless) throw new Error(describeNameless(nameless));
    throw new Error(`Postgres could not prepare ${dataDir}: ${error.stderr?.trim() || error}`);
  });
}

/** As in a container that is run with a number for a user. Postgres takes nobody without a name for its owner. */
const describeNameless = (uid: string) =>
  `The embedded Postgres cannot be made by user id ${uid}, which has no name in /etc/passwd. Run as a user that has one, give it one (echo "shop:x:${uid}:0::/tmp:/bin/sh" >> /etc/passwd), or set DATABASE_URL to a Postgres of your own.`;

/** With the data, so that whoever throws that away, or keeps it, does the same with the password. */
const passwordFile = (dataDir: string) => join(dataDir, "titanforge-password");

/**
 * For data that has none yet: it is new, or older than passwords here. Postgres is told by its standard input while it
 * serves nobody else. Last comes the file, which says that everything before it was done.
 */
async function setPassword(bin: string, dataDir: string): Promise<string> {
  const password = randomBytes(32).toString("hex");
  const options = { ...unprivileged, cwd: dirname(bin), env: { ...process.env, LC_ALL: "C" } };
  const args = ["--single", "-D", dataDir, "-c", "exit_on_error=on", "postgres"];
  const told = run(join(bin, "postgres"), args, options);
  told.child.stdin?.end(`alter role postgres password '${password}'\n`);
  await told.catch(() => {
    // Its own words would repeat the statement.
    throw new Error(`Postgres could not be given a password in ${dataDir}. Does another one run there?`);
  });
  await writeFile(join(dataDir, "pg_hba.conf"), HBA);
  await writeFile(passwordFile(dataDir), password, { mode: 0o600 });
  return password;
}

async function createDatabase(address: Address) {
  const admin = postgres(urlOf(address, "postgres"), { max: 1 });
  try {
    const existing = await admin`select 1 from pg_database where datname = ${DATABASE}`;
    if (!existing.length) await admin`create database ${admin(DATABASE)}`;
  } finally {
    await admin.end();
  }
}

/** The server that a killed runner's watchdog is still stopping, or that nothing stopped: attach to it. */
async function leftRunning(dataDir: string, password: string): Promise<(Address & { pid: number }) | null> {
  const lines = (await readFile(join(dataDir, "postmaster.pid"), "utf8").catch(() => "")).split("\n");
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (!pid || !port) return null;
  const probe = postgres(urlOf({ port, password }), { max: 1, connect_timeout: 2 });
  try {
    // Another checkout's Postgres may have the port by now.
    const [row] = await probe`show data_directory`;
    return row?.data_directory === dataDir ? { pid, port, password } : null;
  } catch {
    return null;
  } finally {
    await probe.end({ timeout: 1 });
  }
}

/** Tells if the user that Postgres runs as can reach a folder: every folder above it must let others through. */
export async function isReachable(folder: string): Promise<boolean> {
  if (!unprivileged.uid) return true;
  for (let path = folder; ; path = dirname(path)) {
    const { mode } = await stat(path).catch(() => ({ mode: 0o001 }));
    if (!(mode & 0o001)) return false;
    if (path === dirname(path)) return true;
  }
}
