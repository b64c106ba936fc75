import { execFile } from "node:child_process";
import { cp, readFile, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";
import type { Children } from "../scripts/stack/children";
import { CUSTOMERS } from "./events";
import { customerNumber } from "./load/requests";
import { Server } from "./server";

/** A bare Next app of our version, with routes that do the least: as fast as anything on this framework can be. */

const FOLDER = "test-results/ceiling";

export async function startCeiling(children: Children, secret: string, databaseUrl: string): Promise<Server> {
  await buildCeiling();
  const CEILING_URL = await makeDatabase(databaseUrl);
  return Server.start(children, {
    name: "ceiling",
    folder: FOLDER,
    env: { STRIPE_WEBHOOK_SECRET: secret, CEILING_URL },
  });
}

/** Below the project, where its packages are found. */
async function buildCeiling() {
  await rm(FOLDER, { recursive: true, force: true });
  await cp("bench/ceiling", FOLDER, { recursive: true });
  const next = resolve("node_modules/next/dist/bin/next");
  await promisify(execFile)(process.execPath, [next, "build"], {
    cwd: FOLDER,
    env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
  });
}

async function makeDatabase(databaseUrl: string): Promise<string> {
  const admin = postgres(databaseUrl, { max: 1 });
  await admin`create database ceiling`;
  await admin.end();
  const url = databaseUrl.replace(/\/[^/]*$/, "/ceiling");
  const sql = postgres(url, { max: 1 });
  await sql.unsafe(await readFile("bench/ceiling/tables.sql", "utf8"));
  const teams = Array.from({ length: CUSTOMERS }, (_, index) => ({
    name: `Team ${index}`,
    stripe_customer_id: `cus_bench${customerNumber(index)}`,
  }));
  await sql`insert into teams ${sql(teams)}`;
  await sql.end();
  return url;
}
