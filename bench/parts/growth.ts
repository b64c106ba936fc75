import postgres from "postgres";
import { migrateDatabase } from "../../db/migrate";
import { fillTables } from "../../test/support/growing-rows";
import type { Target } from "../cell";
import { eventsFor, introduce } from "../events";
import type { Part } from "../part";
import { compare } from "../rounds";
import { Server } from "../server";
import type { Shop } from "../shop";
import { toTable } from "../table";

const FEW = 1_000;
const MANY = 1_000_000;

/** The same work in a shop that has just begun and in one with a million payments. */
export const growth: Part = async ({ shop, plan }) => {
  const targets: Target[] = [];
  for (const rows of [FEW, MANY]) {
    const server = await startGrown(shop, rows);
    const suffix = `${rows.toLocaleString("en")} rows`;
    const visit = (name: string, path: string): Target => ({
      name: `${name}, ${suffix}`,
      server,
      requests: () => ({ kind: "visit", path, headers: { Cookie: shop.cookie } }),
    });
    targets.push(
      {
        name: `webhook, ${suffix}`,
        server,
        requests: eventsFor("/api/v1/stripe-webhook", shop.templates.invoice, shop.secret, shop.clock),
      },
      visit("/account", "/account"),
      visit("API", "/api/v1/products"),
    );
  }
  const results = await compare(targets, plan);
  const half = results.length / 2;
  const ratios = results.slice(0, half).map((few, index) => {
    const many = results[half + index] ?? few;
    const cpu = (result: typeof few) => result.server + result.postgres;
    const name = few.target.name.split(",")[0];
    return `${name} ${(cpu(many) / cpu(few)).toFixed(2)} × the CPU, ${(many.median / few.median).toFixed(2)} × the time`;
  });
  return `${toTable(results, results[0]?.target.name ?? "")}\n\nWith a million: ${ratios.join("; ")}.`;
};

/** A copy of the shop's database with so many rows more, and a server of its own. */
async function startGrown(shop: Shop, rows: number): Promise<Server> {
  const name = `grown_${rows}`;
  await shop.sql`create database ${shop.sql(name)}`;
  const url = shop.databaseUrl.replace(/\/[^/]*$/, `/${name}`);
  await migrateDatabase(url);
  await copyCatalogAndPeople(shop.sql, url);
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  await sql`set synchronous_commit = off`;
  await fillTables(sql, rows);
  await sql.end();
  const server = await Server.start(shop.children, {
    name,
    folder: ".",
    env: { DATABASE_URL: url, DATABASE_POOL_MAX: "10" },
  });
  await introduce(server.origin, shop.templates.subscription, shop.secret, shop.clock);
  return server;
}

/** These statements let the thousand customers, and the one with a session, be found. */
const COPIED = [
  "users",
  "products",
  "customers",
  "subscriptions",
  "subscription_items",
  "invoices",
  "stripe_transactions",
  "next_invoices",
];

async function copyCatalogAndPeople(from: postgres.Sql, url: string) {
  const to = postgres(url, { max: 1 });
  for (const table of COPIED) {
    const rows = await from`select to_jsonb(t) as row from ${from(table)} t`;
    await to`insert into ${to(table)} select (jsonb_populate_recordset(null::${to(table)},
      ${JSON.stringify(rows.map(({ row }) => row))}::text::jsonb)).*`;
  }
  await to.end();
}
