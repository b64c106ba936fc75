import { existsSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { migrateDatabase } from "../db/migrate";
import { Children } from "../scripts/stack/children";
import { startStack } from "../scripts/stack/environment";
import { freePort } from "../scripts/stack/ports";
import { startPostgres } from "../scripts/stack/postgres";
import { CUSTOMERS, customerIds, EventClock, introduce, type Template, toTemplate } from "./events";
import { Server } from "./server";

/** One process of the production build on a durable Postgres, with a thousand customers of whom events tell. */
export interface Shop {
  children: Children;
  server: Server;
  databaseUrl: string;
  sql: postgres.Sql;
  /** The process id of Postgres. */
  postgres: number;
  secret: string;
  clock: EventClock;
  templates: { subscription: Template; invoice: Template };
  /** Somebody with a subscription and twelve payments, by their session's cookie. */
  cookie: string;
  stop: () => Promise<void>;
}

export async function startShop(): Promise<Shop> {
  if (!existsSync(".next/BUILD_ID")) throw new Error("There is no production build yet. Run: npm run build");
  if (!existsSync("/proc/stat")) throw new Error("CPU times are read from /proc, which only Linux has.");
  const children = new Children();
  const folder = await makeFolder();
  const dataDir = join(folder, "postgres");
  const databaseUrl = await startPostgres(children, dataDir, {
    durable: true,
    preferredPort: await freePort(),
  });
  const port = await freePort();
  const given = { DATABASE_URL: databaseUrl, APP_URL: `http://127.0.0.1:${port}` };
  const { variables } = await startStack(children, {
    given: given as unknown as NodeJS.ProcessEnv,
    port,
    folder,
    durable: false,
  });
  // A sweep would find that Stripe does not know the customers, and their events would be cheap.
  Object.assign(process.env, variables, { RECONCILE_EVERY_MINUTES: "0" });
  await migrateDatabase(databaseUrl);
  const server = await Server.start(children, { name: "shop", folder: ".", env: {}, port });
  const { applyCatalog } = await import("../lib/billing/catalog/apply");
  await applyCatalog();
  const sql = postgres(databaseUrl, { max: 2, onnotice: () => {} });
  const secret = variables.STRIPE_WEBHOOK_SECRET ?? "";
  const clock = new EventClock();
  // It reads the environment that is complete now.
  const { subscribe } = await import("./subscriber");
  const { events, ids, cookie } = await subscribe(server.origin, secret);
  const templates = {
    subscription: toTemplate(events.subscription, ids),
    invoice: toTemplate(events.invoice, ids),
  };
  const users = customerIds.map((id, index) => ({
    email: `bench${index}@example.com`,
    name: `Bench ${index}`,
    password_hash: "-",
    stripe_customer_id: id,
  }));
  await sql`insert into users ${sql(users)}`;
  await introduce(server.origin, templates.subscription, secret, clock);
  const [known] = await sql`select count(*)::int from subscriptions where user_id is not null`;
  if (known?.count !== CUSTOMERS + 1) throw new Error(`${known?.count} customers have a subscription.`);
  // As the server itself does after a minute; until then it plans for tables that it knows nothing of.
  await sql`vacuum analyze`;
  const [pid] = (await readFile(join(dataDir, "postmaster.pid"), "utf8")).split("\n");
  return {
    children,
    server,
    databaseUrl,
    sql,
    postgres: Number(pid),
    secret,
    clock,
    templates,
    cookie,
    async stop() {
      const { client } = await import("../db");
      await Promise.all([client.end({ timeout: 1 }), sql.end({ timeout: 1 })]);
      await children.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Not in tmpdir(): the user that Postgres runs as must get there. */
async function makeFolder(): Promise<string> {
  const folder = await mkdtemp("/var/tmp/titanforge-bench-");
  await chmod(folder, 0o711);
  return folder;
}
