import { connect as openSocket } from "node:net";
import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { env } from "@/env";
import * as schema from "./schema";

interface Address {
  host: string[];
  port: number[];
  path: string | false;
}

/**
 * Sends at once what it is given. The sockets postgres.js opens by itself wait while something is unacknowledged
 * (Nagle's algorithm): a COMMIT sent right after a large write left only when Postgres had answered the write.
 */
function socket({ host: hosts, port: ports, path }: Address) {
  const at = attempts++ % hosts.length;
  const host = hosts[at];
  const options = path ? { path } : { host, port: ports[at] ?? 5432, noDelay: true };
  // The name that a certificate is held against.
  return Object.assign(openSocket(options), { host });
}

/** Of several hosts, each takes its turn. */
let attempts = 0;

function connect() {
  const options = {
    max: env.DATABASE_POOL_MAX,
    connection: { application_name: "titanforge" },
    socket,
    // Seconds. It would wait longer and longer, 20 s in the end, and with it whoever asks: each attempt that fails
    // refuses one of them.
    backoff: (failures: number) => Math.min(3 ** failures / 100, 0.1),
    connect_timeout: 5,
    // We have no array columns; and a connection that is lost while it asks for their types is nobody's to handle.
    fetch_types: false,
  };
  const client = postgres(env.DATABASE_URL, options);
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
