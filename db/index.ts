import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { env } from "@/lib/env";
import * as schema from "./schema";

function connect() {
  const client = postgres(env.DATABASE_URL, {
    max: env.DATABASE_POOL_MAX,
    connection: { application_name: "titanforge" },
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
