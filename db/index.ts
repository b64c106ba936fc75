import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { env, isLongLived } from "@/env";
import { connectionOptions } from "./connection-options";
import * as schema from "./schema";

/** A server keeps its connections. */
const KEPT = { max: 10 };
/**
 * A function stands still between two requests, and many of them run side by side: each that kept ten connections
 * would use up the database's. The seconds are short, because it is woken by requests only and may never be again.
 */
const LENT = { max: 3, idle_timeout: 5 };

function connect() {
  const { options, limit } = connectionOptions(env.DATABASE_URL);
  const pool = isLongLived ? KEPT : LENT;
  const client = postgres({
    ...options,
    ...pool,
    max: env.DATABASE_POOL_MAX ?? limit ?? pool.max,
    // Seconds. It would wait longer and longer, 20 s in the end, and with it whoever asks: each attempt that fails
    // refuses one of them.
    backoff: (failures: number) => Math.min(3 ** failures / 100, 0.1),
    // We have no array columns; and a connection that is lost while it asks for their types is nobody's to handle.
    fetch_types: false,
  });
  // drizzle asks for unnamed statements, which cost postgres.js a round trip each to learn the parameters'
  // types. Named ones are parsed once a connection; the texts are few, since drizzle binds every value.
  const unsafe = client.unsafe;
  client.unsafe = (text, parameters, options) => unsafe(text, parameters, { ...options, prepare: true });
  return client;
}

// `next dev` evaluates modules again at every change; without this each change would leave a pool behind.
const shared = globalThis as { titanforgeClient?: ReturnType<typeof connect> };
shared.titanforgeClient ??= connect();

export const client = shared.titanforgeClient;
export const db = drizzle(client, { schema, casing: "snake_case" });
