import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { migrateDatabase } from "../../db/migrate";
import { Children } from "../../scripts/stack/children";
import { startStack } from "../../scripts/stack/environment";
import { freePort } from "../../scripts/stack/ports";
import { StripeProxy } from "./stripe-proxy";

/**
 * For a test that looks at everything there is: a Stripe and a database (on the common server) of its own. Call
 * it in `vi.hoisted`, before env.ts is imported. Nobody listens where webhooks go, so each event is one that
 * Stripe could not deliver.
 */
export async function startOwnStack(more: Record<string, string> = {}) {
  const children = new Children();
  const folder = await mkdtemp(join(tmpdir(), "titanforge-own-"));
  const name = `own_${randomBytes(6).toString("hex")}`;
  const admin = postgres(process.env.DATABASE_URL ?? "", { max: 1 });
  await admin`create database ${admin(name)}`;
  const databaseUrl = (process.env.DATABASE_URL ?? "").replace(/\/[^/]*$/, `/${name}`);
  const { variables, localStripeUrl } = await startStack(children, {
    given: { DATABASE_URL: databaseUrl } as unknown as NodeJS.ProcessEnv,
    port: await freePort(),
    folder,
    durable: false,
  });
  const stripe = new StripeProxy(localStripeUrl ?? "");
  Object.assign(process.env, variables, { STRIPE_API_URL: await stripe.listen() }, more);
  await migrateDatabase(databaseUrl);
  return {
    /** The app reaches Stripe through this. */
    stripe,
    /** Only a stand-in for Stripe can do these; see the README of local-stripe. */
    control: async (action: string, input: Record<string, string | number> = {}) => {
      const body = new URLSearchParams(Object.entries(input).map(([key, value]) => [key, String(value)]));
      const response = await fetch(`${localStripeUrl}/__local/${action}`, { method: "POST", body });
      if (!response.ok) throw new Error(`${action}: ${await response.text()}`);
      return response.json();
    },
    /** Changes what Stripe holds behind everybody's back: tables by name, rows in the order of their making. */
    async editState(edit: (state: Record<string, Record<string, unknown>[]>) => void) {
      const state = await (await fetch(`${localStripeUrl}/__local/state`)).json();
      edit(state);
      await fetch(`${localStripeUrl}/__local/state`, { method: "PUT", body: JSON.stringify(state) });
    },
    async stop() {
      stripe.close();
      await children.stop();
      await admin`drop database ${admin(name)} with (force)`;
      await admin.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
