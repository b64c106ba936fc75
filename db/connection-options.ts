import { connect, type Socket } from "node:net";
import type { Options } from "postgres";
import { checkParameters } from "./connection-parameters";
import { type Address, readDatabaseUrl } from "./database-url";
import { readTls, type Tls } from "./tls";

const CONNECT_TIMEOUT_SECONDS = 5;
const SETTINGS = ["options", "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"];

/**
 * These options make postgres.js do with DATABASE_URL what libpq would. Its own reading of one sends each
 * parameter that it does not know to the server as a setting, and takes an IPv6 address for a list of ports.
 * @throws Error with a sentence that names the parameter, when there is one that cannot be honoured
 */
export function connectionOptions(databaseUrl: string) {
  const { addresses, user, password, database, parameters } = readDatabaseUrl(databaseUrl);
  checkParameters(parameters);
  const ssl = readTls(parameters, addresses);
  const number = (name: string) => (parameters.has(name) ? Number(parameters.get(name)) : undefined);
  const attributes = parameters.get("target_session_attrs");
  const named = (names: string[]) => names.flatMap((name) => parameters.get(name) ?? []);
  const isOfPooler = parameters.get("pgbouncer") === "true" || number("statement_cache_size") === 0;
  const options = {
    host: addresses.map(({ host }) => host),
    port: addresses.map(({ port }) => port),
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(database !== undefined && { database }),
    socket: socketTo(addresses, ssl),
    ssl,
    sslnegotiation: parameters.get("sslnegotiation") === "direct" ? "direct" : null,
    connection: {
      application_name: named(["application_name", "fallback_application_name"])[0] ?? "titanforge",
      ...Object.fromEntries(SETTINGS.flatMap((name) => named([name]).map((value) => [name, value]))),
    },
    connect_timeout: number("connect_timeout") ?? CONNECT_TIMEOUT_SECONDS,
    ...(attributes && attributes !== "any" && { target_session_attrs: attributes }),
    ...(parameters.get("keepalives") === "0" && { keep_alive: 0 }),
    ...(number("keepalives_idle") && { keep_alive: number("keepalives_idle") }),
    // A pooler that gives each transaction another connection may not know the statements of the last.
    ...(isOfPooler && { prepare: false }),
  };
  return {
    // The driver's types know one host only, though it takes several.
    options: options as object as Options<Record<never, never>>,
    /** For the pool's size, unless DATABASE_POOL_MAX says it. */
    limit: number("connection_limit") || undefined,
  };
}

/**
 * Opens sockets that send at once what they are given. Those that postgres.js opens by itself wait while something is
 * unacknowledged (Nagle's algorithm): a COMMIT sent right after a large write left only when Postgres had answered
 * the write.
 */
function socketTo(addresses: Address[], tls: Tls) {
  // Of several hosts, each takes its turn.
  let attempts = 0;
  return () => {
    const { host, address, port, path } = addresses[attempts++ % addresses.length] as Address;
    const socket = connect(path ? { path } : { host: address ?? host, port, noDelay: true });
    if (typeof tls === "object") refuseWithoutTls(socket, host);
    // The driver holds a certificate against this name, and names both when it waits in vain.
    return Object.assign(socket, { host, port });
  };
}

/** The driver would begin TLS whatever the server answered, and both would wait for the other to make sense. */
function refuseWithoutTls(socket: Socket, host: string) {
  socket.once("data", ([answer]) => {
    if (answer === "N".charCodeAt(0))
      socket.destroy(
        new Error(`${host} has no TLS, which sslmode or channel_binding in DATABASE_URL asks for.`),
      );
  });
}
