import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { migrateDatabase } from "../../db/migrate";
import { Children } from "../../scripts/stack/children";
import { startStack } from "../../scripts/stack/environment";
import { freePort } from "../../scripts/stack/ports";
import { StripeProxy } from "../../test/support/stripe-proxy";
import { Database } from "./database";
import { Front } from "./front";
import { Instance } from "./instance";

/** Stripe's pauses before another delivery, 5 s, 30 s and 2 min, times this. */
const RETRY_SCALE = "0.3";
const DEFAULT_ENDPOINT = "we_1LocalStripeDefaultEndpoint";

/**
 * Two processes of the production build on one durable Postgres, and a Stripe that sends its webhooks to both in
 * turn. The gate's own process has the same environment, so that it can act and compare with the shop's own code.
 */
export async function startShop({ nodeOptions = "" } = {}): Promise<Shop> {
  if (!existsSync(".next/BUILD_ID")) throw new Error("There is no production build yet. Run: npm run build");
  await mkdir("test-results", { recursive: true });
  const children = new Children();
  const folder = await makeFolder();
  const front = new Front();
  const database = new Database(children, join(folder, "postgres"));
  const databaseUrl = await database.start();
  process.env.RETRY_SCALE = RETRY_SCALE;
  const port = await front.listen();
  // The name by which the gates call the instances: pages lead whoever comes by another one there.
  const given = { DATABASE_URL: databaseUrl, APP_URL: `http://127.0.0.1:${port}` };
  const { variables, localStripeUrl } = await startStack(children, {
    given: given as unknown as NodeJS.ProcessEnv,
    port,
    folder,
    durable: false,
  });
  const origin = localStripeUrl ?? "";
  const stripe = new StripeProxy(origin);
  const stripeOfInstances = new StripeProxy(origin);
  Object.assign(process.env, variables, {
    STRIPE_API_URL: await stripe.listen(),
    RECONCILE_EVERY_MINUTES: "0",
    TRUSTED_PROXY_HOPS: "1",
  });
  await migrateDatabase(databaseUrl);
  const env = { STRIPE_API_URL: await stripeOfInstances.listen(), NODE_OPTIONS: nodeOptions };
  const instances = await startInstances(children, env);
  front.targets = instances.map((instance) => instance.origin);
  const sql = postgres(databaseUrl, { max: 2, onnotice: () => {} });
  return new Shop({ front, instances, database, sql, stripe, stripeOfInstances, origin, children, folder });
}

/** Not in tmpdir(): the user that Postgres runs as must get there. */
async function makeFolder(): Promise<string> {
  const folder = await mkdtemp("/var/tmp/titanforge-gates-");
  await chmod(folder, 0o711);
  return folder;
}

async function startInstances(children: Children, env: Record<string, string>): Promise<Instance[]> {
  const instances = [
    new Instance("one", await freePort(), children, env),
    new Instance("two", await freePort(), children, env),
  ];
  await Promise.all(instances.map((instance) => instance.start()));
  return instances;
}

interface Parts {
  front: Front;
  instances: Instance[];
  database: Database;
  sql: postgres.Sql;
  /** Between Stripe and this process, and between Stripe and the instances. */
  stripe: StripeProxy;
  stripeOfInstances: StripeProxy;
  /** Of Local Stripe itself. */
  origin: string;
  children: Children;
  folder: string;
}

export class Shop {
  readonly front: Front;
  readonly instances: Instance[];
  readonly database: Database;
  readonly sql: postgres.Sql;
  readonly stripe: StripeProxy;
  readonly stripeOfInstances: StripeProxy;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.front = parts.front;
    this.instances = parts.instances;
    this.database = parts.database;
    this.sql = parts.sql;
    this.stripe = parts.stripe;
    this.stripeOfInstances = parts.stripeOfInstances;
  }

  /** Only a stand-in for Stripe can do these; see the README of local-stripe. */
  readonly control = (action: string, input: Record<string, string | number> = {}) => {
    const body = new URLSearchParams(Object.entries(input).map(([key, value]) => [key, String(value)]));
    return this.#askLocalStripe(action, { method: "POST", body });
  };

  async #askLocalStripe(path: string, init?: RequestInit) {
    const response = await fetch(`${this.#parts.origin}/__local/${path}`, init);
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return response.json();
  }

  /** Leaves a Stripe and a database with nothing but the catalog in it. */
  async reset() {
    await this.control("reset");
    await this.#subscribeEndpoint();
    await this.#emptyTables();
    const { applyCatalog } = await import("../../lib/billing/catalog/apply");
    await applyCatalog();
    await this.settled();
    for (const server of [this.front, this.stripe, this.stripeOfInstances]) server.rest();
  }

  async #subscribeEndpoint() {
    const { HANDLED_EVENTS } = await import("../../lib/billing/objects");
    const types = Object.keys(HANDLED_EVENTS).map((type) => ["enabled_events[]", type]);
    await fetch(`${this.#parts.origin}/v1/webhook_endpoints/${DEFAULT_ENDPOINT}`, {
      method: "POST",
      headers: { Authorization: "Bearer sk_test_local" },
      body: new URLSearchParams(types),
    });
  }

  async #emptyTables() {
    const { sql } = this;
    const tables = await sql`select tablename from pg_tables where schemaname = 'public'`;
    await sql`truncate ${sql(tables.map(({ tablename }) => tablename))} cascade`;
  }

  /** Resolves when every delivery has arrived or been given up. */
  async settled(withinMs = 120_000) {
    const giveUpAt = Date.now() + withinMs;
    for (;;) {
      const waiting = await this.#askLocalStripe("deliveries?state=waiting");
      if (!waiting.length && !this.front.underWay) return;
      if (Date.now() > giveUpAt) throw new Error(`${waiting.length} deliveries did not come to an end.`);
      await sleep(100);
    }
  }

  async stop() {
    const { client } = await import("../../db");
    await Promise.all([client.end({ timeout: 1 }), this.sql.end({ timeout: 1 })]);
    for (const server of [this.front, this.stripe, this.stripeOfInstances]) server.close();
    await this.#parts.children.stop();
    await rm(this.#parts.folder, { recursive: true, force: true });
  }
}
